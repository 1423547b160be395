"""Data that a program passes in place of the spec's: arrays as the model takes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from specc.data.check import wants
from specc.data.feed import BadData, Feeds, Part
from specc.data.load import Loaded, digest
from specc.data.split import parts
from specc.document.spec import Split
from specc.infer.program import Program

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


def from_arrays(program: Program, x: Any, y: Any) -> Loaded:
    """`x` and `y` as parts by the spec's fractions: each an array, (examples, …), or by name.

    No transform is applied, and nothing is stratified, since there are no fields. Raises `BadData`.
    """
    import numpy as np

    learned = [n for n, o in program.learned.items() if wants(o)]
    inputs = _named(x, [n for n in program.inputs if n not in program.samples], "input")
    targets = _named(y, [n for n in learned if n not in program.targets], "target")
    arrays = {
        **{f"x/{n}": v for n, v in inputs.items()},
        **{f"y/{n}": v for n, v in targets.items()},
    }
    counts = {len(v) for v in arrays.values()}
    if len(counts) != 1:
        raise BadData("the arrays hold different numbers of examples")
    split = program.data.split if program.data is not None else Split()
    split = split.model_copy(update={"stratify": None})
    found = parts(counts.pop(), split)

    def part(index: Any) -> Part | None:
        if not len(index):
            return None
        return Part(
            {n: v[index] for n, v in inputs.items()},
            {n: v[index] for n, v in targets.items()},
            None,
        )

    train = part(found.train)
    assert train is not None  # `parts` refuses a split without training
    hashed = digest({n: np.asarray(v) for n, v in arrays.items()})
    return Loaded(Feeds(), train, part(found.validation), part(found.test), hashed, None, split)


def _named(given: Any, names: list[str], what: str) -> dict[str, Array]:
    import numpy as np

    if isinstance(given, Mapping):
        found = {str(n): np.asarray(v) for n, v in given.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    elif len(names) == 1:
        found = {names[0]: np.asarray(given)}
    else:
        raise BadData(f"the model has {len(names)} {what}s: give a mapping by name")
    if lacking := [n for n in names if n not in found]:
        raise BadData(f"nothing is given for the {what} `{lacking[0]}`")
    return {n: found[n] for n in names}
