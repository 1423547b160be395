"""A run goes on where it was, or says why it does not."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import textwrap

import numpy as np
import pytest

from specc.train.checkpoint.generation import generations, newest
from specc.train.checkpoint.resume import CannotResume
from specc.train.checkpoint.sole import sole_writer
from specc.train.failure import Interrupted, RunFailed
from specc.train.run import open_run
from specc.train.train import train

from ..small import program

pytestmark = pytest.mark.keras

LAYERS = [
    {"Dense": {"units": 8, "activation": "relu"}},
    "BatchNormalization",
    {"Dropout": {"rate": 0.3}},
    {"Dense": {"units": 3, "activation": "softmax"}},
]
CALLBACKS = [
    {"EarlyStopping": {"monitor": "val_loss", "patience": 5, "restore_best_weights": True}},
    {"ModelCheckpoint": {"filepath": "best.keras", "save_best_only": True}},
    {"ReduceLROnPlateau": {"monitor": "val_loss", "patience": 1}},
    {"CSVLogger": {"filename": "log.csv"}},
]


def made(**changes):
    """A program with all that a resume has to restore."""
    graph = {"kind": {"from": "measures", "layers": LAYERS}}
    given = {"train__epochs": 5, "train__callbacks": CALLBACKS, "graph": graph}
    return program(**{**given, **changes})


def stopping(where):
    """A callback that sends Ctrl-C before a batch of an epoch."""
    import keras

    class Stop(keras.callbacks.Callback):
        by_pieces = True

        def on_epoch_begin(self, epoch, logs=None):
            if epoch == where:
                signal.raise_signal(signal.SIGINT)

    return Stop()


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A run that was never stopped."""
    return train(made(), runs=tmp_path_factory.mktemp("whole"), progress="none")


def equal(a, b):
    """The same weights, bit for bit, history and log of epochs."""
    for x, y in zip(a.model.get_weights(), b.model.get_weights(), strict=True):
        np.testing.assert_array_equal(x, y)
    assert a.history == b.history
    assert (a.path / "log.csv").read_text() == (b.path / "log.csv").read_text()
    assert a.metrics["test"] == b.metrics["test"]


@pytest.mark.parametrize("loop", ["epoch", "batch"])
def test_a_run_that_was_stopped_within_an_epoch_ends_as_one_that_was_not(loop, whole, tmp_path):
    """Bit for bit, in both loops: dropout, order, callbacks and the log of epochs go on."""
    given = made(train__loop=loop, train__checkpoint={"every_steps": 2})
    with pytest.raises(Interrupted):
        train(given, runs=tmp_path, progress="none", callbacks=[stopping(2)])
    (folder,) = (tmp_path / "flowers").iterdir()
    saved = newest(folder)
    assert saved is not None
    assert (saved["epoch"], saved["step"]) == (2, 2 if loop == "epoch" else 1)
    again = train(given, runs=tmp_path, progress="none", resume=True)
    assert again.path == folder
    equal(again, whole)
    assert again.metrics["finished"]
    with pytest.raises(CannotResume, match="finished after 5 epochs"):
        train(given, runs=tmp_path, resume=True)


def test_a_torn_checkpoint_costs_what_came_after_the_one_before(whole, tmp_path, capsys):
    """The generation before it is used, with a warning, and the end is the same."""
    given = made(train__checkpoint={"every_steps": 2})
    with pytest.raises(Interrupted):
        train(given, runs=tmp_path, progress="none", callbacks=[stopping(3)])
    (folder,) = (tmp_path / "flowers").iterdir()
    with generations(folder)[-1].open("r+b") as file:
        file.truncate(1000)
    again = train(given, runs=tmp_path, progress="none", resume=folder)
    assert "torn" in capsys.readouterr().err
    equal(again, whole)


def test_without_a_whole_checkpoint_a_run_begins_again(whole, tmp_path, capsys):
    """All that there are are torn: each is told, and the end is that of a run never stopped."""
    given = made(train__checkpoint={"every_steps": 2})
    with pytest.raises(Interrupted):
        train(given, runs=tmp_path, progress="none", callbacks=[stopping(3)])
    (folder,) = (tmp_path / "flowers").iterdir()
    torn = generations(folder)
    assert len(torn) == 2
    for path in torn:
        path.write_bytes(path.read_bytes()[:-1])
    again = train(given, runs=tmp_path, progress="none", resume=folder)
    said = capsys.readouterr().err
    assert all(f"{path} is torn" in said for path in torn)
    assert "begins again" in said
    equal(again, whole)


def test_a_run_that_was_moved_goes_on_where_it_is(whole, tmp_path):
    """Its callbacks write into the new folder, and nothing comes into the old one again."""
    given = made(train__checkpoint={"every_steps": 2})
    with pytest.raises(Interrupted):
        train(given, runs=tmp_path / "before", progress="none", callbacks=[stopping(2)])
    moved = tmp_path / "after"
    (tmp_path / "before").rename(moved)
    again = train(given, runs=moved, progress="none", resume=True)
    assert again.path == moved / "flowers" / "1"
    assert not (tmp_path / "before").exists()
    assert (again.path / "best.keras").is_file()
    equal(again, whole)


def test_more_epochs_go_on_with_a_finished_run(whole, tmp_path):
    """Three epochs and two more are five; fewer are nothing."""
    given = made()
    first = train(given, runs=tmp_path, epochs=3, progress="none")
    with pytest.raises(CannotResume, match="finished after 3 epochs"):
        train(given, runs=tmp_path, epochs=3, progress="none", resume=True)
    again = train(given, runs=tmp_path, epochs=5, progress="none", resume=True)
    assert again.path == first.path
    equal(again, whole)


def test_what_is_another_run_is_refused(tmp_path):
    """No run, another spec, other data, a folder that is no run: each with its reason."""
    with pytest.raises(CannotResume, match="holds no run"):
        train(made(), runs=tmp_path, resume=True)
    with pytest.raises(CannotResume, match=r"lock\.json"):
        train(made(), runs=tmp_path, resume=tmp_path)
    with pytest.raises(Interrupted):
        train(made(), runs=tmp_path, progress="none", callbacks=[stopping(1)])
    other = made(train__optimizer={"Adam": {"learning_rate": 0.5}})
    with pytest.raises(CannotResume, match=r"learning_rate.* was 0.02 and is 0.5"):
        train(other, runs=tmp_path, progress="none", resume=True)
    (folder,) = (tmp_path / "flowers").iterdir()
    lock = json.loads((folder / "lock.json").read_text())
    (folder / "lock.json").write_text(json.dumps({**lock, "data": "another"}))
    with pytest.raises(CannotResume, match="data is no longer"):
        train(made(), runs=tmp_path, progress="none", resume=True)
    forced = train(other, runs=tmp_path, progress="none", resume=True, force=True)
    assert len(forced.history["epoch"]) == 5
    assert open_run(forced.path).lock["program"] != lock["program"]


def test_a_run_has_one_writer(tmp_path):
    """The second is refused and told who the first is."""
    with pytest.raises(Interrupted):
        train(made(), runs=tmp_path, progress="none", callbacks=[stopping(1)])
    (folder,) = (tmp_path / "flowers").iterdir()
    holding = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from specc.train.checkpoint.sole import sole_writer
        with sole_writer(Path(sys.argv[1])):
            print("held", flush=True)
            sys.stdin.read()
        """
    )
    with subprocess.Popen(
        [sys.executable, "-c", holding, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        with pytest.raises(RunFailed, match=f"process {first.pid} on "):
            train(made(), runs=tmp_path, progress="none", resume=True)
        first.kill()
    with sole_writer(folder):
        assert json.loads((folder / "checkpoints" / "writer.json").read_text())["pid"] == (
            os.getpid()
        )


def test_a_full_disk_ends_the_run_and_leaves_what_was_saved(tmp_path):
    """No file may grow: a clear error, status 3, and the best model and the checkpoint are whole."""
    import keras

    class Full(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 3:
                resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))

    given = made(train__callbacks=CALLBACKS[:2])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        with pytest.raises(RunFailed, match="could not be written") as caught:
            train(given, runs=tmp_path, progress="none", callbacks=[Full()])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert caught.value.status == 3
    (folder,) = (tmp_path / "flowers").iterdir()
    assert keras.saving.load_model(folder / "best.keras", compile=False).count_params() > 0
    assert not list(folder.glob(".*"))
    again = train(given, runs=tmp_path, progress="none", resume=True)
    assert len(again.history["epoch"]) == 5
