"""What a command says that needs an extra which is not installed."""

from __future__ import annotations


class MissingExtra(ImportError):
    """A library is needed that comes with an extra; the text says which to install."""

    def __init__(self, needed: str, extra: str = "tensorflow") -> None:
        super().__init__(
            f"this needs {needed}, which is not installed: pip install 'keras-specc[{extra}]'"
        )
        self.needed = needed
        self.extra = extra
