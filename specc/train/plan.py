"""The plan: what a model takes and what it learns, known from the program or from a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from specc.catalogue.catalogue import Catalogue
from specc.data.feed import BadData
from specc.document.spec import Output, Sample, Train
from specc.infer.program import Program
from specc.lower.keras import HIDDEN_INPUT
from specc.train.class_weights import weighed
from specc.train.logged import measured_outputs, metrics_of
from specc.train.member import member
from specc.train.noise import drawn
from specc.train.supervised import computed, supervised
from specc.train.targets import EITHER, Form, form, laid_out

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]
    Arrays = Mapping[str, Array]
    Noise = Mapping[str, np.random.Generator]


@dataclass(frozen=True)
class Taken:
    """One input of the model: its shape without the batch, its dtype, and what it is drawn from."""

    shape: tuple[int | None, ...]
    dtype: str
    sample: Sample | None = None


@dataclass(frozen=True)
class Plan:
    """What a run feeds its model. `learned` are the outputs that have a loss or a metric.

    `same` names the input that is an output's target; the targets of `computed` outputs are made by
    the model itself. `inside`: to measure takes more than the outputs, so it takes the program.
    """

    inputs: Mapping[str, Taken]
    outputs: tuple[str, ...]
    learned: Mapping[str, Output]
    same: Mapping[str, str] = field(default_factory=dict[str, str])
    computed: tuple[str, ...] = ()
    inside: bool = False
    class_weight: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """By output; for training alone."""
    seed: int = 0
    batch_size: int | str = 32

    @classmethod
    def of(cls, program: Program) -> Plan:
        """The plan of a program."""
        train = program.train or Train()
        return cls(
            inputs={
                n: Taken(t.type.shape[1:], t.type.dtype, program.samples.get(n))
                for n, t in program.inputs.items()
            },
            outputs=tuple(program.outputs),
            learned={n: program.learned[n] for n in measured_outputs(program)},
            same={n: t.node.name for n, t in program.targets.items() if t.node.kind == "input"},
            computed=computed(program),
            inside=bool(program.losses) or not supervised(program),
            class_weight=train.class_weight or {},
            seed=train.seed,
            batch_size=train.batch_size,
        )

    def state(self) -> dict[str, Any]:
        """The plan as JSON has it."""
        return {
            "inputs": {
                n: {
                    "shape": list(t.shape),
                    "dtype": t.dtype,
                    "sample": t.sample and t.sample.model_dump(),
                }
                for n, t in self.inputs.items()
            },
            "outputs": list(self.outputs),
            "learned": {n: o.model_dump(by_alias=True) for n, o in self.learned.items()},
            "same": dict(self.same),
            "computed": list(self.computed),
            "inside": self.inside,
            "seed": self.seed,
            "batch_size": self.batch_size,
        }

    @classmethod
    def restore(cls, state: Mapping[str, Any]) -> Plan:
        """The plan that `state` was taken of."""
        return cls(
            inputs={
                n: Taken(
                    tuple(t["shape"]),
                    t["dtype"],
                    None if t["sample"] is None else Sample.model_validate(t["sample"]),
                )
                for n, t in state["inputs"].items()
            },
            outputs=tuple(state["outputs"]),
            learned={n: Output.model_validate(o) for n, o in state["learned"].items()},
            same=state["same"],
            computed=tuple(state["computed"]),
            inside=state["inside"],
            seed=state["seed"],
            batch_size=state["batch_size"],
        )

    @property
    def taken(self) -> tuple[str, ...]:
        """The inputs that the model takes."""
        return tuple(self.inputs) or (HIDDEN_INPUT,)

    @property
    def fed(self) -> tuple[str, ...]:
        """The inputs that a batch of training holds: noise is drawn on the way."""
        return tuple(n for n, t in self.inputs.items() if t.sample is None) or (HIDDEN_INPUT,)

    @property
    def given(self) -> tuple[str, ...]:
        """The outputs whose targets are in the data."""
        return tuple(n for n in self.learned if n not in self.computed)

    def batches(self, count: int) -> int:
        """The batch size for a part of `count` examples."""
        return count if isinstance(self.batch_size, str) else self.batch_size

    def noise(self) -> Noise:
        """What each sampled input is drawn by, from the first example on."""
        import numpy as np

        return {
            n: np.random.default_rng([self.seed, i])
            for i, (n, taken) in enumerate(self.inputs.items())
            if taken.sample is not None
        }

    def x(self, arrays: Arrays, count: int, *, noise: bool | Noise = True) -> dict[str, Array]:
        """Every input of the model by name, (examples, …); without `noise` those in `fed`.

        Inputs that are sampled are drawn, always the same for one count, or go on from `noise`.
        Raises `BadData`.
        """
        import numpy as np

        drawing = self.noise() if noise is True else noise or {}
        made: dict[str, Array] = {}
        for name, taken in self.inputs.items():
            if taken.sample is not None:
                if name in drawing:
                    shape = (count, *(d or 1 for d in taken.shape))
                    made[name] = drawn(taken.sample, shape, taken.dtype, drawing[name])
            elif name in arrays:
                made[name] = _cast(name, arrays[name], taken)
            else:
                raise BadData(f"nothing is given for the input `{name}`")
        return made or {HIDDEN_INPUT: np.zeros((count, 1), np.float32)}

    def y(
        self, inputs: Arrays, targets: Arrays, shapes: Mapping[str, Any], catalogue: Catalogue
    ) -> dict[str, Array]:
        """The targets of the outputs in `given` by name; `shapes` are these outputs' shapes.

        A target is laid out as its loss reads it, so that metrics read it too. Raises `BadData`.
        """
        made: dict[str, Array] = {}
        for name in self.given:
            values = inputs[self.same[name]] if name in self.same else targets.get(name)
            if values is None:
                raise BadData(f"nothing is given for the target `{name}`")
            how, read_by = layout(self.learned[name], catalogue)
            if how != "other":
                given, wanted = values.shape[1:], tuple(shapes[name])[1:]
                shape = laid_out(given, wanted, how)
                if shape is None:
                    raise BadData(
                        f"the target of `{name}` is {given} for each example, and does not fit its "
                        f"output, {wanted}, under {read_by}"
                    )
                values = values.reshape(len(values), *shape)
            made[name] = values
        return made

    def weights(
        self, values: Array | None, targets: Arrays | None = None, shapes: Any = None
    ) -> Any:
        """What Keras takes as `sample_weight`: the one array, or one for every output.

        With `targets`, those of a part of training, and the outputs' `shapes`, class weights count.
        """
        if targets is None or not self.class_weight:
            found = dict.fromkeys(self.given, values)
        else:
            found = {n: self._weights(n, values, targets[n], shapes[n]) for n in self.given}
        if all(v is None for v in found.values()):
            return None
        return next(iter(found.values())) if len(found) == 1 else found

    def _weights(self, name: str, values: Array | None, target: Array, shape: Any) -> Array:
        import numpy as np

        given = self.class_weight.get(name)
        if given is None:
            return np.ones(len(target), np.float32) if values is None else values
        made = weighed(given, target, tuple(shape))
        if values is None:
            return made
        return made * values.reshape(-1, *[1] * (made.ndim - 1))


def layout(output: Output, catalogue: Catalogue) -> tuple[Form, str]:
    """How a target lies beside an output, and the loss or metric by which it does."""
    readers = [*((("loss", output.loss),) if output.loss else ())]
    readers += [("metric", m) for _, _, m in metrics_of(output)]
    found: tuple[Form, str] = ("other", "")
    for family, written in readers:
        reader = member(catalogue, family, written)
        how = "other" if reader.name in EITHER else form(reader.name, reader.arguments)
        found = (how, reader.name)
        if family == "loss" or found[0] != "other":
            break
    return found


def _cast(name: str, values: Array, taken: Taken) -> Array:
    given, wanted = values.shape[1:], taken.shape
    fits = len(given) == len(wanted) and all(
        b is None or a == b for a, b in zip(given, wanted, strict=True)
    )
    if not fits:
        raise BadData(f"the input `{name}` takes {wanted} for each example, and is given {given}")
    if taken.dtype == "string":
        return values.astype(str)
    return values if values.dtype == taken.dtype else values.astype(taken.dtype)
