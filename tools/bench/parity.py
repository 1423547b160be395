"""Compares every rule of the catalogue with Keras on drawn cases, and prints the figures.

    python tools/bench/parity.py [--cases 60] [--each 50] [--draws N] [--write] [NAME ...]

A name is a layer's, or an op's with `ops.` before it. Draws until each has at least `--each` cases
that both accept and as many that both refuse, no two alike, and at least `--cases`. A case that
Keras makes and specc refuses is run with real numbers, and counts as refused only if those fail.
Some of the accepted cases are run with real numbers too. Exits with 1 where a difference is not
listed, or a verdict has too few cases. `--write` puts the figures where the reference page takes
them from; those of other names stay.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests/catalogue")]

import drawing  # noqa: E402
import ops_generate  # noqa: E402
import ops_verdict  # noqa: E402
import oracle  # noqa: E402
import parity  # noqa: E402
from disagreements import NOT_RUN, Disagreement, verdict  # noqa: E402
from ruling import outputs  # noqa: E402

from specc.catalogue.layers import LAYERS  # noqa: E402
from specc.catalogue.layers.own import OWN  # noqa: E402
from specc.catalogue.ops import OPS  # noqa: E402

FIGURES = ROOT / "tools/bench/parity.json"
COLUMNS = ("run", "accepted", "refused", "late", "listed", "unexplained", "numbers")
LIMIT = 60
"""How many times `--cases` may be drawn where a verdict is rare."""
RUN = 3
"""How many accepted cases of each layer are run with real numbers."""
SHOWN = 5
"""How many cases of a listed disagreement of a layer are run with real numbers, those that are
`late` apart, of which all are."""
SHARES = (drawing.OUTSIDE, 0.5, 0.05)
"""How much is drawn just outside of the range, by turns."""

Judge = Callable[[Any], tuple[str, str | None]]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--cases", type=int, default=60)
    parser.add_argument("--each", type=int, default=50)
    parser.add_argument("--draws", type=int, help="so many draws of each, whatever they give")
    parser.add_argument("--seed", default="0")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    names = options.names or [*sorted(set(LAYERS) - set(OWN)), *(f"ops.{n}" for n in sorted(OPS))]
    rows: dict[str, Counter[str]] = {}
    entries: Counter[str] = Counter()
    started = time.perf_counter()
    for name in names:
        rows[name] = _compared(name, options, entries)
    seconds = round(time.perf_counter() - started)
    print(f"{len(names)} layers and ops, {seconds} s")
    for kind in ("layers", "ops"):
        chosen = [r for n, r in rows.items() if n.startswith("ops.") == (kind == "ops")]
        print(kind, *(f"{c} {sum(r[c] for r in chosen)}" for c in COLUMNS), sep=", ")
    for what, count in entries.most_common():
        print(f"{count:7}   {what}")
    few = [n for n, r in rows.items() if _lacks(r, options.each)]
    print("too few cases of a verdict:")
    for n in few:
        print(f"  {n}: {rows[n]['accepted']} accepted, {_refused(rows[n])} refused")
    if options.write:
        before = json.loads(FIGURES.read_text()) if options.names else {"rows": {}}
        table = before["rows"] | {n: [r[c] for c in COLUMNS] for n, r in rows.items()}
        text = ",\n".join(f"{json.dumps(n)}: {json.dumps(r)}" for n, r in table.items())
        FIGURES.write_text(f'{{"columns": {json.dumps(COLUMNS)},\n"rows": {{\n{text}\n}}}}\n')
    return 1 if few or any(r["unexplained"] for r in rows.values()) else 0


def _refused(row: Counter[str]) -> int:
    return row["refused"] + row["late"]


def _lacks(row: Counter[str], each: int) -> bool:
    return row["accepted"] < each or _refused(row) < each


def _compared(name: str, options: argparse.Namespace, entries: Counter[str]) -> Counter[str]:
    """The figures of one layer or op."""
    hits: Counter[Disagreement] = Counter()
    is_op = name.startswith("ops.")
    judge: Judge = _op if is_op else lambda case: _layer(name, case, row, hits)
    row: Counter[str] = Counter()
    seen: set[str] = set()
    for turn, (shown, case) in enumerate(_drawn(name, options.seed)):
        most = options.cases * (LIMIT if _lacks(row, options.each) else 1)
        if turn >= (options.draws or most):
            break
        if shown in seen:
            continue
        seen.add(shown)
        said, why = judge(case)
        row["run"] += 1
        row[said] += 1
        if said == "unexplained":
            print(f"{shown}: {why}", flush=True)
        elif said == "listed":
            entries[f"{name}: {why}"] += 1
    return row


def _drawn(name: str, seed: str) -> Iterator[tuple[str, Any]]:
    """Cases without end, each with its text."""
    if name.startswith("ops."):
        for call in ops_generate.endless(OPS[name[4:]], seed):
            yield str(call), call
    rng = Random(f"{name} {seed}")
    while True:
        for share in SHARES:
            case = drawing.drawn(LAYERS[name], rng, share)
            yield drawing.show(name, case), case


def _op(call: Any) -> tuple[str, str | None]:
    return ops_verdict.verdict(call)


def _layer(
    name: str, case: Any, row: Counter[str], hits: Counter[Disagreement]
) -> tuple[str, str | None]:
    """The verdict on a case of a layer; some that are accepted are run with real numbers."""
    found = parity.compare(name, case)  # pyright: ignore[reportAttributeAccessIssue]
    said, entry = verdict(found, {e for e, n in hits.items() if n >= SHOWN})
    if entry is not None:
        hits[entry] += 1
    known = "None" not in drawing.show(name, case)
    if known and said == "accepted" and row["numbers"] < RUN and not name.startswith(NOT_RUN):
        given = oracle.eager(name, case)
        if isinstance(given, oracle.Answer):  # some numbers are not what the layer takes
            row["numbers"] += 1
            for ours, (shape, _) in zip(outputs(found.specc), given.outputs, strict=True):
                if len(ours.shape) != len(shape) or any(
                    a not in (None, b) for a, b in zip(ours.shape, shape, strict=True)
                ):
                    return "unexplained", f"numbers give {shape}, and specc says {ours}"
    if said == "unexplained":
        return said, f"{found.difference}: {found.specc} {found.keras}"
    return said, None if entry is None else entry.reason


if __name__ == "__main__":
    sys.exit(main())
