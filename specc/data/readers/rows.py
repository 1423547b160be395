"""RowsSource: a table in a file, whose rows are the examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from specc.data.dataset import FieldType
from specc.data.source import Source


@dataclass(frozen=True)
class RowsSource(Source):
    """A table's columns and where it lies; how it is read is for each format to say."""

    name: str
    fields: Mapping[str, FieldType]
    path: Path
    stream: bool
    """Whether the spec asks for pieces."""
    kept: Any

    @property
    def streams(self) -> bool:
        return self.stream or super().streams

    def state(self) -> Any:
        return self.kept

    def place(self, index: int) -> str:
        return f"row {index + 1} of {self.name}"
