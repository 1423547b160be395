"""`extends`: the base is read first, then this file over it. Tree -> tree, places kept."""

from __future__ import annotations

import os
from pathlib import Path

from specc.diagnostics.codes import document as codes
from specc.diagnostics.report import Report
from specc.document.address import CLASS_KEY
from specc.document.bounds import BASES
from specc.document.failure import Unreadable
from specc.document.files import Folder
from specc.document.known import is_named, models_at
from specc.document.node import Node
from specc.document.node import Path as TreePath
from specc.document.read import read_file

DELETE = "$delete"


def extended(root: Node, folder: Folder, file: Path | None, report: Report) -> Node:
    """The tree with all its bases under it; raises `Unreadable` where a base cannot be read.

    `file` is what the tree was read from, if it was.
    """
    trees = [root]
    seen = [Path(os.path.realpath(file))] if file is not None else []
    while (written := trees[-1].entries.get("extends")) is not None:
        if not isinstance(written.value, str):
            break  # the structure check says what is wanted
        span = written.span(("extends",))
        path = folder.resolve(written.value, span)
        if path in seen:
            message = f"`{written.value}` leads back to `{path.name}`"
            raise Unreadable(codes.ExtendsCycle(message, span))
        if len(trees) > BASES:
            message = f"this leads through more than {BASES} files"
            raise Unreadable(codes.TooDeep(message, span))
        seen.append(path)
        trees.append(read_file(path, os.path.relpath(path), report, span))
        folder = Folder(path.parent, (folder.root, *folder.allowed))
    merged = trees.pop()
    _refuse_deletes(merged, (), report)
    while trees:
        merged = _merge(merged, trees.pop(), (), report)
    return merged


def _refuse_deletes(node: Node, path: TreePath, report: Report) -> None:
    """Reports `$delete` where there is no base."""
    for key, child in node.entries.items():
        if child.value == DELETE:
            _nothing(child, key, (*path, key), report)
        else:
            _refuse_deletes(child, (*path, key), report)


def _nothing(child: Node, key: str, path: TreePath, report: Report) -> None:
    report.add(
        codes.NothingToDelete(
            f"`$delete` takes `{key}` away, and the base has no `{key}` here", child.span(path)
        )
    )


def _merge(base: Node, over: Node, path: TreePath, report: Report) -> Node:
    if not base.is_mapping or not over.is_mapping:
        _refuse_deletes(over, path, report)
        return over
    values, keys = dict(base.entries), dict(base.keys)
    for gone in _replaced(base, over, path):
        del values[gone], keys[gone]
    for key, child in over.entries.items():
        below = (*path, key)
        if child.value == DELETE:
            if key not in base.entries:
                _nothing(child, key, below, report)
            values.pop(key, None)
            keys.pop(key, None)
            continue
        if key in values:
            values[key] = _merge(values[key], child, below, report)
        else:
            _refuse_deletes(child, below, report)
            values[key] = child
        keys[key] = over.keys[key]
    return over.like(values, keys)


def _replaced(base: Node, over: Node, path: TreePath) -> list[str]:
    """The keys of the base that another choice in `over` replaces."""
    mine, theirs = set(over.entries), set(base.entries)
    if path in _CHOSEN:
        return [] if mine & theirs else list(theirs)
    if path[:1] == ("params",) or path[:2] in _LABELS or is_named(path):
        return []
    models = {m.__name__ for m in models_at(path)}
    if models & {"Sample", "Space"}:
        return [] if mine & theirs else list(theirs)
    if "Model" in models:
        chosen, before = mine & _MODEL, theirs & _MODEL
        return list(theirs) if chosen and before and not chosen & before else []
    classes, old = _classes(mine), _classes(theirs)
    return sorted(old) if classes and not classes & old else []


_CHOSEN = (("data", "source"), ("train", "distribute"))
"""Where one key chooses: a reader, a layout."""
_LABELS = (("train", "class_weight"), ("train", "distribute"))
"""Where a key that begins with a capital is no class, but a label or a pattern."""
_MODEL = {"graph", "application", "file"}
"""What a model is made of; another one replaces the whole model."""


def _classes(keys: set[str]) -> set[str]:
    return {k for k in keys if CLASS_KEY.fullmatch(k)}
