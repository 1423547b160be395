"""Where a fault of a layer is shown: at the argument, at the class, at the tensors involved."""

from __future__ import annotations

from collections.abc import Sequence

from specc.catalogue import catalogue, mismatch
from specc.diagnostics.codes import types as codes
from specc.diagnostics.diagnostic import Diagnostic, Related
from specc.diagnostics.span import Span
from specc.document.node import Node, Path
from specc.expand.flat import Call, Origin
from specc.expand.places import Places
from specc.infer.faults import TooLarge, WeightsDiffer, WrongSlot
from specc.infer.outside import diagnosed_outside
from specc.infer.program import Tensor

CODES: dict[type[mismatch.Mismatch], type[Diagnostic]] = {
    WeightsDiffer: codes.SharedDiffers,
    TooLarge: codes.TooLarge,
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
_ABOUT_TENSORS = (
    mismatch.RankMismatch,
    mismatch.ShapeMismatch,
    mismatch.UnknownSize,
    mismatch.DTypeMismatch,
)
SHOWN = 4
"""How many of the tensors involved a fault shows."""


def code_of(error: mismatch.Mismatch) -> type[Diagnostic]:
    """The code that a mismatch is reported under."""
    return next((c for kind, c in CODES.items() if isinstance(error, kind)), codes.ShapesDiffer)


def diagnosed(
    error: mismatch.Mismatch,
    places: Places,
    call: Call,
    declared: Origin,
    name: str,
    tensors: Sequence[Tensor | None],
) -> Diagnostic:
    """The diagnostic of a `Mismatch` in a call; `declared` is where its layer is written.

    `tensors` are what the call is given, in order; `None` stands for a constant.
    """
    code = code_of(error)
    if call.frame.outside:
        return diagnosed_outside(error, code, places, call)
    span = _span(error, places, call, declared, name)
    if code is codes.WrongArgument and _names_file(error, places, declared, name):
        return codes.FileInLayer(
            f"{name} would read a file, and no argument of a layer names one",
            span,
            help="write the words as a list, or leave it out: they are learned from the data",
            chain=call.origin.chain,
        )
    involved = [t for i in error.inputs if i < len(tensors) and (t := tensors[i]) is not None]
    if not error.inputs and isinstance(error, _ABOUT_TENSORS):
        involved = [t for t in tensors if t is not None]
    related, label = _given(list(dict.fromkeys(involved)), span)
    if isinstance(error, WeightsDiffer) and error.first is not None:
        related = (Related("its first use is here", error.first),)
    return code(
        error.message,
        span,
        label=label,
        help=error.help,
        related=related,
        chain=call.origin.chain,
    )


def _names_file(error: mismatch.Mismatch, places: Places, declared: Origin, name: str) -> bool:
    """Whether a text stands where Keras takes the name of a file."""
    argument = error.argument or ()
    if argument[-1:] not in (("vocabulary",), ("idf_weights",)):
        return False
    node = places.root.find((*declared.path, name, *argument))
    return node is not None and isinstance(node.value, str)


def _span(
    error: mismatch.Mismatch, places: Places, call: Call, declared: Origin, name: str
) -> Span:
    if isinstance(error, WrongSlot) and error.slot in call.feed.keys:
        return places.key(call.feed.keys[error.slot])
    if not error.argument:
        return places.head(call.origin.path, name)
    written: Path = (*declared.path, name, *error.argument)
    at_call: Path = (*call.origin.path, "call", *error.argument)
    path = next((p for p in (written, at_call) if places.root.find(p) is not None), written)
    node = places.root.find(path)
    scalar = node is not None and not node.is_mapping and node.value is not None
    if isinstance(error, mismatch.UnknownArgument) or not (
        scalar or isinstance(error, mismatch.BadArgument)
    ):
        return places.key(path)  # the name itself is wrong, or the class that is the key
    return nearest_value(places.root, declared.path, name, path, places)


def nearest_value(root: Node, step: Path, name: str, path: Path, places: Places) -> Span:
    """The value at a path inside a step, or the nearest above it; the class where there is none."""
    while len(path) > len(step) + 1 and root.find(path) is None:
        path = path[:-1]
    return places.head(step, name) if len(path) <= len(step) + 1 else places.value(path)


def _given(tensors: list[Tensor], here: Span) -> tuple[tuple[Related, ...], str]:
    """What each tensor is, where it is made; in a turn of a repeat that may be the same place."""
    related: list[Related] = []
    label = ""
    for tensor in tensors[:SHOWN]:
        span, type_ = tensor.node.span, tensor.type
        shown = f"{type_}" + ("" if type_.dtype == "float32" else f" of {type_.dtype}")
        if span is None:
            continue
        if (span.line, span.column, span.path) == (here.line, here.column, here.path):
            label = f"this gives {shown} a turn before"
        else:
            related.append(Related(f"this is {shown}", span))
    return tuple(related), label
