"""Transform: the base of all transforms. To add one, write a class and list it in `table`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

from specc.catalogue.kinds import Kind, nearest
from specc.catalogue.mismatch import BadArgument, DTypeMismatch, MissingArgument, UnknownArgument
from specc.data.dataset import FieldType

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Transform:
    """One step of a binding: `flatten`, `{scale: 0.0625}`, `{tokenize: {max_tokens: 1000}}`.

    `name` is what the spec calls it, `takes` are its arguments, `main` the one that may be given
    without its name. A subclass is a frozen dataclass; its fields are its arguments and, with the
    default `None`, what it learns.
    """

    name: ClassVar[str]
    takes: ClassVar[Mapping[str, Kind]] = {}
    main: ClassVar[str | None] = None
    takes_ragged: ClassVar[bool] = False
    """Whether it takes sequences of different lengths, (examples,) of arrays, as they are."""

    @classmethod
    def read(cls, written: Any) -> Self:
        """The transform that the spec writes: `None`, the main argument, or a mapping.

        Raises a `Mismatch` with the argument that is to blame.
        """
        if written is None:
            given: dict[str, Any] = {}
        elif isinstance(written, Mapping):
            given = {str(k): v for k, v in written.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]  # a mapping of the spec has text as keys
        elif cls.main is None:
            raise BadArgument(f"{cls.name} takes no argument", help=f"write `{cls.name}` alone")
        else:
            try:
                return cls(**{cls.main: cls.takes[cls.main].check(written, NO_SCOPE)})
            except BadArgument as error:
                raise BadArgument(f"{cls.name}: {error.message}", help=error.help) from None
        return cls(**cls._checked(given))

    @classmethod
    def _checked(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        for key in given:
            if key not in cls.takes:
                close = nearest(key, list(cls.takes))
                listed = ", ".join(cls.takes) or "none"
                raise UnknownArgument(
                    f"{cls.name} has no argument `{key}`",
                    argument=key,
                    help=f"did you mean `{close}`?" if close else f"its arguments are {listed}",
                )
        for field in fields(cls):
            wanted = field.name in cls.takes and field.default is MISSING
            if wanted and field.name not in given:
                raise MissingArgument(
                    f"{cls.name} needs `{field.name}`", help=f"write `{{{cls.name}: …}}`"
                )
        checked: dict[str, Any] = {}
        for key, value in given.items():
            try:
                checked[key] = cls.takes[key].check(value, NO_SCOPE)
            except BadArgument as error:
                error.argument = (key,)
                raise
        return checked

    def type(self, field: FieldType) -> FieldType:
        """What it makes of a field's type; raises a `Mismatch` where it does not fit."""
        raise NotImplementedError

    def fit(self, values: Array, field: FieldType) -> Self:
        """A copy that has learned from the training part, (examples, …), of that type.

        What learns nothing gives itself.
        """
        return self

    def apply(self, values: Array) -> Array:
        """(examples, …) -> (examples, …), as `type` says; raises a `Mismatch` on what it cannot."""
        raise NotImplementedError

    def stepwise(self, field: FieldType) -> bool:
        """Whether what it makes of a step depends on that step alone, so that it may be cut."""
        return False

    def state(self) -> dict[str, Any]:
        """Its arguments and what it learned, as JSON has them, under its name."""
        return {"name": self.name} | {f.name: getattr(self, f.name) for f in fields(self)}

    @classmethod
    def restore(cls, state: Mapping[str, Any]) -> Self:
        """The transform that `state` was taken of; lists become tuples again."""
        held = {k: tuple(v) if isinstance(v, list) else v for k, v in state.items() if k != "name"}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]  # JSON's lists
        return cls(**held)

    def learned(self, **values: Any) -> Self:
        """A copy with what it learned."""
        return replace(self, **values)

    def numbers(self, field: FieldType) -> FieldType:
        """The field's type, if it holds numbers; raises `DTypeMismatch`."""
        if field.dtype == "string":
            raise DTypeMismatch(
                f"{self.name} wants numbers, and the field holds text",
                help="`tokenize` makes numbers of text",
            )
        return field


class _NoScope:
    """What kinds look up: nothing, since a transform's arguments are plain values."""

    def instance(self, family: str, name: str, arguments: Mapping[str, Any]) -> Any:
        raise NotImplementedError

    def named(self, family: str, name: str) -> str:
        raise NotImplementedError

    def shared(self, name: str) -> Any:
        raise NotImplementedError


NO_SCOPE = _NoScope()
