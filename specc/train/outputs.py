"""The outputs of a built model, by name."""

from __future__ import annotations

from typing import Any


def named_outputs(model: Any, outputs: list[str]) -> dict[str, Any]:
    """A model's outputs by name: several are a dict already, one is the tensor itself."""
    made = model.output
    return dict(made) if isinstance(made, dict) else {outputs[0]: made}  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
