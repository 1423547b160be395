"""Whether tensors, and call arguments, may go into a nested model."""

from __future__ import annotations

from collections.abc import Mapping

from specc.catalogue.dtypes import is_float
from specc.catalogue.mismatch import BadArgument, DTypeMismatch, ShapeMismatch, UnknownArgument
from specc.catalogue.types import Dim, Symbol, TensorType
from specc.expand.flat import Call
from specc.infer.program import Program


def training_of(call: Call) -> dict[str, bool]:
    """The call arguments of a model; raises a `Mismatch`."""
    found: dict[str, bool] = {}
    for key, value in call.at_call.items():
        if key != "training":
            raise UnknownArgument(
                f"a model takes no `{key}` when it is called",
                argument=key,
                help="it takes training",
            )
        if not isinstance(value, bool):
            raise BadArgument("this wants true or false", argument=key)
        found[key] = value
    return found


def fits(program: Program, given: Mapping[str, TensorType]) -> None:
    """Whether tensors may go into a model, by what it declares; raises a `Mismatch`."""
    bound: dict[str, tuple[str, Dim]] = {}
    for i, (name, tensor) in enumerate(program.inputs.items()):
        wants, has = tensor.type, given[name]
        where = f"the input `{name}` of the model `{program.name}`"
        if wants.dtype != has.dtype and not (is_float(wants.dtype) and is_float(has.dtype)):
            raise DTypeMismatch(
                f"{where} is {wants.dtype}, and this is {has.dtype}",
                help=f"put `ops.cast: {{dtype: {wants.dtype}}}` before it"
                if "string" not in (wants.dtype, has.dtype)
                else None,
                inputs=(i,),
            )
        if wants.rank != has.rank or not has.batched:
            raise ShapeMismatch(f"{where} is {wants}, and this is {has}", inputs=(i,))
        for axis, (want, dim) in enumerate(zip(wants.dims[1:], has.dims[1:], strict=True), 1):
            if isinstance(want, Symbol):
                first, length = bound.setdefault(want, (name, dim))
                if None not in (length, dim) and length != dim:
                    raise ShapeMismatch(
                        f"`{want}` of the model `{program.name}` is one length, and is {length} in "
                        f"`{first}` and {dim} in `{name}`",
                        inputs=(i,),
                    )
            elif isinstance(want, int) and dim not in (want, None):
                raise ShapeMismatch(
                    f"{where} is {wants}, and this is {has}; they differ in dimension {axis}",
                    inputs=(i,),
                )
