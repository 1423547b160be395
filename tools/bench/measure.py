"""Fair timing on a noisy machine: rivals take turns, an answer is a median, tables are Markdown."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
DIGITS = ROOT / "specs" / "digits.yaml"
BIN = Path(sys.executable).parent


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def alternated(rivals: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Each rival's times. They take turns, so that a busy minute hits all of them alike."""
    times: dict[str, list[float]] = {name: [] for name in rivals}
    for turn in range(rounds):
        order = list(rivals.items())
        for name, work in order if turn % 2 else reversed(order):
            times[name].append(seconds(work))
    return times


def median(times: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(times)


def processor_seconds(work: Callable[[], object]) -> float:
    """What the processes that one call starts and waits for take of the processor."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ratio(slow: Sequence[float], quick: Sequence[float]) -> float:
    """The median over the rounds of one rival's time by the other's in the same round."""
    return statistics.median(a / b for a, b in zip(slow, quick, strict=True))


def process(*command: str | Path) -> Callable[[], object]:
    """A whole process as work to be timed; it must succeed, and may keep its byte code."""
    words = [str(word) for word in command]
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return lambda: subprocess.run(words, check=True, capture_output=True, env=kept)


def alone(folder: str, *command: str) -> Any:
    """What a program of Python's prints last, as JSON, in a process of its own in a folder.

    Where it fails this program ends, with what it said.
    """
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(done.stderr[-3000:])
    return json.loads(done.stdout.splitlines()[-1])


def table(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Prints a Markdown table; the first column is text, the others are figures.

    Rows are printed as they come, so that a bench that is stopped has said what it had found.
    """
    print(f"\n### {title}\n")
    print("|", " | ".join(head), "|")
    print("|", " | ".join(["---"] + ["---:"] * (len(head) - 1)), "|", flush=True)
    for row in rows:
        print("|", " | ".join(row), "|", flush=True)
