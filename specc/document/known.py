"""What the language knows at a place of a document: which models, and so which keys."""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from specc.document.node import Path
from specc.document.spec import Spec
from specc.document.values import Name

_FILLED_IN = {
    "LayerStep": {"layer", "arguments"},
    "Layer": {"layer", "arguments"},
    "LossTerm": {"loss", "arguments", "tensors"},
    "ExpressionStep": {"expression"},
}
"""Fields that a validator fills in: no document has them as keys."""


def models_at(path: Iterable[str | int], model: Any = Spec) -> list[type[BaseModel]]:
    """The models that what stands at a path may be; none where anything may be written."""
    return [t for t in _at(path, model) if _is_model(t)]


def _models(annotation: Any) -> list[type[BaseModel]]:
    return [t for t in _parts(annotation) if _is_model(t)]


def is_named(path: Path) -> bool:
    """Whether the keys of a mapping at a path are the author's own, each of one kind."""
    mappings = [get_args(t) for t in _at(path, Spec) if get_origin(t) is dict]
    return any(key == Name or _models(value) for key, value in mappings)


def may_be_class(path: Path) -> bool:
    """Whether a class by its name may stand at a path, or as an argument below one."""
    found = _at(path, Spec)
    return path[:1] != ("params",) and (not found or Any in found)


def known_keys(models: Iterable[type[BaseModel]]) -> list[str]:
    """The keys that a mapping of one of these models may have, in order."""
    return sorted({key for model in models for key in fields_of(model)})


@cache
def fields_of(model: type[BaseModel]) -> Mapping[str, Any]:
    """A model's keys as a document has them, and the annotations of their values."""
    hints = get_type_hints(model, include_extras=True)
    filled = _FILLED_IN.get(model.__name__, set())
    return {f.alias or n: hints[n] for n, f in model.model_fields.items() if n not in filled}


def default_of(path: Path) -> Any:
    """What a field that is not written has, where the models say it."""
    for model in models_at(path[:-1]):
        for name, field in model.model_fields.items():
            if path[-1] in (name, field.alias):
                return field.default
    return None


def _at(path: Iterable[str | int], model: Any) -> list[Any]:
    found = _parts(model)
    for step in path:
        found = [p for t in found for a in _below(t, step) for p in _parts(a)]
    return found


def _below(type_: Any, step: str | int) -> list[Any]:
    """The annotations of what stands under a key or at an index."""
    if _is_model(type_):
        fields = fields_of(type_)
        return [fields[str(step)]] if step in fields else []
    origin, arguments = get_origin(type_), get_args(type_)
    if origin is dict and isinstance(step, str):
        return [arguments[1]]
    return [arguments[0]] if origin is list and isinstance(step, int) else []


def _parts(annotation: Any) -> list[Any]:
    """What an annotation is made of, without `Annotated` and unions."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _parts(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return [part for a in get_args(annotation) for part in _parts(a)]
    return [annotation]


def _is_model(type_: Any) -> bool:
    return isinstance(type_, type) and issubclass(type_, BaseModel)
