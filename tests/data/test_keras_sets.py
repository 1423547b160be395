"""Keras's own datasets: known without Keras, fetched only when allowed, never read unverified."""

from __future__ import annotations

import gzip
import hashlib
import io
import pickle
import subprocess
import sys
import tarfile
import urllib.error
from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest

from specc.data.cached import Cached, folder
from specc.data.failure import BadData
from specc.data.keras_sets import KERAS_SETS
from specc.data.load import digest, load, load_again, saved
from specc.data.registry import DATASETS
from specc.lower.fetching import fetching

SETS = {k.name: k for k in KERAS_SETS}

REVIEWS = """
specc: 1
name: reviews
inputs: {words: {shape: [20], dtype: int32}}
graph:
  liked:
    from: words
    layers: [{Embedding: {input_dim: 60, output_dim: 4}}, GlobalAveragePooling1D,
             {Dense: {units: 1, activation: sigmoid}}]
outputs: {liked: {loss: binary_crossentropy}}
data:
  source: imdb
  inputs: {words: {field: tokens, transform: [{pad: 20}]}}
  targets: {liked: {field: label}}
  split: {test: 0.25}
"""


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty folder that is Keras's, whether or not Keras is loaded already."""
    made = tmp_path / "home"
    (made / "datasets").mkdir(parents=True)
    monkeypatch.setenv("KERAS_HOME", str(made))
    if "keras" in sys.modules:
        monkeypatch.setattr("keras.src.backend.config._KERAS_DIR", str(made))
    return made


@pytest.mark.parametrize("name", SETS)
def test_a_set_that_is_not_there_is_an_error_that_says_what_to_put_where(name, home):
    first = SETS[name].files[0]
    with pytest.raises(BadData) as caught:
        DATASETS[name].load()
    assert caught.value.status == 1
    assert caught.value.message == (
        f"`{name}` is not at hand: {home / first.name} would be fetched from {first.origin}"
    )
    assert caught.value.help == "`--fetch` fetches it; or put the file there"


@pytest.mark.parametrize("name", [k.name for k in KERAS_SETS if k.name != "fashion_mnist"])
def test_a_file_with_another_hash_is_refused_before_anything_opens_it(name, home, monkeypatch):
    file = SETS[name].files[0]
    (home / file.name).write_bytes(b"not what Keras would fetch")

    def opened(module):
        raise AssertionError(f"{module} was asked to read an unverified file")

    monkeypatch.setattr("specc.data.keras_sets.import_module", opened)
    with pytest.raises(BadData, match="is not what Keras would fetch") as caught:
        DATASETS[name].load()
    assert file.origin in caught.value.message
    assert file.hash in caught.value.message


def test_what_may_hold_pickles_has_a_hash():
    plain = [k.name for k in KERAS_SETS if not all(f.hash for f in k.files)]
    assert plain == ["fashion_mnist"]
    assert all(f.name.endswith("ubyte.gz") for f in SETS["fashion_mnist"].files)


def test_checking_a_spec_of_one_needs_neither_keras_nor_the_file(tmp_path, home):
    spec = tmp_path / "reviews.yaml"
    spec.write_text(REVIEWS)
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(REVIEWS.replace("field: tokens", "field: text"))
    code = """
import sys
from pathlib import Path
from specc.pipeline import Settings, passes
for spec in sys.argv[1:]:
    print(passes(Path(spec), settings=Settings()).report.codes)
print([m for m in ("numpy", "keras", "tensorflow") if m in sys.modules])
"""
    found = subprocess.run(
        [sys.executable, "-c", code, spec, wrong], capture_output=True, text=True, check=True
    )
    assert found.stdout.splitlines() == ["[]", "['S702']", "[]"]


def test_long_sequences_that_differ_in_the_middle_have_different_digests():
    def tokens(middle):
        made = np.empty(1, object)
        made[0] = np.arange(5000, dtype="int32")
        made[0][2500] = middle
        return {"tokens": made}

    assert digest(tokens(1)) == digest(tokens(1))
    assert digest(tokens(1)) != digest(tokens(2))


# --- With Keras -----------------------------------------------------------------------------------


def bytes_of(save, *arguments, **arrays) -> bytes:
    buffer = io.BytesIO()
    save(buffer, *arguments, **arrays)
    return buffer.getvalue()


def sequences(count, rng):
    made = np.empty(count, object)
    for i in range(count):
        made[i] = rng.integers(1, 50, 5 + i).tolist()
    return made


def small(name: str) -> list[bytes]:
    """The set's files, with few examples where Keras's loader takes few."""
    rng = np.random.default_rng(0)
    if name == "mnist":
        x, y = rng.integers(0, 256, (12, 28, 28), "uint8"), np.arange(12, dtype="uint8") % 10
        return [bytes_of(np.savez, x_train=x[:9], y_train=y[:9], x_test=x[9:], y_test=y[9:])]
    if name == "fashion_mnist":
        return [
            gzip.compress(
                bytes(8 if k == 1 else 16) + rng.integers(0, 10, n * k, "uint8").tobytes()
            )
            for n in (9, 3)
            for k in (1, 784)
        ]
    if name.endswith("housing"):
        width = SETS[name].fields["features"].shape[0]
        return [bytes_of(np.savez, x=rng.normal(size=(10, width)), y=rng.normal(size=10))]
    if name == "reuters":
        return [bytes_of(np.savez, x=sequences(20, rng), y=np.arange(20) % 46)]
    if name == "imdb":
        both = {
            f"{a}_{part}": sequences(20, rng) if a == "x" else np.arange(20) % 2
            for part in ("train", "test")
            for a in "xy"
        }
        return [bytes_of(np.savez, **both)]
    return [_archive(name)]


def _archive(name: str) -> bytes:
    """CIFAR's archive; Keras wants ten thousand pictures in each batch of CIFAR10."""
    if name == "cifar10":
        inside, count, key = "cifar-10-batches-py", 10_000, b"labels"
        parts = [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"]
    else:
        inside, count, key = "cifar-100-python", 6, b"fine_labels"
        parts = ["train", "test"]
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", compresslevel=1) as archive:
        for number, part in enumerate(parts):
            pixels = np.zeros((count, 3072), "uint8")
            pixels[0, :1024], pixels[0, 1024:2048] = 7, number
            held = pickle.dumps({b"data": pixels, key: [number] * count}, protocol=3)
            info = tarfile.TarInfo(f"{inside}/{part}")
            info.size = len(held)
            archive.addfile(info, io.BytesIO(held))
    return buffer.getvalue()


@pytest.fixture
def placed(home, monkeypatch):
    """Puts a small set where Keras keeps it; both Keras and the table demand the small one's hash."""

    def place(name: str):
        module = import_module(f"keras.src.datasets.{name}")
        monkeypatch.setattr("keras.src.backend.config._KERAS_DIR", str(home))
        files = []
        for file, held in zip(SETS[name].files, small(name), strict=True):
            (home / file.name).parent.mkdir(exist_ok=True)
            (home / file.name).write_bytes(held)
            files.append(replace(file, hash=hashlib.sha256(held).hexdigest() if file.hash else ""))
        real = module.get_file

        def get_file(*args, file_hash=None, **kwargs):
            return real(*args, file_hash=files[0].hash or None, **kwargs)

        monkeypatch.setattr(module, "get_file", get_file)
        return replace(SETS[name], files=tuple(files))

    return place


@pytest.mark.keras
@pytest.mark.parametrize("name", SETS)
def test_the_declared_types_are_those_that_keras_gives(name, placed):
    arrays = placed(name).load()
    assert list(arrays) == list(SETS[name].fields)
    assert len({len(a) for a in arrays.values()}) == 1
    for field, type_ in SETS[name].fields.items():
        values = arrays[field]
        if type_.shape == (None,):
            assert values.dtype == object
            assert {(row.ndim, str(row.dtype)) for row in values} == {(1, type_.dtype)}
        else:
            assert values.shape[1:] == type_.shape
            assert values.dtype == type_.dtype
        if type_.names:
            assert len(type_.names) == (type_.classes or type_.shape[0])


@pytest.mark.keras
def test_the_test_data_follow_the_training_data(placed):
    assert placed("mnist").load()["label"].tolist() == [*range(10), 0, 1]


@pytest.mark.keras
def test_pictures_have_their_channels_last_whatever_kerass_settings_say(placed, monkeypatch):
    monkeypatch.setattr("keras.src.backend.config._IMAGE_DATA_FORMAT", "channels_first")
    arrays = placed("cifar100").load()
    assert arrays["image"].shape == (12, 32, 32, 3)
    assert arrays["image"][6, 0, 0].tolist() == [7, 1, 0]
    assert arrays["label"].tolist() == [0] * 6 + [1] * 6


@pytest.mark.keras
def test_every_loader_is_there_with_what_it_fetches_and_demands(monkeypatch, tmp_path):
    import keras

    exported = [n for n in dir(keras.datasets) if hasattr(getattr(keras.datasets, n), "load_data")]
    assert sorted(exported) == sorted(SETS)
    assert import_module("keras.src.datasets.reuters").get_label_names() == (
        SETS["reuters"].fields["label"].names
    )
    for name, found in SETS.items():
        asked = []

        def get_file(fname=None, name=name, asked=asked, **kwargs):
            subdir = kwargs.get("cache_subdir", "datasets")
            kept = f"{subdir}/{fname}" + ("_archive" if kwargs.get("extract") else "")
            asked.append(Cached(kept, kwargs["origin"], kwargs.get("file_hash", "")))
            if len(asked) == len(SETS[name].files):
                raise InterruptedError
            return str(tmp_path)

        module = import_module(f"keras.src.datasets.{name}")
        monkeypatch.setattr(module, "get_file", get_file)
        with pytest.raises(InterruptedError):
            module.load_data()
        assert tuple(asked) == found.files


@pytest.mark.keras
def test_kerass_folder_is_the_one_that_keras_uses(home, monkeypatch):
    from keras.src.utils import file_utils

    monkeypatch.setattr("keras.src.backend.config._KERAS_DIR", str(home))
    (home / "datasets" / "here.txt").write_text("here")
    assert file_utils.get_file("here.txt", "none:") == str(folder() / "datasets" / "here.txt")


@pytest.mark.keras
def test_a_download_that_fails_is_an_error_and_not_a_traceback(home, monkeypatch, capsys):
    def offline(*_):
        raise urllib.error.URLError("no route to host")

    monkeypatch.setattr("keras.src.utils.file_utils.urlretrieve", offline)
    monkeypatch.setattr("keras.src.backend.config._KERAS_DIR", str(home))
    with fetching(), pytest.raises(BadData) as caught:
        DATASETS["mnist"].load()
    assert caught.value.message.startswith("`mnist` cannot be loaded: URL fetch failure on https:")
    assert "no route to host" in caught.value.message
    assert capsys.readouterr().out == ""


@pytest.mark.keras
def test_a_broken_file_without_a_hash_is_an_error(placed, home):
    broken = placed("fashion_mnist")
    (home / broken.files[1].name).write_bytes(b"no gzip")
    with pytest.raises(BadData, match="`fashion_mnist` cannot be loaded: "):
        broken.load()


@pytest.mark.keras
def test_reviews_are_trained_on_and_found_again(placed, tmp_path):
    from specc.pipeline import Settings, passes
    from specc.train.train import train

    spec = tmp_path / "reviews.yaml"
    spec.write_text(REVIEWS)
    program = passes(spec, settings=Settings()).proven
    datasets = {"imdb": placed("imdb").dataset()}
    run = train(program, runs=tmp_path / "runs", progress="none", datasets=datasets)
    assert 0 < run.metrics["test"]["loss"] < 2

    loaded = load(program, program.data, datasets)
    again = load_again(saved(loaded), datasets)
    assert again.train.inputs["words"].shape == (30, 20)
    assert np.array_equal(again.train.inputs["words"], loaded.train.inputs["words"])


@pytest.mark.keras
def test_training_without_the_file_ends_with_status_1_and_says_how_to_get_it(home, tmp_path):
    from click.testing import CliRunner

    from specc.cli.main import group

    spec = tmp_path / "reviews.yaml"
    spec.write_text(REVIEWS)
    found = CliRunner().invoke(group, ["train", str(spec), "--runs", str(tmp_path / "runs")])
    assert found.exit_code == 1
    text = " ".join(found.output.split())
    assert "`imdb` is not at hand" in text
    assert "--fetch" in text
    assert "Traceback" not in text


@pytest.mark.keras
def test_evaluating_fetches_where_it_is_allowed_alone(home, tmp_path, monkeypatch):
    """The data is no more at hand than it was to train: `--fetch` gets it, and nothing else does."""
    from click.testing import CliRunner

    from specc.cli.main import group
    from specc.pipeline import open_run

    fetched = []

    def load_data():
        fetched.append("imdb")
        words = np.empty(20, object)
        for i in range(20):
            words[i] = [1, 2 + i, 3 + i % 7]
        parts = (words, np.arange(20) % 2)
        return parts, parts

    monkeypatch.setattr(import_module("keras.datasets.imdb"), "load_data", load_data)
    spec = tmp_path / "reviews.yaml"
    spec.write_text(REVIEWS)
    words = ["train", str(spec), "--runs", str(tmp_path / "runs"), "--fetch", "-q"]
    done = CliRunner().invoke(group, words)
    assert done.exit_code == 0, done.output
    run, before = done.stdout.strip(), len(fetched)
    refused = CliRunner().invoke(group, ["evaluate", run])
    assert refused.exit_code == 1
    assert "`imdb` is not at hand" in " ".join(refused.output.split())
    assert len(fetched) == before
    done = CliRunner().invoke(group, ["evaluate", run, "--fetch"])
    assert done.exit_code == 0, done.output
    assert len(fetched) == before + 1
    measured = {n: float(v) for n, v in (row.split() for row in done.stdout.splitlines())}
    assert measured == pytest.approx(open_run(run).metrics["test"], abs=1e-4)
