"""A worker of the engine `process`: reads trials from standard input, and trains each.

Each line of either stream is a JSON object. After each epoch it waits to hear whether to go on.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

from specc.document.files import Folder
from specc.lower.fetching import fetching
from specc.tune.parcel import compiled
from specc.tune.plain import Stopped, said, trained
from specc.tune.started import at_start


def main() -> None:
    """Trains until the driver closes the pipe."""
    at_start()
    out = os.fdopen(os.dup(1), "w")  # what others print is no message
    os.dup2(2, 1)
    for line in sys.stdin:
        trial = json.loads(line)
        began = time.perf_counter()
        try:
            folder = Folder(Path(trial["folder"]), tuple(map(Path, trial["allowed"])))
            program = compiled(trial["spec"], folder, trial["plugins"])
            with fetching(trial["fetch"]):
                logs, model = trained(
                    program,
                    Path(trial["runs"]),
                    lambda epoch, found: _goes_on(out, epoch, found),
                    trial["fold"],
                )
            seconds = time.perf_counter() - began
            _say(out, {"logs": logs, "model": str(model), "seconds": seconds})
        except Stopped:
            _say(out, {"stopped": True})
        except Exception as error:  # whatever it is, the study goes on
            _say(out, {"failed": said(error)})


def _goes_on(out: TextIO, epoch: int, logs: Mapping[str, float]) -> bool:
    _say(out, {"epoch": epoch, "logs": logs})
    answer = sys.stdin.readline()
    if not answer:
        os._exit(1)  # the driver is gone
    return json.loads(answer)["go"]


def _say(out: TextIO, message: Mapping[str, Any]) -> None:
    out.write(json.dumps(message) + "\n")
    out.flush()


if __name__ == "__main__":
    main()
