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


def tpe(optuna: Any, seed: int) -> Any:
    """The sampler."""
    base: Any = optuna.samplers.TPESampler

    class Smooth(base):
        """Asks TPE for numbers where whole ones of a wide range are wanted."""

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
