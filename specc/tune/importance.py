"""How much each field matters to the objective, by what the trials of a study were."""

from __future__ import annotations

from collections.abc import Mapping

from specc.tune.folder import Study
from specc.tune.sampler import optuna_part
from specc.tune.storage import in_memory

FEWEST = 10
"""Trials that came to their end, below which nothing is said."""


def importances(study: Study) -> Mapping[str, float]:
    """Each field's share of what separates the better trials from the rest, the largest first.

    The shares sum to 1; nothing where too few trials came to their end, or all gave the same. It
    is Optuna's PED-ANOVA, which knows of fields that only some trials have. Source: Watanabe,
    Bansal & Hutter, PED-ANOVA, IJCAI 2023.
    """
    done = [t for t in study.trials if t.state == "done" and t.value is not None]
    if len(done) < FEWEST or len({t.value for t in done}) == 1:
        return {}
    importance = optuna_part("importance")
    found: Mapping[str, float] = importance.get_param_importances(in_memory(study))
    return {address: float(share) for address, share in found.items()}
