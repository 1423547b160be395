"""FlatSpec: a spec without params, repeats or blocks. What is left are calls and wires.

A call is one application of a layer, an op or a model. A wire says where a tensor comes from; names
of chains are still names (`Named`), since a chain may stand before what it comes from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from specc.diagnostics.diagnostic import Related
from specc.document.node import Path
from specc.document.spec import Body, Data, LossTerm, Output, Sample, Train, Tune

if TYPE_CHECKING:
    from specc.expand.outside import Outside

PLACES = 6
"""How many repeats and blocks, innermost first, an error shows that it came through."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where something stands in the document, and through which repeats and blocks it came."""

    path: Path
    chain: tuple[Related, ...] = ()

    def through(self, place: Related) -> Origin:
        """The same place, reached through one more repeat or block."""
        return Origin(self.path, (place, *self.chain[: PLACES - 1]))

    def below(self, *steps: str | int) -> Origin:
        """A place further inside."""
        return Origin((*self.path, *steps), self.chain)


@dataclass(frozen=True, slots=True, eq=False)
class Whole:
    """The only tensor that a call gives."""

    call: Call


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One of several tensors: by its place in the step's `as`, or by a model's output name."""

    call: Call
    key: int | str
    count: int | None = None
    """How many names the `as` has, which must be how many tensors there are."""


@dataclass(frozen=True, slots=True, eq=False)
class Named:
    """What a name means in a frame: an input, a variable, a chain, a part of a chain."""

    frame: Frame
    parts: tuple[str, ...]
    origin: Origin


@dataclass(frozen=True, slots=True, eq=False)
class Lost:
    """A tensor that is not known, because of a fault that is reported."""


LOST = Lost()

Wire = Whole | Part | Named | Lost
Wires = Wire | tuple["Wires", ...]


@dataclass(frozen=True, slots=True, eq=False)
class Feed:
    """The tensors of a call: the running one (or a list), those by argument, those after it."""

    running: Wires | None
    named: Mapping[str, Wires] = field(default_factory=dict[str, Wires])
    more: tuple[Wires, ...] = ()
    keys: Mapping[str, Path] = field(default_factory=dict[str, Path])
    """Where each argument of `named` is written."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A block's use or a repeat's turn that a call stands in, for pictures."""

    kind: Literal["block", "repeat"]
    key: Path
    """The same for all turns of one repeat, and for one use of a block."""
    label: str
    turn: int = 0
    turns: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """A layer as it will exist once: its name, class and arguments. A shared one has many calls."""

    name: str
    layer: str
    arguments: Mapping[str, Any]
    frame: Frame
    origin: Origin
    shared: bool = False
    uses: Mapping[str, Unit | FlatModel] = field(default_factory=dict[str, Any])
    """The declared layers and models that its arguments hold, as `{use: name}`."""


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """One application of a unit or of a model. `order` is its place in the file."""

    name: str
    unit: Unit | FlatModel
    feed: Feed
    at_call: Mapping[str, Any]
    frame: Frame
    origin: Origin
    order: int
    clusters: tuple[Cluster, ...] = ()
    chain: str = ""
    """The chain that it stands in."""
    parts: tuple[str, ...] | None = None
    """The names of its tensors, for a chain's or step's `as`."""


@dataclass(slots=True, eq=False)
class FlatChain:
    """A chain, walked: the tensor it ends in, and its parts by name."""

    name: str
    origin: Origin
    end: Wires | None = None
    parts: dict[str, Wires] = field(default_factory=dict[str, Wires])
    last: Call | None = None
    """The call it ends in, whose parts are read by `chain.part`."""
    several: tuple[str, ...] = ()
    """The names of the tensors it ends in, where these are several."""
    turning: frozenset[str] = frozenset()
    """Names that belong to the turns of a repeat, and are not seen outside."""
    broken: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class FlatInput:
    """An input: dimensions without the batch, its dtype, and what it is drawn from."""

    name: str
    shape: tuple[int | str | None, ...]
    dtype: str
    sample: Sample | None
    origin: Origin


@dataclass(frozen=True, slots=True, eq=False)
class FlatVariable:
    """A learned tensor that is in no layer. `name` is unique in its model."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    initializer: Any
    trainable: bool
    per_example: bool
    origin: Origin
    order: int


@dataclass(slots=True, eq=False)
class Frame:
    """One graph's names: those of a model, or of one use of a block. Filled while it is walked."""

    kind: Literal["spec", "model", "block"]
    body: Body
    path: Path
    prefix: str
    """What names of layers begin with: empty, or a block's use and a dot."""
    outer: Frame | None
    """Where declarations are looked up next."""
    chain: tuple[Related, ...] = ()
    """The uses and turns that it came through."""
    outside: str = ""
    """The application or file that it is read from, as errors call it."""
    inputs: dict[str, Wires | FlatInput] = field(default_factory=dict[str, Any])
    variables: dict[str, FlatVariable | Lost] = field(default_factory=dict[str, Any])
    chains: dict[str, FlatChain] = field(default_factory=dict[str, FlatChain])
    units: dict[str, Unit] = field(default_factory=dict[str, Unit])
    models: dict[str, FlatModel] = field(default_factory=dict[str, Any])

    def tensors(self) -> list[str]:
        """The names that a reference may begin with."""
        return [*self.inputs, *self.body.variables, *self.body.graph]


@dataclass(slots=True, eq=False)
class FlatModel:
    """A model: its inputs, variables and calls in file order, and what its outputs name."""

    name: str
    frame: Frame
    origin: Origin
    calls: list[Call] = field(default_factory=list[Call])
    variables: list[FlatVariable] = field(default_factory=list[FlatVariable])
    outputs: dict[str, Named] = field(default_factory=dict[str, Named])
    trainable: bool = True
    broken: bool = False
    """Whether an input or output of it is not known; what is wrong is reported."""
    outside: Outside | None = None
    """Where it comes from, if it is not written in the spec."""

    @property
    def inputs(self) -> dict[str, FlatInput]:
        """The inputs by name."""
        return {n: i for n, i in self.frame.inputs.items() if isinstance(i, FlatInput)}


@dataclass(frozen=True, slots=True, eq=False)
class FlatLoss:
    """A loss term with its tensors as wires; a number stands for a constant."""

    term: LossTerm
    tensors: Mapping[str, Wires | float]
    origin: Origin


@dataclass(frozen=True, slots=True, eq=False)
class FlatSpec:
    """A spec whose values are all known."""

    name: str
    description: str | None
    model: FlatModel
    outputs: Mapping[str, Output]
    losses: Mapping[str, FlatLoss]
    data: Data | None
    train: Train | None
    tune: Tune | None
    params: Mapping[str, Any]
