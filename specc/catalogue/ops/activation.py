"""Activations as functions: each number by itself, softmax, and gated linear units."""

from __future__ import annotations

from typing import Annotated

from specc.catalogue.cost import SOFTMAX, for_each
from specc.catalogue.define import Result, case, op, tensor
from specc.catalogue.kinds import Axis, Flag, Float, Number
from specc.catalogue.mismatch import ShapeMismatch
from specc.catalogue.ops import promotion as to
from specc.catalogue.ops.elementwise import unary
from specc.catalogue.ops.promotion import FLOAT_OR_COMPLEX, FLOATS, NUMBERS, needs
from specc.catalogue.ops.reduction import MaybeAxes, axes_of
from specc.catalogue.shapes import needs_rank, position, replaced
from specc.catalogue.types import Dim, Symbol, TensorType

NonNegativeNumber = Annotated[float, Float(0)]

ACTIVATIONS = tuple(
    unary(name, to.same, takes, what)
    for name, takes, what in (
        ("hard_sigmoid", FLOATS, "A sigmoid of three straight pieces"),
        ("hard_silu", FLOATS, "x times the hard sigmoid of x"),
        ("hard_swish", FLOATS, "x times the hard sigmoid of x"),
        ("hard_tanh", FLOATS, "x, at least -1 and at most 1"),
        ("log_sigmoid", FLOATS, "The logarithm of the sigmoid"),
        ("relu", NUMBERS, "Nothing below 0"),
        ("relu6", NUMBERS, "Nothing below 0 or above 6"),
        ("selu", FLOATS, "Exponential below 0, scaled to keep mean and variance"),
        ("sigmoid", FLOAT_OR_COMPLEX, "1 / (1 + exp(-x))"),
        ("silu", FLOAT_OR_COMPLEX, "x times the sigmoid of x"),
        ("softplus", FLOATS, "log(1 + exp(x))"),
        ("softsign", FLOATS, "x / (1 + |x|)"),
        ("sparse_plus", FLOATS, "A softplus that is 0 below -1"),
        ("sparse_sigmoid", FLOATS, "A sigmoid that is 0 below -1 and 1 above 1"),
        ("swish", FLOAT_OR_COMPLEX, "x times the sigmoid of x"),
        ("tanh", FLOAT_OR_COMPLEX, "The hyperbolic tangent"),
        ("tanh_shrink", FLOAT_OR_COMPLEX, "x less its hyperbolic tangent"),
    )
    if name != "tanh"
)


def _floats(name: str, x: TensorType, takes: str = FLOATS) -> Result:
    needs(name, x.dtype, takes)
    return Result(x.cast(to.same(x.dtype)), (), 0)


@op(case(3), case((4, 3), alpha=0.5))
def celu(x: TensorType, *, alpha: Number = 1.0) -> Result:
    """Exponential below 0, smooth at 0. Any shape, unchanged"""
    return _floats("celu", x)


@op(case(3), case((4, 3), alpha=0.5))
def elu(x: TensorType, *, alpha: Number = 1.0) -> Result:
    """Exponential below 0. Any shape, unchanged"""
    return _floats("elu", x)


@op(case(3), case((4, 3), approximate=False))
def gelu(x: TensorType, *, approximate: Flag = True) -> Result:
    """X times the normal distribution's share below x. Any shape, unchanged"""
    return _floats("gelu", x)


@op(case(3), case((4, 3), threshold=1.0))
def hard_shrink(x: TensorType, *, threshold: Number = 0.5) -> Result:
    """0 near 0. Any shape, unchanged"""
    return _floats("hard_shrink", x, FLOAT_OR_COMPLEX)


@op(case(3), case((4, 3), negative_slope=0.1))
def leaky_relu(x: TensorType, *, negative_slope: Number = 0.2) -> Result:
    """A small slope below 0. Any shape, unchanged"""
    return _floats("leaky_relu", x)


@op(case(3), case((4, 3), threshold=1.0))
def soft_shrink(x: TensorType, *, threshold: Number = 0.5) -> Result:
    """Each number nearer to 0, and 0 near 0. Any shape, unchanged"""
    return _floats("soft_shrink", x)


@op(case(3), case((4, 3), b=1.0))
def squareplus(x: TensorType, *, b: NonNegativeNumber = 4) -> Result:
    """(x + sqrt(x * x + b)) / 2. Any shape, unchanged"""
    return _floats("squareplus", x, FLOAT_OR_COMPLEX)


@op(case(3, threshold=0.5, default_value=0.0), case((4, 3), threshold=1, default_value=-1))
def threshold(x: TensorType, *, threshold: Number, default_value: Number) -> Result:
    """The number where it is above a threshold, elsewhere another. Any shape, unchanged"""
    return _floats("threshold", x)


def _softmax(name: str, x: TensorType, axis: int | tuple[int, ...] | None) -> Result:
    needs(name, x.dtype, FLOATS)
    if axis is not None:
        axes_of(axis, x.rank)
    return Result(x.cast(to.same(x.dtype)), (), for_each(x, SOFTMAX))


@op(case(3), case((4, 3), axis=1), case((4, 3), axis=[1, 2]), case((4, 3), axis=None))
def softmax(x: TensorType, *, axis: MaybeAxes = -1) -> Result:
    """Shares that sum to 1 along an axis. Any shape, unchanged"""
    return _softmax("softmax", x, axis)


@op(case(3), case((4, 3), axis=1), case((4, 3), axis=[1, 2]))
def log_softmax(x: TensorType, *, axis: MaybeAxes = -1) -> Result:
    """The logarithm of softmax. Any shape, unchanged"""
    return _softmax("log_softmax", x, axis)


@op(case(3), case((4, 3), axis=1))
def sparsemax(x: TensorType, *, axis: Axis = -1) -> Result:
    """Shares that sum to 1 along an axis, many of them 0. Any shape, unchanged"""
    return _softmax("sparsemax", x, axis)


@op(case(4), case((6, 3), axis=1), case((None, 4)), case(tensor(None, 3), axis=1))
def glu(x: TensorType, *, axis: Axis = -1) -> Result:
    """One half times the sigmoid of the other. (batch, ..., 2n) -> (batch, ..., n)"""
    needs("glu", x.dtype, FLOAT_OR_COMPLEX)
    needs_rank("ops.glu", x, 1, -1)
    at = position(axis, x.rank)
    dim = x.dims[at]
    half: Dim = None
    if isinstance(dim, int):
        if dim % 2:
            raise ShapeMismatch(f"ops.glu halves axis {axis}, which is {dim}", inputs=(0,))
        half = dim // 2
    elif isinstance(dim, Symbol):
        raise ShapeMismatch(
            f"ops.glu halves axis {axis}, and `{dim}` can be an odd number", inputs=(0,)
        )
    return Result(TensorType(replaced(x.dims, at, half), to.same(x.dtype)), (), 0)
