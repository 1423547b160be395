"""What the language knows at a place, by the document's own path."""

from __future__ import annotations

from typing import Any

import pytest

from specc.document.known import default_of, is_named, known_keys, models_at
from specc.document.node import Path
from specc.document.spec import Spec


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ((), "Spec"),
        (("inputs", "x"), "Input"),
        (("inputs", "shape"), "Input"),
        (("inputs", "x", "sample", "normal"), "Normal"),
        (("graph", "layers"), "Chain"),
        (("models", "m", "blocks", "b", "graph", "y"), "Chain"),
        (("outputs", "y"), "Output"),
        (("train", "phases", 0), "Phase"),
        (("tune", "space", "params.x"), "Space"),
        (("losses", "loss"), "LossTerm"),
    ],
)
def test_a_path_leads_to_its_model(path: Path, model: str) -> None:
    """Names that the author gives may be those of fields: a chain may be called `layers`."""
    assert [m.__name__ for m in models_at(path)] == [model]


@pytest.mark.parametrize("path", [("train", "optimizer"), ("params", "x"), ("nothing",)])
def test_where_anything_may_stand_nothing_is_known(path: Path) -> None:
    """The arguments of classes and the values of params are not the language's."""
    assert known_keys(models_at(path)) == []


def test_keys_are_those_of_the_document() -> None:
    """Not the names that the models give them, nor what validators fill in."""
    assert known_keys(models_at(("graph", "y"))) == ["as", "from", "layers"]
    step = known_keys(models_at(("graph", "y", "layers", 0)))
    assert {"when", "use", "mark", "layers", "with", "as"} <= set(step)
    assert not {"arguments", "expression", "parts", "params"} & set(step)


@pytest.mark.parametrize(
    ("path", "named"),
    [
        (("params",), True),
        (("graph",), True),
        (("tune", "space"), True),
        (("blocks", "b", "params"), True),
        ((), False),
        (("train", "optimizer"), False),
        (("train", "class_weight"), False),
    ],
)
def test_a_mapping_of_names_is_told_from_one_of_arguments(path: Path, named: bool) -> None:
    """A name that is not there is a slip; an argument that is not there may be added."""
    assert is_named(path) is named


def test_a_field_that_is_not_written_has_its_default() -> None:
    """So that `train.optimizer.*.learning_rate` means Adam's where no optimizer is written."""
    assert default_of(("train", "optimizer")) == "adam"
    assert default_of(("train", "nothing")) is None


def test_every_model_of_the_language_is_reached() -> None:
    """A model that no path leads to would leave its misspelt keys without help."""

    def below(path: Path, model: Any, seen: set[str]) -> None:
        if model.__name__ in seen:
            return
        seen.add(model.__name__)
        for key in known_keys([model]):
            for more in ((key,), (key, "n"), (key, 0), (key, 0, "layers", 0)):
                for found in models_at(more, model):
                    below((*path, *more), found, seen)

    seen: set[str] = set()
    below((), Spec, seen)
    assert {"Phase", "Objective", "Bound", "Checkpoint", "ModelParallel", "GroupStep"} <= seen
    assert {"Normal", "Uniform", "Integers", "Layer", "Binding", "Split"} <= seen
