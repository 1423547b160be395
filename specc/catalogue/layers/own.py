"""specc's own layers, which are lowered to plain Keras."""

from __future__ import annotations

from specc.catalogue.cost import for_each
from specc.catalogue.define import Result, case, layer
from specc.catalogue.mismatch import ShapeMismatch
from specc.catalogue.shapes import merge_shapes
from specc.catalogue.types import TensorType

OWN = ("GaussianSample",)
"""What Keras does not have; the tests of parity leave these out."""


@layer(case(4, 4), case((None, 8), (5, 8)))
def GaussianSample(mean: TensorType, log_var: TensorType, *, dtype: str) -> Result:
    """A normal draw. (batch, ...), (batch, ...) -> (batch, ...)

    `mean` and the logarithm of the variance are of one shape. (Kingma & Welling 2014)
    """
    try:
        dims = merge_shapes(mean.dims, log_var.dims)
    except ShapeMismatch as error:
        raise ShapeMismatch(
            f"GaussianSample takes tensors of one shape; these are {mean} and {log_var}",
            inputs=(0, 1),
            help=error.help,
        ) from None
    outputs = TensorType(dims, dtype)
    return Result(outputs, (), for_each(outputs, 3))
