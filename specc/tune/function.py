"""`specc.search`: the best values for a Python function, over the space language of a spec.

The function is one more engine: it is given each trial's values, reports as often as it likes, and
gives what is to be made small or large. Sampler, pruner, ledger and resume are those of a spec's
search.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from os import PathLike
from pathlib import Path
from typing import Any

from specc.catalogue.plain import is_dict, is_list, is_mapping, is_sequence
from specc.diagnostics.codes import training as codes
from specc.diagnostics.report import Report, SpecError
from specc.diagnostics.span import Source
from specc.document.failure import Unreadable
from specc.document.given import located
from specc.document.node import Node
from specc.document.node import Path as TreePath
from specc.document.origin import Origin
from specc.document.space import check_space
from specc.document.spec import Train, Tune
from specc.document.write import written
from specc.expand.spec import section_of, stem_of
from specc.infer.program import Program
from specc.lower.writing import write_text
from specc.tune.called import VALUE, Function, Objective
from specc.tune.driver import Driver, OnReport
from specc.tune.folder import Study
from specc.tune.making import StudyStopped, begun, sole_driver
from specc.tune.objective import Direction
from specc.tune.progress import Progress, watching
from specc.tune.space import Dimension, dimensions
from specc.tune.variant import Variants

LAYOUTS = 1_000
"""How many ways to choose are looked through for a field that a choice should bring."""


def search(
    space: Mapping[str, Any],
    objective: Objective,
    *,
    direction: Direction = "min",
    sampler: str = "random",
    pruner: str = "none",
    trials: int | None = None,
    timeout: float | None = None,
    seed: int = 0,
    seed_with: Sequence[Mapping[str, Any]] = (),
    catch: tuple[type[Exception], ...] = (),
    on_report: OnReport | None = None,
    workers: int = 1,
    name: str | None = None,
    studies: str | PathLike[str] = "studies",
    resume: bool = False,
    progress: Progress = "auto",
) -> Study:
    """Searches a space for the values of which a function makes least, or most; gives the study.

    `space` maps names to ranges as `tune.space` does: `choice`, `uniform`, `log_uniform`, `int`. A
    name such as `optimizer.SGD.momentum` is a value that exists where `optimizer` is `{"SGD": {…}}`
    or `"SGD"`, and stands inside it; `*` is whatever was chosen. `objective` is called with each
    trial, and gives a number; `trial.report(value)` lets a pruner, or `on_report`, stop it.

        def objective(trial):
            return (trial["x"] - 2) ** 2

        study = specc.search({"x": {"uniform": [-10, 10]}}, objective, sampler="tpe", trials=100)
        study.best.values

    With several `workers` the function is called in so many threads at once; `on_report` is not.
    An exception of a type in `catch` fails the trial; any other ends the study. The study is kept
    in `studies/<name>/<n>`, `name` being the function's; `resume` goes on with the last of the same
    space. `best.yaml` holds the best values.

    Raises `SpecError` where the space has faults, `ValueError` for fewer workers than one,
    `StudyFailed`, `MissingExtra`, `StudyStopped`.
    """
    if workers < 1:
        raise ValueError(f"at least one worker has to call the objective, not {workers}")
    goal = {"metric": VALUE, "direction": direction}
    section: dict[str, Any] = {"objective": goal, "sampler": sampler, "pruner": pruner}
    section |= {"seed": seed, "seed_with": list(seed_with), "space": space}
    tune, root = _read(section)
    name = stem_of(name or getattr(objective, "__name__", "search"))
    variants = _variants(tune, root)
    text = written({"specc": 1, "name": name, "tune": root.at(("tune",)).plain()})
    folder = begun(Path(studies), name, text, resume, None)
    watch = watching(progress)
    with sole_driver(folder):
        driver = Driver(
            tune,
            root,
            _Values(name),
            folder,
            on_report=on_report,
            trials=trials,
            timeout=timeout,
            heard=watch.heard,
            variants=variants,
        )
        driver.engine = Function(objective, catch, workers)
        watch.begin(driver)
        try:
            driver.resume()
            driver.engine.run(driver)
        except KeyboardInterrupt:
            raise StudyStopped(f"interrupted; `resume=True` goes on with {folder}") from None
        finally:
            watch.close()
            driver.close()
        study = Study(folder, tune, root)
        if study.best is not None:
            tree = variants.tree(driver.chosen(study.best.values))
            write_text(study.best_spec, written(_plain(tree.plain())))
    return study


# --- the space ------------------------------------------------------------------------------------


def _read(section: Mapping[str, Any]) -> tuple[Tune, Node]:
    """The section as `tune` has it, and the document that it is written in; raises `SpecError`."""
    report = Report()
    try:
        root = located({"specc": 1, "tune": _escaped(section)}, Source("search"))
    except Unreadable as failure:
        report.add(failure.diagnostic)
        raise SpecError(report) from None
    tune: Tune | None = section_of("tune", root, report)
    if tune is not None:
        check_space(tune, root, report)
    if tune is None or not report.ok:
        raise SpecError(report)
    return tune, root


def _escaped(value: Any) -> Any:
    """A space whose texts are no expressions."""
    if isinstance(value, str):
        return value.replace("$", "$$")
    if is_mapping(value):
        return {k: _escaped(v) for k, v in value.items()}
    return [_escaped(v) for v in value] if is_sequence(value) else value


def _plain(value: Any) -> Any:
    """What was escaped, as it was."""
    if isinstance(value, str):
        return value.replace("$$", "$")
    if is_dict(value):
        return {k: _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if is_list(value) else value


def _variants(tune: Tune, root: Node) -> Variants:
    """The variants of the values; raises `SpecError` for a name that no choice brings."""
    found = dimensions(tune, root)
    addresses = [d.address for d in found]
    tops = [a for a in addresses if _holder(a, addresses) is None]
    values = root.like({a: root.like(None) for a in tops}, {a: root.like(a) for a in tops})

    def place(tree: Node, dimension: Dimension) -> TreePath | None:
        return _place(tree, dimension.address, tops)

    variants = Variants(values, found, place)
    seen: set[Dimension] = set()
    for layout in islice(variants.layouts(), LAYOUTS):
        seen |= {d for d, _ in layout.active} | {s.dimension for s in layout.chosen}
    report = Report()
    for dimension in found:
        if dimension not in seen:
            holder = _holder(dimension.address, addresses)
            message = f"no choice of `{holder}` brings `{dimension.address}`"
            report.add(codes.BadSpace(message, dimension.key))
    if not report.ok:
        raise SpecError(report)
    return variants


def _holder(address: str, addresses: Sequence[str]) -> str | None:
    """The longest other name that an address stands in."""
    above = [a for a in addresses if address.startswith(f"{a}.")]
    return max(above, key=len, default=None)


def _place(tree: Node, address: str, tops: Sequence[str]) -> TreePath | None:
    """Where a value stands in the tree of values, if the choices that were made have it."""
    if address in tops:
        return (address,)
    top = min((a for a in tops if address.startswith(f"{a}.")), key=len)
    *steps, last = address[len(top) + 1 :].split(".")
    path: TreePath = (top,)
    node = tree.entries[top]
    for step in steps:
        below = node.entries or ({node.value: None} if isinstance(node.value, str) else {})
        if step == "*" and len(below) == 1:
            step = next(iter(below))  # noqa: PLW2901  # what it stands for
        if step not in below:
            return None
        path, node = (*path, step), below[step] or node.like({})
    return (*path, last) if node.is_mapping or node.value is None else None


@dataclass(frozen=True)
class _Values:
    """Makes of a tree of values what the driver gives an engine: a program without a graph."""

    name: str

    def trial(self, root: Node) -> Program:
        """The values of a trial, under `values` in its document."""
        document = located({"values": _plain(root.plain())}, Source("search"))
        train = Train()
        return Program(self.name, (), {}, {}, train=train, origin=Origin(document, Path()))
