"""Proves a space before it is searched: every combination up to a bound compiles, or says why not.

Loads no Keras. Where there are more combinations than the bound, every value is tried by itself,
every two together, and some combinations by chance, always the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations as chosen_of
from itertools import product
from random import Random

from specc.diagnostics.codes import tuning as codes
from specc.diagnostics.diagnostic import Diagnostic, Related
from specc.diagnostics.report import Report
from specc.diagnostics.span import Span
from specc.document.node import Node
from specc.document.spec import Tune
from specc.tune.compiler import Compiler
from specc.tune.parts import Parts
from specc.tune.space import Setting, dimensions, shown
from specc.tune.variant import Combination, Layout, Variants

BOUND = 10_000
"""How many combinations are all proven."""
CHANCE = 500
"""How many combinations are drawn where not all can be proven."""
CAUSES = 50
"""How many different causes are told."""


@dataclass(frozen=True)
class Proof:
    """What was proven of a space. `every`: all combinations of the proven values, not a part."""

    combinations: int
    every: bool
    sampled: tuple[str, ...]
    """The dimensions of which only some values were tried."""
    left_out: int
    """How many break what `require` wants."""

    def __str__(self) -> str:
        what = "every combination" if self.every else "every value, every two, and some by chance"
        text = f"space: {self.combinations:,} combinations compile ({what}"
        if self.sampled:
            text += f"; sampled: {', '.join(self.sampled)}"
        return text + (
            f"), {self.left_out:,} of them left out by `require`" if self.left_out else ")"
        )


def proven(
    tune: Tune, root: Node, compiler: Compiler, report: Report, bound: int = BOUND
) -> Proof | None:
    """The proof of a spec's space; `None` where a combination cannot compile, which is reported."""
    return _Prover(tune, root, compiler, report).prove(bound)


class _Prover:
    """The proof of one space while it is made."""

    def __init__(self, tune: Tune, root: Node, compiler: Compiler, report: Report) -> None:
        self.tune = tune
        self.root = root
        self.compiler = compiler
        self.report = report
        self.variants = Variants(root, dimensions(tune, root))
        self.parts = Parts(self.variants, compiler)

    def prove(self, bound: int) -> Proof | None:
        tried, every = self._tried(bound)
        failing = [c for c in tried if not self.parts.ok(c)]
        if failing:
            self._explain(failing, len(tried))
            return None
        seen = {s.dimension for c in tried for s in c}
        for dimension in self.variants.dimensions:
            if dimension not in seen:
                message = f"no choice brings the field `{dimension.address}`"
                self.report.add(codes.NeverThere(message, dimension.key))
        left_out = sum(1 for c in tried if self.parts.broken(c))
        if left_out == len(tried):
            span = self.root.key_at(("tune", "require")).span(("tune", "require"))
            message = "every combination breaks what `require` wants, so nothing is left to try"
            self.report.add(codes.NothingLeft(message, span, help="widen the bounds"))
        if not self.report.ok:
            return None
        sampled = tuple(d.address for d in self.variants.dimensions if not d.whole)
        return Proof(len(tried), every, sampled, left_out)

    # --- which are tried --------------------------------------------------------------------------

    def _tried(self, bound: int) -> tuple[list[Combination], bool]:
        count = 0
        layouts: list[Layout] = []
        for layout in self.variants.layouts():
            count += layout.count
            if count > bound:
                return list(dict.fromkeys(self._some())), False
            layouts.append(layout)
        return [c for layout in layouts for c in layout.combinations()], True

    def _some(self) -> Iterator[Combination]:
        """Every value, every two together up to the bound, and combinations by chance."""
        random = Random(self.tune.seed)
        some = self.variants.dimensions
        for dimension in some:
            for setting in dimension.points:
                yield self.variants.chosen({dimension: setting})
        made = 0
        for one, other in chosen_of(some, 2):
            for a, b in product(one.points, other.points):
                if made >= BOUND:
                    break
                made += 1
                yield self.variants.chosen({one: a, other: b})
        for _ in range(CHANCE):
            yield self.variants.drawn(random)

    # --- why not ----------------------------------------------------------------------------------

    def _explain(self, failing: Sequence[Combination], tried: int) -> None:
        """Reports each cause once: the smallest combination that fails, and those like it."""
        causes: dict[tuple[object, ...], list[tuple[Combination, Diagnostic]]] = {}
        found: list[set[Setting]] = []
        for combination in failing:
            own = set(combination)
            if any(cause <= own for cause in found):
                continue
            if len(causes) >= CAUSES:
                break
            cause = self._smallest(combination)
            found.append(set(cause))
            _, report = self.compiler.program(self.variants.tree(cause))
            for inner in report.errors[:1]:
                dims = tuple(s.dimension for s in cause)
                place = inner.span.path if inner.span is not None else ()
                at = _inside(inner.span, cause)
                key = (dims, inner.code, None if at else place, cause if at else None)
                causes.setdefault(key, []).append((cause, inner))
        for alike in causes.values():
            self._report(*alike[0], [c for c, _ in alike], len(failing), tried)

    def _smallest(self, combination: Combination) -> Combination:
        """The combination with each setting taken away that it fails without."""
        kept = combination
        for setting in combination:
            less = self.variants.chosen({s.dimension: s for s in kept if s is not setting})
            if less and not self.parts.ok(less):
                kept = less
        return kept

    def _report(
        self,
        cause: Combination,
        inner: Diagnostic,
        alike: list[Combination],
        failing: int,
        tried: int,
    ) -> None:
        last = cause[-1]
        within = _inside(inner.span, cause)
        related = [Related(f"{s.dimension.address} is from here", s.span) for s in cause[:-1]]
        if inner.span is not None and within is None:
            related.append(Related(f"{inner.code}: it does not compile here", inner.span))
        text = " and ".join(map(str, cause))
        notes = [inner.help] if inner.help else []
        if len(alike) > 1:
            others = ", ".join(shown(c[-1].value) for c in alike[1:6])
            more = ", …" if len(alike) > 6 else ""
            notes.append(f"the same with {others}{more} ({len(alike)} values in all)")
        self.report.add(
            codes.CannotCompile(
                f"with {text} this cannot compile: {inner.message}",
                within or last.span,
                help="; ".join(notes) or None,
                related=tuple(related),
            )
        )


def _inside(span: Span | None, cause: Combination) -> Span | None:
    """The span, if it lies in one of the values that are written as choices."""
    for setting in cause:
        node = setting.node
        if (
            span is not None
            and setting.dimension.kind == "choice"
            and span.source is node.source
            and (node.line, node.column) <= (span.line, span.column)
            and (span.end_line, span.end_column) <= (node.end_line, node.end_column)
        ):
            return span
    return None
