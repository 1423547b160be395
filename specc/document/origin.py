"""Where a program comes from: its document, and what was given beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from specc.document.node import Node
from specc.document.write import written


@dataclass(frozen=True)
class Origin:
    """The document of a program, bases merged and settings in place, and how it came to be so."""

    root: Node
    folder: Path
    """The folder that the paths in it begin at; absolute."""
    file: str | None = None
    """The name of the file that was given, if one was."""
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    sets: tuple[str, ...] = ()

    @property
    def given(self) -> str | None:
        """The text as it was given; none for a mapping."""
        return self.root.source.text

    def named(self, name: str) -> Node:
        """The document with its name in it, which its file may have given: a variant has it too."""
        root = self.root
        if "name" in root.entries:
            return root
        return root.like({**root.entries, "name": root.like(name)}, root.keys)

    def plain(self, name: str) -> dict[str, Any]:
        """The document by itself, as plain values: it needs no base, no settings and no file name.

        `name` is the program's, which the file's may have given.
        """
        read: dict[str, Any] = self.root.plain()
        rest = {k: v for k, v in read.items() if k not in ("specc", "name", "extends")}
        return {"specc": read.get("specc"), "name": name, **rest}

    def resolved(self, name: str) -> str:
        """The text of that document."""
        return written(self.plain(name))
