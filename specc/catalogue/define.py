"""How the catalogue says what a layer or an op is: one decorated function.

The function is the rule. Its parameters before `*` are the tensors of the call, under Keras's
names; those after it are the constructor's arguments that bear on shapes or weights, annotated
with their kinds. All further arguments come from `signatures.json`, which is generated from Keras.

    @layer(case(4, units=7), case((10, 8), units=7, use_bias=False))
    def Dense(inputs: TensorType, *, units: Positive, use_bias: Flag = True) -> Result:
        \"\"\"A fully connected layer. (batch, ..., features) -> (batch, ..., units)\"\"\"
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import import_module
from math import prod
from typing import Annotated, Any, Literal, NamedTuple, cast, get_args, get_origin, get_type_hints

from specc.catalogue.kinds import Bool, Kind, Spatial
from specc.catalogue.mismatch import DTypeMismatch
from specc.catalogue.types import BATCH, Dim, TensorType

Masks = Literal["drops", "passes", "makes", "ends"]
"""What a layer does with a mask: loses it, hands it on, makes one, or is done with it."""

Tensors = tuple[TensorType, ...]
"""The annotation of an argument that takes a list of tensors."""


class Weight(NamedTuple):
    """A variable that a layer makes: its Keras name, its shape, and whether it learns.

    A tuple, since rules make most of what they make of these.
    """

    name: str
    shape: tuple[int, ...]
    trainable: bool = True

    @property
    def size(self) -> int:
        """How many numbers it holds."""
        return prod(self.shape)


@dataclass(frozen=True, slots=True)
class Result:
    """What a rule gives: the tensors that come out, the weights, the floating-point operations.

    `flops` is for one example, a multiply-add counted as two; `None` where the rule does not say.
    """

    outputs: TensorType | Tensors
    weights: tuple[Weight, ...] = ()
    flops: int | None = None


@dataclass(frozen=True)
class Case:
    """A call that tests try on Keras too: arguments, input types, and call-time arguments."""

    inputs: tuple[Any, ...]
    arguments: Mapping[str, Any]


def tensor(*dims: Dim, dtype: str = "float32") -> TensorType:
    """A tensor with a batch: `tensor(28, 28, 1)` is (batch, 28, 28, 1)."""
    return TensorType((BATCH, *dims), dtype)


def case(*inputs: Any, **arguments: Any) -> Case:
    """A `Case`; an input is a `TensorType`, a list of them, or dimensions without the batch.

    `...` leaves an optional tensor out.
    """

    def read(value: Any) -> Any:
        if value is ...:
            return None
        if isinstance(value, TensorType):
            return value
        if isinstance(value, list):
            return tuple(read(v) for v in cast("list[Any]", value))
        return (
            tensor(*cast("tuple[Dim, ...]", value)) if isinstance(value, tuple) else tensor(value)
        )

    return Case(tuple(read(i) for i in inputs), arguments)


@dataclass(frozen=True)
class CallTime:
    """Marks an argument that is given when the layer is called, as `training` is."""


CallFlag = Annotated[bool, Bool(), CallTime()]


@dataclass(frozen=True)
class Argument:
    """One argument that a rule reads."""

    name: str
    kind: Kind
    default: Any
    required: bool
    at_call: bool


@dataclass(frozen=True)
class Slot:
    """One tensor argument of the call: `many` takes a list, `optional` may be left out."""

    name: str
    many: bool
    optional: bool


@dataclass(frozen=True, eq=False)
class Definition:
    """A layer or an op of the catalogue. One is equal only to itself."""

    name: str
    rule: Callable[..., Result]
    cases: tuple[Case, ...]
    family: str = "layer"
    axes: int = 0
    """How many spatial axes there are, where one rule serves 1D, 2D and 3D (see `Spatial`)."""
    text: bool = False
    """Whether tensors of text are taken, as by `StringLookup`."""
    mask: Masks = "drops"
    """What a plug-in's layer does with the mask of its first tensor (see `masking`)."""
    keras: Callable[[], Any] | None = None
    """What gives the Keras class, or a function that makes the object: for plug-ins only."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _found, (self.rule.__module__, self.name)

    def __deepcopy__(self, memo: dict[int, Any]) -> Definition:
        return self

    @property
    def summary(self) -> str:
        """The first line of the rule's docstring."""
        return (inspect.getdoc(self.rule) or "").split("\n", 1)[0]

    @cached_property
    def reads_dtype(self) -> bool:
        """Whether the rule is given the layer's compute dtype."""
        return self.family == "layer" and "dtype" in inspect.signature(self.rule).parameters

    @cached_property
    def reads_policy(self) -> bool:
        """Whether the rule is given the layer's own dtype policy, `None` if it has none."""
        return self.family == "layer" and "policy" in inspect.signature(self.rule).parameters

    @cached_property
    def _read(self) -> tuple[tuple[Slot, ...], tuple[Argument, ...]]:
        hints = get_type_hints(self.rule, include_extras=True)
        slots: list[Slot] = []
        arguments: list[Argument] = []
        for p in inspect.signature(self.rule).parameters.values():
            hint = hints[p.name]
            required = p.default is p.empty
            if p.kind is p.KEYWORD_ONLY:
                if p.name in ("dtype", "policy") and self.family == "layer":
                    continue
                extras = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
                (kind,) = (e for e in extras if isinstance(e, Kind))
                if isinstance(kind, Spatial):
                    kind = kind.over(self.axes)
                at_call = any(isinstance(e, CallTime) for e in extras)
                arguments.append(Argument(p.name, kind, p.default, required, at_call))
            else:
                many = Tensors in (hint, *get_args(hint))
                slots.append(Slot(p.name, many, not required))
        return tuple(slots), tuple(arguments)

    def refuse_text(self, tensors: Iterable[TensorType]) -> None:
        """Raises `DTypeMismatch` for a tensor of text, where the layer calculates."""
        for position, each in enumerate(tensors):
            if each.dtype == "string" and not self.text:
                raise DTypeMismatch(
                    f"{self.name} calculates, and this is text: {each}",
                    help="a `StringLookup`, `Hashing` or `TextVectorization` makes ids of it",
                    inputs=(position,),
                )

    @cached_property
    def takes_one(self) -> bool:
        """Whether a call needs one tensor and no more, as that of a layer inside a layer."""
        required = sum(not s.optional for s in self.slots)
        return required <= 1 and not self.slots[0].many

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The tensor arguments of the call, in order."""
        return self._read[0]

    @property
    def arguments(self) -> tuple[Argument, ...]:
        """The arguments that the rule reads."""
        return self._read[1]


Rule = Callable[..., Result]


def layer(
    *cases: Case, name: str | None = None, axes: int = 0, text: bool = False
) -> Callable[[Rule], Definition]:
    """Makes a layer of a rule; the function's name, or `name`, is the Keras class's.

    A rule that has a keyword argument `dtype: str` is given the layer's compute dtype, and one with
    `policy: str | None` the layer's own `dtype`, which may be left to the run. A rule that
    serves 1D, 2D and 3D is made by a function over `axes`, which its `Spatial` arguments follow.
    One that takes tensors of text says `text`.
    """
    return lambda rule: replace(_definition(rule, cases, "layer", name), axes=axes, text=text)


def op(*cases: Case, name: str | None = None) -> Callable[[Rule], Definition]:
    """Makes an op of a rule; the function's name, or `name`, is that in `keras.ops`."""
    return lambda rule: _definition(rule, cases, "op", name)


def _definition(rule: Rule, cases: tuple[Case, ...], family: str, name: str | None) -> Definition:
    return Definition(name or rule.__name__.rstrip("_"), rule, cases, family)


def _found(module: str, name: str) -> Definition:
    """The definition of that name, for another process that a program is sent to."""
    return definitions(import_module(module))[name]


def definitions(module: Any) -> dict[str, Definition]:
    """The definitions that a module holds, alone or in tuples, by name."""
    found: dict[str, Definition] = {}
    for value in cast("dict[str, Any]", vars(module)).values():
        members = cast("tuple[Any, ...]", value) if isinstance(value, tuple) else (value,)
        found |= {d.name: d for d in members if isinstance(d, Definition)}
    return found
