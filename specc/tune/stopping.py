"""A trial's own callbacks, each epoch: when it stops, and which of its weights are kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from specc.document.spec import Train
from specc.infer.program import Program
from specc.lower.instances import realised
from specc.plugin.known import known
from specc.train.member import member
from specc.tune.expressible import FOLLOWED


class Held:
    """Where the weights of one trial are while it trains."""

    def weights(self) -> Any:
        """A copy of the trial's state."""
        raise NotImplementedError

    def rate(self) -> float:
        """The learning rate."""
        raise NotImplementedError

    def set_rate(self, rate: float) -> None:
        """Changes the learning rate."""
        raise NotImplementedError


class Course:
    """One trial's course through its epochs, as Keras's own callbacks see it.

    `kept` is the state that a callback chose to keep in place of the last one; `logs` are those of
    the last epoch, the `val_…` those of the state that is kept.
    """

    def __init__(self, program: Program, held: Held, metrics: list[Any]) -> None:
        catalogue = known(program.plugins).catalogue
        found = [member(catalogue, "callback", w) for w in (program.train or Train()).callbacks]
        self._model = _Model(held, metrics)
        self._callbacks: list[Any] = [realised(c) for c in found if c.name in FOLLOWED]
        for callback in self._callbacks:
            callback.set_model(self._model)
            callback.on_train_begin()
        self.logs: dict[str, float] = {}

    @property
    def kept(self) -> Any:
        """The state that was chosen, or `None` for the last one."""
        return self._model.kept

    def ended(self, epoch: int, logs: Mapping[str, float]) -> bool:
        """Takes the logs of an epoch, from 0. `False`: the trial stops here."""
        self.logs = dict(logs)
        self._model.seen = dict(logs)
        for callback in self._callbacks:
            callback.on_epoch_end(epoch, dict(logs))
        return not self._model.stop_training

    def over(self) -> dict[str, float]:
        """Training is over: the logs that count."""
        for callback in self._callbacks:
            callback.on_train_end(dict(self.logs))
        best = self._model.kept_logs
        return self.logs | {n: v for n, v in best.items() if n.startswith("val_")}


class _Optimizer:
    """The optimizer as `ReduceLROnPlateau` sees it."""

    def __init__(self, held: Held) -> None:
        self._held = held

    @property
    def learning_rate(self) -> Any:
        import numpy as np

        return np.float32(self._held.rate())

    @learning_rate.setter
    def learning_rate(self, rate: Any) -> None:
        self._held.set_rate(float(rate))


class _Model:
    """The model as callbacks by epoch see it: its weights are the trial's state, whole."""

    def __init__(self, held: Held, metrics: list[Any]) -> None:
        self.stop_training = False
        self.metrics = metrics
        self.optimizer = _Optimizer(held)
        self.seen: dict[str, float] = {}
        self.kept: Any = None
        self.kept_logs: dict[str, float] = {}
        self._held = held

    def get_weights(self) -> Any:
        return self._held.weights(), self.seen

    def set_weights(self, given: Any) -> None:
        self.kept, self.kept_logs = given
