"""Bodies: the spec itself, models and blocks. Each becomes a frame, its chains walked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal, cast

from pydantic import TypeAdapter

from specc.catalogue.kinds import nearest
from specc.diagnostics.codes import document, structure, types
from specc.diagnostics.codes import training as training_codes
from specc.diagnostics.codes import values as codes
from specc.diagnostics.diagnostic import Diagnostic, Related
from specc.document.bounds import LEVELS, STEPS
from specc.document.node import Node, Path
from specc.document.spec import Block, Body, Input, Layer, Model, Variable
from specc.document.structure import validated
from specc.document.values import NAME
from specc.expand.flat import (
    Cluster,
    FlatChain,
    FlatInput,
    FlatModel,
    FlatVariable,
    Frame,
    Named,
    Origin,
    Unit,
    Wires,
)
from specc.expand.references import reference
from specc.expand.scope import Broken, Filler, Params, Seen, holds_expression
from specc.expand.steps import TooManyError, Walker

Kind = Literal["shared layer", "model", "block"]
_LAYER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_INPUT: TypeAdapter[Input] = TypeAdapter(Input)
_VARIABLE: TypeAdapter[Variable] = TypeAdapter(Variable)


class Bodies:
    """Expands bodies into frames. One instance for a spec; it holds what is expanded once."""

    def __init__(self, root: Node, filler: Filler, top: Params) -> None:
        self.root = root
        self.filler = filler
        self.top = top
        self.scopes: dict[int, Seen] = {}
        """The params that each frame sees, by the frame's identity."""
        self.used: set[tuple[int, str]] = set()
        """The declarations in use, by frame and name."""
        self._open: list[tuple[int, str]] = []
        self._steps = 0
        self._order = 0
        self._dynamic: dict[int, tuple[Any, bool]] = {}

    # --- counting ---------------------------------------------------------------------------------

    def count(self, origin: Origin, steps: int = 1) -> None:
        """Counts steps against the bound; raises `TooManyError`, once it is reported."""
        self._steps += steps
        if self._steps > STEPS:
            self.filler.report.add(
                codes.TooManySteps(
                    f"repeats and blocks make more than {STEPS:,} steps",
                    self.filler.span(origin.path),
                    chain=origin.chain[:4],
                )
            )
            raise TooManyError

    def next_order(self) -> int:
        """The next place in file order."""
        self._order += 1
        return self._order

    def dynamic(self, value: Any) -> bool:
        """Whether an expression stands in a value of the spec; remembered by its identity."""
        if not isinstance(value, str | dict | list):
            return False
        known = self._dynamic.get(id(cast("object", value)))
        if known is None:
            known = (value, holds_expression(value))
            self._dynamic[id(cast("object", value))] = known
        return known[1]

    # --- frames -----------------------------------------------------------------------------------

    def fill(self, frame: Frame, model: FlatModel, origin: Origin, clusters: tuple[Cluster, ...]) -> None:
        """Walks a frame's variables and chains."""
        body, path = frame.body, frame.path
        seen = self.scopes[id(frame)]
        self._check_names(frame)
        for name in body.variables:
            at = Origin((*path, "variables", name), origin.chain)
            variable = self.section(at, seen, _VARIABLE, Variable)
            if variable is not None:
                shape = cast("list[int]", variable.shape)
                flat = FlatVariable(
                    f"{frame.prefix}{name}",
                    tuple(shape),
                    variable.dtype,
                    variable.initializer,
                    variable.trainable,
                    variable.per_example,
                    at,
                    self.next_order(),
                )
                frame.variables[name] = flat
                model.variables.append(flat)
        for name, chain in body.graph.items():
            at = Origin((*path, "graph", name), origin.chain)
            flat_chain = FlatChain(name, at)
            frame.chains[name] = flat_chain
            walker = Walker(self, frame, model, flat_chain)
            walker.walk(chain.source, chain.layers, chain.parts, seen, at, clusters)

    def _check_names(self, frame: Frame) -> None:
        sections = {
            "inputs": list(frame.inputs),
            "variables": list(frame.body.variables),
            "graph": list(frame.body.graph),
        }
        first: dict[str, Path] = {}
        for section, names in sections.items():
            for name in names:
                path = (*frame.path, section, name)
                if name in first:
                    other = Related("it is given here first", self._key(first[name]))
                    self.filler.report.add(
                        codes.NameTaken(
                            f"the name `{name}` is given twice; inputs, variables and chains share "
                            "their names",
                            self._key(path),
                            related=(other,),
                        )
                    )
                else:
                    first[name] = path
        declared: dict[str, str] = {}
        for section in ("shared", "models", "blocks"):
            for name in getattr(frame.body, section):
                if name in declared:
                    path = (*frame.path, section, name)
                    self.filler.report.add(
                        codes.NameTaken(
                            f"`{name}` is declared under `{declared[name]}` too, and `use` could "
                            "mean either",
                            self._key(path),
                        )
                    )
                declared.setdefault(name, section)

    def _key(self, path: Path) -> Any:
        return self.root.key_at(path).span(path)

    def section(
        self, origin: Origin, seen: Seen, adapter: TypeAdapter[Any], model: Any
    ) -> Any | None:
        """A part of the document with its expressions evaluated, checked again; `None` if broken."""
        node = self.root.find(origin.path)
        if node is None:
            return None
        try:
            plain = self.filler.fill(node.plain(), seen, origin.path, origin.chain)
        except Broken:
            return None

        def locate(path: Path, key: bool) -> Any:
            return (self.root.key_at(path) if key else self.root.at(path)).span(path)

        return validated(
            adapter,
            plain,
            self.filler.report,
            locate,
            resolved=True,
            under=origin.path,
            model=model,
        )

    def inputs(self, frame: Frame, path: Path, names: Mapping[str, Any], seen: Seen) -> None:
        """Reads a model's inputs into its frame."""
        for name in names:
            at = Origin((*path, "inputs", name))
            value = self.section(at, seen, _INPUT, Input)
            if value is not None:
                shape = cast("list[int | str | None]", value.shape)
                frame.inputs[name] = FlatInput(name, tuple(shape), value.dtype, value.sample, at)

    # --- declarations -----------------------------------------------------------------------------

    def declared(self, name: Any, frame: Frame, origin: Origin) -> tuple[Kind, Any, Frame]:
        """What `use: name` means in a frame: its kind, its declaration and the frame it is in."""
        known: list[str] = []
        looked: Frame | None = frame
        while looked is not None:
            body = looked.body
            for kind, table in _tables(body):
                if name in table:
                    self.used.add((id(looked), str(name)))
                    return kind, table[name], looked
                known += table
            looked = looked.outer
        close = nearest(str(name), known)
        listed = ", ".join(dict.fromkeys(known))
        help = f"declared here are {listed}" if listed else "declare it under `shared`, `models` or `blocks`"
        raise self.broken(
            codes.UnknownUse,
            f"`use: {name}` names nothing that is declared",
            origin,
            help=f"did you mean `{close}`?" if close else help,
        )

    def unit(self, name: str, frame: Frame) -> Unit:
        """The one layer of a shared declaration."""
        found = frame.units.get(name)
        if found is not None:
            return found
        declared = cast("Layer", frame.body.shared[name])
        path = (*frame.path, "shared", name)
        at = Origin((*path, declared.layer))
        seen = self.scopes[id(frame)]
        arguments = self.filler.fill(declared.arguments, seen, at.path)
        if not isinstance(arguments, dict):
            raise self.broken(structure.WrongType, "the arguments of a layer are a mapping", at)
        filled = cast("dict[str, Any]", dict(arguments))
        explicit = filled.pop("name", None)
        if explicit is not None:
            self.check_layer_name(explicit, at.below("name"))
        own = f"{frame.prefix}{name}"
        if name in (*frame.inputs, *frame.body.variables):
            own += ".shared"  # Keras keeps layers and inputs under one roof
        uses = self.uses(filled, frame, at)
        unit = Unit(explicit or own, declared.layer, filled, frame, Origin(path), True, uses)
        frame.units[name] = unit
        return unit

    def uses(
        self, value: Any, frame: Frame, origin: Origin
    ) -> dict[str, Unit | FlatModel]:
        """The declared layers and models that a layer's arguments hold, as `{use: name}`."""
        found: dict[str, Unit | FlatModel] = {}
        if isinstance(value, Mapping):
            mapping = cast("Mapping[str, Any]", value)
            if set(mapping) == {"use"} and isinstance(mapping["use"], str):
                name = mapping["use"]
                kind, _, declared_in = self.declared(name, frame, origin)
                if kind == "block":
                    raise self.broken(
                        codes.UnknownUse,
                        f"`{name}` is a block, and a layer's argument wants a shared layer or a model",
                        origin,
                    )
                is_layer = kind == "shared layer"
                found[name] = (
                    self.unit(name, declared_in)
                    if is_layer
                    else self.model(name, declared_in, origin)
                )
                return found
            for key, child in mapping.items():
                if isinstance(child, Mapping | list):
                    found |= self.uses(child, frame, origin.below(key))
        elif isinstance(value, list):
            for i, child in enumerate(cast("list[Any]", value)):
                found |= self.uses(child, frame, origin.below(i))
        return found

    def check_layer_name(self, name: Any, origin: Origin) -> None:
        """Raises `Broken` where Keras would not keep a layer's name."""
        if not isinstance(name, str) or not _LAYER_NAME.fullmatch(name) or len(name) > 200:
            raise self.broken(
                types.BadLayerName,
                "a layer's name has letters, digits, `_`, `.` and `-`, a letter or digit first",
                origin,
            )

    def model(self, name: str, frame: Frame, origin: Origin) -> FlatModel:
        """The one model of a declaration."""
        found = frame.models.get(name)
        if found is not None:
            return found
        declared = cast("Model", frame.body.models[name])
        path = (*frame.path, "models", name)
        at = Origin(path)
        for key in ("application", "file"):
            if getattr(declared, key) is not None:
                raise self.broken(
                    training_codes.NotYet,
                    f"a model by `{key}` is read by a later version of specc",
                    at.below(key),
                    help="write its layers under `graph`",
                )
        self._enter(frame, name, origin)
        try:
            inner = Frame("model", declared, path, "", frame)
            self.scopes[id(inner)] = self.scopes[id(frame)]
            own = f"{frame.prefix}{name}"
            if name in (*frame.inputs, *frame.body.variables):
                own += ".model"  # Keras keeps layers and inputs under one roof
            model = FlatModel(own, inner, at)
            trainable = self.filler.fill(declared.trainable, self.scopes[id(frame)], (*path, "trainable"))
            if not isinstance(trainable, bool):
                raise self.broken(structure.WrongType, "this wants true or false", at.below("trainable"))
            model.trainable = trainable
            frame.models[name] = model
            self.inputs(inner, path, declared.inputs, self.scopes[id(inner)])
            self.fill(inner, model, at, ())
            if declared.outputs is None:
                raise self.broken(
                    structure.MissingKey, f"the model `{name}` needs `outputs`", at,
                    help="name the chains that it gives: `outputs: [mean]`",
                )
            model.outputs.update(self.outputs(declared.outputs, inner, at.below("outputs")))
        finally:
            self._open.pop()
        return model

    def outputs(self, written: Any, frame: Frame, origin: Origin) -> dict[str, Any]:
        """The outputs of a model or block: names, or names for references."""
        seen = self.scopes[id(frame)]
        value = self.filler.fill(written, seen, origin.path, origin.chain)
        if isinstance(value, list):
            names = cast("list[Any]", value)
            pairs = [(str(n).rpartition(".")[2], n, origin.below(i)) for i, n in enumerate(names)]
        elif isinstance(value, dict):
            mapping = cast("dict[str, Any]", value)
            pairs = [(k, v, origin.below(k)) for k, v in mapping.items()]
        else:
            raise self.broken(structure.WrongType, "`outputs` is a list of names, or a mapping", origin)
        found: dict[str, Any] = {}
        for name, text, at in pairs:
            if name in found:
                raise self.broken(codes.NameTaken, f"the output `{name}` is named twice", at)
            if not NAME.fullmatch(name):
                raise self.broken(
                    structure.BadName, f"the output `{text}` needs a name: `{{name: {text}}}`", at
                )
            found[name] = reference(text, frame, at, self.filler, {})
        if not found:
            raise self.broken(structure.NoOutputs, "`outputs` names nothing", origin)
        return found

    def _enter(self, frame: Frame, name: str, origin: Origin) -> None:
        key = (id(frame.body), name)
        if key in self._open:
            way = [n for _, n in self._open[self._open.index(key) :]] + [name]
            raise self.broken(
                codes.UsesItself, f"`{name}` uses itself: " + " -> ".join(way), origin
            )
        if len(self._open) >= LEVELS:
            raise self.broken(
                document.TooDeep, f"blocks and models stand more than {LEVELS} deep", origin
            )
        self._open.append(key)

    # --- blocks -----------------------------------------------------------------------------------

    def block(
        self,
        block: Block,
        name: str,
        declared_in: Frame,
        prefix: str,
        inputs: Mapping[str, Wires],
        given: Mapping[str, Any],
        origin: Origin,
        clusters: tuple[Cluster, ...],
        model: FlatModel,
    ) -> Frame:
        """One use of a block, its chains walked into the model that it stands in."""
        path = (*declared_in.path, "blocks", name)
        self._enter(declared_in, name, origin)
        try:
            used = Related(f"in block `{name}`, used", self.filler.span(origin.path))
            chain = (used, *origin.chain)
            outer = self.scopes[id(declared_in)]
            params = Params(
                self.filler, block.params, (*path, "params"), outer=outer, given=given, chain=chain
            )
            params.check()
            frame = Frame("block", block, path, prefix, declared_in)
            frame.inputs.update(inputs)
            self.scopes[id(frame)] = params
            cluster = Cluster("block", (prefix,), name)
            self.fill(frame, model, Origin(path, chain), (*clusters, cluster))
        finally:
            self._open.pop()
        return frame

    def block_outputs(
        self, block: Block, name: str, frame: Frame, origin: Origin
    ) -> dict[str, Wires]:
        """What one use of a block gives, by the names of its outputs."""
        at = Origin(frame.path, origin.chain)
        if (block.output is None) == (block.outputs is None):
            raise self.broken(
                structure.MissingKey,
                f"the block `{name}` needs `output`, or `outputs` for several, and not both",
                at,
            )
        if block.output is None:
            return self.outputs(block.outputs, frame, at.below("outputs"))
        at = at.below("output")
        text = self.filler.fill(block.output, self.scopes[id(frame)], at.path, at.chain)
        return {"output": reference(text, frame, at, self.filler, {})}

    # --- errors -----------------------------------------------------------------------------------

    def broken(
        self, code: type[Diagnostic], message: str, origin: Origin, help: str | None = None
    ) -> Broken:
        """Reports a fault; what is returned is to be raised."""
        span = self.filler.span(origin.path)
        self.filler.report.add(code(message, span, help=help, chain=origin.chain))
        return Broken()


def _tables(body: Body) -> list[tuple[Kind, Mapping[str, Any]]]:
    return [("shared layer", body.shared), ("model", body.models), ("block", body.blocks)]


