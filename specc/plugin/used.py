"""Which plug-ins a program needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from specc.catalogue.kinds import Instance
from specc.catalogue.plain import is_mapping, is_sequence
from specc.infer.program import Layer, Program


def used(program: Program) -> list[str]:
    """The names of the plug-ins whose layers, losses or dataset a program has, sorted."""
    return sorted({name.partition(".")[0] for name in _names(program) if "." in name})


def _names(program: Program) -> Iterator[str]:
    """The name of every class and dataset."""
    for node in program.nodes:
        operator = node.operator
        if isinstance(operator, Layer) and node.kind == "layer":
            yield operator.cls
            yield from _inside(operator.arguments)
        elif isinstance(operator, Program):
            yield from _names(operator)
        if isinstance(operator, Layer):
            for inner in operator.uses.values():
                yield from [inner.cls] if isinstance(inner, Layer) else _names(inner)
    for loss in program.losses.values():
        yield loss.cls
    chosen = [output.loss for output in program.learned.values()]
    if program.data is not None:
        chosen.append(program.data.source)
    for written in chosen:
        if isinstance(written, str):
            yield written
        elif is_mapping(written):
            yield from map(str, written)


def _inside(value: Any) -> Iterator[str]:
    """The names of the classes inside an argument, as of a wrapper's layer."""
    if isinstance(value, Instance):
        yield value.name
        yield from _inside(value.arguments)
    elif isinstance(value, Mapping):
        for each in value.values():  # pyright: ignore[reportUnknownVariableType]
            yield from _inside(each)
    elif is_sequence(value):
        for each in value:
            yield from _inside(each)
