"""What a plug-in is written with: `from specc.plugin import Plugin, layer, loss`.

A plug-in is a value. It is found by its entry point in the group `specc.plugins`, named by
`--plugin FILE` on the command line, or passed by a program. See docs/plugins.md.
"""

from specc.catalogue.define import Case, Definition, Result, Tensors, Weight, case, tensor
from specc.catalogue.kinds import (
    Axis,
    Choice,
    Flag,
    Float,
    Int,
    Named,
    NonNegative,
    Number,
    Optional,
    Positive,
    Rate,
    Text,
)
from specc.catalogue.mismatch import (
    BadArgument,
    BadCombination,
    DTypeMismatch,
    Mismatch,
    RankMismatch,
    ShapeMismatch,
)
from specc.catalogue.types import TensorType
from specc.data.dataset import Dataset, FieldType
from specc.plugin.find import BadPlugin, from_file
from specc.plugin.plugin import Plugin, callback, layer, loss

__all__ = [
    "Axis",
    "BadArgument",
    "BadCombination",
    "BadPlugin",
    "Case",
    "Choice",
    "DTypeMismatch",
    "Dataset",
    "Definition",
    "FieldType",
    "Flag",
    "Float",
    "Int",
    "Mismatch",
    "Named",
    "NonNegative",
    "Number",
    "Optional",
    "Plugin",
    "Positive",
    "RankMismatch",
    "Rate",
    "Result",
    "ShapeMismatch",
    "TensorType",
    "Tensors",
    "Text",
    "Weight",
    "callback",
    "case",
    "from_file",
    "layer",
    "loss",
    "tensor",
]
