"""pydantic's errors -> diagnostics: at the right key or value, in the words of the language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from pydantic_core import ErrorDetails

from specc.catalogue.kinds import nearest, show
from specc.catalogue.plain import is_mapping, is_sequence
from specc.diagnostics.codes import structure as codes
from specc.diagnostics.diagnostic import Diagnostic
from specc.diagnostics.report import MOST
from specc.diagnostics.span import Span
from specc.document.known import known_keys, models_at
from specc.document.node import Path

Locate = Callable[[Path, bool], Span]
"""Finds a path's place in the document: that of the key (`True`) or of the value."""

_TAGS = {
    "layer step": "LayerStep",
    "use step": "UseStep",
    "group step": "GroupStep",
    "mark step": "MarkStep",
    "expression step": "ExpressionStep",
}
"""What pydantic calls the members of a union that `spec.py` tags."""


class _Fault:
    """One of pydantic's errors, with the path that it has in the document.

    pydantic's own path holds the names of union members too, which the document does not have.
    """

    def __init__(self, error: ErrorDetails, plain: Any) -> None:
        self.error = error
        self.type = error["type"]
        self.context: dict[str, Any] = error.get("ctx", {})
        self.path: Path = ()
        self.tags: set[str] = set()
        self.at_key = False
        self.missing = ""
        value = plain
        for step in error["loc"]:
            if step == "[key]":
                self.at_key = True
            elif _holds(value, step):
                value = value[step]
                self.path += (step,)
            else:
                self.tags.add(_TAGS.get(str(step), str(step)))
        if self.type == "missing":
            self.missing = str(error["loc"][-1])
        if "key" in self.context and _holds(value, self.context["key"]):
            value = value[self.context["key"]]  # a validator blames a key of the mapping it reads
            self.path += (self.context["key"],)
        self.value = value


def _holds(value: Any, step: str | int) -> bool:
    if is_mapping(value):
        return step in value
    return is_sequence(value) and isinstance(step, int) and step < len(value)


def diagnostics(
    errors: Iterable[ErrorDetails], plain: Any, locate: Locate, under: Path, model: Any
) -> Iterator[Diagnostic]:
    """The diagnostics of pydantic's errors in `plain`, which stands `under` a path."""
    faults = [_Fault(e, plain) for e in islice(errors, MOST + 1)]
    unknown: dict[Path, list[_Fault]] = {}
    for fault in faults:
        if fault.type in _UNKNOWN:
            unknown.setdefault(fault.path[:-1], []).append(fault)
    own = {f.path for f in faults if f.type in _OWN}
    above = {f.path[:i] for f in faults for i in range(len(f.path))}
    wants: dict[Path, list[_Fault]] = {}
    for fault in faults:
        path = (*under, *fault.path)
        if fault.type in _UNKNOWN:
            yield _unknown_key(fault, path, locate, model)
        elif fault.type == "missing":
            if not any(_meant(fault, other, model) for other in unknown.get(fault.path, ())):
                yield _missing(fault, path, locate)
        elif fault.type in _OWN:
            yield _OWN[fault.type](
                fault.error["msg"], locate(path, fault.at_key), help=fault.context.get("help")
            )
        elif fault.path not in own:
            wants.setdefault(fault.path, []).append(fault)
    for path, several in wants.items():
        if path not in above:  # a union's member that got further says more
            yield _wrong_type(several, (*under, *path), locate, model)


_UNKNOWN = ("extra_forbidden", "unknown_key")
_OWN: dict[str, type[Diagnostic]] = {
    "bad_step": codes.BadStep,
    "bad_arguments": codes.WrongType,
    "bad_term": codes.WrongType,
    "bad_name": codes.BadName,
    "one_key": codes.WrongType,
}
"""Errors that `spec.py` and `values.py` raise with a message of their own."""


# --- keys -----------------------------------------------------------------------------------------


def _known(fault: _Fault, model: Any) -> list[str]:
    """The keys that a mapping may have in which a key is unknown."""
    models = models_at(fault.path[:-1], model)
    named = [m for m in models if m.__name__ in fault.tags]
    return known_keys(named or models)


def _unknown_key(fault: _Fault, path: Path, locate: Locate, model: Any) -> Diagnostic:
    key = str(path[-1])
    known = _known(fault, model)
    close = nearest(key, known)
    listed = f"the keys here are {', '.join(known)}" if known else None
    hint = f"did you mean `{close}`?" if close else listed
    return codes.UnknownKey(f"unknown key `{key}`", locate(path, True), help=hint)


def _meant(missing: _Fault, unknown: _Fault, model: Any) -> bool:
    """Whether an unknown key is the missing one misspelt: one error is enough."""
    return nearest(str(unknown.path[-1]), _known(unknown, model)) == missing.missing


def _missing(fault: _Fault, path: Path, locate: Locate) -> Diagnostic:
    key = fault.missing
    if path == () and key == "outputs":
        return codes.NoOutputs(
            "the spec has no `outputs`",
            locate((), False),
            help="name the chains that the model gives: `outputs: [chain]`",
        )
    where = f"`{path[-1]}`" if path and isinstance(path[-1], str) else "this"
    where = "the spec" if not path else where
    hint = "a spec begins with `specc: 1`, the language's version" if key == "specc" else None
    return codes.MissingKey(f"{where} needs `{key}`", locate(path, bool(path)), help=hint)


# --- values ---------------------------------------------------------------------------------------


def _wrong_type(faults: list[_Fault], path: Path, locate: Locate, model: Any) -> Diagnostic:
    """One error for a value that fits no member of a union."""
    value = faults[0].value
    wanted = list(dict.fromkeys(_wanted(f) for f in faults))
    compound = is_mapping(value) or is_sequence(value)
    given = "" if compound else f", not {show(value)}"
    hint = _help(faults, value, wanted, model)
    return codes.WrongType(
        f"this wants {' or '.join(wanted)}{given}", locate(path, False), help=hint
    )


def _help(faults: list[_Fault], value: Any, wanted: list[str], model: Any) -> str | None:
    choices = [c for f in faults for c in _choices(f)]
    if isinstance(value, str):
        if close := nearest(value, choices):
            return f"did you mean `{close}`?"
        if "a list" in wanted and value.isidentifier():
            return f"write a list: `[{value}]`"
    if isinstance(value, bool | int | float) and {"from", "take"} & set(faults[0].path[-3:]):
        return "names stand here; a constant is an argument of its op: `ops.subtract: {x1: 1.0}`"
    if "a mapping" in wanted:
        known = known_keys(models_at(faults[0].path, model))
        return f"the keys here are {', '.join(known)}" if known else None
    return None


def _wanted(fault: _Fault) -> str:
    """What pydantic wants, after "this wants"."""
    kind = fault.type
    if kind in _PLAIN:
        return _PLAIN[kind]
    if kind == "literal_error":
        choices = _choices(fault)
        return f"one of {', '.join(choices)}" if len(choices) > 1 else f"`{choices[0]}`"
    for name, word in _BOUNDS.items():
        if name in fault.context:
            bound = fault.context[name]
            number = "a number" if isinstance(bound, float) else "a whole number"
            return f"{number} {word} {bound:g}" if bound < 10**6 else f"{number} {word} {bound}"
    if kind in ("too_short", "too_long"):
        what = "entry" if is_mapping(fault.value) else "element"
        least = fault.context.get("min_length")
        count = least if kind == "too_short" else fault.context.get("max_length")
        plural = what if count == 1 else "entries" if what == "entry" else "elements"
        return f"at {'least' if kind == 'too_short' else 'most'} {count} {plural}"
    return fault.error["msg"].removeprefix("Input should be ")


_PLAIN = {
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "list_type": "a list",
    "string_type": "text",
    "none_required": "null",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "finite_number": "a finite number",
}
_BOUNDS = {"ge": "from", "gt": "above", "le": "up to", "lt": "below"}


def _choices(fault: _Fault) -> list[str]:
    """The texts that a value may be, where it may be some only."""
    if "choices" in fault.context:
        return str(fault.context["choices"]).split()
    if fault.type != "literal_error":
        return []
    expected = str(fault.context.get("expected", ""))
    return [c.strip().strip("'") for c in expected.replace(" or ", ", ").split(",")]
