"""An application and its arguments -> a `Saved` model, from the catalogue's data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from specc.catalogue import applications
from specc.catalogue.catalogue import Catalogue
from specc.catalogue.kinds import nearest, show
from specc.catalogue.plain import is_dict, is_list
from specc.lift.padding import padded
from specc.lift.rows import inserted, without
from specc.lift.saved import Applied, Operation, Ref, Saved, SavedInput, Unliftable
from specc.lift.widths import FAMILIES, widened

_RATES = ("dropout", "dropout_rate")


class BadArgument(Unliftable):
    """An argument of an application that is wrong; `key` is its name, or empty for all."""

    def __init__(self, key: str, message: str, help: str | None = None) -> None:
        super().__init__(message, help)
        self.key = key


class NoApplication(Unliftable):
    """There is no application of that name."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """An application as a spec asks for it: its arguments, checked, with Keras's defaults."""

    name: str
    weights: str | None
    arguments: Mapping[str, Any]
    data: Mapping[str, Any]

    @property
    def top(self) -> bool:
        """Whether the classifier is there."""
        return bool(self.arguments["include_top"])

    @property
    def fetched(self) -> dict[str, str] | None:
        """The file of the weights that Keras offers, where they are asked for."""
        if self.weights != "imagenet":
            return None
        files = self.data["files"][_width(self.arguments)]
        return files["top" if self.top else "notop"]


def _width(arguments: Mapping[str, Any]) -> str:
    """Under which key the files of a width stand; those that have no width are all 1.0."""
    return str(float(arguments.get("alpha", 1.0)))


def chosen(name: str, written: Mapping[str, Any]) -> Chosen:
    """Checks an application's arguments; raises `Unliftable`."""
    if name not in applications.names():
        close = nearest(name, applications.names())
        help_ = f"did you mean `{close}`?" if close else ", ".join(applications.names())
        raise NoApplication(f"there is no application named `{name[:60]}`", help_)
    data = applications.data(name)
    if "weights" not in written:
        raise BadArgument(
            "",
            f"`{name}` needs `weights`: null, a file, or imagenet",
            f"write `{name}: {{weights: null}}` for weights that are drawn at random",
        )
    known: dict[str, Any] = dict(data["arguments"])
    for key in written:
        if key not in known and key != "weights":
            close = nearest(key, [*known, "weights"])
            listed = ", ".join(("weights", *known))
            hint = f"did you mean `{close}`?" if close else f"it takes {listed}"
            raise BadArgument(key, f"`{name}` has no argument `{key}`", hint)
    arguments = known | {k: v for k, v in written.items() if k != "weights"}
    for key, value in arguments.items():
        _check(name, key, value, known[key])
    weights = written["weights"]
    if weights is not None and not isinstance(weights, str):
        raise BadArgument("weights", f"this wants null, imagenet or a file, not {show(weights)}")
    if arguments.get("minimalistic"):
        data = applications.data(name, minimalistic=True)
    asked = Chosen(name, weights, arguments, data)
    arguments["input_shape"] = _input_shape(asked)
    if weights == "imagenet":
        _check_fetched(asked)
    return asked


def _check(name: str, key: str, value: Any, default: Any) -> None:
    if key == "alpha":
        _check_width(name, value)
    if key == "depth_multiplier" and not _whole(value, 1):
        raise BadArgument(key, f"this wants a whole number from 1, not {show(value)}")
    if isinstance(default, bool) and not isinstance(value, bool):
        raise BadArgument(key, f"this wants true or false, not {show(value)}")
    if key == "classes" and not _whole(value, 1):
        raise BadArgument(key, f"this wants a whole number from 1, not {show(value)}")
    if key == "pooling" and value not in (None, "avg", "max"):
        raise BadArgument(key, f"this wants null, avg or max, not {show(value)}")
    if key in _RATES and not _rate(value):
        raise BadArgument(key, f"this wants a number from 0 to below 1, not {show(value)}")
    if key == "classifier_activation" and value is not None and not isinstance(value, str):
        raise BadArgument(key, f"this wants the name of an activation, or null, not {show(value)}")


def _check_width(name: str, value: Any) -> None:
    least = FAMILIES[name].least
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadArgument("alpha", f"this wants a number, not {show(value)}")
    if value < least or value <= 0:
        wanted = f"from {show(least)}" if least else "above 0"
        raise BadArgument(
            "alpha", f"this wants a number {wanted}, which leaves a filter; not {show(value)}"
        )


def _whole(value: Any, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _rate(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1


def _input_shape(asked: Chosen) -> list[int | None]:
    """The shape of the pictures, as Keras's own `obtain_input_shape` finds it."""
    data, shape = asked.data, asked.arguments["input_shape"]
    flat = bool(data["flatten"][0 if asked.top else 1])
    least = int(data["least"])
    if shape is None:
        return list(data["shapes"]["top" if asked.top else "notop"])
    if not is_list(shape) or len(shape) != 3:
        raise BadArgument("input_shape", f"this wants [height, width, channels], not {show(shape)}")
    if not _whole(shape[2], 1) or not all(d is None or _whole(d, 1) for d in shape):
        raise BadArgument("input_shape", f"this wants whole numbers from 1, not {show(shape)}")
    if (shape[0] is None) != (shape[1] is None) or (flat and None in shape):
        raise BadArgument("input_shape", f"`{asked.name}` needs to know both sizes here")
    if any(d is not None and d < least for d in shape[:2]):
        raise BadArgument("input_shape", f"`{asked.name}` takes pictures from {least} x {least}")
    if shape[2] != 3 and asked.arguments.get("include_preprocessing"):
        raise BadArgument(
            "input_shape",
            f"the preprocessing of `{asked.name}` takes three channels",
            "write `include_preprocessing: false`",
        )
    return list(shape)


def _check_fetched(asked: Chosen) -> None:
    """What Keras refuses with weights of its own."""
    if (width := _width(asked.arguments)) not in asked.data["files"]:
        listed = ", ".join(sorted(asked.data["files"], key=float))
        raise BadArgument(
            "alpha", f"there are weights of imagenet for {listed}, not for {width}", None
        )
    if asked.arguments.get("depth_multiplier", 1) != 1:
        raise BadArgument("depth_multiplier", "with the weights of imagenet this is 1")
    size, shape = int(asked.data["size"]), asked.arguments["input_shape"]
    if asked.top and asked.arguments["classes"] != 1000:
        raise BadArgument("classes", "the weights of imagenet tell 1000 classes apart")
    if asked.top and asked.arguments["classifier_activation"] not in (None, "softmax"):
        raise BadArgument(
            "classifier_activation", "with the weights of imagenet this is softmax or null"
        )
    flat = bool(asked.data["flatten"][0 if asked.top else 1])
    if shape[2] != 3 or (flat and shape != [size, size, 3]):
        raise BadArgument(
            "input_shape", f"the weights of imagenet are for pictures of {size} x {size} x 3 here"
        )
    if asked.name in ("MobileNet", "MobileNetV2") and shape[:2] not in ([size] * 2, [None] * 2):
        raise BadArgument("input_shape", f"specc knows the weights for {size} x {size} only")


def saved(asked: Chosen, catalogue: Catalogue) -> Saved:
    """The model's operations."""
    data = asked.data
    tail = "top" if asked.top else asked.arguments["pooling"] or "none"
    if None not in asked.arguments["input_shape"] and f"sized_{tail}" in data["tails"]:
        tail = f"sized_{tail}"
    rows: list[Any] = [*data["rows"], *(_asked(asked, r) for r in data["tails"][tail])]
    if asked.weights == "imagenet":
        for place, row in data["fetched"]:
            rows = inserted(rows, place, row)
    if asked.arguments.get("include_preprocessing") is False:
        for name in data["preprocessing"]:
            rows = without(rows, name)
    rows = widened(asked.name, rows, asked.arguments["input_shape"][2], asked.arguments)
    model = _model(asked.name.lower(), rows, asked.arguments["input_shape"])
    return padded(model, catalogue)


def _asked(asked: Chosen, row: list[Any]) -> list[Any]:
    """A row of the head with `classes`, the activation and the rate that are asked for."""
    name, cls, arguments, *rest = row
    changed: dict[str, Any] = dict(arguments)
    classes = asked.arguments["classes"]
    for key in ("units", "filters"):
        if asked.top and changed.get(key) == 1000:
            changed[key] = classes
    if asked.top and changed.get("target_shape") == [1000]:
        changed["target_shape"] = [classes]
    if changed.get("activation") == "softmax":
        changed["activation"] = asked.arguments["classifier_activation"] or "linear"
    for key in _RATES:
        if cls == "Dropout" and key in asked.arguments:
            changed["rate"] = asked.arguments[key]
    return [name, cls, changed, *rest]


def _model(name: str, rows: list[Any], shape: list[int | None]) -> Saved:
    names = [r[0] for r in rows]
    operations = [_operation(row, names, shape) for row in rows[1:]]
    first = SavedInput(names[0], tuple(shape), "float32")
    output = (names[-1], Ref(names[-1]))
    return Saved(name, (first,), tuple(operations), (output,), True, tuple(names))


def _operation(row: list[Any], names: list[str], shape: list[int | None]) -> Operation:
    name, cls, arguments, args, *kwargs = row

    def given(value: Any) -> Any:
        if is_list(value):
            return [given(v) for v in value]
        if is_dict(value):
            return value["value"]
        return Ref(names[int(value)])

    applied = Applied(tuple(given(a) for a in args), kwargs[0] if kwargs else {})
    if cls != "model":
        return Operation(name, cls, arguments, (applied,))
    rows = arguments["rows"]
    channels = rows[0][2][-1]
    inner = _model(name, rows, shape if channels == 3 else [None, None, channels])
    return Operation(name, "model", {}, (applied,), inner)
