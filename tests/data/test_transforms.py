"""Each transform says what it makes of a type, and makes exactly that of the data."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from specc.catalogue.mismatch import Mismatch
from specc.data.columns import Columns
from specc.data.dataset import FieldType
from specc.data.feed import Feed
from specc.data.transforms.table import TRANSFORMS, read_transform, restore_transform

IMAGE = FieldType((8, 8), "float32")
LABEL = FieldType((), "int64", classes=10)
TEXT = FieldType((), "string")
STEPS = FieldType((5,), "int32", classes=7)
GAPS = FieldType((2,), "float32")
PICTURE = FieldType((9, 8, 3), "uint8")

generator = np.random.default_rng(0)
VALUES = {
    IMAGE: generator.random((20, 8, 8), dtype=np.float32) * 16,
    LABEL: generator.integers(0, 10, 20),
    TEXT: np.array(["the cat", "The dog!", "a cat sat"] * 5, dtype=object),
    STEPS: generator.integers(0, 7, (20, 5)).astype(np.int32),
    GAPS: np.array([[1, np.nan], [3, 4], [np.nan, 8]], np.float32),
    PICTURE: generator.integers(0, 256, (4, 9, 8, 3)).astype(np.uint8),
}
CASES = [
    ("flatten", IMAGE), ("flatten", LABEL), ({"scale": 0.0625}, IMAGE), ("standardize", IMAGE),
    ({"one_hot": 10}, LABEL), ("one_hot", LABEL), ("one_hot", STEPS), ({"cast": "int32"}, IMAGE),
    ({"cast": "float64"}, LABEL), ("expand_dims", IMAGE), ({"expand_dims": 0}, IMAGE),
    ({"expand_dims": -2}, IMAGE), ({"tokenize": {"max_tokens": 5}}, TEXT), ({"tokenize": 50}, TEXT),
    ({"tokenize": {"max_tokens": 9, "split": "characters"}}, TEXT), ({"pad": 8}, STEPS),
    ({"pad": {"length": 3, "side": "before"}}, STEPS), ({"windows": {"length": 2}}, STEPS),
    ({"windows": {"length": 3, "step": 2, "offset": 1}}, STEPS), ({"resize": [4, 6]}, IMAGE),
    ("classes", LABEL), ("classes", TEXT), ({"classes": ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]}, LABEL),
    ("impute", IMAGE), ({"impute": 0.5}, GAPS), ("impute", GAPS),
    ({"resize": {"size": [12, 5], "crop": True, "how": "nearest"}}, PICTURE),
]  # fmt: skip


def fed(transform, field):
    """The transform in a feed, fitted on the field's values."""
    return Feed(Columns(("x",), field), (transform,)).fit(VALUES[field])


@pytest.mark.parametrize(("written", "field"), CASES, ids=str)
def test_the_type_is_that_of_what_is_made(written, field):
    transform = read_transform(written)
    promised = transform.type(field)
    made = fed(transform, field).apply(VALUES[field])
    assert made.dtype == promised.dtype
    assert len(made.shape[1:]) == len(promised.shape)
    for got, said in zip(made.shape[1:], promised.shape, strict=True):
        assert said in (None, got)
    if promised.classes is not None:
        assert made.min() >= 0
        assert made.max() < promised.classes


@pytest.mark.parametrize(("written", "field"), CASES, ids=str)
def test_what_is_learned_survives_json(written, field):
    learned = read_transform(written).fit(VALUES[field], field)
    again = restore_transform(json.loads(json.dumps(learned.state())))
    assert again == learned
    first, second = (
        Feed(Columns(("x",), field), (t,)).apply(VALUES[field]) for t in (learned, again)
    )
    np.testing.assert_array_equal(first, second)


def test_every_transform_has_a_case():
    covered = {next(iter(w)) if isinstance(w, dict) else w for w, _ in CASES}
    assert covered == set(TRANSFORMS)


@pytest.mark.parametrize(
    ("written", "field", "argument", "says"),
    [
        ("flaten", IMAGE, None, "no transform named `flaten`"),
        ("scale", IMAGE, None, "needs `factor`"),
        ({"scale": "half"}, IMAGE, ("scale",), "wants a number"),
        ({"scale": {"facter": 2}}, IMAGE, ("scale", "facter"), "no argument `facter`"),
        ({"flatten": 3}, IMAGE, ("flatten",), "takes no argument"),
        ({"one_hot": 3}, LABEL, None, "10 classes, and one_hot only 3"),
        ({"one_hot": 3}, IMAGE, None, "whole numbers"),
        ("one_hot", FieldType((), "int32"), None, "not known"),
        ("standardize", TEXT, None, "wants numbers"),
        ("standardize", FieldType((None,), "int32"), None, "learns a mean for each place"),
        ({"tokenize": 10}, IMAGE, None, "wants text"),
        ({"pad": 3}, LABEL, None, "wants a sequence"),
        ({"windows": 3}, STEPS, ("windows",), "needs `length`"),
        ({"windows": {"length": 4, "offset": 2}}, STEPS, None, "5 steps, and the window ends at 6"),
        ({"windows": {"length": 4}}, TEXT, None, "wants a sequence"),
        ({"resize": [4, 4]}, STEPS, None, "wants pictures"),
        ({"expand_dims": 5}, IMAGE, None, "outside of it"),
        ({"cast": "float23"}, IMAGE, ("cast",), "one of"),
        (["flatten"], IMAGE, None, "a name, or one name as a key"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_argument(written, field, argument, says):
    with pytest.raises(Mismatch) as caught:
        read_transform(written).type(field)
    assert says in caught.value.message
    if argument is not None:
        assert caught.value.argument == argument


def test_standardize_is_scikit_learns_scaler():
    from sklearn.preprocessing import StandardScaler

    rows = generator.normal(3, 5, (50, 4)).astype(np.float32)
    rows[:, 2] = 7  # a column that never varies
    field = FieldType((4,), "float32")
    made = read_transform("standardize").fit(rows, field).apply(rows)
    np.testing.assert_allclose(made, StandardScaler().fit_transform(rows), atol=1e-5)


@pytest.mark.keras
def test_tokenize_is_keras_text_vectorization():
    import keras

    texts = ["The cat, sat!", "a dog sat", "the the zebra"]
    layer = keras.layers.TextVectorization(max_tokens=20)
    layer.adapt(texts)
    values = np.array(texts, dtype=object)
    learned = read_transform({"tokenize": 20}).fit(values, TEXT)
    counted = {t: i for i, t in enumerate(layer.get_vocabulary())}
    assert set(learned.vocabulary) == set(counted) - {"", "[UNK]"}
    ours, theirs = Feed(Columns(("x",), TEXT), (learned,)).apply(values), np.array(layer(texts))
    assert ours.shape == theirs.shape
    np.testing.assert_array_equal(ours > 0, theirs > 0)


def test_missing_numbers_become_the_mean_of_their_place_or_a_number():
    made = fed(read_transform("impute"), GAPS).apply(VALUES[GAPS])
    np.testing.assert_array_equal(made, [[1, 6], [3, 4], [2, 8]])
    made = fed(read_transform({"impute": 0.5}), GAPS).apply(VALUES[GAPS])
    np.testing.assert_array_equal(made, [[1, 0.5], [3, 4], [0.5, 8]])


def test_names_become_classes_in_their_order():
    names = np.array(["b", "a", "c", "a"], object)
    learned = read_transform("classes").fit(names, TEXT)
    assert learned.type(TEXT) == FieldType((), "int64", 3, ("a", "b", "c"))
    assert learned.apply(names).tolist() == [1, 0, 2, 0]
    with pytest.raises(Mismatch, match="none of its classes"):
        learned.apply(np.array(["d"], object))
    numbers = read_transform("classes").fit(np.array([10, 9, 2]), LABEL)
    assert numbers.names == ("2", "9", "10")


@pytest.mark.parametrize("written", ["standardize", "impute", "classes", {"tokenize": 5}], ids=str)
def test_what_is_learned_piece_by_piece_is_what_is_learned_at_once(written):
    """A stream learns the same as data in memory."""
    field = {"standardize": IMAGE, "impute": GAPS}.get(str(written), TEXT)
    transform, values = read_transform(written), VALUES[field]
    learner = transform.learner(field)
    for piece in np.array_split(values, 3):
        learner.see(piece)
    pieces, whole = learner.learned(), transform.fit(values, field)
    for name, learned in pieces.items():
        expected = getattr(whole, name)
        if isinstance(learned[0], float):
            np.testing.assert_allclose(learned, expected, rtol=1e-12)
        else:
            assert learned == expected


@given(st.lists(st.integers(0, 6), min_size=0, max_size=9), st.sampled_from(["after", "before"]))
def test_pad_keeps_one_end(row, side):
    values = np.array([row], dtype=np.int32).reshape(1, len(row))
    made = read_transform({"pad": {"length": 4, "side": side}}).apply(values)[0].tolist()
    zeros = [0] * max(0, 4 - len(row))
    assert made == ([*row[:4], *zeros] if side == "after" else [*zeros, *row[-4:]])
