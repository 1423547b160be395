"""Functions of one tensor that leave its shape: logarithms, roots, rounding, tests."""

from __future__ import annotations

from specc.catalogue.define import Definition, Result, Rule, case, op, tensor
from specc.catalogue.kinds import Whole
from specc.catalogue.ops import promotion as to
from specc.catalogue.ops.promotion import (
    ANY,
    FLOAT_OR_COMPLEX,
    FLOATS,
    NUMBERS,
    REAL,
    SIGNED,
    WHOLE,
    Promotion,
    needs,
)
from specc.catalogue.types import TensorType

_ONE = {
    "f": tensor(3),
    "i": tensor(3, dtype="int32"),
    "u": tensor(3, dtype="uint8"),
    "b": tensor(3, dtype="bool"),
    "c": tensor(3, dtype="complex64"),
}


def unary(name: str, promotion: Promotion, takes: str, what: str) -> Definition:
    """An op on each number of one tensor by itself."""

    def rule(x: TensorType) -> Result:
        needs(name, x.dtype, takes)
        return Result(TensorType(x.dims, promotion(x.dtype)), (), 0)

    return op(*(case(_ONE[g]) for g in takes), name=name)(described(rule, what))


def described(rule: Rule, what: str) -> Rule:
    """The rule with a docstring: what it does, and that it leaves the shape."""
    rule.__doc__ = f"{what}. Any shape, unchanged"
    return rule


ELEMENTWISE = tuple(
    unary(name, promotion, takes, what)
    for name, promotion, takes, what in (
        ("abs", to.same, ANY, "The number without its sign"),
        ("absolute", to.same, ANY, "The number without its sign"),
        ("angle", to.floating, ANY, "The angle of a complex number"),
        ("arccos", to.floating, ANY, "The inverse cosine"),
        ("arccosh", to.floating, ANY, "The inverse hyperbolic cosine"),
        ("arcsin", to.floating, ANY, "The inverse sine"),
        ("arcsinh", to.floating, ANY, "The inverse hyperbolic sine"),
        ("arctan", to.floating, ANY, "The inverse tangent"),
        ("arctanh", to.floating, ANY, "The inverse hyperbolic tangent"),
        ("bitwise_invert", to.same, WHOLE, "Every bit turned over"),
        ("bitwise_not", to.same, WHOLE, "Every bit turned over"),
        ("cbrt", to.floating_if_small, ANY, "The cube root"),
        ("ceil", to.floating, REAL, "The next whole number above"),
        ("conj", to.same, "fiuc", "The complex conjugate"),
        ("conjugate", to.same, "fiuc", "The complex conjugate"),
        ("copy", to.same, ANY, "The same numbers"),
        ("cos", to.floating, ANY, "The cosine"),
        ("cosh", to.floating, ANY, "The hyperbolic cosine"),
        ("deg2rad", to.floating_by_width, REAL, "Degrees as radians"),
        ("erf", to.same, FLOATS, "The error function"),
        ("erfc", to.floating, FLOATS, "1 less the error function"),
        ("erfinv", to.same, FLOATS, "The inverse error function"),
        ("exp", to.floating_if_whole, ANY, "e to the power of each number"),
        ("exp2", to.floating_if_whole, ANY, "2 to the power of each number"),
        ("expm1", to.floating_if_whole, ANY, "e to the power of each number, less 1"),
        ("fabs", to.floating_if_whole, REAL, "The number without its sign, as a float"),
        ("floor", to.floating, REAL, "The next whole number below"),
        ("i0", to.floating_by_width, ANY, "The modified Bessel function of order 0"),
        ("imag", to.same, ANY, "The imaginary part"),
        ("isfinite", to.truth, REAL, "Whether a number is finite"),
        ("isinf", to.truth, REAL, "Whether a number is infinite"),
        ("isnan", to.truth, REAL, "Whether a number is NaN"),
        ("isneginf", to.truth, ANY, "Whether a number is minus infinity"),
        ("isposinf", to.truth, ANY, "Whether a number is plus infinity"),
        ("isreal", to.truth, ANY, "Whether a number has no imaginary part"),
        ("log", to.floating, ANY, "The natural logarithm"),
        ("log10", to.floating, ANY, "The logarithm to base 10"),
        ("log1p", to.floating, ANY, "The logarithm of 1 plus each number"),
        ("log2", to.floating, ANY, "The logarithm to base 2"),
        ("logical_not", to.truth, ANY, "True where false"),
        ("negative", to.same, SIGNED, "The number with the other sign"),
        ("rad2deg", to.floating_by_width, REAL, "Radians as degrees"),
        ("real", to.same, "fiuc", "The real part"),
        ("reciprocal", to.float32, FLOAT_OR_COMPLEX, "1 divided by each number"),
        ("rsqrt", to.same, FLOAT_OR_COMPLEX, "1 divided by the square root"),
        ("sign", to.same, "fiuc", "-1, 0 or 1"),
        ("signbit", to.truth, ANY, "Whether a number is negative"),
        ("sin", to.floating, ANY, "The sine"),
        ("sinc", to.floating, ANY, "sin(pi x) / (pi x)"),
        ("sinh", to.floating, ANY, "The hyperbolic sine"),
        ("sqrt", to.floating, ANY, "The square root"),
        ("square", to.counting, ANY, "Each number times itself"),
        ("tan", to.floating, ANY, "The tangent"),
        ("tanh", to.floating, ANY, "The hyperbolic tangent"),
        ("trunc", to.same, REAL, "The whole part"),
    )
)


@op(case(3), case(tensor(3, dtype="int32"), decimals=2))
def round_(x: TensorType, *, decimals: Whole = 0) -> Result:
    """Rounds to a number of decimals. Any shape, unchanged"""
    needs("round", x.dtype, NUMBERS)
    return Result(x.cast(to.same(x.dtype)), (), 0)


@op(case(3), case((4, 3)))
def stop_gradient(variable: TensorType) -> Result:
    """The same numbers; no gradient passes. Any shape, unchanged"""
    return Result(variable.cast(to.same(variable.dtype)), (), 0)
