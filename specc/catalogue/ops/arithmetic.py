"""Functions of two tensors, number by number, that broadcast: sums, comparisons, logic, choice."""

from __future__ import annotations

from specc.catalogue.cost import for_each
from specc.catalogue.define import Definition, Result, case, op, tensor
from specc.catalogue.dtypes import resolved, result_type
from specc.catalogue.kinds import Flag, Number
from specc.catalogue.ops import promotion as to
from specc.catalogue.ops.promotion import (
    ANY,
    ARITHMETIC,
    NUMBERS,
    REAL,
    WHOLE,
    Promotion,
    needs,
    promoted,
    refuse_plain,
    whole_for_whole,
)
from specc.catalogue.shapes import broadcast_types
from specc.catalogue.types import TensorType

_CASES = (
    case((4, 3), (4, 3)),
    case((4, 3), TensorType((3,))),
    case((4, 3), TensorType((), "float")),
    case(tensor(3, dtype="int32"), tensor(1, dtype="int32")),
    case(tensor(3, dtype="float16"), TensorType((3,), "int8")),
    case((None, 3), (5, 1)),
)


def _pair(name: str, promotion: Promotion, takes: str, what: str) -> Definition:
    """An op on pairs of numbers; `takes` is of their common dtype."""

    def rule(x1: TensorType, x2: TensorType) -> Result:
        dtype = promoted(name, x1, x2)
        needs(name, dtype, takes, 0, 1)
        output = TensorType(broadcast_types(f"ops.{name}", (x1, x2)), promotion(dtype))
        return Result(output, (), for_each(output))

    rule.__doc__ = f"{what}. Shapes broadcast"
    return op(*_CASES, name=name)(rule)


def _truth(name: str, takes: str, what: str) -> Definition:
    """An op that gives bool; the two need no common dtype by Keras, but the kernels do."""

    def rule(x1: TensorType, x2: TensorType) -> Result:
        for i, x in enumerate((x1, x2)):
            needs(name, x.dtype, ANY, i)
        needs(name, promoted(name, x1, x2), takes, 0, 1)
        output = TensorType(broadcast_types(f"ops.{name}", (x1, x2)), "bool")
        return Result(output, (), for_each(output))

    rule.__doc__ = f"{what}. Shapes broadcast"
    return op(*_CASES, name=name)(rule)


def _divided(dtype: str) -> str:
    return result_type(dtype, "float")


def _floor_divided(dtype: str) -> str:
    return resolved(dtype)


PAIRS = tuple(
    _pair(name, promotion, takes, what)
    for name, promotion, takes, what in (
        ("add", to.same, ARITHMETIC, "The sum"),
        ("subtract", to.same, ARITHMETIC, "The difference"),
        ("multiply", to.same, ARITHMETIC, "The product"),
        ("divide", _divided, ANY, "The quotient"),
        ("true_divide", _divided, ANY, "The quotient"),
        ("divide_no_nan", _divided, ANY, "The quotient, 0 where the divisor is 0"),
        ("floor_divide", _floor_divided, NUMBERS, "The quotient, rounded down"),
        ("power", to.same, ARITHMETIC, "x1 to the power of x2"),
        ("maximum", to.same, NUMBERS, "The larger number"),
        ("minimum", to.same, NUMBERS, "The smaller number"),
        ("fmax", to.same, NUMBERS, "The larger number, NaN ignored"),
        ("fmin", to.same, NUMBERS, "The smaller number, NaN ignored"),
        ("mod", to.counting, REAL, "The remainder, with the divisor's sign"),
        ("fmod", to.counting, REAL, "The remainder, with the dividend's sign"),
        ("logaddexp", _divided, REAL, "log(exp(x1) + exp(x2))"),
        ("logaddexp2", _divided, REAL, "log2(2**x1 + 2**x2)"),
    )
)

TRUTHS = tuple(
    _truth(name, takes, what)
    for name, takes, what in (
        ("equal", ANY, "Whether x1 is x2"),
        ("not_equal", ANY, "Whether x1 is not x2"),
        ("greater", NUMBERS, "Whether x1 is above x2"),
        ("greater_equal", NUMBERS, "Whether x1 is x2 or above"),
        ("less", NUMBERS, "Whether x1 is below x2"),
        ("less_equal", NUMBERS, "Whether x1 is x2 or below"),
        ("logical_and", ANY, "Whether both are true"),
        ("logical_or", ANY, "Whether one is true"),
        ("logical_xor", ANY, "Whether just one is true"),
    )
)


@op(case((4, 3), (4, 1)), case((4, 3), TensorType((1,)), rtol=0.1, atol=0.0, equal_nan=True))
def isclose(
    x1: TensorType,
    x2: TensorType,
    *,
    rtol: Number = 1e-5,
    atol: Number = 1e-8,
    equal_nan: Flag = False,
) -> Result:
    """Whether two numbers are nearly the same. Shapes broadcast"""
    needs("isclose", promoted("isclose", x1, x2), ANY, 0, 1)
    output = TensorType(broadcast_types("ops.isclose", (x1, x2)), "bool")
    return Result(output, (), for_each(output))


@op(case((4, 3), (4, 1)), case((4, 3), TensorType((), "float"), atol=0.1))
def allclose(
    x1: TensorType,
    x2: TensorType,
    *,
    rtol: Number = 1e-5,
    atol: Number = 1e-8,
    equal_nan: Flag = False,
) -> Result:
    """Whether all numbers of two tensors are nearly the same. (...), (...) -> ()"""
    needs("allclose", promoted("allclose", x1, x2), ANY, 0, 1)
    broadcast_types("ops.allclose", (x1, x2))
    return Result(TensorType((), "bool"), (), for_each(x1))


@op(
    case(tensor(4, 3, dtype="bool"), (4, 3), TensorType((3,))),
    case(tensor(3, dtype="bool"), 3, TensorType((), "float")),
    case(tensor(4, 1, dtype="int32"), tensor(4, 3, dtype="float16"), TensorType((), "int")),
)
def where(condition: TensorType, x1: TensorType, x2: TensorType) -> Result:
    """x1 where the condition is true, elsewhere x2. Shapes broadcast"""
    needs("where", condition.dtype, ANY, 0)
    dtype = promoted("where", x1, x2)
    output = TensorType(broadcast_types("ops.where", (condition, x1, x2)), resolved(dtype))
    return Result(output, (), 0)


@op(case((4, 3), x_min=0.0, x_max=1.0), case(tensor(3, dtype="bool"), x_min=0, x_max=1))
def clip(x: TensorType, *, x_min: Number, x_max: Number) -> Result:
    """Each number at least x_min and at most x_max. Any shape, unchanged"""
    needs("clip", x.dtype, REAL)
    for name, bound in (("x_min", x_min), ("x_max", x_max)):
        whole_for_whole(bound, to.counting(x.dtype), name)
    return Result(TensorType(x.dims, to.counting(x.dtype)), (), 0)


@op(*_CASES[:3], case(tensor(3, dtype="int64"), tensor(3, dtype="float64")))
def arctan2(x1: TensorType, x2: TensorType) -> Result:
    """The angle of the point (x2, x1). Shapes broadcast"""
    dtype = result_type(*(resolved_float(x.dtype) for x in (x1, x2)), "float")
    needs("arctan2", dtype, NUMBERS, 0, 1)
    output = TensorType(broadcast_types("ops.arctan2", (x1, x2)), dtype)
    return Result(output, (), for_each(output))


def resolved_float(dtype: str) -> str:
    """What Keras takes a plain number for where it wants floats: float32."""
    return "float32" if dtype in ("int", "float") else dtype


def _two_tensors(name: str, takes: str, what: str) -> Definition:
    def rule(x1: TensorType, x2: TensorType) -> Result:
        refuse_plain(name, x1, x2)
        dtype = promoted(name, x1, x2)
        needs(name, dtype, takes, 0, 1)
        shape = broadcast_types(f"ops.{name}", (x1, x2))
        output = TensorType(shape, to.floating_if_small(dtype))
        return Result(output, (), for_each(output))

    rule.__doc__ = f"{what}. Shapes broadcast"
    return op(*_CASES[:2], *_CASES[3:], name=name)(rule)


FLOATING = (
    _two_tensors("hypot", NUMBERS, "The length of the vector (x1, x2)"),
    _two_tensors("heaviside", NUMBERS, "0 below 0, x2 at 0, 1 above 0"),
)


@op(case((4, 3), tensor(4, 1, dtype="int32")), case(tensor(3, dtype="int8"), TensorType((), "int")))
def ldexp(x1: TensorType, x2: TensorType) -> Result:
    """x1 times 2 to the power of x2. Shapes broadcast"""
    needs("ldexp", x1.dtype, REAL, 0)
    needs("ldexp", x2.dtype, WHOLE, 1)
    dtype = result_type(promoted("ldexp", x1, x2), "float")
    output = TensorType(broadcast_types("ops.ldexp", (x1, x2)), dtype)
    return Result(output, (), for_each(output))


@op(case((4, 3), TensorType((3,))), case(tensor(3, dtype="float64"), tensor(1, dtype="float64")))
def nextafter(x1: TensorType, x2: TensorType) -> Result:
    """The next number that floats can hold, from x1 towards x2. Shapes broadcast"""
    dtype = result_type(promoted("nextafter", x1, x2), "float")
    needs("nextafter", dtype, ANY, 0, 1)
    output = TensorType(broadcast_types("ops.nextafter", (x1, x2)), dtype)
    return Result(output, (), for_each(output))
