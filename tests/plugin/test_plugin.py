"""Plug-ins are values; installed ones are found by entry point alone, and only when named."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import specc
from specc.plugin import (
    BadPlugin,
    Dataset,
    FieldType,
    Number,
    Plugin,
    Result,
    ShapeMismatch,
    TensorType,
    from_file,
    layer,
    loss,
)
from specc.plugin.used import used

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "tests" / "plugin_example"
SPEC = EXAMPLE / "tides.yaml"


@layer(keras=lambda: None)
def Double(inputs: TensorType, *, by: Number = 2.0, dtype: str) -> Result:
    """Twice as much. Any shape, unchanged"""
    return Result(TensorType(inputs.dims, dtype), (), inputs.size)


@loss(keras=lambda: None)
def Far(y_true: TensorType, y_pred: TensorType, *, reach: Number = 1.0) -> None:
    """How far beyond `reach`."""
    if y_true.rank != y_pred.rank:
        raise ShapeMismatch(f"Far compares like with like; these are {y_true} and {y_pred}")


few = Dataset(
    "few",
    {"x": FieldType((4,), "float32"), "y": FieldType((1,), "float32")},
    dict,
    "nothing at all",
)
house = Plugin("house", layers=[Double], losses=[Far], datasets=[few])


def spec(step: Any, **sections: Any) -> dict[str, Any]:
    """A spec with one step."""
    return {
        "specc": 1,
        "inputs": {"x": {"shape": [4]}},
        "graph": {"y": {"from": "x", "layers": [step]}},
        "outputs": ["y"],
        **sections,
    }


def only(report: specc.Report) -> Any:
    """The one diagnostic of a report."""
    (found,) = list(report)
    return found


# --- the value ------------------------------------------------------------------------------------


def test_a_plugin_of_the_program_is_known() -> None:
    """A program passes plug-ins as values, and the compiled program keeps them."""
    written = spec({"house.Double": {"by": 3}})
    program = specc.compile(written, plugins=[house])
    assert program.layers[0].cls == "house.Double"
    assert program.outputs["y"].type == TensorType((None, 4))
    assert program.plugins == (house,)
    assert used(program) == ["house"]
    assert only(specc.check(written)).code == "S501"


def test_its_layer_stands_in_wrappers_and_among_the_shared() -> None:
    """It is a layer like any other."""
    inner = {"TimeDistributed": {"layer": {"house.Double": {}}}}
    written = spec(inner) | {"inputs": {"x": {"shape": [3, 4]}}}
    assert used(specc.compile(written, plugins=[house])) == ["house"]
    written = spec({"use": "both"}, shared={"both": "house.Double"})
    assert used(specc.compile(written, plugins=[house])) == ["house"]


def test_its_arguments_are_checked() -> None:
    """By the kinds of its rule, as Keras's are, and by what every layer takes."""
    wrong = only(specc.check(spec({"house.Double": {"by": "two"}}), plugins=[house]))
    assert "a number" in wrong.message
    unknown = only(specc.check(spec({"house.Double": {"bye": 2}}), plugins=[house]))
    assert unknown.help == "did you mean `by`?"
    assert specc.check(spec({"house.Double": {"name": "twice"}}), plugins=[house]).ok


def test_its_loss_and_dataset_are_checked() -> None:
    """A loss is asked whether it takes the target; a field has its type."""
    data = {
        "source": "house.few",
        "inputs": {"x": {"field": "x"}},
        "targets": {"y": {"field": "y"}},
    }
    outputs: dict[str, Any] = {"y": {"loss": "house.Far"}}
    good = spec({"Dense": {"units": 1}}, outputs=outputs, data=data)
    report = specc.check(good, plugins=[house])
    assert report.ok, list(report)
    assert used(specc.compile(good, plugins=[house])) == ["house"]
    flat = good | {"graph": {"y": {"from": "x", "layers": [{"Reshape": {"target_shape": [2, 2]}}]}}}
    assert "like with like" in only(specc.check(flat, plugins=[house])).message
    bad = good | {"outputs": {"y": {"loss": {"house.Far": {"reach": "all"}}}}}
    assert "a number" in only(specc.check(bad, plugins=[house])).message
    term = {"Far": {}, "y_true": 0.0, "y_pred": "y"}
    term = {"house.Far" if k == "Far" else k: v for k, v in term.items()}
    assert specc.check(good | {"losses": {"far": term}}, plugins=[house]).ok


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda: Plugin("House"), "no name for a plug-in"),
        (lambda: Plugin("ops"), "no name for a plug-in"),
        (lambda: Plugin("house", layers=[Double, Double]), "two of the name 'Double'"),
        (lambda: Plugin("house", losses=[Double]), "not made by `specc.plugin.loss`"),
        (lambda: Plugin("house", layers=[Far]), "not made by `specc.plugin.layer`"),
    ],
)
def test_a_plugin_that_no_spec_could_name_is_refused(make: Callable[[], Plugin], what: str) -> None:
    """At once, by its author, and not by who uses it."""
    with pytest.raises(ValueError, match=what):
        make()


def test_a_rule_that_fails_is_a_fault_at_its_line() -> None:
    """A plug-in's own fault does not end the check."""

    @layer(keras=lambda: None)
    def Broken(inputs: TensorType) -> Result:
        """Fails."""
        return Result(inputs.of(1 // (len(inputs.dims) - 2)))

    wrong = only(specc.check(spec("bad.Broken"), plugins=[Plugin("bad", layers=[Broken])]))
    assert "ZeroDivisionError" in wrong.message


# --- what is not there ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "help"),
    [
        (spec("hause.Double"), "no plug-in `hause` is installed"),
        (spec("house.Duoble"), "did you mean `house.Double`?"),
        (spec("Flatten", outputs={"y": {"loss": "hause.Far"}}), "no plug-in `hause` is installed"),
        (spec("Flatten", outputs={"y": {"loss": "house.Fra"}}), "did you mean `house.Far`?"),
    ],
)
def test_what_no_plugin_has_is_unknown(written: dict[str, Any], help: str) -> None:
    """The help says whether it is the plug-in that is missing, or the name that is misspelt."""
    found = [d for d in specc.check(written, plugins=[house]) if d.help and help in d.help]
    assert len(found) == 1


def test_a_dataset_of_no_plugin_is_unknown() -> None:
    """As a layer is."""
    data = {"source": "hause.few", "inputs": {"x": {"field": "x"}}}
    found = only(specc.check(spec("Flatten", data=data)))
    assert found.help.startswith("no plug-in `hause` is installed")


# --- installed ones -------------------------------------------------------------------------------


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of installed packages with the example in it, as `pip install` leaves it."""
    site = tmp_path / "site"
    shutil.copytree(EXAMPLE / "src" / "harbour", site / "harbour")
    register(site, "specc_harbour", "harbour = harbour:plugin")
    monkeypatch.syspath_prepend(str(site))
    yield site
    for name in [m for m in sys.modules if m.partition(".")[0] == "harbour"]:
        del sys.modules[name]


def register(site: Path, package: str, entry: str) -> None:
    """Writes what an installed package is known by."""
    info = site / f"{package}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[specc.plugins]\n{entry}\n")


@pytest.mark.usefixtures("site")
def test_an_installed_plugin_is_found_by_its_name() -> None:
    """Without a word on the command line; and Keras is not loaded."""
    report = specc.check(SPEC)
    assert report.ok, list(report)
    assert specc.compile(SPEC).parameters == 151


@pytest.mark.usefixtures("site")
def test_nothing_is_looked_for_where_nothing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A spec without a dot in a class costs nothing."""

    def looked(**_: Any) -> Any:
        raise AssertionError("installed packages were looked through")

    monkeypatch.setattr(importlib.metadata, "distributions", looked)
    assert specc.check(ROOT / "specs" / "digits.yaml").ok
    assert "harbour" not in sys.modules


def test_a_plugin_that_cannot_be_loaded_says_so(site: Path) -> None:
    """At the line that names it, with the error that Python gave."""
    (site / "harbour" / "__init__.py").write_text("import no_such_module")
    (found, *_) = [d for d in specc.check(SPEC) if d.severity == "error"]
    assert "cannot be loaded: ModuleNotFoundError" in found.message
    assert found.span is not None and found.span.line == 13


def test_two_packages_of_one_name_are_refused(site: Path) -> None:
    """Which one is meant is not guessed."""
    register(site, "other", "harbour = harbour:plugin")
    (found, *_) = [d for d in specc.check(SPEC) if d.severity == "error"]
    assert "`other` and `specc_harbour` both register" in found.message


def test_an_entry_point_has_the_name_of_its_plugin(site: Path) -> None:
    """Otherwise a spec would name it by one, and a saved model by the other."""
    register(site, "second", "port = harbour:plugin")
    found = only(specc.check(spec("port.Gate")))
    assert "called `port`, and its plug-in `harbour`" in found.message


# --- files ----------------------------------------------------------------------------------------

FILE = """
from specc.plugin import *

@layer(keras=lambda: None)
def Twice(inputs: TensorType) -> Result:
    "Any shape, unchanged"
    return Result(inputs)

plugin = Plugin("mine", layers=[Twice])
"""


def test_a_file_holds_a_plugin(tmp_path: Path) -> None:
    """Its variable `plugin`; what else it may be is told."""
    path = tmp_path / "mine.py"
    path.write_text(FILE)
    assert specc.check(spec("mine.Twice"), plugins=[from_file(path)]).ok
    path.write_text("x = 1")
    with pytest.raises(BadPlugin, match=r"no `specc\.Plugin`"):
        from_file(path)
    path.write_text("1 / 0")
    with pytest.raises(BadPlugin, match="ZeroDivisionError"):
        from_file(path)


def command(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs the command in a folder of its own."""
    code = "import sys; from specc.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_spec_cannot_make_code_load(tmp_path: Path) -> None:
    """Neither a file beside it, nor a package there, nor one that says that it is installed."""
    (tmp_path / "spec.yaml").write_text(
        "specc: 1\ninputs: {x: {shape: [4]}}\n"
        "graph: {y: {from: x, layers: [evil.Layer]}}\noutputs: {y: {loss: evil.Loss}}\n"
        "data: {source: evil.data, inputs: {x: {field: x}}, targets: {y: {field: y}}}\n"
    )
    (tmp_path / "evil.py").write_text("open('ran', 'w')")
    (tmp_path / "evil").mkdir()
    (tmp_path / "evil" / "__init__.py").write_text("open('ran', 'w')")
    register(tmp_path, "evil", "evil = evil:plugin")
    done = command("check", "spec.yaml", folder=tmp_path)
    assert done.returncode == 1
    assert "no plug-in `evil` is installed" in done.stdout
    assert not (tmp_path / "ran").exists()


def test_the_command_line_names_a_file(tmp_path: Path) -> None:
    """`--plugin` runs it, since the user says so; a wrong one is a wrong usage."""
    (tmp_path / "spec.yaml").write_text(
        "specc: 1\ninputs: {x: {shape: [4]}}\ngraph: {y: {from: x, layers: [mine.Twice]}}\n"
        "outputs: [y]\n"
    )
    (tmp_path / "mine.py").write_text(FILE)
    (tmp_path / "none.py").write_text("")
    plugin = ("--plugin", "mine.py")
    for words in (("check",), ("summary",), ("draw", "-o", "x.svg"), ("compile", "-o", "x.json")):
        done = command(words[0], "spec.yaml", *words[1:], *plugin, folder=tmp_path)
        assert done.returncode == 0, done.stderr
    assert "Twice" in (tmp_path / "x.svg").read_text(encoding="utf-8")
    assert command("layers", "mine.Twice", *plugin, folder=tmp_path).returncode == 0
    wrong = command("check", "spec.yaml", "--plugin", "none.py", folder=tmp_path)
    assert wrong.returncode == 2
    assert "no `specc.Plugin`" in wrong.stderr
