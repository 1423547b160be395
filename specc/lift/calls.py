"""How the operations of a Keras config are called: inputs, tensors, arguments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from specc.catalogue.plain import is_dict, is_list
from specc.lift.saved import Applied, Operation, Ref, SavedInput, Unliftable
from specc.lift.values import check_entry, index_key, plain

LAYER_MODULES = {"keras.layers"}
"""Where a layer may say that it comes from."""


def get_item(calls: tuple[Applied, ...], name: str) -> tuple[dict[str, Any], tuple[Applied, ...]]:
    """What `x[:, 0]` is called with: the places as an argument, the tensor by itself."""
    if len(calls) != 1:
        raise Unliftable(f"the node `{name}` picks places of several tensors")
    given = dict(calls[0].kwargs)
    args = list(calls[0].args)
    key = args.pop() if len(args) > 1 else given.pop("key", None)
    return {"key": index_key(key)}, (Applied(tuple(args), given),)


def shown_name(name: Any) -> str:
    """A name that errors and pictures can show; raises `Unliftable`."""
    if not isinstance(name, str) or not 0 < len(name) <= 200 or not name.isprintable():
        raise Unliftable("a layer has no name, or none that can be shown")
    return name


def read_input(entry: dict[Any, Any], name: str) -> SavedInput:
    """An input layer."""
    check_entry(entry, LAYER_MODULES)
    config = entry.get("config")
    if not is_dict(config):
        raise Unliftable(f"the input `{name}` has no configuration")
    if config.get("sparse") or config.get("ragged") or config.get("optional"):
        raise Unliftable(f"the input `{name}` is sparse, ragged or optional")
    shape = config.get("batch_shape", config.get("batch_input_shape"))
    dtype = plain(config.get("dtype"))
    return SavedInput(name, read_shape(shape), dtype if isinstance(dtype, str) else "float32")


def read_shape(shape: Any) -> tuple[int | None, ...]:
    """A shape without its batch, which must be free."""
    shape = plain(shape)
    if not is_list(shape) or not shape:
        raise Unliftable("an input has no shape")
    if shape[0] is not None:
        raise Unliftable(
            "an input has a batch of a fixed size", help="save the model without a `batch_size`"
        )
    for dim in shape[1:]:
        if dim is not None and (not isinstance(dim, int) or isinstance(dim, bool) or dim < 1):
            raise Unliftable("a dimension of an input is no whole number from 1")
    return tuple(shape[1:])


def applied(node: dict[Any, Any]) -> Applied:
    """One call of a layer."""
    args, kwargs = node.get("args"), node.get("kwargs")
    if not is_list(args) or not is_dict(kwargs):
        raise Unliftable("a layer is not called as Keras 3 writes it")
    return Applied(tuple(_given(a) for a in args), {str(k): _given(v) for k, v in kwargs.items()})


def _given(value: Any) -> Any:
    if is_dict(value) and value.get("class_name") == "__keras_tensor__":
        config = value.get("config")
        history = config.get("keras_history") if is_dict(config) else None
        return _ref(history)
    if is_dict(value) and value.get("class_name") == "__tuple__":
        value = value.get("items")
    if is_list(value):
        return [_given(v) for v in value]
    if is_dict(value) and value.get("class_name") in ("__slice__", "__ellipsis__"):
        return value
    if is_dict(value) and "class_name" not in value:
        return {str(k): _given(v) for k, v in value.items()}
    return plain(value)


def _ref(history: Any) -> Ref:
    if is_list(history) and len(history) == 3:
        name, *places = history
        if isinstance(name, str) and all(
            isinstance(p, int) and not isinstance(p, bool) and p >= 0 for p in places
        ):
            return Ref(name, *places)
    raise Unliftable("a tensor does not say which layer gives it")


def tensors(value: Any, key: str = "") -> Iterator[tuple[str, Ref]]:
    """The tensors of a model's inputs or outputs, in order, with their keys in a mapping."""
    if is_dict(value):
        for name, inner in value.items():
            yield from tensors(inner, str(name))
    elif is_list(value) and len(value) == 3 and isinstance(value[0], str):
        yield key, _ref(value)
    elif is_list(value):
        for inner in value:
            yield from tensors(inner, "")
    else:
        raise Unliftable("its inputs or outputs are not those of a Keras model")


def counted(ref: Ref, operations: Mapping[str, Operation]) -> Ref:
    """The output's reference, its call counted from 0; among outputs Keras counts those of a
    Functional model from 1.
    """
    operation = operations.get(ref.name)
    if operation is None or not operation.first:
        return ref
    if ref.call < operation.first:
        raise Unliftable(f"nothing gives the tensor that `{ref.name}` is asked for")
    return Ref(ref.name, ref.call - operation.first, ref.index)


def own_name(entry: dict[Any, Any]) -> str:
    """The name of a layer of a Sequential model, which stands in its configuration."""
    config = entry.get("config")
    return shown_name(config.get("name") if is_dict(config) else None)
