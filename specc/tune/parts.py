"""Checks many variants by their parts: each part once for all variants that agree in what it reads.

A part of the document reads the dimensions whose fields stand in it, and those among the params
that its expressions lead to. That is read off the tree, so that it holds for every variant: what a
setting puts in place has no expressions left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from specc.document.node import Node
from specc.expand.scope import names_within
from specc.infer.program import Program
from specc.tune.compiler import Compiler
from specc.tune.space import Dimension
from specc.tune.variant import Combination, Variants

_RIM = ("data", "train")


class Parts:
    """The parts of a spec's variants, each remembered."""

    def __init__(self, variants: Variants, compiler: Compiler) -> None:
        self.variants = variants
        self.compiler = compiler
        root = variants.root
        params = root.entries.get("params")
        self._reads = _reads(params.plain() if params is not None else {})
        self._model_reads = self._dimensions(k for k in root.entries if k not in _RIM)
        self._model_reads |= self._precision(root)
        self._section_reads = {name: self._dimensions([name]) for name in _RIM}
        self._models: dict[Combination, Program | None] = {}
        self._sections: dict[tuple[str, Combination], tuple[Any, bool]] = {}
        self._fits: dict[tuple[Combination, Combination, Combination], bool] = {}

    def model(self, combination: Combination) -> Program | None:
        """The model of a variant, without its data and training; `None` where it has faults."""
        key = _only(combination, self._model_reads)
        if key not in self._models:
            self._models[key] = self.compiler.model(self.variants.tree(key))
        return self._models[key]

    def ok(self, combination: Combination) -> bool:
        """Whether a variant compiles."""
        key = _only(combination, self._model_reads)
        data, train = (_only(combination, self._section_reads[n]) for n in _RIM)
        known = self._fits.get((key, data, train))
        if known is None:
            known = self._found(combination, data, train)
            self._fits[(key, data, train)] = known
        return known

    def _found(self, combination: Combination, data: Combination, train: Combination) -> bool:
        model = self.model(combination)
        if model is None:
            return False
        found: list[Any] = []
        for name, key in zip(_RIM, (data, train), strict=True):
            if (name, key) not in self._sections:
                tree = self.variants.tree(key)
                self._sections[(name, key)] = self.compiler.section(name, tree)
            section, right = self._sections[(name, key)]
            if not right:
                return False
            found.append(section)
        return self.compiler.fits(model, *found)

    # --- what is read -----------------------------------------------------------------------------

    def _dimensions(self, keys: Iterable[str]) -> set[Dimension]:
        """The dimensions that some sections of the document read."""
        wanted = set(keys)
        names = {n for k in wanted for n in self._names(self.variants.root.entries.get(k))}
        found: set[Dimension] = set()
        for dimension in self.variants.dimensions:
            head, *rest = dimension.address.split(".")
            if head != "params":
                read = head in wanted
            elif not rest:
                read = True  # all params at once
            else:
                read = rest[0] in names or ("params" in wanted and self._inner(rest[0]))
            if read:
                found.add(dimension)
        return found

    def _inner(self, name: str) -> bool:
        """Whether another param reads this one: a fault of that may depend on several."""
        return any(name in read for other, read in self._reads.items() if other != name)

    def _precision(self, root: Node) -> set[Dimension]:
        names = self._names(root.find(("train", "precision")))
        heads = [f"params.{n}." for n in names]
        return {
            d
            for d in self.variants.dimensions
            if d.address in ("train", "train.precision")
            or any(f"{d.address}.".startswith(head) for head in heads)
        }

    def _names(self, node: Node | None) -> set[str]:
        """The params that a part of the document reads, those that they read included."""
        if node is None:
            return set()
        found: set[str] = set()
        ahead = list(names_within(node.plain()))
        while ahead:
            name = ahead.pop()
            if name not in found:
                found.add(name)
                ahead += self._reads.get(name, ())
        return found


def _reads(params: Mapping[str, Any]) -> dict[str, set[str]]:
    return {name: names_within(value) for name, value in params.items()}


def _only(combination: Combination, dimensions: set[Dimension]) -> Combination:
    return tuple(s for s in combination if s.dimension in dimensions)
