"""Steps, declared layers and loss terms as JSON Schema: mappings in which one key is a class."""

from __future__ import annotations

from collections.abc import Mapping

from key_texts import texts
from schema_catalogue import OPEN, PLUGIN, Families
from schema_structure import EXPRESSION, ONE_KEY, Schema, any_of

from specc.catalogue.catalogue import builtin
from specc.document.spec import BESIDE, CLASS, LOSS

ANY_CLASS = rf"^(?=.*[A-Z.]){CLASS.pattern}$"
"""A class as a key has a capital or a dot; a key without may be a misspelt one of a step's."""
ANY_LOSS = rf"^{LOSS.pattern}$"
CHOSEN: Schema = any_of(
    {"type": "string"},
    {"type": "object", "additionalProperties": OPEN, "allOf": [ONE_KEY]},
)
"""A name, or one class with its arguments."""


def open_classes(models: Mapping[str, Schema]) -> dict[str, Schema]:
    """What takes a class, where every class and argument is allowed."""
    bare: Schema = {"type": "string", "pattern": f"^{CLASS.pattern}$"}
    keys: Schema = {"patternProperties": {ANY_CLASS: OPEN}}
    return _steps(models, bare, keys, bare, keys) | {
        "chosen": CHOSEN,
        **_loss_term(models["LossTerm"], losses(), {"patternProperties": {ANY_LOSS: OPEN}}),
    }


def classes(models: Mapping[str, Schema]) -> dict[str, Schema]:
    """What takes a class, by the catalogue."""
    families = Families(builtin())
    layers, ops = families.layers, families.ops
    plugins = {PLUGIN: OPEN}
    made = _steps(
        models,
        families.names("layer", "op"),
        {"properties": layers | ops, "patternProperties": plugins},
        families.names("layer"),
        {"properties": layers, "patternProperties": plugins},
    )
    named = families.definitions["loss"]["anyOf"]
    keys = next(s["properties"] for s in named if "properties" in s)
    term = {"properties": keys, "patternProperties": plugins}
    return {
        **families.definitions,
        **made,
        "chosen": CHOSEN,
        **_loss_term(models["LossTerm"], losses(), term),
    }


def _steps(
    models: Mapping[str, Schema], bare: Schema, keys: Schema, layer: Schema, layers: Schema
) -> dict[str, Schema]:
    """Steps and declared layers: a class as text, or as a key (and what may stand beside it)."""
    model = models["LayerStep"]
    beside = {k: v for k, v in model["properties"].items() if k in BESIDE}
    described = {k: {**v, "description": texts()["Step"][k]} for k, v in beside.items()}
    exactly, counting = _exactly_one(tuple(beside))
    step: Schema = {
        "type": "object",
        "description": "A layer or an op, the class as the key.",
        "properties": keys.get("properties", {}) | described,
        "patternProperties": keys["patternProperties"],
        "additionalProperties": False,
        "allOf": [exactly],
    }
    declared: Schema = {
        "type": "object",
        "description": models["Layer"]["description"],
        **layers,
        "additionalProperties": False,
        "allOf": [ONE_KEY],
    }
    steps = [{"$ref": f"#/$defs/{n}"} for n in ("LayerStep", "UseStep", "GroupStep", "MarkStep")]
    return counting | {
        "step": any_of(*steps, bare, EXPRESSION),
        "LayerStep": step,
        "declared": any_of(declared, layer),
    }


def _exactly_one(beside: tuple[str, ...]) -> tuple[Schema, dict[str, Schema]]:
    """A mapping with exactly one key that is not among `beside`, and the definitions that say it.

    JSON Schema cannot count some keys and not others. So `beside_2_1` is reached when two of these
    keys were asked for and one was there; at the end there must be one key more than were found.
    """
    last = len(beside)
    made: dict[str, Schema] = {}
    for found in range(last + 1):
        made[f"beside_{last}_{found}"] = {"minProperties": found + 1, "maxProperties": found + 1}
        for asked in range(found, last):
            made[f"beside_{asked}_{found}"] = {
                "if": {"required": [beside[asked]]},
                "then": {"$ref": f"#/$defs/beside_{asked + 1}_{found + 1}"},
                "else": {"$ref": f"#/$defs/beside_{asked + 1}_{found}"},
            }
    return {"$ref": "#/$defs/beside_0_0"}, made


def losses() -> list[str]:
    return sorted(builtin().families["loss"].classes)


def _loss_term(model: Schema, known: list[str], keys: Schema) -> dict[str, Schema]:
    """A further loss: one class, its tensors under any other names, and its weight."""
    tensor = model["properties"]["tensors"]["additionalProperties"]
    weight = {**model["properties"]["weight"], "description": texts()["LossTerm"]["weight"]}
    some_known: Schema = {"not": {"propertyNames": {"not": {"enum": known}}}}
    no_other: Schema = any_of({"enum": known}, {"not": {"pattern": ANY_LOSS}})
    one: Schema = {
        "if": some_known,
        "then": {"oneOf": [{"required": [n]} for n in known], "propertyNames": no_other},
        "else": {"not": {"propertyNames": {"not": {"pattern": ANY_LOSS}}}},
    }
    term = {
        "type": "object",
        "description": model["description"],
        "properties": keys.get("properties", {}) | {"weight": weight},
        "patternProperties": keys["patternProperties"],
        "additionalProperties": tensor,
    }
    return {"loss_term": {**term, "allOf": [one]}}
