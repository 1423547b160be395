"""Bindings: which field feeds which input or target, through which transforms, as what type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any, Literal

from specc.catalogue.catalogue import no_plugin
from specc.catalogue.kinds import nearest
from specc.catalogue.mismatch import Mismatch, UnknownClass
from specc.data.columns import Columns, columns_of
from specc.data.dataset import Dataset, FieldType
from specc.data.registry import DATASETS, READERS
from specc.data.source import Source
from specc.data.transforms.table import read_transform
from specc.data.transforms.transform import Transform
from specc.diagnostics.span import Span
from specc.document.files import Folder
from specc.document.node import Path
from specc.document.spec import Binding, Data
from specc.infer.program import Program

Side = Literal["inputs", "targets"]


@dataclass(frozen=True)
class Bound:
    """One binding, read: `type` is what comes out of the last transform."""

    name: str
    columns: Columns
    transforms: tuple[Transform, ...]
    type: FieldType
    path: Path
    """Where it stands in the spec."""

    @property
    def field(self) -> str:
        """What the field is called."""
        return self.columns.name

    @property
    def given(self) -> FieldType:
        """What the field is before its transforms."""
        return self.columns.type


class Unbound(Exception):
    """A binding that cannot be: its path in the spec, and the `Mismatch` that says why.

    `field` is true where the field itself is unknown.
    """

    def __init__(self, path: Path, why: Mismatch, *, field: bool = False) -> None:
        super().__init__(why.message)
        self.path = path
        self.why = why
        self.field = field


def source_of(
    data: Data,
    datasets: Mapping[str, Dataset] = DATASETS,
    folder: Folder | None = None,
    span: Span | None = None,
) -> Source:
    """The source of a data section: a registered dataset, or files that a reader finds.

    `folder` is what their paths are relative to, `span` where the path stands. Raises
    `UnknownClass`, another `Mismatch` for an argument, `Unreadable` for a path that leads out, and
    `BadData` for files that are not what the reader reads.
    """
    source: Any = data.source
    if isinstance(source, dict):
        ((name, arguments),) = source.items()  # pyright: ignore[reportUnknownVariableType]  # one key, by the structure
        if name in READERS:
            return READERS[name].read(arguments or {}).open(folder or Folder(FilePath()), span)  # pyright: ignore[reportUnknownArgumentType]
    name = str(next(iter(source)) if isinstance(source, dict) else source)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if name in datasets:
        return datasets[name]
    known = [*datasets, *READERS] if isinstance(source, dict) else list(datasets)
    close = nearest(name, known)
    if name in READERS:
        hint = f"a reader is a key: `source: {{{name}: {{…}}}}`"
    elif "." in name:
        hint = no_plugin(name, known)
    elif close:
        hint = f"did you mean `{close}`?"
    else:
        hint = f"registered are {', '.join(datasets)}; readers are {', '.join(READERS)}"
    raise UnknownClass(f"there is no dataset named `{name}`", help=hint)


def bindings(program: Program, data: Data) -> Iterator[tuple[Side, str, Binding, Path]]:
    """Every binding of the data section, and every output's `target` that names a field."""
    for name, binding in data.inputs.items():
        yield "inputs", name, binding, ("data", "inputs", name)
    for name, binding in data.targets.items():
        yield "targets", name, binding, ("data", "targets", name)
    for name, output in program.learned.items():
        if output.target is not None and name not in program.targets:
            yield "targets", name, Binding(field=output.target), ("outputs", name, "target")


def bound(name: str, binding: Binding, path: Path, fields: Mapping[str, FieldType]) -> Bound:
    """A binding with its transforms read and applied to the field's type; raises `Unbound`."""
    try:
        columns = columns_of(binding.field, fields)
    except Mismatch as error:
        inside = path[0] == "data"
        at = (*path, "field", *(error.argument or ())) if inside else path
        raise Unbound(at, error, field=isinstance(error, UnknownClass)) from error
    transforms: list[Transform] = []
    type_ = columns.type
    for i, written in enumerate(binding.transform):
        try:
            transform = read_transform(written)
            type_ = transform.type(type_)
        except Mismatch as error:
            raise Unbound((*path, "transform", i, *(error.argument or ())), error) from error
        transforms.append(transform)
    return Bound(name, columns, tuple(transforms), type_, path)
