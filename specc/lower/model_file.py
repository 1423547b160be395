"""A `.keras` file -> a Keras model, after everything in it was looked at.

What Keras loads is a copy made here, of what was checked and nothing else: so that the file cannot
change in between, and without the shapes that a config says its layers were built with, which Keras
would allocate before it sees that they do not fit.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from specc.catalogue.plain import is_dict, is_list
from specc.expand.outside import Outside
from specc.infer.program import Program
from specc.lift import archive
from specc.lift.saved import Unliftable
from specc.lower.weights_file import bound, check_weights

_LEFT_OUT = ("build_config", "compile_config")


def loaded(k: Any, outside: Outside, program: Program) -> Any:
    """The model; raises `Unliftable`."""
    assert outside.path is not None
    with tempfile.TemporaryDirectory(prefix="specc-") as folder:
        copy = Path(folder) / "model.keras"
        _copied(outside, program, Path(folder), copy)
        try:
            model = k.models.load_model(copy, compile=False, safe_mode=True)
        except (ValueError, TypeError, KeyError, OSError, AttributeError, RuntimeError) as error:
            first = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise Unliftable(f"Keras does not load it: {first[:200]}") from None
    if isinstance(model, k.Sequential):
        model = k.Model(model.inputs, model.outputs)
    return model


def _copied(outside: Outside, program: Program, folder: Path, copy: Path) -> None:
    """Writes the copy that Keras loads."""
    assert outside.path is not None
    with archive.opened(outside.path) as file:
        found = archive.read_open(file)
        if found.digest != outside.digest:
            raise Unliftable("it has changed since it was checked")
        most = bound(_parameters(found.config, program), _layers(found.config))
        if found.held > 2 * most:
            raise Unliftable(f"it holds {found.held:,} bytes of weights, more than its layers have")
        with zipfile.ZipFile(file) as source, zipfile.ZipFile(copy, "w") as target:
            for member in source.infolist():
                if member.filename == archive.CONFIG:
                    target.writestr(archive.CONFIG, json.dumps(_cleaned(found.config)))
                elif member.filename == archive.WEIGHTS:
                    weights = folder / "weights.h5"
                    with source.open(member) as inside, weights.open("wb") as written:
                        shutil.copyfileobj(inside, written, 2**20)
                    check_weights(weights, most)
                    target.write(weights, archive.WEIGHTS)
                    weights.unlink()
                elif not member.is_dir():
                    target.writestr(member.filename, source.read(member))


def _parameters(config: Any, program: Program) -> int:
    """How many weights there are; those that the spec does not take are counted by the file."""
    assert program.outside is not None
    return max(program.parameters, (program.outside.held or 0) // 4)


def _layers(config: Any) -> int:
    if is_dict(config):
        return sum(_layers(v) for v in config.values()) + ("class_name" in config)
    return sum(_layers(v) for v in config) if is_list(config) else 0


def _cleaned(config: Any) -> Any:
    """The configuration without what only Keras's own shortcuts need."""
    if is_dict(config):
        entry = "class_name" in config
        return {k: _cleaned(v) for k, v in config.items() if not (entry and str(k) in _LEFT_OUT)}
    return [_cleaned(v) for v in config] if is_list(config) else config
