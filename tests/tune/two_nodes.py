"""A study on a Ray cluster of two nodes, a worker of which is killed: in a process of its own.

`python -m tests.tune.two_nodes FOLDER` prints a line of JSON.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any, Literal

from .quick import SPEC

STORE = 80 * 2**20
MORE = 30
"""How many trials further it goes after the kill: a task has several at once."""


def _tasks() -> list[int]:
    """The processes that train for us now."""
    found: list[int] = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if path.read_bytes().startswith(b"ray::_task"):
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found


def main(folder: Path) -> None:
    """Starts the nodes, searches and kills."""
    from ray.cluster_utils import Cluster

    import specc

    cluster: Any = Cluster(
        initialize_head=True,
        head_node_args={"num_cpus": 1, "object_store_memory": STORE, "include_dashboard": False},
    )
    cluster.add_node(num_cpus=1, object_store_memory=STORE)
    epochs: dict[int, list[int]] = {}
    seen: dict[str, int] = {"at once": 0, "killed": 0}
    last: list[int] = []

    def on_report(report: Any) -> Literal["end"] | None:
        epochs.setdefault(report.number, []).append(report.epoch)
        if last:
            return "end" if report.number > last[0] else None
        time.sleep(0.02)  # until the second node has its task, too
        running = _tasks()
        seen["at once"] = max(seen["at once"], len(running))
        if len(running) > 1 and report.epoch == 3:
            os.kill(running[0], signal.SIGKILL)
            seen["killed"] += 1
            last.append(report.number + MORE)
        return None

    study = specc.tune(
        {**SPEC, "train": {"optimizer": "adam", "epochs": 6}},
        space={"train.optimizer.Adam.learning_rate": {"log_uniform": [0.001, 0.1]}},
        objective="val_loss",
        trials=2000,
        engine="ray",
        address=cluster.address,
        studies=folder,
        progress="none",
        on_report=on_report,
    )
    cluster.shutdown()
    ended = [t for t in study.trials if t.state == "done"]
    found = {
        **seen,
        "engines": list(study.engines),
        "states": sorted({t.state for t in study.trials}),
        "ended": len(ended),
        "in order": all(epochs[t.number] == [1, 2, 3, 4, 5, 6] for t in ended),
        "lost": [t.number for t in study.trials if t.state != "done" and t.number < last[0] - MORE],
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
