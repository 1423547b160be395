"""Checks what a search space may be: its ranges, and what its sampler can walk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from specc.catalogue.kinds import show
from specc.diagnostics.codes import training as codes
from specc.diagnostics.report import Report
from specc.document.node import Node, Path
from specc.document.spec import Tune


def check_space(tune: Tune, root: Node, report: Report) -> None:
    """Reports ranges that are none, and those that a grid cannot walk.

    `tune` has its expressions evaluated; `root` knows where everything stands.
    """
    for address, space in tune.space.items():
        for kind in ("uniform", "log_uniform", "int"):
            if (written := getattr(space, kind)) is None:
                continue
            path: Path = ("tune", "space", address, kind)
            fault = _fault(kind, cast("Sequence[float]", written))
            if fault is not None:
                report.add(codes.BadSpace(fault, root.at(path).span(path)))
            if tune.sampler == "grid" and kind != "int":
                report.add(
                    codes.BadSpace(
                        f"a grid has no end of values between the ends of `{kind}`",
                        root.key_at(path).span(path),
                        help="use `choice` or `int`, or another sampler",
                    )
                )


def _fault(kind: str, written: Sequence[float]) -> str | None:
    low, high, *step = written
    if low > high:
        return (
            f"a range goes from the lower end to the higher, and {show(low)} is above {show(high)}"
        )
    if kind == "log_uniform" and low <= 0:
        return f"the logarithm wants numbers above 0, and this begins at {show(low)}"
    if step and step[0] < 1:
        return f"a step is a whole number from 1, not {show(step[0])}"
    return None
