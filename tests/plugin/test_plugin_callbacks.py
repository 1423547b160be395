"""Callbacks of plug-ins: checked as Keras's are, and made with the run's folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pytest

from specc.pipeline import check
from specc.pipeline import compile as compiled
from specc.plugin import Plugin, Positive, Text, callback, from_file

EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples" / "plugins"
SPEC: dict[str, Any] = {
    "specc": 1,
    "name": "flowers",
    "inputs": {"measures": {"shape": [4]}},
    "graph": {"kind": {"from": "measures", "layers": [{"Dense": {"units": 3}}]}},
    "outputs": {"kind": {"loss": {"SparseCategoricalCrossentropy": {"from_logits": True}}}},
    "data": {
        "source": "iris",
        "inputs": {"measures": {"field": "features"}},
        "targets": {"kind": {"field": "label"}},
    },
}


def with_callback(written: Any) -> dict[str, Any]:
    return {**SPEC, "train": {"epochs": 2, "callbacks": [written]}}


def _note() -> Any:
    import keras

    class Note(keras.callbacks.Callback):
        def __init__(self, *, folder: Path, name: str = "note", every: int = 1) -> None:
            super().__init__()
            self.path, self.every = folder / name, every

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            if (epoch + 1) % self.every == 0:
                with self.path.open("a") as file:
                    file.write(f"{epoch + 1} {sorted(logs)}\n")

    return Note


@callback(keras=_note)
def Note(*, name: Annotated[str, Text()] = "note", every: Positive = 1) -> None:
    """Writes what is logged."""


PLUGIN = Plugin("house", callbacks=[Note])


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ({"house.Note": {"every": 0}}, "at least 1"),
        ({"house.Note": {"evry": 1}}, "no argument `evry`"),
        ("house.Nota", "no callback named `house.Nota`"),
        ("barn.Note", "no callback named `barn.Note`"),
    ],
)
def test_a_wrong_one_is_a_fault_at_its_line(written: Any, message: str) -> None:
    """Before anything is trained, and without Keras."""
    report = check(with_callback(written), plugins=[PLUGIN])
    assert message in str(report)
    assert not report.ok


@pytest.mark.parametrize("name", ["mlflow", "wandb"])
def test_the_examples_are_checked_without_their_packages(name: str) -> None:
    """Which are imported when a model is trained."""
    plugin = from_file(EXAMPLES / f"{name}_logging.py")
    assert check(with_callback(f"{name}.Log"), plugins=[plugin]).ok
    wrong = check(with_callback({f"{name}.Log": {"colour": "red"}}), plugins=[plugin])
    assert not wrong.ok


def test_a_name_is_given_once() -> None:
    """Among layers, losses and callbacks."""
    with pytest.raises(ValueError, match="two of the name"):
        Plugin("house", callbacks=[Note, Note])
    with pytest.raises(ValueError, match=r"specc\.plugin\.loss"):
        Plugin("house", losses=[Note])


@pytest.mark.keras
def test_it_is_called_and_writes_into_the_run(tmp_path: Path) -> None:
    """With its arguments."""
    from specc.train.train import train

    program = compiled(with_callback({"house.Note": {"every": 2}}), plugins=[PLUGIN])
    run = train(program, runs=tmp_path, progress="none")
    assert (run.path / "note").read_text() == "2 ['loss']\n"
