"""How long the proof of a space takes: 10,000 combinations of the digits spec, by what varies."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from measure import DIGITS, median, table

BOUND = 10.0
"""How many seconds of the processor 10,000 combinations may take."""

CHILD = """
import json, sys, time
from pathlib import Path
from specc.pipeline import Settings, passes
passes(Path(sys.argv[1]), settings=Settings())
start, work = time.perf_counter(), time.process_time()
outcome = passes(Path(sys.argv[2]), settings=Settings(prove=True))
wall, cpu = time.perf_counter() - start, time.process_time() - work
proof, errors = outcome.proof, [one.message for one in outcome.report.errors]
print(json.dumps([wall, cpu, proof.combinations if proof else 0, errors]))
"""

WIDTHS = [8 * i for i in range(1, 11)]
TOPOLOGIES = [[a, b] for a in WIDTHS for b in WIDTHS]
LASTS = [
    {"Dense": {"units": 10, "activation": "softmax", "use_bias": bias, "kernel_initializer": name}}
    for bias in (True, False)
    for name in ("zeros", "ones", "glorot_uniform", "he_normal", "lecun_normal")
]
SPACES: dict[str, dict[str, Any]] = {
    "mixed: 100 graphs, each trained in 100 ways": {
        "params.topology": {"choice": TOPOLOGIES[:10]},
        "params.rate": {"choice": [i / 20 for i in range(10)]},
        "train.optimizer": {"choice": [{n: {}} for n in ("Adam", "SGD", "RMSprop", "Nadam")]},
        "train.optimizer.*.learning_rate": {"choice": [10.0**-i for i in range(1, 6)]},
        "train.batch_size": {"choice": [16, 32, 64, 128, 256]},
    },
    "widths and rates: 10,000 graphs": {
        "params.topology": {"choice": TOPOLOGIES},
        "params.rate": {"choice": [i / 200 for i in range(100)]},
    },
    "whole layers: 10,000 graphs": {
        "params.topology": {"choice": TOPOLOGIES},
        "graph.digit.last": {"choice": LASTS},
        "params.rate": {"choice": [i / 20 for i in range(10)]},
    },
}


def spec(space: dict[str, Any]) -> str:
    """The digits spec with another space; its last layer has an `id`."""
    text = DIGITS.read_text().partition("\ntune:")[0]
    last = "Dense: {units: 10, activation: softmax}"
    text = text.replace(last, f"{{{last}, id: last}}")
    tune = {"objective": "val_accuracy", "space": space}
    return f"{text}\ntune: {json.dumps(tune)}\n"


def measured(path: Path) -> tuple[float, float, int]:
    """One proof in a process of its own: seconds by the clock, of the processor, combinations."""
    command = [sys.executable, "-c", CHILD, str(DIGITS), str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    wall, processor, combinations, errors = json.loads(done.stdout)
    if errors:
        raise SystemExit(f"{path.name}: {errors}")
    return wall, processor, combinations


def main() -> int:
    """Prints the table; exits with 1 where a proof takes longer than the bound."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    rows: list[list[str]] = []
    slow = False
    with tempfile.TemporaryDirectory() as name:
        for what, space in SPACES.items():
            path = Path(name) / "digits.yaml"
            path.write_text(spec(space))
            runs = [measured(path) for _ in range(rounds)]
            wall, processor, combinations = (median(each) for each in zip(*runs, strict=True))
            slow = slow or processor > BOUND
            rows.append(
                [
                    what,
                    f"{combinations:,.0f}",
                    f"{wall:.2f}",
                    f"{processor:.2f}",
                    f"{processor / combinations * 1e3:.3f}",
                    f"{BOUND:.0f}{' EXCEEDED' if processor > BOUND else ''}",
                ]
            )
    head = ["what varies", "combinations", "s", "CPU s", "CPU ms each", "bound, CPU s"]
    table("Proving a space", head, rows)
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
