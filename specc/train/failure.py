"""How a run ends that does not end well. Each says with which status the command exits."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from specc.train.run import Run


class RunFailed(RuntimeError):
    """A run could not go on: the loss is no number, the disk is full. What was saved is whole."""

    status: ClassVar[int] = 3


class WrongBackend(RunFailed):
    """Keras runs on another backend in this process than the program is to be trained on."""

    status: ClassVar[int] = 1


class Left(KeyboardInterrupt):
    """Ctrl-C or SIGTERM a second time: nothing more is saved."""

    status: ClassVar[int] = 130

    def __init__(self) -> None:
        super().__init__("left at once; what was saved before is whole")


class Interrupted(KeyboardInterrupt):
    """Ctrl-C while training. The model as it was is saved; `run` holds it."""

    status: ClassVar[int] = 130

    def __init__(self, run: Run) -> None:
        super().__init__(f"interrupted; the model so far is in {run.path}")
        self.run = run
