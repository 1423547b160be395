"""What a reader raises when it cannot go on; `pipeline` puts the diagnostic into the report."""

from __future__ import annotations

from specc.diagnostics.diagnostic import Diagnostic


class Unreadable(Exception):
    """A document that cannot be read any further."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic
