"""Addresses: the path of a field, as `--set` and `tune.space` write it, and the field itself.

`train.optimizer.*.learning_rate`, `graph.digit.hidden.units` (a step by its `id` or its layer's
`name`), `graph.digit.layers.0.units` (by its position). `*` is whatever class stands there.
"""

from __future__ import annotations

from typing import Any

from specc.catalogue.kinds import nearest
from specc.diagnostics.codes import document as codes
from specc.diagnostics.codes import suspicious
from specc.diagnostics.report import Report
from specc.diagnostics.span import Source, Span
from specc.document.node import Node, Path
from specc.document.spec import BESIDE
from specc.document.structure import known_keys

_STEP_KEYS = {*BESIDE, "layers", "use", "mark"}


class _NoSuch(Exception):
    """A step of an address that names nothing; `known` is what could have stood there."""

    def __init__(self, step: str, known: list[str]) -> None:
        super().__init__(step)
        self.step = step
        self.known = known


def resolved(root: Node, address: str, span: Span | None, report: Report) -> list[Path]:
    """The paths that an address means; inside a repeat it is one that stands for every turn."""
    steps = [s for s in address.split(".") if s]
    paths: list[Path] = []
    try:
        path: Path = ()
        for i, step in enumerate(steps):
            path = _descend(root, path, step, address, span, report, last=i == len(steps) - 1)
        paths.append(path)
    except _NoSuch as error:
        close = nearest(error.step, error.known)
        known = ", ".join(error.known[:12])
        report.add(
            codes.NoSuchPath(
                f"`{address}` names nothing in the spec: there is no `{error.step}`",
                span,
                help=f"did you mean `{close}`?" if close else f"here are {known}" if known else None,
            )
        )
    return paths


def _descend(
    root: Node, path: Path, step: str, address: str, span: Span | None, report: Report, *, last: bool
) -> Path:
    node = root.find(path)
    if node is None:
        return (*path, step)  # below a key that is being added
    value = node.value
    if path[-1:] and path[-1] != "layers" and _is_step(root, path):
        return _into_step(node, path, step, last=last)
    if isinstance(value, dict):
        if step in value:
            return (*path, step)
        if step == "*":
            return (*path, _class_of(value, step))
        if "layers" in value and isinstance(value["layers"].value, list):  # a chain or a group
            found = _step(value["layers"], step, (*path, "layers"))
            if found is not None:
                if step.isdigit():
                    _moving(address, span, report)
                return found
        known = known_keys(path) | _known_below(path)
        classes = [k for k in value if k not in BESIDE]
        if len(classes) == 1 and not known and isinstance(value[classes[0]].value, dict):
            return (*path, classes[0], step)
        if last and (step in known or not known):
            return (*path, step)
        names = [*value, *known, *_ids(value.get("layers"))]
        raise _NoSuch(step, list(dict.fromkeys(names)))
    if isinstance(value, list):
        if step.isdigit() and int(step) < len(value):
            if path[-1] == "layers":
                _moving(address, span, report)
            return (*path, int(step))
        if path[-1] == "layers" and (found := _step(node, step, path)) is not None:
            return found
        raise _NoSuch(step, [*map(str, range(len(value))), *_ids(node)])
    if isinstance(value, str) and step == "*":
        return (*path, value)  # `optimizer: adam` becomes `{adam: {…}}`
    if value is None:
        return (*path, step)
    raise _NoSuch(step, [])


def _known_below(path: Path) -> set[str]:
    return set()


def _is_step(root: Node, path: Path) -> bool:
    return len(path) >= 2 and isinstance(path[-1], int) and path[-2] == "layers"


def _into_step(node: Node, path: Path, step: str, *, last: bool) -> Path:
    """Inside a step: its own keys, or its class's arguments without naming the class."""
    value = node.value
    if isinstance(value, str):
        return (*path, value, step)
    if step in value or step in _STEP_KEYS:
        if "layers" in value and step not in value:
            found = _step(value["layers"], step, (*path, "layers"))
            if found is not None:
                return found
        return (*path, step)
    if "layers" in value and (found := _step(value["layers"], step, (*path, "layers"))):
        return found
    if "use" in value:
        return (*path, "with", step)
    name = _class_of(value, step)
    return (*path, name) if step == "*" else (*path, name, step)


def _class_of(value: dict[str, Node], step: str) -> str:
    classes = [k for k in value if k not in _STEP_KEYS]
    if len(classes) != 1:
        raise _NoSuch(step, list(value))
    return classes[0]


def _step(layers: Node, step: str, path: Path) -> Path | None:
    """The step of a chain with this `id`, layer name or position; also inside groups."""
    if not isinstance(layers.value, list):
        return None
    for i, node in enumerate(layers.value):
        if step in _names(node):
            return (*path, i)
    for i, node in enumerate(layers.value):
        inner = node.value.get("layers") if isinstance(node.value, dict) else None
        if inner is not None and (found := _step(inner, step, (*path, i, "layers"))):
            return found
    if step.isdigit() and int(step) < len(layers.value):
        return (*path, int(step))
    return None


def _names(node: Node) -> set[str]:
    if not isinstance(node.value, dict):
        return set()
    names: set[str] = set()
    for key, child in node.value.items():
        if key == "id" and isinstance(child.value, str):
            names.add(child.value)
        elif key not in _STEP_KEYS and isinstance(child.value, dict):
            name = child.value.get("name")
            if name is not None and isinstance(name.value, str):
                names.add(name.value)
    return names


def _ids(layers: Node | None) -> list[str]:
    if layers is None or not isinstance(layers.value, list):
        return []
    found: list[str] = []
    for node in layers.value:
        found += sorted(_names(node))
        if isinstance(node.value, dict):
            found += _ids(node.value.get("layers"))
    return found


def _moving(address: str, span: Span | None, report: Report) -> None:
    report.add(
        suspicious.MovingPosition(
            f"`{address}` counts steps: inserting one before it moves it",
            span,
            help="give the step an `id`, and address it by that",
        )
    )


def replaced(root: Node, path: Path, value: Node) -> Node:
    """The tree with another value at a path; mappings on the way are made where they lack."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(root.value, list) and isinstance(step, int):
        items = list(root.value)
        items[step] = replaced(items[step], rest, value)
        return root.like(items)
    if isinstance(root.value, dict):
        values, keys = dict(root.value), dict(root.keys)
    elif root.value == step:  # a class written by its name alone
        values, keys = {}, {}
    else:
        values, keys = {}, {}
    name = str(step)
    below = values.get(name) or Node({}, value.source, *_place(value))
    if isinstance(below.value, dict | list) or not rest:
        values[name] = replaced(below, rest, value)
    else:
        values[name] = replaced(below if below.value == rest[0] else below.like({}), rest, value)
    keys.setdefault(name, Node(name, value.source, *_place(value)))
    return root.like(values, keys)


def _place(node: Node) -> tuple[int, int, int, int]:
    return node.line, node.column, node.end_line, node.end_column


def assignment(written: str) -> tuple[str, Source, str]:
    """`path=value` split, with a source that errors can quote."""
    path, _, value = written.partition("=")
    return path.strip(), Source("--set", written), value


def assigned(root: Node, settings: dict[str, Any], report: Report) -> Node:
    """The tree with `settings` in place: addresses and located values."""
    for address, value in settings.items():
        node: Node = value
        for path in resolved(root, address, node.span(), report):
            root = replaced(root, path, node)
    return root
