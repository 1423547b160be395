"""Builds the drawing of a program: which boxes, groups and edges there are.

A model that is called once is a group where it is called. One that is called more often, or inside
a wrapper, is a group of its own that every call is linked to: one thing, used several times.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from specc.expand.flat import Cluster
from specc.infer.program import Layer, Node, Program, Tensor, Variable
from specc.lower.diagram import boxes, labels
from specc.lower.diagram.arrange import Drawn, Fold, Item, Leaf, arranged
from specc.lower.diagram.sharing import Sharing
from specc.lower.diagram.skips import marked
from specc.lower.diagram.turns import entering, ordered
from specc.lower.diagram.view import Box, Drawing, Group, GroupKind
from specc.lower.diagram.wires import Wires
from specc.lower.diagram.wiring import Key, Wiring, key


@dataclass(frozen=True, slots=True)
class Detail:
    """How much a picture shows.

    `expand` draws every turn of every repeat, `costs` adds floating-point operations, and `depth`
    is how many groups inside one another are shown; what is deeper becomes one box.
    """

    expand: bool = False
    costs: bool = False
    depth: int | None = None


def drawing(program: Program, detail: Detail) -> Drawing:
    """A program's drawing."""
    return _Builder(program, detail).drawing()


class _Builder:
    def __init__(self, program: Program, detail: Detail) -> None:
        self.program = program
        self.detail = detail
        self.wiring = Wiring(program)
        self.sharing = Sharing(self.wiring)
        self.wires = Wires(program)
        self.numbers: dict[str, int] = {}

    def drawing(self) -> Drawing:
        program = self.program
        members = self._scope((program,), 0, top=True)
        for i, name in enumerate(program.outputs, 1):
            members.append(boxes.output_box(f"output{i}", name, program))
        for i, loss in enumerate(program.losses.values(), 1):
            members.append(boxes.loss_box(f"loss{i}", loss))
        edges = marked([*self.wires.flow(), *self.wires.ends()])
        return Drawing(
            labels.clipped(program.name),
            self._totals(),
            tuple(members),
            tuple(edges),
            tuple(self.sharing.links()),
        )

    def _totals(self) -> tuple[str, ...]:
        program = self.program
        lines = [labels.count(program.parameters, "param")] if program.parameters else []
        fixed = program.parameters - program.trainable_parameters
        if fixed:
            lines.append(f"{fixed:,} of them not trained")
        if self.detail.costs and program.flops is not None:
            lines.append(labels.operations(program.flops) + " an example")
        return (" · ".join(lines),) if lines else ()

    def _id(self, kind: str) -> str:
        self.numbers[kind] = number = self.numbers.get(kind, 0) + 1
        return f"{kind}{number}"

    def _shown(self, level: int) -> bool:
        return self.detail.depth is None or level < self.detail.depth

    # --- members ----------------------------------------------------------------------------------

    def _scope(
        self, programs: Sequence[Program], level: int, *, top: bool = False
    ) -> list[Box | Group]:
        """The members of a program, or of equal programs of several turns, that are drawn once."""
        lists = [ordered(p.nodes) for p in programs] if len(programs) > 1 else [programs[0].nodes]
        nodes = list(zip(*lists, strict=True))
        shared = self.sharing.among(programs[0]) if self._shown(level) else []
        shared = [m for m in shared if self.detail.expand or not m.folded]
        self.sharing.defined.update({m: self._id("group") for m in shared})
        items = arranged(nodes, self.wiring, self.detail.expand)
        members = self._members(items, level, top)
        return members + [self._definition(model, level) for model in shared]

    def _members(self, items: Sequence[Item], level: int, top: bool) -> list[Box | Group]:
        found: list[Box | Group] = []
        for item in items:
            if isinstance(item, Fold):
                found.extend(self._fold(item, level, top))
            elif (member := self._leaf(item.nodes, level, top)) is not None:
                found.append(member)
        return found

    def _leaf(self, nodes: Drawn, level: int, top: bool) -> Box | Group | None:
        operator = nodes[0].operator
        if (
            isinstance(operator, Program)
            and not self.sharing.apart(operator)
            and self._shown(level)
            and (self.detail.expand or not operator.folded)
        ):
            return self._inline(nodes, level)
        if nodes[0].kind == "input" and not top:
            return self._port_in(nodes)
        identity = self._id("box")
        self.wires.place(nodes, identity)
        if nodes[0].kind == "input":
            return boxes.input_box(identity, nodes[0], self.program)
        if isinstance(operator, Variable):
            return boxes.variable_box(identity, nodes[0], operator)
        shared = self.sharing.of(nodes)
        own = shared is None or (shared not in self.sharing.defined and self.sharing.first(shared))
        box = boxes.call_box(identity, nodes, weights=own, costs=self.detail.costs)
        return self.sharing.tagged(box, nodes)

    # --- blocks and repeats -----------------------------------------------------------------------

    def _fold(self, fold: Fold, level: int, top: bool) -> list[Box | Group]:
        cluster, times, items = fold.cluster, fold.times, fold.items
        title = labels.clipped(cluster.label)
        kind: GroupKind = "turn" if cluster.turns > 1 else "block"
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
        drawn = list(_calls(fold))
        parameters = self._parameters(drawn)
        lines += [labels.count(parameters, "param")] if parameters else []
        if not self._shown(level):
            identity = self._id("box")
            self.wires.summarize(drawn, identity)
            for nodes in drawn:
                self.sharing.use(nodes, identity)
            costs = self.detail.costs
            return [boxes.summary_box(identity, title, times, lines, drawn, costs=costs)]
        identity = self._id("group")
        entries = self._entries(drawn, cluster) if times > 1 else []
        members = [*entries, *self._members(items, level + 1, top)]
        return [Group(identity, kind, title, tuple(members), times, tuple(lines))]

    def _entries(self, drawn: Sequence[Drawn], cluster: Cluster) -> list[Box]:
        """A point for each tensor that enters every turn and goes to several places in it.

        Edges from outside to each of these places would say that the first turn's tensor goes
        there in every turn.
        """
        sources: dict[Key, tuple[Tensor, ...]] = {}
        takers: dict[Key, list[tuple[int, int]]] = {}
        for node, slot, given in entering(drawn, cluster):
            at = key(self.wires.entries.get((id(node), slot), given[0]))
            sources.setdefault(at, given)
            takers.setdefault(at, []).append((id(node), slot))
        points: list[Box] = []
        for at, slots in takers.items():
            if len(slots) > 1:
                points.append(Box(self._id("box"), "point", "each turn begins here", "point"))
                self.wires.enter(sources[at], slots, points[-1].id)
        return points

    def _parameters(self, drawn: Sequence[Drawn]) -> int:
        operators = {id(n.operator): n.operator for nodes in drawn for n in nodes}
        return sum(
            o.parameters
            for o in operators.values()
            if isinstance(o, Layer | Program) and not self.wiring.several(o)
        )

    # --- models -----------------------------------------------------------------------------------

    def _inline(self, nodes: Drawn, level: int) -> Group:
        """A model that is called once: its graph where it is called."""
        programs = [n.operator for n in nodes if isinstance(n.operator, Program)]
        first = programs[0]
        identity = self._id("group")
        bare = len(first.inputs) == 1
        if bare:
            self.wires.pass_into(nodes, programs)
        members = self._scope(programs, level + 1)
        if not bare:
            self.wires.feed(nodes, first)
        ends, ports = self._ports_out(programs)
        members += ports
        self.wires.pass_out(nodes, ends)
        parameters = sum(p.parameters for p in programs)
        return Group(
            identity,
            "model",
            labels.clipped(first.name),
            tuple(members),
            lines=(labels.count(parameters, "param"),) if parameters else (),
            frozen=not first.trainable,
        )

    def _definition(self, model: Program, level: int) -> Group:
        """A model that is called several times: its graph, beside the calls."""
        members = self._scope((model,), level + 1)
        members += self._ports_out([model], always=True)[1]
        uses = self.wiring.uses[id(model)]
        lines = [f"one model, used {uses} times"] if uses > 1 else ["inside a wrapper"]
        if model.parameters:
            lines.append(labels.count(model.parameters, "param"))
        return Group(
            self.sharing.defined[model],
            "definition",
            labels.clipped(model.name),
            tuple(members),
            lines=(" · ".join(lines),),
            accent=self.sharing.accent(model),
            frozen=not model.trainable,
        )

    def _port_in(self, nodes: Drawn) -> Box | None:
        """A model's input, unless what it is given comes straight in."""
        if key(nodes[0].outputs[0]) in self.wires.alias:
            return None
        box = Box(self._id("box"), "port", labels.clipped(nodes[0].name), "port", ("input",))
        self.wires.place(nodes, box.id)
        return box

    def _ports_out(
        self, programs: Sequence[Program], *, always: bool = False
    ) -> tuple[list[list[Tensor]], list[Box]]:
        """What stands for the programs' outputs, and boxes for them where names say something."""
        if len(programs[0].outputs) == 1 and not always:
            return [list(p.outputs.values()) for p in programs], []
        found: list[Box] = []
        ends: list[list[Tensor]] = [[] for _ in programs]
        for name in programs[0].outputs:
            found.append(Box(self._id("box"), "port", labels.clipped(name), "port", ("output",)))
            outputs = [p.outputs[name] for p in programs]
            for end, tensor in zip(ends, self.wires.stop(outputs, found[-1].id), strict=True):
                end.append(tensor)
        return ends, found


def _calls(item: Item) -> Iterator[tuple[Node, ...]]:
    if isinstance(item, Leaf):
        yield item.nodes
    else:
        for inner in item.items:
            yield from _calls(inner)
