"""Applies rules: a layer's or an op's arguments and tensors -> the types of what comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from typing import Any

from specc.catalogue.catalogue import Catalogue, Checked
from specc.catalogue.define import Definition, Result
from specc.catalogue.initial import check_initializers
from specc.catalogue.kinds import Instance, Within
from specc.catalogue.mismatch import BadArgument
from specc.catalogue.plain import is_list
from specc.catalogue.policy import compute_dtype, policy_of
from specc.catalogue.types import TensorType
from specc.infer.faults import TooLarge
from specc.infer.program import Argument, Constant

FLOATS = ("float16", "bfloat16", "float32", "float64")
LARGEST = 2**40
"""How many numbers a weight or one example's tensor may have."""


def applied(
    definition: Definition,
    checked: Checked,
    inputs: Mapping[str, Argument],
    policy: str,
) -> Result:
    """What a rule gives for checked arguments; raises a `Mismatch`."""
    arguments: dict[str, Any] = dict(checked.rule)
    cast: str | None = None
    if definition.family == "layer":
        written = policy_of(checked.constructor)
        policy = written or policy
        dtype = compute_dtype(policy)
        if checked.constructor.get("autocast", True) and dtype in FLOATS:
            cast = dtype
        if definition.reads_dtype:
            arguments["dtype"] = dtype
        if definition.reads_policy:
            arguments["policy"] = written
    types = {slot: _given(slot, value, cast) for slot, value in inputs.items()}
    if definition.family == "layer":
        definition.refuse_text(_flat(types.values()))
    result = definition.rule(**types, **arguments)
    if result.weights:
        check_initializers(checked.constructor, result.weights, policy)
    _bounded(definition.name, result)
    return result


def _given(slot: str, value: Argument, cast: str | None) -> Any:
    with Within(slot) if isinstance(value, Constant) else nullcontext():
        return _types(value, cast)


def _flat(types: Iterable[Any]) -> Iterator[TensorType]:
    for type_ in types:
        if isinstance(type_, TensorType):
            yield type_
        else:
            yield from _flat(type_)


def _types(value: Argument, cast: str | None) -> Any:
    if isinstance(value, tuple):
        return tuple(_types(v, cast) for v in value)
    if isinstance(value, Constant):
        return constant_type(value.value)
    if cast is not None and value.type.dtype in FLOATS:
        return value.type.cast(cast)
    return value.type


def _bounded(name: str, result: Result) -> None:
    for weight in result.weights:
        if weight.size > LARGEST:
            raise TooLarge(
                f"the {weight.name} of {name} would be {weight.shape}, "
                f"{weight.size:,} numbers, more than any machine holds"
            )
    outputs = result.outputs if isinstance(result.outputs, tuple) else (result.outputs,)
    for output in outputs:
        if (output.size or 0) > LARGEST:
            raise TooLarge(f"{name} would give {output}, more numbers than any machine holds")


def constant_type(value: Any) -> TensorType:
    """The type of a number, or of a list of numbers, in the place of a tensor."""
    dims: list[int] = []
    first = value
    while is_list(first):
        if not first:
            raise BadArgument("a list of numbers is empty")
        dims.append(len(first))
        first = first[0]
    if not _even(value, dims):
        raise BadArgument("the lists of numbers are of different lengths, or hold something else")
    if isinstance(first, bool):
        dtype = "bool"
    elif isinstance(first, int | float):
        dtype = "float" if _any_float(value) else "int"
    else:
        raise BadArgument("a constant is a number, or a list of numbers")
    if dims:
        dtype = {"float": "float32", "int": "int32", "bool": "bool"}[dtype]
    return TensorType(dims, dtype)


def _even(value: Any, dims: list[int]) -> bool:
    if not dims:
        return isinstance(value, bool | int | float)
    if not is_list(value) or len(value) != dims[0]:
        return False
    return all(_even(v, dims[1:]) for v in value)


def _any_float(value: Any) -> bool:
    return any(_any_float(v) for v in value) if is_list(value) else isinstance(value, float)


def family(layer: str) -> tuple[str, str]:
    """The family and the name in it: `ops.reshape` is the op `reshape`."""
    return ("op", layer[4:]) if layer.startswith("ops.") else ("layer", layer)


def checked_arguments(
    catalogue: Catalogue,
    layer: str,
    arguments: Mapping[str, Any],
    at_call: Mapping[str, Any],
    shared: Callable[[str], Instance],
) -> tuple[Definition, Checked, dict[str, Constant]]:
    """A layer's definition, its arguments checked, and what stands in the place of tensors."""
    kind, name = family(layer)
    definition = catalogue.definition(kind, name)
    constants: dict[str, Constant] = {}
    if kind == "op":
        slots = {s.name for s in definition.slots}
        constants = {k: Constant(v) for k, v in arguments.items() if k in slots}
        arguments = {k: v for k, v in arguments.items() if k not in slots}
    checked = catalogue.check(kind, name, arguments, at_call, shared=shared)
    return definition, checked, constants
