"""Finds plug-ins: those that were given, those that are installed, and the one that a file holds.

An installed one is looked for when something is named after it, and by its entry point alone: what
lies beside a spec, or in the folder that a command is started in, is never imported.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType

from specc.catalogue.mismatch import UnknownClass
from specc.lower.lean import load_whole
from specc.plugin.plugin import Plugin

GROUP = "specc.plugins"


class BadPlugin(UnknownClass):
    """A plug-in that cannot be loaded, or is none."""


class Plugins:
    """Plug-ins by name. `given` come before installed ones of the same name."""

    def __init__(self, given: Iterable[Plugin] = ()) -> None:
        self._known: dict[str, Plugin | None] = {p.name: p for p in given}

    def __iter__(self) -> Iterator[Plugin]:
        """Those that were given or found until now."""
        return (p for p in self._known.values() if p is not None)

    def get(self, name: str) -> Plugin | None:
        """The plug-in of a name; raises `BadPlugin` for an installed one that cannot be loaded."""
        if name not in self._known:
            self._known[name] = installed(name)
        return self._known[name]


def installed(name: str) -> Plugin | None:
    """The plug-in that an installed package registers under a name."""
    from importlib.metadata import EntryPoint, distributions

    entries: dict[str, EntryPoint] = {}
    # Not "": an interactive interpreter would find what lies in its folder.
    for distribution in distributions(path=[place for place in sys.path if place]):
        for entry in distribution.entry_points.select(group=GROUP, name=name):
            entries.setdefault(distribution.name, entry)
    if not entries:
        return None
    if len(entries) > 1:
        listed = " and ".join(f"`{e}`" for e in sorted(entries))
        raise BadPlugin(f"the packages {listed} both register a plug-in `{name}`")
    ((package, entry),) = entries.items()
    load_whole()
    try:
        found = entry.load()
    except Exception as error:
        raise BadPlugin(
            f"the plug-in `{name}` of {package} cannot be loaded: {_said(error)}"
        ) from error
    return _plugin(found, name, f"the entry point of {package}")


def from_file(path: Path) -> Plugin:
    """The plug-in in a Python file, its variable `plugin`. The file is run. Raises `BadPlugin`."""
    import importlib.util

    if path.suffix != ".py":
        raise BadPlugin(f"{path} is no Python file")
    module = f"specc_plugin_file_{path.stem}"
    spec = importlib.util.spec_from_loader(module, _Uncached(module, str(path)), origin=str(path))
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules[module] = made  # where pickle and type hints look for it
    load_whole()
    try:
        spec.loader.exec_module(made)
    except Exception as error:
        del sys.modules[module]
        raise BadPlugin(f"{path} cannot be loaded: {_said(error)}") from error
    found = _plugin(getattr(made, "plugin", None), None, f"the variable `plugin` of {path}")
    return replace(found, file=path.absolute())


class _Uncached(SourceFileLoader):
    """Reads the source each time: byte code is told apart by the second and the size alone."""

    def get_code(self, fullname: str) -> CodeType | None:
        """The file's code, compiled anew; nothing is written beside it."""
        return self.source_to_code(self.get_data(self.path), self.path)


def _plugin(found: object, name: str | None, what: str) -> Plugin:
    if not isinstance(found, Plugin):
        raise BadPlugin(f"{what} is no `specc.Plugin`")
    if name is not None and found.name != name:
        raise BadPlugin(f"{what} is called `{name}`, and its plug-in `{found.name}`")
    return found


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
