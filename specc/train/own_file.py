"""A file of a run's or study's folder, as it is read again.

A folder may come from somebody else. So no link is followed, which could lead anywhere, nothing is
waited for, and a text has the bound that a spec has.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from specc.catalogue.plain import is_dict
from specc.document.failure import Unreadable
from specc.document.files import read_text


class NotOwn(ValueError):
    """A file that is not read, or is not what specc writes; the text says why."""


def own_text(path: Path) -> str:
    """The text of a file; raises `NotOwn`."""
    try:
        return read_text(path, path.name, links=False)
    except Unreadable as error:
        raise NotOwn(str(error)) from None


def own_json(path: Path) -> dict[str, Any]:
    """The object that a JSON file holds; raises `NotOwn`."""
    text = own_text(path)
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise NotOwn(f"`{path.name}` is no JSON") from None
    if not is_dict(found):
        raise NotOwn(f"`{path.name}` is no object of JSON")
    return found


def own(path: Path) -> Path:
    """The path of a file that something else reads; raises `NotOwn` where it is a link."""
    if path.is_symlink():
        raise NotOwn(f"`{path.name}` is a link, which is not followed")
    return path
