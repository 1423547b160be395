"""Samplers and pruners: Optuna's, by ask and tell, and a grid that is walked here.

What is drawn for a configuration follows from the seed, its number and what was told before, so a
search that goes on after a kill draws what it would have drawn: what was asked and told is asked
and told again, in the order in which it was. A grid, and draws by chance without a pruner, remember
nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from itertools import product
from typing import Any

from specc.document.spec import Tune
from specc.lower.lean import lean
from specc.lower.missing import MissingExtra
from specc.tune.objective import goal
from specc.tune.space import Dimension, Setting, shown
from specc.tune.tpe import fields_of_all, tpe
from specc.tune.variant import Combination, Variants


class Sampler:
    """Draws configurations and hears how they went."""

    def __init__(self, tune: Tune, variants: Variants) -> None:
        self.tune = tune
        self.variants = variants
        self.by_address = {d.address: d for d in variants.dimensions}
        self._grid = _walked(variants) if tune.sampler == "grid" else None
        self._walked = 0
        self._at: Combination | None = None
        self._optuna: Any = optuna_of()
        self._common = fields_of_all(self._optuna)
        self._several = tune.repeats * (tune.folds or 1) > 1
        self._remembers = tune.sampler not in ("grid", "random") or tune.pruner != "none"
        direction = "maximize" if goal(tune).direction == "max" else "minimize"
        self.study: Any = self._optuna.create_study(
            study_name=f"seed {tune.seed}",  # which hyperband's chance starts from
            sampler=self._sampler(0),
            pruner=_pruner(tune),
            direction=direction,
        )
        self._trials: dict[int, Any] = {}

    def ask(self, number: int) -> Combination | None:
        """The configuration of a number; `None` where a grid has come to its end."""
        fixed: Mapping[str, Any] = {}
        if number < len(self.tune.seed_with):
            fixed = self.tune.seed_with[number]
        elif self._grid is not None:
            while self._walked <= number - len(self.tune.seed_with):
                self._walked += 1
                self._at = next(self._grid, None)
            found = self._at
            if found is None:
                return None
            fixed = {s.dimension.address: s.value for s in found}
        return self._asked(number, fixed)

    def again(self, number: int, values: Mapping[str, Any]) -> Combination:
        """A configuration that was drawn before the driver was started, drawn again."""
        if self.tune.sampler == "cmaes":  # whose state is what it drew before
            return self._asked(number, values)
        return self._asked(number, values, self._optuna.samplers.RandomSampler(seed=0))

    def _asked(
        self, number: int, fixed: Mapping[str, Any], sampler: Any | None = None
    ) -> Combination:
        sampler = sampler or self._sampler(number)
        if not self._remembers:
            return self.variants.settled(lambda d: self._drawn(d, fixed, sampler))
        self.study.sampler = sampler
        if fixed:
            known = self.by_address
            self.study.enqueue_trial({a: _label(known[a], v) for a, v in fixed.items()})
        trial = self._trials[number] = self.study.ask()

        def choose(dimension: Dimension) -> Setting:
            return dimension.setting(_suggested(trial, dimension))

        return self.variants.settled(choose)

    def _sampler(self, number: int) -> Any:
        samplers: Any = self._optuna.samplers
        seed = (self.tune.seed * 1_000_003 + number) % 2**31
        if self.tune.sampler == "tpe":
            return tpe(self._optuna, seed, self._common)
        if self.tune.sampler == "gp":
            _needed("torch", "gp")
            return samplers.GPSampler(seed=seed)
        if self.tune.sampler == "cmaes":
            _needed("cmaes", "cmaes")
            return samplers.CmaEsSampler(seed=seed)
        return samplers.RandomSampler(seed=seed)

    def _drawn(self, dimension: Dimension, fixed: Mapping[str, Any], sampler: Any) -> Setting:
        """A setting by chance, which no study remembers."""
        name = dimension.address
        if name in fixed:
            return dimension.setting(fixed[name])
        kinds = distribution(self._optuna, dimension)
        found = sampler.sample_independent(self.study, None, name, kinds)
        if dimension.kind == "choice":
            return dimension.setting(dimension.choices[labels(dimension).index(found)])
        return dimension.setting(found)

    def report(self, number: int, epoch: int, value: float) -> bool:
        """Takes an epoch's value; whether the trial may go on."""
        if self.tune.pruner == "none" or not math.isfinite(value):
            return True
        trial = self._trials[number]
        trial.report(value, epoch)
        return not trial.should_prune()

    def tell(self, number: int, value: float | None, state: str) -> None:
        """How a configuration ended: `done`, `pruned` or `failed`."""
        if not self._remembers:
            return
        trial = self._trials.pop(number)
        states = self._optuna.trial.TrialState
        kind = {"done": states.COMPLETE, "pruned": states.PRUNED}.get(state, states.FAIL)
        self.study.tell(trial, value if state == "done" else None, state=kind)

    def told_again(
        self, number: int, value: float | None, state: str, reports: Mapping[int, float]
    ) -> None:
        """How a configuration went that ended before the driver was started."""
        for epoch, found in reports.items():
            if not self.report(number, epoch, found) and self._several:
                break  # what came to its end out of order, after others, was never told
        self.tell(number, value, state)


def optuna_of() -> Any:
    """Optuna, which says nothing but errors; raises `MissingExtra`."""
    try:
        import optuna
    except ModuleNotFoundError:
        raise MissingExtra("Optuna") from None
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna


def optuna_part(name: str) -> Any:
    """A part of Optuna that is loaded when it is asked for, such as `visualization`."""
    optuna_of()
    with lean(f"optuna.{name}"):
        return import_module(f"optuna.{name}")


def _needed(package: str, extra: str) -> None:
    from importlib.util import find_spec

    if find_spec(package) is None:
        raise MissingExtra(package, extra)


def _pruner(tune: Tune) -> Any:
    pruners: Any = optuna_of().pruners
    if tune.pruner == "median":
        return pruners.MedianPruner()
    if tune.pruner == "successive_halving":
        return pruners.SuccessiveHalvingPruner()
    return pruners.HyperbandPruner() if tune.pruner == "hyperband" else pruners.NopPruner()


def _suggested(trial: Any, dimension: Dimension) -> Any:
    name = dimension.address
    if dimension.kind == "choice":
        named = labels(dimension)
        return dimension.choices[named.index(trial.suggest_categorical(name, named))]
    if dimension.kind == "int":
        last = dimension.nth((dimension.count or 1) - 1)
        return trial.suggest_int(name, int(dimension.low), last, step=dimension.step)
    return trial.suggest_float(
        name, dimension.low, dimension.high, log=dimension.kind == "log_uniform"
    )


def labels(dimension: Dimension) -> Sequence[Any]:
    """The choices as Optuna and people read them: short texts, all different."""
    texts = [shown(v) for v in dimension.choices]
    return [t if texts.count(t) == 1 else f"{t} ({i})" for i, t in enumerate(texts)]


def _label(dimension: Dimension, value: Any) -> Any:
    if dimension.kind != "choice":
        return value
    return labels(dimension)[dimension.points.index(dimension.setting(value))]


def distribution(optuna: Any, dimension: Dimension) -> Any:
    """What a dimension's values are drawn from, in Optuna's words."""
    kinds = optuna.distributions
    if dimension.kind == "choice":
        return kinds.CategoricalDistribution(labels(dimension))
    if dimension.kind == "int":
        last = dimension.nth((dimension.count or 1) - 1)
        return kinds.IntDistribution(int(dimension.low), last, step=dimension.step)
    return kinds.FloatDistribution(
        dimension.low, dimension.high, log=dimension.kind == "log_uniform"
    )


def _walked(variants: Variants) -> Iterator[Combination]:
    """Every combination of all values."""
    for layout in variants.layouts():
        every = [
            d.points if d.whole else tuple(d.setting(d.nth(i)) for i in range(d.count or 0))
            for d, _ in layout.active
        ]
        for rest in product(*every):
            yield (*layout.chosen, *rest)
