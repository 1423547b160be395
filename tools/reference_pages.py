"""The pages under `docs/reference/`: what the catalogue knows, and what each code means."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from keras_summaries import summary

from specc.catalogue.catalogue import Family, builtin
from specc.catalogue.define import Definition
from specc.catalogue.kinds import Absent, Kind, show
from specc.catalogue.own import loss_tensors
from specc.diagnostics.codes import CODES

Arguments = Mapping[str, tuple[Kind, bool, Any]]

MADE = "<!-- Made by `python tools/generate.py write`; do not edit. -->\n"
_PLURALS = {
    "loss": "losses",
    "metric": "metrics",
    "optimizer": "optimizers",
    "schedule": "schedules",
    "callback": "callbacks",
    "initializer": "initializers",
    "regularizer": "regularizers",
    "constraint": "constraints",
    "activation": "activations",
    "dtype_policy": "dtype_policies",
}


def pages() -> list[tuple[str, Callable[[], str]]]:
    """Each page's path in the repository, and the function that gives its text."""
    families = [(f"{plural}.md", partial(_family, name)) for name, plural in _PLURALS.items()]
    made = [("README.md", _contents), ("layers.md", _layers), ("ops.md", _ops), *families]
    return [(f"docs/reference/{name}", make) for name, make in [*made, ("codes.md", _codes)]]


def _contents() -> str:
    catalogue = builtin()
    rows = [
        ("layers.md", f"{len(catalogue.layers)} layers, with shapes and arguments"),
        ("ops.md", f"{len(catalogue.ops)} functions of `keras.ops`"),
    ]
    for name, plural in _PLURALS.items():
        count = len(catalogue.families[name].classes)
        rows.append((f"{plural}.md", f"{count} {plural.replace('_', ' ')}"))
    rows.append(("codes.md", f"{len(CODES)} diagnostics, as `specc explain` prints them"))
    listed = "\n".join(f"| [{n.removesuffix('.md')}]({n}) | {t} |" for n, t in rows)
    return f"{MADE}# Reference\n\n| page | holds |\n| --- | --- |\n{listed}\n"


# --- layers and ops -------------------------------------------------------------------------------


def _layers() -> str:
    catalogue = builtin()
    groups: dict[str, list[Definition]] = {}
    for definition in catalogue.layers.values():
        module = definition.rule.__module__.rpartition(".")[2]
        groups.setdefault(module, []).append(definition)
    base: Arguments = {n: (p.kind, p.required, p.default) for n, p in catalogue.base.items()}
    parts = [
        f"{MADE}# Layers\n\nUnless its entry says otherwise, a layer takes these, too:\n",
        _table(base),
    ]
    aliases: dict[str, list[str]] = {}
    for alias, name in catalogue.families["layer"].names.items():
        aliases.setdefault(name, []).append(alias)
    for group, definitions in sorted(groups.items()):
        parts.append(f"\n## {group.replace('_', ' ').capitalize()}\n")
        for definition in sorted(definitions, key=lambda d: d.name):
            signature = catalogue.families["layer"].classes.get(definition.name, {})
            arguments = {n: (p.kind, p.required, p.default) for n, p in signature.items()}
            parts.append(_defined(definition.name, definition, arguments, aliases))
    return "\n".join(parts)


def _ops() -> str:
    head = (
        f"{MADE}# Ops\n\nFunctions of `keras.ops`, as steps. In the place of a tensor a number may "
        "stand: `ops.multiply: {x2: 0.5}`.\n"
    )
    table = sorted(builtin().ops.items())
    return "\n".join([head, *(_defined(f"ops.{n}", d, {}, {}) for n, d in table)])


def _defined(
    name: str, definition: Definition, further: Arguments, aliases: Mapping[str, list[str]]
) -> str:
    lines = [f"### {name}\n", inspect.getdoc(definition.rule) or "", ""]
    if also := aliases.get(name):
        lines += [f"Also written {', '.join(f'`{a}`' for a in also)}.", ""]
    tensors = [
        f"`{s.name}`{' (a list)' if s.many else ''}{' (may be left out)' if s.optional else ''}"
        for s in definition.slots
    ]
    lines += [f"Tensors: {', '.join(tensors)}.", ""]
    slots = {s.name for s in definition.slots}
    rule = {a.name: (a.kind, a.required, a.default) for a in definition.arguments if not a.at_call}
    arguments = {n: a for n, a in {**further, **rule}.items() if n not in slots}
    if lacking := [n for n, a in arguments.items() if isinstance(a[0], Absent)]:
        lines += [f"It does not take {', '.join(f'`{n}`' for n in lacking)}.", ""]
    taken = {n: a for n, a in arguments.items() if n not in lacking}
    if taken:
        lines += [_table(taken), ""]
    at_call = [a for a in definition.arguments if a.at_call]
    if at_call:
        listed = ", ".join(f"`{a.name}` ({a.kind.describe()})" for a in at_call)
        lines += [f"Under `call`: {listed}.", ""]
    return "\n".join(lines)


# --- the other families ---------------------------------------------------------------------------


def _family(name: str) -> str:
    family = builtin().families[name]
    title = _PLURALS[name].replace("_", " ").capitalize()
    classes = sorted(family.classes.items())
    return "\n".join([f"{MADE}# {title}\n", *(_class(family, c, p) for c, p in classes)])


def _class(family: Family, name: str, parameters: Mapping[str, Any]) -> str:
    lines = [f"### {name}\n", summary(family.name, name), ""]
    names = [n for n, target in family.names.items() if target == name and n != name]
    if names:
        lines += [f"By name: {', '.join(f'`{n}`' for n in names)}.", ""]
    if family.name == "loss":
        tensors = ", ".join(f"`{t}`" for t in loss_tensors(name))
        lines += [f"Tensors: {tensors}.", ""]
    arguments = {n: (p.kind, p.required, p.default) for n, p in parameters.items()}
    if family.name != "activation" and arguments:
        lines += [_table(arguments), ""]
    return "\n".join(lines)


def _table(arguments: Arguments) -> str:
    """The arguments as a table, those that are required first."""
    ordered = sorted(arguments.items(), key=lambda a: not a[1][1])
    rows: Iterable[str] = (
        f"| `{n}` | {_cell(kind.describe())} | {'required' if needed else _cell(_code(default))} |"
        for n, (kind, needed, default) in ordered
    )
    return "\n".join(["| argument | is | unless said |", "| --- | --- | --- |", *rows])


def _code(default: Any) -> str:
    return f"`{show(default)}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


# --- diagnostics ----------------------------------------------------------------------------------


def _codes() -> str:
    parts = [f"{MADE}# Diagnostics\n\nWhat `specc explain CODE` prints.\n"]
    for code, rule in sorted(CODES.items()):
        parts.append(f"## {code}\n\n{rule.severity.capitalize()}. {rule.explanation()}\n")
    return "\n".join(parts)
