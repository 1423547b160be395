"""The catalogue as text: the list of everything, and one entry with its arguments."""

from __future__ import annotations

import inspect
import textwrap

from specc.catalogue.catalogue import Catalogue
from specc.catalogue.define import Definition
from specc.catalogue.kinds import show


def listed(catalogue: Catalogue) -> str:
    """Layers by family with their first lines, then the names of the ops and other classes."""
    families: dict[str, list[Definition]] = {}
    for definition in catalogue.layers.values():
        module = definition.rule.__module__.rpartition(".")[2]
        families.setdefault(module, []).append(definition)
    width = max(len(n) for n in catalogue.layers)
    lines: list[str] = []
    for family, definitions in sorted(families.items()):
        lines.append(family.replace("_", " "))
        for d in sorted(definitions, key=lambda d: d.name):
            lines.append(f"  {d.name.ljust(width)}  {d.summary}")
    lines.append("ops")
    lines.append(_wrapped(sorted(f"ops.{n}" for n in catalogue.ops)))
    for name, family in catalogue.families.items():
        if name not in ("layer", "op"):
            lines += [f"{name}s", _wrapped(sorted({*family.classes, *family.names}))]
    return "\n".join(lines)


def described(catalogue: Catalogue, name: str) -> str:
    """One layer or op: what it is, its tensors, its arguments. Raises `UnknownClass`."""
    family, bare = ("op", name[4:]) if name.startswith("ops.") else ("layer", name)
    for other, table in catalogue.families.items():
        if family == "layer" and bare not in catalogue.layers and bare in table.classes:
            family = other
    definition = catalogue.definition(family, bare) if family in ("layer", "op") else None
    lines = [name]
    if definition is not None:
        lines += ["", textwrap.indent(inspect.getdoc(definition.rule) or "", "  "), "", "tensors"]
        for slot in definition.slots:
            more = " (a list)" if slot.many else ""
            lines.append(f"  {slot.name}{more}{' (may be left out)' if slot.optional else ''}")
    arguments = {
        n: (p.kind.describe(), p.required, p.default)
        for n, p in catalogue.families[family].classes.get(bare, {}).items()
    }
    slots = {s.name for s in definition.slots} if definition else set[str]()
    if definition is not None:
        arguments |= {
            a.name: (a.kind.describe(), a.required, a.default) for a in definition.arguments
        }
    lines += ["", "arguments"]
    for key, (kind, required, default) in sorted(arguments.items(), key=lambda x: not x[1][1]):
        if key not in slots:
            lines.append(f"  {key}: {kind}" + ("; required" if required else f"; {show(default)}"))
    return "\n".join(lines)


def _wrapped(names: list[str]) -> str:
    return textwrap.fill(" ".join(names), 100, initial_indent="  ", subsequent_indent="  ")
