"""Folders of pictures or texts, and single ones, as what a run's model reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from specc.data.dataset import FieldType
from specc.data.failure import BadData
from specc.data.readers import images, text
from specc.data.readers.folder import Listing, listed
from specc.data.readers.images import CHANNELS, Images, ImageSource
from specc.data.readers.reader import regular
from specc.data.readers.text import TextSource
from specc.data.source import Piece, Source

FILES = (*images.ENDINGS, *text.ENDINGS)
"""How the names of single files end."""


@dataclass(frozen=True)
class OneField(Source):
    """A source whose one field of examples has the name that the run knows it by."""

    source: Source
    called: str
    own: str
    flat: bool = False
    """Whether pictures of one colour have no axis for it."""

    @property
    def name(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        return self.source.name

    @property
    def fields(self) -> Mapping[str, FieldType]:  # pyright: ignore[reportIncompatibleVariableOverride]
        return {self.called: self.source.fields[self.own]}

    def state(self) -> Any:
        return self.source.state()

    def place(self, index: int) -> str:
        return self.source.place(index)

    def arrays(self, fields: Sequence[str]) -> dict[str, Any]:
        return self._named(self.source.arrays([self.own]))

    def once(self, fields: Sequence[str]) -> Iterator[Piece]:
        for piece in self.source.once([self.own]):
            yield Piece(self._named(piece.arrays), piece.files)

    def _named(self, arrays: Mapping[str, Any]) -> dict[str, Any]:
        values = arrays[self.own]
        return {self.called: values[..., 0] if self.flat else values}


def folder_source(
    path: Path, fields: Mapping[str, FieldType], settings: Mapping[str, Any]
) -> Source:
    """A folder, or one file of it, for a model that reads one text or picture an example.

    `settings` are the arguments of the reader that the run was trained by. Raises `BadData`.
    """
    name, type_ = next(iter(fields.items()))
    if len(fields) > 1:
        raise BadData(f"the model reads {', '.join(fields)}, and {path} can hold one of them only")
    if type_.dtype == "string" and not type_.shape:
        lines = bool(settings.get("lines", False))
        found, root = _listing(path, text.ENDINGS)
        return OneField(TextSource(str(path), found, lines, None, root), name, "text")
    size, channels = type_.shape[:2], (*type_.shape[2:], 1)[0]
    colors = [c for c, n in CHANNELS.items() if n == channels]
    known = all(isinstance(d, int) for d in size)
    if type_.dtype != "uint8" or len(type_.shape) not in (2, 3) or not known or not colors:
        raise BadData(
            f"`{name}` is {type_.dtype}, {type_}, which neither pictures nor texts are; {path} "
            "would have to be a table or an npz"
        )
    found, root = _listing(path, images.ENDINGS)
    reader = Images(
        str(path),
        size=(int(size[0] or 0), int(size[1] or 0)),
        color=colors[0],
        crop=bool(settings.get("crop", False)),
    )
    flat = len(type_.shape) == 2
    return OneField(ImageSource(reader, str(path), found, None, root), name, "image", flat)


def _listing(path: Path, endings: Sequence[str]) -> tuple[Listing, Path]:
    """The files and the folder that their names are seen from; none may be passed over."""
    if not path.is_dir():
        if path.suffix.lower() not in endings:
            raise BadData(f"{path} ends in none of {', '.join(endings)}, which the model reads")
        return Listing((regular(path, str(path)),), (0,), ()), path.parent
    found = listed(path, str(path), endings)
    if found.classes:
        beside = [p for p in path.iterdir() if p.suffix.lower() in endings and p.is_file()]
        if beside:
            raise BadData(
                f"{path} holds folders, and `{min(beside).name}` beside them: predict from one or "
                "the other"
            )
    return found, path
