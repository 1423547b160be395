"""Draws the outputs of a run that rest on no data: noise in, pictures or numbers out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from specc.catalogue.kinds import nearest
from specc.document.spec import Normal, Sample
from specc.lower.instances import keras
from specc.train.generate.cannot import CannotGenerate
from specc.train.generate.origins import Code, Origin
from specc.train.generate.walk import chosen, compiled, walked
from specc.train.noise import drawn
from specc.train.plan import Plan

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

_STANDARD = Sample(normal=Normal(mean=0.0, stddev=1.0))
_BATCH = 256
_UNITS = 3.0
"""How far along a code, in deviations, its influence on the output is measured."""


@dataclass(frozen=True)
class Source:
    """One thing that is drawn: a sampled input, or a code inside the model."""

    name: str
    sample: Sample
    shape: tuple[int, ...]
    dtype: str
    code: Code | None = None


class Sampler:
    """The part of a model between what is drawn and the outputs that rest on it alone."""

    def __init__(self, model: Any, plan: Plan, origins: Mapping[str, Origin]) -> None:
        self.outputs = tuple(origins)
        self.sources = tuple(_sources(plan, origins.values()))
        self._still = {n: o for n, o in origins.items() if not o.inputs and not o.codes}
        self.learned = not self.sources
        """Whether nothing is drawn: every output is made of variables."""
        self._model = model
        self._call = compiled(self._made)

    def draw(
        self, count: int, seed: int, fixed: Mapping[str, float] | None = None
    ) -> dict[str, Array]:
        """`count` examples of each output, (count, …) by name, the same for the same seed.

        An output that is made of variables alone is one example, (1, …), whatever the count.
        `fixed` gives a sampled input one value in place of chance. Raises `CannotGenerate`.
        """
        import numpy as np

        given: dict[str, Array] = {}
        for i, source in enumerate(self.sources):
            generator = np.random.default_rng([seed, 3, i])
            shape = (count, *source.shape)
            given[source.name] = drawn(source.sample, shape, source.dtype, generator)
        for name, value in (fixed or {}).items():
            self._check_fixed(name, value)
            given[name] = np.full_like(given[name], value)
        return self._run(given, count)

    def plane(self, side: int, seed: int) -> dict[str, Array]:
        """The outputs over a plane of what is drawn, (side * side, …): row by row from the top.

        The plane goes through the two numbers on which the outputs depend most, each at the
        quantiles of the normal from 5 to 95 %; all else stays at one draw, or, where there are no
        more than two numbers or the source is a code, at its mean. Raises `CannotGenerate`.
        """
        import numpy as np

        source = next((s for s in self.sources if s.sample.normal is not None), None)
        if source is None or int(np.prod(source.shape)) < 2:
            raise CannotGenerate(
                "a plane needs at least two numbers that are drawn from a normal distribution, "
                "and this run has none; `--count` draws examples"
            )
        normal = source.sample.normal
        assert normal is not None
        one = {
            s.name: drawn(s.sample, (1, *s.shape), s.dtype, np.random.default_rng([seed, 3, i]))
            for i, s in enumerate(self.sources)
        }
        one[source.name] = np.full((1, *source.shape), normal.mean, source.dtype)
        across, down = self._strongest(source, one)
        bell = NormalDist(normal.mean, normal.stddev)
        steps = [bell.inv_cdf(0.05 + 0.9 * i / max(side - 1, 1)) for i in range(side)]
        values = np.repeat(one[source.name].reshape(1, -1), side * side, axis=0)
        values[:, across] = np.tile(steps, side)
        values[:, down] = np.repeat(steps[::-1], side)
        given = {n: np.repeat(v, side * side, axis=0) for n, v in one.items()}
        given[source.name] = values.reshape(-1, *source.shape).astype(source.dtype)
        return self._run(given, side * side)

    def _strongest(self, source: Source, one: Mapping[str, Array]) -> tuple[int, int]:
        """The two numbers of a source that change the outputs most, when each is moved alone."""
        import numpy as np

        size = int(np.prod(source.shape))
        if size == 2:
            return 0, 1
        base = np.repeat(one[source.name].reshape(1, -1), 2 * size, axis=0)
        base[np.arange(size), np.arange(size)] += _UNITS
        base[size + np.arange(size), np.arange(size)] -= _UNITS
        given = {n: np.repeat(v, 2 * size, axis=0) for n, v in one.items()}
        given[source.name] = base.reshape(-1, *source.shape).astype(source.dtype)
        ran = self._run(given, 2 * size)
        made = [v.reshape(2 * size, -1) for n, v in ran.items() if n not in self._still]
        moved = sum(np.square(v[:size] - v[size:]).mean(axis=1) for v in made)
        first, second = np.argsort(-np.asarray(moved), kind="stable")[:2]
        return int(min(first, second)), int(max(first, second))

    def _check_fixed(self, name: str, value: float) -> None:
        known = {s.name: s.sample for s in self.sources}
        if name not in known:
            close = nearest(name, [*known])
            hint = (
                f"did you mean `{close}`?" if close else f"there are {', '.join(known) or 'none'}"
            )
            raise CannotGenerate(f"nothing that is drawn is named `{name}`; {hint}")
        whole = known[name].integers
        if whole is not None and value not in range(whole.low, whole.high):
            raise CannotGenerate(
                f"`{name}` is a whole number from {whole.low} to {whole.high - 1}, not {value:g}"
            )

    def _run(self, given: Mapping[str, Array], count: int) -> dict[str, Array]:
        """The outputs, (count, …)."""
        import numpy as np

        parts: list[dict[str, Array]] = []
        for start in range(0, count, _BATCH):
            some = {n: v[start : start + _BATCH] for n, v in given.items()}
            size = min(_BATCH, count - start)
            inputs = [some.get(t.name, _blank(t, size)) for t in self._model.inputs]
            codes = {s.name: some[s.name] for s in self.sources if s.code is not None}
            made = self._call(inputs, codes)
            parts.append(
                {n: keras().ops.convert_to_numpy(v).astype(np.float32) for n, v in made.items()}
            )
        found: dict[str, Array] = {}
        for name in self.outputs:
            first, still = parts[0][name], self._still.get(name)
            if still is None:
                found[name] = np.concatenate([p[name] for p in parts])
            else:
                found[name] = first[:1] if still.batched else first[None]
        return found

    def _made(self, inputs: Sequence[Any], codes: Mapping[str, Any]) -> dict[str, Any]:
        """The outputs by name, where codes stand in the place of what would give them."""
        drawn_by = {s.code.operation: s for s in self.sources if s.code is not None}

        def standing(operation: Any) -> Any:
            source = drawn_by.get(operation.name)
            if source is None or source.code is None:
                return operation
            return partial(_replaced, operation, source.code.index, codes[source.name])

        made = walked(self._model, inputs, standing)
        return {n: chosen(made, n) for n in self.outputs}


def _replaced(operation: Any, index: int, code: Any, *args: Any, **kwargs: Any) -> Any:
    """What an operation gives, with a code in the place of one of its tensors."""
    k = keras()
    made = operation(*args, **kwargs)
    flat = list(k.tree.flatten(made))
    flat[index] = code
    return k.tree.pack_sequence_as(made, flat)


def _blank(tensor: Any, count: int) -> Array:
    """What an input that no output rests on is given: zeros, or empty texts, (count, …)."""
    import numpy as np

    shape = (count, *(d or 1 for d in tensor.shape[1:]))
    return np.full(shape, "") if tensor.dtype == "string" else np.zeros(shape, tensor.dtype)


def _sources(plan: Plan, origins: Iterable[Origin]) -> list[Source]:
    origins = list(origins)
    inputs = dict.fromkeys(n for o in origins for n in o.inputs)
    codes = dict.fromkeys(c for o in origins for c in o.codes)
    found: list[Source] = []
    for name in inputs:
        taken = plan.inputs[name]
        assert taken.sample is not None  # an origin rests on no data
        found.append(Source(name, taken.sample, tuple(d or 1 for d in taken.shape), taken.dtype))
    for code in codes:
        if any(d is None for d in code.shape):
            raise CannotGenerate(f"the code `{code.operation}` has no fixed length")
        shape = tuple(d for d in code.shape if d is not None)
        name = code.operation.removesuffix(".sample")
        found.append(Source(name, _STANDARD, shape, "float32", code))
    return found
