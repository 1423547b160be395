"""Where specc and Keras's symbolic answer differ on purpose: one op and one condition an entry.

Not listed is what Keras accepts without numbers and refuses with them: the test runs numbers
through and finds that out by itself. Through the example of every entry numbers run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ops_parity import Call, ours

from specc.catalogue.mismatch import BadArgument
from specc.catalogue.ops.promotion import group
from specc.catalogue.types import TensorType

STRICT = "specc refuses what Keras accepts"
WRONG = "Keras's symbolic answer is not what comes out"

Condition = Callable[[Call], bool]


@dataclass(frozen=True, eq=False)
class Known:
    """One disagreement about the op of its example, and the call that shows it."""

    kind: str
    reason: str
    example: Call
    says: str
    """What the difference matches."""
    where: Condition
    """Which calls of the op it is about."""

    def applies(self, call: Call, found: str) -> bool:
        """Whether a difference is this one. The call's constants are types already."""
        return (
            call.name == self.example.name
            and re.search(self.says, found) is not None
            and self.where(call)
        )


def each(kind: str, reason: str, says: str, where: Condition, *examples: Call) -> Iterator[Known]:
    """An entry for the op of each example."""
    for example in examples:
        yield Known(kind, reason, example, says, where)


def blamed(argument: str, reason: str, *examples: Call) -> Iterator[Known]:
    """An entry for each op that takes what specc refuses as a value of one argument."""

    def where(call: Call) -> bool:
        mine = ours(call)
        return isinstance(mine, BadArgument) and (mine.argument or ("",))[0] == argument

    return each(STRICT, reason, "", where, *examples)


def call(name: str, *inputs: Any, **arguments: Any) -> Call:
    """A call of an op."""
    return Call(name, inputs, arguments)


def tensors(call: Call) -> list[TensorType]:
    """All tensors of a call."""
    return [t for value in call.types for t in (value if isinstance(value, tuple) else (value,))]


def groups(call: Call) -> set[str]:
    """The letters of the groups of dtypes that the tensors are of."""
    return {group(t.dtype) for t in tensors(call)}


def complex_(call: Call) -> bool:
    """Whether a tensor is of complex numbers."""
    return "c" in groups(call)


def mixed(call: Call) -> bool:
    """Whether the tensors are not all floats of one dtype."""
    return groups(call) != {"f"} or len({t.dtype for t in tensors(call)}) > 1


def always(call: Call) -> bool:
    """Whatever the call is."""
    return True


def known(call: Call, found: str) -> Known | None:
    """The first entry that a call belongs to, which differs in the way of `found`."""
    typed = Call(call.name, call.types, call.arguments)
    return next((k for k in KNOWN if k.applies(typed, found)), None)


# The lists take the names above from here.
from ops_known_dtypes import DTYPES  # noqa: E402
from ops_known_shapes import SHAPES  # noqa: E402
from ops_known_values import VALUES  # noqa: E402

KNOWN: tuple[Known, ...] = (*DTYPES, *SHAPES, *VALUES)
