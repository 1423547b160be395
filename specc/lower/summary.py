"""Program -> a table: each call with its shape, parameters, memory and floating-point operations.

Memory is that of the output for one example; a multiply-add counts as two operations.
"""

from __future__ import annotations

import sys
from typing import Any

from specc.catalogue.types import TensorType
from specc.diagnostics.render.escape import printable
from specc.infer.program import Node, Program, Variable


def print_summary(program: Program, expand: bool = False) -> None:
    """Prints the table to standard output, as wide as it needs where that is no terminal.

    A large model from outside is one row, unless `expand` says otherwise.
    """
    from rich.console import Console

    terminal = sys.stdout.isatty()
    console = Console(width=None if terminal else 200, soft_wrap=not terminal, highlight=False)
    console.print(_table(program, "", expand))
    for line in _totals(program):
        console.print(line, markup=False)


def _table(program: Program, indent: str, expand: bool) -> Any:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, title=program.name, title_justify="left")
    for column, justify in _COLUMNS:
        table.add_column(column, justify=justify, overflow="fold")
    shown: set[object] = set()
    for row in _rows(program, indent, shown, expand):
        table.add_row(*(Text(printable(cell)) for cell in row))
    return table


_COLUMNS: tuple[tuple[str, Any], ...] = (
    ("tensor", "left"),
    ("layer", "left"),
    ("shape", "left"),
    ("from", "left"),
    ("parameters", "right"),
    ("memory", "right"),
    ("FLOPs", "right"),
)


def _rows(program: Program, indent: str, shown: set[object], expand: bool) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for node in program.nodes:
        operator = node.operator
        again = operator is not None and operator in shown
        shown.add(operator)
        parameters = 0 if isinstance(operator, type(None)) else operator.parameters
        flops = node.operations
        rows.append(
            (
                indent + node.name,
                node.label + (" (shared)" if again else ""),
                " ".join(_shape(t.type) for t in node.outputs),
                ", ".join(dict.fromkeys(t.name for _, t in node.tensors())),
                "" if again or not parameters else f"{parameters:,}",
                _counted(node, bytes_text(node.memory) if node.memory is not None else "?"),
                _counted(node, "?" if flops is None else f"{flops:,}")
                if node.kind != "input"
                else "",
            )
        )
        if isinstance(operator, Program) and not again and (expand or not operator.folded):
            rows += _rows(node.called or operator, indent + "  ", shown, expand)
    return rows


def _counted(node: Node, text: str) -> str:
    """A count, which a variable has none of: it is no call."""
    return "" if isinstance(node.operator, Variable) else text


def _shape(type_: TensorType) -> str:
    return str(type_) + ("" if type_.dtype == "float32" else f" {type_.dtype}")


def bytes_text(count: int) -> str:
    """A number of bytes for people: `3.5 KiB`."""
    if count < 1024:
        return f"{count} B"
    power = min((count.bit_length() - 1) // 10, 4)
    return f"{count / 1024**power:.1f} {('KiB', 'MiB', 'GiB', 'TiB')[power - 1]}"


def _totals(program: Program) -> list[str]:
    cost = program.cost
    unknown = "not known for every layer"
    memory = unknown if cost.memory is None else f"{bytes_text(cost.memory)} an example"
    flops = unknown if cost.flops is None else f"{cost.flops:,} an example"
    return [
        f"parameters  {cost.parameters:,} ({bytes_text(cost.parameters * 4)}), "
        f"{cost.trainable_parameters:,} trainable",
        f"memory      {memory}",
        f"FLOPs       {flops}",
        "outputs     " + ", ".join(f"{n} {_shape(t.type)}" for n, t in program.outputs.items()),
    ]
