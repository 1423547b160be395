"""Program -> a table: each call with its shape, parameters, memory and floating-point operations.

Memory is that of the output for one example; a multiply-add counts as two operations.
"""

from __future__ import annotations

import sys
from typing import Any

from specc.catalogue.types import TensorType
from specc.diagnostics.render.escape import printable
from specc.infer.program import Node, Program, Variable

BYTES = {"bool": 1, "int8": 1, "uint8": 1, "int16": 2, "uint16": 2, "float16": 2, "bfloat16": 2}
BYTES |= {"int64": 8, "uint64": 8, "float64": 8, "complex64": 8, "complex128": 16}


def print_summary(program: Program) -> None:
    """Prints the table to standard output, as wide as it needs where that is no terminal."""
    from rich.console import Console

    terminal = sys.stdout.isatty()
    console = Console(width=None if terminal else 200, soft_wrap=not terminal, highlight=False)
    console.print(_table(program, ""))
    for line in _totals(program):
        console.print(line, markup=False)


def _table(program: Program, indent: str) -> Any:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, title=program.name, title_justify="left")
    for column, justify in _COLUMNS:
        table.add_column(column, justify=justify, overflow="fold")
    shown: set[object] = set()
    for row in _rows(program, indent, shown):
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


def _rows(program: Program, indent: str, shown: set[object]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for node in program.nodes:
        operator = node.operator
        again = operator is not None and operator in shown
        shown.add(operator)
        parameters = 0 if isinstance(operator, type(None)) else operator.parameters
        flops = operator.flops if isinstance(operator, Program) else node.flops
        rows.append(
            (
                indent + node.name,
                node.label + (" (shared)" if again else ""),
                " ".join(_shape(t.type) for t in node.outputs),
                ", ".join(dict.fromkeys(t.name for _, t in node.tensors())),
                "" if again or not parameters else f"{parameters:,}",
                _memory(node),
                "" if node.kind in ("input", "variable") else "?" if flops is None else f"{flops:,}",
            )
        )
        if isinstance(operator, Program) and not again:
            rows += _rows(operator, indent + "  ", shown)
    return rows


def _shape(type_: TensorType) -> str:
    return str(type_) + ("" if type_.dtype == "float32" else f" {type_.dtype}")


def _memory(node: Node) -> str:
    sizes = [t.type.size for t in node.outputs]
    if None in sizes or isinstance(node.operator, Variable):
        return "" if isinstance(node.operator, Variable) else "?"
    total = sum((s or 0) * BYTES.get(t.type.dtype, 4) for s, t in zip(sizes, node.outputs, strict=True))
    return bytes_text(total)


def bytes_text(count: int) -> str:
    """A number of bytes for people: `3.5 KiB`."""
    if count < 1024:
        return f"{count} B"
    amount, unit = float(count), "B"
    for unit in ("KiB", "MiB", "GiB", "TiB"):
        amount /= 1024
        if amount < 1024:
            break
    return f"{amount:.1f} {unit}"


def _totals(program: Program) -> list[str]:
    total, trainable = program.parameters, program.trainable_parameters
    flops = program.flops
    return [
        f"parameters  {total:,} ({bytes_text(total * 4)}), {trainable:,} trainable",
        f"FLOPs       {'not known for every layer' if flops is None else f'{flops:,} an example'}",
        "outputs     " + ", ".join(f"{n} {_shape(t.type)}" for n, t in program.outputs.items()),
    ]


