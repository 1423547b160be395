"""The ledger of a study: every configuration and training, with its reports, in SQLite.

A kill at any moment loses what was not yet committed, at most one batch of reports. What was asked
and not committed is asked again, with the same values; what runs is trained again.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from specc.catalogue.plain import is_dict

BATCH = 0.2
"""How many seconds of reports are committed at once."""

STATES = ("done", "pruned", "failed", "left out", "running", "waiting")
"""How a configuration may have ended, or that it did not."""

_TABLES = """
create table if not exists configuration (
  number integer primary key, "values" text, state text, value real, asked real, ended real,
  deviation real);
create table if not exists trial (
  id integer primary key, number integer, repeat integer, fold integer, seed integer, spec text,
  engine text, state text, attempts integer default 0, logs text, seconds real, reason text);
create table if not exists fact (name text primary key, value text);
create table if not exists report (
  trial integer, epoch integer, logs text, primary key (trial, epoch)) without rowid;
"""


@dataclass(frozen=True, slots=True)
class Configuration:
    """One row: the values by address, the objective, and how it ended.

    It is one of `STATES`: `running` and `waiting` where it did not.
    """

    number: int
    values: Mapping[str, Any]
    state: str
    value: float | None
    asked: float = field(default=0.0, compare=False)
    """When, by the clock, as is `ended`."""
    ended: float | None = field(default=None, compare=False)
    deviation: float | None = None
    """Of its trainings, where it has several by folds or repeats."""


@dataclass(frozen=True, slots=True)
class Training:
    """One training of a configuration, as the ledger knows it."""

    id: int
    engine: str | None
    """Nothing where it never began, as is the seed."""
    seed: int | None
    seconds: float | None
    reason: str | None
    logs: Mapping[str, float] | None


class Ledger:
    """The ledger in a file, or with `reading` what one holds, in whose folder nothing is written.

    Raises `sqlite3.Error` where it cannot be written or read.
    """

    def __init__(self, path: Path, *, reading: bool = False) -> None:
        self._since: float | None = None
        if reading:
            self._db = _opened(path)
            return
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = normal")
        self._db.executescript(_TABLES)

    def noted(self, **facts: str) -> None:
        """What the study is: its engine, its backend."""
        for name, value in facts.items():
            self._run("insert or replace into fact values (?, ?)", (name, value))
        self.commit()

    def facts(self) -> dict[str, str]:
        """What was noted."""
        return dict(self._db.execute("select name, value from fact").fetchall())

    def asked(self, number: int, values: Mapping[str, Any]) -> None:
        """A configuration was drawn."""
        self._run(
            "insert or replace into configuration values (?, ?, 'waiting', null, ?, null, null)",
            (number, json.dumps(values), time.time()),
        )

    def began(self, row: tuple[Any, ...], spec: Mapping[str, Any], engine: str) -> None:
        """A training was given out; `row` is id, number, repeat, fold and seed."""
        self._run("delete from report where trial = ?", (row[0],))
        self._run("update configuration set state = 'running' where number = ?", (row[1],))
        self._run(
            "insert into trial (id, number, repeat, fold, seed, spec, engine, state, attempts) "
            "values (?, ?, ?, ?, ?, ?, ?, 'running', 1) on conflict (id) do update set "
            "attempts = attempts + 1, state = 'running', engine = excluded.engine",
            (*row, json.dumps(spec), engine),
        )

    def refused(self, trial: int, number: int, reason: str) -> None:
        """A configuration could not be compiled, so that its first training never began."""
        self._run(
            "insert or replace into trial (id, number, state, reason) values (?, ?, 'failed', ?)",
            (trial, number, reason),
        )

    def reported(self, trial: int, epoch: int, logs: Mapping[str, float]) -> dict[str, float]:
        """An epoch was reported; gives what is kept of it, eight digits of each number.

        A pruner is told that, so that it is told the same when the study is taken up again.
        """
        kept = {k: float(f"{v:.8g}") for k, v in logs.items()}
        text = json.dumps(kept)
        self._run("insert or replace into report values (?, ?, ?)", (trial, epoch, text))
        return kept

    def ended(
        self,
        trial: int,
        state: str,
        logs: Mapping[str, float] | None = None,
        seconds: float | None = None,
        reason: str | None = None,
    ) -> None:
        """A training ended."""
        self._run(
            "update trial set state = ?, logs = ?, seconds = ?, reason = ? where id = ?",
            (state, json.dumps(logs), seconds, reason, trial),
        )

    def settled(
        self, number: int, state: str, value: float | None, deviation: float | None = None
    ) -> None:
        """A configuration ended, and with it all its trainings; it is committed at once."""
        self._run(
            "update configuration set state = ?, value = ?, ended = ?, deviation = ? "
            "where number = ?",
            (state, value, time.time(), deviation, number),
        )
        self.commit()

    def commit(self) -> None:
        """Keeps what was said."""
        if self._since is not None:
            self._db.execute("commit")
            self._since = None

    def close(self) -> None:
        """Keeps what was said, and closes the file."""
        self.commit()
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def configurations(self) -> list[Configuration]:
        """All of them, in order."""
        rows = self._db.execute(
            'select number, "values", state, value, asked, ended, deviation '
            "from configuration order by 1"
        )
        return [_configuration(*row) for row in rows]

    def trials(self, number: int) -> Iterator[tuple[int, str, dict[str, float] | None]]:
        """The trainings of a configuration: id, state and last logs."""
        rows = self._db.execute("select id, state, logs from trial where number = ?", (number,))
        for id_, state, logs in rows.fetchall():
            yield id_, state, json.loads(logs) if logs else None

    def reports(self, trial: int) -> dict[int, dict[str, float]]:
        """A training's logs by epoch."""
        rows = self._db.execute(
            "select epoch, logs from report where trial = ? order by 1", (trial,)
        )
        return {epoch: json.loads(logs) for epoch, logs in rows}

    def told(self, number: int) -> Iterator[Training]:
        """The trainings of a configuration, with all that is known of them."""
        rows = self._db.execute(
            "select id, engine, seed, seconds, reason, logs from trial where number = ? order by 1",
            (number,),
        )
        for id_, engine, seed, seconds, reason, logs in rows.fetchall():
            found = json.loads(logs) if logs else None
            yield Training(id_, engine, seed, seconds, reason, found)

    def times(self, number: int) -> tuple[float, float | None]:
        """When a configuration was asked for and when it ended, in seconds since 1970."""
        rows = self._db.execute(
            "select asked, ended from configuration where number = ?", (number,)
        )
        return rows.fetchone()

    def span(self) -> float | None:
        """The seconds from the first configuration to the last that ended."""
        rows = self._db.execute("select max(ended) - min(asked) from configuration")
        return rows.fetchone()[0]

    def engines(self) -> dict[str, int]:
        """How many trainings each engine had."""
        rows = self._db.execute(
            "select engine, count(*) from trial where engine is not null group by 1"
        )
        return dict(rows.fetchall())

    def _run(self, text: str, values: tuple[Any, ...]) -> None:
        now = time.monotonic()
        if self._since is None:
            self._db.execute("begin")
            self._since = now
        self._db.execute(text, values)
        if now - self._since > BATCH:
            self.commit()


def _opened(path: Path) -> sqlite3.Connection:
    """A ledger that is read. Where no log is beside it nobody writes it, and none is made."""
    log = path.with_name(f"{path.name}-wal")
    how = "mode=ro" if log.exists() else "immutable=1"
    return sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, isolation_level=None)


def _configuration(number: int, values: Any, state: Any, *numbers: Any) -> Configuration:
    """A row, which may be of a file that somebody else has written; raises `sqlite3.DataError`."""
    try:
        found = json.loads(values)
    except (TypeError, ValueError):
        found = None
    known = state in STATES and all(x is None or isinstance(x, int | float) for x in numbers)
    if not is_dict(found) or not known:
        raise sqlite3.DataError(f"its row {number} is none that a study writes")
    return Configuration(number, found, state, *numbers)
