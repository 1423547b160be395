"""Checks training before it is asked for: classes, arguments, targets, what callbacks watch.

Everything that Keras would say at the first batch, or never, is said here at its line. Loads no
Keras. What only this version cannot run is for `specc.train.trainable` to say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from specc.catalogue.catalogue import Catalogue
from specc.catalogue.kinds import Instance
from specc.catalogue.mismatch import Mismatch, UnknownArgument, UnknownClass
from specc.catalogue.own import loss_tensors
from specc.data.dataset import FieldType
from specc.data.places import Places
from specc.diagnostics.codes import training as codes
from specc.diagnostics.codes import types, values
from specc.diagnostics.report import Report
from specc.document.node import Node, Path
from specc.infer.locate import CODES
from specc.infer.program import Program
from specc.train.class_weights import check_class_weights
from specc.train.distribute import check_distribution
from specc.train.logged import learned_outputs, logged, metric_name, metrics_of
from specc.train.member import member, with_arguments
from specc.train.on_jax import check_backend
from specc.train.passage import check_passage
from specc.train.phases import check_phases
from specc.train.supervised import weighed_outputs
from specc.train.targets import form, metric_fault, own_fault, target_fault
from specc.train.watching import check_callback, check_objective


def check_training(
    program: Program,
    root: Node | None,
    report: Report,
    catalogue: Catalogue,
    targets: Mapping[str, FieldType] | None = None,
) -> None:
    """Reports every fault of outputs, losses and the train section.

    `targets` are the types that `check_data` found; an output whose target is not among them is
    checked by its loss's arguments alone.
    """
    check = _Check(program, Places(root), report, catalogue)
    known = dict(targets or {})
    for name, tensor in program.targets.items():
        known[name] = FieldType(tensor.type.dims[1:], tensor.type.dtype)
    for name in program.outputs:
        check.output(name, known.get(name))
    for name in program.losses:
        check.term(name)
    check.train()
    weight = program.data.sample_weight if program.data is not None else None
    if weight is not None and not weighed_outputs(program):
        report.add(
            codes.DataDiffers(
                "no output has a loss against the data, and those alone are weighed by "
                "`sample_weight`",
                check.places.value("data", "sample_weight"),
                help="take it away, or write the loss at an output: `outputs: {y: {loss: …}}`",
            )
        )
    if program.train is not None:
        check_class_weights(program, program.train, known, check.places, report)
        check_distribution(program, program.train, check.places, report)
        check_backend(program, program.train, check.places, report)


class _Check:
    """The check of one program."""

    def __init__(
        self, program: Program, places: Places, report: Report, catalogue: Catalogue
    ) -> None:
        self.program = program
        self.places = places
        self.report = report
        self.catalogue = catalogue

    def output(self, name: str, target: FieldType | None) -> None:
        """An output's loss and metrics, by themselves and against its target."""
        output = self.program.learned.get(name)
        if output is None:
            return
        type_ = self.program.outputs[name].type
        path: Path = ("outputs", name)
        loss = None
        if output.loss is not None and (loss := self.member("loss", output.loss, *path, "loss")):
            fault = target and (
                target_fault(loss.name, loss.arguments, target, type_)
                or own_fault(loss, target, type_)
            )
            if fault:
                self.report.add(
                    codes.DataDiffers(
                        fault.message, self.places.chosen(*path, "loss"), help=fault.help
                    )
                )
                loss = None
        names: Counter[str] = Counter()
        for key, i, written in metrics_of(output):
            at = (*path, key, i)
            metric = self.member("metric", written, *at)
            if metric is None:
                continue
            shown = metric_name(self.catalogue, written)
            names[shown] += 1
            if names[shown] == 2:
                self.report.add(
                    types.BadCombination(
                        f"two metrics of `{name}` are logged as `{shown}`",
                        self.places.chosen(*at),
                        help="give one of them a `name`",
                    )
                )
            if target is not None and loss is not None:
                how = form(loss.name, loss.arguments)
                fault = metric_fault(metric.name, metric.arguments, target, type_, how)
                if fault is not None:
                    self.report.add(
                        types.WrongLoss(fault.message, self.places.chosen(*at), help=fault.help)
                    )

    def term(self, name: str) -> None:
        """A further loss: its class, arguments and tensors."""
        term = self.program.losses[name]
        try:
            found = with_arguments(self.catalogue, "loss", term.cls, term.arguments)
        except Mismatch as error:
            self.mismatch(error, "losses", name, term.cls)
            return
        wanted = loss_tensors(found.name)
        for given in term.tensors:
            if given not in wanted:
                self.report.add(
                    values.UnknownLossTensor(
                        f"{term.cls} takes no tensor `{given}`",
                        self.places.key("losses", name, given),
                        help=f"it takes {' and '.join(wanted)}",
                    )
                )
        if missing := [t for t in wanted if t not in term.tensors]:
            self.report.add(
                values.UnknownLossTensor(
                    f"{term.cls} needs {' and '.join(f'`{m}`' for m in missing)}",
                    self.places.key("losses", name),
                    help=f"write `{missing[0]}: …` beside `{term.cls}`",
                )
            )

    def train(self) -> None:
        """The train section, and what a search would watch."""
        train = self.program.train
        learned = bool(learned_outputs(self.program) or self.program.losses)
        if train is not None:
            self.member("optimizer", train.optimizer, "train", "optimizer")
            check_phases(self.program, train, self.places, self.report)
            for i, phase in enumerate(train.phases or ()):
                if phase.optimizer is not None:
                    self.member("optimizer", phase.optimizer, "train", "phases", i, "optimizer")
            found = {
                i: c
                for i, w in enumerate(train.callbacks)
                if (c := self.member("callback", w, "train", "callbacks", i)) is not None
            }
            check_passage(train, self.program.data, found, self.places, self.report)
            if learned:
                names = [*logged(self.program, self.catalogue)]
                if any(c.name == "ReduceLROnPlateau" for c in found.values()):
                    names.append("learning_rate")
                for i, callback in found.items():
                    check_callback(i, callback, names, self.places, self.report)
        if learned:
            check_objective(self.program, self.catalogue, self.places, self.report)

    def member(self, family: str, written: Any, *path: str | int) -> Instance | None:
        """The class that the spec writes at a path, checked; `None` where it is wrong."""
        try:
            return member(self.catalogue, family, written)
        except Mismatch as error:
            self.mismatch(error, *path)
            return None

    def mismatch(self, error: Mismatch, *path: str | int) -> None:
        """Reports a class or argument that does not fit, where it stands."""
        code = next(
            (c for kind, c in CODES.items() if isinstance(error, kind)), types.WrongArgument
        )
        full = (*path, *(error.argument or ()))
        if isinstance(error, UnknownArgument):
            span = self.places.key(*full)
        elif isinstance(error, UnknownClass) or not error.argument:
            span = self.places.chosen(*(full[:-1] if error.argument else full))
        else:
            span = self.places.value(*full)
        self.report.add(code(error.message, span, help=error.help))
