"""Reads the models of `keras.applications`: a compact file for each, from which specc knows them.

python tools/keras_applications.py [NAME…]    writes specc/catalogue/applications/NAME.json.gz
python tools/keras_applications.py --check    prints the names of those that would be others

It takes minutes, so `generate.py --check` compares Keras's version and the hash of the sources
that an application is made by; `generate.py --check --full` makes all of them anew.
"""

from __future__ import annotations

import gzip
import hashlib
import inspect
import json
import os
import sys
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    os.environ["KERAS_BACKEND"] = "numpy"  # the one that infers shapes fastest
ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]
FOLDER = ROOT / "specc" / "catalogue" / "applications"

LEFT_OUT = ("_initializer", "_regularizer", "_constraint")
"""Arguments that bear on no shape: Keras makes the layers by itself."""


UNASKED = {"default_size": 224, "min_size": 32, "require_flatten": False}
"""The sizes of MobileNetV3, which looks at `input_shape` by itself."""


class Pads(tuple):
    """What `correct_pad` gives, which depends on the size of what comes in."""

    kernel: int


WIDTHS = (0.25, 0.35, 0.5, 0.75, 1.0, 1.3, 1.4)
"""Values of `alpha` that Keras may have weights for; it says itself for which."""

MINIMALISTIC = "-minimalistic"
"""What the names of files end with that hold an application's minimalistic form."""


def names() -> list[str]:
    """The names of all files: an application's, and of its minimalistic form where it has one."""
    from keras import applications

    found = [n for n, f in vars(applications).items() if inspect.isfunction(f)]
    return sorted([*found, *(n + MINIMALISTIC for n in found if "minimalistic" in taken(n))])


def taken(name: str) -> dict[str, inspect.Parameter]:
    """The arguments of an application, by the name of a file."""
    from keras import applications

    function = getattr(applications, name.removesuffix(MINIMALISTIC))
    return dict(inspect.signature(function).parameters)


def source(name: str) -> str:
    """A hash of the text that an application is made by, and of Keras's version."""
    import keras
    from keras import applications
    from keras.src.applications import imagenet_utils

    module = sys.modules[getattr(applications, name.removesuffix(MINIMALISTIC)).__module__]
    text = inspect.getsource(module) + inspect.getsource(imagenet_utils) + keras.__version__
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Recorder:
    """Stands in Keras's way while an application is built: what it asks for is kept."""

    def __init__(self) -> None:
        self.pads: dict[str, int] = {}
        self.sizes: dict[str, Any] = dict(UNASKED)
        self.files: list[dict[str, str]] = []

    def __enter__(self) -> Recorder:
        import keras
        from keras.src import layers
        from keras.src.applications import convnext, imagenet_utils, inception_resnet_v2
        from keras.src.utils import file_utils

        real_pad = imagenet_utils.correct_pad
        real_layer = layers.ZeroPadding2D
        real_shape = imagenet_utils.obtain_input_shape

        def correct_pad(inputs: Any, kernel: Any) -> Pads:
            pads = Pads(real_pad(inputs, kernel))
            pads.kernel = kernel if isinstance(kernel, int) else kernel[0]
            return pads

        def padding(padding: Any = (1, 1), **rest: Any) -> Any:
            made = real_layer(padding, **rest)
            if isinstance(padding, Pads):
                self.pads[made.name] = padding.kernel
            return made

        def shape(*args: Any, **kwargs: Any) -> Any:
            bound = inspect.signature(real_shape).bind(*args, **kwargs).arguments
            self.sizes = {k: bound[k] for k in ("default_size", "min_size", "require_flatten")}
            return real_shape(*args, **kwargs)

        def get_file(fname: str, origin: str, **rest: Any) -> str:
            self.files.append(
                {"file": fname, "origin": origin, "hash": rest.get("file_hash") or ""}
            )
            return fname

        # Or the backend would calculate with whole pictures to know their shapes.
        convnext.LayerScale.compute_output_shape = lambda _, shape: shape
        inception_resnet_v2.CustomScaleLayer.compute_output_shape = lambda _, shape: shape[0]
        self.undo = [
            (imagenet_utils, "correct_pad", real_pad),
            (imagenet_utils, "obtain_input_shape", real_shape),
            (layers, "ZeroPadding2D", real_layer),
            (file_utils, "get_file", file_utils.get_file),
            (keras.Model, "load_weights", keras.Model.load_weights),
        ]
        imagenet_utils.correct_pad = correct_pad
        imagenet_utils.obtain_input_shape = shape
        layers.ZeroPadding2D = padding
        file_utils.get_file = get_file
        keras.Model.load_weights = lambda *_, **__: None
        return self

    def __exit__(self, *_: object) -> None:
        for owner, name, value in self.undo:
            setattr(owner, name, value)


def built(name: str, **arguments: Any) -> tuple[list[Any], Recorder]:
    """The rows of an application and what it asked for."""
    if name.endswith(MINIMALISTIC):
        name, arguments = name.removesuffix(MINIMALISTIC), {"minimalistic": True, **arguments}
    import keras
    from keras import applications
    from keras.src.backend.common import global_state

    from specc.catalogue.catalogue import builtin
    from specc.lift.config import Reader

    keras.backend.clear_session()
    with Recorder() as recorder, keras.StatelessScope():
        model = getattr(applications, name)(**arguments)
        # Or they would all be drawn when the scope ends.
        global_state.set_global_attribute("uninitialized_variables", [])
    entry = {
        "module": "keras",
        "class_name": "Functional",
        "config": json.loads(json.dumps(model.get_config())),
    }
    saved = Reader(builtin()).model(entry)
    return rows(saved, recorder), recorder


def rows(saved: Any, recorder: Recorder) -> list[Any]:
    """A row for each operation in Keras's order: name, class, arguments, what it is given."""
    number = {n: i for i, n in enumerate(saved.order)}
    operations = {o.name: o for o in saved.operations}
    found: list[Any] = []
    for name in saved.order:
        if name not in operations:
            (entry,) = saved.inputs
            found.append([name, "input", list(entry.shape)])
            continue
        o = operations[name]
        (call,) = o.calls
        arguments = short(o, recorder)
        row = [name, o.cls, arguments, [reference(a, number) for a in call.args]]
        kwargs = {k: v for k, v in call.kwargs.items() if v is not None}
        assert all(isinstance(v, bool | int | float) for v in kwargs.values()), kwargs
        if kwargs:
            row.append(kwargs)
        if o.model is not None:
            inside = rows(o.model, recorder)
            inside[0][2] = inside[0][2][-1:]  # only the channels are the same for every input
            row[2] = {"rows": inside}
        found.append(row)
    (output,) = saved.outputs
    assert output[1].name == saved.order[-1] == found[-1][0], output
    return found


def reference(value: Any, number: dict[str, int]) -> Any:
    from specc.lift.saved import Ref

    if isinstance(value, Ref):
        assert (value.call, value.index) == (0, 0)
        return number[value.name]
    if isinstance(value, list):
        return [reference(v, number) for v in value]
    return {"value": value}


def short(operation: Any, recorder: Recorder) -> dict[str, Any]:
    """The arguments that are not the class's defaults."""
    from specc.catalogue.catalogue import builtin

    signature = builtin().families["layer"].classes.get(operation.cls, {})
    definition = builtin().layers.get(operation.cls)
    defaults = {n: p.default for n, p in signature.items() if not p.required}
    if definition is not None:
        defaults |= {a.name: a.default for a in definition.arguments if not a.required}
    found: dict[str, Any] = {}
    for key, value in operation.arguments.items():
        if key.endswith(LEFT_OUT) or key == "data_format" or value is None:
            continue
        if key == "dtype" and value == "float32":
            continue
        if key in defaults and same(value, defaults[key]):
            continue
        found[key] = value
    if operation.name in recorder.pads:
        found = {"padding": {"correct": recorder.pads[operation.name]}}
    return found


def same(value: Any, default: Any) -> bool:
    listed = list(default) if isinstance(default, tuple) else default
    return value == listed or (isinstance(value, list) and value and value == [listed] * len(value))


def made(name: str) -> dict[str, Any]:
    """Everything that specc knows of an application."""
    parameters = taken(name)
    variants: dict[str, list[Any]] = {}
    variants["top"], top = built(name, weights=None)
    variants["avg"], bottom = built(name, weights=None, include_top=False, pooling="avg")
    variants["max"], _ = built(name, weights=None, include_top=False, pooling="max")
    variants["none"] = variants["avg"][:-1]
    if not variants["avg"][-1][1].startswith("Global"):  # something comes after the pooling
        variants["none"], _ = built(name, weights=None, include_top=False)
        del variants["none"][0][2:]
    side = top.sizes["default_size"]
    sized, _ = built(
        name, weights=None, include_top=False, pooling="avg", input_shape=(side, side, 3)
    )
    shapes = {k: variants[k][0].pop() for k in ("top", "avg")}
    for rows_ in (*variants.values(), sized):
        del rows_[0][2:]
    variants["fetched"], _ = built(name)
    del variants["fetched"][0][2:]
    if sized != variants["avg"]:  # where sizes are known the layers are others
        assert sized[-1][1].startswith("Global")
        variants["sized_none"] = sized[:-1]
        variants["sized_avg"] = sized
        variants["sized_max"] = [*sized[:-1], [*variants["max"][-1][:3], sized[-1][3]]]
    fetched_top = variants.pop("fetched")
    order = sorted(variants, key=lambda v: v != "top")
    body, tails = shared([variants[k] for k in order])
    rows_fetched = fetched_rows(variants["top"], fetched_top)
    return {
        "source": source(name),
        "size": top.sizes["default_size"],
        "least": top.sizes["min_size"],
        "shapes": {"top": shapes["top"], "notop": shapes["avg"]},
        "flatten": [top.sizes["require_flatten"], bottom.sizes["require_flatten"]],
        "preprocessing": preprocessing(variants["top"])
        if "include_preprocessing" in parameters
        else [],
        "fetched": rows_fetched,
        "files": files(name, WIDTHS if "alpha" in parameters else ()),
        "arguments": {
            k: p.default
            for k, p in parameters.items()
            if k not in ("weights", "input_tensor", "name")
        },
        "rows": body,
        "tails": dict(zip(order, tails, strict=True)),
    }


def files(name: str, widths: tuple[float, ...]) -> dict[str, dict[str, Any]]:
    """The files of weights, with the classifier and without, for each width that has some."""
    found: dict[str, dict[str, Any]] = {}
    for width in widths or (1.0,):
        arguments = {"alpha": width} if widths else {}
        try:
            ways = {k: built(name, include_top=k == "top", **arguments) for k in ("top", "notop")}
        except ValueError:  # there are none for this width
            continue
        found[str(width)] = {k: recorder.files[0] for k, (_, recorder) in ways.items()}
    return found


def shared(lists: list[list[Any]]) -> tuple[list[Any], list[list[Any]]]:
    """The rows that all begin with, and the rest of each."""
    count = 0
    for together in zip(*lists, strict=False):
        if any(r != together[0] for r in together):
            break
        count += 1
    return lists[0][:count], [x[count:] for x in lists]


def preprocessing(rows: list[Any]) -> list[str]:
    """The layers at the head that `include_preprocessing: false` leaves out."""
    found: list[str] = []
    for row in rows[1:]:
        if row[1] not in ("Rescaling", "Normalization"):
            break
        found.append(row[0])
    return found


def fetched_rows(plain: list[Any], fetched: list[Any]) -> list[Any]:
    """What stands in the model only where its weights are fetched: a row, and the one before it."""
    extra = [i for i, r in enumerate(fetched) if r[0] not in {p[0] for p in plain}]
    assert len(extra) <= 1, extra
    assert len(fetched) == len(plain) + len(extra)
    return [[i, fetched[i]] for i in extra]


def text(data: dict[str, Any]) -> str:
    """The file's text, a line for each operation."""
    lines: list[str] = []
    for key, value in data.items():
        if key == "rows":
            lines.append(f'"{key}":{listed(value)}')
        elif key == "tails":
            tails = ",\n".join(f'"{k}":{listed(v)}' for k, v in value.items())
            lines.append(f'"{key}":{{{tails}}}')
        else:
            lines.append(f'"{key}":{json.dumps(value, separators=(",", ":"))}')
    return "{" + ",\n".join(lines) + "}\n"


def listed(rows: list[Any]) -> str:
    """The rows, a line for each."""
    return "[\n" + ",\n".join(json.dumps(r, separators=(",", ":")) for r in rows) + "\n]"


def committed(name: str) -> dict[str, Any]:
    """What the file of an application holds; empty where there is none."""
    path = FOLDER / f"{name}.json.gz"
    return json.loads(gzip.decompress(path.read_bytes())) if path.exists() else {}


def stale(full: bool = False) -> list[str]:
    """The applications whose files are not what would be written."""
    found = [n for n in names() if committed(n).get("source") != source(n)]
    found += [p.name for p in FOLDER.glob("*.gz") if p.name.removesuffix(".json.gz") not in names()]
    if full:
        fresh = [n for n in names() if n not in found]
        found += [n for n in fresh if json.loads(text(made(n))) != committed(n)]
    return found


def write(wanted: list[str]) -> None:
    """Writes the files of these applications."""
    FOLDER.mkdir(exist_ok=True)
    for name in wanted:
        data = text(made(name)).encode()
        (FOLDER / f"{name}.json.gz").write_bytes(gzip.compress(data, 9, mtime=0))
        print(f"wrote {name} ({len(data):,} bytes)", flush=True)


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        print("\n".join(stale(full=True)))
    else:
        write(sys.argv[1:] or names())
