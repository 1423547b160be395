"""A hostile data file is an error that names it: no code is run, no hang, memory is bounded."""

from __future__ import annotations

import io
import json
import os
import pickle
import random
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest

CHILD = Path(__file__).parent / "hostile_child.py"
SECONDS, MIB = 20, 700
"""What a case may take, of time and of memory beside what the packages take."""


def npy(shape: str, descr: str = "<f8", data: bytes = b"") -> bytes:
    """An array with a header of one's own."""
    text = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape}}}\n".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + data


def npz(path: Path, **members: bytes) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.npy", data)


def png(width: int, height: int, data: bytes = b"") -> bytes:
    """A PNG whose header says how large it is, whatever it holds."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(data))
        + chunk(b"IEND", b"")
    )


class Evil:
    """Unpickled, it would leave a file."""

    def __reduce__(self):
        return (os.mkdir, ("unpickled",))


def tables(folder: Path) -> dict[str, tuple[str, str]]:
    """CSV and Parquet files, with what must be said of each."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = "\n".join(f"{i},{i}" for i in range(300_000))
    written = {
        "empty.csv": (b"", r"`empty.csv` is empty"),
        "header.csv": (b"a,b\n", r"`header.csv` has no rows"),
        "nul.csv": (b"a,b\n1,\x002\n", r"`nul.csv` is no CSV: it holds a zero byte"),
        "late_nul.csv": (f"a,b\n{rows}\n1,\x00\n".encode(), r"`late_nul.csv`: row 300001, column `b`"),
        "quote.csv": (b'a,b\n1,"2\n3,4\n', r"`quote.csv` is no CSV: .*line 4|`quote.csv`.*end of data"),
        "huge_field.csv": (b'a,b\n1,"' + b"x" * (1 << 23) + b'"\n', r"`huge_field.csv`"),
        "long_header.csv": (b"a" * (1 << 21), r"the first line of `long_header.csv` is longer than"),
        "wide.csv": (b",".join(b"%d" % i for i in range(110_000)) + b"\n", r"`wide.csv` has 110,000 columns"),
        "latin.csv": (b"a,b\n1,caf\xe9\n", r"`latin.csv` is no UTF-8 text \(byte 9\)"),
        "late_latin.csv": (f"a,b\n{rows}\n1,".encode() + b"\xe9\n", r"`late_latin.csv`.*(row|utf-8|UTF8)"),
        "ragged.csv": (f"a,b\n{rows}\n1,2,3\n".encode(), r"`ragged.csv`: row 300001 has 3 columns"),
        "bare.csv": (b"a,b\n1\n", r"`bare.csv`, row 1: 1 columns, and the first line has 2"),
        "twice.csv": (b"a,a\n1,2\n", r"`twice.csv` has two columns named `a`"),
        "not.parquet": (b"a,b\n1,2\n" * 9, r"`not.parquet` is no Parquet file"),
        "empty.parquet": (b"", r"`empty.parquet` is no Parquet file"),
        "footer.parquet": (b"PAR1" + b"\0" * 64 + struct.pack("<I", 2**31 - 1) + b"PAR1", r"`footer.parquet` is no Parquet file"),
    }  # fmt: skip
    for name, (data, _) in written.items():
        (folder / name).write_bytes(data)
    good = folder / "good.parquet"
    pq.write_table(
        pa.table({"a": np.arange(50_000), "b": np.random.default_rng(0).random(50_000)}), good
    )
    (folder / "cut.parquet").write_bytes(good.read_bytes()[: good.stat().st_size // 2])
    raw = bytearray(good.read_bytes())
    raw[40:4000] = b"\xff" * 3960
    (folder / "pages.parquet").write_bytes(raw)
    broken = pa.array([b"\xff\xfe", b"ok"]).view(pa.string())
    pq.write_table(pa.table({"a": broken}), folder / "text.parquet")
    nested = pa.array([[[1]]], pa.list_(pa.list_(pa.int64())))
    pq.write_table(
        pa.table({"a": pa.array([{"x": 1}]), "b": pa.array([b"x"])}), folder / "odd.parquet"
    )
    pq.write_table(pa.table({"a": nested}), folder / "nested.parquet")
    says = {
        "cut.parquet": r"`cut.parquet` is no Parquet file",
        "pages.parquet": r"`pages.parquet` cannot be read|pages.parquet",
        "text.parquet": r"`text.parquet` cannot be read: Invalid UTF8 sequence at string index 0",
        "odd.parquet": r"`odd.parquet` has no column that a model could read",
    }
    return {
        n: (n.rpartition(".")[2], s)
        for n, s in {**{n: s for n, (_, s) in written.items()}, **says}.items()
    }


def arrays(folder: Path) -> dict[str, tuple[str, str]]:
    """Files of arrays."""
    said = {
        "pickle.npz": r"`pickle.npz` holds objects",
        "bomb.npz": r"`bomb.npz` unpacks to 80,000,000,000 bytes",
        "endless.npz": r"`endless.npz` unpacks to",
        "short.npz": r"`short.npz` is no npz of plain arrays",
        "negative.npz": r"`negative.npz` holds objects",
        "brackets.npz": r"`brackets.npz` is not one that NumPy writes",
        "members.npz": r"`members.npz` holds 10,001 arrays",
        "lengths.npz": r"`lengths.npz` hold different numbers of examples: `a` 2, `b` 3",
        "value.npz": r"`value.npz` is one value, not examples",
        "other.npz": r"`other.npz` is no npz: it holds `x.txt`",
        "no.npz": r"`no.npz` is no npz",
        "cut.npz": r"`cut.npz` is no npz",
        "locked.npz": r"`locked.npz` is no npz",
        "crc.npz": r"`crc.npz` is no npz.*CRC",
    }
    body = pickle.dumps(np.array([Evil()], object))
    npz(folder / "pickle.npz", a=npy("(1,)", "|O", body))
    npz(folder / "bomb.npz", a=npy("(10000000000,)", data=b"\0" * (1 << 24)))
    npz(folder / "endless.npz", a=npy(f"({2**62}, {2**62})"))
    npz(folder / "short.npz", a=npy("(100,)", data=b"\0" * 80))
    npz(folder / "negative.npz", a=npy("(-1,)"))
    npz(folder / "brackets.npz", a=npy("(" * 5_000))
    npz(folder / "members.npz", **{f"a{i}": npy("(0,)") for i in range(10_001)})
    npz(folder / "lengths.npz", a=npy("(2,)", data=b"\0" * 16), b=npy("(3,)", data=b"\0" * 24))
    npz(folder / "value.npz", a=npy("()", data=b"\0" * 8))
    with zipfile.ZipFile(folder / "other.npz", "w") as archive:
        archive.writestr("x.txt", b"x")
    (folder / "no.npz").write_bytes(b"PK\x03\x04" + b"\0" * 99)
    np.savez(folder / "good.npz", a=np.arange(1_000.0))
    raw = (folder / "good.npz").read_bytes()
    (folder / "cut.npz").write_bytes(raw[:-40])
    locked = bytearray(raw)
    for at in (raw.index(b"PK\x03\x04") + 6, raw.index(b"PK\x01\x02") + 8):
        locked[at] |= 1  # the flag of a member that is encrypted
    (folder / "locked.npz").write_bytes(locked)
    flipped = bytearray(raw)
    flipped[2_000] ^= 1
    (folder / "crc.npz").write_bytes(flipped)
    return {n: ("npz", s) for n, s in said.items()}


def pictures(folder: Path) -> dict[str, tuple[str, str]]:
    """Folders with a picture each."""
    from PIL import Image

    def good(form: str) -> bytes:
        made = io.BytesIO()
        Image.new("L", (64, 64), 7).save(made, form)
        return made.getvalue()

    held = {
        "cut": (good("PNG")[:60], r"cut/a.png is no picture"),
        "empty_file": (b"", r"empty_file/a.png is no picture"),
        "words": (b"not a picture", r"words/a.png is no picture"),
        "bomb": (png(60_000, 60_000, b"\0" * 100), r"bomb/a.png (has 60000 by 60000 pixels|is no picture)"),
        "wide": (png(9_000, 9_000, b"\0" * 100), r"wide/a.png has 9000 by 9000 pixels, more"),
        "postscript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", r"postscript/a.png is no picture"),
        "tiff": (good("TIFF"), r"tiff/a.png is no picture"),
    }  # fmt: skip
    for name, (data, _) in held.items():
        (folder / name).mkdir()
        (folder / name / "a.png").write_bytes(data)
    outside = folder.parent / "outside.png"
    outside.write_bytes(good("PNG"))
    for name in ("link", "pipe", "none", "loop"):
        (folder / name).mkdir()
    (folder / "link" / "a.png").symlink_to(outside)
    (folder / "loop" / "a.png").symlink_to(folder / "loop" / "a.png")
    os.mkfifo(folder / "pipe" / "a.png")
    return {n: ("images", s) for n, (_, s) in held.items()} | {
        "link": ("images", r"`link/a.png` leads out of the folder"),
        "pipe": ("images", r"`pipe/a.png` is no regular file"),
        "loop": ("images", r"`loop/a.png` (is no regular file|cannot be read)"),
        "none": ("images", r"`none` holds no file that ends in"),
    }


def texts(folder: Path) -> dict[str, tuple[str, str]]:
    """Texts, alone and in folders."""
    (folder / "latin.txt").write_bytes(b"caf\xe9")
    (folder / "blank.txt").write_bytes(b"\n\n")
    with (folder / "large.txt").open("wb") as file:
        file.truncate((1 << 30) + 1)
    os.mkfifo(folder / "pipe.txt")
    for name in ("linked_texts", "piped_texts"):
        (folder / name).mkdir()
    (folder / "linked_texts" / "a.txt").symlink_to("/etc/passwd")
    os.mkfifo(folder / "piped_texts" / "a.txt")
    return {
        "latin.txt": ("text", r"latin.txt of `latin.txt` is no UTF-8 text \(byte 3\)"),
        "blank.txt": ("text", r"`blank.txt` holds no line of text"),
        "large.txt": ("text", r"`large.txt` holds more than 1,073,741,824 bytes of text"),
        "pipe.txt": ("text", r"`pipe.txt` is no regular file"),
        "linked_texts": ("text", r"`linked_texts/a.txt` leads out of the folder"),
        "piped_texts": ("text", r"`piped_texts/a.txt` is no regular file"),
    }


def read(folder: Path, cases: dict[str, tuple[str, dict]]) -> dict[str, dict]:
    """What the child says of each case."""
    (folder / "cases.json").write_text(json.dumps(cases))
    done = subprocess.run(
        [sys.executable, str(CHILD), str(folder)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(CHILD.parents[2])},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, (done.stdout[-500:], done.stderr[-2000:])
    return {f["case"]: f for f in map(json.loads, done.stdout.splitlines())}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What came of every case, and what must be said of it."""
    folder = tmp_path_factory.mktemp("hostile") / "spec"
    folder.mkdir()
    says = {**tables(folder), **arrays(folder), **pictures(folder), **texts(folder)}
    cases: dict[str, tuple[str, dict]] = {}
    for name, (reader, _) in says.items():
        more = {"size": [8, 8]} if reader == "images" else {}
        lines = {"lines": True} if name == "blank.txt" else {}
        cases[name] = (reader, {"path": name, **more, **lines})
    return folder, says, read(folder, cases)


def test_each_is_an_error_that_names_the_file(found):
    """And says what is wrong with it, of a table in which row."""
    import re

    _, says, said = found
    assert set(said) == set(says)
    wrong = [
        (name, said[name]["error"], said[name]["message"][:200])
        for name, (_, pattern) in says.items()
        if said[name]["error"] not in ("BadData", "Unreadable")
        or not re.search(pattern, said[name]["message"])
    ]
    assert not wrong, wrong


def test_none_takes_long_or_much_memory_or_runs_code(found):
    """Each of them, by the clock and the largest size of the process."""
    folder, _, said = found
    slow = [(n, f["seconds"]) for n, f in said.items() if f["seconds"] > SECONDS]
    assert not slow, slow
    assert max(f["grown"] for f in said.values()) < MIB, {n: f["grown"] for n, f in said.items()}
    assert not list(folder.rglob("unpickled"))


@pytest.mark.parametrize("reader", ["parquet", "npz"])
def test_flipped_bytes_are_read_or_refused(tmp_path, reader):
    """Sixty files with bytes flipped by chance: numbers, or an error of ours, and no crash."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    good = tmp_path / f"good.{reader}"
    if reader == "npz":
        np.savez_compressed(good, a=np.arange(500.0), b=np.arange(1_000).reshape(500, 2))
    else:
        words = pa.array([f"w{i % 7}" for i in range(500)])
        pq.write_table(pa.table({"a": np.arange(500), "t": words}), good)
    raw = good.read_bytes()
    draw = random.Random(5)
    cases: dict[str, tuple[str, dict]] = {}
    for i in range(60):
        data = bytearray(raw)
        for _ in range(draw.randint(1, 8)):
            data[draw.randrange(len(data))] = draw.randrange(256)
        (tmp_path / f"{i}.{reader}").write_bytes(data)
        cases[str(i)] = (reader, {"path": f"{i}.{reader}"})
    said = read(tmp_path, cases)
    assert len(said) == 60
    odd = {n: f for n, f in said.items() if f["error"] not in (None, "BadData")}
    assert not odd, odd
    assert any(f["error"] == "BadData" for f in said.values())
    assert max(f["seconds"] for f in said.values()) < SECONDS


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("a.csv", {"csv": {"path": "a.csv"}}),
        ("a.npz", {"npz": {"path": "a.npz"}}),
        ("a.parquet", {"parquet": {"path": "a.parquet"}}),
    ],
)
def test_a_check_says_it_at_the_sources_line(tmp_path, name, source):
    """Before any training, as every fault of a spec."""
    from specc.pipeline import Settings, passes

    (tmp_path / name).write_bytes(b"\xff\x00 nothing that one reads")
    spec = {
        "specc": 1,
        "inputs": {"x": {"shape": [1]}},
        "graph": {"y": {"from": "x", "layers": [{"Dense": {"units": 1}}]}},
        "outputs": {"y": {"loss": "mse"}},
        "data": {
            "source": source,
            "inputs": {"x": {"field": ["x"]}},
            "targets": {"y": {"field": "y"}},
        },
    }
    path = tmp_path / "spec.json"
    path.write_text(json.dumps(spec))
    report = passes(path, settings=Settings()).report
    assert [d for d in report.errors if name in d.message and d.span is not None], str(report)


@pytest.mark.parametrize("count", [1, 2])
def test_sets_of_one_row_say_what_they_are_too_small_for(tmp_path, count):
    """A split that leaves nothing for training, or stratifies one example, is an error."""
    from specc.data.split import CannotSplit, parts
    from specc.document.spec import Split

    with pytest.raises(CannotSplit):
        parts(count, Split(validation=0.4, test=0.5), None)
    with pytest.raises(CannotSplit):
        parts(1, Split(validation=0.5, stratify="label"), np.array([0]))
