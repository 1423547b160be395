"""The callbacks of a spec, made with their files inside the run, and the guard against NaN."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from specc.catalogue.catalogue import Catalogue
from specc.catalogue.kinds import Instance
from specc.document.spec import Train
from specc.lower.instances import keras, realised
from specc.lower.missing import MissingExtra
from specc.lower.plugged import plugged
from specc.lower.writing import whole
from specc.train.failure import RunFailed
from specc.train.member import member
from specc.train.progress import in_order
from specc.train.tensorboard import tensorboard

_FILES = {
    "BackupAndRestore": "backup_dir",
    "CSVLogger": "filename",
    "ModelCheckpoint": "filepath",
    "TensorBoard": "log_dir",
}


def callbacks(
    train: Train,
    catalogue: Catalogue,
    folder: Path,
    model: Any,
    values: Mapping[str, Any] | None = None,
) -> list[Any]:
    """The Keras callbacks of a train section. `model` is what checkpoints save.

    `values` are what the spec sets, for logs in which runs are compared by them.

    Raises `MissingExtra` where one needs a package that is not installed.
    """
    found = [member(catalogue, "callback", w) for w in train.callbacks]
    if any(c.name == "TensorBoard" for c in found) and find_spec("tensorboard") is None:
        raise MissingExtra("tensorboard", "tensorboard")
    optimizer = member(catalogue, "optimizer", train.optimizer).name
    hyper = {"optimizer": optimizer, "batch_size": train.batch_size, **(values or {})}
    return [_made(c, folder, model, hyper) for c in found]


def _made(callback: Instance, folder: Path, model: Any, hyper: Mapping[str, Any]) -> Any:
    arguments = dict(callback.arguments)
    if callback.name == "TensorBoard":
        arguments.setdefault("log_dir", "tensorboard")
        if arguments.get("embeddings_metadata"):
            inside = {k: confined(folder, v) for k, v in arguments["embeddings_metadata"].items()}
            arguments["embeddings_metadata"] = {k: str(v) for k, v in inside.items()}
    key = _FILES.get(callback.name)
    if key is not None:
        path = confined(folder, arguments[key])
        path.parent.mkdir(parents=True, exist_ok=True)
        arguments[key] = str(path)
    if callback.name == "TensorBoard":
        return tensorboard({k: realised(v) for k, v in arguments.items()}, model, hyper)
    if callback.definition is not None:
        return plugged(callback.definition)(**arguments, folder=folder)
    if callback.name == "ModelCheckpoint":
        return _checkpoint({k: realised(v) for k, v in arguments.items()}, model)
    return realised(Instance("callback", callback.name, arguments))


def confined(folder: Path, name: str) -> Path:
    """A path of the spec inside the run's folder; raises `RunFailed` if it leads out of it."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise RunFailed(f"a callback's path leads out of the run: {name}")
    return path


def _checkpoint(arguments: Mapping[str, Any], model: Any) -> Any:
    """Keras's `ModelCheckpoint`, which saves `model` and writes each file whole or not at all."""
    base: Any = keras().callbacks.ModelCheckpoint

    class ModelCheckpoint(base):
        """Keras's own, with another hand to save."""

        def set_model(self, fitted: Any) -> None:
            base.set_model(self, _Saving(fitted, model))

    return ModelCheckpoint(**arguments)


class _Saving:
    """A model whose `save` writes `saved` to a temporary file and renames it."""

    def __init__(self, fitted: Any, saved: Any) -> None:
        self._fitted = fitted
        self._saved = saved

    def __getattr__(self, name: str) -> Any:
        return getattr(self._fitted, name)

    def save(self, path: str, **_: Any) -> None:
        with whole(Path(path)) as temporary:
            self._saved.save(temporary)

    def save_weights(self, path: str, **_: Any) -> None:
        save_weights(self._saved, Path(path))


def save_weights(model: Any, path: Path) -> None:
    """Writes a model's weights, `….weights.h5` as Keras wants the name, whole or not at all."""
    with whole(path) as temporary:
        named = temporary.with_suffix(".weights.h5")
        try:
            model.save_weights(named)
            named.replace(temporary)
        finally:
            named.unlink(missing_ok=True)


def guard() -> Any:
    """A callback that ends the run at the end of the epoch in which a loss is no number.

    It is the first of all callbacks, so that no other sees, or saves as the best, what is not
    finite. Raises `RunFailed` out of `fit`.
    """
    base: Any = keras().callbacks.Callback

    class Guard(base):
        """Looks at `loss` and `val_loss`."""

        def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
            for name in ("loss", "val_loss"):
                value = (logs or {}).get(name)
                if value is not None and not math.isfinite(value):
                    raise RunFailed(
                        f"`{name}` became {value} in epoch {epoch + 1}, and nothing of it is saved "
                        "as a model; a lower learning rate or `clipnorm` may help"
                    )

    return Guard()


def recorder(history: dict[str, list[float]]) -> Any:
    """A callback that keeps what each epoch logs, so that an interrupted run has it too."""
    base: Any = keras().callbacks.Callback

    class Recorder(base):
        """Appends the logs of each epoch; a name that comes later is filled up with NaN."""

        def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
            epochs = len(history.setdefault("epoch", []))
            history["epoch"].append(epoch + 1)
            for name in in_order(logs or {}):
                column = history.setdefault(name, [math.nan] * epochs)
                column.append(float((logs or {})[name]))
            for column in history.values():
                column.extend([math.nan] * (epochs + 1 - len(column)))

    return Recorder()


def ordered(own: Sequence[Any], given: Sequence[Any]) -> list[Any]:
    """The guard first, then the spec's and the program's, then what records and shows."""
    return [own[0], *given, *own[1:]]
