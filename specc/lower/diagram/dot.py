"""Writes a drawing as DOT source.

Names of nodes and clusters are numbered and never taken from a spec. Text of a spec stands only in
HTML-like labels, where `text` escapes everything that Graphviz or a browser could take as markup.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import graphviz

from specc.lower.diagram import palette
from specc.lower.diagram.view import Box, Drawing, Edge, Group, Link

FONT = "Helvetica,Arial,sans-serif"
NESTED = ("#F8FAFC", "#F1F5F9", "#E9EEF4")
"""What groups are filled with, by how deep they are."""

MARGIN, WIDEST = 10, 32
"""Points around what a group holds: as a rule, and at most."""
WIDE, NARROW = 0.55, 0.43
"""Of a character by its point size, as much and as little as its mean is in Helvetica."""

_ESCAPES = {
    "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;",
    "[": "&#91;", "]": "&#93;", "\\": "\\\\",
}  # fmt: skip


def source(drawing: Drawing) -> str:
    """The DOT source; the same drawing gives the same text."""
    graph: Any = graphviz.Digraph(
        "architecture",
        graph_attr={
            "label": _heading(drawing),
            "labelloc": "t",
            "fontname": FONT,
            "fontcolor": palette.INK,
            "bgcolor": "white",
            "rankdir": "TB",
            "compound": "true",
            "nodesep": "0.3",
            "ranksep": "0.35",
            "pad": "0.25",
        },
        node_attr={
            "shape": "box",
            "style": "rounded,filled",
            "fontname": FONT,
            "fontsize": "12",
            "margin": "0.14,0.07",
            "height": "0.3",
            "penwidth": "1.1",
        },
        edge_attr={
            "fontname": FONT,
            "fontsize": "9",
            "fontcolor": palette.QUIET,
            "color": palette.LINE,
            "arrowsize": "0.65",
            "penwidth": "1.1",
        },
    )
    anchors: dict[str, str] = {}
    _members(graph, drawing.members, 0, anchors)
    for edge in drawing.edges:
        _edge(graph, edge)
    near: set[str] = set()
    for link in drawing.links:
        _link(graph, link, anchors, near=link.head in anchors and link.head not in near)
        near.add(link.head)
    return graph.source


def text(written: str) -> str:
    """A text for an HTML-like label: no markup, no escapes, no control characters."""
    return "".join(_ESCAPES.get(c, c if c.isprintable() else " ") for c in written)


# --- labels ---------------------------------------------------------------------------------------


def _sized(written: str, size: float, colour: str | None = None) -> str:
    colour = f' color="{colour}"' if colour else ""
    return f'<font point-size="{size:g}"{colour}>{text(written)}</font>'


def _bold(written: str, size: float | None = None, colour: str | None = None) -> str:
    bold = f"<b>{text(written)}</b>"
    attributes = f' point-size="{size:g}"' if size else ""
    attributes += f' color="{colour}"' if colour else ""
    return f"<font{attributes}>{bold}</font>" if attributes else bold


def _label(lines: Iterable[str], align: str = "") -> str:
    end = f'<br align="{align}"/>' if align else "<br/>"
    listed = list(lines)
    return "<" + end.join(listed) + (end if align and len(listed) > 1 else "") + ">"


def _heading(drawing: Drawing) -> str:
    lines = [_bold(drawing.title, 15)]
    lines += [_sized(line, 10, palette.QUIET) for line in drawing.lines]
    return _label([lines[0], _sized(" ", 4), *lines[1:], " "])


# --- boxes and groups -----------------------------------------------------------------------------


def _members(
    graph: Any,
    members: Iterable[Box | Group],
    level: int,
    anchors: dict[str, str],
) -> None:
    for member in members:
        if isinstance(member, Box):
            _box(graph, member)
        else:
            anchors[member.id] = next(iter(member.boxes())).id if any(member.boxes()) else ""
            with graph.subgraph(name=f"cluster_{member.id}") as inner:
                _group(inner, member, level)
                _members(inner, member.members, level + 1, anchors)


def _box(graph: Any, box: Box) -> None:
    colours = palette.colours(box.family)
    quiet = "#CBD5E1" if colours.ink == palette.PAPER else palette.QUIET
    label: list[str] = []
    if box.kind in ("input", "output", "variable"):
        label.append(_sized("weights" if box.kind == "variable" else box.kind, 8.5, quiet))
    label.append(_bold(box.title))
    label += [_sized(line, 10) for line in box.lines]
    if box.name and box.name != box.title:
        label.append(_sized(box.name, 8.5, quiet))
    if box.frozen:
        label.append(_sized("frozen", 9, quiet))
    attributes = {
        "fillcolor": colours.fill,
        "color": colours.line,
        "fontcolor": colours.ink,
        "style": "rounded,filled",
    }
    if box.kind == "point":
        point = {"shape": "circle", "width": "0.1", "height": "0.1", "fixedsize": "true"}
        attributes |= point | {"style": "filled"}
        label = [""]
    elif box.kind == "port":
        attributes |= {"fontsize": "10", "height": "0.2", "margin": "0.1,0.04"}
        label = [_sized(box.title, 10)]
    elif box.kind == "variable":
        attributes |= {"shape": "cylinder", "style": "filled"}
    elif box.kind == "op":
        attributes |= {"style": "filled"}
    elif box.kind == "loss":
        attributes |= {"shape": "note", "style": "filled"}
        label = [_sized(box.title, 10), *(_sized(line, 9, palette.QUIET) for line in box.lines)]
    elif box.kind == "summary":
        attributes |= {"shape": "box3d", "style": "filled"}
    if box.frozen:
        attributes |= {"style": attributes["style"] + ",dashed"}
    if box.accent is not None:
        accent = palette.accent(box.accent)
        attributes |= {"color": accent, "penwidth": "2.2"}
        if box.tag:
            label.append(_bold(box.tag, 9, accent))
    graph.node(box.id, label=_label(label), **attributes)


def _group(graph: Any, group: Group, level: int) -> None:
    heading: list[str] = []
    if group.title:
        heading.append(_bold(group.title, 11))
    if group.times > 1:
        heading.append(_bold(f"×{group.times}", 15, palette.INK))
    lines = ["  ".join(heading)] if heading else []
    notes = [*group.lines, *(["frozen"] if group.frozen else [])]
    lines += [_sized(" · ".join(notes), 9, palette.QUIET)] if notes else []
    attributes = {
        "label": _label(lines, "left") if lines else "",
        "labeljust": "l",
        "fontname": FONT,
        "fontcolor": palette.INK,
        "style": "rounded,filled",
        "fillcolor": NESTED[min(level, len(NESTED) - 1)],
        "color": "#94A3B8",
        "penwidth": "1",
        "margin": str(_margin(group, " · ".join(notes))),
    }
    if group.kind == "turn":
        attributes |= {"style": "rounded,filled,dotted"}
    if group.times > 1:
        attributes |= {"color": palette.INK, "penwidth": "1.8"}
    if group.kind == "model":
        attributes |= {"color": palette.LINE, "penwidth": "1.6"}
    if group.frozen:
        attributes |= {"style": "rounded,filled,dashed"}
    if group.accent is not None:
        attributes |= {"color": palette.accent(group.accent), "penwidth": "2.2"}
    graph.attr(**attributes)


def _margin(group: Group, notes: str) -> int:
    """So wide that what enters a narrow group in its middle does not cross its title.

    Graphviz draws edges over titles, and gives a group no other room at its left than at its right.
    """
    if group.kind == "definition":  # which no edge enters
        return MARGIN
    first = 11 * len(group.title) + (11 * 4 if group.times > 1 else 0)
    title = WIDE * max(first, 9 * len(notes))
    boxes = [b for b in group.boxes() if b.kind != "point"]
    widths = (max([14 * len(b.title), *(10 * len(line) for line in b.lines)]) for b in boxes)
    half = 10 + NARROW * max(widths, default=0) / 2  # with the box's own margin
    before, behind = 8, 5  # the title
    return min(max(MARGIN, round(before + title + behind - half)), WIDEST)


# --- edges ----------------------------------------------------------------------------------------


def _edge(graph: Any, edge: Edge) -> None:
    # A label begins where its edge is: without blanks the wider of its lines would touch it.
    blank = "  " if edge.slot else " "
    lines = [_sized(blank + edge.slot, 8.5)] if edge.slot else []
    # A wide label bends its edge; what several turns have stands one below another.
    lines += [text(blank + part) for part in edge.label.split(", ") if part]
    attributes = {"label": _label(lines), "weight": "8"}
    if edge.kind == "skip":
        attributes |= {"color": palette.SKIP, "fontcolor": palette.SKIP, "penwidth": "1.8"}
        attributes |= {"weight": "1"}
    elif edge.kind in ("loss", "target"):
        attributes |= {"style": "dashed", "weight": "1", "arrowhead": "empty"}
    graph.edge(edge.tail, edge.head, **attributes)


def _link(graph: Any, link: Link, anchors: dict[str, str], *, near: bool) -> None:
    """A link does not bear on the layout, but for one that brings a model near its first use."""
    accent = palette.accent(link.accent)
    attributes = {
        "label": _label([_sized("same weights", 8.5, accent)]),
        "style": "dashed",
        "color": accent,
        "penwidth": "1.6",
        "dir": "none",
        "constraint": "true" if near else "false",
        "weight": "0",
    }
    head = link.head
    if head in anchors:
        attributes |= {"lhead": f"cluster_{head}", "label": ""}
        head = anchors[head]
    if head:
        graph.edge(link.tail, head, **attributes)
