"""Bodies: the spec itself, models and blocks. Each becomes a frame, its chains walked."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

from pydantic import TypeAdapter

from specc.catalogue.plain import is_dict, is_list
from specc.diagnostics.codes import document, structure
from specc.diagnostics.codes import values as codes
from specc.diagnostics.diagnostic import Related
from specc.document.bounds import LEVELS, STEPS
from specc.document.node import Path
from specc.document.spec import Block, Input, Variable
from specc.document.structure import validated
from specc.document.values import NAME
from specc.expand.declarations import Declarations
from specc.expand.fill import Broken, Filler, Seen, holds_expression
from specc.expand.flat import (
    LOST,
    Cluster,
    FlatChain,
    FlatInput,
    FlatModel,
    FlatVariable,
    Frame,
    Origin,
    Wires,
)
from specc.expand.outside import Lift, without_files
from specc.expand.references import reference
from specc.expand.scope import Params
from specc.expand.walk import Walker

_INPUT: TypeAdapter[Input] = TypeAdapter(Input)
_VARIABLE: TypeAdapter[Variable] = TypeAdapter(Variable)


class TooManyError(Exception):
    """The bound on steps is passed; nothing is expanded any further."""


class Bodies:
    """Expands bodies into frames. One instance for a spec; it holds what is expanded once.

    `lost` are the paths of what the structure's check has refused; `lift` reads models from
    outside.
    """

    def __init__(self, filler: Filler, lost: frozenset[Path], lift: Lift | None = None) -> None:
        self.filler = filler
        self.lost = lost
        self.lift = lift or without_files
        self.declarations = Declarations(self, filler)
        self.scopes: dict[int, Seen] = {}
        """The params that each frame sees, by the frame's identity."""
        self._open: list[tuple[int, str]] = []
        self._steps = 0
        self._order = 0
        self._dynamic: dict[int, tuple[Any, bool]] = {}

    # --- counting ---------------------------------------------------------------------------------

    def count(self, origin: Origin, steps: int = 1) -> None:
        """Counts steps against the bound; raises `TooManyError`, once it is reported."""
        self._steps += steps
        if self._steps > STEPS:
            self.ahead(origin, 0)

    def ahead(self, origin: Origin, steps: int) -> None:
        """Refuses steps before they are taken; raises `TooManyError`, once it is reported."""
        if self._steps + steps > STEPS:
            self.too_many(origin)
            raise TooManyError

    def too_many(self, origin: Origin) -> None:
        """Reports that the bound on steps is passed."""
        self.filler.fault(
            codes.TooManySteps, f"repeats and blocks make more than {STEPS:,} steps", origin
        )

    def next_order(self) -> int:
        """The next place in file order."""
        self._order += 1
        return self._order

    def dynamic(self, value: Any) -> bool:
        """Whether an expression stands in a value of the spec; remembered by its identity."""
        known = self._dynamic.get(id(value))
        if known is None or known[0] is not value:
            known = self._dynamic[id(value)] = (value, holds_expression(value))
        return known[1]

    # --- frames -----------------------------------------------------------------------------------

    def fill(
        self, frame: Frame, model: FlatModel, origin: Origin, clusters: tuple[Cluster, ...]
    ) -> None:
        """Walks a frame's variables and chains."""
        self._check_names(frame, origin)
        for name in frame.body.variables:
            self._variable(frame, name, origin.below("variables", name), model)
        seen = self.scopes[id(frame)]
        for name, chain in frame.body.graph.items():
            at = origin.below("graph", name)
            flat_chain = FlatChain(name, at)
            frame.chains[name] = flat_chain
            walker = Walker(self, frame, model, flat_chain)
            walker.walk(chain.source, chain.layers, chain.parts, seen, at, clusters)

    def _variable(self, frame: Frame, name: str, origin: Origin, model: FlatModel) -> None:
        variable: Variable | None = None
        if origin.path not in self.lost:
            seen = self.scopes[id(frame)]
            variable = self.section(origin, seen, _VARIABLE, Variable)
        if variable is None:
            frame.variables[name] = LOST
            return
        flat = FlatVariable(
            f"{frame.prefix}{name}",
            tuple(_listed(variable.shape)),
            variable.dtype,
            variable.initializer,
            variable.trainable,
            variable.per_example,
            origin,
            self.next_order(),
        )
        frame.variables[name] = flat
        model.variables.append(flat)

    def _check_names(self, frame: Frame, origin: Origin) -> None:
        """Names of tensors, and of what is declared, are each given once."""
        tensors = {
            "inputs": list(frame.inputs),
            "variables": list(frame.body.variables),
            "graph": list(frame.body.graph),
        }
        why = "inputs, variables and chains share their names"
        self._check_twice(tensors, why, origin)
        body = frame.body
        declared = {
            "shared": list(body.shared),
            "models": list(body.models),
            "blocks": list(body.blocks),
        }
        self._check_twice(declared, "`use` could mean either", origin)

    def _check_twice(self, sections: Mapping[str, list[str]], why: str, origin: Origin) -> None:
        first: dict[str, Path] = {}
        key = self.filler.places.key
        for section, names in sections.items():
            for name in names:
                at = origin.below(section, name)
                before = first.setdefault(name, at.path)
                if before == at.path:
                    continue
                self.filler.fault(
                    codes.NameTaken,
                    f"the name `{name}` is given twice: {why}",
                    at,
                    span=key(at.path),
                    related=(Related("it is given here first", key(before)),),
                )

    def section(
        self, origin: Origin, seen: Seen, adapter: TypeAdapter[Any], model: Any
    ) -> Any | None:
        """A part of the document, its expressions evaluated, checked again; `None` if broken."""
        places = self.filler.places
        node = places.root.find(origin.path)
        if node is None:
            return None
        try:
            plain = self.filler.fill(node.plain(), seen, origin.path, origin.chain)
        except Broken:
            return None
        return validated(
            adapter,
            plain,
            self.filler.report,
            lambda path, key: places.key(path) if key else places.value(path),
            resolved=True,
            under=origin.path,
            model=model,
        )

    def inputs(self, frame: Frame, origin: Origin, names: Mapping[str, Any], seen: Seen) -> None:
        """Reads the inputs of the spec or of a model into its frame."""
        for name in names:
            at = origin.below("inputs", name)
            value: Input | None = None
            if at.path not in self.lost:
                value = self.section(at, seen, _INPUT, Input)
            if value is None:
                frame.inputs[name] = LOST
                continue
            shape = _listed(value.shape)
            if "batch" in shape:
                self.filler.fault(
                    structure.BadName,
                    "`batch` is the batch's own name, and cannot be a dimension's",
                    at.below("shape", shape.index("batch")),
                    help="`shape` leaves the batch out",
                )
                frame.inputs[name] = LOST
                continue
            frame.inputs[name] = FlatInput(name, tuple(shape), value.dtype, value.sample, at)

    def outputs(self, written: Any, frame: Frame, origin: Origin) -> dict[str, Any]:
        """The outputs of a model or block: names, or names for references; raises `Broken`."""
        value = self.filler.fill(written, self.scopes[id(frame)], origin.path, origin.chain)
        if is_list(value):
            pairs = [(str(n).rpartition(".")[2], n, origin.below(i)) for i, n in enumerate(value)]
        elif is_dict(value):
            pairs = [(k, v, origin.below(k)) for k, v in value.items()]
        else:
            message = "`outputs` is a list of names, or a mapping"
            raise self.filler.fault(structure.WrongType, message, origin)
        if not pairs:
            raise self.filler.fault(structure.NoOutputs, "`outputs` names nothing", origin)
        found: dict[str, Any] = {}
        for name, text, at in pairs:
            if name in found:
                self.filler.fault(codes.NameTaken, f"the output `{name}` is named twice", at)
            elif not NAME.fullmatch(name):
                self.filler.fault(
                    structure.BadName, f"the output `{text}` needs a name: `{{name: {text}}}`", at
                )
            else:
                try:
                    found[name] = reference(text, frame, at, self.filler, {})
                except Broken:
                    continue
        if len(found) < len(pairs):
            raise Broken
        return found

    @contextmanager
    def entered(self, frame: Frame, name: str, origin: Origin) -> Generator[None]:
        """Keeps note of the blocks and models around; raises `Broken` where one uses itself."""
        key = (id(frame.body), name)
        if key in self._open:
            way = [n for _, n in self._open[self._open.index(key) :]] + [name]
            message = f"`{name}` uses itself: " + " -> ".join(way)
            raise self.filler.fault(codes.UsesItself, message, origin)
        if len(self._open) >= LEVELS:
            message = f"blocks and models stand more than {LEVELS} deep"
            raise self.filler.fault(document.TooDeep, message, origin)
        self._open.append(key)
        try:
            yield
        finally:
            self._open.pop()

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
        with self.entered(declared_in, name, origin.below("use")):
            span = self.filler.places.head(origin.path, "use")
            used = origin.through(Related(f"in block `{name}`, used", span))
            at = Origin((*declared_in.path, "blocks", name), used.chain)
            params = Params(
                self.filler,
                block.params,
                (*at.path, "params"),
                outer=self.scopes[id(declared_in)],
                given=given,
                chain=at.chain,
            )
            params.check()
            frame = Frame("block", block, at.path, prefix, declared_in, at.chain)
            frame.inputs.update(inputs)
            self.scopes[id(frame)] = params
            cluster = Cluster("block", (prefix,), name)
            self.fill(frame, model, at, (*clusters, cluster))
        return frame

    def block_outputs(
        self, block: Block, name: str, frame: Frame, origin: Origin
    ) -> dict[str, Wires]:
        """What one use of a block gives, by the names of its outputs; raises `Broken`."""
        at = Origin(frame.path, frame.chain)
        if (block.output is None) == (block.outputs is None):
            both = ", and not both" if block.output is not None else ""
            raise self.filler.fault(
                structure.MissingKey,
                f"the block `{name}` needs `output`, or `outputs` for several{both}",
                Origin(frame.path, origin.chain),
                span=self.filler.places.key(frame.path),
            )
        if block.output is None:
            return self.outputs(block.outputs, frame, at.below("outputs"))
        at = at.below("output")
        text = self.filler.fill(block.output, self.scopes[id(frame)], at.path, at.chain)
        return {"output": reference(text, frame, at, self.filler, {})}


def _listed(shape: Any) -> list[Any]:
    """A shape whose expressions have their values."""
    return shape
