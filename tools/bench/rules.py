"""How long the rules of layers and ops take, of the processor: their own cases, and drawn ones.

    python tools/bench/rules.py [--drawn 20] [--rounds 7]

A rule's time is that of its slowest accepted case: the median over rounds of many calls each; one
above the bound is timed again, for a busy moment of the machine is not the rule's. A layer that
holds others takes their time too. Exits with 1 where one is above the bound. Loads no Keras.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial, wraps
from importlib import import_module
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from measure import table

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests/catalogue")]

from specc.catalogue.catalogue import builtin  # noqa: E402
from specc.catalogue.define import Case, Definition, Result  # noqa: E402
from specc.catalogue.layers import LAYERS  # noqa: E402
from specc.catalogue.mismatch import Mismatch  # noqa: E402
from specc.catalogue.ops import OPS  # noqa: E402

drawing: Any = import_module("drawing")
ops_generate: Any = import_module("ops_generate")
ruling: Callable[[Definition, Case], Result] = import_module("ruling").ruling
BOUND = 20.0
"""How many microseconds of the processor a rule may take."""
AGAIN = 4
"""How often what is above it is timed again."""
SHOWN = 12
CALLS = 50
"""How many calls are timed together, for the clock is not fine enough for one."""

Work = Callable[[], object]


def calls(definition: Definition, drawn: int) -> Iterator[tuple[str, Work, Work]]:
    """The accepted cases: as text, the rule alone, and the rule with its arguments checked."""
    rng = Random(definition.name)
    if definition.family == "op":
        some = islice(ops_generate.endless(definition, 0), drawn)
        cases = [*definition.cases, *(Case(c.types, c.arguments) for c in some)]
    else:
        cases = [*definition.cases, *islice(drawing.cases(definition, rng, 0.0), drawn)]
    for case in cases:
        try:
            alone, whole = timed(definition, case)
        except Mismatch:
            continue
        yield drawing.show(definition.name, case), alone, whole


def timed(definition: Definition, case: Case) -> tuple[Work, Work]:
    """The rule with what it is called with; raises a `Mismatch`."""
    if definition.family == "op":

        def checked() -> Result:
            found = builtin().check("op", definition.name, case.arguments)
            return definition.rule(*case.inputs, **found.rule)

        checked()
        rule = builtin().check("op", definition.name, case.arguments).rule
        return partial(definition.rule, *case.inputs, **rule), checked
    kept: list[Work] = []

    @wraps(definition.rule)
    def keep(*tensors: Any, **arguments: Any) -> Result:
        kept.append(partial(definition.rule, *tensors, **arguments))
        return definition.rule(*tensors, **arguments)

    ruling(replace(definition, rule=keep), case)
    return kept[0], partial(ruling, definition, case)


def microseconds(work: Work, rounds: int) -> float:
    """The median over the rounds of one call's time."""
    found: list[float] = []
    for _ in range(rounds):
        start = time.process_time()
        for _ in range(CALLS):
            work()
        found.append((time.process_time() - start) / CALLS * 1e6)
    return statistics.median(found)


def bounded(work: Work, rounds: int) -> float:
    """The time of one call; the least of several, if the first is above the bound."""
    found = microseconds(work, rounds)
    for _ in range(AGAIN):
        if found <= BOUND:
            break
        found = min(found, microseconds(work, rounds))
    return found


def slowest(
    definitions: Mapping[str, Definition], options: argparse.Namespace
) -> list[tuple[float, float, str]]:
    """The slowest case of each rule: its time, that with the check of its arguments, its text."""
    found: list[tuple[float, float, str]] = []
    for definition in definitions.values():
        rows = [
            (bounded(alone, options.rounds), whole, text)
            for text, alone, whole in calls(definition, options.drawn)
        ]
        if rows:
            alone, whole, text = max(rows, key=lambda row: row[0])
            found.append((alone, microseconds(whole, options.rounds), text))
    return sorted(found, reverse=True)


def main() -> int:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--drawn", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    over = 0
    for what, definitions in (("layers", LAYERS), ("ops", OPS)):
        rows = slowest(definitions, options)
        over += sum(alone > BOUND for alone, _, _ in rows)
        mean = statistics.mean(alone for alone, _, _ in rows)
        table(
            f"The slowest rules of {len(rows)} {what}: at most {rows[0][0]:.1f} µs, {mean:.1f} on "
            f"average; the bound is {BOUND:.0f}",
            ["case", "CPU µs", "with its arguments checked", "within the bound"],
            [
                [text[:90], f"{alone:.1f}", f"{whole:.1f}", "no" if alone > BOUND else "yes"]
                for alone, whole, text in rows[:SHOWN]
            ],
        )
    return int(over > 0)


if __name__ == "__main__":
    sys.exit(main())
