"""What a model shows to its data and training: two models of one face fit the same ones."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

from specc.infer.program import Constant, Program, Tensor


def face(program: Program) -> Hashable:
    """All that `check_data` and `check_training` read of a model, but for phases and devices.

    These read its layers too: whoever asks about them has to look at the model itself.
    """
    return (
        program.name,
        _tensors(program.inputs),
        _tensors(program.outputs),
        _tensors(program.targets),
        _written(program.samples),
        _written(program.learned),
        tuple(
            (n, t.cls, repr(t.arguments), t.weight, *(_given(k, v) for k, v in t.tensors.items()))
            for n, t in program.losses.items()
        ),
    )


def _tensors(named: Mapping[str, Tensor]) -> tuple[Hashable, ...]:
    return tuple((name, tensor.type.dims, tensor.type.dtype) for name, tensor in named.items())


def _written(named: Mapping[str, Any]) -> Hashable:
    return tuple((name, repr(value)) for name, value in named.items())


def _given(name: str, value: Any) -> Hashable:
    if isinstance(value, Tensor):
        return name, value.type.dims, value.type.dtype
    if isinstance(value, Constant | int | float):
        return name, repr(value)
    listed: Iterable[Any] = value
    return name, *(_given(name, v) for v in listed)
