"""Only regular files below the spec's folder are opened, and none that is too long or no text."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from specc.document import files
from specc.document.failure import Unreadable
from specc.document.files import Folder, read_text


def refused(path: Path | str) -> str:
    """The message for a file that cannot be read."""
    with pytest.raises(Unreadable) as caught:
        read_text(Path(path), "spec.yaml")
    assert caught.value.diagnostic.code in ("S101", "S109")
    return caught.value.diagnostic.message


def test_a_file_is_read_as_utf8_with_or_without_a_mark(tmp_path: Path) -> None:
    """The byte-order mark is no part of the text."""
    path = tmp_path / "spec.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: \xc3\xa9\r\n")
    assert read_text(path, "spec.yaml") == "a: é\r\n"


def test_what_is_no_regular_file_is_refused_at_once(tmp_path: Path) -> None:
    """A pipe would wait for ever and a device never end: neither is opened for reading."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert "no regular file" in refused(pipe)
    assert "no regular file" in refused("/dev/zero")
    assert "a folder" in refused(tmp_path)


def test_what_cannot_be_opened_says_why(tmp_path: Path) -> None:
    """Missing, forbidden, impossible: never a traceback."""
    assert "does not exist" in refused(tmp_path / "no.yaml")
    assert "does not exist" in refused(tmp_path / "no.yaml" / "below")
    assert "is no path" in refused("a\0b")
    assert "cannot be read" in refused("x" * 5000)
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    assert "cannot be read" in refused(loop)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_permission_says_so(tmp_path: Path) -> None:
    """And is not called missing."""
    path = tmp_path / "spec.yaml"
    path.write_text("a: 1")
    path.chmod(0)
    assert "may not be read" in refused(path)


def test_a_missing_file_has_a_neighbour_that_was_meant(tmp_path: Path) -> None:
    """The nearest spec of the same folder is offered."""
    (tmp_path / "digits.yaml").write_text("a: 1")
    with pytest.raises(Unreadable) as caught:
        read_text(tmp_path / "digit.yaml", "specs/digit.yaml")
    assert caught.value.diagnostic.help == "did you mean `specs/digits.yaml`?"


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1", "utf-32"])
def test_another_encoding_is_refused_without_quoting(tmp_path: Path, encoding: str) -> None:
    """A spec is UTF-8; of anything else only the place is told."""
    path = tmp_path / "spec.yaml"
    path.write_bytes("a: 1\nsecret: é\n".encode(encoding))
    message = refused(path)
    assert "not UTF-8" in message
    assert "secret" not in message


def test_a_text_of_more_than_64_mib_is_refused_unread(tmp_path: Path) -> None:
    """The size is asked for before a byte is read."""
    path = tmp_path / "spec.yaml"
    with path.open("wb") as file:
        file.truncate(files.BYTES + 1)
    assert "longer than 64 MiB" in refused(path)


# --- paths in a spec ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        "../base.yaml",
        "/etc/passwd",
        "below/../../base.yaml",
        "out/base.yaml",
        "http://example.com/base.yaml",
        "file:///etc/passwd",
        "hf://model",
        "//host/share",
        "a\0b",
    ],
)
def test_a_path_may_not_lead_out_of_the_folder(tmp_path: Path, written: str) -> None:
    """Neither by `..`, nor by a link, nor by an address."""
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "elsewhere").mkdir()
    (home / "out").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Unreadable) as caught:
        Folder(home).resolve(written, None)
    assert caught.value.diagnostic.code == "S115"


def test_a_path_may_wander_inside_the_folder(tmp_path: Path) -> None:
    """`..` and links are fine where they stay in it, or lead where the command line allows."""
    home, other = tmp_path / "home", tmp_path / "other"
    (home / "below").mkdir(parents=True)
    other.mkdir()
    assert Folder(home).resolve("below/../base.yaml", None) == home / "base.yaml"
    assert Folder(home, (other,)).resolve("../other/base.yaml", None) == other / "base.yaml"
