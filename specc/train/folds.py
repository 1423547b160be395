"""The folders of a cross-validated run: `fold-1`, `fold-2`, …, each with its own history."""

from __future__ import annotations

from pathlib import Path


def fold_folders(run: Path) -> list[Path]:
    """The folds' folders in order; none of a run without folds."""
    found = [
        p
        for p in run.glob("fold-*")
        if p.name.removeprefix("fold-").isdecimal() and (p / "history.csv").is_file()
    ]
    return sorted(found, key=lambda p: int(p.name.removeprefix("fold-")))
