"""The lock: what a run was made of, so that it can be made again."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from specc.document.spec import Train
from specc.infer.program import Program
from specc.lower.instances import keras
from specc.lower.json import digest
from specc.plugin.used import used
from specc.version import VERSION

_PACKAGES = ("keras", "tensorflow", "tensorflow-cpu", "numpy", "scikit-learn")


def lock(program: Program, data: str | None, epochs: int) -> dict[str, Any]:
    """Hashes of program and data, seed, versions, threads and machine, as JSON has them."""
    train = program.train or Train()
    return {
        "specc": VERSION,
        "program": digest(program),
        "data": data,
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


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
