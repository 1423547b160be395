"""Dtype policies of layers: what one is written with, and what it calculates in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from specc.catalogue.kinds import Instance


def policy_of(given: Mapping[str, Any]) -> str | None:
    """The dtype policy that a layer's arguments name, `None` where they leave it to the run."""
    written = given.get("dtype")
    if isinstance(written, Instance):
        written = written.arguments.get("name")
    return written if isinstance(written, str) else None


def compute_dtype(policy: str) -> str:
    """The dtype that a layer of a policy calculates in: `mixed_float16` -> `float16`."""
    return policy.removeprefix("mixed_")
