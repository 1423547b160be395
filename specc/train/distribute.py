"""Training on several devices: what fits is checked, and the model is built where it is spread."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from math import prod
from typing import Any

from specc.catalogue.plain import is_dict, is_sequence
from specc.data.places import Places
from specc.diagnostics.codes import training as codes
from specc.diagnostics.report import Report
from specc.document.spec import Train
from specc.infer.program import Layer, Program
from specc.lower.instances import keras
from specc.train.failure import RunFailed
from specc.train.layout import layout_faults, matches
from specc.train.weight_paths import weights_of


class CannotDistribute(RunFailed):
    """The devices, the batches or the layout do not fit together; nothing was trained."""

    status = 1


# --- without Keras --------------------------------------------------------------------------------


def check_distribution(program: Program, train: Train, places: Places, report: Report) -> None:
    """Reports what cannot be spread over devices, at its line."""
    path = ("train", "distribute")

    def wrong(message: str, help: str, *where: str | int, span: Any = None) -> None:
        place = span if span is not None else places.value(*(where or path))
        report.add(codes.BadDistribution(message, place, help=help))

    if train.distribute == "none":
        return
    if train.loop == "epoch":
        wrong("whole epochs in one call run on one device", "`loop: batch`", "train", "loop")
    if isinstance(train.distribute, str):
        if train.backend == "tensorflow":
            for layer in _normalising(program):
                wrong(
                    f"{layer.cls} has other moving statistics on each device of TensorFlow, so a "
                    "saved model would predict differently",
                    "`train: {backend: jax}`, or LayerNormalization",
                    span=layer.span,
                )
            for i, phase in enumerate(train.phases or ()):
                if phase.every > 1 or phase.epochs is not None:
                    wrong(
                        "on several devices of TensorFlow each phase runs on every batch",
                        "`train: {backend: jax}` does it",
                        *("train", "phases", i),
                    )
        return
    if train.backend == "tensorflow":
        wrong("a model is spread over devices on JAX only", "`train: {backend: jax}`")
    written = train.distribute.model_parallel
    below = (*path, "model_parallel")
    for key in written:
        if key not in ("mesh", "layout"):
            wrong(f"`{key}` is not known here", "it takes `mesh` and `layout`", *below, key)
    mesh, layout = written.get("mesh"), written.get("layout")
    if not is_dict(mesh) or not all(type(n) is int and n > 0 for n in mesh.values()):
        wrong(
            "`mesh` has a number of devices for each axis", "`mesh: {batch: 2, model: 2}`", *below
        )
        return
    if "batch" not in mesh:
        wrong("the examples are spread over the axis `batch`", "`mesh: {batch: 1, …}`", *below)
    if not is_dict(layout) or not layout:
        wrong(
            "`layout` has the axes of each weight by a pattern of its path",
            '`layout: {".*kernel": [null, model]}`',
            *below,
        )
        return
    readable: dict[str, Any] = {}
    for pattern, axes in layout.items():
        at = (*below, "layout", pattern)
        try:
            re.compile(pattern)
        except re.error as error:
            wrong(f"`{pattern}` is no pattern: {error}", "a regular expression", *at)
            continue
        if not is_sequence(axes) or any(a is not None and a not in mesh for a in axes):
            wrong("a weight has an axis of the mesh, or null, a dimension", f"{list(mesh)}", *at)
        else:
            readable[pattern] = axes
    for pattern, message, hint in layout_faults(readable, mesh, weights_of(program)):
        wrong(message, hint, span=places.key(*below, "layout", pattern))


def _normalising(program: Program) -> Iterator[Layer]:
    """The layers that keep statistics of batches."""
    for layer in program.layers:
        if layer.cls == "BatchNormalization":
            yield layer
    for model in program.models:
        yield from _normalising(model)


# --- with Keras -----------------------------------------------------------------------------------


@contextmanager
def spread(train: Train) -> Generator[None]:
    """Inside, models are built and trained over the devices that `train.distribute` says."""
    if train.distribute == "none":
        yield
        return
    k: Any = keras()
    if k.backend.backend() == "tensorflow":
        with _strategy().scope():
            yield
        return
    before = k.distribution.distribution()
    k.distribution.set_distribution(_distribution(k, train))
    try:
        yield
    except ValueError as error:
        if type(error).__module__.partition(".")[0] != "jax":
            raise
        first = str(error).splitlines()[0]
        raise CannotDistribute(f"a weight does not divide among the devices: {first}") from error
    finally:
        k.distribution.set_distribution(before)


def _strategy() -> Any:
    tf: Any = import_module("tensorflow")
    devices = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
    return tf.distribute.MirroredStrategy([d.name for d in devices])


def _distribution(k: Any, train: Train) -> Any:
    devices = k.distribution.list_devices()
    if isinstance(train.distribute, str):
        # Each process reads its share by itself: `specc.train.loop.share`.
        return k.distribution.DataParallel(devices=devices, auto_shard_dataset=False)
    mesh: Mapping[str, int] = train.distribute.model_parallel["mesh"]
    wanted = prod(mesh.values())
    if wanted != len(devices):
        raise CannotDistribute(f"the mesh has {wanted} devices, and there are {len(devices)}")
    made = k.distribution.DeviceMesh(tuple(mesh.values()), list(mesh), devices)
    layout = k.distribution.LayoutMap(made)
    for pattern, axes in train.distribute.model_parallel["layout"].items():
        layout[pattern] = tuple(axes)
    return k.distribution.ModelParallel(layout_map=layout, batch_dim_name="batch")


def check_batches(train: Train, counts: Mapping[str, int], batch: Mapping[str, int]) -> None:
    """Every batch of every part divides among the devices; raises `CannotDistribute`.

    On TensorFlow the last one may be uneven; JAX wants all alike.
    """
    if train.distribute == "none":
        return
    k: Any = keras()
    devices = _replicas(k, train)
    exact = k.backend.backend() == "jax"
    for part, count in counts.items():
        sizes = {min(batch[part], count)} | ({count % batch[part]} if exact else set[int]())
        for size in sizes:
            if size % devices:
                raise CannotDistribute(
                    f"a batch of {size} of the {count} examples for {part} does not divide among "
                    f"{devices} devices: take another `batch_size` or `split`"
                )


def _replicas(k: Any, train: Train) -> int:
    """Over how many devices a batch is spread."""
    if k.backend.backend() == "tensorflow":
        tf: Any = import_module("tensorflow")
        return int(tf.distribute.get_strategy().num_replicas_in_sync)
    if isinstance(train.distribute, str):
        return len(k.distribution.list_devices())
    return int(train.distribute.model_parallel["mesh"]["batch"])


def check_layout(train: Train, models: Iterable[Any]) -> None:
    """Every pattern matches a weight of one of the models, which Keras does not ask.

    Raises `CannotDistribute`.
    """
    if isinstance(train.distribute, str):
        return
    paths = list(dict.fromkeys(str(v.path) for m in models for v in m.variables))
    for pattern in train.distribute.model_parallel["layout"]:
        if not matches(pattern, paths):
            listed = ", ".join(paths[:5])
            raise CannotDistribute(
                f"the layout `{pattern}` is the path of no weight; there are {listed}"
            )
