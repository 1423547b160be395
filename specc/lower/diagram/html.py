"""A page that shows a picture: one file, no scripts, nothing fetched."""

from __future__ import annotations

from html import escape

from specc.lower.diagram.view import Drawing

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
body {{ margin: 0; background: #fff; color: #0f172a; font-family: Helvetica, Arial, sans-serif; }}
main {{ padding: 1.5rem; overflow-x: auto; }}
svg {{ display: block; margin: 0 auto; max-width: none; }}
</style>
</head>
<body>
<main>
{svg}
</main>
</body>
</html>
"""


def source(drawing: Drawing, svg: str) -> str:
    """The page of a drawing whose picture is there already."""
    return _PAGE.format(title=escape(drawing.title), svg=svg)
