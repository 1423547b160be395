"""Filling in: values in the place of expressions, within bounds, or the fault of having none."""

from __future__ import annotations

from typing import Any, Protocol

from specc.catalogue.kinds import nearest
from specc.catalogue.plain import is_list, is_mapping
from specc.diagnostics.codes import values as codes
from specc.diagnostics.diagnostic import Diagnostic, Related
from specc.diagnostics.report import Report
from specc.diagnostics.span import Span
from specc.document.bounds import LEVELS, NODES
from specc.document.extends import DELETE
from specc.document.node import Path
from specc.expand.failure import ExpressionError, Failed, Malformed, TooLarge, Undefined
from specc.expand.flat import Origin
from specc.expand.interpolate import value_of
from specc.expand.places import Places

Chain = tuple[Related, ...]
"""The places that something came through: repeats and blocks, innermost first."""
FILLED = 20 * NODES
"""How many elements expressions may put into one spec altogether."""


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

    def known_outside(self, name: str) -> bool:
        """Whether a name that is not seen here is a param around the block."""
        ...


class CycleError(Exception):
    """Params that need one another: `names` is the way round, `path` where they are declared."""

    def __init__(self, names: list[str], path: Path) -> None:
        super().__init__(" -> ".join(names))
        self.names = names
        self.path = path


class Filler:
    """Puts values in the place of expressions, and reports those that have none."""

    def __init__(self, report: Report, places: Places) -> None:
        self.report = report
        self.places = places
        self._sizes: dict[int, tuple[Any, int, int]] = {}
        """By identity: a value (which keeps it alive), its elements at all levels, its levels."""
        self._filled = 0

    def fill(self, value: Any, seen: Seen, path: Path, chain: Chain = ()) -> Any:
        """The value with every expression in it evaluated; raises `Broken`, all faults reported."""
        if isinstance(value, str):
            return self._text(value, seen, path, chain) if "$" in value else value
        if is_mapping(value):
            return self._all({k: (v, (*path, k)) for k, v in value.items()}, seen, chain)
        if is_list(value):
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
            if text == DELETE:
                raise Broken  # there was nothing to take away, which is reported
            value = value_of(text, seen.lookup)
            self._check_size(value)
        except ExpressionError as error:
            self.report.add(self._diagnostic(error, seen, path, chain))
        except CycleError as error:
            self.report_cycle(error, chain)
        else:
            return value
        raise Broken

    def fault(
        self,
        code: type[Diagnostic],
        message: str,
        origin: Origin,
        help: str | None = None,
        *,
        span: Span | None = None,
        label: str = "",
        related: tuple[Related, ...] = (),
    ) -> Broken:
        """Reports a fault at the value of `origin`, or at `span`; what it gives is to be raised."""
        span = span or self.places.value(origin.path)
        self.report.add(
            code(message, span, label=label, help=help, related=related, chain=origin.chain)
        )
        return Broken()

    # --- sizes ------------------------------------------------------------------------------------

    def _check_size(self, value: Any) -> None:
        """Bounds what params put into one another: each step may be small and the whole not."""
        if not is_list(value) and not is_mapping(value):
            return
        size, levels = self._size(value)
        if levels > LEVELS:
            raise TooLarge(f"a value is at most {LEVELS} levels deep")
        self._filled += size
        if size > NODES or self._filled > FILLED:
            raise TooLarge("params that repeat one another make too large a spec")

    def _size(self, value: Any) -> tuple[int, int]:
        """How many elements and levels a value has; each list or mapping is looked at once."""
        inner = value if is_list(value) else list(value.values()) if is_mapping(value) else None
        if inner is None:
            return 1, 0
        known = self._sizes.get(id(value))
        if known is None:
            sizes = [self._size(v) for v in inner]
            count = 1 + sum(s for s, _ in sizes)
            known = (value, count, 1 + max((d for _, d in sizes), default=0))
            self._sizes[id(value)] = known
        return known[1], known[2]

    # --- faults -----------------------------------------------------------------------------------

    def report_cycle(self, error: CycleError, chain: Chain) -> None:
        """Reports params that need one another."""
        names = error.names[:-1]
        first = names.index(min(names))
        names = names[first:] + names[:first]
        shown = [*names[:8], "…"] if len(names) > 8 else [*names, names[0]]
        spans = [self.places.value((*error.path, n)) for n in names[:8]]
        after = [*names[1:], names[0]]
        self.report.add(
            codes.ParamCycle(
                "these params need one another: " + " -> ".join(shown),
                spans[0],
                label=f"`{names[0]}` needs `{after[0]}`" if len(names) > 1 else "",
                related=tuple(
                    Related(f"`{name}` needs `{needed}`", span)
                    for name, needed, span in zip(names[1:8], after[1:8], spans[1:], strict=False)
                ),
                chain=chain,
            )
        )

    def _diagnostic(
        self, error: ExpressionError, seen: Seen, path: Path, chain: Chain
    ) -> Diagnostic:
        span = self.places.value(path)
        if isinstance(error, Undefined):
            known = seen.names()
            close = nearest(error.name, known)
            listed = ", ".join(known[:12])
            hint = f"the params seen here are {listed}" if listed else "declare it under `params`"
            hint = f"did you mean `{close}`?" if close else hint
            if seen.known_outside(error.name):
                hint = f"a block sees only its own params: give it `{error.name}: ${error.name}`"
            if error.name == "index":
                hint = "`$index` counts the turns of a `repeat`, and there is none around this"
            return codes.UndefinedParam(error.message, span, help=hint, chain=chain)
        code = next(c for kind, c in _CODES.items() if isinstance(error, kind))
        return code(error.message, span, help=error.help, chain=chain)


_CODES: dict[type[ExpressionError], type[Diagnostic]] = {
    Malformed: codes.BadExpression,
    Failed: codes.FailedExpression,
    TooLarge: codes.ExpressionTooLarge,
}


def holds_expression(value: Any) -> bool:
    """Whether an expression stands anywhere in a value."""
    if isinstance(value, str):
        return "$" in value
    if is_mapping(value):
        return any(holds_expression(v) for v in value.values())
    return is_list(value) and any(holds_expression(v) for v in value)
