"""`specc generate`, as it is typed."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from train.generate.specs import coded, recurrent

from specc.cli.generate_command import command, spread
from specc.train.train import train


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (["r", "--t", "0.2", "0.5", "--x", "1"], ["r", "--t", "0.2", "--t", "0.5", "--x", "1"]),
        (["--t", "0.2", "r"], ["--t", "0.2", "r"]),
        (["r", "--t", "bad"], ["r", "--t", "bad"]),
        (["r", "--t"], ["r", "--t"]),
    ],
)
def test_one_option_takes_several_numbers(typed, read):
    """What is no number ends them; what is wrong is left for click to say."""
    assert spread(typed, "--t") == read


@pytest.mark.keras
def test_texts_are_streamed_or_written(tmp_path):
    """Each temperature under a heading of its own; a file holds the same text."""
    run = str(train(recurrent(), runs=tmp_path, progress="none").path)
    typed = [run, "--prompt", "Pythön", "--length", "5", "--temperature", "0", "1", "--seed", "2"]
    shown = CliRunner().invoke(command, typed)
    assert shown.exit_code == 0
    assert "--- temperature 0\nPyth" in shown.stdout and "--- temperature 1\n" in shown.stdout
    assert "'ö'" in shown.stderr
    written = CliRunner().invoke(command, [*typed, "-o", str(tmp_path / "t.txt")])
    assert written.exit_code == 0
    assert (tmp_path / "t.txt").read_text() == shown.stdout
    lacking = CliRunner().invoke(command, [run])
    assert lacking.exit_code == 2 and "--prompt" in lacking.stderr
    wrong = CliRunner().invoke(command, [*typed, "-o", str(tmp_path / "t.png")])
    assert wrong.exit_code == 2 and "has learned text" in wrong.stderr
    assert not (tmp_path / "t.png").exists()


@pytest.mark.keras
def test_examples_go_into_the_run_unless_said(tmp_path):
    """The paths are printed; a second seed does not write over the first."""
    run = train(coded(), runs=tmp_path, progress="none").path
    for seed in ("0", "1"):
        shown = CliRunner().invoke(command, [str(run), "--count", "4", "--seed", seed])
        assert shown.exit_code == 0
    names = sorted(p.name for p in (run / "generated").iterdir())
    assert names == [
        f"1-{seed}-{name}" for seed in (0, 1) for name in ("again.png", "learned.png", "row.npz")
    ]
    wrong = CliRunner().invoke(command, [str(run), "--give", "encoder"])
    assert wrong.exit_code == 2
