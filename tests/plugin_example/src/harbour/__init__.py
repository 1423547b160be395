"""A plug-in of specc: what a spec may name, and what is known of it without Keras."""

from __future__ import annotations

from typing import Any

from specc.plugin import (
    Dataset,
    DTypeMismatch,
    FieldType,
    Plugin,
    RankMismatch,
    Rate,
    Result,
    TensorType,
    Weight,
    case,
    layer,
    loss,
)


def _gate() -> Any:
    from harbour.classes import Gate

    return Gate


@layer(case(4), case((None, 5), floor=0.1), keras=_gate, mask="passes")
def Gate(inputs: TensorType, *, floor: Rate = 0.0, dtype: str) -> Result:
    """Lets a learned part of each feature through. (batch, ..., features), unchanged

    At least `floor` of each passes.
    """
    if inputs.rank < 2 or not isinstance(inputs[-1], int):
        raise RankMismatch(f"Gate takes (batch, ..., features); this is {inputs}", inputs=(0,))
    outputs = TensorType(inputs.dims, dtype)
    return Result(outputs, (Weight("openness", (inputs[-1],)),), outputs.size)


def _quantile() -> Any:
    from harbour.classes import Quantile

    return Quantile


@loss(keras=_quantile)
def Quantile(y_true: TensorType, y_pred: TensorType, *, q: Rate = 0.5) -> None:
    """How far a level is from the quantile `q` of what is to be learned."""
    if y_true.dtype not in ("float32", "float64"):
        raise DTypeMismatch(f"Quantile learns numbers, and the target holds {y_true.dtype}")


def _tides() -> dict[str, Any]:
    import numpy as np

    time = np.arange(600)[:, None] + np.arange(7)
    level = np.sin(time * 0.5) + 0.3 * np.sin(time * 0.17)
    levels = level.astype("float32")
    return {"before": levels[:, :6], "next": levels[:, 6:]}


tides = Dataset(
    "tides",
    {"before": FieldType((6,), "float32"), "next": FieldType((1,), "float32")},
    _tides,
    "six levels of the water, and the one that follows",
)

plugin = Plugin("harbour", layers=[Gate], losses=[Quantile], datasets=[tides])
