"""The engine's process: its limits, its failures, its fonts."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from specc.lower.diagram import engine, fonts
from specc.lower.diagram.errors import EngineError

SOURCE = "digraph { a -> b [label=<x>] }"


def test_it_draws_without_a_system_package(monkeypatch):
    """Where no `dot` is installed, pygraphviz's engine is used."""
    monkeypatch.setattr(engine.shutil, "which", lambda _: None)
    assert b"<svg" in engine.rendered(SOURCE, "svg")


def test_it_uses_dot_where_it_is_installed(monkeypatch, tmp_path):
    """An installed `dot` is run, with the format and the source."""
    fake = tmp_path / "dot"
    fake.write_text('#!/bin/sh\necho "$@"; cat\n')
    fake.chmod(0o755)
    monkeypatch.setattr(engine.shutil, "which", lambda _: str(fake))
    assert engine.rendered(SOURCE, "png").decode() == f"-Tpng -Gdpi=144\n{SOURCE}"


def test_it_is_stopped_in_time(monkeypatch, tmp_path):
    """A layout that takes too long is ended, and the error says how to draw less."""
    fake = tmp_path / "dot"
    fake.write_text("#!/bin/sh\nexec sleep 60\n")
    fake.chmod(0o755)
    monkeypatch.setattr(engine.shutil, "which", lambda _: str(fake))
    start = time.monotonic()
    with pytest.raises(EngineError, match=r"longer than 1 s.*depth=1"):
        engine.rendered(SOURCE, "svg", seconds=1)
    assert time.monotonic() - start < 30


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo broken >&2; exit 3", "ended with status 3: broken"),
        ("kill -SEGV $$", "ended by signal 11"),
        ("echo \"ModuleNotFoundError: No module named 'pygraphviz'\" >&2; exit 1", "pip install"),
    ],
)
def test_its_failures_are_told(monkeypatch, tmp_path, script, said):
    """A failure is an error with a reason, never a traceback of the child."""
    fake = tmp_path / "dot"
    fake.write_text(f"#!/bin/sh\n{script}\n")
    fake.chmod(0o755)
    monkeypatch.setattr(engine.shutil, "which", lambda _: str(fake))
    with pytest.raises(EngineError, match=said):
        engine.rendered(SOURCE, "svg")


def test_bad_source_is_an_error(monkeypatch):
    """Source that Graphviz cannot read fails with its own words."""
    monkeypatch.setattr(engine.shutil, "which", lambda _: None)
    with pytest.raises(EngineError):
        engine.rendered("digraph { a -> ", "svg")


def test_a_machine_without_fonts(monkeypatch, tmp_path):
    """A picture that needs fonts takes Matplotlib's or says what is missing; an SVG goes on."""
    monkeypatch.setattr(fonts, "installed", lambda: False)
    for name in ("FONTCONFIG_FILE", "FONTCONFIG_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(fonts, "bundled", lambda: tmp_path)
    with fonts.environment("png") as extra:
        file = Path(extra["FONTCONFIG_FILE"])
        assert str(tmp_path) in file.read_text()
    assert not file.exists()
    monkeypatch.setattr(fonts, "bundled", lambda: None)
    with pytest.raises(EngineError, match="no fonts"), fonts.environment("png"):
        pass
    with fonts.environment("svg") as extra:
        assert extra == {}


def test_fonts_are_found(tmp_path):
    """A font anywhere below a folder counts, and nothing else does."""
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "readme.txt").touch()
    assert not fonts_installed(tmp_path)
    (tmp_path / "deep" / "a.ttf").touch()
    assert fonts_installed(tmp_path)


def fonts_installed(folder) -> bool:
    return fonts.installed((str(folder), "/nonexistent"))
