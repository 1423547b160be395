"""What may go wrong while a picture is drawn."""

from __future__ import annotations


class DiagramError(Exception):
    """A picture could not be drawn; the message says what to do instead."""

    status = 1


class UnknownFormatError(DiagramError, ValueError):
    """The file's suffix is none that a picture can have."""


class TooLargeError(DiagramError):
    """The picture has more boxes than can be laid out in reasonable time."""


class EngineError(DiagramError):
    """The layout engine failed, is missing, or took longer than its limit."""
