"""Checks many variants by their parts: each part once for all variants that agree in what it reads.

A part of the document reads the dimensions whose fields stand in it, and those among the params
that its expressions lead to. That is read off the tree, so that it holds for every variant: what a
setting puts in place has no expressions left.
"""

from __future__ import annotations

import gc
from collections.abc import Hashable, Iterable, Mapping
from typing import Any

from specc.document.node import Node
from specc.expand.scope import names_within
from specc.infer.program import Program
from specc.tune.compiler import Compiler
from specc.tune.face import face
from specc.tune.require import breaks
from specc.tune.space import Dimension
from specc.tune.variant import Combination, Variants

_RIM = ("data", "train")
WRONG: Any = object()
"""In the place of a section that has a fault of its own."""
YOUNG = 100
"""How many models are made before what is left of them is collected, still in the cache."""


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
        self._faces: dict[Combination, Hashable | None] = {}
        """What the model of these settings shows to data and training; `None` where it is wrong."""
        self._models: dict[Hashable, Program] = {}
        """A model of each face."""
        self._sections: dict[tuple[str, Combination], Any] = {}
        self._fits: dict[tuple[Hashable, Combination, Combination], bool] = {}
        self._made = 0
        self._broken: set[Combination] = set()
        """The settings whose model breaks what `require` wants."""

    def ok(self, combination: Combination) -> bool:
        """Whether a variant compiles."""
        (at_data, data), (at_train, train) = (self._section(n, combination) for n in _RIM)
        if data is WRONG or train is WRONG:
            return False
        shown = self._face(combination)
        if shown is None:
            return False
        if train is not None and (train.phases or train.distribute != "none"):
            shown = self._of_model(combination)  # its layers are looked at too
        key = (shown, at_data, at_train)
        if key not in self._fits:
            model = self._models.get(shown) or self._model(combination)
            assert model is not None, "what has a face has a model"
            self._fits[key] = self.compiler.fits(model, data, train)
        return self._fits[key]

    def broken(self, combination: Combination) -> bool:
        """Whether the model of a variant breaks what `require` wants."""
        return self._face(combination) is not None and self._of_model(combination) in self._broken

    def _face(self, combination: Combination) -> Hashable | None:
        key = self._of_model(combination)
        if key not in self._faces:
            model = self._model(combination)
            shown = self._faces[key] = None if model is None else face(model)
            if model is not None:
                self._models.setdefault(shown, model)
                tune = self.compiler.tune
                if tune is not None and breaks(tune, model) is not None:
                    self._broken.add(key)
        return self._faces[key]

    def _model(self, combination: Combination) -> Program | None:
        """The model of a variant, without its data and training; `None` where it has faults.

        It is not kept: those of a large search are more than the memory holds. What is left of
        them are circles, and while the passes run nothing else collects those.
        """
        self._made += 1
        if self._made % YOUNG == 0:
            gc.collect(0)
        return self.compiler.model(self.variants.tree(self._of_model(combination)))

    def _of_model(self, combination: Combination) -> Combination:
        """The settings that a variant's model depends on."""
        return _only(combination, self._model_reads)

    def _section(self, name: str, combination: Combination) -> tuple[Combination, Any]:
        """A section of a variant, or `WRONG`, and the settings that it depends on."""
        key = _only(combination, self._section_reads[name])
        if (name, key) not in self._sections:
            section, right = self.compiler.section(name, self.variants.tree(key))
            self._sections[name, key] = section if right else WRONG
        return key, self._sections[name, key]

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
