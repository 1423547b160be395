"""`extends`: the base is read first, then this file over it. Tree -> tree, places kept."""

from __future__ import annotations

import os
import re
from pathlib import Path

from specc.diagnostics.codes import document as codes
from specc.diagnostics.report import Report
from specc.document.bounds import BASES
from specc.document.failure import Unreadable
from specc.document.files import Folder
from specc.document.node import Node
from specc.document.node import Path as TreePath
from specc.document.read import read_file

DELETE = "$delete"

_CLASS = re.compile(r"(?:[A-Za-z_]\w*\.)?[A-Z]\w*|ops\.\w+")
_CHOICES = (
    frozenset({"csv", "parquet", "npz", "images", "text"}),
    frozenset({"choice", "uniform", "log_uniform", "int"}),
    frozenset({"normal", "uniform", "integers"}),
    frozenset({"graph", "application", "file"}),
    frozenset({"data_parallel", "model_parallel", "none"}),
)
"""Keys of which one at a time chooses; another one replaces the old one and what belongs to it."""


def extended(root: Node, folder: Folder, name: str, report: Report) -> Node:
    """The tree with all its bases under it; raises `Unreadable` where a base cannot be read."""
    trees = [root]
    seen = [Path(os.path.realpath(name))]
    while (written := trees[-1].value.get("extends")) is not None:
        if not isinstance(written.value, str):
            break  # the structure check says what is wanted
        path = folder.resolve(written.value, written.span(("extends",)))
        if path in seen:
            message = f"`{written.value}` leads back to `{seen[seen.index(path)].name}`"
            raise Unreadable(codes.ExtendsCycle(message, written.span(("extends",))))
        if len(seen) > BASES:
            message = f"this leads through more than {BASES} files"
            raise Unreadable(codes.TooDeep(message, written.span(("extends",))))
        seen.append(path)
        shown = os.path.relpath(path, Path.cwd())
        base = read_file(path, shown, report, written.span(("extends",)))
        trees.append(base)
        folder = Folder(path.parent, (folder.root, *folder.allowed))
    merged = trees.pop()
    while trees:
        merged = _merge(merged, trees.pop(), (), report)
    return _strip(merged, report, ()) if len(seen) == 1 else merged


def _strip(node: Node, report: Report, path: TreePath) -> Node:
    """Reports `$delete` where there is no base."""
    if isinstance(node.value, dict):
        for key, child in node.value.items():
            if child.value == DELETE:
                _nothing(child, key, (*path, key), report)
            else:
                _strip(child, report, (*path, key))
    return node


def _nothing(child: Node, key: str, path: TreePath, report: Report) -> None:
    report.add(
        codes.NothingToDelete(
            f"`$delete` takes `{key}` away, and the base has no `{key}` here", child.span(path)
        )
    )


def _merge(base: Node, over: Node, path: TreePath, report: Report) -> Node:
    if not isinstance(base.value, dict) or not isinstance(over.value, dict):
        return _strip(over, report, path)
    values: dict[str, Node] = dict(base.value)
    keys = dict(base.keys)
    if path[:1] != ("params",):
        for gone in _replaced(base, over):
            del values[gone]
    for key, child in over.value.items():
        below = (*path, key)
        if child.value == DELETE:
            if key not in base.value:
                _nothing(child, key, below, report)
            values.pop(key, None)
            continue
        if key in values:
            values[key] = _merge(values[key], child, below, report)
        else:
            values[key] = _strip(child, report, below)
        if key in over.keys:
            keys[key] = over.keys[key]
    return over.like(values, keys)


def _replaced(base: Node, over: Node) -> list[str]:
    """The keys of the base that another choice in `over` replaces."""
    mine, theirs = set(over.value), set(base.value)
    classes = {k for k in mine if _CLASS.fullmatch(k)}
    old = {k for k in theirs if _CLASS.fullmatch(k)}
    if classes and old and not classes & old:
        return [k for k in theirs if k in old]
    for choices in _CHOICES:
        chosen, before = mine & choices, theirs & choices
        if chosen and before and not chosen & before:
            return list(theirs)
    return []

