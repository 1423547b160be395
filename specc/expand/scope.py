"""Which params are seen where, and their values, each found when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from specc.catalogue.kinds import nearest
from specc.diagnostics.codes import values as codes
from specc.diagnostics.diagnostic import Diagnostic, Related
from specc.diagnostics.report import Report
from specc.diagnostics.span import Span
from specc.document.node import Path
from specc.expand.expression import (
    ExpressionError,
    Failed,
    Malformed,
    TooLarge,
    Undefined,
)
from specc.expand.interpolate import value_of

Chain = tuple[Related, ...]
"""The places that something came through: repeats and blocks, innermost first."""


class Broken(Exception):
    """A value whose fault is in the report already."""


class Seen(Protocol):
    """A place that params are seen from."""

    def names(self) -> list[str]:
        """Every name that is seen."""
        ...

    def lookup(self, name: str) -> Any:
        """A param's value; raises `Undefined`, `Broken` or `CycleError`."""
        ...


class CycleError(Exception):
    """Params that need one another; `names` is the way round."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(" -> ".join(names))
        self.names = names


class Filler:
    """Puts values in the place of expressions, and reports those that have none."""

    def __init__(self, report: Report, span: Callable[[Path], Span]) -> None:
        self.report = report
        self.span = span

    def fill(self, value: Any, seen: Seen, path: Path, chain: Chain = ()) -> Any:
        """The value with every expression in it evaluated; raises `Broken`, all faults reported."""
        if isinstance(value, str):
            return self._text(value, seen, path, chain) if "$" in value else value
        if isinstance(value, Mapping):
            return self._all({k: (v, (*path, k)) for k, v in value.items()}, seen, chain)
        if isinstance(value, list):
            filled = self._all({i: (v, (*path, i)) for i, v in enumerate(value)}, seen, chain)
            return list(filled.values())
        return value

    def _all(self, parts: dict[Any, tuple[Any, Path]], seen: Seen, chain: Chain) -> dict[Any, Any]:
        filled: dict[Any, Any] = {}
        for key, (value, path) in parts.items():
            try:
                filled[key] = self.fill(value, seen, path, chain)
            except Broken:
                continue
        if len(filled) < len(parts):
            raise Broken
        return filled

    def _text(self, text: str, seen: Seen, path: Path, chain: Chain) -> Any:
        try:
            return value_of(text, seen.lookup)
        except ExpressionError as error:
            self.report.add(self._diagnostic(error, seen, path, chain))
        except CycleError as error:
            self.report.add(
                codes.ParamCycle(
                    "these params need one another: " + " -> ".join(error.names),
                    self.span(path),
                    chain=chain,
                )
            )
        raise Broken

    def _diagnostic(
        self, error: ExpressionError, seen: Seen, path: Path, chain: Chain
    ) -> Diagnostic:
        span = self.span(path)
        if isinstance(error, Undefined):
            known = seen.names()
            close = nearest(error.name, known)
            listed = ", ".join(known[:12])
            help = f"the params seen here are {listed}" if listed else "declare it under `params`"
            help = f"did you mean `{close}`?" if close else help
            return codes.UndefinedParam(error.message, span, help=help, chain=chain)
        for kind, code in _CODES.items():
            if isinstance(error, kind):
                return code(error.message, span, help=error.help, chain=chain)
        raise error


_CODES: dict[type[ExpressionError], type[Diagnostic]] = {
    Malformed: codes.BadExpression,
    Failed: codes.FailedExpression,
    TooLarge: codes.ExpressionTooLarge,
}


class Params:
    """The params of a spec or a block. `outer` is where their defaults look, `given` wins.

    `used` collects the names that were asked for, so that one that nothing reads is seen.
    """

    def __init__(
        self,
        filler: Filler,
        written: Mapping[str, Any],
        path: Path,
        *,
        outer: Seen | None = None,
        given: Mapping[str, Any] | None = None,
        chain: Chain = (),
    ) -> None:
        self.filler = filler
        self.written = written
        self.path = path
        self.outer = outer
        self.values: dict[str, Any] = dict(given or {})
        self.chain = chain
        self.used: set[str] = set()
        self._open: list[str] = []
        self._broken: set[str] = set()

    def names(self) -> list[str]:
        """Every name that is seen here."""
        return list(dict.fromkeys((*self.values, *self.written)))

    def lookup(self, name: str) -> Any:
        """A param's value, found once."""
        self.used.add(name)
        if name in self.values:
            return self.values[name]
        if name in self._broken:
            raise Broken
        if name not in self.written:
            raise Undefined(name)
        if name in self._open:
            raise CycleError([*self._open[self._open.index(name) :], name])
        self._open.append(name)
        try:
            seen = self if self.outer is None else _Outward(self, self.outer, name)
            value = self.filler.fill(self.written[name], seen, (*self.path, name), self.chain)
        except Broken:
            self._broken.add(name)
            raise
        finally:
            self._open.pop()
        self.values[name] = value
        return value

    def check(self) -> None:
        """Evaluates what nothing has asked for, so that its faults are found too."""
        used = set(self.used)
        for name in self.written:
            try:
                self.lookup(name)
            except Broken:
                continue
        self.used = used


class _Outward:
    """What the default of a block's param sees: the params outside, then its siblings."""

    def __init__(self, own: Params, outer: Seen, name: str) -> None:
        self.own = own
        self.outer = outer
        self.name = name

    def names(self) -> list[str]:
        return [*self.outer.names(), *(n for n in self.own.names() if n != self.name)]

    def lookup(self, name: str) -> Any:
        try:
            return self.outer.lookup(name)
        except Undefined:
            if name == self.name:
                raise
            return self.own.lookup(name)


class Turn:
    """One turn of a repeat: its names and `index`, over what is seen outside it."""

    def __init__(self, names: Mapping[str, Any], index: int, outer: Seen) -> None:
        self.local = {**names, "index": index}
        self.outer = outer

    def names(self) -> list[str]:
        """Every name that is seen here."""
        return list(dict.fromkeys((*self.local, *self.outer.names())))

    def lookup(self, name: str) -> Any:
        """The turn's value, or what is seen outside."""
        return self.local[name] if name in self.local else self.outer.lookup(name)


def holds_expression(value: Any) -> bool:
    """Whether an expression stands anywhere in a value."""
    if isinstance(value, str):
        return "$" in value
    if isinstance(value, Mapping):
        return any(holds_expression(v) for v in value.values())
    return isinstance(value, list) and any(holds_expression(v) for v in value)
