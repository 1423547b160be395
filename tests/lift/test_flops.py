"""Operations of applications are those of TensorFlow's profiler, less what the conventions say."""

from __future__ import annotations

import pytest

from specc.catalogue import applications
from tests.lift.profiled import apart, counted, program

pytestmark = pytest.mark.keras

SAMPLE = ("ConvNeXtTiny", "EfficientNetB0", "MobileNetV3Small")
"""Those that are farthest apart, each over another convention."""


def compared(name: str) -> None:
    """specc's count and what is said to be apart are the profiler's count, to the operation."""
    made = program(name)
    assert made.flops is not None
    assert made.flops + sum(apart(made).values()) == counted(name)


@pytest.mark.parametrize("name", SAMPLE)
def test_a_sample_is_what_the_profiler_counts(name: str) -> None:
    """To the operation."""
    compared(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", [n for n in applications.names() if n not in SAMPLE])
def test_each_is_what_the_profiler_counts(name: str) -> None:
    """All forty; it takes some minutes."""
    compared(name)
