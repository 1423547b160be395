"""The catalogue as JSON Schema: every class with its arguments, every family with its names."""

from __future__ import annotations

import inspect
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from keras_summaries import summary
from schema_structure import EXPRESSION, ONE_KEY, Schema, any_of, later

from specc.catalogue.catalogue import Catalogue
from specc.catalogue.define import Definition
from specc.catalogue.kinds import Absent, Kind, Numbers, show

PLUGIN = r"^[A-Za-z_]\w*\.[A-Z]\w*$"
"""A class of a plug-in: what a catalogue of Keras cannot know."""
OPEN: Schema = {"type": ["object", "null", "string"], "pattern": r"\$"}
"""Arguments of which nothing is known: a mapping, nothing, or an expression."""


class Families:
    """The definitions that a schema of the whole catalogue needs."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.definitions: dict[str, Schema] = {}
        self.summaries: dict[str, str] = {}
        self.bare: dict[str, bool] = {}
        layers = {n: self._layer(n, d) for n, d in catalogue.layers.items()}
        for alias, name in catalogue.families["layer"].names.items():
            if name in layers:
                layers[alias] = layers[name]
                self._known("layer", alias, f"The same as {name}.", self.bare[f"layer.{name}"])
        self.layers = dict(sorted(layers.items()))
        self.ops = {f"ops.{n}": self._op(n, d) for n, d in sorted(catalogue.ops.items())}
        for family in catalogue.families:
            if family not in ("layer", "op"):
                self.definitions[family] = self._family(family)
        self.definitions["inner_layer"] = any_of(
            {
                "type": "object",
                "properties": {"use": {"type": "string", "description": _USE}} | self.layers,
                "patternProperties": {PLUGIN: OPEN},
                "additionalProperties": False,
                "allOf": [ONE_KEY],
            },
            self.names("layer"),
            EXPRESSION,
        )
        _share(self.definitions)

    # --- what steps are made of -------------------------------------------------------------------

    def names(self, *families: str) -> Schema:
        """Classes as text: those that need no arguments, and plug-ins'."""
        tables = {"layer": self.layers, "op": self.ops}
        names = [
            (n, self.summaries[key])
            for f in families
            for n in tables[f]
            if self.bare[key := f"{f}.{n.removeprefix('ops.')}"]
        ]
        return any_of(_enum(names), {"type": "string", "pattern": PLUGIN})

    # --- classes ----------------------------------------------------------------------------------

    def _layer(self, name: str, definition: Definition) -> Schema:
        arguments = {n: (p.kind, p.required, p.default) for n, p in self.catalogue.base.items()}
        signature = self.catalogue.families["layer"].classes.get(name, {})
        arguments |= {n: (p.kind, p.required, p.default) for n, p in signature.items()}
        arguments |= _read(definition)
        slots = {s.name for s in definition.slots}
        arguments = {n: a for n, a in arguments.items() if n not in slots}
        return self._class("layer", name, arguments, inspect.getdoc(definition.rule) or "")

    def _op(self, name: str, definition: Definition) -> Schema:
        slots = {s.name: (Numbers(), False, ...) for s in definition.slots}
        arguments = slots | _read(definition)
        return self._class("op", name, arguments, inspect.getdoc(definition.rule) or "")

    def _family(self, family: str) -> Schema:
        found = self.catalogue.families[family]
        classes = {
            n: self._class(
                family,
                n,
                {a: (p.kind, p.required, p.default) for a, p in parameters.items()},
                summary(family, n),
            )
            for n, parameters in found.classes.items()
        }
        names = [(n, _short(family, n, target)) for n, target in found.names.items()]
        names += [
            (n, self.summaries[f"{family}.{n}"])
            for n in classes
            if n not in found.names and self.bare[f"{family}.{n}"]
        ]
        text = _enum(names)
        if family == "activation":  # Keras does not keep the arguments of one
            return any_of(text, EXPRESSION)
        mapping: Schema = {
            "type": "object",
            "properties": classes,
            "additionalProperties": False,
            "allOf": [ONE_KEY],
        }
        if family == "loss":
            text = any_of(text, {"type": "string", "pattern": PLUGIN})
            mapping["patternProperties"] = {PLUGIN: OPEN}
        # The mapping first: of all that a place yet empty may hold, editors complete the first.
        return any_of(mapping, *([text] if names else []), EXPRESSION)

    def _class(
        self, family: str, name: str, arguments: Mapping[str, tuple[Kind, bool, Any]], text: str
    ) -> Schema:
        required = [n for n, (_, needed, _) in arguments.items() if needed]
        self._known(family, name, text, not required)
        made: Schema = {
            "description": text,
            "type": ["object", "string"] if required else ["object", "null", "string"],
            "pattern": r"\$",
            "properties": {
                n: _argument(*a) for n, a in arguments.items() if not isinstance(a[0], Absent)
            },
            "additionalProperties": False,
        }
        if required:
            made["required"] = required
        key = f"{family}.{name}"
        self.definitions[key] = made
        return {"$ref": f"#/$defs/{key}"}

    def _known(self, family: str, name: str, text: str, bare: bool) -> None:
        self.summaries[f"{family}.{name}"] = text
        self.bare[f"{family}.{name}"] = bare


_USE = "The shared layer or model of that name."


def _read(definition: Definition) -> dict[str, tuple[Kind, bool, Any]]:
    """The arguments that a rule reads, less those that are given at the call."""
    return {a.name: (a.kind, a.required, a.default) for a in definition.arguments if not a.at_call}


def _argument(kind: Kind, required: bool, default: Any) -> Schema:
    made = with_expressions(kind.schema())
    shown = "" if default is ... else "required" if required else f"{show(default)} unless said"
    text = kind.describe()
    return {**made, "description": f"{text[0].upper()}{text[1:]}{'; ' if shown else ''}{shown}."}


def with_expressions(schema: Schema) -> Schema:
    """A kind's schema, where an expression may stand for each value within it."""
    made = dict(schema)
    if isinstance(made.get("items"), dict):
        made["items"] = with_expressions(made["items"])
    if isinstance(made.get("additionalProperties"), dict):
        made["additionalProperties"] = with_expressions(made["additionalProperties"])
    if set(made) == {"anyOf"}:
        made = any_of(*(with_expressions(s) for s in made["anyOf"]))
    return made if "$ref" in made else later(made)  # a family has its expressions itself


def _short(family: str, name: str, target: str) -> str:
    return summary(family, name if name == target else target)


def _enum(names: Iterable[tuple[str, str]]) -> Schema:
    listed = sorted(dict(names).items())
    return {
        "type": "string",
        "enum": [n for n, _ in listed],
        "enumDescriptions": [t.split("\n", 1)[0] for _, t in listed],
    }


# --- sharing --------------------------------------------------------------------------------------


def _share(definitions: dict[str, Schema]) -> None:
    """Gives what stands in many places a definition, named after what it is."""
    texts = Counter(
        repr(_bare(p)) for d in definitions.values() for p in d.get("properties", {}).values()
    )
    shared: dict[str, str] = {}
    for definition in list(definitions.values()):
        for name, argument in definition.get("properties", {}).items():
            bare = _bare(argument)
            text = repr(bare)
            if texts[text] < 3 or len(text) < 60:
                continue
            if text not in shared:
                shared[text] = _unused(argument["description"], definitions)
                definitions[shared[text]] = bare
            definition["properties"][name] = {
                "$ref": f"#/$defs/{shared[text]}",
                "description": argument["description"],
            }


def _bare(argument: Schema) -> Schema:
    return {k: v for k, v in argument.items() if k != "description"}


def _unused(description: str, definitions: Mapping[str, Schema]) -> str:
    words = re.findall(r"\w+", description.split(";")[0].lower())
    name = "_".join(words[:12])
    while name in definitions:
        name += "_"
    return name
