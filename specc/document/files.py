"""Opens the files that a spec names, and no others.

A path in a spec is relative to it, and leads, symbolic links followed, to a regular file below its
folder or below a folder that the command line allows. No address is ever opened.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from specc.diagnostics.codes import document as codes
from specc.diagnostics.span import Source, Span
from specc.document.bounds import BYTES
from specc.document.failure import Unreadable

_ADDRESS = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]+:")


@dataclass(frozen=True)
class Folder:
    """The folder of a spec, and those beside it that may be read too."""

    root: Path
    allowed: tuple[Path, ...] = ()

    def resolve(self, written: str, span: Span | None) -> Path:
        """The file that a path in the spec means; raises `Unreadable` where it leads outside."""
        if _ADDRESS.match(written) or written.startswith("//") or "\0" in written:
            raise Unreadable(
                codes.PathOutside(
                    f"`{written}` is no path of a file below the spec",
                    span,
                    help="fetch it yourself and name the file; a spec never uses the network",
                )
            )
        try:
            path = Path(os.path.realpath(self.root / written))
        except OSError as error:
            why = f"`{written}` cannot be read: {error.strerror or error}"
            raise Unreadable(codes.Unreadable(why, span)) from None
        for folder in (self.root, *self.allowed):
            if path.is_relative_to(os.path.realpath(folder)):
                return path
        raise Unreadable(
            codes.PathOutside(
                f"`{written}` leads out of the spec's folder",
                span,
                help="move the file below the spec, or allow its folder with `--allow DIR`",
            )
        )


def read_text(path: Path, name: str, span: Span | None = None, *, links: bool = True) -> str:
    """The text of a regular file, UTF-8, at most 64 MiB; raises `Unreadable`.

    Errors call the file `name`; `span` is where a spec names it. Without `links` a symbolic link is
    not followed, but refused.
    """
    place = span or Span(Source(name, quotable=False))
    followed = 0 if links else os.O_NOFOLLOW
    try:
        # Without O_NONBLOCK a named pipe would wait for a writer before it could be refused.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | followed)
    except (OSError, ValueError) as error:
        refused = isinstance(error, OSError) and error.errno == errno.ELOOP and not links
        why = "is a link, which is not followed" if refused else _why(error)
        raise Unreadable(_unreadable(path, name, place, why)) from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            what = "is a folder" if stat.S_ISDIR(status.st_mode) else "is no regular file"
            raise Unreadable(_unreadable(path, name, place, what))
        data = b""
        size = status.st_size
        if size <= BYTES:
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                data = file.read(BYTES + 1)
            size = len(data)
    except OSError as error:
        raise Unreadable(_unreadable(path, name, place, _why(error))) from None
    finally:
        os.close(descriptor)
    if size > BYTES:
        message = f"`{name}` is longer than {BYTES // 2**20} MiB"
        raise Unreadable(codes.TooLong(message, place))
    return decode(data, name, span)


def decode(data: bytes, name: str, span: Span | None = None) -> str:
    """UTF-8, with or without a byte-order mark."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        place = span or Span(Source(name, quotable=False), line, 1, line, 2)
        message = f"`{name}` is not UTF-8 text (byte {error.start}, line {line})"
        raise Unreadable(codes.Unreadable(message, place, help="save it as UTF-8")) from None


def _unreadable(path: Path, name: str, place: Span, why: str) -> codes.Unreadable:
    near = _beside(path) if why == "does not exist" else None
    return codes.Unreadable(
        f"`{name}` {why}",
        place,
        help=f"did you mean `{Path(name).parent / near}`?" if near else None,
    )


def _why(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return "does not exist"
    if isinstance(error, PermissionError):
        return "may not be read"
    if isinstance(error, OSError):
        return f"cannot be read: {error.strerror or error}"
    return "is no path: it holds a character that no file name has"


def _beside(path: Path) -> str | None:
    """The spec in the same folder that was probably meant."""
    from specc.catalogue.kinds import nearest

    try:
        names = [p.name for p in path.parent.iterdir() if p.suffix in (".yaml", ".yml", ".json")]
    except OSError:
        return None
    return nearest(path.name, names)
