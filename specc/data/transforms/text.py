"""Transforms of text and sequences: `tokenize`, `pad`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from specc.catalogue.kinds import Choice, Int, Kind
from specc.catalogue.mismatch import DTypeMismatch, RankMismatch
from specc.data.dataset import FieldType
from specc.data.ragged import rectangle
from specc.data.transforms.transform import Learner, Transform

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

    def learner(self, field: FieldType) -> Learner:
        """Learns the vocabulary of the texts."""
        return _Vocabulary(self)

    def stepwise(self, field: FieldType) -> bool:
        return True

    def apply(self, values: Array) -> Array:
        """(examples,) of text -> (examples,) of int32 arrays, each as long as its text."""
        import numpy as np

        assert self.vocabulary is not None, "it has not learned yet"
        index = {token: i + _RESERVED for i, token in enumerate(self.vocabulary)}
        made = np.empty(len(values), object)
        for i, text in enumerate(values):
            made[i] = np.array([index.get(t, 1) for t in self.tokens(str(text))], np.int32)
        return made

    def decode(self, ids: Iterable[int]) -> str:
        """The text of tokens by their numbers; padding is left out, an unknown one is shown."""
        assert self.vocabulary is not None, "it has not learned yet"
        characters = self.split == "characters"
        known = ("", "\N{REPLACEMENT CHARACTER}" if characters else "[UNK]", *self.vocabulary)
        shown = (known[i] if 0 < i < len(known) else "" if i == 0 else known[1] for i in ids)
        return ("" if characters else " ").join(s for s in shown if s)

    def tokens(self, text: str) -> Iterable[str]:
        """The tokens of a text, in order."""
        if self.split == "characters":
            return text
        return _PUNCTUATION.sub("", text.lower()).split()


class _Vocabulary(Learner):
    """Counts the tokens of texts."""

    def __init__(self, tokenize: Tokenize) -> None:
        self.tokenize = tokenize
        self.counts: Counter[str] = Counter()

    def see(self, values: Array) -> None:
        """Counts those of a piece."""
        for text in values:
            self.counts.update(self.tokenize.tokens(str(text)))

    def learned(self) -> Mapping[str, Any]:
        """The most frequent ones, as many as the vocabulary holds."""
        ordered = sorted(self.counts.items(), key=lambda item: (-item[1], item[0]))
        kept = ordered[: self.tokenize.max_tokens - _RESERVED]
        return {"vocabulary": tuple(token for token, _ in kept)}


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
    takes_ragged: ClassVar[bool] = True

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
            return rectangle(list(values), self.length, self.side)
        lacking = self.length - values.shape[1]
        if lacking <= 0:
            start = -lacking if self.side == "before" else 0
            return values[:, start : start + self.length]
        before = lacking if self.side == "before" else 0
        rest = [(0, 0)] * (values.ndim - 2)
        return np.pad(values, [(0, 0), (before, lacking - before), *rest])
