"""`images`: pictures as files, in a folder for each class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from specc.catalogue.kinds import Bool, Choice, Int, Kind, ListOf, Text
from specc.catalogue.mismatch import MissingArgument
from specc.data.dataset import FieldType
from specc.data.extra import needed
from specc.data.failure import BadData
from specc.data.readers.folder import Listing, listed
from specc.data.readers.reader import Reader
from specc.data.source import IN_MEMORY, Piece, Pieces, Source, together
from specc.data.transforms.picture import Resize
from specc.diagnostics.span import Span
from specc.document.files import Folder

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]
    Arrays = dict[str, Array]

ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp")
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP")
PIXELS = 2**26
"""The most pixels of a picture before it is resized."""
CHANNELS = {"grayscale": 1, "rgb": 3, "rgba": 4}
_MODES = {"grayscale": "L", "rgb": "RGB", "rgba": "RGBA"}
TOGETHER = 256
"""How many pictures are read in one piece."""


@dataclass(frozen=True)
class Images(Reader):
    """A folder of pictures, resized to `size`: `image`, bytes, and `label`, the folder's number."""

    name: ClassVar[str] = "images"
    takes: ClassVar[Mapping[str, Kind]] = {
        "path": Text(),
        "size": ListOf(Int(1, 2**14), 2, 2),
        "color": Choice(tuple(CHANNELS)),
        "crop": Bool(),
        "stream": Bool(),
    }

    size: tuple[int, int] | None = None
    color: str = "rgb"
    crop: bool = False
    stream: bool = False

    def open(self, folder: Folder, span: Span | None) -> Source:
        """Lists the folder; no picture is opened."""
        if self.size is None:
            raise MissingArgument(
                "images needs `size`, to which every picture is resized",
                help="write `size: [height, width]`",
            )
        path = folder.resolve(self.path, span)
        if not path.is_dir():
            raise BadData(f"`{self.path}` is no folder")
        found = listed(path, self.path, ENDINGS)
        return ImageSource(self, self.path, found, self.state(), path)


@dataclass(frozen=True)
class ImageSource(Source):
    """A folder of pictures that has been listed."""

    reader: Images
    name: str
    listing: Listing
    kept: Any
    root: Path

    @property
    def fields(self) -> Mapping[str, FieldType]:  # pyright: ignore[reportIncompatibleVariableOverride]
        size, classes = self.reader.size or (0, 0), self.listing.classes
        shape = (*size, CHANNELS[self.reader.color])
        label = {"label": FieldType((), "int64", len(classes), classes)} if classes else {}
        return {"image": FieldType(shape, "uint8"), **label}

    @property
    def size(self) -> int:
        height, width = self.reader.size or (0, 0)
        return len(self.listing.files) * height * width * CHANNELS[self.reader.color]

    @property
    def streams(self) -> bool:
        return self.reader.stream or self.size > IN_MEMORY

    def state(self) -> Any:
        return self.kept

    def place(self, index: int) -> str:
        return self._called(self.listing.files[index])

    def arrays(self, fields: Sequence[str]) -> Arrays:
        """Decodes all pictures."""
        return self.at(range(len(self.listing.files)), fields)

    def decoded(self, places: Sequence[int]) -> Array:
        """The pictures at these places, (pictures, height, width, colours), decoded in threads."""
        import os
        from concurrent.futures import ThreadPoolExecutor

        import numpy as np

        size = self.reader.size or (0, 0)
        made = np.empty((len(places), *size, CHANNELS[self.reader.color]), np.uint8)

        def one(at: int) -> None:
            made[at] = self._picture(self.listing.files[places[at]])

        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            list(pool.map(one, range(len(places))))
        return made

    def _called(self, path: Path) -> str:
        return f"{self.name}/{path.relative_to(self.root).as_posix()}"

    def _picture(self, path: Path) -> Array:
        """One picture, (height, width, colours)."""
        import numpy as np

        pil = needed("PIL.Image")
        try:
            with pil.open(path, formats=FORMATS) as image:
                if image.width * image.height > PIXELS:
                    raise BadData(
                        f"{self._called(path)} has {image.width} by {image.height} pixels, more "
                        f"than {PIXELS:,}"
                    )
                mode = _MODES[self.reader.color]
                converted = image if image.mode == mode else image.convert(mode)
                resize = Resize(self.reader.size or (0, 0), crop=self.reader.crop)
                pixels = np.asarray(resize.of(converted))
        except (OSError, ValueError, SyntaxError, pil.DecompressionBombError) as error:
            if isinstance(error, BadData):
                raise
            raise BadData(f"{self._called(path)} is no picture that can be read") from error
        return pixels if pixels.ndim == 3 else pixels[..., None]

    def once(self, fields: Sequence[str]) -> Iterator[Piece]:
        """Some hundred pictures at a time, with the names of their files."""
        files = [p.relative_to(self.root).as_posix() for p in self.listing.files]
        step = together(self.fields, ["image"], TOGETHER)
        for start in range(0, len(files), step):
            chosen = range(start, min(start + step, len(files)))
            yield Piece(self.at(chosen, fields), [files[i] for i in chosen])

    def at(self, places: Sequence[int], fields: Sequence[str]) -> Arrays:
        """The fields of the pictures at these places."""
        import numpy as np

        made: Arrays = {}
        if "label" in fields:
            made["label"] = np.array([self.listing.labels[i] for i in places], np.int64)
        if "image" in fields:
            made["image"] = self.decoded(places)
        return made

    def prepared(self, fields: Sequence[str]) -> Pieces:
        """Some hundred pictures at a time."""
        return _ImagePieces(self, tuple(fields))


class _ImagePieces(Pieces):
    """Pictures decoded when they are wanted, in any order."""

    def __init__(self, source: ImageSource, fields: tuple[str, ...]) -> None:
        import hashlib

        self.source = source
        self.fields = fields
        self.count = len(source.listing.files)
        found = hashlib.sha256()
        for path in source.listing.files:
            found.update(f"{path.relative_to(source.root)} {path.stat().st_size}\n".encode())
        self.digest = found.hexdigest()

    def pieces(self, order: Any = None) -> Iterator[tuple[Any, Arrays]]:
        import numpy as np

        places = np.arange(self.count) if order is None else order.permutation(self.count)
        step = together(self.source.fields, ["image"], TOGETHER)
        for start in range(0, self.count, step):
            chosen = np.sort(places[start : start + step])
            yield chosen, self.source.at(chosen.tolist(), self.fields)
