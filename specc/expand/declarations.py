"""Declarations: shared layers, models and blocks, found by `use` and made once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from specc.catalogue.kinds import nearest, show
from specc.catalogue.plain import is_list, is_mapping
from specc.diagnostics.codes import structure, types
from specc.diagnostics.codes import values as codes
from specc.document.spec import Body, Model
from specc.expand.fill import Broken, Filler
from specc.expand.flat import FlatModel, Frame, Lost, Origin, Unit

if TYPE_CHECKING:
    from specc.expand.bodies import Bodies

Kind = Literal["shared layer", "model", "block"]
_FORMS = ("application", "file", "inputs", "variables", "shared", "models", "blocks", "graph")
"""What may make a model; the first two stand alone."""
_LAYER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


class Declarations:
    """Looks up what is declared, and makes each shared layer and model once."""

    def __init__(self, bodies: Bodies, filler: Filler) -> None:
        self.bodies = bodies
        self.filler = filler
        self.used: set[tuple[int, str]] = set()
        """The declarations in use, by frame and name."""
        self._broken: set[tuple[int, str]] = set()
        """Those that cannot be made; what is wrong is reported."""

    def declared(self, name: Any, frame: Frame, origin: Origin) -> tuple[Kind, Any, Frame]:
        """What `use: name` means in a frame: its kind, its declaration and the frame it is in."""
        if not isinstance(name, str):
            message = f"`use` wants the name of what is declared, not {show(name)}"
            raise self.filler.fault(structure.WrongType, message, origin)
        known: list[str] = []
        looked: Frame | None = frame
        while looked is not None:
            for kind, section, table in _tables(looked.body):
                if name in table:
                    self.used.add((id(looked), name))
                    if (*looked.path, section, name) in self.bodies.lost:
                        raise Broken
                    return kind, table[name], looked
                known += table
            looked = looked.outer
        close = nearest(name, known)
        listed = ", ".join(dict.fromkeys(known))
        help_ = (
            f"declared here are {listed}"
            if listed
            else "declare it under `shared`, `models` or `blocks`"
        )
        raise self.filler.fault(
            codes.UnknownUse,
            f"`use: {name}` names nothing that is declared",
            origin,
            help=f"did you mean `{close}`?" if close else help_,
        )

    def uses(self, value: Any, frame: Frame, origin: Origin) -> dict[str, Unit | FlatModel]:
        """The declared layers and models that a layer's arguments hold, as `{use: name}`."""
        found: dict[str, Unit | FlatModel] = {}
        if is_mapping(value):
            name = value.get("use")
            if len(value) == 1 and isinstance(name, str):
                return {name: self._in_argument(name, frame, origin.below("use"))}
            for key, child in value.items():
                if isinstance(child, dict | list):
                    found |= self.uses(child, frame, origin.below(key))
        elif is_list(value):
            for i, child in enumerate(value):
                if isinstance(child, dict | list):
                    found |= self.uses(child, frame, origin.below(i))
        return found

    def _in_argument(self, name: str, frame: Frame, origin: Origin) -> Unit | FlatModel:
        kind, _, declared_in = self.declared(name, frame, origin)
        if kind == "shared layer":
            return self.unit(name, declared_in)
        if kind == "model":
            return self.model(name, declared_in, origin)
        raise self.filler.fault(
            codes.UnknownUse,
            f"`{name}` is a block, and a layer's argument wants a shared layer or a model",
            origin,
            help=f"declare it under `models` to use `{name}` as one layer",
        )

    # --- shared layers ----------------------------------------------------------------------------

    def unit(self, name: str, frame: Frame) -> Unit:
        """The one layer of a shared declaration; raises `Broken`."""
        if (found := frame.units.get(name)) is not None:
            return found
        if (id(frame), name) in self._broken:
            raise Broken
        self._broken.add((id(frame), name))  # until it is whole
        declared = frame.body.shared[name]
        path = (*frame.path, "shared", name)
        chain = frame.chain
        at = Origin((*path, declared.layer), chain)
        arguments = self.filler.fill(
            declared.arguments, self.bodies.scopes[id(frame)], at.path, chain
        )
        if not is_mapping(arguments):
            message = f"the arguments of `{declared.layer}` are a mapping, not {show(arguments)}"
            raise self.filler.fault(structure.WrongType, message, at)
        filled: dict[str, Any] = dict(arguments)
        explicit = filled.pop("name", None)
        if explicit is not None:
            self.check_layer_name(explicit, at.below("name"))
        own = f"{frame.prefix}{name}"
        if name in (*frame.inputs, *frame.body.variables):
            own += ".shared"  # Keras keeps layers and inputs under one roof
        uses = self.uses(filled, frame, at)
        unit = Unit(explicit or own, declared.layer, filled, frame, Origin(path, chain), True, uses)
        frame.units[name] = unit
        self._broken.discard((id(frame), name))
        return unit

    def check_layer_name(self, name: Any, origin: Origin) -> None:
        """Raises `Broken` where Keras would not keep a layer's name."""
        if not isinstance(name, str) or not _LAYER_NAME.fullmatch(name) or len(name) > 200:
            raise self.filler.fault(
                types.BadLayerName,
                f"{show(name)} cannot be a layer's name",
                origin,
                help="it has letters, digits, `_`, `.` and `-`, a letter or digit first",
            )

    # --- models -----------------------------------------------------------------------------------

    def model(self, name: str, frame: Frame, origin: Origin) -> FlatModel:
        """The one model of a declaration; raises `Broken`."""
        bodies = self.bodies
        with bodies.entered(frame, name, origin):
            if (found := frame.models.get(name)) is not None:
                return found
            if (id(frame), name) in self._broken:
                raise Broken
            self._broken.add((id(frame), name))  # until it is whole
            declared = frame.body.models[name]
            at = Origin((*frame.path, "models", name), frame.chain)
            self._check_form(declared, name, at)
            scope = bodies.scopes[id(frame)]
            inner = Frame("model", declared, at.path, "", frame, frame.chain)
            bodies.scopes[id(inner)] = scope
            own = f"{frame.prefix}{name}"
            if name in (*frame.inputs, *frame.body.variables):
                own += ".model"  # Keras keeps layers and inputs under one roof
            model = FlatModel(own, inner, at)
            below = at.below("trainable")
            trainable = self.filler.fill(declared.trainable, scope, below.path, below.chain)
            if not isinstance(trainable, bool):
                message = f"this wants true or false, not {show(trainable)}"
                raise self.filler.fault(structure.WrongType, message, below)
            model.trainable = trainable
            if declared.application is not None or declared.file is not None:
                bodies.lift(bodies, model, declared)
            else:
                bodies.inputs(inner, at, declared.inputs, scope)
                bodies.fill(inner, model, at, ())
                model.outputs.update(bodies.outputs(declared.outputs, inner, at.below("outputs")))
            model.broken = any(isinstance(i, Lost) for i in inner.inputs.values())
        frame.models[name] = model
        self._broken.discard((id(frame), name))
        return model

    def _check_form(self, declared: Model, name: str, at: Origin) -> None:
        written = [k for k in _FORMS if getattr(declared, k)]
        if len(written) > 1 and written[0] in ("application", "file"):
            raise self.filler.fault(
                structure.UnknownKey,
                f"`{written[1]}` cannot stand beside `{written[0]}`",
                at,
                help="a model is an application, a file, or a graph with its inputs",
                span=self.filler.places.key((*at.path, written[1])),
            )
        if written[:1] in (["application"], ["file"]):
            return
        if declared.outputs is None:
            raise self.filler.fault(
                structure.MissingKey,
                f"the model `{name}` needs `outputs`",
                at,
                help="name the chains that it gives: `outputs: [mean]`",
                span=self.filler.places.key(at.path),
            )


def _tables(body: Body) -> list[tuple[Kind, str, Mapping[str, Any]]]:
    return [
        ("shared layer", "shared", body.shared),
        ("model", "models", body.models),
        ("block", "blocks", body.blocks),
    ]
