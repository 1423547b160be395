"""A model that is not written in the spec: a Keras application, or a file that Keras saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from specc.document.spec import Model

if TYPE_CHECKING:
    from specc.expand.bodies import Bodies
    from specc.expand.flat import FlatModel


@dataclass(frozen=True, slots=True)
class Taken:
    """An output of such a model: its name in the spec, and the tensor in Keras."""

    name: str
    layer: str
    call: int = 0
    index: int = 0


@dataclass(frozen=True, slots=True)
class Outside:
    """Where a model comes from, and what is taken from it."""

    name: str
    """The application's name, or the file's path as the spec has it."""
    application: bool
    arguments: Mapping[str, Any]
    """What the application is made with, `weights` left out."""
    path: Path | None
    """The model's file, or the file of an application's weights."""
    fetched: Mapping[str, str] | None
    """The file that Keras fetches for `weights: imagenet`: `file`, `origin`, `hash`."""
    outputs: tuple[Taken, ...]
    order: tuple[str, ...] = ()
    """The names of an application's operations in Keras's order; Keras numbers some anew."""
    digest: str = ""
    """A hash of what the file holds, which is compared before it is loaded."""
    held: int | None = None
    """How many bytes of weights the file holds."""
    shown: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What distinguishes it from others, for the program's hash."""

    @property
    def title(self) -> str:
        """What pictures and tables call it: the application, or the file without its folder."""
        return self.name if self.application else Path(self.name).name


class Lift(Protocol):
    """Fills a model from outside: its inputs, calls and outputs; raises `Broken`."""

    def __call__(self, bodies: Bodies, model: FlatModel, declared: Model) -> None: ...


def without_files(bodies: Bodies, model: FlatModel, declared: Model) -> None:
    """What stands in the place of `Lift` where only the spec itself is looked at."""
    model.broken = True
