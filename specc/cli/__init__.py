"""The command line. Each command is a few lines over the library, and imports it when it runs."""

from __future__ import annotations

from specc.cli.main import main

__all__ = ["main"]
