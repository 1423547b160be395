"""What a box says: a call's class, its telling arguments, what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from specc.catalogue.define import Definition
from specc.catalogue.kinds import Instance
from specc.infer.program import Constant, Layer, Loss, Node, Program, Tensor, Variable
from specc.lower.diagram import labels, palette
from specc.lower.diagram.arrange import Drawn
from specc.lower.diagram.usual import usual
from specc.lower.diagram.view import Box


def input_box(identity: str, node: Node, program: Program) -> Box:
    """The box of an input."""
    sample = program.samples.get(node.name)
    kinds = ("normal", "uniform", "integers")
    lines = tuple(f"drawn: {k}" for k in kinds if getattr(sample, k, None) is not None)
    return Box(identity, "input", labels.clipped(node.name), "input", lines)


def variable_box(identity: str, node: Node, variable: Variable) -> Box:
    """The box of a learned tensor that is in no layer."""
    lines = (labels.count(variable.parameters, "param"),)
    title = labels.clipped(node.name)
    return Box(identity, "variable", title, "variable", lines, frozen=not variable.trainable)


def call_box(identity: str, nodes: Drawn, *, weights: bool, costs: bool) -> Box:
    """The box of calls that are drawn as one. `weights`: whether their number is said here."""
    first = nodes[0]
    operator = first.operator
    title, family, frozen = first.label, first.kind, False
    if isinstance(operator, Program):
        title, frozen = operator.name, not operator.trainable
    elif isinstance(operator, Layer):
        title, frozen = operator.cls, not operator.trainable and operator.parameters > 0
        family = "op" if first.kind == "op" else _family(operator)
    turns = [_arguments(n) for n in nodes]
    if isinstance(operator, Layer) and first.kind == "layer":
        silent = usual(operator.definition, turns)
        turns = [{k: v for k, v in turn.items() if k not in silent} for turn in turns]
    lines = [*labels.arguments(turns)]
    counts: list[str] = []
    sizes = [n.operator.parameters for n in nodes if isinstance(n.operator, Layer | Program)]
    if weights and any(sizes):
        counts.append(labels.counts(sizes, "param"))
    known = [f for n in nodes if (f := _flops(n))] if costs else []
    if known:
        ends = (labels.operations(min(known)), labels.operations(max(known)))
        counts.append(" to ".join(dict.fromkeys(ends)))
    return Box(
        identity,
        first.kind,
        labels.clipped(title),
        family,
        (*lines, *labels.wrapped(counts)),
        labels.clipped(_name(first)) if len(nodes) == 1 else "",
        frozen=frozen,
    )


def summary_box(
    identity: str,
    title: str,
    times: int,
    lines: Sequence[str],
    drawn: Sequence[Drawn],
    *,
    costs: bool,
) -> Box:
    """The box of a block or repeat whose inside is not shown."""
    texts = [*lines, labels.count(sum(map(len, drawn)), "call")]
    flops = sum(_flops(n) or 0 for nodes in drawn for n in nodes) if costs else 0
    texts += [labels.operations(flops)] if flops else []
    heading = f"{title or 'repeat'} ×{times}" if times > 1 else title or "repeat"
    return Box(identity, "summary", heading, "summary", tuple(labels.wrapped(texts)))


def output_box(identity: str, name: str, program: Program) -> Box:
    """The box of an output, with its loss."""
    learned = program.learned.get(name)
    lines: list[str] = []
    if learned is not None and learned.loss is not None:
        weight = "" if learned.weight == 1 else f" × {labels.value(learned.weight)}"
        lines.append(f"loss {_loss_name(learned.loss)}{weight}")
    return Box(identity, "output", labels.clipped(name), "output", tuple(lines))


def loss_box(identity: str, loss: Loss) -> Box:
    """The box of a further loss term, with the constants that it takes."""
    lines = [labels.clipped(loss.cls)]
    for slot, given in loss.tensors.items():
        if isinstance(given, Constant | float | int):
            number = given.value if isinstance(given, Constant) else given
            lines.append(f"{labels.clipped(slot)} {labels.value(number)}")
    if loss.weight != 1:
        lines.append(f"weight {labels.value(loss.weight)}")
    title = f"loss {labels.clipped(loss.name)}"
    return Box(identity, "loss", title, "loss", tuple(labels.wrapped(lines)))


def _arguments(node: Node) -> dict[str, Any]:
    """All that a call is given beside tensors: constants, arguments, call arguments."""
    found: dict[str, Any] = {}
    for slot, value in node.inputs.items():
        if isinstance(value, Constant):
            found[slot] = value.value
        elif not isinstance(value, Tensor):
            numbers = [v.value for v in value if isinstance(v, Constant)]
            if numbers:
                found[slot] = numbers
    own: Mapping[str, Any] = {}
    if isinstance(node.operator, Layer):
        own = node.operator.arguments
    return {**found, **own, **node.call}


def _name(node: Node) -> str:
    """A call's name, without that of the block's use that it stands in."""
    prefixes = [str(c.key[0]) for c in node.clusters if c.kind == "block" and c.key]
    return node.name.removeprefix(prefixes[-1]) if prefixes else node.name


def _family(layer: Layer) -> str:
    """The module of the layer's rule; a wrapper has that of the layer inside it."""
    definition = layer.definition
    inner = layer.arguments.get("layer")
    rule: Any = inner.definition if isinstance(inner, Instance) else None
    if isinstance(rule, tuple):
        found = cast("tuple[Any, ...]", rule)[0]
        definition = found if isinstance(found, Definition) else definition
    family = definition.rule.__module__.rpartition(".")[2]
    return family if family in palette.FAMILIES else "layer"


def _flops(node: Node) -> int | None:
    return node.operations


def _loss_name(loss: Any) -> str:
    if isinstance(loss, Mapping):
        return labels.clipped(", ".join(map(str, loss)))  # pyright: ignore[reportUnknownArgumentType]
    return labels.value(loss)
