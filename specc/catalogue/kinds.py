"""Kinds: what an argument may be. A kind checks a value and gives it in the form that rules see.

A rule names kinds in its annotations (`units: Positive`), and `signatures.json` names them for the
arguments that no rule reads. A kind knows its JSON Schema too, so that the editor offers what the
checker accepts.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, Protocol, cast

from specc.catalogue.mismatch import BadArgument, Mismatch, UnknownArgument

Schema = dict[str, Any]


class Scope(Protocol):
    """What a kind may look up while it checks a value."""

    def instance(self, family: str, name: str, arguments: Mapping[str, Any]) -> Instance:
        """The class `name` of a family (`initializer`, `layer` …) with its arguments checked."""
        ...

    def named(self, family: str, name: str) -> str:
        """A name such as `relu` or `he_normal`, known in its family; raises `UnknownClass`."""
        ...

    def shared(self, name: str) -> Instance:
        """The declared shared layer or model that `{use: name}` means."""
        ...


@dataclass(frozen=True)
class Instance:
    """A class of a family with its checked arguments: `{L2: {l2: 0.001}}`.

    `definition` is the catalogue's entry (for a layer, what its rule is found by) and `shared` the
    name after `use`, where the value was written so.
    """

    family: str
    name: str
    arguments: Mapping[str, Any]
    definition: Any = field(default=None, compare=False)
    shared: str | None = None


class Kind:
    """One kind of argument."""

    def check(self, value: Any, scope: Scope) -> Any:
        """The value as rules see it; raises `BadArgument` with what is wanted instead."""
        raise NotImplementedError

    def schema(self) -> Schema:
        """The JSON Schema of what the kind accepts."""
        raise NotImplementedError

    def describe(self) -> str:
        """What is wanted, for errors and the reference: `a whole number, at least 1`."""
        raise NotImplementedError

    def refuse(self, value: Any, *, help: str | None = None) -> BadArgument:
        """The error for a value that this kind does not accept."""
        return BadArgument(f"this wants {self.describe()}, not {show(value)}", help=help)


def show(value: Any) -> str:
    """A value as the spec's author wrote it, cut short."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def nearest(name: str, known: Sequence[str]) -> str | None:
    """The known name that `name` was probably meant to be, in its own case where there are two."""
    lower = name.lower()
    folded: dict[str, list[str]] = {}
    for candidate in known:
        folded.setdefault(candidate.lower(), []).append(candidate)
    close = [lower] if lower in folded else difflib.get_close_matches(lower, folded, 1, 0.6)
    if not close:
        return None
    return min(folded[close[0]], key=lambda k: k[:1].islower() != name[:1].islower())


def _whole(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return None


@dataclass(frozen=True)
class Int(Kind):
    """A whole number; 32.0 is one."""

    low: int | None = None
    high: int | None = None

    def check(self, value: Any, scope: Scope) -> int:
        number = _whole(value)
        if number is None or not _within(number, self.low, self.high):
            raise self.refuse(value)
        return number

    def schema(self) -> Schema:
        return {"type": "integer"} | _bounds(self.low, self.high)

    def describe(self) -> str:
        return "a whole number" + _range(self.low, self.high)


@dataclass(frozen=True)
class Float(Kind):
    """A finite number. `open_low` and `open_high` leave the bound itself out."""

    low: float | None = None
    high: float | None = None
    open_low: bool = False
    open_high: bool = False

    def check(self, value: Any, scope: Scope) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.refuse(value)
        if (
            not _within(value, self.low, self.high)
            or (self.open_low and value == self.low)
            or (self.open_high and value == self.high)
        ):
            raise self.refuse(value)
        return value

    def schema(self) -> Schema:
        schema: Schema = {"type": "number"}
        if self.low is not None:
            schema["exclusiveMinimum" if self.open_low else "minimum"] = self.low
        if self.high is not None:
            schema["exclusiveMaximum" if self.open_high else "maximum"] = self.high
        return schema

    def describe(self) -> str:
        low = None if self.low is None else f"{'above' if self.open_low else 'at least'} {self.low}"
        high = (
            None if self.high is None else f"{'below' if self.open_high else 'at most'} {self.high}"
        )
        bounds = [b for b in (low, high) if b]
        return "a number" + (", " + " and ".join(bounds) if bounds else "")


@dataclass(frozen=True)
class Bool(Kind):
    """`true` or `false`, and nothing that merely counts as one."""

    def check(self, value: Any, scope: Scope) -> bool:
        if not isinstance(value, bool):
            raise self.refuse(value)
        return value

    def schema(self) -> Schema:
        return {"type": "boolean"}

    def describe(self) -> str:
        return "true or false"


@dataclass(frozen=True)
class Text(Kind):
    """Any text, or text of a form given by a pattern."""

    pattern: str | None = None
    what: str = "text"

    def check(self, value: Any, scope: Scope) -> str:
        if not isinstance(value, str) or (self.pattern and not re.fullmatch(self.pattern, value)):
            raise self.refuse(value)
        return value

    def schema(self) -> Schema:
        return {"type": "string"} | ({"pattern": f"^(?:{self.pattern})$"} if self.pattern else {})

    def describe(self) -> str:
        return self.what


@dataclass(frozen=True)
class Choice(Kind):
    """One of a few values."""

    choices: tuple[Any, ...]

    def check(self, value: Any, scope: Scope) -> Any:
        for choice in self.choices:
            if choice == value and type(choice) is type(value):
                return value
        texts = [c for c in self.choices if isinstance(c, str)]
        close = nearest(value, texts) if isinstance(value, str) else None
        raise self.refuse(value, help=f"did you mean `{close}`?" if close else None)

    def schema(self) -> Schema:
        return {"enum": list(self.choices)}

    def describe(self) -> str:
        return "one of " + ", ".join(show(c).strip('"') for c in self.choices)


@dataclass(frozen=True)
class Optional(Kind):
    """`null`, or what another kind wants."""

    kind: Kind

    def check(self, value: Any, scope: Scope) -> Any:
        return None if value is None else self.kind.check(value, scope)

    def schema(self) -> Schema:
        return {"anyOf": [self.kind.schema(), {"type": "null"}]}

    def describe(self) -> str:
        return self.kind.describe() + ", or null"


@dataclass(frozen=True)
class Union(Kind):
    """What any one of several kinds wants; the first that takes the value has it."""

    kinds: tuple[Kind, ...]

    def check(self, value: Any, scope: Scope) -> Any:
        deepest: Mismatch | None = None
        for kind in self.kinds:
            try:
                return kind.check(value, scope)
            except Mismatch as error:
                if error.argument and len(error.argument) > len((deepest or error).argument or ()):
                    deepest = error
                elif error.argument or not isinstance(error, BadArgument):
                    deepest = deepest or error
        raise deepest or self.refuse(value)

    def schema(self) -> Schema:
        return {"anyOf": [k.schema() for k in self.kinds]}

    def describe(self) -> str:
        return " or ".join(k.describe() for k in self.kinds)


def _elements(value: Any) -> Sequence[Any] | None:
    """The elements of a list, or `None` where the value is not one."""
    return cast("Sequence[Any]", value) if isinstance(value, list | tuple) else None


def _class_and_arguments(value: Any) -> tuple[str, Mapping[str, Any]] | None:
    """What `{L2: {l2: 0.001}}` names and gives, or `None` where the value is not so."""
    if not isinstance(value, Mapping):
        return None
    pairs = tuple(cast("Mapping[Any, Any]", value).items())
    if len(pairs) != 1 or not isinstance(pairs[0][0], str):
        return None
    name, arguments = pairs[0]
    if arguments is not None and not isinstance(arguments, Mapping):
        return None
    return name, cast("Mapping[str, Any]", arguments or {})


@dataclass(frozen=True)
class ListOf(Kind):
    """A list, its length bounded, whose elements are of one kind. Rules see a tuple."""

    kind: Kind
    low: int = 0
    high: int | None = None

    def check(self, value: Any, scope: Scope) -> tuple[Any, ...]:
        elements = _elements(value)
        if elements is None or not _within(len(elements), self.low, self.high):
            raise self.refuse(value)
        return tuple(within(i, self.kind, v, scope) for i, v in enumerate(elements))

    def schema(self) -> Schema:
        schema: Schema = {"type": "array", "items": self.kind.schema()}
        if self.low:
            schema["minItems"] = self.low
        if self.high is not None:
            schema["maxItems"] = self.high
        return schema

    def describe(self) -> str:
        count = f"{self.low} elements" if self.low == self.high else ""
        each = self.kind.describe()
        return f"a list of {count}, each {each}" if count else f"a list, each element {each}"


@dataclass(frozen=True)
class PerAxis(Kind):
    """One value for all spatial axes, or a list with one for each. Rules see a tuple of `axes`."""

    kind: Kind
    axes: int

    def check(self, value: Any, scope: Scope) -> tuple[Any, ...]:
        if (elements := _elements(value)) is not None:
            if len(elements) != self.axes:
                raise self.refuse(value)
            return tuple(within(i, self.kind, v, scope) for i, v in enumerate(elements))
        try:
            return (self.kind.check(value, scope),) * self.axes
        except BadArgument:
            raise self.refuse(value) from None

    def schema(self) -> Schema:
        item = self.kind.schema()
        listed = {"type": "array", "items": item, "minItems": self.axes, "maxItems": self.axes}
        return {"anyOf": [item, listed]}

    def describe(self) -> str:
        return f"{self.kind.describe()}, or a list of {self.axes} such"


class Spatial(Kind):
    """A kind that depends on how many spatial axes the layer has: a `Definition`'s `axes`."""

    def over(self, axes: int) -> Kind:
        """The kind for that many axes."""
        raise NotImplementedError


@dataclass(frozen=True)
class EachAxis(Spatial):
    """`PerAxis` over the layer's own number of axes; `optional` allows `null` too."""

    kind: Kind
    optional: bool = False

    def over(self, axes: int) -> Kind:
        kind = PerAxis(self.kind, axes)
        return Optional(kind) if self.optional else kind


@dataclass(frozen=True)
class ForAxes(Spatial):
    """A kind of its own for one number of axes, and another kind for the rest."""

    axes: int
    kind: Kind
    rest: Kind

    def over(self, axes: int) -> Kind:
        return self.kind if axes == self.axes else self.rest


@dataclass(frozen=True)
class MappingOf(Kind):
    """A mapping from text to values of one kind."""

    kind: Kind

    def check(self, value: Any, scope: Scope) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise self.refuse(value)
        pairs = cast("Mapping[Any, Any]", value).items()
        return {str(k): within(str(k), self.kind, v, scope) for k, v in pairs}

    def schema(self) -> Schema:
        return {"type": "object", "additionalProperties": self.kind.schema()}

    def describe(self) -> str:
        return f"a mapping, each value {self.kind.describe()}"


@dataclass(frozen=True)
class Numbers(Kind):
    """A number, or lists of numbers, nested as an array is. Rules see nested tuples."""

    def check(self, value: Any, scope: Scope) -> Any:
        if (elements := _elements(value)) is not None:
            rows = tuple(within(i, self, v, scope) for i, v in enumerate(elements))
            if len({array_shape(r) for r in rows}) > 1:
                raise self.refuse(value, help="all rows of an array are equally long")
            return rows
        return Float().check(value, scope)

    def schema(self) -> Schema:
        return {"type": ["number", "array"]}

    def describe(self) -> str:
        return "a number, or a list of numbers"


def array_shape(value: Any) -> tuple[int, ...]:
    """The shape of what `Numbers` gives: `()` for a number."""
    if not isinstance(value, tuple):
        return ()
    rows = cast("tuple[Any, ...]", value)
    return (len(rows), *(array_shape(rows[0]) if rows else ()))


@dataclass(frozen=True)
class Anything(Kind):
    """Any value of the language; for the few arguments that Keras itself leaves open."""

    def check(self, value: Any, scope: Scope) -> Any:
        return value

    def schema(self) -> Schema:
        return {}

    def describe(self) -> str:
        return "a value"


@dataclass(frozen=True)
class Absent(Kind):
    """An argument that all others of the family have and that this class does not take."""

    def check(self, value: Any, scope: Scope) -> Any:
        raise UnknownArgument("Keras does not take this argument here")

    def schema(self) -> Schema:
        return {"not": {}}

    def describe(self) -> str:
        return "nothing"


@dataclass(frozen=True)
class Named(Kind):
    """A member of a family, by name (`relu`) or by class (`{L2: {l2: 0.001}}`).

    Rules see the name as text, or an `Instance`. `families` in order of preference, for arguments
    that take, say, a number or a schedule (see `Union`).
    """

    family: str

    def check(self, value: Any, scope: Scope) -> str | Instance:
        if isinstance(value, str):
            return scope.named(self.family, value)
        if (pair := _class_and_arguments(value)) is not None:
            name, arguments = pair
            with Within(name):
                return scope.instance(self.family, name, arguments)
        raise self.refuse(value)

    def schema(self) -> Schema:
        return {"$ref": f"#/$defs/{self.family}"}

    def describe(self) -> str:
        article = "an" if self.family[0] in "aeiou" else "a"
        return f"{article} {self.family}: a name, or a class as a key"


@dataclass(frozen=True)
class LayerArgument(Kind):
    """A layer inside a layer: `{LSTM: {units: 32}}`, or `{use: reader}`. Rules see an `Instance`.

    `family` is `layer` or `cell`.
    """

    family: str = "layer"

    def check(self, value: Any, scope: Scope) -> Instance:
        if isinstance(value, str):
            return scope.instance(self.family, value, {})
        if isinstance(value, Mapping):
            uses = cast("Mapping[Any, Any]", value)
            if set(uses) == {"use"} and isinstance(uses["use"], str):
                return scope.shared(uses["use"])
        if (pair := _class_and_arguments(value)) is not None:
            name, arguments = pair
            with Within(name):
                return scope.instance(self.family, name, arguments)
        raise self.refuse(value)

    def schema(self) -> Schema:
        return {"$ref": "#/$defs/inner_layer"}

    def describe(self) -> str:
        return "a layer, as `Dense: {units: 10}` or `use: name`"


class Within:
    """Puts steps of the path before that of a `Mismatch` that is raised inside."""

    def __init__(self, *steps: str | int) -> None:
        self.steps = steps

    def __enter__(self) -> None:
        return None

    def __exit__(self, _type: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, Mismatch):
            error.argument = (*self.steps, *(error.argument or ()))


def within(step: str | int, kind: Kind, value: Any, scope: Scope) -> Any:
    """`kind.check`, its error's path led through `step`."""
    with Within(step):
        return kind.check(value, scope)


def _within(number: float, low: float | None, high: float | None) -> bool:
    return (low is None or number >= low) and (high is None or number <= high)


def _bounds(low: float | None, high: float | None) -> Schema:
    bounds = {"minimum": low, "maximum": high}
    return {k: v for k, v in bounds.items() if v is not None}


def _range(low: float | None, high: float | None) -> str:
    high = None if high is not None and high >= 2**31 - 1 else high  # what no model comes near
    if low is not None and high is not None:
        return f" from {low} to {high}"
    if low is not None:
        return f", at least {low}"
    return f", at most {high}" if high is not None else ""


# The kinds that rules use most. Written as types, so that a rule's body is checked with the type
# that it sees, and `define` reads the kind.
Whole = Annotated[int, Int()]
Positive = Annotated[int, Int(1, 2**31 - 1)]
NonNegative = Annotated[int, Int(0, 2**31 - 1)]
Number = Annotated[float, Float()]
Flag = Annotated[bool, Bool()]
Rate = Annotated[float, Float(0, 1)]
DataFormat = Annotated[
    Literal["channels_last", "channels_first"] | None,
    Optional(Choice(("channels_last", "channels_first"))),
]
Axis = Annotated[int, Int(-64, 64)]
Axes = Annotated[int | tuple[int, ...], Union((Int(-64, 64), ListOf(Int(-64, 64), 1)))]
Sizes = Annotated[tuple[int, ...], EachAxis(Int(1, 2**31 - 1))]
"""Kernel sizes, strides: at least 1, one for all spatial axes or a list of one for each."""
Padding = Annotated[Literal["valid", "same"], Choice(("valid", "same"))]
Parser = Callable[[Any, Scope], Any]
