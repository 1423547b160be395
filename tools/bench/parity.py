"""Compares every layer's rule with Keras on many drawn cases, and prints the figures.

    python tools/bench/parity.py [--cases 150] [--accepted 50] [--refused 50] [--seed 0] [LAYER ...]

Draws until each layer has as many accepted and refused cases as are asked for, and at least
`--cases`. Exits with 1 where a difference is not in `tests/catalogue/disagreements.py`.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[2] / "tests/catalogue")]

import parity  # noqa: E402
from disagreements import listed  # noqa: E402
from drawing import cases, show  # noqa: E402

from specc.catalogue.layers import LAYERS  # noqa: E402
from specc.catalogue.layers.own import OWN  # noqa: E402

LIMIT = 40
"""How many times `--cases` may be drawn for a layer that hardly refuses, or accepts, anything."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("layers", nargs="*", default=sorted(set(LAYERS) - set(OWN)))
    parser.add_argument("--cases", type=int, default=150)
    parser.add_argument("--accepted", type=int, default=50)
    parser.add_argument("--refused", type=int, default=50)
    parser.add_argument("--seed", default="0")
    options = parser.parse_args()
    figures: Counter[str] = Counter()
    entries: Counter[str] = Counter()
    few: list[str] = []
    started = time.perf_counter()
    for name in options.layers:
        accepted = refused = 0
        drawn = cases(LAYERS[name], Random(f"{name} {options.seed}"))
        for turn, case in enumerate(drawn):
            enough = accepted >= options.accepted and refused >= options.refused
            if turn >= options.cases * (1 if enough else LIMIT):
                break
            found = parity.compare(name, case)
            figures["run"] += 1
            accepted += found.accepted
            refused += not found.accepted
            if not found.difference:
                figures["agreed: accepted" if found.accepted else "agreed: refused"] += 1
            elif (entry := listed(found)) is not None:
                figures["listed"] += 1
                entries[f"{entry.example[0]}: {entry.reason}"] += 1
            else:
                figures["unexplained"] += 1
                print(f"{found.difference}: {show(name, case)}\n  {found.specc}\n  {found.keras}")
        if accepted < options.accepted or refused < options.refused:
            few.append(f"{name} ({accepted} accepted, {refused} refused)")
    print(f"{len(options.layers)} layers, {time.perf_counter() - started:.0f} s")
    for what in ("run", "agreed: accepted", "agreed: refused", "listed", "unexplained"):
        print(f"{figures[what]:7} {what}")
    for what, count in entries.most_common():
        print(f"{count:7}   {what}")
    if few:
        print("too few cases of a verdict:", ", ".join(few))
    return 1 if figures["unexplained"] else 0


if __name__ == "__main__":
    sys.exit(main())
