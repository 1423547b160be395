"""Whether a field fits a tensor of the model, and what to write where it does not."""

from __future__ import annotations

from math import prod

from specc.catalogue.dtypes import is_float, is_int
from specc.catalogue.mismatch import DTypeMismatch, Mismatch, RankMismatch, ShapeMismatch
from specc.catalogue.types import Dim, TensorType
from specc.data.dataset import FieldType


def differs(field: FieldType, type_: TensorType) -> Mismatch | None:
    """Why the field cannot feed a tensor (batch, …), as a `Mismatch`; `None` where it can.

    Whole numbers are cast to floats, floats to whole numbers are not; an unknown length fits any.
    """
    if (fault := shapes_differ(field.shape, type_.dims[1:])) is not None:
        return fault
    if dtype_fits(field.dtype, type_.dtype):
        return None
    hint = f"`{{cast: {type_.dtype}}}`, if cutting off is meant"
    if field.dtype == "string":
        hint = "`{tokenize: {max_tokens: 1000}}` makes numbers of text"
    elif type_.dtype == "string":
        hint = "only text feeds an input of strings"
    return DTypeMismatch(f"it holds {field.dtype}, and {type_.dtype} is wanted", help=hint)


def shapes_differ(given: tuple[Dim, ...], wanted: tuple[Dim, ...]) -> Mismatch | None:
    """Why one shape, without the batch, is not the other."""
    if len(given) != len(wanted):
        are = "is" if len(wanted) == 1 else "are"
        message = f"it has {_axes(len(given))}, and {len(wanted)} {are} wanted"
        return RankMismatch(message, help=_reshaping(given, wanted))
    for i, (a, b) in enumerate(zip(given, wanted, strict=True)):
        if isinstance(a, int) and isinstance(b, int) and a != b:
            where = f" along axis {i}" if len(given) > 1 else ""
            return ShapeMismatch(f"{a} is not {b}{where}", help=_reshaping(given, wanted))
        if a is None and isinstance(b, int):
            return ShapeMismatch(
                f"its length is not known before the data is, and {b} is wanted",
                help=f"`{{pad: {b}}}`, or `null` or a name as the input's dimension",
            )
    return None


def dtype_fits(given: str, wanted: str) -> bool:
    """Whether numbers of one dtype may be cast to the other without cutting anything off."""
    if "string" in (given, wanted):
        return given == wanted
    if is_float(wanted) or given == wanted:
        return True
    return is_int(wanted) and (is_int(given) or given == "bool")


def _axes(rank: int) -> str:
    return "1 dimension" if rank == 1 else f"{rank} dimensions"


def _reshaping(given: tuple[Dim, ...], wanted: tuple[Dim, ...]) -> str | None:
    """The transform that would make the one shape the other, or the shape to give the input."""
    known = [d for d in given if isinstance(d, int)]
    if len(wanted) == 1 and len(known) == len(given) > 1 and wanted[0] in (prod(known), None):
        return "`transform: [flatten]` would make them equal"
    if wanted == (*given, 1):
        return "`transform: [expand_dims]` would make them equal"
    if wanted == (1, *given):
        return "`transform: [{expand_dims: 0}]` would make them equal"
    if len(known) == len(given):
        return f"an input of `shape: [{', '.join(map(str, given))}]` would take it"
    return None
