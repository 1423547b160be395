"""What a spec takes from a model from outside: inner layers by their Keras names, or its own."""

from __future__ import annotations

from typing import Any

from specc.catalogue.kinds import nearest, show
from specc.catalogue.plain import is_dict, is_list
from specc.diagnostics.codes import outside as codes
from specc.diagnostics.codes import structure
from specc.document.values import NAME
from specc.expand.flat import Origin
from specc.expand.scope import Filler
from specc.lift.saved import Ref, Saved


def taken(written: Any, saved: Saved, filler: Filler, at: Origin, label: str) -> dict[str, Ref]:
    """The outputs by name; raises `Broken`."""
    if written is None:
        return _own(saved, filler, at, label)
    if is_list(written):
        pairs = [(n, n, at.below(i)) for i, n in enumerate(written)]
    elif is_dict(written):
        pairs = [(k, v, at.below(k)) for k, v in written.items()]
    else:
        message = "`outputs` is a list of names, or a mapping"
        raise filler.fault(structure.WrongType, message, at)
    if not pairs:
        raise filler.fault(structure.NoOutputs, "`outputs` names nothing", at)
    known = {
        **{i.name: 1 for i in saved.inputs},
        **{o.name: len(o.calls) for o in saved.operations},
    }
    found: dict[str, Ref] = {}
    for name, layer, origin in pairs:
        if not isinstance(layer, str) or layer not in known:
            close = nearest(str(layer), list(known)) if isinstance(layer, str) else None
            last = ", ".join(list(known)[-3:])
            raise filler.fault(
                codes.UnknownInner,
                f"{label} has no layer named {show(layer)}",
                origin,
                help=f"did you mean `{close}`?" if close else f"its last ones are {last}",
            )
        if not isinstance(name, str) or not NAME.fullmatch(name):
            raise filler.fault(
                structure.BadName,
                f"the output `{name}` needs a name: `{{name: {layer}}}`",
                origin,
            )
        if known[layer] != 1:
            raise filler.fault(
                codes.UnknownInner,
                f"the layer `{layer}` of {label} is called {known[layer]} times, and one tensor of "
                "it is wanted",
                origin,
            )
        found[name] = Ref(layer)
    return found


def _own(saved: Saved, filler: Filler, at: Origin, label: str) -> dict[str, Ref]:
    """The model's own outputs, under the names that they have in Keras."""
    if len(saved.outputs) == 1:
        return {"output": saved.outputs[0][1]}
    found = dict(saved.outputs)
    if len(found) < len(saved.outputs) or not all(NAME.fullmatch(n) for n in found):
        listed = ", ".join(f"`{n}`" for n, _ in saved.outputs)
        raise filler.fault(
            codes.UnknownInner,
            f"{label} gives several tensors whose names are no names here: {listed}",
            Origin(at.path[:-1], at.chain),
            help="name them: `outputs: {first: …, second: …}`",
        )
    return found
