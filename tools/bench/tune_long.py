"""A study of many trials: whether memory stays flat, the ledger small, and the last as quick.

`--engine still` trains nothing, and shows what the driver costs: the sampler, the proof of each
trial, the ledger. Other engines are those of `specc tune`.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

from measure import table
from tune import searched


class Still:
    """An engine that reports four numbers an epoch, and trains nothing."""

    name = "still"

    def why_not(self, trial: Any) -> str | None:
        """It can express everything."""
        return None

    def group_key(self, trial: Any) -> str:
        """All are alike."""
        return ""

    def run(self, source: Any) -> None:
        """Reports each trial's epochs, one trial after the other."""
        from specc.tune.engine import Result

        names = ("loss", "accuracy", "val_loss", "val_accuracy")
        while (trial := source.next()) is not None:
            logs: dict[str, float] = {}
            for epoch in range(1, trial.epochs + 1):
                logs = dict.fromkeys(names, 1 - 1 / (epoch + trial.values["params.rate"]))
                if not source.report(trial.id, epoch, logs):
                    break
            else:
                source.done(trial.id, Result(logs, None, 0.0))


def _resident(process: str) -> float:
    """The memory that a process holds, in MiB; 0 where it is no more."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * resource.getpagesize() / 2**20


def _children() -> list[str]:
    """The processes that this one has begun."""
    return [c for p in Path("/proc/self/task").glob("*/children") for c in p.read_text().split()]


def main() -> None:
    """Prints a row for each tenth of the study."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=10_000)
    parser.add_argument("--engine", default="slots")
    parser.add_argument("--sampler", default="random")
    parser.add_argument("--pruner", default="none")
    options = parser.parse_args()
    import specc

    rows: list[list[str]] = []
    began, processor = time.perf_counter(), time.process_time()
    last = 0

    def on_report(report: Any) -> None:
        nonlocal began, processor, last
        tenth = report.number * 10 // options.trials
        if tenth <= last:
            return
        last = tenth
        now, cpu = time.perf_counter(), time.process_time()
        each = 1000 / (options.trials / 10)
        rows.append(
            [
                f"{tenth * 10} %",
                f"{(now - began) * each:.1f}",
                f"{(cpu - processor) * each:.2f}",
                f"{_resident('self'):.0f}",
                f"{sum(map(_resident, _children())):.0f}",
            ]
        )
        began, processor = now, cpu

    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        study = specc.tune(
            searched("mlp", options.sampler),
            pruner=options.pruner,
            trials=options.trials,
            engine=Still() if options.engine == "still" else options.engine,
            studies=folder,
            progress="none",
            on_report=on_report,
        )
        seconds = time.perf_counter() - start
        ledger = sum(p.stat().st_size for p in study.path.glob("ledger.sqlite*")) / 2**20
    head = ["of the trials", "ms a trial", "driver's processor ms", "driver's MiB", "engine's"]
    table(f"{options.trials:,} trials, {options.engine}, {options.sampler}", head, rows)
    print(json.dumps({"seconds": round(seconds, 1), "ledger MiB": round(ledger, 1)}))


if __name__ == "__main__":
    main()
