"""The lock: what a run was made of, so that it can be made again."""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from specc.document.origin import Origin
from specc.document.spec import Train
from specc.infer.program import Program
from specc.lower.instances import keras
from specc.lower.json import digest
from specc.plugin.used import used
from specc.train.values import values
from specc.version import VERSION

_PACKAGES = ("keras", "tensorflow", "tensorflow-cpu", "numpy", "scikit-learn")


NOT_HASHED = "a tf.data.Dataset, which is read while it is trained on, and so has no hash"
"""Why a lock's `data` is null."""


def lock(program: Program, data: str | None, epochs: int, run: Path) -> dict[str, Any]:
    """Hashes of program and data, seed, versions, threads and machine, as JSON has them.

    `run` is the run's folder. What the spec came from and was set to is there too, so that the run
    can be made again, and told from others, without reading the spec.
    """
    train = program.train or Train()
    return {
        "specc": VERSION,
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        **_origin(program, run),
        "parameters": program.parameters,
        "program": digest(program),
        "data": data,
        **({"data_not_hashed": NOT_HASHED} if data is None else {}),
        "seed": train.seed,
        "epochs": epochs,
        "backend": keras().backend.backend(),
        "precision": train.precision,
        "threads": {
            "cpus": os.cpu_count(),
            "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS"),
            "TF_NUM_INTEROP_THREADS": os.environ.get("TF_NUM_INTEROP_THREADS"),
            "TF_NUM_INTRAOP_THREADS": os.environ.get("TF_NUM_INTRAOP_THREADS"),
        },
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
        "plugins": used(program),
        "packages": {p: v for p in _PACKAGES if (v := _version(p)) is not None},
    }


def weights_digest(model: Any) -> str:
    """The hash of a model's weights, bit for bit, in their order."""
    import numpy as np

    found = hashlib.sha256()
    for variable in model.weights:
        values = np.asarray(variable.numpy() if hasattr(variable, "numpy") else variable)
        found.update(f"{values.dtype} {values.shape}\n".encode())
        found.update(np.ascontiguousarray(values).tobytes())
    return found.hexdigest()


def _origin(program: Program, run: Path) -> dict[str, Any]:
    """The spec's file and folder, what was set beside it, and what tells runs of one name apart."""
    origin = program.origin
    if origin is None:
        return {}
    return {
        "spec": {"file": origin.file, "folder": seen_from(run.absolute(), origin)},
        "settings": {"params": dict(origin.params), "sets": list(origin.sets)},
        "values": values(program),
    }


def seen_from(run: Path, origin: Origin) -> str:
    """The spec's folder as seen from the run's: a project may be moved with both in it."""
    shared = Path(os.path.commonpath([run, origin.folder]))
    inside = shared != Path(shared.anchor)
    return os.path.relpath(origin.folder, run) if inside else str(origin.folder)


def spec_folder(run: Path, lock: Mapping[str, Any]) -> Path:
    """The folder that the paths in a run's spec begin at, which may be gone."""
    return Path(os.path.normpath(run.absolute() / lock.get("spec", {}).get("folder", ".")))


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
