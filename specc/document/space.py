"""Checks what a search space may be: its addresses, its ranges, and what its sampler can walk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from specc.catalogue.kinds import nearest, show
from specc.catalogue.plain import is_list
from specc.diagnostics.codes import training as codes
from specc.diagnostics.report import Report
from specc.document.address import resolved
from specc.document.assign import put
from specc.document.node import Node, Path
from specc.document.spec import Space, Tune

_TREES = 1_000
"""How many ways to choose are tried, until one brings the field that an address means."""
_ABOUT = ("tune", "specc", "extends", "name", "description")


def check_addresses(root: Node, report: Report) -> None:
    """Resolves the addresses that the spec itself has: those of `tune.space`.

    A field need not be there, if a choice brings it: `train.optimizer.SGD.momentum`.
    """
    space = root.find(("tune", "space"))
    for address, key in (space.keys if space is not None else {}).items():
        span = key.span(("tune", "space", address))
        found = Report()
        if address.split(".")[0] in _ABOUT:
            message = f"`{address}` is no part of what is trained, so it cannot vary"
            report.add(codes.BadSpace(message, span))
        elif resolved(root, address, span, found) is None and _brought(root, address):
            continue
        for diagnostic in found:
            report.add(diagnostic)


def _brought(root: Node, address: str) -> bool:
    """Whether one of the ways to choose brings the field that an address means."""
    space = root.at(("tune", "space"))
    head = address.split(".", maxsplit=1)[0]
    trees = [root]
    for other, written in sorted(space.entries.items(), key=lambda item: item[0].count(".")):
        choice = written.entries.get("choice")
        if other == address or choice is None or other.split(".")[0] != head:
            continue
        if not choice.is_list:
            return True  # an expression: what it will be is not known here
        span = choice.span()
        for tree in trees[:_TREES]:
            path = resolved(tree, other, span, Report())
            if path is not None:
                trees += [put(tree, path, value) for value in choice.elements]
    return any(resolved(t, address, space.span(), Report()) is not None for t in trees[1:])


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
    _check_twice(tune, root, report)
    _check_known(tune, root, report)


def _check_twice(tune: Tune, root: Node, report: Report) -> None:
    """Refuses two addresses of one field: which of the two values it has would be chance."""
    places: dict[Path, str] = {}
    for address in tune.space:
        at: Path = ("tune", "space", address)
        span = root.key_at(at).span(at)
        path = resolved(root, address, span, Report())
        if path is None:
            continue
        other = places.setdefault(path, address)
        if other != address:
            message = f"`{address}` is the same field as `{other}`"
            report.add(codes.BadSpace(message, span, help="keep one of the two"))


def _check_known(tune: Tune, root: Node, report: Report) -> None:
    """What `seed_with` begins with is in the space."""
    for index, values in enumerate(tune.seed_with):
        for address, value in values.items():
            at: Path = ("tune", "seed_with", index, address)
            space = tune.space.get(address)
            if space is None:
                close = nearest(address, list(tune.space))
                report.add(
                    codes.BadSpace(
                        f"`{address}` is not in the space",
                        root.key_at(at).span(at),
                        help=f"did you mean `{close}`?" if close else "give it a range in `space`",
                    )
                )
            elif not holds(space, value):
                report.add(
                    codes.BadSpace(
                        f"{show(value)} is none of the values that `{address}` may have",
                        root.at(at).span(at),
                        help="widen its range in `space`",
                    )
                )


def holds(space: Space, value: Any) -> bool:
    """Whether a value is one of a range's."""
    if is_list(space.choice):
        return any(value == c and type(value) is type(c) for c in space.choice)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if space.int is not None:
        low, high, *step = space.int
        return low <= value <= high and (value - low) % (step[0] if step else 1) == 0
    low, high = space.uniform or space.log_uniform or (0, 0)
    return low <= value <= high


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
