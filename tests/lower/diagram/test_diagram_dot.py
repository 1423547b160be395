"""DOT source: the same for the same drawing, and safe whatever a spec's texts are."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

import specc
from specc.catalogue.types import BATCH, TensorType
from specc.infer.program import Node, Program, Tensor
from specc.lower.diagram.build import Detail, drawing
from specc.lower.diagram.dot import source
from specc.lower.diagram.draw import dot, mermaid, svg
from specc.lower.diagram.view import Box, Drawing, Edge, Group

SPEC = """
specc: 1
name: small
inputs: {x: {shape: [4]}}
graph: {y: {from: [x, x], layers: [Add, {repeat: 2, layers: [{Dense: {units: 4}}]}]}}
outputs: [y]
"""

HOSTILE = [
    "<b>bold</b>",
    "<",
    ">]]>",
    "<script>alert(1)</script>",
    '"]; evil [label="',
    "back\\slash \\N \\G \\l",
    "line\nbreak\r\x00\x1b[31m",
    "&amp; &lt;i&gt; &#92;N",
    "-->",
    "'; } subgraph cluster_x {",
    '"] click box1 "javascript:alert(1)"',
    "\u202egnp.exe",
    "<<table><tr><td href='https://x.test'>x</td></tr></table>>",
]


def hostile(text: str) -> Program:
    """A program in which every text is this one."""
    type_ = TensorType((BATCH, 4))
    start = Node(text, "input", None, {}, {})
    start.outputs = (Tensor(start, 0, type_),)
    call = Node(text, "op", None, {text: start.outputs[0]}, {text: text}, parts=(text,))
    call.outputs = (Tensor(call, 0, type_),)
    two = Node(text, "op", None, {"a": start.outputs[0], text: call.outputs[0]}, {})
    two.outputs = (Tensor(two, 0, type_),)
    return Program(text, (start, call, two), {text: start.outputs[0]}, {text: two.outputs[0]})


def test_the_source_does_not_change():
    """Two compilations give the same bytes."""
    assert dot(specc.compile(text=SPEC)) == dot(specc.compile(text=SPEC))


def test_the_source_holds_what_the_drawing_does():
    """Clusters, ×N, two edges for one tensor twice."""
    text = dot(specc.compile(text=SPEC))
    assert text.count("subgraph cluster_") == 1
    assert "×2" in text
    assert len(re.findall(r"^\s*box1 -> box2 ", text, re.MULTILINE)) == 2


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_stay_texts(text):
    """The picture has no script, link or element that the same picture of plain names has not."""
    plain = ElementTree.fromstring(svg(hostile("plain")))
    picture = svg(hostile(text))
    found = ElementTree.fromstring(picture)
    assert {e.tag for e in found.iter()} == {e.tag for e in plain.iter()}
    assert not any("href" in name for e in found.iter() for name in e.attrib)
    assert len(list(found.iter("{http://www.w3.org/2000/svg}g"))) == len(
        list(plain.iter("{http://www.w3.org/2000/svg}g"))
    )
    shown = " ".join("".join(e.itertext()) for e in found.iter())
    visible = "".join(c if c.isprintable() else " " for c in text)
    assert visible.split()[0] in shown


@pytest.mark.parametrize("text", HOSTILE)
def test_ids_are_never_a_specs_texts(text):
    """What names nodes and clusters is numbered."""
    for line in source(drawing(hostile(text), Detail())).splitlines():
        assert re.match(
            r'\t*(box\d+|output\d+|digraph|graph|node|edge|label|\}|subgraph|".*)', line
        )


@pytest.mark.parametrize("text", HOSTILE)
def test_mermaid_has_no_markup_of_a_spec(text):
    """Labels are quoted, and all that could end them or be a tag is an entity."""
    for line in mermaid(hostile(text)).splitlines():
        inner = re.sub(r"</?[bi]>|<br/>", "", line)
        for label in re.findall(r'"([^"]*)"', inner):
            assert not set(label) & set("<>\"'`[]{}()\\|%")
        assert inner.count('"') in (0, 2)
        assert "click" not in inner.split('"')[0]


def test_groups_inside_groups_are_clusters_inside_clusters():
    """A shared thing's frame has its colour; a frozen one is dashed."""
    inner = Group("g2", "block", "inner", (Box("b1", "layer", "Dense", "core", accent=0),))
    outer = Group("g1", "repeat", "", (inner,), times=4, frozen=True)
    end = Box("b2", "output", "y", "output")
    text = source(Drawing("t", (), (outer, end), (Edge("b1", "b2", "4", kind="skip"),), ()))
    assert text.index("cluster_g1") < text.index("cluster_g2") < text.index("b1 [")
    assert "×4" in text
    assert "dashed" in text
    assert "#BE123C" in text
