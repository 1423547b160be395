"""Samples: while a model learns, what it makes so far is kept in the run as pictures."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from pathlib import Path
from typing import Any

from specc.data.extra import needed
from specc.lower.instances import keras
from specc.train.generate.generate import Ability
from specc.train.generate.pictures import as_levels, grid, write_grid
from specc.train.generate.sampling import Sampler
from specc.train.plan import Plan

FOLDER = "samples"
_COUNT = 16
_PICTURES = 100
"""About how many pictures a run keeps at most, the last epoch's among them."""


def samples(
    ability: Ability, plan: Plan, model: Any, folder: Path, epochs: int, board: bool
) -> Any | None:
    """The Keras callback that writes `samples/<output>-<epoch>.png` after an epoch, or `None`.

    The noise is the same each time, so that one sees the model learn. With `board`, TensorBoard
    shows them too.
    """
    shown = {n: o for n, o in ability.origins.items() if n in ability.pictures}
    if not shown:
        return None
    base: Any = keras().callbacks.Callback
    every = ceil(epochs / _PICTURES)
    width = max(3, len(str(epochs)))

    class Samples(base):
        """Draws after every epoch, or every few of very many."""

        def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
            self.sampler = Sampler(model, plan, shown)
            (folder / FOLDER).mkdir(exist_ok=True)
            self.writer: Any = _board(folder) if board else None

        def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
            if (epoch + 1) % every and epoch + 1 != epochs:
                return
            count = 1 if self.sampler.learned else _COUNT
            for name, values in self.sampler.draw(count, plan.seed).items():
                path = folder / FOLDER / f"{name}-{epoch + 1:0{width}}.png"
                write_grid(path, values, ability.pictures[name])
                if self.writer is not None:
                    self._on_board(name, grid(as_levels(values, ability.pictures[name])), epoch)

        def _on_board(self, name: str, picture: Any, epoch: int) -> None:
            tf: Any = needed("tensorflow")
            with self.writer.as_default():
                tf.summary.image(name, picture[None], step=epoch)

        def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
            if self.writer is not None:
                self.writer.close()

    return Samples()


def _board(folder: Path) -> Any:
    """What writes for TensorBoard, which only TensorFlow does."""
    if keras().backend.backend() != "tensorflow":
        return None
    tf: Any = needed("tensorflow")
    return tf.summary.create_file_writer(str(folder / "tensorboard" / FOLDER))
