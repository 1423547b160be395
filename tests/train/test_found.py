"""Classes that only the data shows are compared with the output's scores before any training."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from specc.catalogue.catalogue import builtin
from specc.data.load import opened
from specc.diagnostics.report import SpecError
from specc.infer.program import Program
from specc.pipeline import Settings, passes
from specc.train.found import check_found

from .small import spec


def loaded(folder: Path, labels: str, *transforms: object, loss: object = None) -> Program:
    """A table of four examples with those labels."""
    rows = [f"1,2,3,4,{label}" for label in labels.split()]
    (folder / "few.csv").write_text("\n".join(["a,b,c,d,label", *rows]))
    data = {
        "source": {"csv": {"path": "few.csv"}},
        "inputs": {"measures": {"field": ["a", "b", "c", "d"]}},
        "targets": {"kind": {"field": "label", "transform": [*transforms]}},
    }
    outputs = {"kind": {"loss": loss or "sparse_categorical_crossentropy"}}
    path = folder / "flowers.yaml"
    path.write_text(yaml.safe_dump(spec(data=data, outputs=outputs)))
    program = passes(path, settings=Settings()).proven
    assert program.data is not None
    check_found(program, opened(program, program.data).loaded(), builtin())
    return program


def test_classes_that_have_scores_are_right(tmp_path: Path) -> None:
    """By their numbers, or by names; and one that the loss leaves out."""
    loaded(tmp_path, "0 1 2 2")
    loaded(tmp_path, "red green blue red", "classes")
    ignoring = {"SparseCategoricalCrossentropy": {"ignore_class": -1}}
    loaded(tmp_path, "0 -1 2 2", loss=ignoring)


@pytest.mark.parametrize(
    ("labels", "transforms", "message"),
    [
        ("0 1 2 7", (), "holds the class 7, and its output has 3 scores"),
        ("0 1 -1 2", (), "holds the class -1, and classes count from 0"),
        ("a b c d", ("classes",), "the target has 4 classes, and the output only 3 scores"),
    ],
)
def test_others_are_told_at_the_loss(
    tmp_path: Path, labels: str, transforms: tuple[str, ...], message: str
) -> None:
    """With the line of the spec."""
    with pytest.raises(SpecError) as caught:
        loaded(tmp_path, labels, *transforms)
    (found,) = caught.value.report
    assert found.code == "S704"
    assert message in found.message
    assert found.span is not None


@pytest.mark.keras
def test_training_says_it_and_leaves_nothing(tmp_path: Path) -> None:
    """Before a folder is made."""
    from specc.train.train import train

    program = loaded(tmp_path, "0 1 2 2")
    table = tmp_path / "few.csv"
    table.write_text(table.read_text().replace("4,1", "4,3"))
    with pytest.raises(SpecError, match="holds the class 3"):
        train(program, runs=tmp_path / "runs", progress="none")
    assert not (tmp_path / "runs").exists()
