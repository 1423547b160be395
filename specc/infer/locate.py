"""Where a fault of a layer is shown: at the argument, at the class, at the tensors involved."""

from __future__ import annotations

from specc.catalogue import catalogue, mismatch
from specc.diagnostics.codes import types as codes
from specc.diagnostics.diagnostic import Diagnostic, Related
from specc.diagnostics.span import Span
from specc.document.node import Node
from specc.expand.flat import Origin

CODES: dict[type[mismatch.Mismatch], type[Diagnostic]] = {
    mismatch.BadArgument: codes.WrongArgument,
    mismatch.UnknownArgument: codes.UnknownArgument,
    mismatch.MissingArgument: codes.MissingArgument,
    mismatch.UnknownClass: codes.UnknownLayer,
    mismatch.Refused: codes.Refused,
    mismatch.BadCombination: codes.BadCombination,
    mismatch.RankMismatch: codes.WrongRank,
    mismatch.ShapeMismatch: codes.ShapesDiffer,
    mismatch.UnknownSize: codes.UnknownSize,
    mismatch.DTypeMismatch: codes.WrongDType,
    mismatch.InputCount: codes.WrongTensors,
    catalogue.NoRule: codes.NoRule,
}


def head(root: Node, origin: Origin, name: str) -> Span:
    """The class of a step, or the `use`: the key that a fault of the whole step is shown at."""
    node = root.find(origin.path)
    if node is None:
        return root.at(origin.path).span(origin.path)
    for key in (name, "use"):
        if isinstance(node.value, dict) and key in node.value:
            shown = node.value[key] if key == "use" else node.keys.get(key, node)
            return shown.span((*origin.path, key))
    return node.span(origin.path)


def argument(root: Node, origin: Origin, name: str, path: tuple[str | int, ...]) -> Span:
    """The value of an argument, or its key where the key itself is wrong."""
    full = (*origin.path, name, *path)
    if root.find(full) is None:
        call = (*origin.path, "call", *path)
        if root.find(call) is not None:
            return root.at(call).span(call)
        return head(root, origin, name) if root.find(full[:-1]) is None else root.at(full).span(full)
    return root.at(full).span(full)


def diagnosed(
    error: mismatch.Mismatch,
    root: Node,
    origin: Origin,
    declared: Origin,
    name: str,
    related: tuple[Related, ...],
) -> Diagnostic:
    """The diagnostic of a `Mismatch`: `origin` is the call's place, `declared` the layer's."""
    code = next(c for kind, c in CODES.items() if isinstance(error, kind))
    if error.argument:
        if isinstance(error, mismatch.UnknownArgument):
            full = (*declared.path, name, *error.argument)
            in_call = (*origin.path, "call", *error.argument)
            path = full if root.find(full) is not None else in_call
            span = root.key_at(path).span(path)
        else:
            span = argument(root, declared, name, error.argument)
    else:
        span = head(root, origin, name)
    return code(error.message, span, help=error.help, related=related, chain=origin.chain)
