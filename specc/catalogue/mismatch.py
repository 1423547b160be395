"""What a rule raises when a layer cannot be applied. It has no position: `infer` gives it one."""

from __future__ import annotations


class Mismatch(Exception):
    """A layer does not fit its inputs, or an argument does not fit the layer.

    `argument` is the path of the argument that is to blame (`("kernel_size", 1)`), and `inputs`
    are the positions of the tensors involved, for the further places that the error shows.
    """

    def __init__(
        self,
        message: str,
        *,
        help: str | None = None,
        argument: str | tuple[str | int, ...] | None = None,
        inputs: tuple[int, ...] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.help = help
        self.argument = (argument,) if isinstance(argument, str) else argument
        self.inputs = inputs


class BadArgument(Mismatch):
    """An argument's value is of a wrong type, out of its range or not among its choices."""


class UnknownArgument(Mismatch):
    """An argument that the layer does not have."""


class MissingArgument(Mismatch):
    """An argument that the layer cannot do without."""


class UnknownClass(Mismatch):
    """A name where a known layer, initializer, activation … was wanted."""


class Refused(Mismatch):
    """Something that Keras has and specc does not allow; the help says what to use instead."""


class BadCombination(Mismatch):
    """Arguments that are right each by itself and that the layer refuses together."""


class RankMismatch(Mismatch):
    """A tensor has too many or too few dimensions."""


class ShapeMismatch(Mismatch):
    """Dimensions do not fit the layer or one another."""


class UnknownSize(Mismatch):
    """The layer needs to know a dimension that is unknown here."""


class DTypeMismatch(Mismatch):
    """A tensor has a dtype that the layer cannot take."""


class InputCount(Mismatch):
    """The layer takes fewer or more tensors, or other arguments, than it is given."""
