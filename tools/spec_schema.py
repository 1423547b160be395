"""`schemas/spec.schema.json`: the language as JSON Schema, for editors.

Structure comes from the pydantic models, classes and arguments from the catalogue, texts from
docstrings and the language page. With `open_classes` the schema takes every class with any
arguments, as pydantic does: so the tests can hold the two to the same verdict.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, cast

import schema_steps as steps
from key_texts import texts
from schema_catalogue import OPEN
from schema_partial import partial
from schema_structure import BASIC, EXPRESSION, ONE_KEY, Schema, any_of, later, structure

from specc.data.registry import DATASETS, READERS
from specc.data.transforms.table import TRANSFORMS
from specc.document.values import SPEC_NAME


def text() -> str:
    """The whole file, a line for each definition."""
    made = schema()
    lines = [f"{_line(k)}:{_line(v)}" for k, v in made.pop("$defs").items()]
    head = ",\n".join(f"{_line(k)}:{_line(v)}" for k, v in made.items())
    return "{\n" + head + ',\n"$defs":{\n' + ",\n".join(lines) + "\n}}\n"


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def schema(*, open_classes: bool = False) -> Schema:
    """The schema of a spec."""
    models = structure()
    definitions = BASIC | {"spec_name": _SPEC_NAME, "dimension": _DIMENSION}
    definitions |= {"sample": _sample(models["Sample"]), "space": _one_key(models["Space"])}
    definitions |= steps.open_classes(models) if open_classes else steps.classes(models)
    for name in ("LayerStep", "ExpressionStep", "LossTerm", "Layer", "Sample", "Space"):
        del models[name]
    if not open_classes:
        definitions |= {"source": _source(), "transform": _transform()}
        _choose(models)
    _describe(models)
    definitions |= models
    definitions |= partial(definitions, [*models, "loss_term"])
    root: Schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A spec of specc",
        "type": "object",
        "if": {"type": "object", "required": ["extends"]},
        "then": {"$ref": "#/$defs/partial_Spec"},
        "else": {"$ref": "#/$defs/Spec"},
    }
    return root | {"$defs": _reached(root, definitions)}


def _reached(root: Schema, definitions: Mapping[str, Schema]) -> dict[str, Schema]:
    """The definitions that the root leads to, sorted."""
    found: dict[str, Schema] = {}
    waiting = _references(root)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = definitions[name]
            waiting += _references(found[name])
    return dict(sorted(found.items()))


def _references(schema: Any) -> list[str]:
    return re.findall(r'"\$ref": "#/\$defs/([^"]+)"', json.dumps(schema))


# --- values ---------------------------------------------------------------------------------------

_SPEC_NAME: Schema = {
    "type": "string",
    "pattern": f"^{SPEC_NAME.pattern}$",
    "maxLength": 100,
    "description": "A lower-case letter, then lower-case letters, digits, `_` and `-`.",
}
_DIMENSION: Schema = any_of(
    {"type": "integer", "minimum": 1, "maximum": 2**53},
    {"$ref": "#/$defs/name"},
    {"type": "null"},
)


def _one_key(model: Schema) -> Schema:
    return {**model, "allOf": [ONE_KEY]}


def _sample(model: Schema) -> Schema:
    """Noise by its name, or as a key with its arguments; `integers` cannot be without."""
    properties = {**model["properties"], "integers": {"$ref": "#/$defs/Integers"}}
    named: Schema = {"type": "string", "enum": ["normal", "uniform"]}
    return any_of(_one_key({**model, "properties": properties}), named)


# --- what stands where ----------------------------------------------------------------------------


def _source() -> Schema:
    names: Schema = {
        "type": "string",
        "enum": list(DATASETS),
        "enumDescriptions": [d.description for d in DATASETS.values()],
    }
    readers: Schema = {
        "type": "object",
        "properties": dict.fromkeys(READERS, OPEN),
        "additionalProperties": False,
        "allOf": [ONE_KEY],
    }
    plugin: Schema = {"type": "string", "pattern": r"^[A-Za-z_]\w*\.\w+$"}
    return any_of(readers, names, plugin)


def _transform() -> Schema:
    names = [(n, (t.__doc__ or "").split("\n", 1)[0]) for n, t in TRANSFORMS.items()]
    text: Schema = {
        "type": "string",
        "enum": [n for n, _ in names],
        "enumDescriptions": [d for _, d in names],
    }
    keys = {n: {"description": d} for n, d in names}
    mapping: Schema = {
        "type": "object",
        "properties": keys,
        "additionalProperties": False,
        "allOf": [ONE_KEY],
    }
    return any_of(mapping, text, EXPRESSION)


_FAMILIES = {
    ("Variable", "initializer"): "initializer",
    ("Output", "loss"): "loss",
    ("Output", "metrics"): "metric",
    ("Output", "weighted_metrics"): "metric",
    ("Data", "source"): "source",
    ("Train", "optimizer"): "optimizer",
    ("Train", "callbacks"): "callback",
    ("Phase", "optimizer"): "optimizer",
}
"""Which family is chosen from, at each place where the structure takes any class."""


def _choose(models: dict[str, Schema]) -> None:
    """Puts families in the place of any class, and says what `when` and transforms are."""
    for (model, key), family in _FAMILIES.items():
        properties = models[model]["properties"]
        properties[key] = _renamed(properties[key], "chosen", family)
    transform = models["Binding"]["properties"]["transform"]
    transform["anyOf"][0]["items"] = {"$ref": "#/$defs/transform"}
    for model in ("UseStep", "GroupStep"):
        models[model]["properties"]["when"] = later({"type": "boolean"})


def _describe(models: dict[str, Schema]) -> None:
    """Gives each key of each model its text."""
    for name, model in models.items():
        for key, value in model["properties"].items():
            said = texts().get(name, {}).get(key) or texts()["Spec"].get(key)
            if said is None:
                raise KeyError(f"say in key_texts.py what `{key}` of {name} means")
            model["properties"][key] = {**value, "description": said}


def _renamed(schema: Any, old: str, new: str) -> Any:
    """The schema with references to one definition turned to another."""
    if isinstance(schema, list):
        return [_renamed(s, old, new) for s in cast("list[Any]", schema)]
    if not isinstance(schema, dict):
        return schema
    found = {k: _renamed(v, old, new) for k, v in cast("Schema", schema).items()}
    if found.get("$ref") == f"#/$defs/{old}":
        found["$ref"] = f"#/$defs/{new}"
    return found
