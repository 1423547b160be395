"""What training is to bring down (or, with a negative weight, up) it does; an untrained copy shows
where it began.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

import specc
from specc.lower.keras import to_keras

pytestmark = pytest.mark.keras

SPECS = Path(__file__).parent.parent.parent / "specs"


@dataclass(frozen=True)
class Change:
    """The sum of some losses after training, by that of an untrained copy: at least, at most."""

    losses: tuple[str, ...]
    most: float = float("inf")
    least: float = 0.0


STYLE = ("first", "second", "third", "fourth")
SMALL = ("params.height=48", "params.width=72")

CASES = {
    # A tenth of the style loss that the grey canvas has, and no more of its content loss than 0.9.
    "style_transfer_small": (
        (Change(STYLE, 0.1), Change(("colours",), 0.1), Change(("content",), 0.9)),
        None,
        SMALL,
    ),
    # VGG19 with weights that are drawn at random; ImageNet's are not at hand everywhere.
    "style_transfer": (
        (Change(STYLE, 0.5),),
        4,
        (
            *SMALL,
            "models.features.application.VGG19.weights=null",
            "train.phases.0.repeat=2",
            "train.phases.0.optimizer={Adam: {learning_rate: 0.1}}",
        ),
    ),
    "contrastive": ((Change(("nearest",), 0.6),), 10, ()),
}
"""By spec: what changes by how much, after how many epochs, and what is set to be quick."""


@pytest.mark.parametrize("name", CASES)
def test_losses_change_as_stated(name: str, tmp_path: Path) -> None:
    changes, epochs, sets = CASES[name]
    path = SPECS / f"{name}.yaml"
    still = [*sets, "train.optimizer={SGD: {learning_rate: 1.0e-12}}"]
    program = specc.compile(path, sets=sets)
    assert program.train is not None
    if program.train.phases:
        still.append("train.phases.0.optimizer={SGD: {learning_rate: 1.0e-12}}")
    untrained = specc.compile(path, sets=still)
    after = specc.train(program, runs=tmp_path, epochs=epochs, progress="none").metrics
    before = specc.train(untrained, runs=tmp_path, epochs=1, progress="none").metrics
    part = "validation" if "validation" in after else "train"
    for change in changes:
        share = sum(after[part][n] for n in change.losses) / sum(
            before[part][n] for n in change.losses
        )
        assert change.least <= share <= change.most, (change, share)


def test_a_dream_excites_more_than_the_photograph_that_it_keeps(tmp_path: Path) -> None:
    """What the first phase has copied is what the second is measured against."""
    program = specc.compile(SPECS / "deep_dream.yaml", sets=SMALL)
    copied, dreamt = (
        specc.train(program, runs=tmp_path, epochs=epochs, progress="none").metrics["train"]
        for epochs in (5, None)
    )
    assert copied["near"] < 0.001
    assert dreamt["excitement"] > 1.4 * copied["excitement"]
    assert dreamt["near"] < 0.1 and dreamt["alike"] < 0.02


@pytest.mark.parametrize("name", ["style_transfer", "style_transfer_small"])
def test_a_network_sees_one_colour_as_one_thing_up_to_the_edge(name: str) -> None:
    """Nothing of what is beyond the picture; without a margin it does, and paints a frame."""
    weights = ("models.features.application.VGG19.weights=null",)
    sets = (*SMALL, *(weights if name == "style_transfer" else ()))
    assert max(_unevenness(name, sets)) < 1e-3
    assert min(_unevenness(name, (*sets, "params.margin=0"))) > 0.1


def _unevenness(name: str, sets: tuple[str, ...]) -> list[float]:
    """By tensor of the style: how much it differs from place to place for a grey picture."""
    program = specc.compile(SPECS / f"{name}.yaml", sets=sets)
    felt = {n: program.losses[n].tensors["y_true"] for n in STYLE}
    model = to_keras(replace(program, outputs=felt))
    grey = {n: np.full((1, 48, 72, 3), 0.6, "float32") for n in program.inputs}
    found = [np.asarray(f)[0] for f in model(grey).values()]
    return [float(np.ptp(f, (0, 1)).max() / np.abs(f).max()) for f in found]
