"""What callbacks and searches watch, and where callbacks write: S804."""

from __future__ import annotations

from collections.abc import Collection
from string import Formatter

from specc.catalogue.catalogue import Catalogue
from specc.catalogue.kinds import Instance, nearest
from specc.data.places import Places
from specc.diagnostics.codes import training as codes
from specc.diagnostics.codes import types
from specc.diagnostics.report import Report
from specc.document.spec import Objective
from specc.infer.program import Program
from specc.train.folder import RESERVED
from specc.train.logged import logged

_WATCHING = ("EarlyStopping", "ModelCheckpoint", "ReduceLROnPlateau")


def check_callback(
    index: int,
    callback: Instance,
    names: Collection[str],
    places: Places,
    report: Report,
) -> None:
    """What the callback watches is among the logged names, and its file one that it can write."""
    path = ("train", "callbacks", index)
    for key in ("filename", "filepath", "backup_dir", "log_dir"):
        name = str(callback.arguments.get(key, ""))
        if name.removeprefix("./").split("/")[0] in RESERVED:
            report.add(
                types.WrongArgument(
                    f"the run writes `{name}` itself",
                    places.value(*path, callback.name, key),
                    help="give the callback another name",
                )
            )
    if callback.name == "ModelCheckpoint":
        _check_file(callback, names, path, places, report)
        if not callback.arguments.get("save_best_only", False):
            return
    if callback.name not in _WATCHING:
        return
    monitor = str(callback.arguments.get("monitor", "val_loss"))
    if monitor not in names:
        written = "monitor" in callback.arguments
        here = (*path, callback.name, "monitor")
        report.add(
            codes.BadMonitor(
                f"{callback.name} watches `{monitor}`, which is not logged",
                places.value(*here) if written else places.chosen(*path),
                help=_instead(monitor, names),
            )
        )


def check_objective(program: Program, catalogue: Catalogue, places: Places, report: Report) -> None:
    """What a search improves is logged."""
    tune = program.tune
    if tune is None:
        return
    inside = isinstance(tune.objective, Objective)
    name = tune.objective.metric if isinstance(tune.objective, Objective) else tune.objective
    names = list(logged(program, catalogue))
    if tune.folds is not None:
        names = list(dict.fromkeys([*names, *(f"val_{n}" for n in names if n[:4] != "val_")]))
    if name not in names:
        path = ("tune", "objective", "metric") if inside else ("tune", "objective")
        report.add(
            codes.BadMonitor(
                f"the objective `{name}` is not logged",
                places.value(*path),
                help=_instead(name, names),
            )
        )


def _instead(monitor: str, names: Collection[str]) -> str:
    if monitor.removeprefix("val_") in names and monitor.startswith("val_"):
        return "nothing is validated; `split: {validation: 0.2}` sets a part aside"
    close = nearest(monitor, list(names))
    return f"did you mean `{close}`?" if close else f"logged are {', '.join(names)}"


def _check_file(
    callback: Instance,
    names: Collection[str],
    path: tuple[str | int, ...],
    places: Places,
    report: Report,
) -> None:
    """A checkpoint's name has the ending that Keras wants, and names only what is logged."""
    name = str(callback.arguments["filepath"])
    place = places.value(*path, callback.name, "filepath")
    ending = ".weights.h5" if callback.arguments.get("save_weights_only") else ".keras"
    if not name.endswith(ending):
        report.add(
            types.WrongArgument(
                f"this file's name ends in `{ending}`", place, help=f"write `best{ending}`"
            )
        )
    for _, field, _, _ in Formatter().parse(name):
        if field is not None and field not in (*names, "epoch", "batch"):
            report.add(
                codes.BadMonitor(
                    f"the file's name holds `{field}`, which is not logged",
                    place,
                    help=_instead(field, [*names, "epoch"]),
                )
            )
