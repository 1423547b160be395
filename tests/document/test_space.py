"""A search space that cannot be searched is refused at its own range."""

from __future__ import annotations

import pytest

import specc

from .reading import HEAD, TAIL, place


@pytest.mark.parametrize(
    ("space", "message", "where"),
    [
        ("{uniform: [1, 0]}", "1.0 is above 0.0", (5, 71)),
        ("{log_uniform: [0, 1]}", "above 0", (5, 75)),
        ("{log_uniform: [-1, 1]}", "above 0", (5, 75)),
        ("{int: [9, 1]}", "9 is above 1", (5, 67)),
        ("{int: [1, 9, 0]}", "a step", (5, 67)),
    ],
)
def test_a_range_goes_up(space: str, message: str, where: tuple[int, int]) -> None:
    """From the lower to the higher end, and a logarithm from above 0."""
    text = (
        f"{HEAD}{TAIL}tune: {{objective: {{metric: loss}}, space: {{train.batch_size: {space}}}}}\n"
    )
    found = [d for d in specc.check(text=text).errors if d.code == "S803"]
    assert len(found) == 1
    assert message in found[0].message
    assert place(found[0])[:2] == where


@pytest.mark.parametrize("space", ["{choice: [1]}", "{int: [1, 9, 2]}", "{int: [3, 3]}"])
@pytest.mark.parametrize("sampler", ["grid", "random"])
def test_a_grid_walks_choices_and_whole_numbers(space: str, sampler: str) -> None:
    """Between the ends of a range of numbers it would have no end."""
    tune = f"tune: {{objective: loss, sampler: {sampler}, space: {{train.batch_size: %s}}}}\n"
    assert "S803" not in specc.check(text=HEAD + TAIL + tune % space).codes
    codes = specc.check(text=HEAD + TAIL + tune % "{uniform: [1, 2]}").codes
    assert ("S803" in codes) is (sampler == "grid")


def test_ends_may_be_expressions() -> None:
    """They are checked once they have their values."""
    tune = "tune: {objective: loss, space: {train.epochs: {int: [$low, 1]}}}\n"
    text = f"{HEAD}{TAIL}params: {{low: 3}}\n{tune}"
    assert "S803" in specc.check(text=text).codes
