"""Class weights: checked against the classes, and made weights of examples, for any output."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from specc.catalogue.kinds import nearest
from specc.catalogue.plain import is_dict, is_sequence
from specc.data.dataset import FieldType
from specc.data.places import Places
from specc.diagnostics.codes import training as codes
from specc.diagnostics.report import Report
from specc.document.spec import Train
from specc.infer.program import Program
from specc.train.logged import learned_outputs

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

BALANCED = "balanced"


def check_class_weights(
    program: Program,
    train: Train,
    targets: Mapping[str, FieldType],
    places: Places,
    report: Report,
) -> None:
    """Every output has a loss, every class is one that it has, every weight is a number from 0."""
    learned = learned_outputs(program)
    for name, given in (train.class_weight or {}).items():
        path = ("train", "class_weight", name)

        def wrong(message: str, help: str, *below: str | int, path: tuple[str, ...] = path) -> None:
            report.add(codes.BadClassWeight(message, places.value(*path, *below), help=help))

        if name not in learned:
            close = nearest(name, learned)
            hint = f"did you mean `{close}`?" if close else f"there are {', '.join(learned)}"
            wrong(f"there is no output with a loss named `{name}`", hint)
            continue
        if given == BALANCED:
            continue
        weights = _by_class(given)
        if weights is None:
            wrong(
                "class weights are `balanced`, a list with one for each class, or one by class",
                f"`class_weight: {{{name}: [1.0, 2.0]}}`",
            )
            continue
        for key, weight in weights.items():
            if not _is_number(weight) or not math.isfinite(weight) or weight < 0:
                wrong("a class's weight is a number from 0", "1 leaves a class as it is", key)
        count = _classes(program, name, targets.get(name))
        for key in weights:
            if not str(key).isdecimal():
                wrong(f"`{key}` is no class", "classes are whole numbers from 0", key)
            elif count is not None and int(key) >= count:
                wrong(
                    f"`{name}` has {count} classes, from 0 to {count - 1}, and this is {key}",
                    "a class that is not named weighs 1",
                    key,
                )


def _by_class(given: Any) -> dict[str | int, Any] | None:
    """The weights by the keys that they are written under."""
    if is_dict(given):
        return dict(given)
    return dict(enumerate(given)) if is_sequence(given) else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _classes(program: Program, name: str, target: FieldType | None) -> int | None:
    """How many classes an output has: as many as scores, two for one score."""
    dims = program.outputs[name].type.dims[1:]
    last = dims[-1] if dims else 1
    if target is not None and target.classes is not None:
        return target.classes
    return max(last, 2) if isinstance(last, int) else None


def weighed(given: Any, target: Array, output: tuple[Any, ...]) -> Array:
    """The weights of examples that follow from their classes.

    `target` are classes, (examples, …), or rows of an output of that shape, (batch, …, classes).
    """
    import numpy as np

    found = _labels(target, output)
    if given == BALANCED:
        by_class = balanced(class_counts(target, output))
    else:
        by_class = {int(k): float(v) for k, v in (_by_class(given) or {}).items()}
    table = np.ones(max([int(found.max(initial=0)), *by_class]) + 1, np.float32)
    for label, weight in by_class.items():
        table[label] = weight
    return table[found]


def class_counts(target: Array, output: tuple[Any, ...]) -> dict[int, int]:
    """How often each class is there; `target` and `output` as `weighed` takes them."""
    import numpy as np

    classes, counts = np.unique(_labels(target, output), return_counts=True)
    return {int(c): int(n) for c, n in zip(classes, counts, strict=True)}


def balanced(counts: Mapping[int, int]) -> dict[int, float]:
    """A weight for each class, by which each counts as much as any other, and 1 in the mean."""
    total = sum(counts.values())
    return {c: total / (len(counts) * n) for c, n in counts.items()}


def _labels(target: Array, output: tuple[Any, ...]) -> Array:
    import numpy as np

    if len(target.shape) == len(output) and target.shape[-1:] == output[-1:]:
        target = target[..., 0] if target.shape[-1] == 1 else np.argmax(target, axis=-1)
    return target.astype(np.int64)
