"""The catalogue: every class and function that a spec may name, and how its arguments are checked.

Rules say what bears on shapes; `signatures.json` (generated from Keras) says all the rest. A
catalogue is a value: a plug-in makes another one, nothing is registered.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from specc.catalogue.define import Argument, Definition
from specc.catalogue.kinds import Instance, Within, nearest
from specc.catalogue.mismatch import (
    BadArgument,
    Mismatch,
    MissingArgument,
    Refused,
    UnknownArgument,
    UnknownClass,
)
from specc.catalogue.own import OWN
from specc.catalogue.refused import REFUSED
from specc.catalogue.signatures import Parameter, Signatures, parse
from specc.catalogue.without import OPS_WITHOUT


class NoRule(Mismatch):
    """An op that Keras has and for which there is a reason to have no rule."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A call's arguments, checked: for the constructor, for the call, and as rules see them."""

    constructor: dict[str, Any]
    call: dict[str, Any]
    rule: dict[str, Any]


@dataclass(frozen=True)
class Family:
    """One kind of class: signatures by class name, and the names that stand for instances."""

    name: str
    classes: Mapping[str, Mapping[str, Parameter]]
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    """`relu`, `he_normal` …: the name and the class that it is short for."""


@dataclass(frozen=True)
class Catalogue:
    """Layers and ops with their rules, and all other families with their signatures."""

    layers: Mapping[str, Definition]
    ops: Mapping[str, Definition]
    families: Mapping[str, Family]
    base: Mapping[str, Parameter]
    """What every layer has: name, dtype, trainable, activity_regularizer, autocast."""
    losses: Mapping[str, Definition] = field(default_factory=dict[str, Definition])
    callbacks: Mapping[str, Definition] = field(default_factory=dict[str, Definition])
    """The losses that plug-ins add, whose arguments `families` has too."""

    def canonical(self, family: str, name: str) -> str:
        """The name that the catalogue has a layer under: `AveragePooling2D` for `AvgPool2D`."""
        return self.families[family].names.get(name, name) if family == "layer" else name

    def definition(self, family: str, name: str) -> Definition:
        """The rule of a layer, cell or op; raises `Refused`, `NoRule` or `UnknownClass`."""
        table = self.ops if family == "op" else self.layers
        found = table.get(self.canonical(family, name))
        if found is not None:
            return found
        shown = f"ops.{name}" if family == "op" else name
        if (refused := REFUSED.get(shown)) is not None:
            raise Refused(f"{shown} {refused.reason}", help=refused.instead)
        if family == "op" and (reason := OPS_WITHOUT.get(name)) is not None:
            raise NoRule(
                f"specc has no rule for {shown}: {reason}",
                help="`specc layers` lists what has one",
            )
        if family == "layer" and "." in name:
            hint = no_plugin(name, list(table))
        else:
            close = nearest(name, list(table))
            hint = f"did you mean `{'ops.' if family == 'op' else ''}{close}`?" if close else None
        what = "op" if family == "op" else "layer"
        raise UnknownClass(f"there is no {what} named `{shown}`", help=hint)

    def check(
        self,
        family: str,
        name: str,
        given: Mapping[str, Any],
        call: Mapping[str, Any] | None = None,
        *,
        shared: Callable[[str], Instance] | None = None,
    ) -> Checked:
        """The arguments of one layer, op or other class, checked; raises a `Mismatch`.

        `shared` resolves `{use: name}` inside wrappers.
        """
        scope = _Scope(self, shared)
        shown = f"ops.{name}" if family == "op" else name
        definition = self.definition(family, name) if family in ("layer", "op") else None
        reads = _reads(definition) if definition else {}
        signature = self.families[family].classes.get(self.canonical(family, name), {})
        base: Mapping[str, Parameter] = self.base if family == "layer" else {}
        rule = {n: a.default for n, a in reads.items() if not a.required}
        constructor: dict[str, Any] = {}
        at_call: dict[str, Any] = {}
        for key, value in given.items():
            argument = reads.get(key)
            if argument is not None and not argument.at_call:
                with Within(key):
                    rule[key] = constructor[key] = argument.kind.check(value, scope)
            elif (parameter := signature.get(key) or base.get(key)) is not None:
                with Within(key):
                    constructor[key] = parameter.kind.check(value, scope)
            else:
                raise self._unknown(shown, key, signature, reads, base)
        for key, value in (call or {}).items():
            argument = reads.get(key)
            if argument is None or not argument.at_call:
                if key == "training" and family == "layer":
                    with Within(key):
                        at_call[key] = _flag(value)
                    continue
                raise self._unknown_call(shown, key, reads)
            with Within(key):
                rule[key] = at_call[key] = argument.kind.check(value, scope)
        missing = [
            *(n for n, a in reads.items() if a.required and n not in rule),
            *(n for n, p in signature.items() if p.required and n not in constructor),
        ]
        missing = [n for n in dict.fromkeys(missing) if n not in _slots(definition)]
        if missing:
            listed = " and ".join(f"`{m}`" for m in missing)
            raise MissingArgument(
                f"{shown} needs {listed}",
                help=f"write `{shown}: {{{missing[0]}: …}}`",
            )
        return Checked(constructor, at_call, rule)

    def _unknown(
        self,
        name: str,
        key: str,
        signature: Mapping[str, Parameter],
        reads: Mapping[str, Argument],
        base: Mapping[str, Parameter],
    ) -> Mismatch:
        argument = reads.get(key)
        if (argument is not None and argument.at_call) or (key == "training" and base):
            return UnknownArgument(
                f"`{key}` is given when {name} is called, not when it is made",
                argument=key,
                help=f"write `call: {{{key}: …}}` beside `{name}`",
            )
        known = [*(n for n, a in reads.items() if not a.at_call), *signature, *base]
        close = nearest(key, known)
        listed = ", ".join(dict.fromkeys(known)) or "none"
        return UnknownArgument(
            f"{name} has no argument `{key}`",
            argument=key,
            help=f"did you mean `{close}`?" if close else f"its arguments are {listed}",
        )

    def _unknown_call(self, name: str, key: str, reads: Mapping[str, Argument]) -> Mismatch:
        known = [n for n, a in reads.items() if a.at_call] + ["training"]
        close = nearest(key, known)
        return UnknownArgument(
            f"{name} takes no `{key}` when it is called",
            argument=key,
            help=f"did you mean `{close}`?" if close else f"it takes {', '.join(known)}",
        )


def no_plugin(name: str, known: Iterable[str]) -> str:
    """What to do about a `package.Name` that is not known."""
    package = name.partition(".")[0]
    own = [n for n in known if n.startswith(f"{package}.")]
    if own:
        close = nearest(name, own)
        return f"did you mean `{close}`?" if close else f"`{package}` has {', '.join(own)}"
    return f"no plug-in `{package}` is installed; `--plugin FILE` on the command line names a file"


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise BadArgument("this wants true or false")
    return value


@cache
def _reads(definition: Definition) -> dict[str, Argument]:
    return {a.name: a for a in definition.arguments}


def _slots(definition: Definition | None) -> set[str]:
    return {s.name for s in definition.slots} if definition else set()


@dataclass(frozen=True)
class _Scope:
    """What kinds look up: families by the catalogue, shared layers by whoever checks."""

    catalogue: Catalogue
    uses: Callable[[str], Instance] | None

    def instance(self, family: str, name: str, arguments: Mapping[str, Any]) -> Instance:
        if family in ("layer", "cell"):
            definition = self.catalogue.definition("layer", name)
            checked = self.catalogue.check("layer", name, arguments, shared=self.uses)
            return Instance("layer", name, checked.constructor, (definition, checked))
        if (refused := REFUSED.get(name)) is not None:
            raise Refused(f"{name} {refused.reason}", help=refused.instead)
        table = self.catalogue.families[family]
        name = name if name in table.classes else table.names.get(name, name)
        if name not in table.classes:
            raise self._unknown(family, name)
        checked = self.catalogue.check(family, name, arguments, shared=self.uses)
        if family == "activation" and arguments:
            raise BadArgument(
                "an activation is a name; Keras does not keep its arguments when it saves",
                help=f"take it out, and put a step after this one: `ops.{name}: {{…}}`",
            )
        return Instance(family, name, checked.constructor)

    def named(self, family: str, name: str) -> str:
        known = self.catalogue.families[family]
        if (refused := REFUSED.get(name)) is not None:
            raise Refused(f"{name} {refused.reason}", help=refused.instead)
        if name in known.names:
            return name
        if name not in known.classes:
            raise self._unknown(family, name)
        self.catalogue.check(family, name, {})
        return name

    def shared(self, name: str) -> Instance:
        if self.uses is None:
            raise BadArgument("`use` has no meaning here")
        return self.uses(name)

    def _unknown(self, family: str, name: str) -> UnknownClass:
        known = self.catalogue.families[family]
        close = nearest(name, [*known.names, *known.classes])
        return UnknownClass(
            f"there is no {family} named `{name}`",
            help=f"did you mean `{close}`?" if close else None,
        )


@cache
def builtin() -> Catalogue:
    """The catalogue of Keras's own classes and specc's few additions."""
    from specc.catalogue.layers import LAYERS
    from specc.catalogue.ops import OPS

    data = json.loads(resources.files("specc.catalogue").joinpath("signatures.json").read_text())
    families = {
        name: Family(name, Signatures(entry["classes"] | OWN.get(name, {})), entry["names"])
        for name, entry in data["families"].items()
    }
    base = {a: parse(p) for a, p in data["base"].items()}
    return Catalogue(LAYERS, OPS, families, base)
