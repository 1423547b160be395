"""The page of known disagreements with Keras, from the lists that the parity tests keep."""

from __future__ import annotations

import sys
from pathlib import Path

HEAD = """<!-- Made by `python tools/generate.py write`; do not edit. -->
# Where specc and Keras differ on purpose

Each rule of the catalogue is compared with Keras's own answer. What is left is listed here; each
row has in the tests a reproduction that runs real numbers through Keras, and fails when Keras has
changed.

* **late**: Keras accepts it when the layer is made, and fails at the first call or later
* **silent**: Keras accepts it, and does something else than was asked for
* **wrong**: Keras's symbolic answer is not the shape or dtype that comes out
* **crash**: Keras ends the process

The last large runs: 39,021 calls of layers, of which 37,026 agree and 1,995 are listed here; 90,000
calls of ops, of which 80,259 agree, 8,851 are refused rightly, for Keras fails as soon as numbers
run through, and 890 are listed. None is unexplained. `python tools/bench/parity.py` runs the layers
again.

## Layers

| kind | layers | what Keras does |
| --- | --- | --- |
"""


def text() -> str:
    """The page."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "catalogue"))
    from disagreements import DISAGREEMENTS
    from ops_known import KNOWN

    rows = [f"| {d.kind} | {_cell(d.layers)} | {_cell(d.reason)} |" for d in DISAGREEMENTS]
    ops = [f"| `ops.{k.example.name}` | {_cell(k.kind)} | {_cell(k.reason)} |" for k in KNOWN]
    tables = [*rows, "", "## Ops", "", "| such as | kind | why |", "| --- | --- | --- |", *ops]
    return HEAD + "\n".join(tables) + "\n"


def _cell(value: str) -> str:
    return value.replace("|", "\\|").replace("*", "\\*").replace("\n", " ")
