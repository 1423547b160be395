"""A picture in a page can only be seen."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import pytest

from specc.train.report.picture import inline, png, png_file

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {0}>{1}</svg>'


@pytest.mark.parametrize(
    "harm",
    [
        "<script>alert(1)</script>",
        "<foreignObject><b>x</b></foreignObject>",
        '<a xlink:href="javascript:alert(1)"><text>x</text></a>',
        '<image xlink:href="http://x/y.png"/>',
        '<use xlink:href="http://x/y.svg#a"/>',
        '<g onload="alert(1)"/>',
        '<g style="fill: url(http://x/y)"/>',
        '<style>@import url("http://x")</style>',
        '<animate attributeName="href" to="javascript:alert(1)"/>',
        "<text>&lt;script&gt;alert(1)&lt;/script&gt;</text>",
        '<g id="&quot;&gt;&lt;script&gt;"/>',
    ],
)
def test_what_could_do_harm_is_left_out(harm: str) -> None:
    """Scripts, links, what is fetched, and text that looks like a tag."""
    shown = inline(HEAD.format('onload="alert(1)"', f"{harm}<rect/>"), "p-")
    for sign in (
        "<script",
        "foreignObject",
        "javascript:",
        "http://x",
        "onload",
        "@import",
        "<anim",
    ):
        assert sign not in shown
    assert "<rect>" in shown


def test_ids_are_kept_apart() -> None:
    """In every reference to them."""
    body = '<defs><clipPath id="a"/></defs><g clip-path="url(#a)"><use xlink:href="#a"/></g>'
    shown = inline(HEAD.format("", body), "p-")
    assert shown.count("p-a") == 3
    assert '"a"' not in shown


@pytest.mark.parametrize(
    "text", ["", "<svg", "<html/>", "<!DOCTYPE x [<!ENTITY a 'b'>]><svg>&a;</svg>"]
)
def test_what_is_no_picture_is_said(text: str) -> None:
    """And not shown."""
    assert "cannot be shown" in inline(text, "p-")


def test_numbers_are_a_picture() -> None:
    """Grey or of three colours; also where all are the same or none is a number."""
    for values in (np.eye(8), np.zeros((8, 8, 3)), np.full((8, 8), np.nan)):
        kind, _, data = png(values).partition(",")
        assert kind == "data:image/png;base64"
        assert base64.b64decode(data).startswith(b"\x89PNG")


def test_only_a_png_is_taken_from_a_folder(tmp_path: Path) -> None:
    """By what it begins with, not by its name; and no link is followed."""
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\nrest")
    (tmp_path / "b.png").write_text("<svg/>")
    (tmp_path / "c.png").symlink_to(tmp_path / "a.png")
    assert png_file(tmp_path / "a.png") is not None
    assert png_file(tmp_path / "b.png") is None
    assert png_file(tmp_path / "c.png") is None
    assert png_file(tmp_path / "d.png") is None
