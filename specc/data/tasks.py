"""Tasks: small generated datasets, for what scikit-learn has no data for.

Each follows a rule, which its description states, and is drawn from a seed of its own, so that it
is the same everywhere and every time. Each loads in well under a second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specc.data.dataset import Dataset, FieldType

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]
    Arrays = dict[str, Array]

# --- sequences ------------------------------------------------------------------------------------

_LENGTH, _TOKENS = 6, 10


def _reverse_sequence() -> Arrays:
    import numpy as np

    tokens = np.random.default_rng(1).integers(1, _TOKENS, (4000, _LENGTH), dtype=np.int32)
    backwards = tokens[:, ::-1].copy()
    return {"tokens": tokens, "shifted": _after_start(backwards), "reversed": backwards}


def _after_start(tokens: Array) -> Array:
    """What a decoder has seen before each token: the start, 0, then all tokens but the last."""
    import numpy as np

    return np.pad(tokens[:, :-1], ((0, 0), (1, 0)))


def _sort_sequence() -> Arrays:
    import numpy as np

    tokens = np.random.default_rng(2).integers(0, _TOKENS, (4000, 8), dtype=np.int32)
    return {"tokens": tokens, "sorted": np.sort(tokens, axis=1)}


_CIRCLE = 16


def _circle_walk() -> Arrays:
    import numpy as np

    rng = np.random.default_rng(3)
    examples, length = 2000, 13
    stride = rng.choice([-2, -1, 1, 2], size=(examples, 1))
    jumps = rng.random((examples, length)) < 0.1
    steps = np.where(jumps, rng.integers(0, _CIRCLE, jumps.shape), stride)
    start = rng.integers(0, _CIRCLE, (examples, 1))
    walk = ((start + np.cumsum(steps, axis=1)) % _CIRCLE).astype(np.int32)
    return {"tokens": walk[:, :-1], "next": walk[:, 1:]}


_BRACKETS = 20


def _brackets() -> Arrays:
    import numpy as np

    rng = np.random.default_rng(4)
    steps = np.repeat([1, -1], _BRACKETS // 2)
    drawn = rng.permuted(np.tile(steps, (40_000, 1)), axis=1)
    balanced = np.cumsum(drawn, axis=1).min(axis=1) >= 0
    half = 2000
    chosen = np.concatenate([drawn[balanced][:half], drawn[~balanced][:half]])
    label = np.repeat([1, 0], half)
    order = rng.permutation(len(chosen))
    return {
        "tokens": np.where(chosen[order] > 0, 1, 2).astype(np.int32),
        "label": label[order],
    }


# --- text -----------------------------------------------------------------------------------------

_QUESTIONS = (
    "what is the first number",
    "what is the last number",
    "which number is the largest",
    "which number is the smallest",
    "how many numbers are there",
)


def _list_question() -> Arrays:
    import numpy as np

    rng = np.random.default_rng(5)
    examples, longest = 5000, 6
    numbers = rng.integers(0, _TOKENS, (examples, longest))
    count = rng.integers(2, longest + 1, examples)
    absent = np.arange(longest) >= count[:, None]
    asked = rng.integers(0, len(_QUESTIONS), examples)
    answers = np.stack(
        [
            numbers[:, 0],
            np.take_along_axis(numbers, count[:, None] - 1, axis=1)[:, 0],
            np.where(absent, -1, numbers).max(axis=1),
            np.where(absent, _TOKENS, numbers).min(axis=1),
            count,
        ]
    )
    listed = zip(numbers.tolist(), count.tolist(), strict=True)
    text = [" ".join(map(str, row[:length])) for row, length in listed]
    return {
        "text": np.array(text, dtype=object),
        "question": np.array(_QUESTIONS, dtype=object)[asked],
        "label": answers[asked, np.arange(examples)],
    }


# --- pictures -------------------------------------------------------------------------------------


def _digit_pairs() -> Arrays:
    import numpy as np

    from specc.data.extra import needed

    digits = needed("sklearn.datasets").load_digits()
    images: Array = digits.images.astype(np.float32)
    kinds: Array = digits.target
    rng = np.random.default_rng(6)
    pairs = 4000
    left = rng.integers(0, len(kinds), pairs)
    # A partner from the same class is found by a place in the list sorted by class.
    by_class = np.argsort(kinds, kind="stable")
    size = np.bincount(kinds)
    start = np.cumsum(size) - size
    same = rng.random(pairs) < 0.5
    kind = np.where(same, kinds[left], (kinds[left] + rng.integers(1, 10, pairs)) % 10)
    right = by_class[start[kind] + rng.integers(0, size[kind])]
    return {"left": images[left], "right": images[right], "label": same.astype(np.int64)}


def _distances(size: int, x: Array, y: Array) -> tuple[Array, Array]:
    """How far each pixel is from the centres, sideways and up: twice (examples, size, size)."""
    import numpy as np

    pixel = np.arange(size)
    return (
        np.abs(pixel[None, None, :] - x[:, None, None]),
        np.abs(pixel[None, :, None] - y[:, None, None]),
    )


def _shapes_segmentation() -> Arrays:
    import numpy as np

    rng = np.random.default_rng(7)
    examples, size, shapes = 600, 32, 3
    image = rng.normal(0, 0.25, (examples, size, size)).astype(np.float32)
    mask = np.zeros((examples, size, size), np.int64)
    for _ in range(shapes):
        x, y = rng.uniform(4, size - 4, (2, examples))
        radius = rng.uniform(3, 7, examples)[:, None, None]
        kind = rng.integers(1, 3, examples)[:, None, None]
        across, up = _distances(size, x, y)
        reach = np.where(kind == 1, np.hypot(across, up), np.maximum(across, up))
        inside = reach <= radius
        mask = np.where(inside & (mask == 0), kind, mask)
    image += mask > 0
    return {"image": image[..., None], "mask": mask}


def _one_shape() -> Arrays:
    import numpy as np

    rng = np.random.default_rng(8)
    examples, size = 2000, 16
    x, y = rng.uniform(6, size - 7, (2, examples))
    radius = rng.uniform(2.5, 6, examples)
    kind = rng.integers(0, 3, examples)
    filled = rng.integers(0, 2, examples)
    across, up = _distances(size, x, y)
    apart = np.stack([np.hypot(across, up), np.maximum(across, up), across + up])
    distance = apart[kind, np.arange(examples)]
    line = radius[:, None, None]
    drawn = (distance <= line) & ((filled[:, None, None] == 1) | (distance > line - 1.5))
    image = rng.normal(0, 0.1, (examples, size, size)).astype(np.float32)
    image += drawn
    return {
        "image": image[..., None],
        "kind": kind,
        "filled": filled,
        "radius": radius.astype(np.float32),
    }


_PATCH = 32


def _photo_patches() -> Arrays:
    import numpy as np

    from specc.data.extra import needed

    photographs = needed("sklearn.datasets").load_sample_images().images
    rng = np.random.default_rng(9)
    examples = 4000
    height, width = photographs[0].shape[:2]
    photograph = rng.integers(0, len(photographs), examples)
    top = rng.integers(0, height - _PATCH + 1, examples)
    left = rng.integers(0, width - _PATCH + 1, examples)
    image = [
        photographs[p][y : y + _PATCH, x : x + _PATCH]
        for p, y, x in zip(photograph, top, left, strict=True)
    ]
    lower, right = 2 * top > height - _PATCH, 2 * left > width - _PATCH
    return {"image": np.stack(image), "label": 4 * photograph + 2 * lower + right}


# --- the register ---------------------------------------------------------------------------------

_DIGIT = FieldType((8, 8), "float32")
_YES = FieldType((), "int64", 2, ("no", "yes"))


def _token(length: int, classes: int) -> FieldType:
    return FieldType((length,), "int32", classes)


TASKS: tuple[Dataset, ...] = (
    Dataset(
        "reverse_sequence",
        {
            "tokens": _token(_LENGTH, _TOKENS),
            "shifted": _token(_LENGTH, _TOKENS),
            "reversed": _token(_LENGTH, _TOKENS),
        },
        _reverse_sequence,
        "Six tokens from 1 to 9, each as likely as another. `reversed` are the same tokens from "
        "the last to the first; `shifted` is what a decoder has seen before it says each of them: "
        "0, the start, then `reversed` without its last token. 4000 examples.",
    ),
    Dataset(
        "sort_sequence",
        {"tokens": _token(8, _TOKENS), "sorted": _token(8, _TOKENS)},
        _sort_sequence,
        "Eight tokens from 0 to 9, each as likely as another; `sorted` are the same tokens from "
        "the smallest to the largest. 4000 examples.",
    ),
    Dataset(
        "circle_walk",
        {"tokens": _token(12, _CIRCLE), "next": _token(12, _CIRCLE)},
        _circle_walk,
        "A walk over 16 tokens that lie on a circle, from anywhere. Every walk has its own "
        "stride, one or two tokens one way or the other, and at one step in ten it jumps anywhere "
        "instead. `tokens` are twelve places of it, `next` the place after each. Two places tell "
        "the stride, so one place is not enough. 2000 examples.",
    ),
    Dataset(
        "brackets",
        {"tokens": _token(_BRACKETS, 3), "label": _YES},
        _brackets,
        "Twenty brackets, ten that open (1) and ten that close (2). `label` is 1 where they are "
        "balanced: none closes before it is open. Half of the 4000 examples are.",
    ),
    Dataset(
        "list_question",
        {
            "text": FieldType((), "string"),
            "question": FieldType((), "string"),
            "label": FieldType((), "int64", _TOKENS),
        },
        _list_question,
        "`text` lists two to six numbers from 0 to 9 (`7 0 3`), `question` asks for the first, "
        "the last, the largest or the smallest of them, or how many there are, in words; `label` "
        "is the answer, a number from 0 to 9. 5000 examples.",
    ),
    Dataset(
        "digit_pairs",
        {"left": _DIGIT, "right": _DIGIT, "label": _YES},
        _digit_pairs,
        "Pairs of scikit-learn's handwritten digits, grey from 0 to 16; `label` is 1 where both "
        "show the same digit, which half of them do. The 4000 pairs are drawn from 1797 pictures, "
        "so a picture stands in several pairs, in other company.",
    ),
    Dataset(
        "shapes_segmentation",
        {
            "image": FieldType((32, 32, 1), "float32"),
            "mask": FieldType((32, 32), "int64", 3, ("ground", "disc", "square")),
        },
        _shapes_segmentation,
        "Three discs and squares of brightness 1 on a dark ground, under noise, the later ones "
        "behind the earlier. `mask` says what each pixel belongs to: 0 the ground, 1 a disc, 2 a "
        "square. 600 pictures.",
    ),
    Dataset(
        "one_shape",
        {
            "image": FieldType((16, 16, 1), "float32"),
            "kind": FieldType((), "int64", 3, ("disc", "square", "diamond")),
            "filled": _YES,
            "radius": FieldType((), "float32"),
        },
        _one_shape,
        "One disc, square or diamond (`kind`), filled or an outline (`filled`), with a `radius` "
        "from 2.5 to 6 pixels, under a little noise. 2000 pictures.",
    ),
    Dataset(
        "photo_patches",
        {
            "image": FieldType((_PATCH, _PATCH, 3), "uint8"),
            "label": FieldType((), "int64", 8),
        },
        _photo_patches,
        "Pieces of scikit-learn's two photographs, 32x32 pixels of red, green and blue from 0 to "
        "255. `label` is the quarter that a piece is from: 1 more for the right half, 2 for the "
        "lower, 4 for the second photograph, the flower. 4000 pieces, which overlap.",
    ),
)
"""Every task; `specc.data.registry` lists them with the other datasets."""
