"""Colours by family. Text on them has a contrast of at least 7 to 1 (WCAG AAA)."""

from __future__ import annotations

from dataclasses import dataclass

INK = "#0F172A"
QUIET = "#475569"
"""Names, shapes, what is said beside the point; 7.5 to 1 on white."""
PAPER = "#FFFFFF"
LINE = "#64748B"
SKIP = "#B45309"
"""Edges that pass over other boxes."""


@dataclass(frozen=True, slots=True)
class Colours:
    """What a box is filled and framed with."""

    fill: str
    line: str
    ink: str = INK


BLUE = Colours("#DBEAFE", "#3B82F6")
INDIGO = Colours("#E0E7FF", "#6366F1")
GREEN = Colours("#DCFCE7", "#16A34A")
PINK = Colours("#FCE7F3", "#DB2777")
CYAN = Colours("#CFFAFE", "#0891B2")
YELLOW = Colours("#FEF9C3", "#CA8A04")
ORANGE = Colours("#FFEDD5", "#EA580C")
LIME = Colours("#ECFCCB", "#65A30D")
STONE = Colours("#F5F5F4", "#A8A29E")
WHITE = Colours(PAPER, LINE)
PURPLE = Colours("#F3E8FF", "#9333EA")
DARK = Colours("#1E293B", "#0F172A", PAPER)

FAMILIES = {
    "core": INDIGO,
    "einsum": INDIGO,
    "convolution": BLUE,
    "transposed": BLUE,
    "convlstm": GREEN,
    "recurrent": GREEN,
    "attention": PINK,
    "pooling": CYAN,
    "normalization": YELLOW,
    "regularization": STONE,
    "own": STONE,
    "activation": LIME,
    "merging": ORANGE,
    "reshaping": STONE,
    "op": WHITE,
    "variable": PURPLE,
    "model": WHITE,
    "summary": WHITE,
    "port": WHITE,
    "point": Colours(LINE, LINE, PAPER),
    "loss": WHITE,
    "input": DARK,
    "output": DARK,
}
"""By the module of the catalogue that a layer's rule stands in."""

ACCENTS = ("#BE123C", "#0F766E", "#7C3AED", "#9A3412", "#1D4ED8", "#4D7C0F")
"""One for each thing that is drawn several times."""


def colours(family: str) -> Colours:
    """A family's colours; a plug-in's layers are white."""
    return FAMILIES.get(family, WHITE)


def accent(number: int) -> str:
    """The colour of the shared thing with this number."""
    return ACCENTS[number % len(ACCENTS)]
