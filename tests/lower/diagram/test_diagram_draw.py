"""Files: formats, atomic writing, bounds, and what is not loaded."""

from __future__ import annotations

import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest

import specc
from specc.lower.diagram import draw as module
from specc.lower.diagram.draw import dot, draw, svg
from specc.lower.diagram.errors import DiagramError, EngineError, TooLargeError, UnknownFormatError

SPEC = """
specc: 1
name: small
inputs: {x: {shape: [4]}}
graph: {y: {from: x, layers: [{Dense: {units: 3}}]}}
outputs: [y]
"""


@pytest.fixture(scope="module")
def program():
    return specc.compile(text=SPEC)


@pytest.mark.parametrize(
    ("suffix", "start"),
    [
        (".svg", b"<?xml"),
        (".png", b"\x89PNG"),
        (".pdf", b"%PDF"),
        (".dot", b"digraph"),
        (".mmd", b"flowchart TB"),
        (".html", b"<!DOCTYPE html>"),
        (".SVG", b"<?xml"),
    ],
)
def test_each_format(program, tmp_path, suffix, start):
    """The suffix says the format, and nothing but the picture is left in the folder."""
    path = draw(program, tmp_path / f"picture{suffix}")
    assert path.read_bytes().startswith(start)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("name", ["picture.gif", "picture", "picture.svg.exe"])
def test_an_unknown_format_is_refused(program, tmp_path, name):
    """The error is a `ValueError` and lists the formats."""
    with pytest.raises(UnknownFormatError, match=r"\.svg, \.png, \.pdf, \.dot, \.mmd, \.html") as e:
        draw(program, tmp_path / name)
    assert isinstance(e.value, ValueError)
    assert not list(tmp_path.iterdir())


def test_an_svg_stands_alone(program):
    """No scripts, no DOCTYPE, no addresses but the namespaces; titles that say what a box is."""
    text = svg(program)
    root = ElementTree.fromstring(text)
    assert root.get("role") == "img"
    assert root.get("aria-label") == "Architecture of small"
    assert "DOCTYPE" not in text
    assert "<script" not in text
    assert "href" not in text
    assert text.count("http") == text.count("http://www.w3.org/")
    assert "<title>layer y.dense</title>" in text
    assert program._repr_svg_() == text


def test_a_fault_leaves_the_old_file(program, tmp_path, monkeypatch):
    """What cannot be drawn leaves what was there."""
    path = tmp_path / "picture.svg"
    path.write_text("old")

    def fail(*_, **__):
        raise EngineError("no")

    monkeypatch.setattr(module.engine, "rendered", fail)
    with pytest.raises(DiagramError):
        draw(program, path)
    assert path.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_large_program_is_refused_at_once_or_folded(tmp_path):
    """Beyond the bound the error says what to do; folded, or as DOT, the same program is drawn."""
    spec = SPEC.replace("layers: [", "layers: [{repeat: 4000, layers: [ReLU]}, ")
    large = specc.compile(text=spec)
    with pytest.raises(TooLargeError, match=r"4,003 boxes.*depth=1.*\.dot"):
        draw(large, tmp_path / "picture.svg", expand=True)
    assert draw(large, tmp_path / "picture.svg").exists()
    assert draw(large, tmp_path / "picture.dot", expand=True).read_text().count("ReLU") == 4000


def test_drawing_does_not_load_keras(tmp_path):
    """Neither Keras nor what comes with it, in a process of its own; and the test can fail."""
    code = (
        "import sys, specc; from specc.lower.diagram.draw import draw;"
        f"draw(specc.compile(text={SPEC!r}), {str(tmp_path / 'a.svg')!r});"
        "heavy = {'keras', 'tensorflow', 'jax', 'numpy', 'pandas', 'matplotlib', 'pygraphviz'};"
        "print(sorted(heavy & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


NARROW = """
specc: 1
name: narrow
inputs: {x: {shape: [64]}}
models:
  encoder:
    inputs: {x: {shape: [64]}}
    graph: {y: {from: x, layers: [{Dense: {units: 64}}]}}
    outputs: [y]
graph: {y: {from: x, layers: [{use: encoder}]}}
outputs: {y: {loss: mse, target: x}}
"""


def test_what_enters_a_narrow_group_passes_by_its_title():
    """Graphviz gives room at both sides, or the arrow in the middle would cross the text."""
    picture = svg(specc.compile(text=NARROW))
    left, below = re.findall(r'x="(\S+)" y="(\S+)"[^>]*"9.00"[^>]*>4,160 params<', picture)[0]
    title = float(left) + 0.53 * 9 * len("4,160 params")
    lines = re.findall(r'<path fill="none"[^>]*d="M(\S+),(\S+)C\S+ \S+ (\S+),(\S+)"', picture)
    straight = [[float(n) for n in line] for line in lines]
    entering = [x for x, top, to, end in straight if x == to and top < float(below) < end]
    assert len(entering) == 1
    assert entering[0] > title


def test_a_label_of_two_lines_keeps_away_from_its_edge():
    """Both begin with the same blanks: the wider of them stands beside the edge."""
    found = re.findall(
        r"<font[^>]*>(\s*)target</font><br/>(\s*)64", dot(specc.compile(text=NARROW))
    )
    assert found == [("  ", "  ")]
