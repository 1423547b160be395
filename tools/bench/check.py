"""`specc check` against a Python script that builds the same model in Keras: whole processes."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from measure import BIN, DIGITS, alternated, median, process, processor_seconds, ratio, table

BY_HAND = Path(__file__).parent / "digits_by_hand.py"


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    rivals = {
        "`specc check specs/digits.yaml`": process(BIN / "specc", "check", DIGITS),
        "Keras, by hand": process(sys.executable, BY_HAND),
        "`python -c pass`": process(sys.executable, "-c", "pass"),
        "imports of PyYAML, pydantic, networkx": process(
            sys.executable, "-c", "import yaml, pydantic, networkx"
        ),
    }
    # The first run writes byte code and fills the disk's cache; the second is counted.
    processor = {name: [processor_seconds(work) for _ in "12"][1] for name, work in rivals.items()}
    times = alternated(rivals, rounds)
    check = times["`specc check specs/digits.yaml`"]
    table(
        "Checking a spec, the whole process",
        ["process", "median, s", "quickest, s", "CPU s", "times `specc check`"],
        [
            [
                name,
                f"{median(each):.3f}",
                f"{min(each):.3f}",
                f"{processor[name]:.3f}",
                f"{ratio(each, check):.2f}",
            ]
            for name, each in times.items()
        ],
    )


if __name__ == "__main__":
    main()
