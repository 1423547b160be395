"""Run folders are numbered without a gap between looking and taking."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

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


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(RunFailed, match="may not be written"):
        allocate(tmp_path, "digits")
    tmp_path.chmod(0o700)


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "runs").write_text("")
    with pytest.raises(RunFailed):
        allocate(tmp_path / "runs", "digits")
