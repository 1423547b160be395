"""Source: named fields of known types, read whole or in pieces."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

from specc.data.failure import BadData

if TYPE_CHECKING:
    import numpy as np

    from specc.data.dataset import FieldType

    Arrays = dict[str, np.ndarray[Any, Any]]

IN_MEMORY = 2**30
"""A source that takes more bytes than this is streamed, even where the spec does not ask for it."""
PIECE = 2**24
"""How many bytes of examples are read at once, about, where they are read in pieces."""


@dataclass(frozen=True)
class Piece:
    """Some examples that follow each other: (examples, …) of each field."""

    arrays: Arrays
    files: Sequence[str] | None = None
    """The file of each example, as seen from the folder, where there are many files."""


class Source(ABC):
    """Where examples come from. To know its fields loads no data and no package that reads it."""

    name: str
    """What errors call it: `iris`, `sales.csv`."""
    fields: Mapping[str, FieldType]

    @abstractmethod
    def arrays(self, fields: Sequence[str]) -> Arrays:
        """The fields whole, each (examples, …); raises `BadData`."""

    @abstractmethod
    def state(self) -> Any:
        """What a run keeps, as JSON has it, so that the same source is found again."""

    @property
    def size(self) -> int:
        """How many bytes it takes in memory, about; 0 where that is little."""
        return 0

    @property
    def streams(self) -> bool:
        """Whether it is read in pieces and not whole."""
        return self.size > IN_MEMORY

    def place(self, index: int) -> str:
        """Where an example stands, counted from 0, for errors."""
        return f"example {index + 1} of {self.name}"

    def once(self, fields: Sequence[str]) -> Iterator[Piece]:
        """The fields piece by piece, in the order of the examples; raises `BadData`."""
        yield Piece(self.arrays(fields))

    def prepared(self, fields: Sequence[str]) -> Pieces:
        """The fields, ready to be read in pieces again and again."""
        raise BadData(
            f"{self.name} takes {self.size:,} bytes, more than is read at once, and cannot be "
            "read in pieces",
            help="write it as Parquet",
        )


class Pieces(ABC):
    """A source that is read in pieces."""

    count: int
    """How many examples there are."""
    digest: str
    """A hash of the data."""

    @abstractmethod
    def pieces(self, order: Any = None) -> Iterator[tuple[Any, Arrays]]:
        """Pieces of the fields, with the places of their examples, ascending: (examples,).

        `order` is a NumPy generator that puts the pieces in another order; none keeps the file's.
        Raises `BadData`.
        """


def together(fields: Mapping[str, FieldType], names: Sequence[str], most: int) -> int:
    """How many examples of the fields make a piece: at most so many, and at least one."""
    width = sum(_bytes(fields[n]) for n in names)
    return max(1, min(most, PIECE // max(width, 1)))


def _bytes(type_: FieldType) -> int:
    """How many bytes an example takes, about; of text and unknown lengths a guess."""
    digits = re.search(r"[0-9]+$", type_.dtype)
    each = 64 if type_.dtype == "string" else int(digits[0]) // 8 if digits else 1
    return each * prod(d if isinstance(d, int) else 64 for d in type_.shape)
