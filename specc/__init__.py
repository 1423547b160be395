"""A compiler for neural-network specs: YAML or JSON in, proven shapes and Keras models out."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from specc.version import VERSION as __version__  # noqa: N811  # as every package has it

if TYPE_CHECKING:
    from specc.catalogue.types import TensorType
    from specc.diagnostics.report import Report, SpecError
    from specc.infer.program import Program
    from specc.lower.diagram.draw import draw
    from specc.lower.keras import to_keras
    from specc.lower.missing import MissingExtra
    from specc.pipeline import check, compile, open_run, open_study, tune  # noqa: A004  # public, as `re.compile`
    from specc.plugin.plugin import Plugin
    from specc.train.run import Run
    from specc.train.train import train
    from specc.tune.folder import Study
    from specc.tune.function import search

_LATER = {
    "MissingExtra": "specc.lower.missing",
    "Plugin": "specc.plugin.plugin",
    "Program": "specc.infer.program",
    "Report": "specc.diagnostics.report",
    "Run": "specc.train.run",
    "SpecError": "specc.diagnostics.report",
    "Study": "specc.tune.folder",
    "TensorType": "specc.catalogue.types",
    "check": "specc.pipeline",
    "compile": "specc.pipeline",
    "draw": "specc.lower.diagram.draw",
    "open_run": "specc.pipeline",
    "open_study": "specc.pipeline",
    "search": "specc.tune.function",
    "to_keras": "specc.lower.keras",
    "train": "specc.train.train",
    "tune": "specc.pipeline",
}
"""Imported when they are first asked for, so that the command starts as fast as it can."""

__all__ = [
    "MissingExtra",
    "Plugin",
    "Program",
    "Report",
    "Run",
    "SpecError",
    "Study",
    "TensorType",
    "__version__",
    "check",
    "compile",
    "draw",
    "open_run",
    "open_study",
    "search",
    "to_keras",
    "train",
    "tune",
]

# Two packages have the names of functions. A package takes its name here when it is first imported:
# now, so that the function has it from then on.
for _name in ("train", "tune"):
    import_module(f"{__name__}.{_name}")
    del globals()[_name]


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(_LATER[name]), name)
    return found


def __dir__() -> list[str]:
    return __all__
