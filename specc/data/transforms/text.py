"""Transforms of text and sequences: `tokenize`, `pad`, `windows`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

from specc.catalogue.kinds import Choice, Int, Kind
from specc.catalogue.mismatch import DTypeMismatch, MissingArgument, RankMismatch
from specc.data.dataset import FieldType
from specc.data.transforms.transform import Transform

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

_PUNCTUATION = re.compile(r"""[!"#$%&()*+,\-./:;<=>?@\[\\\]^_`{|}~']""")
_RESERVED = 2
"""0 is padding and 1 an unknown token, as in Keras's `TextVectorization`."""


@dataclass(frozen=True)
class Tokenize(Transform):
    """Text as numbers: 0 is padding, 1 an unknown token, the most frequent ones count from 2.

    Words are what Keras's `TextVectorization` makes of a text: lower case, no punctuation, split at
    white space. With `split: characters` a token is one character, as it is. The vocabulary is
    learned on the training part; equally frequent tokens are in alphabetical order.
    """

    name: ClassVar[str] = "tokenize"
    takes: ClassVar[Mapping[str, Kind]] = {
        "max_tokens": Int(3, 10_000_000),
        "split": Choice(("words", "characters")),
    }
    main: ClassVar[str | None] = "max_tokens"

    max_tokens: int
    split: str = "words"
    vocabulary: tuple[str, ...] | None = None

    def type(self, field: FieldType) -> FieldType:
        """() of text -> (unknown,) of whole numbers below `max_tokens`."""
        if field.dtype != "string":
            raise DTypeMismatch(f"tokenize wants text, and the field holds {field.dtype}")
        if field.shape:
            raise RankMismatch(f"tokenize wants one text an example, and the field is {field}")
        return FieldType((None,), "int32", classes=self.max_tokens)

    def fit(self, values: Array, field: FieldType) -> Self:
        """Learns the vocabulary of the texts."""
        counts = Counter(token for text in values for token in self._tokens(str(text)))
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        kept = ordered[: self.max_tokens - _RESERVED]
        return self.learned(vocabulary=tuple(token for token, _ in kept))

    def apply(self, values: Array) -> Array:
        """(examples,) of text -> (examples, longest) of int32, zeros behind the shorter ones."""
        assert self.vocabulary is not None, "it has not learned yet"
        index = {token: i + _RESERVED for i, token in enumerate(self.vocabulary)}
        rows = [[index.get(t, 1) for t in self._tokens(str(text))] for text in values]
        return _rectangle(rows, max(map(len, rows), default=0), "after")

    def _tokens(self, text: str) -> Iterable[str]:
        if self.split == "characters":
            return text
        return _PUNCTUATION.sub("", text.lower()).split()


@dataclass(frozen=True)
class Pad(Transform):
    """Every sequence of one length: zeros are added, or steps cut off, at its end.

    `side: before` adds and cuts at its beginning.
    """

    name: ClassVar[str] = "pad"
    takes: ClassVar[Mapping[str, Kind]] = {
        "length": Int(1, 2**31 - 1),
        "side": Choice(("after", "before")),
    }
    main: ClassVar[str | None] = "length"

    length: int
    side: str = "after"

    def type(self, field: FieldType) -> FieldType:
        """(time, …) -> (length, …)."""
        self.numbers(field)
        if not field.shape:
            raise RankMismatch("pad wants a sequence, and the field is one value an example")
        return replace(field, shape=(self.length, *field.shape[1:]), names=())

    def apply(self, values: Array) -> Array:
        """(examples, time, …) or a row of lists -> (examples, length, …)."""
        import numpy as np

        if values.dtype == object:
            return _rectangle(list(values), self.length, self.side)
        lacking = self.length - values.shape[1]
        if lacking <= 0:
            start = -lacking if self.side == "before" else 0
            return values[:, start : start + self.length]
        before = lacking if self.side == "before" else 0
        rest = [(0, 0)] * (values.ndim - 2)
        return np.pad(values, [(0, 0), (before, lacking - before), *rest])


@dataclass(frozen=True)
class Windows(Transform):
    """Pieces of `length` steps, one beginning every `step` steps, as examples of their own."""

    name: ClassVar[str] = "windows"
    takes: ClassVar[Mapping[str, Kind]] = {
        "length": Int(1, 2**31 - 1),
        "step": Int(1, 2**31 - 1),
    }

    length: int
    step: int = 1

    @classmethod
    def read(cls, written: Any) -> Self:
        """Wants a mapping, as its two numbers could be mistaken for one another."""
        if not isinstance(written, Mapping):
            raise MissingArgument(
                "windows needs `length`", help="write `{windows: {length: 60, step: 3}}`"
            )
        return super().read(written)  # pyright: ignore[reportUnknownArgumentType]

    def type(self, field: FieldType) -> FieldType:
        """(time, …) -> (length, …)."""
        if not field.shape:
            raise RankMismatch("windows wants a sequence, and the field is one value an example")
        return replace(field, shape=(self.length, *field.shape[1:]), names=())


def _rectangle(rows: list[Any], length: int, side: str) -> Array:
    """Lists of whole numbers as one array (rows, length), cut and filled with 0 at the side."""
    import numpy as np

    filled = np.zeros((len(rows), length), np.int32)
    for i, row in enumerate(rows):
        kept = row[-length:] if side == "before" else row[:length]
        if len(kept):
            at = slice(length - len(kept), None) if side == "before" else slice(len(kept))
            filled[i, at] = kept
    return filled
