"""A text is read in windows as long as those that were learned from."""

from __future__ import annotations

from pathlib import Path

import pytest

from specc.train.run import open_run
from specc.train.train import train

from .specs import attentive

pytestmark = pytest.mark.keras


def test_a_window_of_any_length_is_read_as_it_was_learned(tmp_path: Path) -> None:
    """Behind the places that a model has seen it knows nothing: a place embedding has no more."""
    program = attentive("inputs.seen.shape=[time]", "train.steps_per_epoch=2")
    run = open_run(train(program, runs=tmp_path, progress="none").path)
    assert program.inputs["seen"].type.shape == (None, None)
    assert run.generator.language is not None
    assert run.generator.language.window == 12
    prompt = "The import statement, beyond a window"
    text = run.generate(prompt, length=5, seed=1)
    assert isinstance(text, str) and len(text) == len(prompt) + 5
    last = run.generate(prompt[-12:], length=5, seed=1)
    assert isinstance(last, str) and last[12:] == text[len(prompt) :]
