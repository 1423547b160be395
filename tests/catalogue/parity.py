"""Compares a rule with Keras on a case, and says in which way they differ."""

from __future__ import annotations

from dataclasses import dataclass

import oracle
from ruling import outputs, ruling

from specc.catalogue.define import Case, Result
from specc.catalogue.layers import LAYERS
from specc.catalogue.mismatch import Mismatch


@dataclass(frozen=True)
class Comparison:
    """What both said of a case. `difference` is empty where they agree."""

    name: str
    case: Case
    specc: Result | Mismatch
    keras: oracle.Answer | oracle.Refusal
    difference: str

    @property
    def accepted(self) -> bool:
        """Whether both accept."""
        return isinstance(self.specc, Result) and isinstance(self.keras, oracle.Answer)


def compare(name: str, case: Case) -> Comparison:
    """Both answers to a case. What a rule raises beside a `Mismatch` goes through."""
    said: Result | Mismatch
    try:
        said = ruling(LAYERS[name], case)
    except Mismatch as mismatch:
        said = mismatch
    answer = oracle.symbolic(name, case)
    return Comparison(name, case, said, answer, _difference(said, answer))


def _difference(said: Result | Mismatch, answer: oracle.Answer | oracle.Refusal) -> str:
    if isinstance(said, Mismatch):
        return "" if isinstance(answer, oracle.Refusal) else "specc refuses"
    if isinstance(answer, oracle.Refusal):
        return "keras refuses"
    ours = tuple((t.shape, t.dtype) for t in outputs(said))
    if len(ours) != len(answer.outputs):
        return "outputs"
    for (shape, dtype), (theirs, their_dtype) in zip(ours, answer.outputs, strict=True):
        if dtype != their_dtype:
            return "dtype"
        if len(shape) != len(theirs) or any(
            t is not None and t != o for o, t in zip(shape, theirs, strict=True)
        ):
            return "shape"
    for trainable, theirs in ((True, answer.trainable), (False, answer.fixed)):
        if sorted(w.shape for w in said.weights if w.trainable == trainable) != sorted(theirs):
            return "weights"
    return ""


def late(name: str, case: Case) -> bool:
    """Whether Keras refuses too, once real numbers run through it as a model would run them."""
    return (
        isinstance(oracle.eager(name, case), oracle.Refusal)
        or isinstance(oracle.eager(name, case, training=True), oracle.Refusal)
        or isinstance(oracle.eager(name, case, traced=True), oracle.Refusal)
    )


def wrong(name: str, case: Case) -> bool:
    """Whether real numbers give another shape than Keras announces."""
    announced, given = oracle.symbolic(name, case), oracle.eager(name, case)
    assert isinstance(announced, oracle.Answer)
    assert isinstance(given, oracle.Answer)
    return any(
        len(a) != len(g) or any(x is not None and x != y for x, y in zip(a, g, strict=True))
        for (a, _), (g, _) in zip(announced.outputs, given.outputs, strict=True)
    )
