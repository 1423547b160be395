"""A study's folder is begun once, and gone on with only where its spec is the one at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from specc.tune.making import StudyFailed, begun


@pytest.mark.parametrize("other", [b"specc: 1\n# more\n", b"\xff\xfe"], ids=["other", "no UTF-8"])
def test_a_study_of_another_spec_is_not_gone_on_with(tmp_path: Path, other: bytes) -> None:
    """Whatever its file holds; with its own spec, line ends and all, it is."""
    text = "specc: 1\r\n"
    folder = begun(tmp_path, "s", text, False, None)
    assert begun(tmp_path, "s", text, True, None) == folder
    (folder / "spec.yaml").write_bytes(other)
    with pytest.raises(StudyFailed, match="is not that of"):
        begun(tmp_path, "s", text, True, None)
