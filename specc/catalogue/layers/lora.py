"""Low-rank adaptation: a frozen kernel and two thin matrices that learn (Hu et al. 2021)."""

from __future__ import annotations

from typing import Annotated

from specc.catalogue.define import Weight
from specc.catalogue.kinds import Instance, Int, Named, Optional
from specc.catalogue.mismatch import BadCombination

LoraRank = Annotated[int | None, Optional(Int(0, 2**31 - 1))]
Constraint = Annotated[str | Instance | None, Optional(Named("constraint"))]


def adapted(
    layer: str,
    weights: tuple[Weight, ...],
    rank: int | None,
    constraint: str | Instance | None,
    *,
    argument: str = "kernel_constraint",
) -> tuple[Weight, ...]:
    """The weights when `lora_rank` is given; the first is the one that is frozen and adapted."""
    if not rank:
        return weights
    if constraint is not None:
        raise BadCombination(
            f"{layer} cannot keep a {argument} beside a lora_rank",
            argument="lora_rank",
            help=f"leave out `{argument}`",
        )
    kernel, *rest = weights
    return (
        Weight(kernel.name, kernel.shape, trainable=False),
        *rest,
        Weight(f"lora_{kernel.name}_a", (*kernel.shape[:-1], rank)),
        Weight(f"lora_{kernel.name}_b", (rank, kernel.shape[-1])),
    )
