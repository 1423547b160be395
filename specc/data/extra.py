"""Packages that come with an extra, imported where they are used."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from specc.lower.missing import MissingExtra


def needed(module: str) -> ModuleType:
    """The module, imported; raises `MissingExtra` where its package is not installed."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        package = module.partition(".")[0]
        if (error.name or "").partition(".")[0] != package:
            raise
        raise MissingExtra(package) from error
