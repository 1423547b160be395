"""Classes by name, each imported when it is asked for: to know their names loads none of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TypeVar

T = TypeVar("T")


class Named(Mapping[str, type[T]]):
    """The classes of a package's modules. `places` says where each stands: `"csv.Csv"`."""

    def __init__(self, package: str, places: Mapping[str, str]) -> None:
        self._package = package
        self._places = places

    def __getitem__(self, name: str) -> type[T]:
        module, _, cls = self._places[name].partition(".")
        return getattr(import_module(f"{self._package}.{module}"), cls)

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, name: object) -> bool:
        return name in self._places
