"""Tables of the page: everything in them is text, and escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table with a head; the first column names its row."""
    first = "".join(f'<th scope="col">{escape(h)}</th>' for h in head)
    return (
        f'<div class="wide"><table><thead><tr>{first}</tr></thead>'
        f"<tbody>{''.join(map(_row, rows))}</tbody></table></div>"
    )


def pairs(rows: Iterable[Sequence[str]]) -> str:
    """A table of names and what they are."""
    body = "".join(map(_row, rows))
    return f'<div class="wide"><table class="pairs"><tbody>{body}</tbody></table></div>'


def _row(row: Sequence[str]) -> str:
    name, *values = row
    cells = "".join(f"<td>{escape(v)}</td>" for v in values)
    return f'<tr><th scope="row">{escape(name)}</th>{cells}</tr>'
