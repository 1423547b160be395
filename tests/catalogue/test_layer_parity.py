"""Every rule says what Keras says: on its own cases, on drawn ones, and on what is listed."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from random import Random
from typing import Any

import keras
import oracle
import parity
import pytest
from disagreement import Disagreement
from disagreements import DISAGREEMENTS, verdict
from drawing import OUTSIDE, drawn, show, takes
from hypothesis import HealthCheck, given, settings, strategies
from ruling import outputs, ruling

from specc.catalogue.catalogue import _Scope, builtin
from specc.catalogue.define import Argument, Case, Result, case
from specc.catalogue.kinds import Bool
from specc.catalogue.layers import ALIASES, LAYERS
from specc.catalogue.layers.own import OWN
from specc.catalogue.refused import REFUSED

pytestmark = [pytest.mark.keras, pytest.mark.filterwarnings("ignore")]

COUNT = int(os.environ.get("SPECC_PARITY_CASES", "25"))
"""How many cases are drawn for each layer; `tools/bench/parity.py` draws more."""

SCOPE = _Scope(builtin(), None)
NAMES = sorted(set(LAYERS) - set(OWN))
OWN_CASES = [(n, i) for n in NAMES for i in range(len(LAYERS[n].cases))]


def explain(found: parity.Comparison) -> str:
    return f"{found.difference}: {show(found.name, found.case)}\n{found.specc}\n{found.keras}"


@pytest.mark.parametrize("name", NAMES)
def test_own_cases(name: str) -> None:
    """Keras accepts each of a layer's own cases, and gives what specc says."""
    for each in LAYERS[name].cases:
        found = parity.compare(name, each)
        assert found.accepted, explain(found)
        assert not found.difference or verdict(found)[0] == "listed", explain(found)


@pytest.mark.parametrize("name", NAMES)
def test_drawn_cases(name: str) -> None:
    """specc and Keras give one verdict on drawn cases, or the difference is listed.

    hypothesis draws what the drawing of cases draws from, so that a case that fails gets small.
    """

    @settings(
        max_examples=COUNT, deadline=None, database=None, derandomize=True,
        suppress_health_check=list(HealthCheck),  # pyright: ignore[reportArgumentType]
    )  # fmt: skip
    @given(strategies.randoms(use_true_random=False))
    def agree(rng: Random) -> None:
        found = parity.compare(name, drawn(LAYERS[name], rng, rng.choice((OUTSIDE, 0.5))))
        assert verdict(found)[0] != "unexplained", explain(found)

    agree()


def test_each_layer_is_drawn_both_ways() -> None:
    """Of 300 drawn cases of each layer specc accepts 50 at least, and refuses 50, no two alike."""
    few: dict[str, tuple[int, int]] = {}
    for name in NAMES:
        rng = Random(f"{name} 0")
        made = [drawn(LAYERS[name], rng, (OUTSIDE, 0.5, 0.05)[i % 3]) for i in range(300)]
        different = {show(name, c): c for c in made}.values()
        accepted = sum(takes(LAYERS[name], c) for c in different)
        if min(accepted, len(different) - accepted) < 50:
            few[name] = (accepted, len(different) - accepted)
    assert not few


@pytest.mark.parametrize("name", NAMES)
def test_real_numbers(name: str) -> None:
    """Real numbers through a layer's first case have the shapes that specc says."""
    first = LAYERS[name].cases[0]
    found = parity.compare(name, first)
    given = oracle.eager(name, first)
    assert isinstance(found.specc, Result)
    assert isinstance(given, oracle.Answer), given
    for ours, (shape, _) in zip(outputs(found.specc), given.outputs, strict=True):
        assert len(ours.shape) == len(shape)
        assert all(a is None or a == b for a, b in zip(ours.shape, shape, strict=True))


@pytest.mark.parametrize(
    "entry", DISAGREEMENTS, ids=lambda d: f"{d.example[0]}-{d.argument or d.says[:20]}-{d.kind}"
)
def test_disagreement_is_not_stale(entry: Disagreement) -> None:
    """The two still differ on a listed disagreement's example, and real numbers still show it."""
    name, example = entry.example
    found = parity.compare(name, example)
    assert entry.applies(found), explain(found)
    if entry.kind == "late":
        assert parity.late(name, example)
    elif entry.kind == "crash":
        assert _crashes(name, example)
    elif entry.kind == "wrong" and entry.proof is None:
        assert parity.wrong(name, example)
    else:
        assert entry.proof() if entry.proof else not parity.late(name, example)


def _crashes(name: str, example: Case) -> bool:
    shape = oracle.concrete(example.inputs[0])
    code = (
        "import keras, numpy as np;"
        f"keras.layers.{name}(**{dict(example.arguments)!r})(np.ones({shape!r}, 'float32'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    return done.returncode < 0


def concrete_classes() -> dict[str, Any]:
    """Every layer class that Keras exports, by name."""
    found = {n: getattr(keras.layers, n) for n in dir(keras.layers)}
    bases = (keras.layers.Layer, keras.layers.Wrapper)
    return {
        n: c
        for n, c in found.items()
        if inspect.isclass(c) and issubclass(c, keras.layers.Layer) and c not in bases
    }


def test_every_class_is_known() -> None:
    """Each concrete layer of Keras has a rule, is refused with a reason, or is another name."""
    unknown = set(concrete_classes()) - set(LAYERS) - set(REFUSED) - set(ALIASES)
    assert not unknown
    assert set(LAYERS) - set(OWN) <= set(concrete_classes())
    for alias, name in ALIASES.items():
        assert getattr(keras.layers, alias) is getattr(keras.layers, name)


def parameter_of(name: str, argument: Argument) -> inspect.Parameter:
    """Keras's parameter: of the call, or of the constructor or a base's to which it is passed."""
    layer = getattr(keras.layers, name)
    functions = [layer.call] if argument.at_call else [c.__init__ for c in layer.__mro__]
    found = (inspect.signature(f).parameters.get(argument.name) for f in functions)
    return next(p for p in found if p is not None)


@pytest.mark.parametrize("name", NAMES)
def test_defaults(name: str) -> None:
    """The defaults of the arguments that a rule reads are Keras's."""
    for argument in LAYERS[name].arguments:
        parameter = parameter_of(name, argument)
        assert argument.required == (parameter.default is parameter.empty), argument.name
        if not argument.required:
            theirs = parameter.default
            if theirs is not None and argument.kind != Bool():
                theirs = argument.kind.check(theirs, SCOPE)
            assert argument.default == theirs, argument.name


@pytest.mark.parametrize("name", NAMES)
def test_slots(name: str) -> None:
    """The tensors of a rule bear the names of Keras's call."""
    called = inspect.signature(getattr(keras.layers, name).call).parameters
    for slot in LAYERS[name].slots:
        assert slot.name in called


COSTS = (
    ("Dense", case((10, 40), units=30)),
    ("Conv1D", case((28, 4), filters=8, kernel_size=3)),
    ("Conv2D", case((28, 28, 3), filters=8, kernel_size=3, strides=2, padding="same")),
    ("Conv3D", case((8, 8, 8, 4), filters=8, kernel_size=3)),
    ("DepthwiseConv2D", case((28, 28, 4), kernel_size=3)),
    ("SeparableConv2D", case((28, 28, 4), filters=8, kernel_size=3)),
    ("Conv2DTranspose", case((14, 14, 4), filters=8, kernel_size=3, strides=2, padding="same")),
    ("MaxPooling2D", case((28, 28, 4))),
    ("GlobalAveragePooling2D", case((28, 28, 4))),
    ("BatchNormalization", case((28, 28, 4))),
    ("LayerNormalization", case((28, 28, 4))),
    ("LayerNormalization", case((28, 32))),
    ("LayerNormalization", case((28, 32), scale=False)),
    ("LayerNormalization", case((28, 32), center=False)),
    ("LayerNormalization", case((28, 32), axis=[1, 2], scale=False, center=False)),
    ("RMSNormalization", case((28, 32))),
    ("GroupNormalization", case((28, 28, 4), groups=2)),
    ("Add", case([(28, 4), (28, 4)])),
    ("ReLU", case((28, 4))),
    ("Attention", case([(16, 32), (16, 32)])),
    ("EinsumDense", case((10, 8), equation="abc,cd->abd", output_shape=[None, 6])),
)


@pytest.mark.parametrize(("name", "example"), COSTS, ids=[n for n, _ in COSTS])
def test_cost_is_that_of_the_profiler(name: str, example: Case) -> None:
    """The cost of one example is within 1 % of what TensorFlow's profiler counts."""
    result = ruling(LAYERS[name], example)
    assert result.flops == pytest.approx(oracle.profiled(name, example), rel=0.01)
