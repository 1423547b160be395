"""Reads hostile files under limits of memory; prints what came of each as a line of JSON."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from specc.data.failure import BadData
from specc.data.registry import READERS
from specc.document.failure import Unreadable
from specc.document.files import Folder


def main(folder: str) -> None:
    """`cases.json` has a reader and its arguments by the name of each case."""
    root = Path(folder)
    cases = json.loads((root / "cases.json").read_text())
    import numpy
    import PIL.Image
    import pyarrow.csv
    import pyarrow.parquet

    loaded = (numpy, PIL, pyarrow)
    assert all(loaded)
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # nothing may be written
    for name, (reader, arguments) in cases.items():
        began = time.monotonic()
        found = {"case": name, "error": None, "message": "", "rows": 0}
        try:
            source = READERS[reader].read(arguments).open(Folder(root), None)
            fields = list(source.fields)
            whole = source.arrays(fields)
            found["rows"] = len(whole[fields[0]])
            assert sum(len(p.arrays[fields[0]]) for p in source.once(fields)) == found["rows"]
        except BadData as error:
            found |= {"error": "BadData", "message": str(error)}
        except Unreadable as error:
            found |= {"error": "Unreadable", "message": error.diagnostic.message}
        except BaseException as error:
            found |= {"error": type(error).__name__, "message": str(error)}
        found["seconds"] = time.monotonic() - began
        found["grown"] = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - base) >> 10
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
