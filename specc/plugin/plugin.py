"""A plug-in: layers, losses, callbacks and datasets that specc does not have, as one value."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, wraps
from pathlib import Path
from typing import Any

from specc.catalogue import define
from specc.catalogue.define import Case, Definition, Masks
from specc.catalogue.mismatch import BadArgument, Mismatch
from specc.data.dataset import Dataset

Rule = Callable[..., Any]

NAME = re.compile(r"[a-z_][a-z0-9_]*")
CLASS = re.compile(r"[A-Z]\w*")
DATASET = re.compile(r"[a-z]\w*")


@dataclass(frozen=True)
class Plugin:
    """What one package adds. A spec names its things by the plug-in's name: `house.Scale`.

    `layers`, `losses` and `callbacks` are functions under the decorators `layer`, `loss` and
    `callback`. Raises `ValueError` for a name that a spec could not write, or that is given twice.
    """

    name: str
    layers: Sequence[Definition] = ()
    losses: Sequence[Definition] = ()
    datasets: Sequence[Dataset] = ()
    callbacks: Sequence[Definition] = ()
    file: Path | None = field(default=None, compare=False)
    """The file that it was loaded from, with `--plugin`: where another process finds it again."""

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name) or self.name == "ops":
            raise ValueError(f"{self.name!r} is no name for a plug-in: lower case, and not `ops`")
        classes = (*self.layers, *self.losses, *self.callbacks)
        for family, definitions in (
            ("layer", self.layers), ("loss", self.losses), ("callback", self.callbacks)
        ):  # fmt: skip
            for each in definitions:
                if each.family != family or each.keras is None:
                    raise ValueError(f"{each.name} is not made by `specc.plugin.{family}`")
        _check_names([d.name for d in classes], CLASS, "class", "AClass")
        _check_names([d.name for d in self.datasets], DATASET, "dataset", "a_dataset")

    @cached_property
    def layers_by_name(self) -> Mapping[str, Definition]:
        """The layers as a spec names them: `house.Scale`."""
        return {d.name: d for d in map(self._called, self.layers)}

    @cached_property
    def losses_by_name(self) -> Mapping[str, Definition]:
        """The losses as a spec names them."""
        return {d.name: d for d in map(self._called, self.losses)}

    @cached_property
    def callbacks_by_name(self) -> Mapping[str, Definition]:
        """The callbacks as a spec names them."""
        return {d.name: d for d in map(self._called, self.callbacks)}

    @cached_property
    def datasets_by_name(self) -> Mapping[str, Dataset]:
        """The datasets as a spec names them: `house.tides`."""
        named = [replace(d, name=f"{self.name}.{d.name}") for d in self.datasets]
        return {d.name: d for d in named}

    def _called(self, definition: Definition) -> Definition:
        name = f"{self.name}.{definition.name}"
        return replace(definition, name=name, rule=_guarded(definition.rule, name))


def _guarded(rule: Rule, name: str) -> Rule:
    """The rule, whose own faults are the spec's author's to see, too: at the line of the layer."""

    @wraps(rule)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        try:
            return rule(*args, **kwargs)
        except Mismatch:
            raise
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
            raise BadArgument(f"the rule of {name} failed here ({said})") from error

    return guarded


def _check_names(names: list[str], form: re.Pattern[str], what: str, example: str) -> None:
    for name, count in Counter(names).items():
        if not form.fullmatch(name):
            raise ValueError(f"{name!r} is no name for a {what}; one is written as `{example}`")
        if count > 1:
            raise ValueError(f"there are two of the name {name!r}")


def layer(
    *cases: Case, keras: Callable[[], Any], text: bool = False, mask: Masks = "drops"
) -> Callable[[Rule], Definition]:
    """Makes a layer of a rule. The rule is written as those of `specc.catalogue.layers` are.

    `keras` gives the Keras class, or a function that makes the layer of the same arguments and
    `name`. It is called when a model is built: Keras is imported inside of it and not before. The
    class is registered under the plug-in's name, so that a saved model is loaded with it.
    `mask` says what it does with the mask of its first tensor: `passes` it on, `makes` one of its
    own, `ends` it because its work is done, or `drops` it, which a check warns of.
    """
    return lambda rule: replace(define.layer(*cases, text=text)(rule), keras=keras, mask=mask)


def loss(*, keras: Callable[[], Any]) -> Callable[[Rule], Definition]:
    """Makes a loss of a function of `y_true` and `y_pred`, whose types it may refuse.

        @loss(keras=lambda: _quantile())
        def Quantile(y_true: TensorType, y_pred: TensorType, *, q: Rate = 0.5) -> None:

    It gives nothing, and raises a `Mismatch` where a target cannot be learned. `keras` gives the
    class, a `keras.losses.Loss`.
    """
    return lambda rule: Definition(rule.__name__, rule, (), "loss", keras=keras)


def callback(*, keras: Callable[[], Any]) -> Callable[[Rule], Definition]:
    """Makes a callback of a function of its arguments, which a spec gives.

        @callback(keras=lambda: _logger())
        def Logger(*, project: Annotated[str, Text()] = "specc") -> None:

    `keras` gives the class, a `keras.callbacks.Callback`, or a function that makes one. It is
    called with the arguments and `folder`, the run's, in which it writes what it writes.
    """
    return lambda rule: Definition(rule.__name__, rule, (), "callback", keras=keras)
