"""Where something stands: a source text and a region of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True, eq=False)
class Source:
    """A text that was read: a file, `--set`, or a mapping that a program passed (no text)."""

    name: str
    text: str | None = None
    quotable: bool = True
    """Whether an error may show its lines; a file that is no spec is never quoted."""

    @cached_property
    def lines(self) -> list[str]:
        """The lines as YAML counts them, without their ends."""
        if self.text is None:
            return []
        return self.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


@dataclass(frozen=True, slots=True)
class Span:
    """A region of a source. Lines and columns count from 1; the end column is exclusive.

    What a program passed as a mapping has no lines: `line` is 0, and `path` says where it stands.
    """

    source: Source
    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0
    path: tuple[str | int, ...] = field(default=())

    @property
    def place(self) -> str:
        """`file:line:column`, or the path where there are no lines."""
        if self.line:
            return f"{self.source.name}:{self.line}:{self.column}"
        return f"{self.source.name}: {dotted(self.path)}" if self.path else self.source.name


def dotted(path: Sequence[str | int]) -> str:
    """A path as it is written in `--set` and in errors: `graph.digit.layers.0.Dense`."""
    return ".".join(str(p) for p in path)
