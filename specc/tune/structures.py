"""The structure of a search's variants: checked once where they differ in their params alone.

The structure says of a param only that it has a name. So the same document with other values of the
same params has the same `Spec` but for these, and to check it costs a tenth of a variant's proof.
"""

from __future__ import annotations

from specc.diagnostics.report import Report
from specc.document.node import Node
from specc.document.spec import Spec
from specc.document.structure import structured


class Structures:
    """Makes the `Spec` of one variant after the other; remembers the last one."""

    def __init__(self) -> None:
        self._last: tuple[Node, Spec] | None = None

    def spec(self, root: Node, report: Report) -> Spec | None:
        """The `Spec` of a tree, as `structured` gives it."""
        if self._last is not None and _alike(self._last[0], root):
            return self._last[1].model_copy(update={"params": root.entries["params"].plain()})
        spec = structured(root, report)
        self._last = None if spec is None else (root, spec)
        return spec


def _alike(one: Node, other: Node) -> bool:
    """Whether two trees are one, but for the values of their params."""
    first, second = one.entries, other.entries
    return (
        first.keys() == second.keys()
        and all(first[k] is second[k] for k in first if k != "params")
        and "params" in first
        and second["params"].is_mapping
        and first["params"].entries.keys() == second["params"].entries.keys()
    )
