"""The pipeline as a whole: it collects, raises once, and takes a path, a text or a mapping."""

from __future__ import annotations

import gc
import json
from pathlib import Path
from typing import Any

import pytest

import specc
from specc.pipeline import Settings, passes
from specc.tune.making import StudyFailed
from tests.tune.quick import SPACE, SPEC, Quick

TEXT = """\
specc: 1
params: {width: 2}
inputs: {x: {shape: [4]}}
graph: {y: {from: x, layers: [{Dense: {units: $width}}]}}
outputs: [y]
"""
MAPPING: dict[str, Any] = {
    "specc": 1,
    "params": {"width": 2},
    "inputs": {"x": {"shape": [4]}},
    "graph": {"y": {"from": "x", "layers": [{"Dense": {"units": "$width"}}]}},
    "outputs": ["y"],
}


def test_a_path_a_text_and_a_mapping_are_one(tmp_path: Path) -> None:
    """However it comes, the program is the same."""
    path = tmp_path / "net.yaml"
    path.write_text(TEXT)
    programs = [
        specc.compile(path),
        specc.compile(str(path)),
        specc.compile(text=TEXT),
        specc.compile(MAPPING),
    ]
    assert [p.parameters for p in programs] == [10] * 4
    assert [p.name for p in programs] == ["net", "net", "spec", "spec"]


def test_compile_raises_once_with_every_fault() -> None:
    """Faults of several passes, in the order of the file."""
    text = TEXT.replace("units", "unit").replace("[y]", "[z]") + "train: {optimizer: adm}\n"
    with pytest.raises(specc.SpecError) as caught:
        specc.compile(text=text)
    report = caught.value.report
    assert {"S401", "S505"} <= set(report.codes)
    assert not report.ok
    assert "error[S401]" in str(caught.value)


def test_check_never_raises() -> None:
    """It returns what `compile` raises."""
    assert specc.check(text="").codes == ["S113"]
    assert specc.check("no such file.yaml").codes == ["S101"]
    assert specc.check("a\0b").codes == ["S101"]
    assert specc.check({}).codes != []
    assert specc.check(text=TEXT).ok


def test_nothing_to_read_is_a_mistake_of_the_program() -> None:
    """Not of a spec: a plain `TypeError` says what the call needs."""
    with pytest.raises(TypeError, match="a path, a mapping, or text="):
        specc.check()


def test_params_and_sets_change_the_program() -> None:
    """`params` for the spec's own names, `sets` for any field, in that order."""
    assert specc.compile(text=TEXT, params={"width": 3}).parameters == 15
    assert specc.compile(text=TEXT, sets=["params.width=4"]).parameters == 20
    both = specc.compile(text=TEXT, params={"width": 3}, sets=["params.width=4"])
    assert both.parameters == 20


def test_warnings_do_not_keep_a_program() -> None:
    """They are in the report, and the program is there."""
    outcome = passes(text=TEXT + "description: x\nshared: {a: ReLU}\n", settings=Settings())
    assert outcome.program is not None
    assert outcome.report.codes == ["W403"]


def test_a_fault_keeps_the_program() -> None:
    """Nobody can lower what is wrong."""
    assert passes(text=TEXT.replace("$width", "0"), settings=Settings()).program is None


def test_the_garbage_collector_is_left_as_it_was() -> None:
    """It pauses while the passes run, and only if it ran."""
    assert gc.isenabled()
    specc.check(text="[")
    assert gc.isenabled()
    gc.disable()
    try:
        specc.check(text=TEXT)
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_the_text_is_kept_for_the_run() -> None:
    """`spec.yaml` in a run's folder is the spec as it was given."""
    origin = specc.compile(text=TEXT).origin
    assert origin is not None
    assert origin.given == TEXT


def test_a_folder_that_is_gone_does_no_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text needs no folder to be checked in."""
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert specc.check(text=TEXT).ok
    assert specc.check(text=TEXT + "extends: base.yaml\n").codes == ["S101"]


def test_a_search_takes_a_path_a_mapping_or_a_program(tmp_path: Path) -> None:
    """Keys of the section are given beside it; the spec's own stand where none are given."""
    spec = {**SPEC, "tune": {"objective": "val_loss", "trials": 2, "space": SPACE}}
    (tmp_path / "small.json").write_text(json.dumps(spec))
    space = {"params.units": {"int": [4, 6]}}
    common: dict[str, Any] = {"studies": tmp_path, "engine": Quick(), "progress": "none"}
    for given in (tmp_path / "small.json", spec, specc.compile(spec)):
        study = specc.tune(given, space=space, pruner="median", keep=1, **common)
        assert [set(t.values) for t in study.trials] == [{"params.units"}] * 2
        assert study.tune.pruner == "median"
        assert len(list((study.path / "models").iterdir())) == 1
    bare = specc.compile(SPEC)
    study = specc.tune(bare, space=space, objective="val_loss", trials=3, **common)
    assert len(study.trials) == 3
    assert study.best_program.nodes[0].name == bare.nodes[0].name


def test_a_search_has_the_faults_of_its_space(tmp_path: Path) -> None:
    """At the place in what was given, and before a folder is made."""
    common: dict[str, Any] = {"studies": tmp_path / "studies", "engine": Quick()}
    faults = [
        ({"space": {"params.unit": {"int": [4, 6]}}}, "did you mean `params.units`"),
        ({"space": {"params.units": {"int": [0, 3]}}}, "cannot compile|at least 1|units"),
        ({"space": SPACE, "sampeler": "tpe"}, "unknown key `sampeler`"),
        ({"space": SPACE, "objective": "val_acuracy"}, "val_accuracy"),
    ]
    for keys, said in faults:
        with pytest.raises(specc.SpecError, match=said):
            specc.tune(SPEC, **{"objective": "val_loss", **keys}, **common)
    assert not (tmp_path / "studies").exists()
    with pytest.raises(StudyFailed, match="nothing to search"):
        specc.tune(SPEC, **common)


def test_who_hears_a_search_can_end_it_and_gives_nothing_else(tmp_path: Path) -> None:
    """A wrong answer is told."""
    keys: dict[str, Any] = {"objective": "val_loss", "space": SPACE, "progress": "none"}
    common: dict[str, Any] = {"studies": tmp_path, "engine": Quick(ahead=False), **keys}
    study = specc.tune(SPEC, on_report=lambda r: "end" if r.number == 2 else None, **common)
    assert [t.state for t in study.trials] == ["done", "done", "pruned"]
    common["engine"] = Quick()  # looks ahead
    study = specc.tune(SPEC, on_report=lambda _: "end", **common)
    states = [t.state for t in study.trials]
    assert states.count("pruned") == 1
    assert set(states) <= {"pruned", "waiting"}
    with pytest.raises(ValueError, match="gave True"):
        specc.tune(SPEC, on_report=lambda r: True, **common)  # pyright: ignore
