"""The best configurations of a study so far, and their models on the disk."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from specc.tune.objective import Goal


class Leaders:
    """The best few, whose models stay in a study's folder; those of others are deleted."""

    def __init__(self, folder: Path, goal: Goal, keep: int) -> None:
        self.found: list[tuple[float, int]] = []
        """Their objectives and numbers, the best first."""
        self.values: Mapping[str, object] = {}
        """The values of the best; nothing where none came to its end."""
        self._models = folder / "models"
        self._goal = goal
        self._keep = keep

    def may_take(self, value: float) -> bool:
        """Whether a configuration with this objective would be among them."""
        return len(self.found) < self._keep or self._goal.better(value, self.found[-1][0])

    def write(self, number: int, write: Callable[[Path], None]) -> None:
        """Writes a configuration's model; `write` is given its path."""
        self._models.mkdir(exist_ok=True)
        write(self._path(number))

    def take(self, number: int, value: float, values: Mapping[str, object]) -> None:
        """Takes a configuration that came to its end, if it is good enough."""
        sign = -1 if self._goal.direction == "max" else 1
        ranked = sorted([*self.found, (value, number)], key=lambda b: (sign * b[0], b[1]))
        self.found = ranked[: self._keep]
        for _, out in ranked[self._keep :]:
            self._path(out).unlink(missing_ok=True)
        if self.found[0][1] == number:
            self.values = values

    def drop(self, number: int) -> None:
        """Deletes the model of a configuration that is none of them."""
        if all(kept != number for _, kept in self.found):
            self._path(number).unlink(missing_ok=True)

    def sweep(self, others: Collection[int]) -> None:
        """Deletes every model that is of none of them nor of `others`, whose end is to come."""
        kept = {str(number) for number in (*others, *(n for _, n in self.found))}
        for path in self._models.glob("*.keras"):
            if path.stem not in kept:
                path.unlink()

    def _path(self, number: int) -> Path:
        return self._models / f"{number}.keras"
