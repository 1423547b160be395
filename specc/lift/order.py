"""The calls of a saved model in an order in which they can be made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from specc.catalogue.plain import is_dict, is_list
from specc.lift.saved import Operation, Ref, Saved, Unliftable


def ordered(saved: Saved, inputs: set[str]) -> Iterator[tuple[Operation, int]]:
    """Each call after those that it needs, in Keras's order else; raises `Unliftable`."""
    calls = {(o.name, i): o for o in saved.operations for i in range(len(o.calls))}
    needs: dict[tuple[str, int], int] = {}
    gives: dict[tuple[str, int], list[tuple[str, int]]] = {}
    for key, operation in calls.items():
        before = {(r.name, r.call) for r in _refs(operation.calls[key[1]]) if r.name not in inputs}
        for other in before:
            if other not in calls:
                raise Unliftable(
                    f"its layer `{key[0]}` takes a tensor of `{other[0][:60]}`, which gives none"
                )
            gives.setdefault(other, []).append(key)
        needs[key] = len(before)
    ready = [k for k, count in reversed(needs.items()) if not count]
    made = 0
    while ready:
        key = ready.pop()
        made += 1
        yield calls[key], key[1]
        for after in gives.get(key, ()):
            needs[after] -= 1
            if not needs[after]:
                ready.append(after)
    if made < len(calls):
        (first, _), *_ = (k for k, count in needs.items() if count)
        raise Unliftable(f"its layers need one another in a circle, such as `{first}`")


def _refs(value: Any) -> Iterator[Ref]:
    if isinstance(value, Ref):
        yield value
    elif is_list(value):
        for inner in value:
            yield from _refs(inner)
    elif is_dict(value):
        for inner in value.values():
            yield from _refs(inner)
    elif hasattr(value, "args"):
        yield from _refs(list(value.args))
        yield from _refs(dict(value.kwargs))
