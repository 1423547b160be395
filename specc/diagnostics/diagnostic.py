"""A diagnostic: what is wrong, where, what else is involved, and what to write instead."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from specc.diagnostics.span import Span

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Related:
    """A further place, with what stands there: "this branch is (batch, 32)"."""

    message: str
    span: Span


@dataclass(frozen=True)
class Diagnostic:
    """The base of all diagnostics. A subclass is one code; its docstring is its explanation."""

    code: ClassVar[str] = ""
    severity: ClassVar[Severity] = "error"

    message: str
    span: Span | None = None
    label: str = ""
    """What stands at the primary span, printed beside the carets."""
    help: str | None = None
    related: tuple[Related, ...] = ()
    chain: tuple[Related, ...] = field(default=())
    """The places that it came through: the repeat or the block, innermost first."""

    @classmethod
    def explanation(cls) -> str:
        """What `specc explain` prints."""
        return inspect.getdoc(cls) or ""

    @classmethod
    def title(cls) -> str:
        """The explanation's first line."""
        return cls.explanation().split("\n", 1)[0].rstrip(".")


def subclasses(base: type[Diagnostic] = Diagnostic) -> Iterator[type[Diagnostic]]:
    """All diagnostics that have a code."""
    for cls in base.__subclasses__():
        if cls.code:
            yield cls
        yield from subclasses(cls)
