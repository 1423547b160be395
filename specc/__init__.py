"""A compiler for neural-network specs: YAML or JSON in, proven shapes and Keras models out."""

from specc.catalogue.types import TensorType
from specc.diagnostics.report import Report, SpecError
from specc.infer.program import Program
from specc.pipeline import check, compile  # noqa: A004  # the public name, as `re.compile`
from specc.version import VERSION as __version__

__all__ = ["Program", "Report", "SpecError", "TensorType", "__version__", "check", "compile"]
