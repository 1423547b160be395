"""Which engine a study has, on which backend its trials train, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Literal, get_args

from specc.document.spec import Train
from specc.infer.program import Program
from specc.lower.missing import MissingExtra
from specc.tune.cluster import Cluster
from specc.tune.engine import Engine, Slot, Trial
from specc.tune.expressible import ignored
from specc.tune.process import Process
from specc.tune.remote import BACKENDS, Name, Remote

EngineName = Literal["auto", "process", "epoch", "slots", "ray"]
ENGINES: tuple[EngineName, ...] = get_args(EngineName)

WORTH = 40
"""From how many trials on `slots` makes up for what JAX compiles longer than TensorFlow."""


@dataclass(frozen=True)
class Choice:
    """The engine, why it is that one, and the backend that every trial trains on."""

    engine: Engine
    why: str
    backend: str
    ignored: tuple[str, ...] = ()
    """Callbacks of the spec that the engine leaves out."""


def chosen(
    wanted: EngineName | Engine,
    program: Program,
    process: Process,
    trials: int | None,
    before: tuple[str, str] | None = None,
    address: str | None = None,
) -> Choice:
    """The engine of a study. `before` are engine and backend of a study that goes on.

    `address` is that of a Ray cluster.

    Raises `MissingExtra` where the engine that was asked for has no backend.
    """
    train = program.train or Train()
    if not isinstance(wanted, str):
        return Choice(wanted, "it was given", train.backend)
    if wanted == "ray":
        return _ray(program, process, trials, address)
    if wanted != "auto":
        return _named(wanted, "it was asked for", program, process)
    if before is not None and before[0] == "ray":
        return _ray(program, process, trials, address)
    if before is not None:
        name = before[0] if before[0] in ENGINES else "process"
        return _named(name, "the study began with it", program, process)  # pyright: ignore[reportArgumentType]
    name, why = _auto(program, process, trials)
    return _named(name, why, program, process)


def _auto(program: Program, process: Process, trials: int | None) -> tuple[EngineName, str]:
    if process.workers > 1:
        return "process", f"{process.workers} workers were asked for"
    if program.tune is not None and "train.backend" in program.tune.space:
        return "process", "the backend varies"
    train, origin = program.train or Train(), program.origin
    names: tuple[Name, ...] = ("slots", "epoch")
    if origin is not None and origin.root.find(("train", "backend")) is not None:
        names = ("slots",) if train.backend == "jax" else ("epoch",)
    why: list[str] = []
    for name in names:
        backend = BACKENDS[name]
        if find_spec(backend) is None:
            why.append(f"{backend} is not installed")
        elif (obstacle := Remote(name).why_not(_itself(program))) is not None:
            why.append(obstacle)
        elif name == "slots" and len(names) > 1 and trials is not None and trials < WORTH:
            why.append(f"{trials} trials are too few for `slots` to pay")
        elif name == "slots" and len(names) > 1 and _slow_on_jax(program):
            why.append("JAX is slow at convolutions on a processor")
        else:
            why.append(f"the spec trains on {backend}" if len(names) == 1 else _WHY[name])
            return name, "; ".join(why)
    return "process", "; ".join(dict.fromkeys(why))


def _slow_on_jax(program: Program) -> bool:
    """Whether a program convolves pictures where there is TensorFlow, and no GPU for JAX.

    A trial of a small network on digits took `slots` three times as long as `epoch`.
    """
    if find_spec("tensorflow") is None or any(map(find_spec, _GPU)):
        return False
    return any(
        any(len(w.shape) > 3 for layer in each.layers for w in layer.weights)
        for each in (program, *program.models)
    )


_GPU = ("jax_cuda12_plugin", "jax_cuda13_plugin", "jax_rocm7_plugin", "jax_rocm60_plugin")
"""What JAX needs for a GPU, under the names that it has had."""

_WHY: Mapping[Name, str] = {
    "slots": "the trials share programs, several train at once",
    "epoch": "the trials share programs",
}


def _named(name: EngineName, why: str, program: Program, process: Process) -> Choice:
    train = program.train or Train()
    if name not in ("slots", "epoch"):
        return Choice(process, why, train.backend)
    backend = BACKENDS[name]
    if find_spec(backend) is None:
        raise MissingExtra(backend, backend)
    return Choice(Remote(name), why, backend, ignored(program))


def _ray(program: Program, process: Process, trials: int | None, address: str | None) -> Choice:
    """The tasks of a cluster, in which the engine trains that `auto` would take."""
    alone = replace(process, workers=1)
    name, why = _auto(program, alone, trials)
    backend = BACKENDS[name] if name in ("slots", "epoch") else (program.train or Train()).backend
    assert program.tune is not None
    tasks = process.workers if process.workers > 1 else None
    inner = "plain" if name == "process" else name
    cluster = Cluster(inner, backend, program.tune.resources, address, tasks)
    left = () if inner == "plain" else ignored(program)
    where = address or "a local cluster"
    return Choice(cluster, f"{where}, by {inner}: {why}", backend, left)


def _itself(program: Program) -> Trial:
    """The spec as it is, as a trial, to ask what an engine says of it."""
    train = program.train or Train()
    return Trial(0, 0, Slot(), train.seed, train.epochs, program, {}, {})
