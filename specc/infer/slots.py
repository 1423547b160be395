"""Which tensor is which argument of a call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from specc.catalogue.define import Slot
from specc.catalogue.kinds import nearest
from specc.catalogue.mismatch import InputCount
from specc.infer.program import Argument, Constant, Tensor

Listed = Tensor | tuple[Tensor, ...]


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
    found: dict[str, Argument] = dict(constants)
    by_name = {s.name: s for s in slots}
    for key, value in named.items():
        slot = by_name.get(key)
        if slot is None:
            close = nearest(key, list(by_name))
            listed = ", ".join(by_name)
            raise InputCount(
                f"{name} takes no tensor named `{key}`",
                help=f"did you mean `{close}`?" if close else f"it takes {listed}",
            )
        if key in found:
            raise InputCount(f"`{key}` is given both as a tensor and as an argument")
        if isinstance(value, tuple) and not slot.many:
            raise InputCount(f"`{key}` of {name} takes one tensor, and is given a list")
        found[key] = (value,) if slot.many and not isinstance(value, tuple) else value
    free = [s for s in slots if s.name not in found]
    if running is not None or more:
        if not free:
            raise InputCount(
                f"every argument of {name} is given, and the running tensor is left over",
                help="leave one of them out of `take`",
            )
        slot = free.pop(0)
        first = running if isinstance(running, tuple) else () if running is None else (running,)
        tensors = (*first, *more)
        if slot.many:
            found[slot.name] = tensors
        elif len(tensors) == 1:
            found[slot.name] = tensors[0]
        else:
            raise _too_many(name, slots, len(tensors))
    missing = [s.name for s in slots if not s.optional and s.name not in found]
    if missing:
        first = f"`take: {{{missing[0]}: …}}`"
        raise InputCount(
            f"{name} needs a tensor for `{missing[0]}`",
            help=f"give it with {first}, or with `from: {{…}}` at the head of the chain",
        )
    return {s.name: found[s.name] for s in slots if s.name in found}


def _too_many(name: str, slots: Sequence[Slot], count: int) -> InputCount:
    if len(slots) > 1:
        listed = ", ".join(f"{s.name}: …" for s in slots[:count])
        return InputCount(
            f"{name} takes its tensors by argument, not as a list",
            help=f"write them as a mapping: `{{{listed}}}`",
        )
    return InputCount(
        f"{name} takes one tensor, and is given {count}",
        help="join them first, with `Concatenate` or `Add`",
    )
