"""Folds: a model for each, mean and deviation of what they measured, and a kill costs one fold at most."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from statistics import fmean, stdev

import numpy as np
import pytest
import yaml
from click.testing import CliRunner

from specc.cli.main import group
from specc.cli.trained import trained
from specc.data.registry import DATASETS
from specc.data.split import parts
from specc.document.spec import Split
from specc.pipeline import Settings, open_run, passes
from specc.train.checkpoint.generation import newest
from specc.train.checkpoint.resume import CannotResume
from specc.train.cross import summary
from specc.train.failure import Interrupted, RunFailed
from specc.train.folds import fold_folders
from specc.train.listing import listed_run
from specc.train.report.page import report_html
from specc.train.run import NotARun
from specc.train.train import train

from .small import program, spec

SPLIT = {"test": 0.2, "folds": 3, "stratify": "label"}


def test_a_summary_is_the_mean_and_the_sample_deviation():
    found = [
        {"validation": {"loss": v}, "epochs": e, "seconds": 1.5, "loop": "epoch", "weights": str(v)}
        for v, e in ((1.0, 3), (2.0, 5), (6.0, 4))
    ]
    made = summary(found)
    assert made["validation"] == {"loss": 3.0}
    assert made["deviation"] == {"validation": {"loss": stdev([1.0, 2.0, 6.0])}}
    assert (made["folds"], made["epochs"], made["seconds"]) == (3, 5, 4.5)
    assert summary(found[::-1])["weights"] != made["weights"]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return train(program(data__split=SPLIT), runs=tmp_path_factory.mktemp("runs"), progress="none")


@pytest.mark.keras
def test_every_fold_is_a_run_that_learned_from_its_own_part(run):
    """Each example is validated on once; what a transform learns comes from the others alone."""
    labels, features = (DATASETS["iris"].load()[n] for n in ("label", "features"))
    split = Split(**SPLIT)
    validated: list[int] = []
    assert [f.path.name for f in run.folds] == ["fold-1", "fold-2", "fold-3"]
    for i, fold in enumerate(run.folds, 1):
        own = parts(150, split, labels, i)
        validated += own.validation.tolist()
        (standardize,) = fold.feeds.inputs["measures"].transforms
        mean = features[own.train].mean(axis=0)
        np.testing.assert_allclose(standardize.mean, mean, rtol=1e-6)
        assert np.bincount(labels[own.validation]).max() <= 14
    test = parts(150, split, labels, 1).test
    assert sorted([*validated, *test.tolist()]) == list(range(150))


@pytest.mark.keras
def test_the_run_says_mean_and_deviation_and_each_fold_its_own(run):
    """Measured again, each fold's model gives what is written, of the test part too."""
    for part in ("validation", "test"):
        values = [f.metrics[part]["accuracy"] for f in run.folds]
        assert run.metrics[part]["accuracy"] == pytest.approx(fmean(values))
        assert run.metrics["deviation"][part]["accuracy"] == pytest.approx(stdev(values))
        assert [open_run(f.path).evaluate(part)["accuracy"] for f in run.folds] == values
    assert run.history["val_loss"][0] == pytest.approx(
        fmean(f.history["val_loss"][0] for f in run.folds)
    )
    assert (run.path / "curves.svg").is_file()


@pytest.mark.keras
def test_tables_lists_and_the_page_show_both(run):
    """The page has each fold's figures, and every example outside the test once."""
    line, head, *_, accuracy = trained(run)
    assert "3 folds, 3 epochs" in line
    assert head.split() == ["test", "validation"]
    mean, apart = run.metrics["test"]["accuracy"], run.metrics["deviation"]["test"]["accuracy"]
    assert f"{mean:.4f} ± {apart:.4f}" in accuracy
    known = listed_run(run.path)
    assert (known.state, known.deviation["test accuracy"]) == ("finished", apart)
    done = CliRunner().invoke(group, ["runs", str(run.path), "--metric", "accuracy"])
    assert f"{mean:.4g} ± {apart:.2g}" in done.stdout
    page = report_html(run)
    assert f"{mean:.4g} ± {apart:.4g}" in page
    assert "fold-3" in page
    assert "of 120 are right" in page


@pytest.mark.keras
def test_what_wants_one_model_says_which_there_are(run):
    """A fold is used by itself; it goes on, and is repeated, with its run alone."""
    for ask in (lambda: run.model, lambda: run.predict(np.zeros((1, 4))), lambda: run.evaluate()):
        with pytest.raises(NotARun, match=r"3 folds has a model of its own.*fold-1"):
            ask()
    assert run.folds[1].predict(np.zeros((1, 4))).shape == (1, 3)
    made = program(data__split=SPLIT)
    with pytest.raises(CannotResume, match="is a fold"):
        train(made, resume=run.folds[0].path, progress="none")
    with pytest.raises(CannotResume, match="every fold is at its end"):
        train(made, resume=run.path, progress="none")
    done = CliRunner().invoke(group, ["train", str(run.folds[0].path / "lock.json")])
    assert done.exit_code == 2
    assert str(run.path / "lock.json") in done.output


@pytest.mark.keras
def test_more_epochs_go_on_with_every_fold(run, tmp_path):
    """As if it had been trained so long at once."""
    copy = shutil.copytree(run.path, tmp_path / "runs" / "flowers" / "1")
    longer = train(
        program(data__split=SPLIT), runs=tmp_path / "runs", resume=True, epochs=5, progress="none"
    )
    assert longer.path == copy
    assert [f.metrics["epochs"] for f in longer.folds] == [5, 5, 5]
    assert len(longer.history["epoch"]) == 5
    assert longer.metrics["epochs"] == longer.lock["epochs"] == 5


KILLED = """
import os, signal, sys
import keras
from specc.train.train import train
from tests.train.small import program
from specc.pipeline import Settings, passes

class Kill(keras.callbacks.Callback):
    begun = 0
    def on_train_begin(self, logs=None):
        Kill.begun += 1
    def on_epoch_end(self, epoch, logs=None):
        if Kill.begun == 2 and epoch == 2:
            os.kill(os.getpid(), signal.SIGKILL)

made = passes(sys.argv[1], settings=Settings()).proven
train(made, runs=sys.argv[2], progress="none", callbacks=[Kill()])
"""


@pytest.mark.keras
def test_a_kill_costs_the_fold_that_was_trained_alone(run, tmp_path):
    """The first fold is not trained again, and all end with the weights of a run never stopped."""
    path = tmp_path / "flowers.yaml"
    path.write_text(yaml.safe_dump(spec(data__split=SPLIT, train__checkpoint={"every_steps": 2})))
    done = subprocess.run(
        [sys.executable, "-c", KILLED, path, tmp_path / "runs"],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr[-2000:]
    folder = tmp_path / "runs" / "flowers" / "1"
    assert not (folder / "metrics.json").exists()
    first = folder / "fold-1" / "model.keras"
    before = first.stat().st_mtime_ns
    made = passes(path, settings=Settings()).proven
    resumed = train(made, runs=tmp_path / "runs", resume=True, progress="none")
    assert first.stat().st_mtime_ns == before
    assert [f.metrics["weights"] for f in resumed.folds] == [
        f.metrics["weights"] for f in run.folds
    ]


STOPPED = """
import os, signal, sys
from specc.cli import main
from specc.train.checkpoint.keeper import Keeper

entered = Keeper.entered
def stopping(self, epoch):
    entered(self, epoch)
    if self.run.name == "fold-2" and epoch == 1:
        for name in signals:
            os.kill(os.getpid(), getattr(signal, name))
Keeper.entered = stopping
signals = sys.argv.pop(1).split(",")
main()
"""


@pytest.mark.keras
@pytest.mark.parametrize("signals", ["SIGINT", "SIGTERM,SIGTERM"])
def test_signals_in_a_fold_end_the_run_and_it_goes_on_in_that_fold(run, tmp_path, signals):
    """Once saves the fold's place, twice leaves at once; each is status 130, and no fold more."""
    path = tmp_path / "flowers.yaml"
    path.write_text(yaml.safe_dump(spec(data__split=SPLIT, train__checkpoint={"every_steps": 2})))
    done = subprocess.run(
        [sys.executable, "-c", STOPPED, signals, "train", path, "--runs", tmp_path / "runs"],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 130, done.stderr[-2000:]
    assert "Traceback" not in done.stderr
    folder = tmp_path / "runs" / "flowers" / "1"
    assert [f.name for f in fold_folders(folder)] == ["fold-1", "fold-2"]
    once = signals == "SIGINT"
    assert (folder / "fold-2" / "model.keras").exists() == once
    saved = newest(folder / "fold-2")
    assert (saved is not None and saved["epoch"] == 1 and saved["step"] > 0) == once
    made = passes(path, settings=Settings()).proven
    again = train(made, runs=tmp_path / "runs", resume=True, progress="none")
    assert again.path == folder
    assert again.metrics["weights"] == run.metrics["weights"]


@pytest.mark.keras
def test_data_that_is_bad_leaves_nothing(tmp_path):
    """Four examples cannot make five folds."""
    table = tmp_path / "few.csv"
    table.write_text("a,b,c,d,label\n" + "1,2,3,4,0\n" * 4)
    data = {
        "source": {"csv": {"path": str(table.name)}},
        "inputs": {"measures": {"field": ["a", "b", "c", "d"]}},
        "targets": {"kind": {"field": "label"}},
        "split": {"folds": 5},
    }
    path = tmp_path / "flowers.yaml"
    path.write_text(yaml.safe_dump(spec(data=data)))
    done = CliRunner().invoke(group, ["train", str(path), "--runs", str(tmp_path / "runs")])
    assert done.exit_code == 1
    assert "4 examples cannot make 5 folds" in done.output
    assert not [*(tmp_path / "runs").glob("*")]


@pytest.mark.keras
def test_streams_and_phases_have_folds_too(tmp_path):
    """A table in pieces is stratified by a column that is read whole; phases are one job each."""
    table = tmp_path / "iris.csv"
    loaded = DATASETS["iris"].load()
    rows = [",".join(map(str, r)) for r in np.column_stack([loaded["features"], loaded["label"]])]
    table.write_text("\n".join(["a,b,c,d,label", *rows]))
    data = {
        "source": {"csv": {"path": "iris.csv", "stream": True, "types": {"label": "float64"}}},
        "inputs": {"measures": {"field": ["a", "b", "c", "d"], "transform": ["standardize"]}},
        "targets": {"kind": {"field": "label", "transform": [{"cast": "int64"}]}},
        "split": {"folds": 2, "test": 0.2},
    }
    phases = [{"name": "first"}, {"name": "second", "optimizer": "sgd"}]
    path = tmp_path / "flowers.yaml"
    path.write_text(yaml.safe_dump(spec(data=data, train__epochs=1, train__phases=phases)))
    done = CliRunner().invoke(group, ["train", str(path), "--runs", str(tmp_path / "runs"), "-q"])
    assert done.exit_code == 0, done.output
    made = json.loads((tmp_path / "runs" / "flowers" / "1" / "metrics.json").read_text())
    assert made["folds"] == 2
    assert made["deviation"]["test"].keys() == made["test"].keys()


@pytest.mark.keras
@pytest.mark.parametrize(
    ("ends", "state"), [(KeyboardInterrupt, "interrupted"), (RunFailed, "failed")]
)
def test_a_run_that_ends_in_a_fold_says_so_and_goes_on(run, tmp_path, ends, state):
    """After Ctrl-C, and after a fault that is mended; the fold before is left as it is."""
    import keras

    class Ends(keras.callbacks.Callback):
        begun = 0

        def on_train_begin(self, logs=None):
            self.begun += 1

        def on_epoch_end(self, epoch, logs=None):
            if self.begun == 2:
                raise ends("it is enough")

    made = program(data__split=SPLIT)
    with pytest.raises((Interrupted, RunFailed)):
        train(made, runs=tmp_path, progress="none", callbacks=[Ends()])
    known = listed_run(tmp_path / "flowers" / "1")
    assert known.state == state
    assert [f.name for f in fold_folders(known.path)] == ["fold-1", "fold-2"]
    if state == "failed":
        told = json.loads((known.path / "metrics.json").read_text())["failed"]
        assert told == "fold 2: it is enough"
    again = train(made, runs=tmp_path, resume=True, progress="none")
    assert again.path == known.path
    assert again.metrics["weights"] == run.metrics["weights"]
