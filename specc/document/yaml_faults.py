"""What libyaml says of a text that is no YAML, in the words of a spec's author."""

from __future__ import annotations

import re

import yaml

from specc.diagnostics.codes import document as codes
from specc.diagnostics.diagnostic import Diagnostic, Related
from specc.diagnostics.span import Source, Span
from specc.document.bounds import LEVELS

_CUT = re.compile(r"\$\([^\"']*$|\$\w+(\.\w+)*\[?$")
"""An expression right before the place where YAML stopped."""

_HINTS = (
    ("character that cannot start", "text that begins with `@`, `%` or a backquote needs quotes"),
    ("mapping values are not allowed", "a colon inside a text needs quotes around the text; check "
     "the indentation too"),
    ("found a tab character", "indent with blanks, not with tabs"),
    ("did not find expected ',' or", "a bracket or brace that was opened before is not closed"),
    ("did not find expected key", "check the indentation, and that a key ends with a colon"),
    ("could not find expected ':'", "a key ends with a colon and a blank"),
    ("found unexpected end of stream", "a quote that was opened before is not closed"),
    ("did not find expected node content", "a value is missing here"),
)  # fmt: skip


def marked(error: yaml.MarkedYAMLError, source: Source) -> Diagnostic:
    """The diagnostic of an error that libyaml gives a place."""
    mark, context = error.problem_mark, error.context_mark
    span = _at(mark or context, source)
    said = error.problem or error.context or "it cannot be read"
    if "undefined alias" in said or "unknown alias" in said:
        return codes.BadAlias("the alias has no anchor before it", span)
    if "maximum nesting depth" in said:  # libyaml has a bound of its own since 0.2.6
        return codes.TooDeep(f"this is nested more than {LEVELS} levels deep", span)
    if "expected <document start>" in said:
        return codes.SeveralDocuments(
            "a file holds one document, and this follows its end",
            span,
            help="put it into a file of its own",
        )
    line = source.lines[span.line - 1] if span.line <= len(source.lines) else ""
    before = line[: span.column - 1]
    if _CUT.search(before):
        return quoted(span)
    if line[span.column - 1 : span.column] == "\t":
        hint = "indent with blanks, not with tabs"
    elif re.search(r"\w$", before) and line[span.column - 1 : span.column] in ("[", "{"):
        hint = "a text or an expression that holds a bracket needs quotes"
    else:
        hint = next((text for words, text in _HINTS if words in said), None)
    begun = _at(context, source)
    opened = error.context and context and (begun.line, begun.column) != (span.line, span.column)
    related = (Related(_begun(error.context or ""), begun),) if opened else ()
    return codes.BadSyntax(f"this is no YAML: {said}", span, help=hint, related=related)


def _begun(context: str) -> str:
    """`while parsing a flow mapping` -> what begins at the context's place."""
    what = re.sub(r"^while (parsing|scanning) ", "", context)
    if "flow" in what:
        return "this is not closed"
    return f"this began {what}"


def _at(mark: yaml.Mark | None, source: Source) -> Span:
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return Span(source, line, column, line, column + 1)


def stream(error: yaml.YAMLError, text: str, source: Source) -> Diagnostic:
    """The diagnostic of a character that YAML does not allow; libyaml gives its byte."""
    position = getattr(error, "position", None)
    if not isinstance(position, int):
        return codes.BadSyntax(f"this is no YAML: {error}", Span(source))
    before = text.encode()[:position].decode("utf-8", "ignore")
    lines = re.split(r"\r\n|\r|\n", before)
    line, column = len(lines), len(lines[-1]) + 1
    reason = getattr(error, "reason", "a character that is not allowed")
    return codes.BadSyntax(
        f"this is no YAML: {reason}", Span(source, line, column, line, column + 1)
    )


def quoted(span: Span) -> codes.QuoteExpression:
    """The error for an expression that YAML ended too early."""
    return codes.QuoteExpression(
        "quote the expression: YAML ends it at a comma, a colon, a bracket or ` #`",
        span,
        help='write `"$(…)"`, with quotes around the whole expression',
    )


def unbalanced(text: str) -> bool:
    """Whether a `$(` is not closed: text in quotes inside it does not count."""
    depth, quote = 0, ""
    for i, c in enumerate(text):
        if quote:
            quote = "" if c == quote else quote
        elif depth and c in "'\"":
            quote = c
        elif c == "(" and (depth or text[i - 1 : i] == "$"):
            depth += 1
        elif c == ")" and depth:
            depth -= 1
    return depth != 0
