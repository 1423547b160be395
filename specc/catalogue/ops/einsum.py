"""Einstein's notation: `ops.einsum`."""

from __future__ import annotations

import re
from math import prod
from typing import Annotated

from specc.catalogue.define import Result, Tensors, case, op, tensor
from specc.catalogue.dtypes import result_type
from specc.catalogue.kinds import Text
from specc.catalogue.mismatch import BadArgument, InputCount, RankMismatch, ShapeMismatch
from specc.catalogue.ops.promotion import ARITHMETIC, needs, promoted
from specc.catalogue.shapes import Dims, broadcast, merge_dims
from specc.catalogue.types import BATCH, Dim, TensorType

Subscripts = Annotated[str, Text(r"[A-Za-z.,\- >]{1,200}", "subscripts such as `bij,bjk->bik`")]
_TERM = re.compile(r"[A-Za-z]*(?:\.\.\.[A-Za-z]*)?")


@op(
    case([(4, 5), (5, 6)], subscripts="bij,bjk->bik"),
    case([(4, 5), TensorType((5, 6))], subscripts="...j,jk->...k"),
    case([(4, 5)], subscripts="bij->bji"),
    case([(4, 4)], subscripts="bij->b"),
    case([(4, 5), (4, 5)], subscripts="bij,bij"),
    case([tensor(4, 5, dtype="int8")], subscripts="bij->bj"),
)
def einsum(operands: Tensors, *, subscripts: Subscripts) -> Result:
    """Products summed over the letters that the output leaves out. `bij,bjk->bik`"""
    terms, output = _parsed(subscripts)
    if len(terms) != len(operands):
        raise InputCount(
            f"`{subscripts}` is of {len(terms)} tensors, and there are {len(operands)}",
            inputs=tuple(range(len(operands))),
        )
    sizes: dict[str, Dim] = {}
    rest: Dims = ()
    for i, (term, operand) in enumerate(zip(terms, operands, strict=True)):
        wild = _read(term, operand, i, sizes)
        try:
            rest = broadcast(rest, wild)
        except ShapeMismatch as error:
            raise ShapeMismatch(
                f"at `...`: {error.message}", help=error.help, inputs=(i,)
            ) from None
    if "..." in output:
        head, tail = output.split("...")
        dims = (*(sizes[c] for c in head), *rest, *(sizes[c] for c in tail))
    else:
        dims = tuple(sizes[c] for c in output)
    if len({o.dtype for o in operands}) == 1 and operands[0].dtype == "int8":
        dtype = "int32"
    else:
        dtype = promoted("einsum", *operands)
    needs("einsum", dtype, ARITHMETIC, *range(len(operands)))
    return Result(TensorType(dims, result_type(dtype)), (), _cost(len(operands), sizes, rest))


def _parsed(subscripts: str) -> tuple[list[str], str]:
    """The term of each operand, and that of the output."""
    text = subscripts.replace(" ", "")
    left, arrow, output = text.partition("->")
    terms = left.split(",")
    for term in [*terms, output]:
        if not _TERM.fullmatch(term):
            raise BadArgument(f"`{term}` is not letters with at most one `...`", argument=_WHERE)
    letters = [c for c in left if c.isalpha()]
    if not arrow:
        once = sorted(c for c in set(letters) if letters.count(c) == 1)
        output = ("..." if "..." in left else "") + "".join(once)
    kept = [c for c in output if c.isalpha()]
    if len(set(kept)) < len(kept):
        raise BadArgument("a letter stands twice in the output", argument=_WHERE)
    for c in kept:
        if c not in letters:
            raise BadArgument(f"no tensor has the letter `{c}` of the output", argument=_WHERE)
        if c.isupper() and not all(c in term for term in terms):
            raise BadArgument(
                f"Keras fails over a capital letter that not every tensor has: `{c}`",
                help="write small letters",
                argument=_WHERE,
            )
    if "..." in left and "..." not in output:
        raise BadArgument("`...` of a tensor is missing in the output", argument=_WHERE)
    if "..." in output and "..." not in left:
        raise BadArgument("no tensor has the `...` of the output", argument=_WHERE)
    return terms, output


_WHERE = "subscripts"


def _read(term: str, operand: TensorType, i: int, sizes: dict[str, Dim]) -> Dims:
    """Gives each letter of a term its size; what `...` stands for is returned."""
    head, dots, tail = term.partition("...")
    count = len(head) + len(tail)
    if operand.rank < count or (not dots and operand.rank != count):
        raise RankMismatch(f"`{term}` is not {operand}", argument=_WHERE, inputs=(i,))
    end = operand.rank - len(tail)
    pairs = [*zip(head, operand.dims, strict=False), *zip(tail, operand.dims[end:], strict=True)]
    for letter, dim in pairs:
        try:
            sizes[letter] = merge_dims(sizes.get(letter), dim)
        except ShapeMismatch as error:
            raise ShapeMismatch(
                f"`{letter}` is of two lengths: {error.message}", help=error.help, inputs=(i,)
            ) from None
    return operand.dims[len(head) : end]


def _cost(count: int, sizes: dict[str, Dim], rest: Dims) -> int | None:
    """Multiply-adds over all letters; one tensor alone is only summed or turned."""
    dims = [d for d in (*sizes.values(), *rest) if d != BATCH]
    numbers = [d for d in dims if isinstance(d, int)]
    if len(numbers) < len(dims):
        return None
    return prod(numbers) * (2 if count > 1 else 1)
