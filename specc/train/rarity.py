"""`balanced` class weights of data that is read in pieces: one pass counts the classes before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from specc.catalogue.catalogue import Catalogue
from specc.data.stream import Stream
from specc.train.class_weights import BALANCED, balanced, class_counts
from specc.train.plan import Plan

_SIZE = 4096


def settled(plan: Plan, stream: Stream, shapes: Mapping[str, Any], catalogue: Catalogue) -> Plan:
    """The plan with a number for each class: a batch alone does not know how rare its classes are.

    `shapes` are those of the outputs, the batch first. Raises `BadData`.
    """
    names = [n for n, given in plan.class_weight.items() if given == BALANCED]
    if not names:
        return plan
    counts: dict[str, Counter[int]] = {n: Counter() for n in names}
    for part in stream.batches(_SIZE, seed=None, epoch=0):
        y = plan.y(part.inputs, part.targets, shapes, catalogue)
        for name in names:
            counts[name].update(class_counts(y[name], tuple(shapes[name])))
    weights = {n: balanced(c) for n, c in counts.items()}
    return replace(plan, class_weight={**plan.class_weight, **weights})
