"""A model file is not trusted: each of these is refused, with its line, and no code runs.

Keras is not even installed, as far as these tests know.
"""

from __future__ import annotations

import pickle
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from saved_files import LINE, dense, layer, model, spec, tensor, write

from specc.pipeline import check

RAN: list[str] = []


class Gadget:
    """What a pickle would run."""

    def __reduce__(self) -> tuple[Any, ...]:
        return RAN.append, ("pickle",)


def deep() -> str:
    return "[" * 100_000 + "]" * 100_000


CUSTOM = {"module": "os", "class_name": "system", "config": {"name": "a"}, "registered_name": None}
LAMBDA = {"class_name": "__lambda__", "config": {"value": ["4wAAAA==", None, None]}}
CIRCLE = model(
    layer(
        "Add",
        {"name": "a"},
        None,
        inbound_nodes=[{"args": [[tensor("x"), tensor("b")]], "kwargs": {}}],
    ),
    layer("ReLU", {"name": "b"}, "a"),
)

CONFIGS: dict[str, tuple[Any, str, str]] = {
    "lambda layer": (
        model(layer("Lambda", {"name": "a", "function": LAMBDA}, "x")),
        "S602",
        "Lambda",
    ),
    "lambda value": (model(dense(activation=LAMBDA)), "S602", "Python code"),
    "program": (
        model(layer("TFSMLayer", {"name": "a", "filepath": "/tmp/x"}, "x")),
        "S602",
        "TFSMLayer",
    ),
    "module": (model(dense() | {"module": "os"}), "S602", "`os`"),
    "private module": (model(dense() | {"module": "keras.src.utils"}), "S602", "keras.src.utils"),
    "custom class": (model(dense() | {"registered_name": "mine>Dense"}), "S602", "mine>Dense"),
    "class as value": (model(dense(kernel_initializer=CUSTOM)), "S602", "system"),
    "function": (
        model(
            dense(
                activation={
                    "module": "builtins",
                    "class_name": "function",
                    "config": "os.system",
                    "registered_name": "function",
                }
            )
        ),
        "S602",
        "function",
    ),
    "unknown function": (
        model(
            dense(
                activation={
                    "module": "builtins",
                    "class_name": "function",
                    "config": "eval",
                    "registered_name": "function",
                }
            )
        ),
        "S601",
        "eval",
    ),
    "unknown layer": (model(layer("Dens", {"name": "a"}, "x")), "S601", "Dens"),
    "subclass": ({"module": "mine", "class_name": "Mine", "config": {}}, "S602", "Mine"),
    "no model": ([], "S601", "configuration"),
    "no layers": ({"module": "keras", "class_name": "Sequential", "config": {}}, "S601", "layers"),
    "file as vocabulary": (
        model(layer("StringLookup", {"name": "a", "vocabulary": "/etc/passwd"}, "x")),
        "S601",
        "StringLookup|a",
    ),
    "unknown argument": (model(dense(kernel_magic=3)), "S601", "kernel_magic"),
    "circle": (CIRCLE, "S601", "circle"),
    "itself": (model(layer("ReLU", {"name": "a"}, "a")), "S601", "circle"),
    "nothing": (model(layer("ReLU", {"name": "a"}, "b")), "S601", "`b`"),
    "no such call": (
        model(
            dense(),
            layer(
                "ReLU",
                {"name": "a"},
                None,
                inbound_nodes=[{"args": [tensor("dense", 7)], "kwargs": {}}],
            ),
        ),
        "S601",
        "dense",
    ),
    "no such tensor": (
        model(
            dense(),
            layer(
                "ReLU",
                {"name": "a"},
                None,
                inbound_nodes=[{"args": [tensor("dense", 0, 3)], "kwargs": {}}],
            ),
        ),
        "S4|S6",
        "",
    ),
    "old form": (model(dense() | {"inbound_nodes": [[["x", 0, 0, {}]]]}), "S601", "Keras 3"),
    "twice": (model(dense(), dense()), "S601", "two of its layers"),
    "huge": (
        model(dense(units=200_000), dense("b", "dense", units=200_000)),
        "S601",
        "bytes of them",
    ),
    "larger than any machine": (model(dense(units=10**15)), "S601", "machine|dense"),
    "rank": (
        model(layer("Conv2D", {"name": "a", "filters": 2, "kernel_size": [3, 3]}, "x")),
        "S601",
        "Conv2D",
    ),
    "deep": (deep(), "S601", "deep|JSON"),
    "infinite": ('{"a": Infinity}', "S601", "JSON"),
}


def refused(path: Path, code: str, text: str) -> None:
    """The spec has one error, with this code, at the line that names the file."""
    report = check(path)
    assert len(report.errors) == 1, str(report)
    (error,) = report.errors
    assert any(error.code.startswith(c) for c in code.split("|")), str(report)
    assert error.span is not None and error.span.line == LINE
    assert re.search(text, str(report)), str(report)
    assert not RAN


@pytest.mark.parametrize("name", CONFIGS)
def test_a_configuration_is_refused(name: str, tmp_path: Path) -> None:
    """Whatever it names is not imported, and its line says why it is not taken."""
    config, code, text = CONFIGS[name]
    write(tmp_path / "m.keras", config)
    before = sorted(tmp_path.iterdir())
    path = spec(tmp_path, "m.keras")
    refused(path, code, text)
    assert sorted(tmp_path.iterdir()) == sorted([*before, path])


def test_the_plain_one_is_taken(tmp_path: Path) -> None:
    """Or the others would be refused for something else."""
    write(tmp_path / "m.keras", model(dense()))
    report = check(spec(tmp_path, "m.keras"))
    assert report.ok, str(report)


@pytest.mark.parametrize("member", ["../evil", "/etc/evil", "a/../../evil", "evil.pkl", "C:\\evil"])
def test_a_member_that_keras_does_not_write_is_refused(member: str, tmp_path: Path) -> None:
    """Nothing is unpacked, so nothing can land elsewhere; and no model has such a member."""
    write(tmp_path / "m.keras", model(dense()), **{member: pickle.dumps(Gadget())})
    refused(spec(tmp_path, "m.keras"), "S601", "does not write")
    assert not (tmp_path.parent / "evil").exists()


def test_a_cut_file_is_refused(tmp_path: Path) -> None:
    """At whatever byte it ends."""
    whole = write(tmp_path / "whole.keras", model(dense())).read_bytes()
    for end in (0, 1, 10, len(whole) // 2, len(whole) - 1):
        (tmp_path / "m.keras").write_bytes(whole[:end])
        refused(spec(tmp_path, "m.keras"), "S601", "Keras 3 saved|damaged")


@pytest.mark.parametrize("place", range(0, 400, 23))
def test_a_changed_byte_never_crashes(place: int, tmp_path: Path) -> None:
    """It is refused, or it did not matter."""
    data = bytearray(write(tmp_path / "m.keras", model(dense())).read_bytes())
    data[place] ^= 0xFF
    (tmp_path / "m.keras").write_bytes(data)
    check(spec(tmp_path, "m.keras"))


def test_a_pickle_is_no_model(tmp_path: Path) -> None:
    """And is not read as one."""
    (tmp_path / "m.keras").write_bytes(pickle.dumps(Gadget()))
    refused(spec(tmp_path, "m.keras"), "S601", "Keras 3 saved")


def test_what_says_that_it_is_large_is_not_read(tmp_path: Path) -> None:
    """A configuration is bounded before it is unpacked."""
    with zipfile.ZipFile(tmp_path / "m.keras", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", b" " * (65 * 2**20))
        archive.writestr("model.weights.h5", b"")
    refused(spec(tmp_path, "m.keras"), "S601", "MiB")


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("../m.keras", "S1"),
        ("/etc/passwd", "S1"),
        ("https://example.org/m.keras", "S1"),
        ("hf://someone/model", "S1"),
        ("there_is_none.keras", "S601"),
        ("m.h5", "S601"),
        (".", "S601"),
    ],
)
def test_a_path_stays_in_the_folder(file: str, code: str, tmp_path: Path) -> None:
    """A file is below the spec, and is one."""
    write(tmp_path.parent / "m.keras", model(dense()))
    refused(spec(tmp_path, file), code, "")
