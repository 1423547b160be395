"""How Keras is called: an op by keyword, and a layer that says for itself whether it trains."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from specc.catalogue.plain import is_mapping, is_sequence


def applied(function: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    """Calls an op by keyword; one that takes `*operands` gets what stands before them by place."""
    parameters = inspect.signature(function).parameters.values()
    spread = next((p.name for p in parameters if p.kind is p.VAR_POSITIONAL), None)
    if spread is None:
        return function(**arguments)
    before = [p.name for p in parameters][: [p.name for p in parameters].index(spread)]
    leading = [arguments.pop(n) for n in before]
    return function(*leading, *arguments.pop(spread), **arguments)


def keep_training(model: Any, calls: Iterable[tuple[Mapping[str, Any], Any]] = ()) -> None:
    """Lets a call's own `training` stand while the model around it trains or predicts.

    A functional model puts its own `training` in the place of every call's. This one asks first
    whether the call has one. `calls` are the arguments that each call was given, and Keras's node
    for it; a model made over another's tensors needs none. The file of a saved model cannot hold
    this: there Keras's way holds.
    """
    listed = list(calls)
    if listed and not any("training" in given for given, _ in listed):
        return
    for given, node in listed:
        if "training" not in given:  # the default, which Keras notes down as if it were said
            node.arguments.kwargs.pop("training", None)
    run: Callable[..., Any] = model._run_through_graph

    def run_keeping(inputs: Any, operation_fn: Callable[[Any], Any], **more: Any) -> Any:
        if _symbolic(inputs):  # only shapes are asked for
            return run(inputs, operation_fn=operation_fn, **more)

        def chosen(operation: Any) -> Callable[..., Any]:
            def call(*args: Any, **kwargs: Any) -> Any:
                own = operation if "training" in kwargs else operation_fn(operation)
                return own(*args, **kwargs)

            return call

        return run(inputs, operation_fn=chosen, **more)

    object.__setattr__(model, "_run_through_graph", run_keeping)


def _symbolic(inputs: Any) -> bool:
    """Whether inputs, alone or in lists and mappings, stand for tensors to come."""
    if is_sequence(inputs):
        return any(_symbolic(i) for i in inputs)
    if is_mapping(inputs):
        return any(_symbolic(i) for i in inputs.values())
    return type(inputs).__name__ == "KerasTensor"
