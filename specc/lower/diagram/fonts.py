"""Fonts for pictures that carry their own: a bare machine, as a container is, may have none.

Matplotlib, where it is installed, brings DejaVu; it is found and not imported. An SVG names its
fonts and leaves them to whoever shows it.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from xml.sax.saxutils import escape

from specc.lower.diagram.errors import EngineError

SUFFIXES = (".ttf", ".otf", ".ttc", ".pfb", ".pcf.gz")
PLACES = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")


@contextmanager
def environment(form: str) -> Generator[Mapping[str, str]]:
    """What the layout's environment needs for there to be a font; raises `EngineError`."""
    given = {"FONTCONFIG_FILE", "FONTCONFIG_PATH"} & os.environ.keys()
    if given or not sys.platform.startswith("linux") or installed():
        yield {}
        return
    folder = bundled()
    if folder is None:
        if form != "svg":
            raise EngineError(
                f"this machine has no fonts, so a .{form} would have no text; "
                "install one (`apt install fonts-dejavu-core`, or `pip install matplotlib`, which "
                "brings one), or write `.svg`"
            )
        yield {}
        return
    with tempfile.TemporaryDirectory(prefix="specc-fonts-") as scratch:
        file = Path(scratch, "fonts.conf")
        file.write_text(
            '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
            f"<dir>{escape(str(folder))}</dir><cachedir>{escape(scratch)}</cachedir></fontconfig>"
        )
        yield {"FONTCONFIG_FILE": str(file)}


def installed(places: tuple[str, ...] = PLACES) -> bool:
    """Whether any font is installed."""
    return any(
        name.endswith(SUFFIXES)
        for place in places
        for _, _, names in os.walk(Path(place).expanduser())
        for name in names
    )


def bundled() -> Path | None:
    """The folder of the fonts that Matplotlib brings, if it is there."""
    spec = importlib.util.find_spec("matplotlib")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"
    return folder if folder.is_dir() else None
