"""What specc says of a layer: its arguments checked, its rule applied, without Keras."""

from __future__ import annotations

from typing import Any

from specc.catalogue.catalogue import builtin
from specc.catalogue.define import Case, Definition, Result, Slot
from specc.catalogue.initial import check_initializers
from specc.catalogue.mismatch import InputCount
from specc.catalogue.policy import compute_dtype, policy_of
from specc.catalogue.types import TensorType

FLOATS = ("float16", "bfloat16", "float32", "float64")


def autocast(value: Any, slot: Slot, dtype: str) -> Any:
    """A tensor as the rule sees it: floats in the layer's compute dtype."""
    if value is None:
        return None
    if slot.many:
        return tuple(t.cast(dtype) if t.dtype in FLOATS else t for t in value)
    return value.cast(dtype) if value.dtype in FLOATS else value


def ruling(definition: Definition, case: Case) -> Result:
    """The rule's answer to a case; raises a `Mismatch`."""
    at_call = {a.name for a in definition.arguments if a.at_call}
    made = {k: v for k, v in case.arguments.items() if k not in at_call}
    call = {k: v for k, v in case.arguments.items() if k in at_call}
    checked = builtin().check(definition.family, definition.name, made, call)
    policy = policy_of(checked.constructor)
    dtype = compute_dtype(policy or "float32")
    rule = dict(checked.rule)
    if definition.reads_dtype:
        rule["dtype"] = dtype
    if definition.reads_policy:
        rule["policy"] = policy
    if len(case.inputs) > len(definition.slots):
        raise InputCount("too many tensors")
    tensors = [autocast(v, s, dtype) for v, s in zip(case.inputs, definition.slots, strict=False)]
    several = (t if isinstance(t, tuple) else (t,) for t in tensors if t is not None)
    definition.refuse_text(each for one in several for each in one)
    result = definition.rule(*tensors, **rule)
    check_initializers(checked.constructor, result.weights, policy or "float32")
    return result


def outputs(result: Result) -> tuple[TensorType, ...]:
    """The tensors of a result, as a list."""
    return result.outputs if isinstance(result.outputs, tuple) else (result.outputs,)
