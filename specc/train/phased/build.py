"""Program -> the fitted model of its phases, and the model that is saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import import_module
from typing import Any

from specc.catalogue.catalogue import Catalogue
from specc.document.spec import Phase as Written
from specc.document.spec import Train
from specc.infer.program import Constant, Program, Tensor
from specc.lower.instances import keras, realised
from specc.lower.keras import Lowered, lowered
from specc.train.bare import bare
from specc.train.logged import Names, measured_outputs, metrics_of, minimised, named
from specc.train.member import member, with_arguments
from specc.train.metrics import made_metric
from specc.train.outputs import named_outputs
from specc.train.over import holders
from specc.train.phased.course import Course
from specc.train.phased.losses import function, scaled
from specc.train.phased.model import phased_model
from specc.train.phased.objective import Measure, Named, Objective
from specc.train.phased.optimizer import composed
from specc.train.phased.phase import Phase, When
from specc.train.plan import Plan, layout
from specc.train.supervised import optimizer_of, phases_of
from specc.train.targets import laid_out


def build_phased(
    program: Program, catalogue: Catalogue, steps: int | None
) -> tuple[Any, Any, Lowered]:
    """The model that is saved, the fitted one, and the whole one, whose weights both share.

    `steps` are the batches of an epoch, for phases that run in some epochs only.
    """
    return _Builder(program, catalogue, steps).models()


WEIGHTED = "weighted_metrics"


class _Builder:
    """Builds one program's model with the tensors of all losses as outputs, and models of it."""

    def __init__(self, program: Program, catalogue: Catalogue, steps: int | None) -> None:
        self.k: Any = keras()
        self.program = program
        self.catalogue = catalogue
        self.steps = steps
        self.names: Mapping[str, Names] = named(program, catalogue)
        self.taps: dict[str, dict[str, Tensor]] = {}
        """By objective, the tensors that are no outputs, by their names in the fitted model."""

    def models(self) -> tuple[Any, Any, Lowered]:
        program = self.program
        objectives = [self._output(n) for n in measured_outputs(program)]
        objectives += [self._term(n) for n in program.losses]
        taps = {n: t for taps in self.taps.values() for n, t in taps.items()}
        low = lowered(replace(program, outputs={**program.outputs, **taps}))
        tensors = named_outputs(low.model, list(program.outputs))
        model = low.model
        if taps:
            outputs = {n: tensors[n] for n in program.outputs}
            model = self.k.Model(low.model.input, bare(outputs), name=low.model.name)
        train = program.train or Train()
        wanted = self._tensors(objectives, tensors)
        fitted = phased_model(low.model.input, wanted, train.seed)
        phases = tuple(self._phase(phase, low, tensors, objectives) for phase in phases_of(program))
        course = Course(
            Plan.of(program), phases, tuple(objectives), self._order(), self._mean("loss")
        )
        optimizers = [p.optimizer for p in phases]
        fitted.follow(course, composed(optimizers) if course.counts else optimizers[0])
        return model, fitted, low

    def _order(self) -> tuple[str, ...]:
        losses = [n.loss for n in self.names.values() if n.loss is not None]
        return ("loss", *losses, *(m for n in self.names.values() for m in n.metrics))

    def _tensors(self, objectives: list[Objective], tensors: Mapping[str, Any]) -> dict[str, Any]:
        """The tensors that objectives read, by name."""
        found: dict[str, Any] = {}
        for objective in objectives:
            if objective.name in self.program.outputs:
                found[objective.name] = tensors[objective.name]
            found |= {n: tensors[n] for n in self.taps.get(objective.name, ())}
        return found

    # --- phases -----------------------------------------------------------------------------------

    def _phase(
        self,
        written: Written,
        low: Lowered,
        tensors: Mapping[str, Any],
        objectives: list[Objective],
    ) -> Phase:
        chosen = minimised(self.program, written)
        own = [o for o in objectives if o.name in chosen]
        outputs = self._tensors(own, tensors)
        model = self.k.Model(low.model.input, outputs, name=f"{low.model.name}.{written.name}")
        over = self._over(written, low, model)
        optimizer = self._optimizer(written)
        optimizer.build(list(over))
        return Phase(
            written.name, model, tuple(own), over, optimizer, self._when(written),
            self._mean(f"phase.{written.name}"),
        )  # fmt: skip

    def _over(self, written: Written, low: Lowered, model: Any) -> tuple[Any, ...]:
        """The variables that a phase trains, in the model's order."""
        reached = model.trainable_variables
        if written.over is None:
            return tuple(reached)
        held = holders(self.program)
        wanted = {
            id(v)
            for name in written.over
            for holder in held[name]
            if holder in low.objects
            for v in low.objects[holder].trainable_variables
        }
        return tuple(v for v in reached if id(v) in wanted)

    def _optimizer(self, written: Written) -> Any:
        train = self.program.train or Train()
        found = member(self.catalogue, "optimizer", optimizer_of(self.program, written))
        made = realised(found)
        scaling: Any = self.k.optimizers.LossScaleOptimizer
        if train.precision == "mixed_float16" and not isinstance(made, scaling):
            made = scaling(made)
        return made

    def _when(self, written: Written) -> When:
        if written.epochs is None:
            return When(written.every, written.repeat)
        steps = self.steps or 1
        begin, end = written.epochs
        return When(written.every, written.repeat, begin * steps, end * steps)

    def _mean(self, name: str) -> Any:
        return self.k.metrics.Mean(name=name)

    # --- objectives -------------------------------------------------------------------------------

    def _output(self, name: str) -> Objective:
        """An output with its loss, against a target of the data or of the model."""
        program, output = self.program, self.program.learned[name]
        how, _ = layout(output, self.catalogue)
        target = program.targets.get(name)
        tap: str | None = None
        shape: tuple[Any, ...] | None = None
        if target is not None and target.node.kind != "input":
            tap = f"{name}.target"
            self.taps[name] = {tap: target}
            shape = laid_out(target.type.dims[1:], program.outputs[name].type.dims[1:], how)

        def compared(made: Named, y: Named) -> tuple[Any, Any]:
            if tap is None:
                return y[name], made[name]
            return self._laid(self.k.ops.stop_gradient(made[tap]), shape), made[name]

        value: Callable[[Named, Named, Named], Any] | None = None
        if output.loss is not None:
            loss = realised(member(self.catalogue, "loss", output.loss))

            def value_of(made: Named, y: Named, weights: Named) -> Any:
                y_true, y_pred = compared(made, y)
                return loss(y_true, y_pred, weights.get(name))

            value = value_of
        names, dims = self.names[name], program.outputs[name].type.dims[1:]
        last = dims[-1] if dims and isinstance(dims[-1], int) else None
        measures = [
            Measure(
                shown, made_metric(self.catalogue, metric, how, last), key == "weighted_metrics"
            )
            for shown, (key, _, metric) in zip(names.metrics, metrics_of(output), strict=True)
        ]
        return Objective(
            name, value, output.weight, self._mean(f"{name}.loss"), names.loss,
            tuple(measures), compared,
        )  # fmt: skip

    def _laid(self, target: Any, shape: tuple[Any, ...] | None) -> Any:
        """A target with a last axis of 1 more or less, (batch, …), as `shape` has it."""
        if shape is None or len(target.shape) == len(shape) + 1:
            return target
        if len(target.shape) < len(shape) + 1:
            return self.k.ops.expand_dims(target, -1)
        return self.k.ops.squeeze(target, -1)

    def _term(self, name: str) -> Objective:
        """A further loss over tensors of the graph and numbers."""
        loss = self.program.losses[name]
        found = with_arguments(self.catalogue, "loss", loss.cls, loss.arguments)
        slots: dict[str, str | float] = {}
        self.taps[name] = {}
        for slot, value in loss.tensors.items():
            if isinstance(value, Tensor):
                slots[slot] = f"{name}.{slot}"
                self.taps[name][f"{name}.{slot}"] = value
            else:
                slots[slot] = float(value.value) if isinstance(value, Constant) else value  # pyright: ignore[reportAttributeAccessIssue, reportArgumentType]  # a list of tensors is no loss's argument
        called, divided = function(found), scaled(found)

        def value_of(made: Named, y: Named, weights: Named) -> Any:
            tensors = {s: made[v] if isinstance(v, str) else v for s, v in slots.items()}
            value = called(**tensors)
            return value if divided else value / _replicas(self.k)

        return Objective(name, value_of, loss.weight, self._mean(f"{name}.loss"), name)


def _replicas(k: Any) -> int:
    """Over how many devices a batch is spread by a strategy of TensorFlow's; 1 elsewhere."""
    if k.backend.backend() != "tensorflow":
        return 1
    tf: Any = import_module("tensorflow")
    return tf.distribute.get_strategy().num_replicas_in_sync
