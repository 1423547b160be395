"""A spec that has a base, as JSON Schema: nothing is required, `$delete` may stand anywhere.

Mappings are merged with the base's; lists are replaced whole, so what stands in them is as
everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping

from schema_structure import Schema, later


def partial(definitions: Mapping[str, Schema], names: list[str]) -> dict[str, Schema]:
    """The definitions of some names, loosened, under names of their own."""
    made: dict[str, Schema] = {}
    for name in names:
        whole = {k: v for k, v in definitions[name].items() if k not in ("required", "allOf")}
        made[f"partial_{name}"] = _loosened(whole, names)
    return made


def _loosened(schema: Schema, names: list[str]) -> Schema:
    made = dict(schema)
    if "$ref" in made and (name := made["$ref"].rpartition("/")[2]) in names:
        made["$ref"] = f"#/$defs/partial_{name}"
    if "properties" in made:
        made["properties"] = {k: _deletable(v, names) for k, v in made["properties"].items()}
    if isinstance(made.get("additionalProperties"), dict):
        made["additionalProperties"] = _deletable(made["additionalProperties"], names)
    if "anyOf" in made:
        made["anyOf"] = [_loosened(s, names) for s in made["anyOf"]]
    return made


def _deletable(schema: Schema, names: list[str]) -> Schema:
    loose = _loosened(schema, names)
    description = {k: loose.pop(k) for k in ("description", "default") if k in loose}
    return later(loose) | description
