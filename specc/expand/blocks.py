"""A use of a block: which tensors go in, and how what comes out is named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from specc.catalogue.kinds import nearest
from specc.diagnostics.codes import structure, wiring
from specc.diagnostics.codes import values as codes
from specc.document.spec import Block
from specc.expand.fill import Filler
from specc.expand.flat import LOST, Feed, Origin, Wires
from specc.expand.given import Names
from specc.expand.place import Place, Run

Given = Callable[[str, Wires, Origin, Place], None]


def block_params(
    filler: Filler, block: Block, name: str, given: Mapping[str, Any], origin: Origin
) -> dict[str, Any]:
    """What `with` gives, without what the block does not have; that is reported."""
    known = list(block.params)
    for key in given:
        if key in block.params:
            continue
        close = nearest(key, known)
        listed = f"its params are {', '.join(known)}" if known else "it has no params"
        filler.fault(
            codes.BadWith,
            f"the block `{name}` has no param `{key}`",
            origin,
            help=f"did you mean `{close}`?" if close else listed,
            span=filler.places.key((*origin.path, "with", key)),
        )
    return {k: v for k, v in given.items() if k in block.params}


def block_inputs(
    filler: Filler, block: Block, name: str, feed: Feed, origin: Origin
) -> dict[str, Wires]:
    """The tensor of each input of a block; one that is not given is lost, and reported."""
    inputs: dict[str, Wires] = {}
    listed = ", ".join(block.inputs)
    whole = True
    for key, wire in feed.named.items():
        if key in block.inputs:
            inputs[key] = wire
            continue
        whole = False
        close = nearest(key, block.inputs)
        filler.fault(
            wiring.BadInputs,
            f"the block `{name}` has no input `{key}`",
            origin,
            help=f"did you mean `{close}`?" if close else f"its inputs are {listed}",
            span=filler.places.key(feed.keys[key]),
        )
    running = feed.running if isinstance(feed.running, tuple) else (feed.running,)
    queue = [w for w in (*running, *feed.more) if w is not None]
    whole = whole and LOST not in (*queue, *inputs.values())
    for free in block.inputs:
        if free not in inputs and queue:
            inputs[free] = queue.pop(0)
    missing = [i for i in block.inputs if i not in inputs]
    if whole and (missing or queue):
        count = len(inputs) + len(queue)
        filler.fault(
            wiring.BadInputs,
            f"the block `{name}` takes {_tensors(len(block.inputs))} ({listed}), and is given "
            f"{count}",
            origin,
            help=f"`take: {{{missing[0]}: …}}` gives it another" if missing else None,
            span=filler.places.head(origin.path, "use"),
        )
    if not whole or queue:
        return dict.fromkeys(block.inputs, LOST)
    return {i: inputs.get(i, LOST) for i in block.inputs}


def _tensors(count: int) -> str:
    return "one tensor" if count == 1 else f"{count} tensors"


def no_call(filler: Filler, name: str, origin: Origin) -> None:
    """Reports call arguments for a block."""
    filler.fault(
        structure.UnknownKey,
        f"`{name}` is a block, which is not called: its steps are",
        origin,
        help="put `call` beside the steps inside the block",
        span=filler.places.key((*origin.path, "call")),
    )


def go_on(
    filler: Filler,
    names: Names,
    outputs: dict[str, Wires],
    parts: list[str] | None,
    origin: Origin,
    place: Place,
    run: Run,
) -> None:
    """Goes on from a block: with its only output, the first of a turn, or as `as` says."""
    if len(outputs) == 1 and parts is None:
        run.become(next(iter(outputs.values())))
        return
    at = origin.below("as")
    wires = dict(outputs)
    if parts is not None:
        if len(parts) != len(outputs) or len(set(parts)) < len(parts):
            raise filler.fault(
                wiring.BadParts,
                f"the block gives {_tensors(len(outputs))} ({', '.join(outputs)}), and `as` wants "
                f"{len(outputs)} different names",
                at,
            )
        wires = dict(zip(parts, outputs.values(), strict=True))
    if place.turning:
        first = "it" if "it" in wires else next(iter(wires))
        names.collect(wires, first, origin)
        run.become(wires[first])
        return
    run.become(wires.get("it"))
    if parts is not None:
        for i, (name, wire) in enumerate(wires.items()):
            if name != "it":
                names.give(name, wire, at.below(i), place)
    if "it" not in wires:
        run.several = wires
        run.shown = wires if parts is None else {}
