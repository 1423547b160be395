"""Makes Graphviz's SVG fit to be passed on: no outside references, titles that a reader knows."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

from specc.lower.diagram.view import Drawing

_PROLOGUE = re.compile(r"\A.*?(?=<svg)", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
_TITLE = re.compile(r"<title>([^<]*)</title>")


def cleaned(svg: str, drawing: Drawing) -> str:
    """The picture with a description, without a DOCTYPE, comments and the engine's own names.

    A spec's text is escaped in it, so that no comment and no tag can begin there.
    """
    names = {b.id: f"{b.kind} {b.name or b.title}" for b in drawing.boxes()}
    names |= {f"cluster_{g.id}": f"{g.kind} {g.title}".strip() for g in drawing.groups()}

    def title(found: re.Match[str]) -> str:
        known = names.get(found[1])
        return f"<title>{escape(known)}</title>" if known is not None else ""

    svg = _PROLOGUE.sub("", svg, count=1)
    svg = _TITLE.sub(title, _COMMENT.sub("", svg))
    described = quoteattr(f"Architecture of {drawing.title}")
    return svg.replace("<svg ", f'<svg role="img" aria-label={described} ', 1)
