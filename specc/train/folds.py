"""The folders of a cross-validated run: `fold-1`, `fold-2`, …, each a run by itself."""

from __future__ import annotations

from pathlib import Path


def fold_folder(run: Path, fold: int) -> Path:
    """The folder of a fold, which counts from 1."""
    return run / f"fold-{fold}"


def fold_folders(run: Path) -> list[Path]:
    """The folds' folders in order, as far as they have begun; none of a run without folds."""
    found = [
        p
        for p in run.glob("fold-*")
        if p.name.removeprefix("fold-").isdecimal()
        and not p.is_symlink()  # which may lead anywhere
        and (p / "lock.json").is_file()
    ]
    return sorted(found, key=lambda p: int(p.name.removeprefix("fold-")))
