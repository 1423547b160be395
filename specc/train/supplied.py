"""Data that a program gives in place of the spec's source: checked as that is, then divided.

A DataFrame, or a mapping of arrays, holds fields, which the spec's bindings read; a tuple of arrays
and a `tf.data.Dataset` hold what the model takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from specc.catalogue.catalogue import Catalogue
from specc.catalogue.plain import is_mapping
from specc.catalogue.types import BATCH, TensorType
from specc.data.arrays import (
    GivenArrays,
    GivenStream,
    WithParts,
    taken_inputs,
    taken_targets,
    whole_part,
)
from specc.data.check import check_data
from specc.data.cut import Stretch
from specc.data.dataset import Dataset, FieldType
from specc.data.failure import BadData
from specc.data.feed import Feeds, Part, feeds
from specc.data.fit import differs
from specc.data.frame import Frame, array_type, frame, is_frame
from specc.data.load import Divided, Opened
from specc.data.missing import refuse_missing
from specc.data.places import Places
from specc.data.stream import Stream
from specc.data.tensors import Elements, elements, is_dataset, tensor_stream
from specc.diagnostics.codes import training as codes
from specc.diagnostics.report import Report, SpecError
from specc.document.node import Node
from specc.document.spec import Binding, Data, Split
from specc.infer.program import Program
from specc.train.check import check_training
from specc.train.supervised import weighed_outputs

if TYPE_CHECKING:
    from collections.abc import Callable

    Own = Callable[[Feeds], Part | Stream]


def supplied(
    program: Program,
    given: Mapping[str, Any],
    root: Node | None,
    catalogue: Catalogue,
    datasets: Mapping[str, Dataset],
) -> Divided:
    """What a program gives as `data`, `validation` and `test`, of which the last two may lack.

    Raises `SpecError` where it does not fit the model or the losses, `BadData`.
    """
    split = program.data.split if program.data is not None else Split()
    own = {n: given[n] for n in ("validation", "test") if given.get(n) is not None}
    if own and split.folds is not None:
        raise BadData("`folds` divide all of the data, and a part is given by itself")
    split = split.model_copy(update=dict.fromkeys(own, 0.0))
    data = given["data"]
    if is_frame(data) or is_mapping(data):
        one = _Framed(program, root, catalogue, datasets, split)
    else:
        one = _Bare(program, root, catalogue, split)
    whole = one.whole(data)
    return WithParts(whole, {n: one.own(d, n) for n, d in own.items()}) if own else whole


class _Framed:
    """Fields by name, which the spec's bindings read; without any, each what is named as it."""

    def __init__(
        self,
        program: Program,
        root: Node | None,
        catalogue: Catalogue,
        datasets: Mapping[str, Dataset],
        split: Split,
    ) -> None:
        self.program = replace(program, data=program.data or _by_name(program))
        self.root = root if program.data is not None else None
        self.catalogue = catalogue
        self.split = split
        source = None if program.data is None else program.data.source
        known = datasets.get(source) if isinstance(source, str) else None
        self.expected = _expected(program) if known is None else known.fields

    def whole(self, given: Any) -> Divided:
        """What is divided."""
        assert self.program.data is not None
        source = self.source(given, "the data")
        return Opened(feeds(self.program, self.program.data, source.fields), source, self.split)

    def own(self, given: Any, name: str) -> Own:
        """A part by itself."""
        if not (is_frame(given) or is_mapping(given)):
            raise BadData(f"the data are fields by name, and `{name}` is given otherwise")
        source = self.source(given, name)

        def part(fitted: Feeds) -> Part:
            import numpy as np

            used = source.arrays(fitted.fields)
            refuse_missing(fitted, used, source.place)
            count = len(next(iter(used.values())))
            return fitted.part(used, (Stretch(0.0, 1.0),) if fitted.windowed else np.arange(count))

        return part

    def source(self, given: Any, name: str) -> Frame:
        """The fields, checked as those of a spec's own source are."""
        source, report = frame(given, self.expected, name), Report()
        targets = check_data(self.program, self.root, report, source=source)
        check_training(self.program, self.root, report, self.catalogue, targets)
        _raise(report)
        return source


class _Bare:
    """Arrays or tensors as the model takes them, to which no transform is applied."""

    def __init__(
        self, program: Program, root: Node | None, catalogue: Catalogue, split: Split
    ) -> None:
        self.program = program
        self.root = root
        self.catalogue = catalogue
        self.split = split.model_copy(update={"stratify": None})

    def whole(self, given: Any) -> Divided:
        """What is divided; a dataset is not."""
        if not is_dataset(given):
            return GivenArrays(self.arrays(given), self.split)
        if self.split.folds is not None:
            raise BadData("the spec's `split` has folds, and a dataset is not divided")
        for name in ("validation", "test"):
            if getattr(self.split, name):
                raise BadData(
                    f"the spec's `split` has a part for {name}, and a dataset is not divided",
                    help=f"give that part as `{name}=`",
                )
        return GivenStream(self.stream(given), self.split)

    def own(self, given: Any, name: str) -> Own:
        """A part by itself."""
        if is_frame(given) or is_mapping(given):
            raise BadData(f"the data are the model's own arrays, and `{name}` are fields by name")
        part = self.stream(given) if is_dataset(given) else self.arrays(given)
        return lambda _: part

    def arrays(self, given: Any) -> Part:
        """Arrays, checked."""
        three: list[Any] = [*given] if isinstance(given, tuple) else [given, None]  # pyright: ignore[reportUnknownArgumentType]  # of a program
        if not 2 <= len(three) <= 3:
            raise BadData("data are (x, y) or (x, y, sample_weight), fields by name, or a dataset")
        part = whole_part(self.program, *three)
        self.weighed(part.weights is not None)
        types = [{n: array_type(a) for n, a in s.items()} for s in (part.inputs, part.targets)]
        self.check(*types)
        return part

    def stream(self, given: Any) -> Stream:
        """A dataset, checked by its element types before anything is read."""
        inputs = {n: self.program.inputs[n].type for n in taken_inputs(self.program)}
        found: Elements = elements(given, inputs, taken_targets(self.program))
        self.weighed(found.weighed)
        self.check(found.inputs, found.targets)
        return tensor_stream(given, found)

    def weighed(self, given: bool) -> None:
        """Raises `BadData` where sample weights are given, and no loss counts them."""
        if given and not weighed_outputs(self.program):
            raise BadData("sample weights are given, and no output has a loss against the data")

    def check(self, inputs: Mapping[str, FieldType], targets: Mapping[str, FieldType]) -> None:
        """Raises `SpecError` where what is given does not fit the inputs or the losses."""
        report, places = Report(), Places(self.root)
        for name, given in inputs.items():
            wanted = self.program.inputs[name].type.dims[1:]
            type_ = TensorType((BATCH, *wanted), self.program.inputs[name].type.dtype)
            known = given
            if len(given.shape) == len(wanted):  # of a length that is not known each batch tells
                lengths = (b if a is None else a for a, b in zip(given.shape, wanted, strict=True))
                known = replace(given, shape=tuple(lengths))
            fault = differs(known, type_)
            if fault is not None:
                report.add(
                    codes.DataDiffers(
                        f"what is given for the input `{name}`, {given} of {given.dtype}, does not "
                        f"fit it, {TensorType(wanted, type_.dtype)}: {fault.message}",
                        places.key("inputs", name),
                    )
                )
        check_training(self.program, self.root, report, self.catalogue, targets)
        _raise(report)


def _by_name(program: Program) -> Data:
    """Bindings of every input and target to the field of its name."""
    return Data(
        inputs={n: Binding(field=n) for n in taken_inputs(program)},
        targets={n: Binding(field=n) for n in taken_targets(program)},
    )


def _expected(program: Program) -> dict[str, FieldType]:
    """What the fields of the inputs' names are, by the inputs."""
    found = {n: program.inputs[n].type for n in taken_inputs(program)}
    return {n: FieldType(t.shape[1:], t.dtype) for n, t in found.items()}


def _raise(report: Report) -> None:
    if not report.ok:
        raise SpecError(report)
