"""Repeating a run by its lock: what must be the same, and what may make another result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from specc.catalogue.plain import is_dict

_MACHINE = ("specc", "python", "machine", "backend", "precision", "threads", "packages")


class Differs(ValueError):
    """The data is not that of the run that is repeated."""

    status = 1


@dataclass(frozen=True)
class Difference:
    """Something that was otherwise when the run was trained; `None` where it was not there."""

    what: str
    then: Any
    now: Any

    def __str__(self) -> str:
        return f"{self.what} was {_said(self.then)}, and is {_said(self.now)}"


def differences(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[Difference]:
    """Versions, machine and threads of two locks that differ, by name."""
    found: list[Difference] = []
    for name in _MACHINE:
        for what, before, after in _sides(name, then.get(name), now.get(name)):
            if before != after:
                found.append(Difference(what, before, after))
    return found


def check_data(expected: str | None, found: str | None) -> None:
    """Raises `Differs` unless the data has the hash that the lock says."""
    if expected != found:
        raise Differs(
            f"the data is not what the run was trained on: its hash was {_said(expected)}, and is "
            f"{_said(found)}; --force trains on it all the same"
        )


def not_compared(lock: Mapping[str, Any]) -> str | None:
    """What of a run's data cannot be held against that of another; `None` where it has a hash."""
    if lock.get("data") is not None:
        return None
    why = _said(lock.get("data_not_hashed", "of no hash"), 200)
    return f"the data is not compared with that of the run, which was {why}"


def _sides(name: str, then: Any, now: Any) -> Iterator[tuple[str, Any, Any]]:
    if is_dict(then) or is_dict(now):
        before, after = then if is_dict(then) else {}, now if is_dict(now) else {}
        for key in sorted({*before, *after}, key=str):
            yield f"{key}", before.get(key), after.get(key)
    else:
        yield name, then, now


def _said(value: Any, most: int = 64) -> str:
    return "not set" if value is None else str(value)[:most]
