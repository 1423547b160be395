"""Builds the drawing of a program: which boxes, groups and edges there are.

A model that is called once is a group where it is called. One that is called more often, or inside
a wrapper, is a group of its own that every call is linked to: one thing, used several times.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from specc.infer.program import Constant, Layer, Loss, Node, Program, Tensor, Variable
from specc.lower.diagram import labels
from specc.lower.diagram.arrange import Drawn, Fold, Item, Leaf, arranged
from specc.lower.diagram.skips import marked
from specc.lower.diagram.turns import ordered
from specc.lower.diagram.view import Box, Drawing, Edge, Group, GroupKind, Link
from specc.lower.diagram.wiring import Wiring, held, key


def drawing(
    program: Program, *, expand: bool = False, costs: bool = False, depth: int | None = None
) -> Drawing:
    """A program's drawing.

    `expand` draws every turn of every repeat, `costs` adds floating-point operations, and `depth`
    is how many groups inside one another are shown; what is deeper becomes one box.
    """
    return _Builder(program, expand, costs, depth).drawing()


@dataclass(slots=True)
class _Edges:
    """Edges to be, in order: from a tensor to a box."""

    found: list[Edge] = field(default_factory=list[Edge])
    inside: set[tuple[str, str, Any]] = field(default_factory=set[tuple[str, str, Any]])


class _Builder:
    def __init__(self, program: Program, expand: bool, costs: bool, depth: int | None) -> None:
        self.program = program
        self.expand = expand
        self.costs = costs
        self.depth = depth
        self.wiring = Wiring(program)
        self.usual = _usual_dtype(program)
        self.numbers: dict[str, int] = {}
        self.box_of: dict[int, str] = {}
        """The box that a node is drawn in."""
        self.summaries: set[str] = set()
        self.alias: dict[tuple[int, int], Tensor] = {}
        """What stands for a tensor that has no box: an inline model's input or output."""
        self.ports: dict[tuple[int, str], str] = {}
        """The box of an inline model's input, by call and name."""
        self.drawn: list[Drawn] = []
        self.accents: dict[int, int] = {}
        self.used: dict[int, int] = {}
        """How many uses of an operator are drawn already."""
        self.places: dict[int, list[str]] = {}
        """The boxes in which a shared operator is called."""
        self.defined: dict[int, str] = {}
        """The group that a shared model is drawn in."""
        self.last_turns: set[int] = set()

    # --- the whole --------------------------------------------------------------------------------

    def drawing(self) -> Drawing:
        program = self.program
        members = self._scope((program,), 0, top=True)
        ends = [self._output(name) for name in program.outputs]
        ends += [self._loss(loss) for loss in program.losses.values()]
        edges = [*self._flow(), *self._ends()]
        lines = [labels.count(program.parameters, "param")] if program.parameters else []
        frozen = program.parameters - program.trainable_parameters
        if frozen:
            lines.append(f"{frozen:,} of them frozen")
        if self.costs and program.flops is not None:
            lines.append(labels.operations(program.flops) + " an example")
        return Drawing(
            labels.clipped(program.name),
            (" · ".join(lines),) if lines else (),
            (*members, *ends),
            tuple(marked(edges)),
            tuple(self._links()),
        )

    def _id(self, kind: str) -> str:
        self.numbers[kind] = number = self.numbers.get(kind, 0) + 1
        return f"{kind}{number}"

    # --- boxes and groups -------------------------------------------------------------------------

    def _scope(
        self, programs: Sequence[Program], level: int, *, top: bool = False
    ) -> list[Box | Group]:
        """The members of a program, or of equal programs of several turns, that are drawn once."""
        lists = [ordered(p.nodes) for p in programs] if len(programs) > 1 else [programs[0].nodes]
        nodes = list(zip(*lists, strict=True))
        shared = self._definitions(programs[0]) if self._within(level) else []
        items = arranged(nodes, self.wiring, self.expand)
        members = self._members(items, level, top)
        return members + [self._definition(model, level) for model in shared]

    def _members(self, items: Sequence[Item], level: int, top: bool) -> list[Box | Group]:
        found: list[Box | Group] = []
        for item in items:
            if isinstance(item, Fold):
                found.extend(self._fold(item, level, top))
            elif (member := self._leaf(item, level, top)) is not None:
                found.append(member)
        return found

    def _within(self, level: int) -> bool:
        return self.depth is None or level < self.depth

    def _fold(self, fold: Fold, level: int, top: bool) -> list[Box | Group]:
        cluster, times, items = fold.cluster, fold.times, fold.items
        title = labels.clipped(cluster.label)
        kind: GroupKind = "block" if cluster.kind == "block" else "turn"
        lines: list[str] = []
        if cluster.kind == "repeat":
            if times == 1 and len(items) == 1 and isinstance(items[0], Leaf):
                return self._members(items, level, top)
            if times > 1:
                kind = "repeat"
                if times < cluster.turns:
                    last = cluster.turn + times
                    lines.append(f"turns {cluster.turn + 1} to {last} of {cluster.turns}")
            elif cluster.turns > 1:
                lines.append(f"turn {cluster.turn + 1} of {cluster.turns}")
            only = items[0]
            if len(items) == 1 and isinstance(only, Fold) and only.cluster.kind == "block":
                items, title = only.items, labels.clipped(only.cluster.label)
        parameters = self._parameters(list(_nodes(fold)))
        if not self._within(level):
            return [self._summary(fold, title, lines, parameters)]
        identity = self._id("group")
        members = self._members(items, level + 1, top)
        if parameters:
            lines.append(labels.count(parameters, "param"))
        return [Group(identity, kind, title, tuple(members), times, tuple(lines))]

    def _summary(self, fold: Fold, title: str, lines: list[str], parameters: int) -> Box:
        identity = self._id("box")
        drawn = list(_nodes(fold))
        for nodes in drawn:
            self._place(nodes, identity)
            if (shared := self._shared(nodes)) is not None:
                self.places.setdefault(id(shared), []).append(identity)
        self.summaries.add(identity)
        calls = sum(map(len, drawn))
        texts = [*lines, labels.count(calls, "call")]
        if parameters:
            texts.append(labels.count(parameters, "param"))
        heading = f"{title or 'repeat'} ×{fold.times}" if fold.times > 1 else title or "repeat"
        return Box(identity, "summary", heading, "summary", tuple(labels.wrapped(texts)))

    def _leaf(self, leaf: Leaf, level: int, top: bool) -> Box | Group | None:
        nodes = leaf.nodes
        operator = nodes[0].operator
        if isinstance(operator, Program) and not self._apart(operator) and self._within(level):
            return self._inline(nodes, level)
        if nodes[0].kind == "input" and not top:
            return self._port_in(nodes)
        box = self._box(nodes)
        self._place(nodes, box.id)
        return box

    def _place(self, nodes: Drawn, identity: str) -> None:
        self.drawn.append(nodes)
        for node in nodes:
            self.box_of[id(node)] = identity

    def _box(self, nodes: Drawn) -> Box:
        first = nodes[0]
        operator = first.operator
        box = Box(self._id("box"), first.kind, labels.clipped(first.name), first.kind)
        if first.kind == "input":
            sample = self.program.samples.get(first.name)
            drawn = [k for k in ("normal", "uniform", "integers") if getattr(sample, k, None)]
            return replace(box, lines=tuple(f"drawn: {k}" for k in drawn))
        if isinstance(operator, Variable):
            count = labels.count(operator.parameters, "param")
            return replace(box, lines=(count,), frozen=not operator.trainable)
        if isinstance(operator, Program):
            box = replace(box, title=labels.clipped(operator.name), frozen=not operator.trainable)
        if isinstance(operator, Layer):
            box = replace(
                box,
                title=labels.clipped(operator.cls),
                family="op" if first.kind == "op" else _family(operator),
                frozen=not operator.trainable and operator.parameters > 0,
            )
        name = first.name if len(nodes) == 1 else first.chain
        return self._tagged(replace(box, lines=self._lines(nodes), name=labels.clipped(name)), nodes)

    def _lines(self, nodes: Drawn) -> tuple[str, ...]:
        """Arguments, constants and costs of calls that are drawn as one."""
        turns: list[dict[str, Any]] = []
        for node in nodes:
            constants = {
                slot: item.value
                for slot, value in node.inputs.items()
                for item in (value if isinstance(value, tuple) else (value,))
                if isinstance(item, Constant)
            }
            own = node.operator.arguments if isinstance(node.operator, Layer) else {}
            turns.append({**constants, **own, **node.call})
        lines = list(labels.arguments(turns))
        costs: list[str] = []
        shared = self._shared(nodes)
        if shared is None or self.used.get(id(shared), 0) == 0:
            sizes = [
                n.operator.parameters for n in nodes if isinstance(n.operator, Layer | Program)
            ]
            if any(sizes):
                texts = [f"{s:,}" for s in (sizes[:1] if shared is not None else sizes)]
                costs.append(f"{labels.merged(texts)} param{'' if sizes[0] == 1 else 's'}")
        if self.costs:
            flops = [_flops(n) for n in nodes]
            known = [labels.operations(f) for f in flops if f]
            if known:
                costs.append(labels.merged(known))
        return (*lines, *labels.wrapped(costs))

    def _parameters(self, drawn: Sequence[Drawn]) -> int:
        operators = {id(n.operator): n.operator for nodes in drawn for n in nodes}
        return sum(
            o.parameters
            for o in operators.values()
            if isinstance(o, Layer | Program) and not self.wiring.several(o)
        )

    # --- what is one thing ------------------------------------------------------------------------

    def _shared(self, nodes: Drawn) -> Layer | Program | None:
        """What the call shares with other calls: its layer or model, or what its wrapper holds."""
        operator = nodes[0].operator
        if isinstance(operator, Program):
            return operator if self._apart(operator) else None
        if not isinstance(operator, Layer) or nodes[0].kind == "op":
            return None
        if self.wiring.several(operator):
            return operator
        for inner in held(operator):
            if isinstance(inner, Program) or self.wiring.several(inner):
                return inner
        return None

    def _apart(self, model: Program) -> bool:
        """Whether a model is drawn as a group of its own that its calls are linked to."""
        return self.wiring.several(model) or id(model) in self.wiring.wrapped

    def _accent(self, operator: Layer | Program) -> int:
        return self.accents.setdefault(id(operator), len(self.accents))

    def _tagged(self, box: Box, nodes: Drawn) -> Box:
        shared = self._shared(nodes)
        if shared is None:
            return box
        total = self.wiring.uses[id(shared)]
        before = self.used.get(id(shared), 0)
        self.used[id(shared)] = before + len(nodes)
        self.places.setdefault(id(shared), []).append(box.id)
        if total == 1:
            return replace(box, accent=self._accent(shared))
        uses = f"{before + 1}" if len(nodes) == 1 else f"{before + 1} to {before + len(nodes)}"
        what = "" if shared is nodes[0].operator else f"{labels.clipped(shared.name)} "
        tag = f"{what}shared · use {uses} of {total}"
        return replace(box, tag=tag, accent=self._accent(shared))

    def _links(self) -> Iterator[Link]:
        for operator, places in self.places.items():
            accent = self.accents.get(operator)
            if accent is None:
                continue
            boxes = list(dict.fromkeys(places))
            group = self.defined.get(operator)
            if group is not None:
                yield from (Link(box, group, accent) for box in boxes)
            else:
                yield from (Link(a, b, accent) for a, b in zip(boxes, boxes[1:], strict=False))

    def _definitions(self, program: Program) -> list[Program]:
        """The models that the calls of a program share, each once."""
        found: dict[int, Program] = {}
        for node in program.nodes:
            operator = node.operator
            inner = held(operator) if isinstance(operator, Layer) else [operator]
            for model in inner:
                if isinstance(model, Program) and self._apart(model):
                    found.setdefault(id(model), model)
        return list(found.values())

    # --- models -----------------------------------------------------------------------------------

    def _inline(self, nodes: Drawn, level: int) -> Group:
        """A model that is called once: its graph where it is called."""
        programs = [n.operator for n in nodes if isinstance(n.operator, Program)]
        first = programs[0]
        group = self._id("group")
        bare = len(first.inputs) == 1
        for node, program in zip(nodes, programs, strict=True):
            for name, tensor in program.inputs.items():
                given = node.inputs.get(name)
                if bare and isinstance(given, Tensor):
                    self.alias[key(tensor)] = given
            for i, tensor in enumerate(program.outputs.values()):
                self.alias[key(node.outputs[i])] = tensor
        members = self._scope(programs, level + 1)
        if not bare:
            self.drawn.append(nodes)
            for name, tensor in first.inputs.items():
                self.ports[id(nodes[0]), name] = self.box_of[id(tensor.node)]
        members += self._ports_out(programs)
        lines = [labels.count(sum(p.parameters for p in programs), "param")]
        return Group(
            group,
            "model",
            labels.clipped(first.name),
            tuple(members),
            lines=tuple(lines) if programs[0].parameters else (),
            frozen=not first.trainable,
        )

    def _definition(self, model: Program, level: int) -> Group:
        """A model that is called several times: its graph, beside the calls."""
        group = self._id("group")
        self.defined[id(model)] = group
        members = self._scope((model,), level + 1)
        members += self._ports_out([model], always=True)
        uses = self.wiring.uses[id(model)]
        lines = [f"one model, used {uses} times"] if uses > 1 else ["inside a wrapper"]
        if model.parameters:
            lines.append(labels.count(model.parameters, "param"))
        return Group(
            group,
            "definition",
            labels.clipped(model.name),
            tuple(members),
            lines=(" · ".join(lines),),
            accent=self._accent(model),
            frozen=not model.trainable,
        )

    def _port_in(self, nodes: Drawn) -> Box | None:
        if key(nodes[0].outputs[0]) in self.alias:
            return None
        box = Box(self._id("box"), "port", labels.clipped(nodes[0].name), "port", ("input",))
        self._place(nodes, box.id)
        return box

    def _ports_out(self, programs: Sequence[Program], *, always: bool = False) -> list[Box]:
        """The boxes of a model's outputs, where their names say something."""
        found: list[Box] = []
        if len(programs[0].outputs) == 1 and not always:
            return found
        for name in programs[0].outputs:
            box = Box(self._id("box"), "port", labels.clipped(name), "port", ("output",))
            found.append(box)
            tensors = [p.outputs[name] for p in programs]
            ends = tuple(_port(name, t) for t in tensors)
            self._place(ends, box.id)
            for program, end in zip(programs, ends, strict=True):
                for k, tensor in list(self.alias.items()):
                    if tensor is program.outputs[name]:
                        self.alias[k] = end.outputs[0]
        return found

    # --- edges ------------------------------------------------------------------------------------

    def _resolved(self, tensor: Tensor) -> Tensor:
        while (other := self.alias.get(key(tensor))) is not None:
            tensor = other
        return tensor

    def _tail(self, tensor: Tensor) -> str | None:
        return self.box_of.get(id(self._resolved(tensor).node))

    def _flow(self) -> Iterator[Edge]:
        """The edges between calls, one for each tensor that a call takes."""
        once: set[tuple[str, str, int, int]] = set()
        for nodes in self.drawn:
            named = len({s for s, _ in nodes[0].tensors()}) > 1
            lists = [list(n.tensors()) for n in nodes]
            for same in zip(*lists, strict=True):
                slot, tensor = same[0]
                tail = self._tail(tensor)
                port = self.ports.get((id(nodes[0]), slot))
                head = port or self.box_of.get(id(nodes[0]))
                if tail is None or head is None or tail == head:
                    continue
                if head in self.summaries:
                    source = (tail, head, *key(self._resolved(tensor)))
                    if source in once:
                        continue
                    once.add(source)
                types = [
                    labels.shape(self._resolved(t).type, self.usual)
                    for _, t in same
                    if self._tail(t) == tail
                ]
                shown = slot if named and port is None and head not in self.summaries else ""
                yield Edge(tail, head, labels.merged(types), labels.clipped(shown))

    # --- outputs and losses -----------------------------------------------------------------------

    def _output(self, name: str) -> Box:
        box = Box(f"output_{list(self.program.outputs).index(name) + 1}", "output", name, "output")
        learned = self.program.learned.get(name)
        if learned is None or learned.loss is None:
            return box
        text = f"loss {_loss_name(learned.loss)}"
        if learned.weight != 1:
            text += f" × {labels.value(learned.weight)}"
        return replace(box, title=labels.clipped(name), lines=(text,))

    def _loss(self, loss: Loss) -> Box:
        identity = f"loss_{list(self.program.losses).index(loss.name) + 1}"
        numbers = [
            f"{k} {labels.value(v.value if isinstance(v, Constant) else v)}"
            for k, v in loss.tensors.items()
            if isinstance(v, Constant | float | int)
        ]
        lines = [labels.clipped(loss.cls), *numbers]
        if loss.weight != 1:
            lines.append(f"weight {labels.value(loss.weight)}")
        title = f"loss {labels.clipped(loss.name)}"
        return Box(identity, "loss", title, "loss", tuple(labels.wrapped(lines)))

    def _ends(self) -> Iterator[Edge]:
        for i, (name, tensor) in enumerate(self.program.outputs.items(), 1):
            yield from self._end(tensor, f"output_{i}", "", "flow")
            if (target := self.program.targets.get(name)) is not None:
                yield from self._end(target, f"output_{i}", "target", "target")
        for i, loss in enumerate(self.program.losses.values(), 1):
            for slot, given in loss.tensors.items():
                for item in given if isinstance(given, tuple) else (given,):
                    if isinstance(item, Tensor):
                        yield from self._end(item, f"loss_{i}", slot, "loss")

    def _end(self, tensor: Tensor, head: str, slot: str, kind: Any) -> Iterator[Edge]:
        tail = self._tail(tensor)
        if tail is not None:
            label = labels.shape(self._resolved(tensor).type, self.usual)
            yield Edge(tail, head, label, labels.clipped(slot), kind)


def _nodes(item: Item) -> Iterator[Drawn]:
    if isinstance(item, Leaf):
        yield item.nodes
    else:
        for inner in item.items:
            yield from _nodes(inner)


def _port(name: str, tensor: Tensor) -> Node:
    """A call that stands for a model's output, so that its box has an edge to it and from it."""
    node = Node(name, "op", None, {"output": tensor}, {})
    node.outputs = (Tensor(node, 0, tensor.type),)
    return node


def _family(layer: Layer) -> str:
    return layer.definition.rule.__module__.rpartition(".")[2]


def _flops(node: Node) -> int | None:
    return node.operator.flops if isinstance(node.operator, Program) else node.flops


def _loss_name(loss: Any) -> str:
    if isinstance(loss, dict) and loss:
        return labels.clipped(str(next(iter(loss))))  # pyright: ignore[reportUnknownArgumentType]
    return labels.value(loss)


def _usual_dtype(program: Program) -> str:
    """The dtype that is not worth a word: what the program computes in."""
    precision = program.train.precision if program.train is not None else "float32"
    return str(precision).removeprefix("mixed_")
