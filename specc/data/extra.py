"""Packages that come with an extra, and the error that names the extra where one is missing."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

INSTALL = "pip install 'keras-specc[tensorflow]'"


class MissingExtra(ImportError):
    """A package that this command needs is not installed; the text says which extra brings it."""

    def __init__(self, package: str, install: str = INSTALL) -> None:
        super().__init__(f"this needs {package}, which is not installed: {install}", name=package)
        self.package = package
        self.install = install


def needed(module: str, install: str = INSTALL) -> ModuleType:
    """The module, imported; raises `MissingExtra` where its package is not installed."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        package = module.partition(".")[0]
        if error.name is not None and error.name.partition(".")[0] == package:
            raise MissingExtra(package, install) from None
        raise
