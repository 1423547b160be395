"""Small specs, and what is asked about them: tensors by name, faults by code and place."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

from specc.infer.program import Program, Tensor
from specc.pipeline import Outcome, Settings, passes

HEAD = "specc: 1\ninputs: {x: {shape: [5, 4]}}\n"


def outcome(text: str, *sets: str) -> Outcome:
    """What the passes make of a text; without `specc:` it follows a head with an input `x`."""
    text = dedent(text).lstrip("\n")
    if not text.startswith("specc:"):
        text = HEAD + text
    return passes(text=text, settings=Settings(sets=sets))


def program(text: str, *sets: str) -> Program:
    """The program of a spec that has no error."""
    made = outcome(text, *sets)
    assert made.program is not None, str(made.report)
    return made.program


def faults(text: str, *sets: str) -> list[tuple[str, str]]:
    """Each diagnostic's code and the text that its carets are under, in order."""
    return [(d.code, _under(d.span)) for d in outcome(text, *sets).report]


def messages(text: str) -> list[str]:
    """Each diagnostic's message and help."""
    return [f"{d.message}; {d.help}" for d in outcome(text).report]


def _under(span: Any) -> str:
    line = span.source.lines[span.line - 1]
    end = span.end_column - 1 if span.end_line == span.line else len(line)
    return line[span.column - 1 : end]


def layers(made: Program) -> list[str]:
    """Each call in order: its class, and the units or the name that it was given."""
    return [
        f"{n.label}:{getattr(n.operator, 'arguments', {}).get('units', '')}".rstrip(":")
        for n in made.nodes
        if n.kind in ("layer", "op", "model")
    ]


def shapes(made: Program) -> dict[str, str]:
    """The outputs' shapes, as people read them."""
    return {n: str(t.type) for n, t in made.outputs.items()}


def inputs(made: Program, name: str) -> dict[str, Any]:
    """What a node is given, by argument: names of tensors, and constants."""
    node = next(n for n in made.nodes if n.name == name)
    return {k: _shown(v) for k, v in node.inputs.items()}


def _shown(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_shown(v) for v in value]
    return value.name if isinstance(value, Tensor) else value.value
