"""Run folders are numbered without a gap between looking and taking."""

from __future__ import annotations

import importlib
import os
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from specc.train.failure import RunFailed
from specc.train.folder import allocate


def test_numbers_go_on_from_the_last_one(tmp_path):
    assert allocate(tmp_path, "digits").name == "1"
    assert allocate(tmp_path, "digits").name == "2"
    (tmp_path / "digits" / "9").mkdir()
    (tmp_path / "digits" / "notes").mkdir()
    assert allocate(tmp_path, "digits").name == "10"


def test_runs_that_begin_at_once_get_folders_of_their_own(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: allocate(tmp_path, "digits"), range(40)))
    assert len(set(made)) == 40


@contextmanager
def locked():
    """A folder that nothing can be written to: as somebody who is not root, who may all."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    folder.chmod(0o555)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield folder
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o755)
        shutil.rmtree(folder)


def test_a_read_only_folder_is_refused():
    with locked() as folder, pytest.raises(RunFailed, match="may not be written") as caught:
        allocate(folder, "digits")
    assert caught.value.status == 3


@pytest.mark.skipif(not Path("/sys").is_dir(), reason="there is no file system of the kernel's")
def test_a_run_is_refused_before_anything_is_read(monkeypatch):
    """No data is loaded for a folder that nothing can be written to."""
    from .small import program

    made = program()
    train = importlib.import_module("specc.train.train").train
    monkeypatch.setattr(importlib.import_module("specc.train.quiet"), "load_keras", str)
    monkeypatch.setattr(importlib.import_module("specc.data.load"), "load", None)
    with pytest.raises(RunFailed, match="may not be written") as caught:
        train(made, runs="/sys")  # where root may not write either
    assert caught.value.status == 3


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "runs").write_text("")
    with pytest.raises(RunFailed):
        allocate(tmp_path / "runs", "digits")
