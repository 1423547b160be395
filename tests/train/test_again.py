"""A run is whole by itself: it is measured and trained again without the spec that it came from."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml
from click.testing import CliRunner, Result

from specc.cli.main import group
from specc.diagnostics.report import SpecError
from specc.pipeline import open_run
from specc.train.run import NotARun, Run

from .small import spec

pytestmark = pytest.mark.keras


def specc(*arguments: str | Path) -> Result:
    """The command, in this process."""
    return CliRunner().invoke(group, [str(a) for a in arguments], prog_name="specc")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a spec with a base, settings and further losses; the specs are gone."""
    folder = tmp_path_factory.mktemp("project")
    graph = {
        "hidden": {"from": "measures", "layers": [{"Dense": {"units": "$width"}}]},
        "kind": {"from": "hidden", "layers": [{"Dense": {"units": 3, "activation": "softmax"}}]},
    }
    losses = {"small": {"MeanSquaredError": {}, "y_true": 0, "y_pred": "hidden", "weight": 0.01}}
    base = {**spec(graph=graph, losses=losses, name=None), "params": {"width": 4}}
    (folder / "base.yaml").write_text(yaml.safe_dump(base))
    (folder / "wide.yaml").write_text("specc: 1\nextends: base.yaml\ntrain: {batch_size: 32}\n")
    done = specc(
        "train", folder / "wide.yaml", "--runs", folder / "runs", "-q",
        "--set", "params.width=6", "--set", "losses.small.weight=0.02",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    for path in folder.glob("*.yaml"):
        path.unlink()
    return Path(done.stdout.strip())


def test_a_run_with_further_losses_is_measured_by_its_own_spec(trained: Path) -> None:
    """Although a base and settings made it, and both are gone."""
    done = specc("evaluate", trained)
    assert done.exit_code == 0, done.output
    measured = {n: float(v) for n, v in (r.split() for r in done.stdout.splitlines())}
    assert measured == pytest.approx(open_run(trained).metrics["test"], abs=1e-4)


def test_the_lock_says_what_was_set(trained: Path) -> None:
    """And what tells the run apart from others of its name."""
    lock = open_run(trained).lock
    assert lock["settings"]["sets"] == ["params.width=6", "losses.small.weight=0.02"]
    assert lock["spec"]["file"] == "wide.yaml"
    assert (trained / lock["spec"]["folder"]).resolve() == trained.parent.parent.parent.resolve()
    assert lock["values"]["params"] == {"width": 6}
    assert lock["values"]["train"]["batch_size"] == 32


def test_a_copy_that_is_not_what_was_trained_is_refused(trained: Path, tmp_path: Path) -> None:
    """A changed spec compiles to another program; a broken one does not."""
    copy = tmp_path / "copy"
    copy.mkdir()
    lock = json.loads((trained / "lock.json").read_text())
    (copy / "lock.json").write_text(json.dumps({**lock, "specc": "0.0.1"}))
    text = (trained / "resolved.yaml").read_text()
    (copy / "resolved.yaml").write_text(text.replace("width: 6", "width: 7"))
    with pytest.raises(NotARun, match=r"not compile to what was trained, by specc 0\.0\.1"):
        _ = open_run(copy).program
    (copy / "resolved.yaml").write_text(text.replace("width: 6", "with: 6"))
    with pytest.raises(SpecError):
        _ = open_run(copy).program
    with pytest.raises(NotARun, match="not compiled here"):
        _ = Run(copy).program


def test_a_lock_repeats_the_run_to_the_same_weights(trained: Path, tmp_path: Path) -> None:
    """Bit for bit, and it says so; the spec that it came from is gone."""
    done = specc("train", trained / "lock.json", "--runs", tmp_path, "-q")
    assert done.exit_code == 0, done.output
    assert done.stderr == f"the same weights, bit for bit, as {trained}\n"
    (made,) = (tmp_path / "wide").iterdir()
    again, before = open_run(made), open_run(trained)
    assert again.metrics["weights"] == before.metrics["weights"]
    for a, b in zip(again.model.get_weights(), before.model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert again.lock["program"] == before.lock["program"]


def test_a_repeated_run_is_not_changed(trained: Path) -> None:
    """By settings: that would be another run."""
    for more in (["--set", "train.seed=1"], ["--epochs", "2"]):
        done = specc("train", trained / "lock.json", *more)
        assert done.exit_code == 2
        assert "resolved.yaml" in done.stderr


def test_other_versions_are_named_and_other_data_is_refused(trained: Path, tmp_path: Path) -> None:
    """With --force the data may differ; that the weights do is said."""
    copy = tmp_path / "copy"
    shutil.copytree(trained, copy)
    lock = json.loads((copy / "lock.json").read_text())
    lock["packages"]["keras"] = "3.0.0"
    lock["threads"]["OMP_NUM_THREADS"] = "7"
    lock["data"] = "0" * 64
    (copy / "lock.json").write_text(json.dumps(lock))
    (copy / "metrics.json").write_text(json.dumps({"weights": "1" * 64}))
    done = specc("train", copy / "lock.json", "--runs", tmp_path / "runs", "-q")
    assert done.exit_code == 1
    assert "note: keras was 3.0.0, and is 3." in done.stderr
    assert "note: OMP_NUM_THREADS was 7, and is not set" in done.stderr
    assert f"its hash was {'0' * 64}" in done.stderr
    assert not list((tmp_path / "runs").rglob("lock.json"))
    done = specc("train", copy / "lock.json", "--runs", tmp_path / "runs", "-q", "--force")
    assert done.exit_code == 0, done.output
    assert "other weights than" in done.stderr
