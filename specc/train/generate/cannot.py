"""Why a run cannot generate what is asked of it."""

from __future__ import annotations


class CannotGenerate(ValueError):
    """The run makes nothing by itself, or not what is asked; the text says why."""

    status = 1
