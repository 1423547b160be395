"""Writes a drawing as a Mermaid flowchart, which Markdown viewers draw themselves."""

from __future__ import annotations

from collections.abc import Iterable

from specc.lower.diagram import palette
from specc.lower.diagram.view import Box, Drawing, Edge, Group

_SHAPES = {
    "input": ('(["', '"])'),
    "output": ('(["', '"])'),
    "variable": ('[("', '")]'),
    "summary": ('[["', '"]]'),
    "loss": ('>"', '"]'),
    "op": ('["', '"]'),
}
_ARROWS = {"flow": "-->", "skip": "==>", "loss": "-.->", "target": "-.->"}


def source(drawing: Drawing) -> str:
    """The flowchart; the same drawing gives the same text."""
    lines = ["flowchart TB"]
    lines += _members(drawing.members, 1)
    lines += [_edge(e) for e in drawing.edges]
    first = {g.id: b.id for g in drawing.groups() if (b := next(g.boxes(), None)) is not None}
    lines += [
        f'  {link.tail} -. "same weights" .- {first.get(link.head, link.head)}'
        for link in drawing.links
    ]
    lines += _classes(drawing)
    return "\n".join(lines) + "\n"


def text(written: str) -> str:
    """A text for a quoted label: everything that could be markup is an entity."""
    return "".join(
        c if c.isalnum() or c in " .,:×·…–?_-+" else f"#{ord(c)};" if c.isprintable() else " "
        for c in written
    )


def _members(members: Iterable[Box | Group], level: int) -> list[str]:
    indent = "  " * level
    lines: list[str] = []
    for member in members:
        if isinstance(member, Box):
            lines.append(f"{indent}{_box(member)}")
            continue
        times = f"×{member.times}" if member.times > 1 else ""
        notes = [*member.lines, *(["frozen"] if member.frozen else [])]
        title = " · ".join(p for p in (f"{member.title} {times}".strip(), *notes) if p)
        lines.append(f'{indent}subgraph {member.id}["{text(title) or " "}"]')
        lines += _members(member.members, level + 1)
        lines.append(f"{indent}end")
    return lines


def _box(box: Box) -> str:
    opening, closing = _SHAPES.get(box.kind, ('("', '")'))
    if box.kind == "point":
        return f'{box.id}((" "))'
    parts = [f"<b>{text(box.title)}</b>", *(text(line) for line in box.lines)]
    if box.kind in ("input", "output"):
        parts.insert(0, box.kind)
    if box.frozen:
        parts.append("frozen")
    if box.tag:
        parts.append(f"<i>{text(box.tag)}</i>")
    return f"{box.id}{opening}{'<br/>'.join(parts)}{closing}"


def _edge(edge: Edge) -> str:
    label = " ".join(p for p in (edge.slot, edge.label) if p)
    shown = f'|"{text(label)}"|' if label else ""
    return f"  {edge.tail} {_ARROWS[edge.kind]}{shown} {edge.head}"


def _classes(drawing: Drawing) -> list[str]:
    families: dict[str, list[str]] = {}
    accents: dict[int, list[str]] = {}
    for box in drawing.boxes():
        families.setdefault(box.family if box.family in palette.FAMILIES else "op", []).append(
            box.id
        )
        if box.accent is not None:
            accents.setdefault(box.accent, []).append(box.id)
    lines: list[str] = []
    for family, ids in families.items():
        c = palette.colours(family)
        lines.append(f"  classDef {family}_ fill:{c.fill},stroke:{c.line},color:{c.ink}")
        lines.append(f"  class {','.join(ids)} {family}_")
    for number, ids in accents.items():
        lines.append(f"  classDef one{number} stroke:{palette.accent(number)},stroke-width:3px")
        lines.append(f"  class {','.join(ids)} one{number}")
    return lines
