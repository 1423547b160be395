"""The page of known disagreements with Keras, from the lists that the parity tests keep."""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORDS = {
    "run": "compared",
    "accepted": "both accept: one dtype, one number of parameters, every size that Keras knows",
    "refused": "both refuse",
    "late": "both refuse, Keras only once real numbers run, which the run tried",
    "listed": "a disagreement of this page",
    "unexplained": "unexplained",
    "numbers": "of those accepted, run with real numbers too",
}
BY_NAME = """<!-- Made by `python tools/generate.py write`; do not edit. -->
# Cases compared with Keras

What `python tools/bench/parity.py --write` drew for each layer and op, and how specc's and Keras's
answers compare: see [disagreements](disagreements.md). Of each at least 50 cases are accepted by
both, and 50 refused by both, not counting what is listed.

| | compared | accept | refuse | refuse once numbers run | listed | unexplained | run with numbers |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
"""

HEAD = """<!-- Made by `python tools/generate.py write`; do not edit. -->
# Where specc and Keras differ on purpose

Each rule of the catalogue is compared with Keras's own answer. What is left is listed here; each
row has in the tests a reproduction that runs real numbers through Keras, and fails when Keras has
changed.

* **late**: Keras accepts it when the layer is made, and fails at the first call or later
* **silent**: Keras accepts it, and does something else than was asked for
* **wrong**: Keras's symbolic answer is not the shape or dtype that comes out
* **crash**: Keras ends the process

%FIGURES%

## Layers

| kind | layers | what Keras does |
| --- | --- | --- |
"""


def text() -> str:
    """The page."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "catalogue"))
    from disagreements import DISAGREEMENTS
    from ops_known import KNOWN

    grouped: dict[tuple[str, str, str], list[str]] = {}
    for d in DISAGREEMENTS:
        grouped.setdefault((d.kind, d.argument, d.reason), []).append(d.layers)
    rows = [
        f"| {kind} | {_cell(' '.join(layers))} | {f'`{argument}`: ' if argument else ''}"
        f"{_cell(reason)} |"
        for (kind, argument, reason), layers in grouped.items()
    ]
    ops = [f"| `ops.{k.example.name}` | {_cell(k.kind)} | {_cell(k.reason)} |" for k in KNOWN]
    tables = [*rows, "", "## Ops", "", "| such as | kind | why |", "| --- | --- | --- |", *ops]
    return HEAD.replace("%FIGURES%", _figures()) + "\n".join(tables) + "\n"


def figures() -> tuple[list[str], dict[str, list[int]]]:
    """The columns and rows that `tools/bench/parity.py --write` left."""
    read = json.loads((ROOT / "tools/bench/parity.json").read_text(encoding="utf-8"))
    return read["columns"], read["rows"]


def _figures() -> str:
    columns, rows = figures()

    def total(ops: bool, column: str) -> str:
        at = columns.index(column)
        return f"{sum(r[at] for n, r in rows.items() if n.startswith('ops.') == ops):,}"

    table = [
        "| cases | of layers | of ops |",
        "| --- | ---: | ---: |",
        *(
            f"| {words} | {total(False, column)} | {total(True, column)} |"
            for column, words in WORDS.items()
        ),
    ]
    return (
        "What `python tools/bench/parity.py --write` counted last, no case twice "
        "([each layer and op](parity.md)):\n\n" + "\n".join(table)
    )


def by_name() -> str:
    """The page with the figures of each layer and op."""
    _, rows = figures()
    lines = [f"| {n} | {' | '.join(f'{c:,}' for c in r)} |" for n, r in rows.items()]
    return BY_NAME + "\n".join(lines) + "\n"


def _cell(value: str) -> str:
    return value.replace("|", "\\|").replace("*", "\\*").replace("\n", " ")
