"""Rules by name, each module imported when one of its rules is first asked for.

To import them all takes longer than to check a small spec. `modules.json`, which is generated, says
which module has which rule; that a module has it is still its own word.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module, resources

from specc.catalogue.define import Definition, definitions


class Modules(Mapping[str, Definition]):
    """The definitions of a package's modules, by name."""

    def __init__(self, package: str) -> None:
        self._package = package
        self._index = _index()[package.rpartition(".")[2]]
        self._known: dict[str, Definition] = {}

    def __getitem__(self, name: str) -> Definition:
        found = self._known.get(name)
        if found is None:
            self._known |= definitions(import_module(f"{self._package}.{self._index[name]}"))
            found = self._known[name]
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._index)

    def __len__(self) -> int:
        return len(self._index)

    def __contains__(self, name: object) -> bool:
        return name in self._index


@cache
def _index() -> dict[str, dict[str, str]]:
    text = resources.files("specc.catalogue").joinpath("modules.json").read_text(encoding="utf-8")
    return json.loads(text)
