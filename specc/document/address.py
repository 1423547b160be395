"""Addresses: the path of a field, as `--set` and `tune.space` write it -> its place in a document.

`train.optimizer.*.learning_rate`, `graph.digit.hidden.units` (a step by its `id` or its layer's
`name`), `graph.digit.layers.0.units` (by its position). `*` is whatever class stands there. A step
inside a repeat stands in the document once, so that its address means every turn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from specc.catalogue.kinds import nearest
from specc.diagnostics.codes import document as codes
from specc.diagnostics.codes import suspicious
from specc.diagnostics.report import Report
from specc.diagnostics.span import Span
from specc.document.known import default_of, is_named, known_keys, may_be_class, models_at
from specc.document.node import Node, Path
from specc.document.spec import BESIDE, LayerStep
from specc.document.values import is_expression

CLASS_KEY = re.compile(r"(?:[A-Za-z_]\w*\.)?[A-Z]\w*|ops\.\w+")
"""A key that is a class or an op, and no argument or field."""


def resolved(root: Node, address: str, span: Span, report: Report) -> Path | None:
    """The path that an address means in a document; `None` if it means nothing, with an error.

    The last keys of the path need not be there yet: an argument may be left out of the spec.
    """
    walk = _Walk(root, address.split("."))
    try:
        while walk.ahead:
            walk.step()
    except _NoSuch as error:
        rest = "".join(f".{s}" for s in walk.ahead[1:])
        dotted = [k for k in error.known if "." in k]  # as the keys of `tune.space`
        close = nearest(".".join(walk.ahead), dotted)
        if close is None:
            close = nearest(error.step, error.known)
        else:
            rest = ""
        known = ", ".join(error.known[:12])
        hint = error.help or (f"the names here are {known}" if known else None)
        if close:
            before = address[: len(address) - len(".".join(walk.ahead))]
            hint = f"did you mean `{before}{close}{rest}`?"
        message = f"`{address}` names nothing in the spec: there is no `{error.step}`"
        report.add(codes.NoSuchPath(message, span, help=hint))
        return None
    if walk.counted:
        report.add(
            suspicious.MovingPosition(
                f"`{address}` counts steps: inserting one before it moves it",
                span,
                help="give the step an `id`, and address it by that",
            )
        )
    return walk.path


class _NoSuch(Exception):
    """A step of an address that names nothing; `known` is what could have stood there."""

    def __init__(self, step: str, known: list[str], help: str | None = None) -> None:
        super().__init__(step)
        self.step = step
        self.known = known
        self.help = help


class _Walk:
    """A walk down a document: the path so far, and the steps of the address that are ahead."""

    def __init__(self, root: Node, steps: list[str]) -> None:
        self.root = root
        self.ahead = steps
        self.path: Path = ()
        self.counted = False
        """Whether a step of a chain was given by its position."""

    def _go(self, *below: str | int, used: int = 1) -> None:
        self.path += below
        self.ahead = self.ahead[used:]

    def step(self) -> None:
        """Takes one step of the address, or several that are one name with dots in it."""
        name = self.ahead[0]
        node = self.root.find(self.path)
        if node is not None and node.is_list:
            self._into_list(node, name)
        elif self._is_step():
            self._into_step(node, name)
        elif node is not None and node.is_mapping and (used := self._written(node)):
            self._go(".".join(self.ahead[:used]), used=used)
        elif name == "*":
            self._go(self._class(node))
        elif node is None or node.value is None or node.is_mapping:
            self._into_mapping(node, name)
        else:
            self._into_scalar(node, name)

    def _is_step(self) -> bool:
        counted = bool(self.path) and isinstance(self.path[-1], int)
        return counted and LayerStep in models_at(self.path)

    def _written(self, node: Node) -> int:
        """How many steps ahead are a key of a mapping: a layer's name may hold dots."""
        for used in range(len(self.ahead), 0, -1):
            if ".".join(self.ahead[:used]) in node.entries:
                return used
        return 0

    def _into_mapping(self, node: Node | None, name: str) -> None:
        """To a key that is not written, to a step of a chain, or through a class."""
        entries = node.entries if node is not None else {}
        models = models_at(self.path)
        known = known_keys(models)
        if name in known:
            self._go(name)
            return
        if "layers" in entries and "layers" in known and self._find(entries["layers"], "layers"):
            return
        classes = [k for k in entries if CLASS_KEY.fullmatch(k)]
        if not models and not is_named(self.path):
            below = classes if len(classes) == len(entries) == 1 else []
            if below and CLASS_KEY.fullmatch(name):
                raise _NoSuch(name, below)  # another class stands here
            self._go(*below, name)  # any argument; the catalogue says whether the class has it
        elif models and len(classes) == 1:
            self._go(classes[0], name)  # a loss term: the class stands beside its tensors
        else:
            ids = list(_ids(entries["layers"])) if "layers" in entries else []
            raise _NoSuch(name, list(dict.fromkeys([*entries, *known, *ids])))

    def _into_list(self, node: Node, name: str) -> None:
        steps = LayerStep in models_at((*self.path, 0))
        if steps and self._find(node):
            return
        if name.isdecimal() and int(name) < len(node.elements):
            self._go(int(name))
            return
        positions = [str(i) for i in range(min(len(node.elements), 12))]
        raise _NoSuch(name, [*(_ids(node) if steps else ()), *positions])

    def _into_step(self, node: Node | None, name: str) -> None:
        """Inside a step: its own keys, or its class's arguments without naming the class."""
        assert node is not None
        entries = node.entries
        if name in entries or name in BESIDE:
            self._go(name)
        elif "layers" in entries:
            if not self._find(entries["layers"], "layers"):
                raise _NoSuch(name, [*entries, "when", *_ids(entries["layers"])])
        elif "use" in entries:
            self._go("with", name)
        else:
            cls = self._class(node)
            if name not in ("*", cls) and CLASS_KEY.fullmatch(name):
                raise _NoSuch(name, [cls])
            self._go(cls) if name in ("*", cls) else self._go(cls, name)

    def _class(self, node: Node | None) -> str:
        """The class that stands at a place, by its name or as a key; or its default."""
        value = default_of(self.path) if node is None or node.value is None else node.value
        if isinstance(value, str):
            if is_expression(value):
                raise self._unknowable(value)
            return value
        entries = node.entries if node is not None else {}
        classes = [k for k in entries if k not in BESIDE]
        if len(classes) != 1:
            raise _NoSuch(self.ahead[0], list(entries), "`*` stands for a class, and here is none")
        return classes[0]

    def _into_scalar(self, node: Node, name: str) -> None:
        """`optimizer: adam` has arguments too, once it is written `{adam: {…}}`."""
        value = node.value
        if not isinstance(value, str) or not may_be_class(self.path):
            raise _NoSuch(name, known_keys(models_at(self.path)))
        if is_expression(value):
            raise self._unknowable(value)
        if not CLASS_KEY.fullmatch(name):
            self._go(value, name)
        elif name.lower() == value.lower().replace("_", ""):  # `adam` is short for `Adam`
            self._go(value)
        else:
            raise _NoSuch(name, [value])

    def _unknowable(self, value: str) -> _NoSuch:
        at = ".".join(map(str, self.path))
        hint = f"`{at}` is the expression `{value}`: set what it reads instead"
        return _NoSuch(self.ahead[0], [], hint)

    def _find(self, layers: Node, *through: str) -> bool:
        """Goes to the step with an `id`, a layer's name or a position; also in groups."""
        for used in range(len(self.ahead), 0, -1):
            wanted = ".".join(self.ahead[:used])
            for path, node in _steps(layers):
                if wanted in _names(node):
                    self._go(*through, *path, used=used)
                    return True
        name = self.ahead[0]
        if name.isdecimal() and int(name) < len(layers.elements):
            self.counted = True
            self._go(*through, int(name))
            return True
        return False


def _steps(layers: Node) -> Iterator[tuple[Path, Node]]:
    """The steps of a chain, and those of its groups after them, with their paths."""
    yield from (((i,), node) for i, node in enumerate(layers.elements))
    for i, node in enumerate(layers.elements):
        inner = node.entries.get("layers")
        if inner is not None:
            yield from (((i, "layers", *path), below) for path, below in _steps(inner))


def _names(step: Node) -> set[str]:
    """What a step can be addressed by: its `id` and its layer's `name`."""
    found = [step.entries.get("id")]
    found += [n.entries.get("name") for k, n in step.entries.items() if k not in BESIDE]
    return {n.value for n in found if n is not None and isinstance(n.value, str)}


def _ids(layers: Node) -> Iterator[str]:
    for _, node in _steps(layers):
        yield from sorted(_names(node))
