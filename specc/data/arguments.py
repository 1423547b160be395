"""Arguments: what a transform or a reader takes, read from a spec."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any, ClassVar, Self

from specc.catalogue.kinds import Kind, nearest
from specc.catalogue.mismatch import BadArgument, MissingArgument, UnknownArgument


@dataclass(frozen=True)
class Arguments:
    """What is written as a name, or as a name with its arguments.

    `name` is what the spec calls it, `takes` are its arguments, `main` the one that may be given
    without its name. A subclass is a frozen dataclass with its arguments among its fields.
    """

    name: ClassVar[str]
    takes: ClassVar[Mapping[str, Kind]] = {}
    main: ClassVar[str | None] = None

    @classmethod
    def read(cls, written: Any) -> Self:
        """What the spec writes: `None`, the main argument, or a mapping.

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
                error.argument = (key, *(error.argument or ()))
                raise
        return checked


class _NoScope:
    """What kinds look up: no classes, since the arguments are plain values."""

    def instance(self, family: str, name: str, arguments: Mapping[str, Any]) -> Any:
        raise BadArgument(f"`{name}` is a class, and this wants a plain value")

    def named(self, family: str, name: str) -> str:
        raise BadArgument(f"`{name}` names a {family}, and this wants a plain value")

    def shared(self, name: str) -> Any:
        raise BadArgument(f"`{{use: {name}}}` is a layer, and this wants a plain value")


NO_SCOPE = _NoScope()
