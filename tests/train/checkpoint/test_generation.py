"""A generation is whole or is not used."""

from __future__ import annotations

import numpy as np
import pytest

from specc.train.checkpoint.generation import generations, newest, read, write


def _written(run, count):
    for i in range(count):
        write(run, {"epoch": i, "values": [np.full(100, i)]})


def test_the_last_two_are_kept(tmp_path):
    """Older ones go, and numbers go on."""
    (tmp_path / "checkpoints").mkdir()
    _written(tmp_path, 4)
    assert [p.name for p in generations(tmp_path)] == ["00000003.ckpt", "00000004.ckpt"]
    found = newest(tmp_path)
    assert found is not None
    assert found["epoch"] == 3


@pytest.mark.parametrize("harm", ["truncated", "flipped", "empty", "grown"])
def test_a_torn_one_is_found_and_the_one_before_is_used(tmp_path, harm, capsys):
    """Whatever has happened to the newest file."""
    (tmp_path / "checkpoints").mkdir()
    _written(tmp_path, 2)
    path = generations(tmp_path)[-1]
    raw = bytearray(path.read_bytes())
    if harm == "flipped":
        raw[len(raw) // 2] ^= 1
    elif harm == "grown":
        raw += b"x"
    else:
        raw = raw[: len(raw) // 2] if harm == "truncated" else raw[:0]
    path.write_bytes(raw)
    assert read(path) is None
    found = newest(tmp_path)
    assert found is not None
    assert found["epoch"] == 0
    assert "torn" in capsys.readouterr().err


def test_a_write_that_fails_leaves_what_was_there(tmp_path, monkeypatch):
    """The generations before it are whole, and nothing half written is left."""
    import errno

    (tmp_path / "checkpoints").mkdir()
    _written(tmp_path, 2)

    def full(_path):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("specc.lower.writing._sync", full)
    with pytest.raises(OSError, match="No space"):
        _written(tmp_path, 1)
    assert len(list((tmp_path / "checkpoints").iterdir())) == 2
    found = newest(tmp_path)
    assert found is not None
    assert found["epoch"] == 1
