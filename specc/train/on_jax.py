"""What JAX cannot train: layers that Keras computes by TensorFlow whatever the backend is."""

from __future__ import annotations

from collections.abc import Iterator

from specc.data.places import Places
from specc.diagnostics.codes import training as codes
from specc.diagnostics.report import Report
from specc.document.spec import Train
from specc.infer.program import Layer, Program

TENSORFLOW = frozenset(
    ("HashedCrossing", "Hashing", "IntegerLookup", "StringLookup", "TextVectorization")
)
"""Layers that Keras has for `tf.data` on other backends, and for no compiled step."""

_TOKENS = ", or let the data make tokens: `transform: [{tokenize: {max_tokens: 1000}}]`"


def check_backend(program: Program, train: Train, places: Places, report: Report) -> None:
    """Reports layers, and else texts, that have no place in a step that JAX compiles."""
    if train.backend != "jax":
        return
    found = list(dict.fromkeys(_looking_up(program)))
    for layer in found:
        report.add(
            codes.NotOnJax(
                f"{layer.cls} is computed by TensorFlow, and so cannot be trained on JAX",
                layer.span,
                help=_help(text=layer.cls in ("TextVectorization", "StringLookup")),
            )
        )
    for name, tensor in program.inputs.items():
        if tensor.type.dtype == "string" and not found:
            report.add(
                codes.NotOnJax(
                    f"JAX has no texts, and `{name}` is one",
                    places.key("inputs", name),
                    help=_help(text=True),
                )
            )


def obstacle(program: Program) -> str | None:
    """Why a program has no place in a step that JAX compiles; `None` where it has."""
    found = next(_looking_up(program), None)
    if found is not None:
        return f"{found.cls} is computed by TensorFlow"
    texts = any(t.type.dtype == "string" for t in program.inputs.values())
    return "JAX has no text" if texts else None


def _help(*, text: bool) -> str:
    tokens = _TOKENS if text else ""
    return f"`train: {{backend: tensorflow}}`{tokens}"


def _looking_up(program: Program) -> Iterator[Layer]:
    for layer in program.layers:
        held = (u for u in layer.uses.values() if isinstance(u, Layer))
        yield from (each for each in (layer, *held) if each.cls in TENSORFLOW)
    for model in program.models:
        yield from _looking_up(model)
