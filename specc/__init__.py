"""A compiler for neural-network specs: YAML or JSON in, proven shapes and Keras models out."""

from specc.catalogue.types import TensorType
from specc.diagnostics.report import Report, SpecError
from specc.infer.program import Program
from specc.lower.diagram.draw import draw
from specc.lower.keras import to_keras
from specc.lower.missing import MissingExtra
from specc.pipeline import check, compile  # noqa: A004  # the public name, as `re.compile`
from specc.train.run import Run, open_run
from specc.train.train import train
from specc.version import VERSION as __version__

__all__ = [
    "MissingExtra",
    "Program",
    "Report",
    "Run",
    "SpecError",
    "TensorType",
    "__version__",
    "check",
    "compile",
    "draw",
    "open_run",
    "to_keras",
    "train",
]
