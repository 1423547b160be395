"""Windows: one sequence becomes many examples, and what belongs together stays together."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from specc.data.dataset import Dataset, FieldType
from specc.data.feed import BadData
from specc.data.load import load, load_again, saved
from specc.pipeline import Settings, passes

SERIES = np.arange(100, dtype=np.float32)[None]
FIELDS = {
    "series": FieldType((100,), "float32"),
    "label": FieldType((), "int64", classes=2),
    "text": FieldType((), "string"),
}


def datasets(**arrays: Any) -> dict[str, Dataset]:
    held = {"series": SERIES, "label": np.zeros(1, np.int64), "text": np.array(["ab" * 50], object)}
    return {"made": Dataset("made", FIELDS, lambda: {**held, **arrays}, "")}


def program(inputs: list[Any], targets: list[Any], field: str = "series", **data: Any):
    """A spec that reads `field`'s windows and learns those of `series`."""
    spec = {
        "specc": 1,
        "inputs": {"past": {"shape": [None]}},
        "graph": {"next": {"from": "past", "layers": [{"ops.sum": {"axis": 1, "keepdims": True}}]}},
        "outputs": {"next": {"loss": "mse"}},
    }
    outcome = passes(spec, settings=Settings())
    assert outcome.program is not None, str(outcome.report)
    from specc.document.spec import Data

    section = {
        "source": "made",
        "inputs": {"past": {"field": field, "transform": inputs}},
        "targets": {"next": {"field": "series", "transform": targets}},
        **data,
    }
    return replace(outcome.program, data=Data.model_validate(section))


def loaded(made, **arrays: Any):
    return load(made, made.data, datasets(**arrays))


def test_a_target_is_what_follows_its_window():
    """Sixty steps and the one behind them; as many of each as fit for both."""
    made = loaded(
        program(
            [{"windows": {"length": 60, "step": 3}}],
            [{"windows": {"length": 1, "step": 3, "offset": 60}}],
        )
    )
    past, following = made.train.inputs["past"], made.train.targets["next"]
    assert past.shape == (14, 60)
    assert following.shape == (14, 1)
    np.testing.assert_array_equal(past[:, 0], np.arange(0, 40, 3))
    np.testing.assert_array_equal(past[:, -1] + 1, following[:, 0])


def test_no_window_spans_a_cut_and_the_test_is_the_end():
    """Training, validation and test follow each other in time and share no step."""
    windows = {"windows": {"length": 5}}
    following = {"windows": {"length": 1, "offset": 5}}
    made = loaded(program([windows], [following], split={"validation": 0.2, "test": 0.3}))
    ends = [
        (p.inputs["past"].min(), p.targets["next"].max())
        for p in (made.train, made.validation, made.test)
    ]
    assert ends == [(0, 49), (50, 69), (70, 99)]
    again = load_again(saved(made), datasets())
    np.testing.assert_array_equal(again.test.inputs["past"], made.test.inputs["past"])


def test_several_examples_keep_their_windows_apart():
    """Each sequence is cut by itself; one example's value is repeated for each of its windows."""
    series = np.arange(200, dtype=np.float32).reshape(2, 100)
    made = load(
        program([{"windows": {"length": 40, "step": 20}}], [], sample_weight="label"),
        program([{"windows": {"length": 40, "step": 20}}], [], sample_weight="label").data,
        datasets(series=series, label=np.array([3, 4])),
    )
    assert made.train.inputs["past"][:, 0].tolist() == [0, 20, 40, 60, 100, 120, 140, 160]
    assert made.train.targets["next"].shape == (8, 100)
    assert made.train.weights.tolist() == [3] * 4 + [4] * 4


def test_texts_of_any_length_are_cut_into_windows_of_letters():
    """The vocabulary is learned on the training part, and can be read back."""
    text = np.array(["abcab" * 10 + "z" * 50], object)
    tokens = {"tokenize": {"max_tokens": 9, "split": "characters"}}
    made = program(
        [tokens, {"windows": {"length": 4}}],
        [tokens, {"windows": {"length": 1, "offset": 4}}],
        split={"validation": 0.5},
    )
    targets = {"next": made.data.targets["next"].model_copy(update={"field": "text"})}
    made = replace(made, data=made.data.model_copy(update={"targets": targets}))
    made = replace(made, data=made.data.model_copy(
        update={"inputs": {"past": made.data.inputs["past"].model_copy(update={"field": "text"})}}
    ))  # fmt: skip
    found = load(made, made.data, datasets(text=text))
    tokenize = found.feeds.inputs["past"].transforms[0]
    assert set(tokenize.vocabulary) == set("abc")
    assert tokenize.decode(found.train.inputs["past"][0]) == "abca"
    assert tokenize.decode(found.train.targets["next"][0]) == "b"
    assert (found.validation.inputs["past"] == 1).all()


def test_a_part_without_a_single_window_is_an_error():
    """Cutting can leave a piece that is too short, which only the data shows."""
    with pytest.raises(BadData, match="too short for a single window"):
        loaded(program([{"windows": {"length": 50}}], [{"windows": {"length": 50}}],
                       split={"validation": 0.2}))  # fmt: skip


def test_sequences_of_different_lengths_do_not_lie_beside_one_another():
    """Two fields whose windows are counted differently are refused."""
    made = program(
        [{"tokenize": 9}, {"windows": {"length": 1}}], [{"windows": {"length": 1}}], field="text"
    )
    with pytest.raises(BadData, match="differ in length"):
        loaded(made)


def test_windows_are_views():
    """A window keeps no number twice, so that a text of windows is not many times its size."""
    past = loaded(program([{"windows": {"length": 50}}], [{"windows": {"length": 50}}])).train
    assert np.shares_memory(past.inputs["past"][0], past.inputs["past"][1])
