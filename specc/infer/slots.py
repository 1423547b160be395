"""Which tensor is which argument of a call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from specc.catalogue.define import Slot
from specc.catalogue.kinds import nearest
from specc.catalogue.mismatch import InputCount
from specc.infer.faults import WrongSlot
from specc.infer.program import Argument, Constant, Tensor

Listed = Tensor | tuple[Tensor, ...]


def check_slots(
    name: str, slots: Sequence[Slot], named: Mapping[str, object], constants: Mapping[str, Constant]
) -> None:
    """Raises `WrongSlot` where a tensor is given as what is no argument, or has a value already."""
    known = [s.name for s in slots]
    for key in named:
        if key not in known:
            close = nearest(key, known)
            raise WrongSlot(
                f"{name} takes no tensor named `{key}`",
                key,
                help=f"did you mean `{close}`?" if close else f"it takes {', '.join(known)}",
            )
        if key in constants:
            raise WrongSlot(f"`{key}` is given both as a tensor and as an argument", key)


def arranged(
    name: str,
    slots: Sequence[Slot],
    running: Listed | None,
    named: Mapping[str, Listed],
    more: Sequence[Tensor],
    constants: Mapping[str, Constant],
) -> dict[str, Argument]:
    """The tensors by argument; raises `InputCount` where they do not fit the slots.

    The running tensor is the first argument that is not named. A list is the first argument of a
    layer that takes several tensors, and `more` come after it there.
    """
    check_slots(name, slots, named, constants)
    found: dict[str, Argument] = dict(constants)
    by_name = {s.name: s for s in slots}
    for key, value in named.items():
        many = by_name[key].many
        if isinstance(value, tuple) and not many:
            raise WrongSlot(f"`{key}` of {name} takes one tensor, and is given a list", key)
        found[key] = (value,) if many and not isinstance(value, tuple) else value
    if running is not None or more:
        first = running if isinstance(running, tuple) else () if running is None else (running,)
        if len(first) == 1 and not more and running is not first and not name.startswith("ops."):
            _check_alone(name, slots, found)
        _place(name, slots, (*first, *more), found)
    missing = [s.name for s in slots if not s.optional and s.name not in found]
    if missing:
        raise InputCount(
            f"{name} needs a tensor for `{missing[0]}`",
            help=f"give it with `take: {{{missing[0]}: …}}`, or with `from: {{…}}` at the head of "
            "the chain",
        )
    return {s.name: found[s.name] for s in slots if s.name in found}


def _check_alone(name: str, slots: Sequence[Slot], found: Mapping[str, Argument]) -> None:
    """Refuses one tensor for a layer that joins several; a list of one may come from a repeat."""
    free = next((s for s in slots if s.name not in found), None)
    if free is not None and free.many:
        raise InputCount(
            f"{name} takes several tensors, and is given one",
            help="`take: [other]` gives it another, or `from: [a, b]` at the head of the chain",
        )


def _place(
    name: str, slots: Sequence[Slot], tensors: tuple[Tensor, ...], found: dict[str, Argument]
) -> None:
    """Gives what runs through to the first argument that nothing else was given for."""
    free = [s for s in slots if s.name not in found]
    if not free:
        raise InputCount(
            f"every argument of {name} is given, and the running tensor is left over",
            help="leave one of them out of `take`",
        )
    slot = free[0]
    if slot.many:
        found[slot.name] = tensors
    elif len(tensors) == 1:
        found[slot.name] = tensors[0]
    elif len(slots) > 1:
        listed = ", ".join(f"{s.name}: …" for s in slots[: len(tensors)])
        raise InputCount(
            f"{name} takes its tensors by argument, not as a list",
            help=f"write them as a mapping: `{{{listed}}}`",
        )
    else:
        raise InputCount(
            f"{name} takes one tensor, and is given {len(tensors)}",
            help="join them first, with `Concatenate` or `Add`",
        )


def model_inputs(
    name: str,
    inputs: Sequence[str],
    running: Listed | None,
    named: Mapping[str, Listed],
    more: Sequence[Tensor],
) -> dict[str, Tensor]:
    """The tensor of each input of a model: by name, or in their order; raises `InputCount`."""
    check_slots(f"the model `{name}`", [Slot(i, False, False) for i in inputs], named, {})
    found: dict[str, Tensor] = {}
    for key, value in named.items():
        if isinstance(value, tuple):
            raise WrongSlot(f"`{key}` of the model `{name}` takes one tensor, not a list", key)
        found[key] = value
    first = running if isinstance(running, tuple) else () if running is None else (running,)
    queue = [*first, *more]
    count = len(found) + len(queue)
    for free in inputs:
        if free not in found and queue:
            found[free] = queue.pop(0)
    missing = [i for i in inputs if i not in found]
    if missing or queue:
        wanted = "one tensor" if len(inputs) == 1 else f"{len(inputs)} tensors"
        raise InputCount(
            f"the model `{name}` takes {wanted} ({', '.join(inputs) or 'none'}), "
            f"and is given {count}",
            help=f"`take: {{{missing[0]}: …}}` gives it another" if missing else None,
        )
    return {i: found[i] for i in inputs}
