"""A trial crosses to another process whole, its plug-ins by their files."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

from specc.pipeline import Settings, passes
from specc.plugin.find import from_file
from specc.plugin.plugin import Plugin
from specc.tune.engine import Slot, Trial
from specc.tune.group import grouped
from specc.tune.parcel import packed, unreachable

from .trials import spec, trial

PLUGIN = """
from specc.plugin import Plugin, Result, TensorType, case, layer

@layer(case(4), keras=lambda: None)
def Same(x: TensorType) -> Result:
    "The same."
    return Result(x)

plugin = Plugin("house", layers=[Same])
"""


def test_a_trial_arrives_as_it_was_sent():
    """The same group and the same numbers."""
    sent = trial(3, spec([{"Dense": {"units": 4}}, {"Dropout": {"rate": 0.3}}]))
    sent = replace(sent, slot=Slot(2))
    found = pickle.loads(pickle.dumps(packed(sent))).opened()
    assert (found.id, found.slot, found.seed) == (3, Slot(2), sent.seed)
    assert grouped(found.program) == grouped(sent.program)


def test_a_plugin_of_a_file_arrives_with_the_trial(tmp_path: Path):
    """The program is compiled from the spec again, where its file has been run."""
    file = tmp_path / "house.py"
    file.write_text(PLUGIN)
    written = spec(["house.Same"])
    program = passes(written, settings=Settings(plugins=[from_file(file)])).proven
    sent = packed(Trial(0, 0, Slot(), 0, 2, program, written, {}))
    assert sent.program is None
    found = pickle.loads(pickle.dumps(sent)).opened()
    assert found.program.layers[0].cls == "house.Same"


def test_a_plugin_of_a_program_cannot_cross(tmp_path: Path):
    """One of a file can."""
    file = tmp_path / "house.py"
    file.write_text(PLUGIN)
    assert unreachable([from_file(file), Plugin("lodge")]) == ["lodge"]
