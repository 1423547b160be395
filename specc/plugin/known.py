"""What a spec may name: Keras's, specc's own, and what plug-ins add."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from specc.catalogue.catalogue import Catalogue, builtin
from specc.catalogue.define import Definition
from specc.catalogue.signatures import Parameter
from specc.data.dataset import Dataset
from specc.data.registry import DATASETS
from specc.plugin.find import Plugins
from specc.plugin.plugin import Plugin

T = TypeVar("T")


@dataclass(frozen=True)
class Known:
    """Classes and datasets by name; a plug-in's are looked up when they are asked for."""

    catalogue: Catalogue
    datasets: Mapping[str, Dataset]


def known(given: Iterable[Plugin] = (), catalogue: Catalogue | None = None) -> Known:
    """What is known with these plug-ins and the installed ones."""
    plugins = Plugins(given)
    base = catalogue or builtin()
    losses, callbacks = base.families["loss"], base.families["callback"]
    families = {
        "loss": replace(
            losses,
            classes=_Plugged(losses.classes, plugins, lambda p: _signatures(p.losses_by_name)),
        ),
        "callback": replace(
            callbacks,
            classes=_Plugged(
                callbacks.classes, plugins, lambda p: _signatures(p.callbacks_by_name)
            ),
        ),
    }
    return Known(
        replace(
            base,
            layers=_Plugged(base.layers, plugins, lambda p: p.layers_by_name),
            losses=_Plugged(base.losses, plugins, lambda p: p.losses_by_name),
            callbacks=_Plugged(base.callbacks, plugins, lambda p: p.callbacks_by_name),
            families={**base.families, **families},
        ),
        _Plugged(DATASETS, plugins, lambda p: p.datasets_by_name),
    )


class _Plugged(Mapping[str, T]):
    """A mapping, and behind it what plug-ins have under names such as `house.Scale`."""

    def __init__(
        self,
        base: Mapping[str, T],
        plugins: Plugins,
        part: Callable[[Plugin], Mapping[str, T]],
    ) -> None:
        self._base = base
        self._plugins = plugins
        self._part = part

    def __getitem__(self, name: str) -> T:
        prefix, dot, _ = name.partition(".")
        if not dot:
            return self._base[name]
        plugin = self._plugins.get(prefix)
        return self._base[name] if plugin is None else self._part(plugin)[name]

    def __iter__(self) -> Iterator[str]:
        yield from self._base
        for plugin in self._plugins:
            yield from self._part(plugin)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str):
            return False
        prefix, dot, _ = name.partition(".")
        if not dot or name in self._base:
            return name in self._base
        plugin = self._plugins.get(prefix)
        return plugin is not None and name in self._part(plugin)


def _signatures(named: Mapping[str, Definition]) -> Mapping[str, Mapping[str, Parameter]]:
    return {n: _signature(d) for n, d in named.items()}


def _signature(definition: Definition) -> Mapping[str, Parameter]:
    return {a.name: Parameter(a.kind, a.default, a.required) for a in definition.arguments}
