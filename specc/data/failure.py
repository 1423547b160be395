"""What is raised where the data is not what it should be."""

from __future__ import annotations


class BadData(ValueError):
    """The data is not what the spec or the run says; the text says which field, and why."""

    status = 1

    def __init__(self, message: str, *, help: str | None = None) -> None:
        super().__init__(f"{message}; {help}" if help else message)
        self.message = message
        self.help = help
