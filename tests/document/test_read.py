"""A file or a text becomes a tree; what is no spec is never quoted."""

from __future__ import annotations

from pathlib import Path

import pytest

import specc
from specc.document import read

from .reading import HEAD, TAIL, fault

SECRETS = [
    "password: hunter2\n  key: [\n",
    "password: hunter2\npassword: hunter3\n",
    "password: hunter2\n",
    "hunter2\n",
    "password: !hunter2 x\n",
    "password: *hunter2\n",
    "[hunter2]: x\n",
    "- hunter2\n",
    "password: 'hunter2\n",
    "password: 1e999 # hunter2\n",
]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("name", ["secret.yaml", "secret.json", "secret.env"])
def test_a_file_that_is_no_spec_is_never_quoted(tmp_path: Path, secret: str, name: str) -> None:
    """Neither its lines nor its keys nor its values: a spec may name any file in `extends`."""
    (tmp_path / name).write_text(secret)
    (tmp_path / "spec.yaml").write_text(f"specc: 1\nextends: {name}\n{TAIL}")
    report = specc.check(tmp_path / "spec.yaml")
    assert not report.ok
    assert "hunter" not in str(report)
    assert "hunter" not in str(specc.check(tmp_path / name))
    (found,) = report
    assert found.span is not None
    assert found.span.line == 2, "the place is that of `extends`"


def test_a_json_file_is_read_by_jsons_rules(tmp_path: Path) -> None:
    """Whatever the case of its ending."""
    path = tmp_path / "spec.JSON"
    path.write_text("{specc: 1}")
    assert "this is no JSON" in str(specc.check(path))


def test_a_text_of_more_than_64_mib_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is parsed."""
    monkeypatch.setattr(read, "BYTES", len(HEAD))
    assert fault(HEAD + TAIL).code == "S109"


def test_an_empty_document_says_how_a_spec_begins() -> None:
    """And names the command that writes one."""
    assert "specc new" in (fault("").help or "")
