"""What `require` wants of a trial's model: bounds on its parameters, memory and operations."""

from __future__ import annotations

from specc.document.spec import Tune
from specc.infer.program import Program


def breaks(tune: Tune, program: Program) -> str | None:
    """What a program breaks of what `require` wants; `None` where it keeps to it."""
    for name in ("parameters", "memory", "flops"):
        bound = getattr(tune.require, name)
        if bound is None or (value := getattr(program.cost, name)) is None:
            continue
        if bound.max is not None and value > bound.max:
            return f"{value:,} {name} are more than {bound.max:,.0f}"
        if bound.min is not None and value < bound.min:
            return f"{value:,} {name} are fewer than {bound.min:,.0f}"
    return None
