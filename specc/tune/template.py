"""Templates: the one model of a group, whose numbers and first weights are each trial's own.

It is built in a `StatelessScope`, so that no first weight is drawn and, on JAX, nothing compiled:
what would draw it is noted down, and draws it for each trial with that trial's seeds.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from specc.catalogue.catalogue import Catalogue
from specc.catalogue.plain import is_dict, is_mapping, is_sequence
from specc.infer.program import Program
from specc.lower.instances import keras
from specc.lower.keras import to_keras
from specc.train.logged import learned_outputs
from specc.train.trainee import assembled
from specc.tune.group import Path, grouped, planted
from specc.tune.number import Row

_DRAWS = 64
"""How many seeds one layer may ask for: Keras's own ask for a handful."""


class Unreached(RuntimeError):
    """A number of the trial that no step reads: this program cannot be shared."""


@dataclass(frozen=True)
class Seed:
    """Where a seed comes from: the how manieth that a layer asks for while it is made."""

    layer: str
    index: int


class Template:
    """A group's model, compiled and built.

    `fitted` is what trains, `model` what is saved; both hold no trial's weights until they are put
    there. `row` is the vector of a trial's numbers.
    """

    def __init__(self, program: Program, catalogue: Catalogue) -> None:
        k = keras()
        self.program = program
        self.paths = grouped(program).paths
        numbers = grouped(program).numbers
        likes = _distinct(numbers)
        seed = program.train.seed if program.train is not None else 0
        blank = planted(program, dict(zip(self.paths, likes, strict=True)))
        with k.StatelessScope():
            self.model = to_keras(blank)
            self.first = First(self.model, program, seed)
        learned = {n: blank.learned[n] for n in learned_outputs(blank)}
        assert blank.train is not None  # `planted` makes one
        written = blank.train.optimizer
        trainee = assembled(self.model, list(blank.outputs), learned, catalogue, written)
        self.fitted = trainee.fitted
        self.learned = trainee.learned
        self.optimizer = OptimizerStart(self.fitted, self.paths)
        self.row = Row(len(likes))
        self._likes = likes

    def build(self, batch: tuple[Any, ...]) -> None:
        """Makes what Keras makes of the first batch, then puts the trial's numbers in their places.

        `batch` is (x, y, sample_weight); of it, only shapes and dtypes matter.
        """
        self.fitted._symbolic_build(data_batch=batch)
        self.metrics = [_array(v) for v in self.fitted.metrics_variables]
        numbers = {v: self.row.number(i, v) for i, v in enumerate(self._likes)}
        for each in objects(self.fitted):
            if not isinstance(each, keras().Initializer):
                _plant(each, numbers)

    def check(self) -> None:
        """Raises `Unreached` if a traced step did not read all of a trial's numbers."""
        given = [i for i, p in enumerate(self.paths) if p != self.optimizer.path]
        left = [i for i in self.row.unreached(len(self.paths)) if i in given]
        if left:
            written = ".".join(map(str, self.paths[left[0]]))
            raise Unreached(f"`{written}` is no number that the steps of training read")


def packed(batch: tuple[Any, ...]) -> tuple[Any, ...]:
    """A batch as (x, y, sample_weight), with `None` for what it has not."""
    return (*batch, None, None)[:3]


class First:
    """The first values of a model's variables, by a trial's seed. Made in the model's scope."""

    def __init__(self, model: Any, program: Program, seed: int) -> None:
        import numpy as np

        self.variables: list[Any] = list(model.variables)
        self._initializers: list[Any] = []
        self._states: dict[int, Seed] = {}
        known = dict(_replayed(program, seed))
        for i, variable in enumerate(self.variables):
            initializer = variable._initializer
            self._initializers.append(initializer)
            # Marks: what an optimizer copies from a weight is known by them.
            variable._initializer = _Filled(np.float32(_MARK + i))
            if variable.name == "seed_generator_state":
                drawn = int(np.asarray(initializer((2,), dtype=variable.dtype))[0])
                if drawn in known:
                    self._states[i] = known[drawn]
        self._random: list[tuple[Any, Seed]] = []
        for each in objects(model):
            drawn = getattr(each, "seed", None)
            if isinstance(each, keras().Initializer) and drawn in known:
                self._random.append((each, known[drawn]))

    @property
    def needed(self) -> list[Seed]:
        """The seeds that the values depend on, in the order that `values` takes them."""
        return [s for _, s in self._random] + list(self._states.values())

    def seeds(self, seed: int) -> list[int]:
        """The seeds that a trial's own makes of it."""
        names = dict.fromkeys(s.layer for s in self.needed)
        drawn = {name: _draws(seed, name) for name in names}
        return [drawn[s.layer][s.index] for s in self.needed]

    def values(self, seeds: Sequence[Any]) -> list[Any]:
        """The first values of `variables`; `seeds` are numbers, or JAX's pairs of a traced one."""
        before = [each.seed for each, _ in self._random]
        states = dict(zip(self._states, seeds[len(self._random) :], strict=True))
        try:
            for (each, _), value in zip(self._random, seeds, strict=False):
                each.seed = value
            made: list[Any] = []
            for i, variable in enumerate(self.variables):
                if i in states:
                    made.append(_state(states[i], variable))
                else:
                    made.append(self._initializers[i](variable.shape, variable.dtype))
            return made
        finally:
            for (each, _), value in zip(self._random, before, strict=True):
                each.seed = value


class OptimizerStart:
    """The first values of an optimizer's variables."""

    def __init__(self, fitted: Any, paths: Sequence[Path]) -> None:
        optimizer = fitted.optimizer
        weights: list[Any] = list(fitted.trainable_variables)
        optimizer.build(weights)
        self.path: Path | None = None
        """Where the learning rate stands, if it is a constant."""
        self._constant: list[Any] = [_array(v) for v in optimizer.variables]
        self._copies: dict[int, int] = {}
        self._rate: tuple[int, int] | None = None
        rate = getattr(optimizer, "_learning_rate", None)
        for i, (variable, value) in enumerate(
            zip(optimizer.variables, self._constant, strict=True)
        ):
            if variable is rate:
                found = [j for j, p in enumerate(paths) if p[:2] == _OPTIMIZER and p[3:] == _RATE]
                if found:
                    self._rate, self.path = (i, found[0]), paths[found[0]]
            for j, weight in enumerate(weights):
                if value.size and value.shape == weight.shape and (value == _array(weight)).all():
                    self._copies[i] = j

    @property
    def rate(self) -> int | None:
        """The place of the learning rate among the variables, if it is one of them."""
        return None if self._rate is None else self._rate[0]

    def values(self, weights: Sequence[Any], numbers: Sequence[float]) -> list[Any]:
        """The values for a trial with these first weights and numbers."""
        import numpy as np

        made = list(self._constant)
        for i, j in self._copies.items():
            made[i] = weights[j]
        if self._rate is not None:
            i, j = self._rate
            made[i] = np.asarray(numbers[j], made[i].dtype)
        return made


_OPTIMIZER: Path = ("train", "optimizer")
_RATE: Path = ("learning_rate",)
_MARK = 1000.5


class _Filled:
    """An initializer of one value that compiles nothing."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __call__(self, shape: Sequence[int], dtype: Any = None, **_: Any) -> Any:
        import numpy as np

        return np.full(tuple(shape), self._value).astype(str(dtype))


def objects(fitted: Any) -> Iterator[Any]:
    """Every Keras object in a model that may hold a number or a seed: each once."""
    k = keras()
    kinds = (
        k.layers.Layer,
        k.Initializer,
        k.regularizers.Regularizer,
        k.constraints.Constraint,
        k.optimizers.Optimizer,
        k.optimizers.schedules.LearningRateSchedule,
        k.losses.Loss,
    )
    seen: dict[int, Any] = {}
    stack: list[Any] = [fitted]
    while stack:
        each = stack.pop()
        if id(each) in seen:
            continue
        seen[id(each)] = each
        if isinstance(each, kinds):
            yield each
            stack += list(_held(each).values())
        elif is_mapping(each):
            stack += list(each.values())
        elif is_sequence(each):
            stack += list(each)


def _held(each: object) -> dict[str, Any]:
    return vars(each)


def _plant(each: Any, numbers: Mapping[float, Any]) -> None:
    """Puts numbers where an object holds the values that stand for them."""
    for name, value in list(_held(each).items()):
        changed = _changed(value, numbers)
        if changed is not value:
            object.__setattr__(each, name, changed)


def _changed(value: Any, numbers: Mapping[float, Any]) -> Any:
    if isinstance(value, float):
        return numbers.get(value, value)
    if is_dict(value):
        for key, inner in list(value.items()):
            changed = _changed(inner, numbers)
            if changed is not inner:
                value[key] = changed
        return value
    if is_sequence(value):
        made = [_changed(v, numbers) for v in value]
        if all(a is b for a, b in zip(made, value, strict=True)):
            return value
        make: Any = getattr(type(value), "_make", type(value))
        return make(made)
    if isinstance(value, keras().Variable):
        return value  # the learning rate is one of the state's already
    if getattr(value, "shape", None) == () and hasattr(value, "dtype"):
        found = [n for v, n in numbers.items() if _same(v, value)]
        return found[0] if found else value
    return value


def _same(number: float, tensor: Any) -> bool:
    """Whether a tensor, (), is a number as 32 bits hold it."""
    import numpy as np

    try:
        return bool(np.float32(number) == np.asarray(tensor))
    except (TypeError, ValueError, RuntimeError):  # a tensor of a graph has no value
        return False


def _distinct(numbers: Sequence[float]) -> list[float]:
    """Numbers near those given, towards 0, no two of them alike even in 32 bits."""
    import numpy as np

    made: list[float] = []
    seen: set[Any] = set()
    for number in numbers:
        step = 1
        while np.float32(value := number * (1 - step * 2.0**-20)) in seen:
            step += 1
        seen.add(np.float32(value))
        made.append(value)
    return made


def _replayed(program: Program, seed: int, prefix: str = "") -> Iterator[tuple[int, Seed]]:
    """Every seed that Keras may have drawn for a layer, and where it comes from."""
    for node in program.nodes:
        if node.operator is None:
            continue
        name = f"{prefix}{node.operator.name}"
        for i, drawn in enumerate(_draws(seed, name)):
            yield drawn, Seed(name, i)
        if isinstance(node.operator, Program):
            yield from _replayed(node.operator, seed, f"{name}/")


def _draws(seed: int, name: str) -> list[int]:
    """What Keras draws in `specc.lower.seeding.seeded(seed, name)`, the first few."""
    source = random.Random(f"{seed}/{name}")
    return [source.randint(1, int(1e9)) for _ in range(_DRAWS)]


def _state(seed: Any, variable: Any) -> Any:
    """The state of a seed generator, (2,): a seed and a counter; a traced seed is a pair."""
    import numpy as np

    return np.array([seed, 0], variable.dtype) if isinstance(seed, int) else seed


def _array(variable: Any) -> Any:
    return keras().ops.convert_to_numpy(variable)
