"""A model from outside -> a Keras model: built by Keras itself, then cut to what the spec takes."""

from __future__ import annotations

import tempfile
import warnings
from functools import partial
from pathlib import Path
from typing import Any

from specc.diagnostics.codes import outside as codes
from specc.diagnostics.report import Report, SpecError
from specc.expand.outside import Outside, Taken
from specc.infer.program import Program
from specc.lift.saved import Unliftable
from specc.lower.fetched import fetched, missing
from specc.lower.model_file import loaded
from specc.lower.weights_file import bound, check_weights


def built(k: Any, program: Program, name: str) -> Any:
    """The Keras model of a program that comes from outside; raises `SpecError`."""
    outside = program.outside
    assert outside is not None
    try:
        if outside.application:
            whole = _application(k, outside, program)
        else:
            whole = loaded(k, outside, program)
    except Unliftable as error:
        raise fault(codes.BadModelFile, program, error.message, error.help) from None
    operations = {o.name: o for o in whole.operations}
    inputs = {n: operations[n].output for n in program.inputs}
    outputs = {t.name: _tensor(operations[t.layer], t) for t in outside.outputs}
    for key, tensor in outputs.items():
        if any(tensor is given for given in inputs.values()):
            outputs[key] = k.layers.Identity(name=f"{key}.output")(tensor)
    model = k.Model(
        inputs=inputs if len(inputs) > 1 else next(iter(inputs.values())),
        outputs=outputs if len(outputs) > 1 else next(iter(outputs.values())),
        name=name,
    )
    if not program.trainable:
        model.trainable = False
    return model


def fault(code: Any, program: Program, message: str, help_: str | None) -> SpecError:
    """The error of a model that is right in the spec and cannot be built."""
    assert program.outside is not None
    report = Report()
    report.add(
        code(f"`{program.outside.name}` cannot be used: {message}", program.span, help=help_)
    )
    return SpecError(report)


def _tensor(operation: Any, taken: Taken) -> Any:
    return operation._inbound_nodes[taken.call].output_tensors[taken.index]


# --- applications ---------------------------------------------------------------------------------


def _application(k: Any, outside: Outside, program: Program) -> Any:
    """The application, its operations named as in a program that makes nothing else."""
    for found in missing(program):
        report = Report()
        report.add(found)
        raise SpecError(report)
    arguments = dict(outside.arguments)
    arguments["input_shape"] = tuple(arguments["input_shape"])
    make = partial(getattr(k.applications, outside.name), **arguments)
    if outside.fetched is None:
        model = make(weights=None)
    else:
        model = fetched(program, partial(make, weights="imagenet"))
    operations = list(model.operations)
    if len(operations) != len(outside.order):
        raise Unliftable(
            f"Keras {k.__version__}, which is installed, makes it of {len(operations)} operations, "
            f"and specc knows it with {len(outside.order)}",
            "install the version that specc was made for",
        )
    for operation, name in zip(operations, outside.order, strict=True):
        operation.name = name
    if outside.path is not None:
        _load_weights(model, outside.path)
    return model


def _load_weights(model: Any, path: Path) -> None:
    most = bound(model.count_params(), len(model.operations))
    with tempfile.TemporaryDirectory(prefix="specc-") as folder:
        copy = Path(folder) / "model.weights.h5"
        _copy(path, copy, 2 * most)
        check_weights(copy, most)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # what it skips, it says again as an error
                model.load_weights(copy)
        except (ValueError, KeyError, OSError, AttributeError) as error:
            first = (str(error).strip().splitlines() or ["they do not fit"])[0]
            raise Unliftable(
                f"the weights of `{path.name}` do not fit: {first[:200].rstrip(':')}",
                f"make it anew, by `save_weights` of `{model.name}` with these arguments",
            ) from None


def _copy(path: Path, target: Path, most: int) -> None:
    """A copy that nobody changes between the look into it and its use."""
    from specc.lift.archive import opened

    with opened(path) as source, target.open("wb") as written:
        left = most
        while chunk := source.read(min(2**20, left + 1)):
            left -= len(chunk)
            if left < 0:
                raise Unliftable(f"its weights are a file of more than {most:,} bytes")
            written.write(chunk)
