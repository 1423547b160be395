"""A study as Optuna has it: in memory, for its plots and importances, or in a storage of its own.

The ledger stays what the search is driven by: Optuna's storage costs a hundred times as much a
trial.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from importlib import import_module
from typing import Any

from specc.train.folder import LEDGER
from specc.train.own_file import NotOwn, own
from specc.tune.folder import NotAStudy, Study
from specc.tune.ledger import Configuration, Ledger
from specc.tune.sampler import distribution, labels, optuna_of
from specc.tune.space import Dimension

_STATES = {
    "done": "COMPLETE",
    "pruned": "PRUNED",
    "failed": "FAIL",
    "left out": "FAIL",
    "running": "RUNNING",
    "waiting": "WAITING",
}
"""Optuna's names of the states; what `require` left out was never trained, and counts as failed."""


def in_memory(
    study: Study,
    text: Callable[[str], str] = str,
    trials: Sequence[Configuration] | None = None,
) -> Any:
    """The `optuna.Study` of what ended, or of some trials that did.

    `text` changes names and choices, as to escape them.
    """
    optuna = optuna_of()
    direction = "maximize" if study.goal.direction == "max" else "minimize"
    found = optuna.create_study(direction=direction, study_name=text(_name(study)))
    ended = [t for t in study.trials if t.state in ("done", "pruned")] if trials is None else trials
    found.add_trials([_trial(optuna, study, t, {}, text=text) for t in ended])
    return found


def exported(
    study: Study, storage: str, name: str | None = None, told: Callable[[int], None] | None = None
) -> str:
    """Writes a study into an Optuna storage, such as `sqlite:///optuna.db`; gives its name there.

    Each configuration is a trial with its parameters, values by epoch, state, times and, as user
    attributes, engine, seed, seconds and what else was logged. `told` hears how many are written.

    All of it or nothing: what fails on the way is taken out again. Raises `NotAStudy` where the
    storage cannot be opened, or has a study of that name.
    """
    optuna = optuna_of()
    direction = "maximize" if study.goal.direction == "max" else "minimize"
    name = name or _name(study)
    try:
        found = optuna.create_study(storage=storage, study_name=name, direction=direction)
    except optuna.exceptions.DuplicatedStudyError:
        raise NotAStudy(f"{storage} has a study `{name}`: give it another --name") from None
    except Exception as error:  # whatever its database library raises
        raise NotAStudy(f"{storage} cannot be opened: {_line(error)}") from None
    try:
        _written(optuna, study, found, told)
    except BaseException:
        with suppress(Exception):  # of a storage that is gone; what went wrong first is told
            optuna.delete_study(study_name=name, storage=storage)
        raise
    return name


def beside(study: Study) -> str:
    """The address of `optuna.db` in a study's folder; raises `NotAStudy` where it leads elsewhere.

    Whatever the folder is called: `?` and `#` end a path in an address.
    """
    optuna_of()  # which brings SQLAlchemy
    engine: Any = import_module("sqlalchemy.engine")
    path = study.path / "optuna.db"
    try:
        own(path)
    except NotOwn as error:
        raise NotAStudy(f"{study.path} is no whole study: {error}") from None
    address: str = engine.URL.create("sqlite", database=str(path)).render_as_string()
    if engine.make_url(address).database != str(path):  # before SQLAlchemy 2.1
        raise NotAStudy(f"SQLAlchemy has no address for {path}: say another place by --storage")
    return address


def _written(optuna: Any, study: Study, found: Any, told: Callable[[int], None] | None) -> None:
    """All of a study, into an empty one of Optuna's."""
    found.set_user_attr("metric", study.goal.metric)
    found.set_user_attr("specc", str(study.about().get("specc", "")))
    found.set_user_attr("study", str(study.path.absolute()))
    with Ledger(study.path / LEDGER, reading=True) as ledger:
        for count, trial in enumerate(study.trials, start=1):
            found.add_trial(_trial(optuna, study, trial, dict(_said(ledger, study, trial))))
            if told is not None:
                told(count)


def _name(study: Study) -> str:
    whole = study.path.absolute()
    return f"{whole.parent.name}/{whole.name}"


def _line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


def _trial(
    optuna: Any,
    study: Study,
    trial: Configuration,
    said: Mapping[str, Any],
    text: Callable[[str], str] = str,
) -> Any:
    """A configuration as a trial of Optuna; `said` are further fields of it."""
    known = study.dimensions
    state = optuna.trial.TrialState[_STATES[trial.state]]
    now = datetime.now()  # Optuna's times are local
    fields: dict[str, Any] = {
        "datetime_start": now if state.name != "WAITING" else None,
        "datetime_complete": now if state.is_finished() else None,
        "user_attrs": {},
        "system_attrs": {},
        "intermediate_values": {},
    }
    return optuna.trial.FrozenTrial(
        number=trial.number,
        trial_id=trial.number,
        state=state,
        value=trial.value if trial.state == "done" else None,
        params={text(a): _param(known[a], v, text) for a, v in trial.values.items()},
        distributions={text(a): _distribution(optuna, known[a], text) for a in trial.values},
        **{**fields, **said},
    )


def _said(ledger: Ledger, study: Study, trial: Configuration) -> Iterator[tuple[str, Any]]:
    """What the ledger knows of a configuration beside its values."""
    asked, ended = ledger.times(trial.number)
    if trial.state != "waiting":
        yield "datetime_start", datetime.fromtimestamp(asked)  # Optuna's are local
    if ended is not None:
        yield "datetime_complete", datetime.fromtimestamp(ended)
    attributes: dict[str, Any] = {"state": trial.state}
    for index, row in enumerate(ledger.told(trial.number)):
        if index == 0:
            metric = study.goal.metric
            logs = ledger.reports(row.id)
            yield "intermediate_values", {e: x[metric] for e, x in logs.items() if metric in x}
            attributes |= {"engine": row.engine, "seed": row.seed, **(row.logs or {})}
        attributes["seconds"] = attributes.get("seconds", 0) + (row.seconds or 0)
        if row.reason:
            attributes["reason"] = row.reason
    yield "user_attrs", {k: v for k, v in attributes.items() if v is not None}


def _param(dimension: Dimension, value: Any, text: Callable[[str], str]) -> Any:
    if dimension.kind != "choice":
        return value
    index = dimension.points.index(dimension.setting(value))
    return text(labels(dimension)[index])


def _distribution(optuna: Any, dimension: Dimension, text: Callable[[str], str]) -> Any:
    if dimension.kind == "choice":
        kind = optuna.distributions.CategoricalDistribution
        return kind([text(label) for label in labels(dimension)])
    return distribution(optuna, dimension)
