"""What specc adds to Keras's losses, and the tensors that each loss takes.

The additions are lowered to plain Keras, so that a saved model loads without specc.
"""

from __future__ import annotations

from typing import Any

OWN: dict[str, dict[str, dict[str, Any]]] = {
    "loss": {"KLToNormal": {}, "GramStyle": {}, "TotalVariation": {}},
}
"""By family, then class: the constructor's arguments, written as in `signatures.json`."""

_TENSORS: dict[str, tuple[str, ...]] = {
    "KLToNormal": ("mean", "log_var"),
    "GramStyle": ("y_true", "y_pred"),
    "TotalVariation": ("y_pred",),
}


def loss_tensors(name: str) -> tuple[str, ...]:
    """The names of the tensors that a loss takes; Keras's take `y_true` and `y_pred`."""
    return _TENSORS.get(name, ("y_true", "y_pred"))
