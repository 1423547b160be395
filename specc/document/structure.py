"""Checks a document's structure: located tree -> `Spec`, and pydantic's errors -> diagnostics."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from specc.catalogue.kinds import nearest, show
from specc.diagnostics.codes import structure as codes
from specc.diagnostics.diagnostic import Diagnostic
from specc.diagnostics.report import Report
from specc.diagnostics.span import Span
from specc.document.node import Node, Path
from specc.document.spec import Spec
from specc.document.values import RESOLVED

T = TypeVar("T")
Locate = Callable[[Path, bool], Span | None]
"""Finds a path's place in the document: that of the key (`True`) or of the value."""


def structured(root: Node, report: Report) -> Spec | None:
    """The `Spec` of a document; what does not fit is reported at its place."""
    plain = root.plain()

    def locate(path: Path, key: bool) -> Span:
        node = root.key_at(path) if key else root.at(path)
        return node.span(path)

    if "specc" in plain and plain["specc"] != 1 and isinstance(plain["specc"], int | float | str):
        report.add(
            codes.UnknownVersion(
                f"this specc reads version 1 of the language, not {show(plain['specc'])}",
                root.at(("specc",)).span(("specc",)),
            )
        )
        return None
    return validated(_SPEC, plain, report, locate)


_SPEC: TypeAdapter[Spec] = TypeAdapter(Spec)


def validated(
    adapter: TypeAdapter[T],
    plain: Any,
    report: Report,
    locate: Locate,
    *,
    resolved: bool = False,
    under: Path = (),
    model: Any = Spec,
) -> T | None:
    """`plain` as the adapter's type, or `None` with every fault reported.

    `under` is the path of `plain` in the document, and `model` what keys are looked up in.
    """
    try:
        return adapter.validate_python(plain, context=RESOLVED if resolved else None)
    except ValidationError as error:
        for found in _diagnostics(error.errors(include_url=False), plain, locate, under, model):
            report.add(found)
        return None


# --- pydantic's errors ----------------------------------------------------------------------------


class _Fault:
    """One of pydantic's errors, with the path that it has in the document."""

    def __init__(self, error: ErrorDetails, plain: Any) -> None:
        self.error = error
        self.type = error["type"]
        self.path: Path = ()
        self.tags: Path = error["loc"]
        self.at_key = False
        value = plain
        for i, step in enumerate(error["loc"]):
            if step == "[key]":
                self.at_key = True
            elif isinstance(value, Mapping) and step in value:
                value = value[step]
                self.path += (step,)
            elif isinstance(value, list | tuple) and isinstance(step, int) and step < len(value):
                value = value[step]
                self.path += (step,)
            elif self.type == "missing" and i == len(error["loc"]) - 1:
                self.missing = str(step)
        self.value = value


def _diagnostics(
    errors: Iterable[ErrorDetails], plain: Any, locate: Locate, under: Path, model: Any
) -> Iterable[Diagnostic]:
    faults = [_Fault(e, plain) for e in errors]
    paths = {f.path for f in faults}
    wants: dict[Path, list[str]] = {}
    for fault in faults:
        path = (*under, *fault.path)
        if fault.type == "extra_forbidden":
            yield _unknown_key(fault, path, locate, model)
        elif fault.type == "missing":
            yield _missing(fault, path, locate)
        elif fault.type == "bad_name" and fault.at_key:
            yield codes.BadName(fault.error["msg"], locate(path, True))
        elif fault.type in _OWN:
            help = _step_help(fault.value) if fault.type == "bad_step" else None
            yield _OWN[fault.type](fault.error["msg"], locate(path, False), help=help)
        elif not any(len(p) > len(fault.path) and p[: len(fault.path)] == fault.path for p in paths):
            wanted = wants.setdefault(fault.path, [])
            if (text := _wanted(fault)) not in wanted:
                wanted.append(text)
    for bare, wanted in wants.items():
        fault = next(f for f in faults if f.path == bare)
        span = locate((*under, *bare), False)
        text = " or ".join(wanted)
        value = f", not {show(fault.value)}" if not isinstance(fault.value, dict | list) else ""
        choices = [c for f in faults if f.path == bare for c in _choices(f)]
        close = nearest(fault.value, choices) if isinstance(fault.value, str) else None
        yield codes.WrongType(
            f"this wants {text}{value}", span, help=f"did you mean `{close}`?" if close else None
        )


_OWN: dict[str, type[Diagnostic]] = {
    "bad_step": codes.BadStep,
    "bad_arguments": codes.WrongType,
    "bad_term": codes.WrongType,
    "bad_name": codes.BadName,
    "one_key_arguments": codes.WrongType,
}


def _step_help(value: Any) -> str:
    if isinstance(value, dict) and len(value) > 1:
        return "begin each step with a `-` of its own; beside its class a step has only " + (
            "`when`, `repeat`, `with`, `take`, `id`, `call` and `as`"
        )
    return "write the class as the key: `Dense: {units: 10}`"


def _unknown_key(fault: _Fault, path: Path, locate: Locate, model: Any) -> Diagnostic:
    key = str(path[-1])
    known = sorted(known_keys(fault.tags[:-1], model))
    close = nearest(key, known)
    if close:
        help = f"did you mean `{close}`?"
    else:
        help = f"the keys here are {', '.join(known)}" if known else None
    return codes.UnknownKey(f"unknown key `{key}`", locate(path, True), help=help)


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
    help = "a spec begins with `specc: 1`, the language's version" if key == "specc" else None
    return codes.MissingKey(f"{where} needs `{key}`", locate(path, bool(path)), help=help)


def _wanted(fault: _Fault) -> str:
    error, context = fault.error, fault.error.get("ctx", {})
    kind = error["type"]
    if kind in _PLAIN:
        return _PLAIN[kind]
    if kind == "literal_error":
        return "one of " + str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
    for name, word in _BOUNDS.items():
        if name in context:
            return f"a number {word} {context[name]}"
    if kind in ("too_short", "too_long"):
        low, high = context.get("min_length"), context.get("max_length")
        return f"a list of at {f'least {low}' if low is not None else f'most {high}'} elements"
    text = error["msg"]
    return text.removeprefix("this wants ").removeprefix("Input should be ")


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
    if fault.type != "literal_error":
        return []
    expected = str(fault.error.get("ctx", {}).get("expected", ""))
    return [c.strip().strip("'") for c in expected.replace(" or ", ", ").split(",")]


# --- what the language knows at a place -----------------------------------------------------------


def known_keys(loc: Iterable[str | int], model: Any = Spec) -> set[str]:
    """The keys that a mapping at this place of the document may have."""
    candidates = _models(model)
    for step in loc:
        tagged = [m for m in candidates if _TAGGED.get(str(step)) == m.__name__]
        if tagged:
            candidates = tagged
            continue
        fields = [f for m in candidates for n, f in m.model_fields.items() if step in (n, f.alias)]
        if fields:
            candidates = [m for f in fields for m in _models(f.annotation)]
    return {f.alias or n for m in candidates for n, f in m.model_fields.items()} - _HIDDEN


_TAGGED = {
    "layer step": "LayerStep",
    "use step": "UseStep",
    "group step": "GroupStep",
    "mark step": "MarkStep",
    "expression step": "ExpressionStep",
}
_HIDDEN = {"layer", "arguments", "expression", "tensors"}


def _models(annotation: Any) -> list[type[BaseModel]]:
    """The models that an annotation leads to, through unions, lists, mappings and `Annotated`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    origin = get_origin(annotation)
    if origin is Annotated:
        return _models(get_args(annotation)[0])
    if origin in (Union, types.UnionType, list, dict, tuple):
        return [m for a in get_args(annotation) for m in _models(a)]
    return []
