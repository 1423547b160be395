"""Every op against Keras: its cases, and calls drawn near them, the same in every run."""

from __future__ import annotations

import inspect
import os
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies
from ops_generate import calls, drawn
from ops_known import KNOWN, WRONG, Known, known
from ops_parity import Call, cases, difference, eager, ours, symbolic
from ops_verdict import LENGTHS, verdict

from specc.catalogue.define import Definition
from specc.catalogue.mismatch import Mismatch
from specc.catalogue.ops import OPS
from specc.catalogue.types import TensorType

pytestmark = [pytest.mark.keras, pytest.mark.filterwarnings("ignore")]

DRAWN = int(os.environ.get("SPECC_PARITY_CALLS", "30"))
"""How many calls are drawn for each op; the full run takes 400 and five minutes."""

BY_VALUE = {
    "cholesky": "takes positive definite matrices only",
    "inv": "takes invertible matrices only",
    "lu_factor": "takes invertible matrices only",
    "solve": "takes invertible matrices only",
    "image.perspective_transform": "takes four corners of which no three are in a line",
    "segment_sum": "sorted groups must be sorted",
    "segment_max": "sorted groups must be sorted",
    "segment_min": "sorted groups must be sorted",
    "segment_prod": "sorted groups must be sorted",
}
"""Ops that fail over the numbers drawn, not over their types."""

SYMBOLIC_DTYPE = {
    "gcd": "a plain number is int64 without numbers",
    "lcm": "a plain number is int64 without numbers",
    "abs": "the size of a complex number is real",
    "absolute": "the size of a complex number is real",
    "angle": "the angle of a complex number is real",
    "cbrt": "TensorFlow takes the real part",
    "imag": "the imaginary part is real",
    "real": "the real part is real",
    "reciprocal": "Keras says float32 whatever comes in",
    "prod": "TensorFlow does not heed the dtype",
    "multi_hot": "Keras says the dtype that comes in",
    "eig": "eigenvalues are complex",
}
"""Ops of which Keras, and so specc and the model's own description, name another dtype than comes
out; each is proven by a case."""


@pytest.mark.parametrize("definition", OPS.values(), ids=OPS)
def test_cases_are_what_keras_says(definition: Definition) -> None:
    """Each op's sample cases are accepted by both, with one dtype and one shape."""
    for call in cases(definition):
        assert not isinstance(ours(call), Mismatch), f"{call}: {ours(call)}"
        assert verdict(call)[0] in ("accepted", "listed")


@pytest.mark.parametrize("definition", OPS.values(), ids=OPS)
def test_drawn_calls_are_what_keras_says(definition: Definition) -> None:
    """Calls with other sizes, ranks, dtypes and arguments get Keras's verdict.

    hypothesis draws what the drawing of calls draws from, so that a call that fails gets small.
    """

    @settings(
        max_examples=DRAWN, deadline=None, database=None, derandomize=True,
        suppress_health_check=list(HealthCheck),  # pyright: ignore[reportArgumentType]
    )  # fmt: skip
    @given(strategies.randoms(use_true_random=False))
    def agree(rng: Random) -> None:
        said, why = verdict(drawn(definition, rng))
        assert said != "unexplained", why

    agree()


@pytest.mark.parametrize("definition", OPS.values(), ids=OPS)
def test_real_numbers_give_what_was_said(definition: Definition) -> None:
    """With numbers in it, each case gives tensors of the sizes and dtypes that were inferred."""
    if definition.name in BY_VALUE:
        pytest.skip(BY_VALUE[definition.name])
    for call in cases(definition):
        mine = ours(call)
        assert not isinstance(mine, Mismatch)
        answers = [eager(call, 2, unknown) for unknown in (40, 5, 4, 3, 2)]
        given = [a for a in answers if not isinstance(a, Exception)]
        assert given, f"{call}: {answers[0]}"
        assert any(_fits(definition.name, mine, g) for g in given), f"{call}: {mine}, {given[0]}"


def _fits(name: str, mine: tuple[TensorType, ...], given: tuple[TensorType, ...]) -> bool:
    return len(mine) == len(given) and all(
        (a.dtype == b.dtype or name in SYMBOLIC_DTYPE)
        and a.rank == b.rank
        and all(x is None or x == y for x, y in zip(a.shape, b.shape, strict=True))
        for a, b in zip(mine, given, strict=True)
    )


@pytest.mark.parametrize("name", SYMBOLIC_DTYPE)
def test_a_listed_dtype_is_still_another(name: str) -> None:
    """What is excused above is still so: some case gives another dtype than was said."""
    differ = 0
    for call in cases(OPS[name]):
        mine, given = ours(call), eager(call)
        if not isinstance(mine, Mismatch) and not isinstance(given, Exception):
            differ += any(a.dtype != b.dtype for a, b in zip(mine, given, strict=True))
    assert differ


@pytest.mark.parametrize("entry", KNOWN, ids=lambda k: f"{k.example.name}: {k.reason}")
def test_a_known_disagreement_is_still_one(entry: Known) -> None:
    """Each entry's example shows it, and real numbers run through; a stale entry fails."""
    mine, keras = ours(entry.example), symbolic(entry.example)
    found = difference(mine, keras)
    assert found is not None
    assert known(entry.example, found) is entry, known(entry.example, found)
    answers = [eager(entry.example, *lengths) for lengths in LENGTHS]
    given = [a for a in answers if not isinstance(a, Exception)]
    assert given, answers[0]
    if entry.kind == WRONG:
        assert not isinstance(mine, Mismatch)
        assert any(_fits(entry.example.name, mine, g) for g in given)


@pytest.mark.parametrize("shapes", [((5, None), (5,)), ((None, 3), (None,))])
def test_a_graph_does_not_know_what_lstsq_asks(shapes: tuple[Any, Any]) -> None:
    """What specc refuses for an unknown size fails in TensorFlow's graph, where Keras says yes."""
    import keras
    import tensorflow as tf

    asked = tf.function(keras.ops.lstsq, input_signature=[tf.TensorSpec(s) for s in shapes])
    with pytest.raises(TypeError, match="NoneType"):
        asked.get_concrete_function()


@pytest.mark.parametrize("mode", ["constant", "nearest", "wrap", "mirror", "reflect"])
def test_a_graph_does_not_know_what_map_coordinates_asks(mode: str) -> None:
    """In no fill mode does TensorFlow's graph find places along an axis of unknown length."""
    import keras
    import tensorflow as tf

    def asked(x: Any, places: Any) -> Any:
        return keras.ops.image.map_coordinates(x, places, order=1, fill_mode=mode)

    signature = [tf.TensorSpec((None, 6)), tf.TensorSpec((2, 5))]
    with pytest.raises((TypeError, ValueError), match="None"):
        tf.function(asked, input_signature=signature).get_concrete_function()


def test_a_difference_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison itself sees a wrong rank, size, dtype and verdict."""
    call = Call("relu", (TensorType((2, 3)),), {})
    right = ours(call)
    assert not isinstance(right, Mismatch)
    for wrong in (TensorType((2,)), TensorType((2, 4)), TensorType((2, 3), "int32")):
        assert difference((wrong,), right)
    assert difference((TensorType((2, None)),), right)
    assert difference(right, ValueError("no"))
    assert difference(Mismatch("no"), right)


def test_arguments_are_keras_s() -> None:
    """A rule's tensors and arguments have Keras's names and defaults, and none is missing."""
    import keras

    for name, definition in OPS.items():
        function: Any = keras.ops
        for part in name.split("."):
            function = getattr(function, part)
        theirs = {
            p.name: p.default
            for p in inspect.signature(function).parameters.values()
            if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)
        }
        mine = {s.name: inspect.Parameter.empty for s in definition.slots if not s.optional}
        mine |= {s.name: None for s in definition.slots if s.optional}
        mine |= {a.name: a.default for a in definition.arguments}
        if name == "multi_hot":  # Keras asks for it all the same
            theirs["num_classes"] = inspect.Parameter.empty
        left = NOT_TAKEN.get(name, set())
        if name == "einsum":
            del mine["operands"]
        if name == "where":  # without x1 and x2 it gives places, as many as there are
            theirs |= dict.fromkeys(("x1", "x2"), inspect.Parameter.empty)
        assert mine == {k: v for k, v in theirs.items() if k not in left}, name


NOT_TAKEN = {
    "bincount": {"weights"},
    "dot_product_attention": {"attn_logits_soft_cap"},
    "trapezoid": {"x"},
}
"""Arguments of Keras's that no rule takes: tensors that Keras wants as constants, and what only a
TPU has."""


def test_each_op_is_drawn_both_ways() -> None:
    """Of 300 drawn calls of each op specc accepts 50 at least, and refuses 50, no two alike."""
    few: dict[str, tuple[int, int]] = {}
    for name, definition in OPS.items():
        different = {str(c): c for c in calls(definition, 300, 0)}.values()
        refused = sum(isinstance(ours(c), Mismatch) for c in different)
        if min(refused, len(different) - refused) < 50:
            few[name] = (len(different) - refused, refused)
    assert not few
