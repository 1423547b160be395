"""Text: a model that foretells the next token writes on from a prompt.

Each token is drawn from the model's distribution, sharpened or flattened by a temperature: the
scores divided by it, then a softmax. At 0 the likeliest token is taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from specc.catalogue.catalogue import Catalogue
from specc.data.feed import Feed, Feeds
from specc.data.transforms.text import Tokenize
from specc.data.transforms.transform import Transform
from specc.data.transforms.windows import Windows
from specc.lower.instances import keras
from specc.train.generate.cannot import CannotGenerate
from specc.train.generate.stepping import Step, stepping
from specc.train.generate.walk import chosen, compiled
from specc.train.member import member
from specc.train.plan import Plan

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

RESERVED = 2
"""Padding and the unknown token come first in a vocabulary, and are never written."""


@dataclass(frozen=True)
class Language:
    """How a model reads and writes: its tokens, its window, and what follows behind it."""

    tokenize: Tokenize
    window: int
    """How many tokens it reads at once: what its input holds, or else what it learned from."""
    after: tuple[Transform, ...]
    """The transforms behind the window, such as `one_hot`."""
    output: str
    each: bool
    """Whether the output foretells a token at each step, not only behind the last."""
    logits: bool

    def read(self, text: str) -> tuple[list[int], list[str]]:
        """The ids of a text's tokens, and the tokens that are not known."""
        index = {t: i + RESERVED for i, t in enumerate(self.tokenize.vocabulary or ())}
        tokens = list(self.tokenize.tokens(text))
        return [index.get(t, 1) for t in tokens], [t for t in tokens if t not in index]

    def write(self, token: int) -> str:
        """A token as it stands in a text."""
        return self.tokenize.decode([token]) + self.between

    @property
    def between(self) -> str:
        """What stands between two tokens of a text."""
        return "" if self.tokenize.split == "characters" else " "

    def fed(self, ids: Array) -> Array:
        """(examples, time) of ids -> what the model takes."""
        for transform in self.after:
            ids = transform.apply(ids)
        return ids


def language(plan: Plan, feeds: Feeds, catalogue: Catalogue) -> Language | None:
    """How the model of a run writes text; `None` if it does not.

    It does if its one input is a window of tokens, and a learned output foretells tokens of the
    same field.
    """
    read = [n for n, taken in plan.inputs.items() if taken.sample is None]
    if len(read) != 1 or len(plan.inputs) != 1 or read[0] not in feeds.inputs:
        return None
    given = _tokens(feeds.inputs[read[0]])
    if given is None:
        return None
    tokenize, learned, after = given
    for name, output in plan.learned.items():
        target = feeds.targets.get(name)
        same = target is not None and target.field == feeds.inputs[read[0]].field
        if not same or target is None or (told := _tokens(target)) is None:
            continue
        if told[0].vocabulary != tokenize.vocabulary:
            continue
        loss = member(catalogue, "loss", output.loss)
        length = plan.inputs[read[0]].shape[0] if plan.inputs[read[0]].shape else None
        return Language(
            tokenize=tokenize,
            window=length or learned,
            after=after,
            output=name,
            each=any(isinstance(t, Windows) and t.length > 1 for t in target.transforms),
            logits=bool(loss.arguments.get("from_logits")),
        )
    return None


def _tokens(feed: Feed) -> tuple[Tokenize, int, tuple[Transform, ...]] | None:
    """A feed's tokenizer, its windows' length, and the transforms behind; `None` without both."""
    tokenize: Tokenize | None = None
    for i, transform in enumerate(feed.transforms):
        if isinstance(transform, Tokenize):
            tokenize = transform
        elif isinstance(transform, Windows) and tokenize is not None:
            return tokenize, transform.length, tuple(feed.transforms[i + 1 :])
    return None


class Writer:
    """Writes on from a prompt, token by token.

    Where every layer of the model either acts on one step of time or is recurrent, the state is
    kept from one token to the next, and a token costs one step. Otherwise the last window is read
    anew for each.
    """

    def __init__(self, model: Any, spoken: Language) -> None:
        self.language = spoken
        step = stepping(model, spoken.output)
        self.keeps_state = step is not None
        self._reader = _Window(model, spoken) if step is None else _Kept(step, spoken)

    def write(self, prompt: str, length: int, temperature: float, seed: int) -> Iterator[str]:
        """`length` tokens after the prompt, one by one, the same for the same seed.

        Raises `CannotGenerate` for an empty prompt and a temperature below 0.
        """
        import numpy as np

        if temperature < 0:
            raise CannotGenerate(f"a temperature is 0 or above, not {temperature:g}")
        ids, _ = self.language.read(prompt)
        if not ids:
            raise CannotGenerate("the prompt is empty: the model wants a beginning to go on from")
        generator = np.random.default_rng([seed, 4])
        scores = self._reader.begin(ids)
        for i in range(length):
            token = _drawn(self._logarithms(scores), temperature, generator)
            yield self.language.write(token)
            if i + 1 < length:
                scores = self._reader.go_on(token)

    def _logarithms(self, scores: Array) -> Array:
        """(vocabulary,) of the output -> logarithms of probabilities, but for a constant."""
        import numpy as np

        values = np.asarray(scores, np.float64).reshape(-1)
        return values if self.language.logits else np.log(np.maximum(values, 1e-30))


def _drawn(logarithms: Array, temperature: float, generator: Any) -> int:
    """A token: drawn, or the likeliest where the temperature is 0."""
    import numpy as np

    known = logarithms[RESERVED:]
    if temperature == 0:
        return int(np.argmax(known)) + RESERVED
    scaled = known / temperature
    weights = np.exp(scaled - scaled.max())
    return int(generator.choice(len(known), p=weights / weights.sum())) + RESERVED


class _Kept:
    """Reads one token after another and keeps the states."""

    def __init__(self, step: Step, spoken: Language) -> None:
        self._step = step
        self._language = spoken
        self._states: list[Any] = []

    def begin(self, ids: Sequence[int]) -> Array:
        """The scores of the token after `ids`, (vocabulary,)."""
        self._states = self._step.begin()
        return [self.go_on(i) for i in ids][-1]

    def go_on(self, token: int) -> Array:
        """The scores of the token after this one."""
        import numpy as np

        fed = self._language.fed(np.array([[token]], np.int32))
        made, self._states = self._step(fed, self._states)
        return made


class _Window:
    """Reads the last window of tokens as a whole."""

    def __init__(self, model: Any, spoken: Language) -> None:
        self._call = compiled(partial(model, training=False))
        self._language = spoken
        self._ids: list[int] = []

    def begin(self, ids: Sequence[int]) -> Array:
        """The scores of the token after `ids`, (vocabulary,)."""
        self._ids = list(ids)
        return self._read()

    def go_on(self, token: int) -> Array:
        """The scores of the token after this one."""
        self._ids.append(token)
        return self._read()

    def _read(self) -> Array:
        import numpy as np

        window = self._language.window
        last = self._ids[-window:]
        lacking = [0] * (window - len(last))
        # Where there is an output at each step, what stands behind the last token is not read.
        padded = [*last, *lacking] if self._language.each else [*lacking, *last]
        made = self._call(self._language.fed(np.array([padded], np.int32)))
        scores = keras().ops.convert_to_numpy(chosen(made, self._language.output))[0]
        return scores[len(last) - 1] if self._language.each else scores
