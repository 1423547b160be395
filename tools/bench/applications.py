"""Operations of `keras.applications`, specc's against TensorFlow's profiler, and what is apart.

    python tools/bench/applications.py [NAME ...]

Prints a row for each: specc's count, the profiler's, the difference in percent, what of it is
explained by the conventions of `tests/lift/profiled.py`, and what is left.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT)]

from specc.catalogue import applications  # noqa: E402
from tests.lift import profiled  # noqa: E402


def main(names: list[str]) -> int:
    print("| application | specc | profiler | apart, % | explained | left |")
    print("| --- | ---: | ---: | ---: | --- | ---: |")
    worst = 0.0
    for name in names or applications.names():
        made = profiled.program(name)
        flops, theirs = made.flops or 0, profiled.counted(name)
        why = profiled.apart(made)
        left = theirs - flops - sum(why.values())
        worst = max(worst, abs(left) / theirs)
        listed = ", ".join(f"{n} {c:+,}" for n, c in why.items())
        percent = 100 * (flops - theirs) / theirs
        print(
            f"| {name} | {flops:,} | {theirs:,} | {percent:+.2f} | {listed} | {left:,} |",
            flush=True,
        )
    return 1 if worst > 0.01 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
