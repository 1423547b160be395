"""Cycles are found, each once, with the places that lead through it; nothing else loads networkx."""

from __future__ import annotations

import subprocess
import sys

import specc

TWO = """
specc: 1
inputs: {x: {shape: [4]}}
graph:
  a: {from: [x, b], layers: [Add]}
  b: {from: a, layers: [ReLU]}
  c: {from: [d, d], layers: [Add]}
  d: {from: [c, x], layers: [Add]}
  e: {from: d, layers: [ReLU]}
outputs: [e]
"""


def test_each_cycle_is_told_once() -> None:
    """And of what stands behind one nothing is said."""
    report = specc.check(text=TWO)
    assert [(d.code, d.message) for d in report.errors] == [
        ("S402", "these need one another: a -> b -> a"),
        ("S402", "these need one another: c -> d -> c"),
    ]


def test_a_spec_without_cycles_does_not_load_networkx() -> None:
    """It has hundreds of modules; chains that are written before what they come from need none."""
    text = TWO.replace("[x, b]", "[x, x]").replace("[c, x]", "[x, x]").replace("[d, d]", "[b, d]")
    code = "import sys, specc; print(specc.check(text=sys.argv[1]).ok, 'networkx' in sys.modules)"
    command = [sys.executable, "-c", code, text]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["True", "False"]
