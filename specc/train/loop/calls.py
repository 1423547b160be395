"""The callbacks of a training, called as `fit` calls them, and what is told of every step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from specc.lower.instances import keras
from specc.train.loop.choose import by_batch


class Watch(Protocol):
    """What a loop tells how far it is. Each may raise, and so end the training."""

    def begun(self) -> None:
        """Training begins; the callbacks have been told."""
        ...

    def entered(self, epoch: int) -> None:
        """An epoch begins; the metrics are reset and the callbacks have been told."""
        ...

    def stepped(self, epoch: int, step: int) -> None:
        """`step` steps of the epoch are done."""
        ...

    def ended(self, epoch: int) -> None:
        """An epoch is over; it is validated and the callbacks have been told."""
        ...


def calls(
    callbacks: Sequence[Any], fitted: Any, watch: Watch, *, epochs: int, steps: int, skip: int = 0
) -> Any:
    """Keras's `CallbackList`, which tells `watch` as well, after the callbacks.

    Where no callback works by batch none is called by batch, so that nobody waits for the logs.
    The first `skip` steps of the first epoch are of an earlier process: nobody is told of them.
    """
    base: Any = keras().callbacks.CallbackList
    slow = any(by_batch(c) for c in callbacks)
    moving = [] if slow else [c for c in callbacks if getattr(c, "by_pieces", False)]

    class Calls(base):
        """The list."""

        def __init__(self) -> None:
            self.epoch = 0
            self.skip = skip
            self.begins: Callable[[int], None] | None = None  # whose examples `fit` reads
            base.__init__(
                self,
                list(callbacks),
                add_history=True,
                model=fitted,
                epochs=epochs,
                steps=steps,
                verbose=0,
            )

        def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
            base.on_train_begin(self, logs)
            watch.begun()

        def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
            self.epoch = epoch
            if self.begins is not None:
                self.begins(epoch)
            base.on_epoch_begin(self, epoch, logs)
            watch.entered(epoch)

        def on_train_batch_begin(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
            if slow and batch >= self.skip:
                base.on_train_batch_begin(self, batch, logs)

        def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
            if batch < self.skip:
                return
            if slow:
                base.on_train_batch_end(self, batch, logs)
            self.pieced(batch)

        def pieced(self, batch: int) -> None:
            """A batch is done, and with it all before it."""
            for callback in moving:
                callback.on_train_batch_end(batch)
            if batch + 1 < steps:  # with the last one comes the end of the epoch
                watch.stepped(self.epoch, batch + 1)

        def on_test_batch_begin(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
            if slow:
                base.on_test_batch_begin(self, batch, logs)

        def on_test_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
            if slow:
                base.on_test_batch_end(self, batch, logs)

        def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
            self.skip = 0
            base.on_epoch_end(self, epoch, logs)
            watch.ended(epoch)

    return Calls()
