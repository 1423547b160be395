"""Draws a program to a file: `.svg`, `.png`, `.pdf`, `.dot`, `.mmd` or `.html`."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from specc.infer.program import Program
from specc.lower.diagram import engine
from specc.lower.diagram import html as page
from specc.lower.diagram import mermaid as chart
from specc.lower.diagram.build import Detail, drawing
from specc.lower.diagram.dot import source
from specc.lower.diagram.errors import TooLargeError, UnknownFormatError
from specc.lower.diagram.svg import cleaned
from specc.lower.diagram.view import Drawing
from specc.lower.writing import write_bytes

FORMATS = (".svg", ".png", ".pdf", ".dot", ".mmd", ".html")

BOXES = 3_000
"""The most boxes that are laid out; the time grows faster than their number."""


def draw(
    program: Program,
    path: str | PathLike[str],
    *,
    expand: bool = False,
    costs: bool = False,
    depth: int | None = None,
) -> Path:
    """Draws a program to a file, whose suffix says the format; gives the file's path.

    Turns of a repeat that are alike are drawn once, as ×N, unless `expand` says otherwise. `costs`
    adds floating-point operations; `depth` is how many groups inside one another are shown. The
    file is written whole or not at all. Raises `DiagramError`.
    """
    path = Path(path)
    form = path.suffix.lower()
    if form not in FORMATS:
        shown = f"`{path.suffix}`" if path.suffix else "a file without a suffix"
        raise UnknownFormatError(f"specc cannot draw {shown}; it draws {', '.join(FORMATS)}")
    view = drawing(program, Detail(expand, costs, depth))
    if form == ".dot":
        data = source(view).encode()
    elif form == ".mmd":
        data = chart.source(view).encode()
    elif form == ".svg":
        data = b'<?xml version="1.0" encoding="UTF-8"?>\n' + _svg(view).encode()
    elif form == ".html":
        data = page.source(view, _svg(view)).encode()
    else:
        data = _rendered(view, form[1:])
    write_bytes(path, data)
    return path


def svg(
    program: Program, *, expand: bool = False, costs: bool = False, depth: int | None = None
) -> str:
    """A program's picture as SVG, to stand in a page; raises `DiagramError`."""
    return _svg(drawing(program, Detail(expand, costs, depth)))


def dot(
    program: Program, *, expand: bool = False, costs: bool = False, depth: int | None = None
) -> str:
    """A program's picture as DOT source, which needs no engine and has no bound."""
    return source(drawing(program, Detail(expand, costs, depth)))


def mermaid(
    program: Program, *, expand: bool = False, costs: bool = False, depth: int | None = None
) -> str:
    """A program's picture as a Mermaid flowchart, for Markdown."""
    return chart.source(drawing(program, Detail(expand, costs, depth)))


def _svg(view: Drawing) -> str:
    return cleaned(_rendered(view, "svg").decode(), view)


def _rendered(view: Drawing, form: str) -> bytes:
    boxes = sum(1 for _ in view.boxes())
    if boxes > BOXES:
        raise TooLargeError(
            f"the picture has {boxes:,} boxes, and {BOXES:,} can be laid out; draw less "
            "(without `expand`, or with `depth=1`), or write a `.dot` file, which needs no layout"
        )
    return engine.rendered(source(view), form)
