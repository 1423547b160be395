"""A generation: one file with a checksum, written whole. The last two are kept."""

from __future__ import annotations

import hashlib
import io
import json
import sys
from pathlib import Path
from typing import Any

from specc.lower.writing import write_bytes
from specc.train.checkpoint.plain import Arrays, flattened, restored

_MAGIC = b"specc-1\n"
_SIZE = hashlib.sha256().digest_size
KEPT = 2
FOLDER = "checkpoints"
ENDING = ".ckpt"


def write(run: Path, values: dict[str, Any]) -> Path:
    """Writes the next generation of a run, and takes away those before the last two.

    Raises `OSError`; then the generations that were there are there still.
    """
    import numpy as np

    before = generations(run)
    arrays: Arrays = []
    text = json.dumps(flattened(values, arrays)).encode()
    body = io.BytesIO()
    named = {f"a{i}": a for i, a in enumerate(arrays)}
    np.savez(body, text=np.frombuffer(text, np.uint8), **named)  # pyright: ignore[reportArgumentType]
    data = body.getvalue()
    number = 1 + (int(before[-1].stem) if before else 0)
    path = run / FOLDER / f"{number:08d}{ENDING}"
    write_bytes(path, _MAGIC + hashlib.sha256(data).digest() + data)
    for old in before[: len(before) + 1 - KEPT]:
        old.unlink(missing_ok=True)
    return path


def generations(run: Path) -> list[Path]:
    """The generations of a run, the newest last, without what a kill left half written."""
    folder = run / FOLDER
    if not folder.is_dir():
        return []
    return sorted(p for p in folder.glob(f"*{ENDING}") if p.stem.isdecimal())


def read(path: Path) -> dict[str, Any] | None:
    """What a generation holds; `None` where it is torn."""
    import numpy as np

    try:
        raw = path.read_bytes()
    except OSError:
        return None
    head, data = raw[: len(_MAGIC) + _SIZE], raw[len(_MAGIC) + _SIZE :]
    if head != _MAGIC + hashlib.sha256(data).digest():
        return None
    with np.load(io.BytesIO(data), allow_pickle=False) as held:
        arrays = [held[f"a{i}"] for i in range(len(held.files) - 1)]
        found: dict[str, Any] = restored(json.loads(held["text"].tobytes()), arrays)
    return found


def newest(run: Path) -> dict[str, Any] | None:
    """The newest whole generation of a run; says on standard error which ones are torn."""
    found = generations(run)
    for i, path in reversed([*enumerate(found)]):
        held = read(path)
        if held is not None:
            return held
        then = "the one before it is used" if i else "it was the last, so the training begins again"
        print(f"warning: {path} is torn; {then}", file=sys.stderr)  # noqa: T201  # to the user
    return None
