"""The bounds on depth and size hold while the tree grows, aliases counted."""

from __future__ import annotations

import pytest

from specc.document import bounds

from .reading import HEAD, TAIL, fault, place, tree


def nested(levels: int) -> str:
    """A spec with a param of so many levels below the two around it."""
    return f"{HEAD}params: {{a: {'[' * levels}{']' * levels}}}\n{TAIL}"


def test_a_hundred_levels_are_read_and_no_more() -> None:
    """The document itself is the first level."""
    assert tree(nested(bounds.LEVELS - 2))[1] == []
    found = fault(nested(bounds.LEVELS - 1))
    assert found.code == "S108"
    assert place(found)[:2] == (3, 12 + bounds.LEVELS - 1)


@pytest.mark.parametrize("text", ["[" * 100_000, "{a: " * 100_000, "- " * 100_000])
def test_depth_is_refused_before_the_rest_is_read(text: str) -> None:
    """A hundred thousand brackets are refused at the 101st."""
    assert fault(text).code == "S108"


def test_aliases_do_not_go_deeper_than_what_is_written() -> None:
    """A value that an alias repeats counts with its levels, so no walk over the tree recurses."""
    steps = [f"  a0: &a0 {'[' * 60}1{']' * 60}\n", f"  a1: &a1 {'[' * 60}*a0{']' * 60}\n"]
    found = fault(f"{HEAD}params:\n{''.join(steps)}{TAIL}")
    assert found.code == "S108"
    assert place(found) == (5, 71, 5, 74)


def test_an_alias_bomb_is_refused_where_it_grows_too_large() -> None:
    """Aliases count as what they repeat: nothing of that size is ever made."""
    lines = ["  a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    for i in range(1, 30):
        lines.append(f"  a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]")
    found = fault(f"{HEAD}params:\n" + "\n".join(lines) + f"\n{TAIL}")
    assert found.code == "S110"
    assert place(found)[0] == 8


def test_nodes_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys and values alike; the bound itself is still allowed."""
    monkeypatch.setattr("specc.document.compose.NODES", 12)
    text = "{specc: 1, params: {a: [1, 2, 3, 4]}}"  # 1 + 2 + 2 + 2 + 4, and one to spare
    assert tree(text)[1] == []
    monkeypatch.setattr("specc.document.compose.NODES", 10)
    assert fault(text).code == "S110"
