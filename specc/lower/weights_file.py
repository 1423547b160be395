"""Looks into a file of weights before Keras does: what it declares, where it leads, how much it is.

HDF5 can say that numbers stand in another file, or that there are more of them than any machine
holds; Keras would follow and allocate.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from specc.lift.saved import Unliftable

OBJECTS = 1_000_000
"""How many groups and datasets there may be."""


def bound(parameters: int, layers: int) -> int:
    """How many bytes a model's weights may be: with what optimizers keep of each, and then some."""
    return 64 * parameters + 4096 * layers + 2**20


def check_weights(path: Path, most: int) -> None:
    """Raises `Unliftable` where the file is not plain numbers of at most `most` bytes."""
    import h5py  # type: ignore[import-untyped]

    if path.stat().st_size > 2 * most:
        raise Unliftable(f"its weights are a file of more than {2 * most:,} bytes")
    try:
        with h5py.File(path, "r") as file:
            _check(h5py, file, most)
    except (OSError, RuntimeError, KeyError, ValueError, TypeError):
        raise Unliftable("its weights are damaged: a part of them cannot be read") from None


def _check(h5py: Any, file: Any, most: int) -> None:
    total = 0
    seen: set[Any] = set()
    stack: list[Any] = [file]
    while stack:
        group = stack.pop()
        for name in group:
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise Unliftable("its weights lead into another file, or to another place")
            member = group[name]
            place = h5py.h5o.get_info(member.id).addr
            if place in seen:
                raise Unliftable("its weights hold one thing in two places")
            seen.add(place)
            if len(seen) > OBJECTS:
                raise Unliftable(f"its weights hold more than {OBJECTS:,} things")
            if isinstance(member, h5py.Group):
                stack.append(member)
                continue
            total += _size(h5py, member)
            if total > most:
                raise Unliftable(
                    f"its weights say that they are more than {most:,} bytes, which is more than "
                    "its layers have"
                )


def _size(h5py: Any, dataset: Any) -> int:
    if not isinstance(dataset, h5py.Dataset):
        raise Unliftable("its weights hold something that is no list of numbers")
    if dataset.is_virtual or dataset.external:
        raise Unliftable("its weights lead into another file")
    if dataset.dtype.hasobject or dataset.dtype.kind not in "biufcSV":
        raise Unliftable("its weights hold something that is no number")
    return int(dataset.size or 0) * int(dataset.dtype.itemsize)
