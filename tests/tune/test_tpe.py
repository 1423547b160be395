"""TPE draws whole numbers on their steps and in their range, and as near the best as Optuna's own."""

from __future__ import annotations

from collections.abc import Callable
from statistics import mean
from typing import Any

import pytest

from specc.tune.sampler import optuna_of
from specc.tune.tpe import NARROWEST, fields_of_all, tpe

optuna: Any = optuna_of()
Objective = Callable[[Any], float]


def study(sampler: Any, objective: Objective, trials: int) -> Any:
    made = optuna.create_study(sampler=sampler)
    made.optimize(objective, n_trials=trials)
    return made


def wide(trial: Any) -> float:
    units = trial.suggest_int("units", 16, 4_000, step=8)
    other = trial.suggest_int("other", 0, 1_000_000)
    return ((units - 1_000) / 4_000) ** 2 + (other / 1_000_000 - 0.7) ** 2


def narrow(trial: Any) -> float:
    units = trial.suggest_int("units", 1, NARROWEST)
    many = trial.suggest_int("many", 1, 10_000, log=True)
    kind = trial.suggest_categorical("kind", ["a", "b"])
    return (units - 30) ** 2 + abs(many - 100) + trial.suggest_float("x", 0, 1) + (kind == "a")


def conditional(trial: Any) -> float:
    if trial.suggest_categorical("kind", ["a", "b"]) == "a":
        return trial.suggest_int("steps", 0, 900, step=3) / 900
    return 1.5


@pytest.mark.parametrize("objective", [wide, conditional])
def test_whole_numbers_stay_on_their_steps(objective: Objective) -> None:
    """The last of them too, and where only some trials have the field."""
    for trial in study(tpe(optuna, 1), objective, 60).trials:
        for name, value in trial.params.items():
            kind = trial.distributions[name]
            if isinstance(kind, optuna.distributions.IntDistribution):
                assert isinstance(value, int)
                assert kind.low <= value <= kind.high
                assert (value - kind.low) % kind.step == 0


def test_the_ends_of_the_range_are_drawn() -> None:
    def objective(trial: Any) -> float:
        return -abs(trial.suggest_int("x", 0, NARROWEST) - NARROWEST / 2)

    drawn = {t.params["x"] for s in range(4) for t in study(tpe(optuna, s), objective, 60).trials}
    assert {0, NARROWEST} <= drawn


def test_what_is_narrow_or_logarithmic_is_left_to_optuna() -> None:
    ours = [t.params for t in study(tpe(optuna, 3), narrow, 40).trials]
    assert ours == [t.params for t in study(optuna.samplers.TPESampler(seed=3), narrow, 40).trials]


def test_what_its_samplers_share_changes_no_draw() -> None:
    """A sampler for each trial, as a search has them; the field of one choice is no common one."""
    drawn: list[list[Any]] = []
    for common in (fields_of_all(optuna), None):
        made = optuna.create_study()
        for number in range(40):
            made.sampler = tpe(optuna, number, common)
            made.optimize(conditional, n_trials=1)
        drawn.append([t.params for t in made.trials])
    assert drawn[0] == drawn[1]


def test_it_comes_as_near_to_the_best() -> None:
    """Each is the mean of some seeds; by chance alone it is fifty times as far."""
    seeds = range(6)
    ours = mean(study(tpe(optuna, s), wide, 60).best_value for s in seeds)
    whole = mean(study(optuna.samplers.TPESampler(seed=s), wide, 60).best_value for s in seeds)
    chance = mean(study(optuna.samplers.RandomSampler(seed=s), wide, 60).best_value for s in seeds)
    assert ours < 2 * whole
    assert ours < chance / 3
