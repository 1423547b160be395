"""The promotion of dtypes is Keras's."""

from __future__ import annotations

import itertools
import os

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from specc.catalogue.dtypes import COMPLEX, DTYPES, FLOAT8, WEAK, result_type
from specc.catalogue.mismatch import DTypeMismatch

pytestmark = pytest.mark.keras

ALL = (*DTYPES, *WEAK, *FLOAT8)


def _keras(dtypes: tuple[str, ...]) -> str | None:
    from keras import backend

    plain = {"int": int, "float": float}
    try:
        return backend.result_type(*(plain.get(d, d) for d in dtypes))
    except ValueError:
        return None


def _ours(dtypes: tuple[str, ...]) -> str | None:
    try:
        return result_type(*dtypes)
    except DTypeMismatch:
        return None


@pytest.mark.parametrize("count", [1, 2, 3])
def test_every_combination_has_keras_s_answer(count: int) -> None:
    """All dtypes, all pairs and all triples, plain numbers among them, give what Keras gives."""
    different = [
        (dtypes, _ours(dtypes), _keras(dtypes))
        for dtypes in itertools.combinations_with_replacement(ALL, count)
        if _ours(dtypes) != _keras(dtypes)
    ]
    assert not different


def test_order_does_not_matter() -> None:
    """Promotion is symmetric."""
    for one, other in itertools.product(ALL, repeat=2):
        assert _ours((one, other)) == _ours((other, one))


def test_complex_is_known() -> None:
    """The complex dtypes are among those that can be named."""
    assert set(COMPLEX) <= set(DTYPES)
