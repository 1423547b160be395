"""Expands a whole spec: params first, then the graph, then the sections that are about it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path as FilePath
from typing import Any, cast

from pydantic import TypeAdapter

from specc.diagnostics.codes import structure, suspicious
from specc.diagnostics.report import Report
from specc.document.node import Node, Path
from specc.document.spec import Body, Data, LossTerm, Output, Spec, Train, Tune
from specc.document.values import DEFERRED, NAME
from specc.expand.bodies import Bodies, TooManyError
from specc.expand.count import too_many
from specc.expand.depth import deep
from specc.expand.fill import Broken, Filler
from specc.expand.flat import FlatLoss, FlatModel, FlatSpec, Frame, Named, Origin, Wires
from specc.expand.outside import Lift
from specc.expand.places import Places
from specc.expand.references import reference, references
from specc.expand.scope import Params

_OUTPUTS: TypeAdapter[Any] = TypeAdapter(list[str] | dict[str, Output | None], config=DEFERRED)
_SECTIONS: dict[str, tuple[TypeAdapter[Any], Any]] = {
    "data": (TypeAdapter(Data), Data),
    "train": (TypeAdapter(Train), Train),
    "tune": (TypeAdapter(Tune), Tune),
}


def expanded(
    spec: Spec,
    root: Node,
    stem: str,
    report: Report,
    lost: frozenset[Path] = frozenset(),
    lift: Lift | None = None,
) -> FlatSpec | None:
    """The spec without params, repeats and blocks; every fault is in the report.

    `stem` is the name of a spec that names itself nothing, and `lost` the paths of what the
    structure's check has refused; `lift` reads models from outside. `None` only where the graph
    could not be walked to its end.
    """
    with deep():
        return _expanded(spec, root, stem, report, lost, lift)


def _expanded(
    spec: Spec,
    root: Node,
    stem: str,
    report: Report,
    lost: frozenset[Path],
    lift: Lift | None,
) -> FlatSpec | None:
    filler = Filler(report, Places(root))
    params = Params(filler, spec.params, ("params",))
    params.check()
    bodies = Bodies(filler, lost, lift)
    frame = Frame("spec", spec, (), "", None)
    bodies.scopes[id(frame)] = params
    model = FlatModel(spec.name or stem, frame, Origin(()))
    bodies.inputs(frame, Origin(()), spec.inputs, params)
    if (path := too_many(spec, params, filler.places)) is not None:
        bodies.too_many(Origin(path))
        return None
    try:
        bodies.fill(frame, model, Origin(()), ())
        _expand_unused(bodies, frame)
    except TooManyError:
        return None
    outputs = _outputs(bodies, frame, model, params)
    losses = _losses(spec, bodies, frame, params)
    sections = {
        name: bodies.section(Origin((name,)), params, adapter, cls)
        for name, (adapter, cls) in _SECTIONS.items()
        if getattr(spec, name) is not None and (name,) not in lost
    }
    if report.ok:  # what is wrong elsewhere may be why something is not used
        _warn_unused(spec, root, bodies, frame, params, report)
    return FlatSpec(
        model.name,
        spec.description,
        model,
        outputs,
        losses,
        cast("Data | None", sections.get("data")),
        cast("Train | None", sections.get("train")),
        cast("Tune | None", sections.get("tune")),
        dict(params.values),
    )


def section_of(name: str, root: Node, report: Report) -> Any | None:
    """One section of a tree by itself, as `expanded` gives it; `None` where it is not, or wrong.

    `name` is `data`, `train` or `tune`. The faults of params that nothing else reads are found too.
    """
    if name not in root.entries:
        return None
    filler = Filler(report, Places(root))
    written = root.entries.get("params")
    params = Params(filler, written.plain() if written is not None else {}, ("params",))
    params.check()
    adapter, cls = _SECTIONS[name]
    return Bodies(filler, frozenset(), None).section(Origin((name,)), params, adapter, cls)


def _expand_unused(bodies: Bodies, frame: Frame) -> None:
    """Looks into what nothing uses too: a fault there is one all the same."""
    declarations = bodies.declarations
    for name in frame.body.shared:
        if (id(frame), name) not in declarations.used and ("shared", name) not in bodies.lost:
            with suppress(Broken):
                declarations.unit(name, frame)
    for name in frame.body.models:
        at = Origin(("models", name))
        if (id(frame), name) not in declarations.used and at.path not in bodies.lost:
            with suppress(Broken):
                declarations.model(name, frame, at)


def stem_of(name: str) -> str:
    """The name of a spec by its file: what its name may not hold becomes `_`."""
    stem = "".join(
        c if c.isascii() and (c.isalnum() or c in "_-") else "_" for c in FilePath(name).stem
    )
    stem = stem.lower().lstrip("0123456789_-")[:100]
    return stem or "spec"


def _outputs(bodies: Bodies, frame: Frame, model: FlatModel, params: Params) -> dict[str, Output]:
    """The outputs by name; the model's outputs are filled in as references."""
    at = Origin(("outputs",))
    if at.path in bodies.lost:
        return {}
    value = bodies.section(at, params, _OUTPUTS, Spec)
    if value is None:
        return {}
    outputs: dict[str, Output] = {}
    if isinstance(value, list):
        listed = cast("list[str]", value)
        pairs = [(n, Output(), at.below(i)) for i, n in enumerate(listed)]
    else:
        mapped = cast("dict[str, Output | None]", value)
        pairs = [(n, o or Output(), at.below(n)) for n, o in mapped.items()]
    for name, output, origin in pairs:
        if origin.path in bodies.lost:
            continue
        if not NAME.fullmatch(name):
            bodies.filler.fault(
                structure.BadName,
                f"`{name}` is no name for an output",
                origin,
                help="outputs that are parts need names: `outputs: {state: {from: chain.part}}`",
            )
            continue
        read = origin if output.source is None else origin.below("from")
        try:
            wire = reference(output.source or name, frame, read, bodies.filler, {})
        except Broken:
            continue
        outputs[name] = output
        model.outputs[name] = cast("Named", wire)
    if not pairs and "S105" not in bodies.filler.report.codes:  # whose key is left out
        bodies.filler.fault(structure.NoOutputs, "`outputs` names nothing", at)
    return outputs


_LOSSES: Any = Spec.model_fields["losses"].annotation
_TERMS: TypeAdapter[Any] = TypeAdapter(_LOSSES, config=DEFERRED)


def _losses(spec: Spec, bodies: Bodies, frame: Frame, params: Params) -> dict[str, FlatLoss]:
    at = Origin(("losses",))
    if not spec.losses or at.path in bodies.lost:
        return {}
    terms = cast("dict[str, LossTerm] | None", bodies.section(at, params, _TERMS, LossTerm))
    losses: dict[str, FlatLoss] = {}
    for name, term in (terms or {}).items():
        tensors: dict[str, Wires | float] = {}
        for key, value in term.tensors.items():
            if isinstance(value, int | float):
                tensors[key] = float(value)
                continue
            try:
                tensors[key] = references(value, frame, at.below(name, key), bodies.filler, {})
            except Broken:
                continue
        if at.below(name).path in bodies.lost:
            continue
        losses[name] = FlatLoss(term, tensors, at.below(name))
    return losses


def _warn_unused(
    spec: Spec, root: Node, bodies: Bodies, frame: Frame, params: Params, report: Report
) -> None:
    """Warns of params and declarations that nothing uses."""
    for name in spec.params:
        if name not in params.used:
            path = ("params", name)
            report.add(
                suspicious.UnusedParam(
                    f"nothing uses the param `{name}`", root.key_at(path).span(path)
                )
            )
    for section in ("shared", "models", "blocks"):
        declared: Mapping[str, Any] = getattr(cast("Body", spec), section)
        for name in declared:
            if (id(frame), name) not in bodies.declarations.used:
                path = (section, name)
                report.add(
                    suspicious.UnusedDeclaration(
                        f"nothing uses `{name}`", root.key_at(path).span(path)
                    )
                )
