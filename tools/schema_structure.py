"""The pydantic models of a spec as JSON Schema: what `specc.document.structure` accepts.

pydantic writes the models and the bounds of numbers itself. What it cannot know is what the
validators of `spec.py` and `values.py` do: each of them is here the name of a definition, which
`spec_schema.py` fills in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from specc.document.spec import Spec
from specc.document.values import NAME, TAKEN

Schema = dict[str, Any]

EXPRESSION: Schema = {"$ref": "#/$defs/expression"}
ONE_KEY: Schema = {"$ref": "#/$defs/one_key"}
"""Goes into `allOf`: beside `properties` the bound keeps an editor from offering the first key."""
BASIC: dict[str, Schema] = {
    "expression": {
        "type": "string",
        "pattern": r"\$",
        "description": "An expression, such as `$width` or `$(2 * width)`.",
    },
    "name": {
        "type": "string",
        "pattern": rf"^(?!(?:{'|'.join(TAKEN)})$){NAME.pattern}$",
        "description": "A name: a lower-case letter, then lower-case letters, digits and `_`.",
    },
    "one_key": {"minProperties": 1, "maxProperties": 1},
}
"""What every schema of a spec refers to."""

_VALIDATORS = {
    "name": "name",
    "_spec_name": "spec_name",
    "_one_key": "chosen",
    "read_step": "step",
    "_layer": "declared",
    "loss_term": "loss_term",
    "_sample": "sample",
    "_space": "space",
    "_dimension": "dimension",
}
"""What stands for a validator that changes its value before pydantic sees it."""
_PLAIN = ("_whole", "_number", "_flag", "_text")
"""Validators that only refuse what JSON Schema's own types refuse."""


def any_of(*schemas: Schema) -> Schema:
    """What any of several schemas takes; one that is such a choice itself is taken apart."""
    flat: list[Schema] = []
    for schema in schemas:
        parts: list[Schema] = schema["anyOf"] if set(schema) == {"anyOf"} else [schema]
        flat += [part for part in parts if part not in flat]
    if {} in flat:
        return {}
    return flat[0] if len(flat) == 1 else {"anyOf": flat}


def later(schema: Schema) -> Schema:
    """What a schema takes, or an expression."""
    if schema in ({"type": "string"}, {}):
        return schema
    return any_of(schema, EXPRESSION)


def structure() -> dict[str, Schema]:
    """Each model of `spec.py` by its name, and what the places of the others refer to."""
    whole = Spec.model_json_schema(schema_generator=_Models)
    definitions: dict[str, Schema] = whole.pop("$defs")
    definitions["Spec"] = whole
    return {name: _tidy(schema) for name, schema in definitions.items()}


class _Models(GenerateJsonSchema):
    """pydantic's own generator, taught what our validators do."""

    def function_wrap_schema(self, schema: core_schema.WrapValidatorFunctionSchema) -> Any:
        assert _name(schema) == "_later", f"say in {__name__} what {_name(schema)} does"
        return {"$later": self.generate_inner(schema["schema"])}

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> Any:
        inner = self.generate_inner(schema["schema"])
        name = _name(schema)
        if name in _PLAIN:
            return inner
        assert name in _VALIDATORS, f"say in {__name__} what {name} does"
        return {"$specc": _VALIDATORS[name], "$before": inner}

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        made = {**super().dict_schema(schema)}
        made.pop("patternProperties", None)
        made.pop("propertyNames", None)
        values = schema.get("values_schema")
        made["additionalProperties"] = self.generate_inner(values) if values else True
        keys = schema.get("keys_schema")
        if keys is not None and keys["type"] == "function-before":
            made["propertyNames"] = self.generate_inner(keys)
        return made

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def _name(schema: Any) -> str:
    return schema["function"]["function"].__name__


def _tidy(schema: Any) -> Any:
    """Puts what our validators do in its place, and takes away what tells a reader nothing."""
    if isinstance(schema, list):
        return [_tidy(each) for each in cast("list[Any]", schema)]
    if not isinstance(schema, dict):
        return schema
    found = cast("Schema", schema)
    rest = {k: v for k, v in found.items() if k not in ("$later", "$specc", "$before", "title")}
    if rest.get("default", ()) in (None, [], {}):
        del rest["default"]
    if isinstance(rest.get("properties"), dict):
        rest["properties"] = {k: _tidy(v) for k, v in rest["properties"].items()}
    tidy = {k: v if k == "properties" else _tidy(v) for k, v in rest.items()}
    if "$later" in found:
        return later(_tidy(found["$later"])) | tidy
    if "$specc" in found:
        return {"$ref": f"#/$defs/{found['$specc']}"} | tidy
    if tidy.get("additionalProperties") in (True, {}):
        del tidy["additionalProperties"]
    for theirs, (ours, stricter) in _BOUNDS.items():
        if theirs in tidy:
            bound = tidy.pop(theirs)
            tidy[ours] = stricter(bound, tidy.get(ours, bound))
    if set(tidy) == {"anyOf"}:
        return any_of(*tidy["anyOf"])
    return tidy


_BOUNDS: dict[str, tuple[str, Callable[..., float]]] = {
    "ge": ("minimum", max),
    "gt": ("exclusiveMinimum", max),
    "le": ("maximum", min),
    "lt": ("exclusiveMaximum", min),
}
"""Bounds of what a validator of ours gives; pydantic writes them under its own names."""
