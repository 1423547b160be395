"""Optuna's TPE, which takes whole numbers of a wide range as it takes others, and rounds them.

Of a whole number it finds the mass of each kernel over a step, number by number in Python: three
quarters of all its time. Its kernels are never narrower than a hundredth of the range, so that over
more steps than that the mass is the density times the step, which is the same for every candidate.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NARROWEST = 100
"""A range over its narrowest kernel (`consider_magic_clip`)."""


def tpe(optuna: Any, seed: int, common: Any | None = None) -> Any:
    """The sampler. `common` finds the fields that all trials have, and keeps what it has found.

    It is an `IntersectionSearchSpace` of the study, that all its samplers share; else each looks
    through all trials.
    """
    base: Any = optuna.samplers.TPESampler
    space: Any = common or fields_of_all(optuna)

    class Smooth(base):
        """Asks TPE for numbers where whole ones of a wide range are wanted."""

        def infer_relative_search_space(self, study: Any, trial: Any) -> dict[str, Any]:
            found: Mapping[str, Any] = space.calculate(study)
            return {n: kind for n, kind in found.items() if not kind.single()}

        def sample_relative(
            self, study: Any, trial: Any, search_space: Mapping[str, Any]
        ) -> dict[str, Any]:
            asked = {n: _smooth(optuna, kind) for n, kind in search_space.items()}
            found: Any = base.sample_relative(self, study, trial, asked)
            return {n: _rounded(search_space[n], asked[n], v) for n, v in found.items()}

        def sample_independent(
            self, study: Any, trial: Any, param_name: str, param_distribution: Any
        ) -> Any:
            asked = _smooth(optuna, param_distribution)
            found: Any = base.sample_independent(self, study, trial, param_name, asked)
            return _rounded(param_distribution, asked, found)

    return Smooth(seed=seed)


def fields_of_all(optuna: Any) -> Any:
    """What finds the fields that all trials of a study have, those that were pruned too."""
    return optuna.search_space.IntersectionSearchSpace(include_pruned=True)


def _smooth(optuna: Any, kind: Any) -> Any:
    """What is asked for in place of a distribution; the same, unless it is a wide one of steps."""
    kinds = optuna.distributions
    if not isinstance(kind, kinds.IntDistribution) or kind.log:
        return kind
    if kind.high - kind.low < NARROWEST * kind.step:
        return kind
    return kinds.FloatDistribution(kind.low - kind.step / 2, kind.high + kind.step / 2)


def _rounded(wanted: Any, asked: Any, value: Any) -> Any:
    if asked is wanted:
        return value
    steps = round((value - wanted.low) / wanted.step)
    return min(max(wanted.low + steps * wanted.step, wanted.low), wanted.high)
