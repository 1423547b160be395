"""Two processes train one model, and what is not whole is refused before any of it."""

# pyright: basic

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest

from specc.document.spec import Train
from specc.train.distribute import CannotDistribute
from specc.train.processes import ADDRESSES, COUNT, ID, Processes, joined, processes

ROOT = Path(__file__).parents[2]
_SPEC = {
    "specc": 1,
    "name": "rings",
    "inputs": {"place": {"shape": [2]}},
    "graph": {
        "outside": {
            "from": "place",
            "layers": [
                {"Dense": {"units": 16, "activation": "relu"}},
                {"Dropout": {"rate": 0.1}},
                {"Dense": {"units": 1, "activation": "sigmoid"}},
            ],
        }
    },
    "outputs": {"outside": {"loss": "binary_crossentropy", "metrics": ["binary_accuracy"]}},
    "data": {
        "source": {"npz": {"path": "rings.npz"}},
        "inputs": {"place": {"field": "place"}},
        "targets": {"outside": {"field": "outside"}},
        "split": {"validation": 0.25, "test": 0.25},
    },
    "train": {
        "backend": "jax",
        "distribute": "data_parallel",
        "optimizer": {"Adam": {"learning_rate": 0.01}},
        "batch_size": 32,
        "epochs": 3,
    },
}


def given(monkeypatch, addresses=None, count=None, index=None):
    for name, value in ((ADDRESSES, addresses), (COUNT, count), (ID, index)):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)


def test_the_environment_names_them(monkeypatch):
    """Without the variables there is one process; with them there are as many as they say."""
    given(monkeypatch)
    assert processes() == Processes()
    assert processes().first
    given(monkeypatch, "10.0.0.1:1234,10.0.0.2:1234", "2", "1")
    assert processes() == Processes("10.0.0.1:1234,10.0.0.2:1234", 2, 1)
    assert not processes().first


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        (("10.0.0.1:1234", "2", None), f"without {ID}"),
        ((None, None, "0"), f"without {ADDRESSES}, {COUNT}"),
        (("10.0.0.1:1234", "two", "0"), "`two`"),
        (("10.0.0.1:1234", "2", "2"), "they count from 0"),
        (("a:1,b:1,c:1", "2", "0"), "3 addresses for 2 processes"),
        (("10.0.0.1", "2", "0"), "an address is `host:port`"),
    ],
)
def test_what_is_not_whole_is_refused(monkeypatch, variables, said):
    """Half of the variables, or a variable that is no such thing, begins nothing."""
    given(monkeypatch, *variables)
    with pytest.raises(CannotDistribute, match=said):
        processes()


@pytest.mark.parametrize("spread", ["none", {"model_parallel": {}}])
def test_only_the_data_is_shared(monkeypatch, spread):
    """A spec that does not spread its batches is not trained by several processes."""
    given(monkeypatch, "127.0.0.1:1", "2", "0")
    train = Train.model_construct(distribute=spread)
    with pytest.raises(CannotDistribute, match="distribute: data_parallel"):
        joined(train, quiet=True)


@pytest.mark.keras
def test_tensorflow_trains_in_one(monkeypatch):
    """On TensorFlow several processes are refused, and nobody is waited for."""
    given(monkeypatch, "127.0.0.1:1", "2", "0")
    with pytest.raises(CannotDistribute, match="on JAX only"):
        joined(Train(distribute="data_parallel", backend="tensorflow"), quiet=True)


def started(folder, spec, runs, variables, *options, first=""):
    """A process that trains `spec` in `folder`; what it says goes to files there.

    `first` is what it does before.
    """
    name = variables.get(ID, "one")
    kept = {k: v for k, v in os.environ.items() if k not in (ADDRESSES, COUNT, ID, "XLA_FLAGS")}
    with (folder / f"{name}.out").open("w") as out, (folder / f"{name}.err").open("w") as err:
        return subprocess.Popen(
            [
                *(sys.executable, "-c", f"{first}\nfrom specc.cli import main; main()"),
                *("train", spec, "--runs", runs, "--quiet", *options),
            ],
            cwd=folder,
            env={**kept, "PYTHONPATH": str(ROOT), "KERAS_BACKEND": "jax", **variables},
            stdout=out,
            stderr=err,
        )


def both(folder, specs, *options, first=("", "")):
    """Statuses, and what they said, of two processes that train together."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    children = []
    try:
        for index, spec in enumerate(specs):
            variables = {ADDRESSES: address, COUNT: "2", ID: str(index)}
            words = (folder, spec, "two", variables, *options)
            children.append(started(*words, first=first[index]))
        statuses = [child.wait(timeout=240) for child in children]
    finally:
        for child in children:
            child.kill()
            child.wait()
    return statuses, *([(folder / f"{i}.{k}").read_text() for i in (0, 1)] for k in ("out", "err"))


def learned(run):
    """The weights of a run and its history, as numbers."""
    import h5py

    found = []
    with (
        ZipFile(run / "model.keras") as archive,
        archive.open("model.weights.h5") as file,
        h5py.File(file) as weights,
    ):
        weights.visititems(lambda _, at: found.append(at[()]) if hasattr(at, "shape") else None)
    return found, np.genfromtxt(run / "history.csv", delimiter=",", skip_header=1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("processes")
    place = np.random.default_rng(1).normal(size=(512, 2)).astype("float32")
    outside = (np.hypot(*place.T) > 1).astype("float32")[:, None]
    np.savez(folder / "rings.npz", place=place, outside=outside)
    (folder / "spec.json").write_text(json.dumps(_SPEC))
    other = {**_SPEC, "train": {**_SPEC["train"], "batch_size": 64}}
    (folder / "other.json").write_text(json.dumps(other))
    return folder


@pytest.mark.keras
def test_two_processes_are_one(folder):
    """Losses, metrics and weights to 1e-5, also of a run that went on; only one of them writes."""
    for options in (("--epochs", "2"), ("--epochs", "3", "--resume")):
        statuses, out, err = both(folder, ["spec.json", "spec.json"], *options)
        assert statuses == [0, 0], err
        assert out == ["two/rings/1\n", ""]
        assert "process 0 has the run" in err[1]
    assert [p.name for p in (folder / "two" / "rings").iterdir()] == ["1"]
    one = started(folder, "spec.json", "one", {})
    try:
        assert one.wait(timeout=240) == 0, (folder / "one.err").read_text()
    finally:
        one.kill()
    (weights, history), (expected, told) = (
        learned(folder / which / "rings" / "1") for which in ("two", "one")
    )
    assert history.shape == (3, 5)
    assert history == pytest.approx(told, abs=1e-5)
    assert len(weights) == len(expected) > 4
    for mine, theirs in zip(weights, expected, strict=True):
        assert mine == pytest.approx(theirs, abs=1e-5)
    measured = [
        json.loads((folder / which / "rings" / "1" / "metrics.json").read_text())
        for which in ("two", "one")
    ]
    assert measured[0]["test"] == pytest.approx(measured[1]["test"], abs=1e-5)


@pytest.mark.keras
def test_they_train_the_same(folder):
    """Another spec on one of two machines is told to both, and there is no run."""
    before = sorted(folder.glob("two/*/*"))
    statuses, _, err = both(folder, ["spec.json", "other.json"])
    assert statuses == [1, 1], err
    assert all("process 1 has another spec than process 0" in said for said in err)
    assert sorted(folder.glob("two/*/*")) == before


@pytest.mark.keras
@pytest.mark.slow
def test_folds_and_the_lock_of_a_run(folder):
    """Two folds, trained by two processes, and again from the lock to the same weights."""
    folds = {**_SPEC, "name": "folds", "data": {**_SPEC["data"], "split": {"folds": 2}}}
    folds["train"] = {**_SPEC["train"], "epochs": 1}
    (folder / "folds.json").write_text(json.dumps(folds))
    statuses, out, err = both(folder, ["folds.json"] * 2)
    assert statuses == [0, 0], err
    assert out == ["two/folds/1\n", ""]
    run = folder / "two" / "folds" / "1"
    assert json.loads((run / "metrics.json").read_text())["folds"] == 2
    assert all((run / f"fold-{i}" / "model.keras").is_file() for i in (1, 2))
    statuses, out, err = both(folder, [f"{run}/lock.json"] * 2)
    assert statuses == [0, 0], err
    assert out == ["two/folds/2\n", ""]
    assert "the same weights, bit for bit" in err[0]
    assert "process 0 has the run" in err[1]


WITHOUT = """
import numpy
load = numpy.lib.npyio.NpzFile.__getitem__
def holed(self, name):
    found = load(self, name)
    if name == "place":
        found[3] = numpy.nan
    return found
numpy.lib.npyio.NpzFile.__getitem__ = holed
"""
FULL = """
import errno
from specc.train.checkpoint.keeper import Keeper
def full(self, epoch, step):
    raise OSError(errno.ENOSPC, "No space left on device", "1.ckpt")
Keeper._save = full
"""


@pytest.mark.keras
def test_one_that_fails_keeps_nobody_waiting(folder):
    """Its reason is told by itself, before training and in it; the others say that it has ended."""
    before = sorted(folder.glob("two/*/*"))
    statuses, _, err = both(folder, ["spec.json"] * 2, first=("", WITHOUT))
    assert statuses == [1, 1], err
    assert "process 1 has failed before the training" in err[0]
    assert "`place` has no value in example 4" in err[1]
    assert sorted(folder.glob("two/*/*")) == before
    statuses, _, err = both(folder, ["spec.json"] * 2, first=("", FULL))
    assert statuses == [3, 3], err
    assert "another process has ended" in err[0]
    assert "the disk is full" in err[1]
    assert not any("Traceback" in said for said in err)
