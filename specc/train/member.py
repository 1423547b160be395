"""Members of a family as a spec writes them: `adam`, `{Adam: {learning_rate: 0.01}}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from specc.catalogue.catalogue import Catalogue, no_plugin
from specc.catalogue.kinds import Instance, Within, nearest
from specc.catalogue.mismatch import BadArgument, Refused, UnknownClass
from specc.catalogue.refused import REFUSED


def member(catalogue: Catalogue, family: str, written: Any) -> Instance:
    """The class that `written` names, its arguments checked.

    A name that is short for no one class (`accuracy`) is its own. Raises a `Mismatch` whose
    argument begins with the class, as the spec is written.
    """
    if isinstance(written, Instance):
        return written
    if isinstance(written, str):
        name = _known(catalogue, family, written)
        if name in catalogue.families[family].classes:
            return _made(catalogue, family, name, {})
        return Instance(family, name, {})
    if isinstance(written, Mapping) and len(written) == 1:  # pyright: ignore[reportUnknownArgumentType]
        ((key, arguments),) = written.items()  # pyright: ignore[reportUnknownVariableType]
        with Within(str(key)):  # pyright: ignore[reportUnknownArgumentType]
            return with_arguments(catalogue, family, str(key), arguments or {})  # pyright: ignore[reportUnknownArgumentType]
    raise BadArgument(f"this wants a {family}: a name, or a class as a key")


def with_arguments(
    catalogue: Catalogue, family: str, name: str, arguments: Mapping[str, Any]
) -> Instance:
    """A class with its arguments checked; raises a `Mismatch`."""
    known = _known(catalogue, family, name)
    if known not in catalogue.families[family].classes:
        raise BadArgument(f"`{name}` is a name that takes no arguments", help=f"write `{name}`")
    return _made(catalogue, family, known, arguments)


def _made(catalogue: Catalogue, family: str, name: str, arguments: Mapping[str, Any]) -> Instance:
    checked = catalogue.check(family, name, arguments)
    plugged = {"loss": catalogue.losses, "callback": catalogue.callbacks}.get(family, {})
    return Instance(family, name, checked.constructor, plugged.get(name))


def _known(catalogue: Catalogue, family: str, name: str) -> str:
    found = catalogue.families[family]
    if (refused := REFUSED.get(name)) is not None:
        raise Refused(f"{name} {refused.reason}", help=refused.instead)
    if name in found.classes:
        return name
    if name in found.names:
        return found.names[name]
    if family in ("loss", "callback") and "." in name:
        raise UnknownClass(
            f"there is no {family} named `{name}`", help=no_plugin(name, list(found.classes))
        )
    close = nearest(name, [*found.names, *found.classes])
    listed = ", ".join(found.classes)
    raise UnknownClass(
        f"there is no {family} named `{name}`",
        help=f"did you mean `{close}`?" if close else f"there are {listed}",
    )
