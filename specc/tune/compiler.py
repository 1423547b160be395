"""Compiles variants: the passes from the tree to the training's check, whole or in parts.

A model does not depend on how it is trained, but for the precision. So the model of a variant is
found once for all variants that differ in their data and training alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from specc.data.check import check_data
from specc.diagnostics.report import Report, SpecError
from specc.document.files import Folder
from specc.document.node import Node
from specc.document.origin import Origin
from specc.document.spec import Tune
from specc.expand.outside import Lift
from specc.expand.spec import expanded, section_of
from specc.graph.build import graphed
from specc.infer.infer import inferred
from specc.infer.memory import Memory
from specc.infer.program import Program
from specc.infer.saving import check_saving
from specc.plugin.known import Known
from specc.plugin.plugin import Plugin
from specc.train.check import check_training
from specc.tune.structures import Structures
from specc.tune.variant import without


@dataclass(frozen=True)
class Compiler:
    """What it takes to compile a variant beside its tree. `tune` says what is watched."""

    name: str
    lift: Lift | None
    known: Known
    tune: Tune | None
    folder: Folder
    """What paths in the spec are relative to, and what they may lead to."""
    plugins: tuple[Plugin, ...] = ()
    _memory: Memory = field(default_factory=Memory, repr=False, compare=False)
    _structures: Structures = field(default_factory=Structures, repr=False, compare=False)

    def program(self, root: Node) -> tuple[Program | None, Report]:
        """The program of a tree, and every fault; warnings that only a look finds are left out."""
        report = Report()
        program = self._inferred(root, report)
        if program is not None:
            program = replace(program, tune=self.tune, folder=self.folder)
            self._check(program, root, report)
        return (program if report.ok else None), report

    def trial(self, root: Node) -> Program:
        """The program of a variant, ready to be trained; raises `SpecError`."""
        program, report = self.program(root)
        if program is None:
            raise SpecError(report)
        origin = Origin(root, self.folder.root.absolute())
        return replace(program, tune=None, origin=origin, plugins=self.plugins)

    def model(self, root: Node) -> Program | None:
        """The program of a tree without its data and training; `None` where it has faults."""
        report = Report()
        train = root.entries.get("train")
        tree = without(root, "data", "train", "tune")
        if train is not None and "precision" in train.entries:
            entries = {
                **tree.entries,
                "train": train.like({"precision": train.entries["precision"]}),
            }
            tree = tree.like(entries, tree.keys)
        elif train is not None and not train.is_mapping:
            tree = root  # an expression, or a fault
        program = self._inferred(tree, report)
        return program if report.ok else None

    def section(self, name: str, root: Node) -> tuple[Any | None, bool]:
        """A section of a tree, and whether it is right by itself."""
        report = Report()
        found = section_of(name, root, report)
        return found, report.ok

    def fits(self, model: Program, data: Any, train: Any) -> bool:
        """Whether data and training fit a model, as `program` says it."""
        report = Report()
        whole = replace(model, data=data, train=train, tune=self.tune, folder=self.folder)
        self._check(whole, None, report)
        return report.ok

    def _inferred(self, root: Node, report: Report) -> Program | None:
        spec = self._structures.spec(root, report)
        if spec is None:
            return None
        flat = expanded(spec, root, self.name, report, frozenset(), self.lift)
        if flat is None:
            return None
        graph = graphed(flat, root, report)
        program = inferred(graph, root, self.known.catalogue, report, self._memory)
        check_saving(graph, root, report)
        return program

    def _check(self, program: Program, root: Node | None, report: Report) -> None:
        targets = check_data(program, root, report, self.known.datasets)
        check_training(program, root, report, self.known.catalogue, targets)
