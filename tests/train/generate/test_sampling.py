"""What is drawn can be given, as far as it could have been drawn."""

from __future__ import annotations

from pathlib import Path

import pytest

import specc
from specc.train.generate.cannot import CannotGenerate
from specc.train.generate.origins import origins
from specc.train.generate.sampling import Sampler
from specc.train.plan import Plan

pytestmark = pytest.mark.keras

SPECS = Path(__file__).parents[3] / "specs"


@pytest.fixture(scope="module")
def sampler() -> Sampler:
    """That of a GAN that is told the class, one of ten; it has learned nothing."""
    program = specc.compile(SPECS / "conditional_gan.yaml")
    return Sampler(specc.to_keras(program), Plan.of(program), origins(program))


def test_a_class_can_be_given_for_all(sampler: Sampler) -> None:
    """Another class makes other pictures of the same noise."""
    three, four = (sampler.draw(2, 0, {"wanted": c})["forged"] for c in (3, 4))
    assert three.shape == (2, 8, 8, 1)
    assert abs(three - four).max() > 0


@pytest.mark.parametrize("value", [-1, 10, 2.5, float("nan"), float("inf")])
def test_what_could_not_have_been_drawn_is_refused(sampler: Sampler, value: float) -> None:
    """Keras would look for a row of the embedding that is not there."""
    with pytest.raises(CannotGenerate, match="`wanted` is a whole number from 0 to 9, not"):
        sampler.draw(2, 0, {"wanted": value})
