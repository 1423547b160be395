"""Functions of matrices: diagonals and triangles, decompositions, determinants, norms."""

from __future__ import annotations

from typing import Annotated

from specc.catalogue.define import Definition, Result, case, op, tensor
from specc.catalogue.kinds import Axis, Bool, Choice, Flag, Float, Int, Optional, Union
from specc.catalogue.mismatch import (
    BadArgument,
    BadCombination,
    DTypeMismatch,
    ShapeMismatch,
    UnknownSize,
)
from specc.catalogue.ops import promotion as to
from specc.catalogue.ops.promotion import ANY, FLOAT_OR_COMPLEX, FLOATS, REAL, needs, one_dtype
from specc.catalogue.ops.reduction import MaybeAxes, axes_of, flat, reduced
from specc.catalogue.ops.shape import moved
from specc.catalogue.shapes import Dims, clash, merge_shapes, needs_rank, position, without
from specc.catalogue.types import Dim, TensorType

Diagonal = Annotated[int, Int(-(2**31), 2**31 - 1)]
_SQUARES = (case((4, 4)), case(TensorType((3, 3))), case((2, 4, 4)))


def _triangle(name: str, what: str) -> Definition:
    def rule(x: TensorType, *, k: Diagonal = 0) -> Result:
        needs(name, x.dtype, ANY)
        needs_rank(f"ops.{name}", x, 2, -1)
        side, offset = (x.dims[-1], k) if name == "tril" else (x.dims[-2], -k)
        if isinstance(side, int) and offset > side:
            raise BadArgument(f"diagonal {k} is outside of {x}", argument="k")
        return moved(x, x.dims)

    rule.__doc__ = f"{what}. (..., a, b), unchanged"
    return op(case((4, 3)), case((4, 3), k=1), name=name)(rule)


TRIANGLES = (
    _triangle("tril", "Zeros above a diagonal"),
    _triangle("triu", "Zeros below a diagonal"),
)


@op(case(TensorType((4,))), case(TensorType((4, 3)), k=1), case(TensorType((4,)), k=-2))
def diag(x: TensorType, *, k: Diagonal = 0) -> Result:
    """A matrix with a diagonal, or the diagonal of a matrix. (n,) -> (n, n); (a, b) -> (n,)"""
    needs_rank("ops.diag", x, 1, 2)
    if x.rank == 1:
        side = x.dims[0] + abs(k) if isinstance(x.dims[0], int) else None
        return moved(x, (side, side))
    return moved(x, (_along(x.dims[0], x.dims[1], k),))


@op(case(TensorType((4, 3))), case(TensorType((4,)), k=1))
def diagflat(x: TensorType, *, k: Diagonal = 0) -> Result:
    """A matrix with all numbers on a diagonal. (...) -> (n, n)"""
    size = flat(x.dims) if x.dims else 1
    side = size + abs(k) if isinstance(size, int) else None
    return moved(x, (side, side))


def _along(rows: Dim, columns: Dim, offset: int) -> Dim:
    """The length of a diagonal."""
    if not isinstance(rows, int) or not isinstance(columns, int):
        return None
    if not -rows < offset < columns:
        raise ShapeMismatch(f"{rows} by {columns} have no diagonal {offset}", inputs=(0,))
    rest = columns - offset if offset > 0 else rows + offset
    return min(rest, rows, columns)


def _two_axes(name: str, x: TensorType, axis1: int, axis2: int) -> tuple[int, int]:
    needs_rank(f"ops.{name}", x, 2, -1)
    one = position(axis1, x.rank, argument="axis1")
    two = position(axis2, x.rank, argument="axis2")
    if one == two:
        raise BadCombination("axis1 and axis2 are one axis", argument="axis1")
    return one, two


@op(case((4, 3), axis1=1, axis2=2), case((4, 3), offset=1, axis1=-1, axis2=1), case((None, 3)))
def diagonal(x: TensorType, *, offset: Diagonal = 0, axis1: Axis = 0, axis2: Axis = 1) -> Result:
    """The diagonal of two axes, as the last axis. (batch, a, b) -> (batch, n)"""
    one, two = _two_axes("diagonal", x, axis1, axis2)
    length = _along(x.dims[one], x.dims[two], offset)
    return moved(x, (*without(x.dims, (one, two)), length))


@op(case((4, 3), axis1=1, axis2=2), case((4, 3), offset=1, axis1=-1, axis2=1))
def trace(x: TensorType, *, offset: Diagonal = 0, axis1: Axis = 0, axis2: Axis = 1) -> Result:
    """The sum of a diagonal. (batch, a, b) -> (batch,)"""
    one, two = _two_axes("trace", x, axis1, axis2)
    needs("trace", x.dtype, ANY)
    return Result(TensorType(without(x.dims, (one, two)), to.summing(x.dtype)))


def _not_half(name: str, x: TensorType) -> None:
    if x.dtype in ("bfloat16", "float16"):
        raise DTypeMismatch(
            f"ops.{name} is not computed in half precision on every device",
            help="write `ops.cast: {dtype: float32}` before",
            inputs=(0,),
        )


def _square(name: str, x: TensorType, takes: str = FLOAT_OR_COMPLEX) -> None:
    needs(name, x.dtype, takes)
    _not_half(name, x)
    needs_rank(f"ops.{name}", x, 2, -1)
    rows, columns = x.dims[-2:]
    if x.shape[-2] != x.shape[-1] or clash(rows, columns) is not None:
        raise ShapeMismatch(f"ops.{name} takes square matrices; this is {x}", inputs=(0,))


def _of_square(name: str, left: int, what: str, *, upper: bool = False) -> Definition:
    """An op on square matrices of which the last two axes less `left` are left."""

    def rule(x: TensorType) -> Result:
        _square(name, x)
        return Result(TensorType(x.dims[: x.rank - 2 + left], to.same(x.dtype)))

    def with_upper(x: TensorType, *, upper: Flag = False) -> Result:
        return rule(x)

    chosen = with_upper if upper else rule
    chosen.__doc__ = f"{what}. (..., n, n) -> (...{', n, n' if left == 2 else ''})"
    return op(*_SQUARES, name=name)(chosen)


SQUARES = (
    _of_square("inv", 2, "The inverse"),
    _of_square("det", 0, "The determinant"),
    _of_square("logdet", 0, "The logarithm of the determinant"),
    _of_square("cholesky", 2, "The Cholesky factor", upper=True),
    _of_square("cholesky_inverse", 2, "The inverse from a Cholesky factor", upper=True),
)


def _eigen(name: str, what: str) -> Definition:
    def rule(x: TensorType) -> Result:
        _square(name, x)
        dtype = to.same(x.dtype)
        return Result((TensorType(x.dims[:-1], dtype), TensorType(x.dims, dtype)))

    rule.__doc__ = f"{what}. (..., n, n) -> (..., n), (..., n, n)"
    return op(*_SQUARES, name=name)(rule)


EIGEN = (
    _eigen("eig", "Eigenvalues and eigenvectors"),
    _eigen("eigh", "Eigenvalues and eigenvectors of a symmetric matrix"),
)


@op(*_SQUARES, case(TensorType((2, 2))), case(TensorType((5, 5))))
def slogdet(x: TensorType) -> Result:
    """The sign of the determinant and the logarithm of its size. (n, n) -> (), ()"""
    _square("slogdet", x)
    dtype = to.same(x.dtype)
    return Result((TensorType(x.dims[:-2], dtype), TensorType(x.dims[:-2], dtype)))


def _sides(name: str, x: TensorType) -> tuple[Dims, int, int]:
    """The leading dimensions, and the two sides, which must be numbers."""
    needs(name, x.dtype, FLOATS)
    _not_half(name, x)
    needs_rank(f"ops.{name}", x, 2, -1)
    rows, columns = x.dims[-2:]
    if not isinstance(rows, int) or not isinstance(columns, int):
        raise UnknownSize(f"ops.{name} needs to know the last two sizes of {x}", inputs=(0,))
    return x.dims[:-2], rows, columns


@op(case((4, 3)), case((3, 4), mode="complete"))
def qr(
    x: TensorType, *, mode: Annotated[str, Choice(("reduced", "complete"))] = "reduced"
) -> Result:
    """An orthogonal and a triangular factor. (..., a, b) -> (..., a, n), (..., n, b)"""
    lead, rows, columns = _sides("qr", x)
    inner = min(rows, columns) if mode == "reduced" else rows
    dtype = to.same(x.dtype)
    q = TensorType((*lead, rows, inner), dtype)
    return Result((q, TensorType((*lead, inner, columns), dtype)))


@op(case((4, 3)), case((4, 3), full_matrices=False), case((4, 3), compute_uv=False))
def svd(x: TensorType, *, full_matrices: Flag = True, compute_uv: Flag = True) -> Result:
    """The singular values and their vectors. (..., a, b) -> (..., a, a), (..., n), (..., b, b)"""
    lead, rows, columns = _sides("svd", x)
    n = min(rows, columns)
    dtype = to.same(x.dtype)
    values = TensorType((*lead, n), dtype)
    if not compute_uv:
        return Result(values)
    u = TensorType((*lead, rows, rows if full_matrices else n), dtype)
    v = TensorType((*lead, columns if full_matrices else n, columns), dtype)
    return Result((u, values, v))


@op(*_SQUARES)
def lu_factor(x: TensorType) -> Result:
    """The triangular factors in one matrix, and the pivots. (..., n, n) -> (..., n, n), (..., n)"""
    _square("lu_factor", x)
    lead, rows, _ = _sides("lu_factor", x)
    dtype = to.same(x.dtype)
    return Result((TensorType(x.dims, dtype), TensorType((*lead, rows), dtype)))


@op(case((4, 3)), case((4, 3), rcond=1e-3))
def pinv(x: TensorType, *, rcond: Annotated[float | None, Optional(Float(0))] = None) -> Result:
    """The pseudo-inverse. (..., a, b) -> (..., b, a)"""
    needs("pinv", x.dtype, FLOATS)
    _not_half("pinv", x)
    needs_rank("ops.pinv", x, 2, -1)
    return Result(TensorType((*x.dims[:-2], x.dims[-1], x.dims[-2]), to.same(x.dtype)))


@op(case((4, 3)), case((4, 3), tol=1e-3))
def matrix_rank(
    x: TensorType, *, tol: Annotated[float | None, Optional(Float(0))] = None
) -> Result:
    """How many directions a matrix has. (..., a, b) -> (...)"""
    needs("matrix_rank", x.dtype, FLOATS)
    _not_half("matrix_rank", x)
    needs_rank("ops.matrix_rank", x, 2, -1)
    return Result(TensorType(x.dims[:-2], "int32"))


def _solved(name: str, a: TensorType, b: TensorType) -> Result:
    _square(name, a)
    one_dtype(name, a, b)
    vector = b.rank == a.rank - 1
    if not vector and b.rank != a.rank:
        raise ShapeMismatch(f"ops.{name} takes as many axes in b as in a, or one less", inputs=(1,))
    if a.shape[-2] != (b.shape[-1] if vector else b.shape[-2]):
        raise ShapeMismatch(f"ops.{name}: {a} and {b} are not of one height", inputs=(0, 1))
    try:
        merge_shapes(a.dims[:-1], b.dims if vector else b.dims[:-1])
    except ShapeMismatch as error:
        raise ShapeMismatch(
            f"ops.{name}: {a} and {b} do not fit: {error.message}", inputs=(0, 1)
        ) from None
    return Result(TensorType(b.dims, to.same(b.dtype)))


@op(case((4, 4), (4, 2)), case((4, 4), 4), case(TensorType((4, 4)), TensorType((4,))))
def solve(a: TensorType, b: TensorType) -> Result:
    """X where a x = b. (..., n, n), (..., n, m) -> (..., n, m)"""
    return _solved("solve", a, b)


@op(case((4, 4), (4, 2)), case((4, 4), (4, 2), lower=True))
def solve_triangular(
    a: TensorType, b: TensorType, *, lower: Annotated[bool, Bool()] = False
) -> Result:
    """X where a x = b and a is a triangle. (..., n, n), (..., n, m) -> (..., n, m)"""
    return _solved("solve_triangular", a, b)


Order = Annotated[int | float | str | None, Optional(Union((Choice(("fro", "nuc")), Float())))]


@op(
    case(3),
    case((4, 3), axis=-1),
    case((4, 3), ord=1, axis=1, keepdims=True),
    case((4, 3), ord="fro", axis=[1, 2]),
    case(tensor(3, dtype="int32"), axis=1),
)
def norm(
    x: TensorType, *, ord: Order = None, axis: MaybeAxes = None, keepdims: Flag = False
) -> Result:
    """The length of vectors, or the size of matrices. (batch, ..., n) -> (batch, ...)"""
    needs("norm", x.dtype, REAL)
    count = len(axes_of(axis, x.rank))
    if count not in (1, 2):
        raise BadCombination(f"a norm is of one axis or two; these are {count}", argument="axis")
    if count == 1 and isinstance(ord, str):
        raise BadArgument(f'"{ord}" is a norm of matrices: give two axes', argument="ord")
    if count == 2 and ord not in (None, "fro", "nuc", 1, -1, 2, -2):
        raise BadArgument("a norm of matrices is fro, nuc, 1, -1, 2 or -2", argument="ord")
    output = TensorType(reduced(x.dims, axis, keepdims), to.floating_if_whole(x.dtype))
    return Result(output, (), None if x.size is None else 2 * x.size)


@op(case(TensorType((4,))), case(TensorType((4,)), N=3, increasing=True))
def vander(
    x: TensorType,
    *,
    N: Annotated[int | None, Optional(Int(1, 2**31 - 1))] = None,  # noqa: N803  Keras's name
    increasing: Flag = False,
) -> Result:
    """The powers of each number. (n,) -> (n, N)"""
    needs_rank("ops.vander", x, 1)
    needs("vander", x.dtype, ANY)
    return moved(x, (*x.dims, x.dims[0] if N is None else N))
