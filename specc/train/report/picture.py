"""Pictures in a page: SVG that can do nothing but be seen, and PNG as part of the text."""

from __future__ import annotations

import base64
import io
import re
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from specc.data.extra import needed
from specc.train.curves import INK

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_TAGS = {
    "svg", "g", "path", "text", "tspan", "title", "defs", "use", "clipPath", "rect", "circle",
    "ellipse", "line", "polygon", "polyline", "linearGradient", "radialGradient", "stop",
}  # fmt: skip
_OUTWARD = re.compile(r"url\((?!\s*['\"]?#)|@import|expression|javascript:", re.IGNORECASE)
_LOCAL = re.compile(r"url\(\s*['\"]?#([^)'\"]*)['\"]?\s*\)")
_LARGEST = 8 * 2**20
"""Bytes of a file that is taken into the page."""


def inline(text: str, prefix: str) -> str:
    """An SVG to stand in a page: known elements, no script, nothing from outside; else a note.

    `prefix` keeps its ids apart from those of the page's other pictures. What is drawn in the ink
    of specc's own figures takes the page's colour.
    """
    try:
        root = ElementTree.fromstring(text) if len(text) < _LARGEST else None  # noqa: S314  # expat refuses entity bombs
    except ElementTree.ParseError:
        root = None
    if root is None or root.tag != f"{_SVG}svg":
        return '<p class="note">The picture cannot be shown.</p>'
    return _element(root, prefix).replace(INK, "currentColor")


def _element(element: ElementTree.Element, prefix: str) -> str:
    tag = element.tag.removeprefix(_SVG) if isinstance(element.tag, str) else ""  # pyright: ignore[reportUnnecessaryIsInstance]  # a comment's is a function
    if tag not in _TAGS:
        return ""
    attributes = "".join(_attribute(k, v, prefix) for k, v in element.attrib.items())
    inside = "".join(
        _element(below, prefix) + escape((below.tail or "").strip("\n")) for below in element
    )
    return f"<{tag}{attributes}>{escape((element.text or '').strip(chr(10)))}{inside}</{tag}>\n"


def _attribute(name: str, value: str, prefix: str) -> str:
    lower = name.lower()
    if name == _HREF or lower == "href":
        if not value.startswith("#"):
            return ""
        return f' href="#{prefix}{escape(value[1:])}"'
    if name.startswith("{") or lower.startswith("on") or _OUTWARD.search(value):
        return ""
    if lower == "id":
        value = f"{prefix}{value}"
    value = _LOCAL.sub(lambda m: f"url(#{prefix}{m[1]})", value)
    return f' {escape(name)}="{escape(value)}"'


def png_file(path: Path) -> str | None:
    """A PNG file as an address that holds it; `None` for what is none, or is very large."""
    try:
        if path.is_symlink() or path.stat().st_size > _LARGEST:
            return None
        data = path.read_bytes()
    except OSError:
        return None
    return _address(data) if data.startswith(b"\x89PNG\r\n\x1a\n") else None


def png(picture: Array) -> str:
    """Numbers, (height, width) or (height, width, 3), as a picture from black to white."""
    import numpy as np

    needed("matplotlib")
    import matplotlib.image

    save: Any = matplotlib.image.imsave  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]

    values = np.nan_to_num(picture.astype(np.float32))
    low, high = float(values.min()), float(values.max())
    scaled = (values - low) / (high - low) if high > low else np.zeros_like(values)
    data = io.BytesIO()
    save(data, scaled, format="png", cmap="gray", vmin=0, vmax=1)
    return _address(data.getvalue())


def _address(data: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(data).decode()}"
