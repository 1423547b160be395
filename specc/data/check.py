"""Checks that the data fits the model, before any data is loaded: S701 to S709.

Loads neither Keras nor what the data comes with: the registry or the files' headers know the
fields' types.
"""

from __future__ import annotations

from collections.abc import Mapping

from specc.catalogue.dtypes import is_int
from specc.catalogue.kinds import nearest
from specc.catalogue.mismatch import Mismatch, UnknownArgument, UnknownClass
from specc.catalogue.plain import is_dict
from specc.catalogue.types import BATCH, Dim, TensorType
from specc.data.binding import Bound, Unbound, bindings, bound, source_of
from specc.data.dataset import Dataset, FieldType
from specc.data.failure import BadData
from specc.data.fit import differs
from specc.data.places import Places
from specc.data.registry import DATASETS
from specc.data.source import Source
from specc.data.split import why_not
from specc.data.windowing import windows_faults
from specc.diagnostics.codes import training as codes
from specc.diagnostics.report import Report
from specc.document.failure import Unreadable
from specc.document.node import Node
from specc.document.spec import Data, Output
from specc.infer.program import Program
from specc.lower.missing import MissingExtra


def check_data(
    program: Program,
    root: Node | None,
    report: Report,
    datasets: Mapping[str, Dataset] = DATASETS,
    source: Source | None = None,
) -> dict[str, FieldType]:
    """Reports every fault of the data section; gives the type of each target that is known.

    Whether losses and metrics fit these targets is for the training's check to say. `source` is
    what a program gives in place of the one that the section names.
    """
    data = program.data
    if data is None:
        return {}
    check = _Check(program, data, Places(root), report)
    check.names()
    check.split()
    source = source or _source(program, data, check.places, report, datasets)
    if source is None:
        return {}
    return check.types(source.fields, source.name if source.streams else None)


def _source(
    program: Program, data: Data, places: Places, report: Report, datasets: Mapping[str, Dataset]
) -> Source | None:
    """What the data section names, its header read; reports why there is none.

    A section without a source leaves it to the program that trains.
    """
    if data.source is None:
        return None
    reader = next(iter(data.source), "") if is_dict(data.source) else ""
    path = ("data", "source", reader, "path")
    try:
        return source_of(data, datasets, program.folder, places.value(*path))
    except Unreadable as error:
        report.add(error.diagnostic)
    except UnknownClass as error:
        place = places.chosen("data", "source")
        report.add(codes.UnknownDataset(error.message, place, help=error.help))
    except Mismatch as error:
        at = ("data", "source", reader, *(error.argument or ()))
        unknown = isinstance(error, UnknownArgument)
        place = places.key(*at) if unknown or not error.argument else places.value(*at)
        report.add(codes.BadReader(error.message, place, help=error.help))
    except BadData as error:
        report.add(codes.BadFile(error.message, places.value(*path), help=error.help))
    except MissingExtra:
        pass  # what reads the header is not installed here, so the types are not known yet
    return None


class _Check:
    """The check of one data section."""

    def __init__(self, program: Program, data: Data, places: Places, report: Report) -> None:
        self.program = program
        self.data = data
        self.places = places
        self.report = report
        self.lengths: dict[Dim, tuple[int, str]] = {}
        """What a named dimension is, and the input that says so."""

    # --- names ------------------------------------------------------------------------------------

    def names(self) -> None:
        """Every input and target of the model is bound, and nothing else is."""
        program, data = self.program, self.data
        for name in data.inputs:
            if name not in program.inputs:
                self._no_such("inputs", name, list(program.inputs), "input")
            elif name in program.samples:
                self.report.add(
                    codes.NotBound(
                        f"`{name}` is drawn from noise, so no field feeds it",
                        self.places.key("data", "inputs", name),
                        help=f"take `sample` from the input `{name}`, or this binding away",
                    )
                )
        for name in program.inputs:
            if name not in data.inputs and name not in program.samples:
                self._not_bound("inputs", name, "input")
        for name in data.targets:
            if name not in program.outputs:
                self._no_such("targets", name, list(program.outputs), "output")
            elif (output := program.learned.get(name)) is None or not wants(output):
                self._no_loss(name)
            elif output.target is not None:
                self.report.add(
                    codes.NotBound(
                        f"`{name}` has a `target` already, and one in `data.targets` too",
                        self.places.key("data", "targets", name),
                        help="keep one of the two",
                    )
                )
        for name, output in program.learned.items():
            given = name in data.targets or output.target is not None
            if wants(output) and not given:
                self._not_bound("targets", name, "target of the output")

    def _no_such(self, side: str, name: str, known: list[str], what: str) -> None:
        close = nearest(name, known)
        listed = ", ".join(known) or "none"
        self.report.add(
            codes.NotBound(
                f"the model has no {what} `{name}`",
                self.places.key("data", side, name),
                help=f"did you mean `{close}`?" if close else f"its {what}s are {listed}",
            )
        )

    def _no_loss(self, name: str) -> None:
        self.report.add(
            codes.NotBound(
                f"the output `{name}` has no loss, so this target is never used",
                self.places.key("data", "targets", name),
                help=f"give it one: `outputs: {{{name}: {{loss: …}}}}`, or take the target away",
            )
        )

    def _not_bound(self, side: str, name: str, what: str) -> None:
        written = self.data.inputs if side == "inputs" else self.data.targets
        place = self.places.key("data", side) if written else self.places.key("data")
        self.report.add(
            codes.NotBound(
                f"no field is bound to the {what} `{name}`",
                place,
                help=f"`{side}: {{{name}: {{field: …}}}}`",
            )
        )

    # --- the split --------------------------------------------------------------------------------

    def split(self) -> None:
        """The fractions leave something to train on."""
        if (reason := why_not(self.data.split)) is not None:
            self.report.add(
                codes.BadSplit(
                    reason,
                    self.places.key("data", "split"),
                    help="validation and test are fractions that leave some for training",
                )
            )

    # --- types ------------------------------------------------------------------------------------

    def types(self, fields: Mapping[str, FieldType], pieces: str | None) -> dict[str, FieldType]:
        """Every field exists and fits what it feeds. Gives the targets' types.

        `pieces` names the source where it is read in pieces.
        """
        targets: dict[str, FieldType] = {}
        whole: list[Bound] = []
        for side, name, binding, path in bindings(self.program, self.data):
            try:
                found = bound(name, binding, path, fields)
            except Unbound as error:
                code = codes.UnknownField if error.field else codes.BadTransform
                place = self.places.value(*error.path)
                self.report.add(code(error.why.message, place, help=error.why.help))
                continue
            whole.append(found)
            if side == "targets":
                targets[name] = found.type
            elif name in self.program.inputs:
                self._input(found, self.program.inputs[name].type)
        for path, fault in windows_faults(whole, self.data.split, pieces):
            self.report.add(
                codes.BadWindows(fault.message, self.places.value(*path), help=fault.help)
            )
        self._column("sample_weight", self.data.sample_weight, fields, "numbers")
        self._column("stratify", self.data.split.stratify, fields, "classes")
        return targets

    def _input(self, found: Bound, type_: TensorType) -> None:
        fault = differs(found.type, TensorType((BATCH, *type_.dims[1:]), type_.dtype))
        if fault is None:
            fault = self._named_lengths(found, type_)
        if fault is None:
            return
        changed = "" if found.type == found.given else f" after {_listed(found)}"
        shown = f"{found.given}{changed and f'{changed} is {found.type}'}"
        wanted = TensorType(type_.dims[1:], type_.dtype)
        self.report.add(
            codes.DataDiffers(
                f"the field `{found.field}`, {shown}, does not fit the input `{found.name}`, "
                f"{wanted}: {fault.message}",
                self.places.value(*found.path),
                label=f"this gives {found.type} of {found.type.dtype}",
                help=fault.help,
            )
        )

    def _named_lengths(self, found: Bound, type_: TensorType) -> UnknownClass | None:
        """A named dimension is one length, wherever the name stands."""
        for dim, length in zip(type_.dims[1:], found.type.shape, strict=True):
            if isinstance(dim, str) and isinstance(length, int):
                before, who = self.lengths.setdefault(dim, (length, found.name))
                if before != length:
                    return UnknownClass(f"`{dim}` is {before} in the input `{who}`")
        return None

    def _column(
        self, key: str, name: str | None, fields: Mapping[str, FieldType], wanted: str
    ) -> None:
        """A field that is named beside the bindings exists and holds one value an example."""
        if name is None:
            return
        path = ("data", "split", key) if key == "stratify" else ("data", key)
        field = fields.get(name)
        if field is None:
            close = nearest(name, list(fields))
            self.report.add(
                codes.UnknownField(
                    f"the data has no field `{name}`",
                    self.places.value(*path),
                    help=f"did you mean `{close}`?"
                    if close
                    else f"its fields are {', '.join(fields)}",
                )
            )
            return
        classes = is_int(field.dtype) or field.dtype in ("bool", "string")
        if field.shape or (wanted == "classes" and not classes) or field.dtype == "string":
            code = codes.BadSplit if key == "stratify" else codes.DataDiffers
            if field.dtype == "string" and key == "stratify" and not field.shape:
                return
            self.report.add(
                code(
                    f"`{key}` wants {wanted}, one for each example, and `{name}` is {field} of "
                    f"{field.dtype}",
                    self.places.value(*path),
                )
            )


def wants(output: Output) -> bool:
    """Whether an output is compared with a target."""
    return bool(output.loss or output.metrics or output.weighted_metrics)


def _listed(found: Bound) -> str:
    return ", ".join(t.name for t in found.transforms) or "no transform"
