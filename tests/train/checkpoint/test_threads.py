"""A run goes on with the thread counts that it was begun with, or says that it cannot."""

from __future__ import annotations

import subprocess
import sys

import pytest

from specc.train.checkpoint.threads import threads, use

CHILD = """
import os, sys
from specc.train.checkpoint.threads import threads, use
use({"intra": 3, "inter": 1})
assert "tensorflow" not in sys.modules
print(threads())
"""


def test_before_tensorflow_is_loaded_the_recorded_counts_are_taken():
    """By the variables that TensorFlow reads."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "{'intra': 3, 'inter': 1}"
    assert done.stderr == ""


@pytest.mark.keras
def test_afterwards_it_is_said_that_bits_may_differ(capsys):
    """Counts that are the same say nothing."""
    import keras

    assert keras.__version__
    use(threads())
    assert capsys.readouterr().err == ""
    use({"intra": 17, "inter": 17})
    assert "the run used 17 threads" in capsys.readouterr().err
