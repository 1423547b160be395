"""Repeats and `when`: which steps are taken, how often, and what each turn sees."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from specc.catalogue.kinds import show
from specc.catalogue.plain import is_list, is_mapping
from specc.diagnostics.codes import structure
from specc.diagnostics.codes import values as codes
from specc.diagnostics.diagnostic import Related
from specc.document.values import NAME, TAKEN
from specc.expand.fill import Broken, Filler
from specc.expand.flat import Cluster, Origin
from specc.expand.place import Place
from specc.expand.scope import Turn

Ahead = Callable[[Origin, int], None]
"""Refuses a number of steps before time is spent on them."""


def value_at(filler: Filler, value: Any, origin: Origin, place: Place) -> Any:
    """A step's value with its expressions evaluated; raises `Broken`."""
    if place.literal:
        return value
    return filler.fill(value, place.seen, origin.path, origin.chain)


def wanted(filler: Filler, when: Any, origin: Origin, place: Place) -> bool:
    """Whether a step's `when` lets it stand; raises `Broken`."""
    if isinstance(when, bool):
        return when
    at = origin.below("when")
    value = value_at(filler, when, at, place)
    if isinstance(value, bool):
        return value
    help_ = None
    if isinstance(when, str) and when.startswith("$"):
        help_ = f"compare it: `$({when[1:].removeprefix('(').removesuffix(')')} > 0)`"
    raise filler.fault(
        codes.NotBoolean, f"`when` is true or false, and this is {show(value)}", at, help=help_
    )


def turns(
    filler: Filler, repeat: Any, origin: Origin, place: Place, ahead: Ahead, steps: int
) -> Iterator[tuple[Place, Origin]]:
    """Each turn of a repeat over `steps` steps: its place, and its origin; raises `Broken`."""
    at = origin.below("repeat")
    value = value_at(filler, repeat, at, place)
    lists: dict[str, list[Any]] = {}
    if is_mapping(value):
        lists = _lists(filler, value, at, place)
        count = len(next(iter(lists.values())))
    elif isinstance(value, int | float) and not isinstance(value, bool) and value >= 0 == value % 1:
        count = int(value)
    else:
        raise filler.fault(
            codes.BadRepeat,
            f"`repeat` is a whole number from 0, or lists under names; this is {show(value)}",
            at,
            help="give the list a name that the steps see: `repeat: {units: …}`"
            if is_list(value)
            else None,
        )
    ahead(at, count * max(steps, 1))
    span = filler.places.value(at.path)
    for index in range(count):
        inner = replace(
            place,
            seen=Turn({k: v[index] for k, v in lists.items()}, index, place.seen),
            local=dict(place.local),
            clusters=(*place.clusters, Cluster("repeat", origin.path, "", index, count)),
            hidden=place.hidden | lists.keys(),
            turning=True,
        )
        turn = Related(f"in turn {index + 1} of {count} of the repeat", span)
        yield inner, origin.through(turn)


def _lists(
    filler: Filler, value: Mapping[Any, Any], at: Origin, place: Place
) -> dict[str, list[Any]]:
    """The lists that a repeat walks, by name; all faults are reported before `Broken`."""
    if not value:
        raise filler.fault(codes.BadRepeat, "`repeat` names no list", at)
    lists: dict[str, list[Any]] = {}
    faults = 0
    for name, many in value.items():
        below = at.below(name)
        if not NAME.fullmatch(name) or name in TAKEN:
            filler.fault(structure.BadName, f"`{name}` cannot be a name here", below)
        elif name in place.hidden or name in place.seen.names():
            what = "the param of that name"
            if name in place.hidden:
                what = "the name that a repeat around it gives"
            filler.fault(
                codes.HiddenName,
                f"`{name}` hides {what}",
                at,
                span=filler.places.key(below.path),
                help=f"call it something else, and `${name}` inside the repeat too",
            )
        elif not is_list(many):
            filler.fault(codes.BadRepeat, f"`{name}` is to be a list, and is {show(many)}", below)
        else:
            lists[name] = many
            continue
        faults += 1
    if faults:
        raise Broken
    if len({len(v) for v in lists.values()}) > 1:
        listed = ", ".join(f"`{n}` has {len(v)}" for n, v in lists.items())
        raise filler.fault(codes.UnequalLists, f"the lists are of different lengths: {listed}", at)
    return lists
