"""Checks a document's structure: located tree -> `Spec`, and its faults at their places."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from specc.catalogue.kinds import show
from specc.diagnostics.codes import structure as codes
from specc.diagnostics.report import Report
from specc.diagnostics.span import Span
from specc.document.faults import Locate, diagnostics
from specc.document.node import Node, Path
from specc.document.spec import Spec
from specc.document.values import RESOLVED

T = TypeVar("T")

_SPEC: TypeAdapter[Spec] = TypeAdapter(Spec)


def structured(root: Node, report: Report) -> Spec | None:
    """The `Spec` of a document; what does not fit is reported at its place."""
    plain = root.plain()

    def locate(path: Path, key: bool) -> Span:
        node = root.key_at(path) if key else root.at(path)
        return node.span(path)

    if "specc" in plain and (plain["specc"] != 1 or isinstance(plain["specc"], bool)):
        report.add(
            codes.UnknownVersion(
                f"this specc reads version 1 of the language, not {show(plain['specc'])}",
                locate(("specc",), False),
                help="a spec begins with `specc: 1`",
            )
        )
        return None
    return validated(_SPEC, plain, report, locate)


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
        for found in diagnostics(error.errors(include_url=False), plain, locate, under, model):
            report.add(found)
            if report.is_full:
                break
        return None
