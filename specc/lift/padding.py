"""Paddings of applications that depend on the size of what comes in.

Before a convolution with a stride of two, some applications pad an even size by one less than an
odd one, so that the places fit those that the weights were trained at.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from specc.catalogue.catalogue import Catalogue
from specc.catalogue.plain import is_dict, is_list
from specc.catalogue.types import BATCH, TensorType
from specc.lift.saved import Operation, Ref, Saved


def padded(saved: Saved, catalogue: Catalogue) -> Saved:
    """The model with each padding known."""
    if not any(_kernel(o) for o in saved.operations):
        return saved
    types = {i.name: TensorType((BATCH, *i.shape), i.dtype) for i in saved.inputs}
    known = None not in saved.inputs[0].shape
    found: list[Operation] = []
    for written in saved.operations:
        operation = written
        if kernel := _kernel(operation):
            given: Ref = operation.calls[0].args[0]
            dims = types[given.name].shape[1:3] if known else (None, None)
            operation = replace(operation, arguments={"padding": _correct(kernel, dims)})
        if known:
            types[operation.name] = _type(operation, types, catalogue)
        found.append(operation)
    return replace(saved, operations=tuple(found))


def _kernel(operation: Operation) -> int:
    padding = operation.arguments.get("padding")
    return padding["correct"] if is_dict(padding) else 0


def _correct(kernel: int, size: tuple[int | None, ...]) -> list[list[int]]:
    """The numbers before and after each axis, as Keras's `correct_pad` gives them."""
    half = kernel // 2
    less = [1 if d is None else 1 - d % 2 for d in size]
    return [[half - one, half] for one in less]


def _type(operation: Operation, types: dict[str, TensorType], catalogue: Catalogue) -> TensorType:
    given: Any = operation.calls[0].args[0]
    if operation.cls.startswith("ops."):
        return types[given.name]  # arithmetic with a number
    definition = catalogue.definition("layer", operation.cls)
    checked = catalogue.check("layer", operation.cls, operation.arguments)
    inputs = tuple(types[r.name] for r in given) if is_list(given) else types[given.name]
    dtype = {"dtype": "float32"} if definition.reads_dtype else {}
    outputs = definition.rule(inputs, **checked.rule, **dtype).outputs
    return outputs[0] if isinstance(outputs, tuple) else outputs
