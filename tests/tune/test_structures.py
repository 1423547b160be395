"""Other values of params do not change a spec's structure; anything else is looked at anew."""

from __future__ import annotations

from typing import Any

import pytest

from specc.diagnostics.report import Report
from specc.diagnostics.span import Source
from specc.document.assign import put
from specc.document.given import located
from specc.document.node import Node
from specc.document.structure import structured
from specc.tune import structures
from specc.tune.structures import Structures

SPEC: dict[str, Any] = {
    "specc": 1,
    "params": {"units": 4, "deep": {"er": [1]}},
    "inputs": {"x": {"shape": [8]}},
    "graph": {"y": {"from": "x", "layers": [{"Dense": {"units": "$units"}}]}},
    "outputs": ["y"],
}


def _tree(value: Any) -> Node:
    return located(value, Source("spec"))


@pytest.mark.parametrize(
    ("path", "value", "looks"),
    [
        (("params", "units"), 8, 0),
        (("params", "deep", "er"), ["any", {"thing": None}], 0),
        (("params",), {"units": 1, "deep": 2}, 0),
        (("params",), {"units": 1}, 1),
        (("params",), {"units": 1, "Not a name": 2}, 1),
        (("params",), ["units", "deep"], 1),
        (("graph", "y", "layers"), ["ReLU"], 1),
        (("outputs",), ["y", "not a name"], 1),
        (("unknown",), 1, 1),
    ],
)
def test_it_is_what_the_check_gives(
    path: tuple[str, ...], value: Any, looks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same `Spec` and the same faults, with or without a look."""
    root, kept = _tree(SPEC), Structures()
    assert kept.spec(root, Report()) == structured(root, Report())
    looked: list[Node] = []

    def counted(tree: Node, report: Report) -> Any:
        looked.append(tree)
        return structured(tree, report)

    monkeypatch.setattr(structures, "structured", counted)
    changed = put(root, path, _tree(value))
    ours, theirs = Report(), Report()
    assert kept.spec(changed, ours) == structured(changed, theirs)
    assert [(d.code, d.message, d.span) for d in ours] == [
        (d.code, d.message, d.span) for d in theirs
    ]
    assert len(looked) == looks
