"""Each generated task is what its field types say, follows its rule, and is the same every time."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from specc.data.tasks import TASKS

LOADED = {task.name: task.load() for task in TASKS}


@pytest.mark.parametrize("task", TASKS, ids=lambda t: t.name)
def test_fields_are_as_declared(task):
    """The data has the fields, shapes and dtypes that a check goes by."""
    arrays = LOADED[task.name]
    assert arrays.keys() == task.fields.keys()
    assert len({len(a) for a in arrays.values()}) == 1
    for name, field in task.fields.items():
        array = arrays[name]
        assert array.shape[1:] == field.shape, name
        assert array.dtype == (object if field.dtype == "string" else field.dtype), name
        if field.dtype == "string":
            assert all(isinstance(text, str) for text in array)
        if field.classes is not None:
            assert array.min() >= 0
            assert array.max() == field.classes - 1, f"{name} has classes that never occur"
            assert len(field.names) in (0, field.classes)


@pytest.mark.parametrize("task", TASKS, ids=lambda t: t.name)
def test_the_same_every_time(task):
    """Two loads give the same examples in the same order, and most of them differ."""
    first, second = LOADED[task.name], task.load()
    for name in task.fields:
        np.testing.assert_array_equal(first[name], second[name])
    whole = [
        tuple(a.tobytes() if isinstance(a, np.ndarray) else a for a in example)
        for example in zip(*first.values(), strict=True)
    ]
    assert len(set(whole)) > 0.5 * len(whole)


def test_reversed_sequences():
    """`reversed` read backwards is `tokens`; `shifted` is one step behind and starts with 0."""
    arrays = LOADED["reverse_sequence"]
    np.testing.assert_array_equal(arrays["reversed"], arrays["tokens"][:, ::-1])
    np.testing.assert_array_equal(arrays["shifted"][:, 1:], arrays["reversed"][:, :-1])
    assert not arrays["shifted"][:, 0].any()
    assert arrays["tokens"].min() == 1, "0 is the start, and no token"


def test_sorted_sequences():
    """`sorted` goes up and holds each token as often as `tokens`."""
    arrays = LOADED["sort_sequence"]
    assert (np.diff(arrays["sorted"], axis=1) >= 0).all()
    for token in range(10):
        np.testing.assert_array_equal(
            (arrays["tokens"] == token).sum(1), (arrays["sorted"] == token).sum(1)
        )


def test_circle_walks():
    """Nine steps in ten have the walk's stride, and `next` is one step ahead."""
    arrays = LOADED["circle_walk"]
    np.testing.assert_array_equal(arrays["next"][:, :-1], arrays["tokens"][:, 1:])
    steps = (arrays["next"] - arrays["tokens"]) % 16
    common = np.array([np.bincount(row, minlength=16).argmax() for row in steps])
    assert set(common) == {1, 2, 14, 15}
    assert np.bincount(arrays["tokens"][:, 0]).max() < 2 * len(common) / 16, "any place, evenly"
    assert 0.89 < (steps == common[:, None]).mean() < 0.93


def test_brackets():
    """Ten open and ten close; the label says whether a stack would ever be empty too early."""
    arrays = LOADED["brackets"]
    assert ((arrays["tokens"] == 1).sum(axis=1) == 10).all()
    assert ((arrays["tokens"] == 2).sum(axis=1) == 10).all()
    assert arrays["label"].mean() == 0.5
    for tokens, label in zip(arrays["tokens"][:200], arrays["label"][:200], strict=True):
        text = "".join("()"[t - 1] for t in tokens)
        while "()" in text:
            text = text.replace("()", "")
        assert (text == "") == bool(label)


def test_questions_about_lists():
    """Python's own functions give the same answers."""
    arrays = LOADED["list_question"]
    answer = {
        "first": lambda n: n[0],
        "last": lambda n: n[-1],
        "largest": max,
        "smallest": min,
        "many": len,
    }
    asked = set()
    for text, question, label in zip(*arrays.values(), strict=True):
        numbers = [int(word) for word in text.split(" ")]
        (kind,) = answer.keys() & set(question.split())
        assert answer[kind](numbers) == label
        asked.add((kind, len(numbers)))
    assert len(asked) == 25, "each question about each length"


def test_pairs_of_digits():
    """The label says whether both pictures show one digit, and about half do."""
    datasets = pytest.importorskip("sklearn.datasets")
    digits = datasets.load_digits()
    shown = zip(digits.images, digits.target, strict=True)
    kind = {image.astype(np.float32).tobytes(): k for image, k in shown}
    arrays = LOADED["digit_pairs"]
    same = [
        kind[left.tobytes()] == kind[right.tobytes()]
        for left, right in zip(arrays["left"], arrays["right"], strict=True)
    ]
    np.testing.assert_array_equal(same, arrays["label"])
    assert 0.45 < arrays["label"].mean() < 0.55


def test_segmented_shapes():
    """Where the mask says ground it is dark, elsewhere bright; most pixels are ground."""
    arrays = LOADED["shapes_segmentation"]
    image, mask = arrays["image"][..., 0], arrays["mask"]
    assert abs(image[mask == 0].mean()) < 0.01
    assert abs(image[mask > 0].mean() - 1) < 0.01
    share = np.bincount(mask.ravel()) / mask.size
    assert (share > 0.1).all()


def test_one_shape():
    """A filled shape is brighter than its outline, a square brighter than a disc of its radius."""
    arrays = LOADED["one_shape"]
    light = arrays["image"].sum(axis=(1, 2, 3))
    filled = arrays["filled"] == 1
    assert light[filled].mean() > 1.5 * light[~filled].mean()
    area = [light[filled & (arrays["kind"] == kind)].mean() for kind in range(3)]
    assert area[1] > area[0] > area[2], "square, disc, diamond"
    assert np.corrcoef(light[filled], arrays["radius"][filled])[0, 1] > 0.8
    assert 2.5 <= arrays["radius"].min() < arrays["radius"].max() <= 6


def test_pieces_of_photographs():
    """Pieces of one photograph are of its colours, and all quarters are about as frequent."""
    arrays = LOADED["photo_patches"]
    blue = arrays["image"][..., 2].mean(axis=(1, 2))
    sky = (arrays["label"] == 0) | (arrays["label"] == 1)
    assert blue[sky].mean() > 2 * blue[arrays["label"] >= 4].mean()
    assert np.bincount(arrays["label"]).min() > 0.8 * len(arrays["label"]) / 8


def test_nothing_heavy_is_imported():
    """The module is read by every check, so it waits with numpy and scikit-learn for the data."""
    code = (
        "import sys, specc.data.tasks; "
        "print([m for m in ('numpy', 'sklearn', 'keras', 'pandas') if m in sys.modules])"
    )
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
