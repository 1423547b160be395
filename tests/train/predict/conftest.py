"""Three runs of one epoch: of numbers, of pictures and of lines of text."""

from __future__ import annotations

from pathlib import Path

import pytest

import specc
from specc.train.run import open_run
from specc.train.train import train

from ..small import program

SPECS = Path(__file__).parents[3] / "specs"


@pytest.fixture(scope="package")
def run(tmp_path_factory):
    """Of iris: four numbers, three kinds."""
    made = train(program(), runs=tmp_path_factory.mktemp("runs"), progress="none")
    return open_run(made.path)


def _gallery(name, tmp_path_factory):
    made = specc.compile(SPECS / name, sets=["train.epochs=1"])
    return open_run(train(made, runs=tmp_path_factory.mktemp("runs"), progress="none").path)


@pytest.fixture(scope="package")
def pictures(tmp_path_factory):
    """Of a folder of pictures, 12 by 12, of three kinds."""
    return _gallery("pictures.yaml", tmp_path_factory)


@pytest.fixture(scope="package")
def questions(tmp_path_factory):
    """Of lines of text, of two kinds."""
    return _gallery("questions.yaml", tmp_path_factory)


@pytest.fixture(scope="package")
def flowers(tmp_path_factory):
    """Of a table whose classes have names."""
    return _gallery("flowers.yaml", tmp_path_factory)
