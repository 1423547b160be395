"""Functions of whole numbers: bits, shifts, divisors."""

from __future__ import annotations

from specc.catalogue.cost import for_each
from specc.catalogue.define import Definition, Result, case, op, tensor
from specc.catalogue.ops.promotion import WHOLE, needs, promoted, refuse_plain
from specc.catalogue.shapes import broadcast_types
from specc.catalogue.types import TensorType

_WHOLE = (
    case(tensor(4, 3, dtype="int32"), tensor(4, 3, dtype="int32")),
    case(tensor(3, dtype="int8"), tensor(3, dtype="uint8")),
)


def _bits(name: str, what: str) -> Definition:
    def rule(x: TensorType, y: TensorType) -> Result:
        refuse_plain(name, x, y)
        dtype = promoted(name, x, y)
        needs(name, dtype, WHOLE, 0, 1)
        output = TensorType(broadcast_types(f"ops.{name}", (x, y)), dtype)
        return Result(output, (), for_each(output))

    rule.__doc__ = f"{what}. Shapes broadcast"
    return op(*_WHOLE, name=name)(rule)


def _shift(name: str, what: str) -> Definition:
    def rule(x: TensorType, y: TensorType) -> Result:
        refuse_plain(name, x)
        dtype = x.dtype if y.dtype == "int" else promoted(name, x, y)
        needs(name, dtype, WHOLE, 0, 1)
        output = TensorType(broadcast_types(f"ops.{name}", (x, y)), dtype)
        return Result(output, (), for_each(output))

    rule.__doc__ = f"{what}. Shapes broadcast"
    return op(*_WHOLE, case(tensor(3, dtype="int8"), TensorType((), "int")), name=name)(rule)


def _divisor(name: str, each: str, what: str) -> Definition:
    """An op on whole numbers; `each` is what both may be."""

    def rule(x1: TensorType, x2: TensorType) -> Result:
        needs(name, promoted(name, x1, x2), WHOLE, 0, 1)
        for i, x in enumerate((x1, x2)):
            needs(name, x.dtype, each, i)
        # Keras reads a plain number as int64 here.
        wide = [x.cast("int64") if x.dtype == "int" else x for x in (x1, x2)]
        output = TensorType(broadcast_types(f"ops.{name}", (x1, x2)), promoted(name, *wide))
        return Result(output, (), for_each(output))

    rule.__doc__ = f"{what}. Shapes broadcast"
    return op(*_WHOLE, case(tensor(3, dtype="int8"), TensorType((), "int")), name=name)(rule)


BITWISE = (
    _bits("bitwise_and", "The bits that both have"),
    _bits("bitwise_or", "The bits that one has"),
    _bits("bitwise_xor", "The bits that just one has"),
    _shift("bitwise_left_shift", "The bits of x moved up by y"),
    _shift("bitwise_right_shift", "The bits of x moved down by y"),
    _shift("left_shift", "The bits of x moved up by y"),
    _shift("right_shift", "The bits of x moved down by y"),
    _divisor("gcd", WHOLE + "b", "The greatest common divisor"),
    _divisor("lcm", WHOLE, "The least common multiple"),
)
