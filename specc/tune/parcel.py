"""A trial on its way to another process, where its plug-ins are loaded from their files again.

A program crosses as bytes; where plug-ins keep it from that, it is compiled anew from the spec.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from specc.diagnostics.span import Source
from specc.document.files import Folder
from specc.document.given import located
from specc.infer.program import Program
from specc.lift.lift import Lifting
from specc.plugin.find import from_file, installed
from specc.plugin.known import known
from specc.plugin.plugin import Plugin
from specc.tune.compiler import Compiler
from specc.tune.engine import Slot, Trial


@dataclass(frozen=True, slots=True)
class Parcel:
    """A trial as it crosses: nothing in it that another process could not read."""

    id: int
    number: int
    slot: Slot
    seed: int
    epochs: int
    spec: Mapping[str, Any]
    values: Mapping[str, Any]
    folder: Folder
    plugins: tuple[str, ...]
    program: bytes | None

    def opened(self) -> Trial:
        """The trial again; raises `SpecError` or `BadPlugin` where the files are others now."""
        if self.program is not None:
            program: Program = pickle.loads(self.program)  # noqa: S301  # from our own driver
        else:
            program = compiled(self.spec, self.folder, self.plugins)
        return Trial(
            self.id,
            self.number,
            self.slot,
            self.seed,
            self.epochs,
            program,
            self.spec,
            self.values,
        )


def packed(trial: Trial) -> Parcel:
    """A trial made ready to cross."""
    program: bytes | None = None
    if not trial.program.plugins:  # whose classes lie in modules that only their files make
        with suppress(pickle.PicklingError, AttributeError, TypeError):
            program = pickle.dumps(trial.program)
    return Parcel(
        trial.id,
        trial.number,
        trial.slot,
        trial.seed,
        trial.epochs,
        trial.spec,
        trial.values,
        folder_of(trial.program),
        plugin_files(trial.program),
        program,
    )


def folder_of(program: Program) -> Folder:
    """What the paths of a trial's spec are relative to, wherever the other process is started."""
    given = program.folder or Folder(Path())
    return Folder(given.root.absolute(), tuple(f.absolute() for f in given.allowed))


def plugin_files(program: Program) -> tuple[str, ...]:
    """The files of the plug-ins that were given to a program; installed ones are found again."""
    return tuple(str(p.file) for p in program.plugins if p.file is not None)


def unreachable(plugins: Sequence[Plugin]) -> list[str]:
    """The names of plug-ins that another process cannot load: they are values of this one."""
    return [p.name for p in plugins if p.file is None and installed(p.name) is None]


def compiled(spec: Mapping[str, Any], folder: Folder, plugins: Sequence[str]) -> Program:
    """A trial's program from its spec; raises `SpecError` or `BadPlugin`."""
    given = tuple(_loaded(file) for file in plugins)
    root, found = located(spec, Source("spec")), known(given)
    lift = Lifting(folder, found.catalogue)
    return Compiler("spec", lift, found, None, folder, given).trial(root)


@lru_cache
def _loaded(file: str) -> Plugin:
    """A file's plug-in, which is run once in a process."""
    return from_file(Path(file))
