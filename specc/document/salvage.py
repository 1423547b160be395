"""What is left of a document whose structure has faults, so that its other faults are found too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from specc.catalogue.plain import is_dict, is_list
from specc.diagnostics.codes import structure as codes
from specc.diagnostics.report import Report
from specc.document.node import Node, Path
from specc.document.spec import Spec
from specc.document.structure import structured

ROUNDS = 4
"""How often what is left is checked again: a fault may hide another below it."""


@dataclass(frozen=True)
class Salvage:
    """The spec with what is refused taken out, its tree, and the paths of what is lost with it."""

    spec: Spec
    root: Node
    lost: frozenset[Path] = frozenset()


def salvaged(root: Node, report: Report) -> Salvage | None:
    """What is left of a document.

    `report` holds the faults of the structure. `None` where too little is left.
    """
    if report.is_full:
        return None
    lost: set[Path] = set()
    tree = root
    faults = list(report.errors)
    for _ in range(ROUNDS):
        for fault in faults:
            path = fault.span.path if fault.span is not None else ()
            key = fault.code == codes.UnknownKey.code
            found = _without(tree, path, gone=key, lost=lost)
            if found is None:
                return None
            tree = found
        again = Report()
        spec = structured(tree, again)
        if spec is not None:
            return Salvage(spec, tree, frozenset(lost))
        faults = again.errors
    return None


def _without(tree: Node, path: Path, *, gone: bool, lost: set[Path]) -> Node | None:
    """The tree without the fault at a path, or `None` where the whole document is at fault."""
    if gone and path:
        return _replaced(tree, path, None)
    if not path:
        return _whole(tree, lost)
    owner, left = _owner(path)
    if owner is None:
        return None
    lost.add((*owner, "from") if left == _CHAIN else owner)
    return _replaced(tree, owner, left)


def _whole(tree: Node, lost: set[Path]) -> Node | None:
    """Puts in what a document cannot do without."""
    values = dict(tree.entries)
    needed: tuple[tuple[str, Any], ...] = (("specc", 1), ("outputs", []))
    for key, value in needed:
        if key not in values:
            lost.add((key,))
            values[key] = _placeholder(tree, value)
    return tree.like(values, tree.keys) if len(values) > len(tree.entries) else None


_NOTHING: Any = object()
_CHAIN = {"from": "lost"}
_SECTIONS = ("data", "train", "tune", "name", "description", "extends")


def _owner(path: Path) -> tuple[Path | None, Any]:
    """What a fault makes useless as a whole, and what to leave in its place."""
    head, *rest = path
    if head in _SECTIONS:
        return (head,), _NOTHING
    if head == "outputs":
        return (("outputs", rest[0]), {}) if rest and isinstance(rest[0], str) else (path[:1], [])
    if head == "losses":
        return path[:2], _NOTHING
    if not rest:
        return None, _NOTHING
    if head in ("models", "blocks"):
        found = _owner(path[2:]) if len(path) > 2 else (None, _NOTHING)
        inner, left = found
        if inner is not None and inner[0] in _INSIDE and (head, inner[0]) != ("blocks", "inputs"):
            return (*path[:2], *inner), left
        return path[:2], {"inputs": [] if head == "blocks" else {}}
    if head == "graph":
        return _in_chain(path)
    if head in ("inputs", "variables"):
        return path[:2], {"shape": []}
    if head == "shared":
        return path[:2], "Identity"
    return None, _NOTHING


_INSIDE = ("graph", "variables", "shared", "models", "blocks", "inputs")


def _in_chain(path: Path) -> tuple[Path, Any]:
    """A step where the fault is in one, the innermost; otherwise where the chain comes from."""
    steps = [i for i in range(3, len(path)) if path[i] == "layers" and i + 1 < len(path)]
    steps = [i for i in steps if isinstance(path[i + 1], int)]
    if path[2:3] == ("layers",) and len(path) > 3 and isinstance(path[3], int):
        last = max((i for i in steps if _is_group(path, i)), default=2)
        return path[: last + 2], "Identity"
    if path[2:3] in ((), ("from",)):
        return (*path[:2], "from"), "lost"
    return path[:2], _CHAIN


def _is_group(path: Path, at: int) -> bool:
    """Whether `layers` at this place of a path holds the steps of a repeat, not an argument."""
    return isinstance(path[at - 1], int) and path[at - 2] == "layers"


def _placeholder(tree: Node, value: Any) -> Node:
    if is_dict(value):
        return tree.like({k: _placeholder(tree, v) for k, v in value.items()})
    if is_list(value):
        return tree.like([_placeholder(tree, v) for v in value])
    return tree.like(value)


def _replaced(tree: Node, path: Path, value: Any) -> Node:
    """The tree with a placeholder at a path, or without what is there."""
    step, *rest = path
    if rest:
        below = tree.below(step)
        if below is None:
            below = tree.like({})
        made: Node | None = _replaced(below, tuple(rest), value)
    else:
        made = None if value is None or value is _NOTHING else _placeholder(tree, value)
    if tree.is_list and isinstance(step, int):
        elements = list(tree.elements)
        if made is not None and step < len(elements):
            elements[step] = made
        elif step < len(elements):
            del elements[step]
        return tree.like(elements)
    values = dict(tree.entries)
    keys = dict(tree.keys)
    if made is None:
        values.pop(str(step), None)
    else:
        values[str(step)] = made
    return tree.like(values, keys)
