"""The transforms that a spec may name, and how one is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from specc.catalogue.kinds import Within, nearest
from specc.catalogue.mismatch import BadArgument, UnknownClass
from specc.data.named import Named
from specc.data.transforms.transform import Transform

TRANSFORMS: Mapping[str, type[Transform]] = Named[Transform](
    "specc.data.transforms",
    {
        "flatten": "shape.Flatten",
        "scale": "numbers.Scale",
        "standardize": "numbers.Standardize",
        "one_hot": "numbers.OneHot",
        "classes": "labels.Classes",
        "impute": "labels.Impute",
        "cast": "numbers.Cast",
        "expand_dims": "shape.ExpandDims",
        "resize": "picture.Resize",
        "tokenize": "text.Tokenize",
        "pad": "text.Pad",
        "windows": "windows.Windows",
    },
)


def read_transform(written: Any) -> Transform:
    """The transform that a spec writes as `flatten` or `{scale: 0.0625}`; raises a `Mismatch`."""
    if isinstance(written, str):
        return _named(written).read(None)
    if isinstance(written, Mapping) and len(written) == 1:  # pyright: ignore[reportUnknownArgumentType]
        ((name, argument),) = written.items()  # pyright: ignore[reportUnknownVariableType]
        if isinstance(name, str):
            with Within(name):
                return _named(name).read(argument)
    raise BadArgument("a transform is a name, or one name as a key with its arguments")


def restore_transform(state: Mapping[str, Any]) -> Transform:
    """The transform, with what it learned, that `Transform.state` was taken of."""
    return _named(str(state["name"])).restore(state)


def _named(name: str) -> type[Transform]:
    found = TRANSFORMS.get(name)
    if found is None:
        close = nearest(name, list(TRANSFORMS))
        listed = ", ".join(TRANSFORMS)
        raise UnknownClass(
            f"there is no transform named `{name}`",
            help=f"did you mean `{close}`?" if close else f"the transforms are {listed}",
        )
    return found
