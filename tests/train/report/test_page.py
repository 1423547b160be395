"""The page of a run shows everything, fetches nothing, and runs nothing."""

from __future__ import annotations

import json
import shutil
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from specc.data.dataset import Dataset, FieldType
from specc.pipeline import compile as compiled
from specc.pipeline import open_run
from specc.plugin.plugin import Plugin
from specc.train.report.page import report_html
from specc.train.run import Run
from specc.train.train import train

pytestmark = pytest.mark.keras

HARM = "<script>alert(1)</script>"


def load() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    picture = rng.random((60, 6, 6)).astype(np.float32)
    return {
        "picture": picture, "kind": rng.integers(0, 3, 60), "sign": rng.integers(0, 2, 60),
        "size": picture.mean(axis=(1, 2)), "place": rng.random((60, 2)).astype(np.float32),
    }  # fmt: skip


FIELDS = {
    "picture": FieldType((6, 6), "float32"),
    "kind": FieldType((), "int64", classes=3, names=("disc", HARM, "a & b")),
    "sign": FieldType((), "int64", classes=2),
    "size": FieldType((), "float32"),
    "place": FieldType((2,), "float32", names=("across", "down")),
}
PLUGIN = Plugin("shapes", datasets=[Dataset("all", FIELDS, load, "")])
SPEC = {
    "specc": 1, "name": "several", "description": f"{HARM} ]]> & \u2028",
    "inputs": {"picture": {"shape": [36]}},
    "graph": {
        "hidden": {"from": "picture", "layers": [{"Dense": {"units": 4}}]},
        "kind": {"from": "hidden", "layers": [{"Dense": {"units": 3}}]},
        "sign": {"from": "hidden", "layers": [{"Dense": {"units": 1, "activation": "sigmoid"}}]},
        "size": {"from": "hidden", "layers": [{"Dense": {"units": 1}}]},
        "place": {"from": "hidden", "layers": [{"Dense": {"units": 2}}]},
        "again": {"from": "hidden", "layers": [{"Dense": {"units": 36}}]},
        "onehot": {"from": "hidden", "layers": [{"Dense": {"units": 3, "activation": "softmax"}}]},
    },
    "outputs": {
        "kind": {"loss": {"SparseCategoricalCrossentropy": {"from_logits": True}}},
        "sign": {"loss": "binary_crossentropy"},
        "size": {"loss": "mse"}, "place": {"loss": "mse"},
        "again": {"loss": "mse", "target": "picture"},
        "onehot": {"loss": "categorical_crossentropy"},
    },
    "data": {
        "source": "shapes.all", "inputs": {"picture": {"field": "picture", "transform": ["flatten"]}},
        "targets": {
            **{n: {"field": n} for n in ("kind", "sign", "size", "place")},
            "onehot": {"field": "kind", "transform": [{"one_hot": 3}]},
        },
        "split": {"test": 0.4},
    },
    "train": {"epochs": 2},
}  # fmt: skip


class Page(HTMLParser):
    """What a page consists of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(n, v or "") for n, v in attrs]

    def handle_data(self, data: str) -> None:
        self.texts.append(data.strip())


def harmless(text: str) -> Page:
    """The page, which runs nothing and fetches nothing."""
    page = Page(text)
    assert not {"script", "iframe", "object", "embed", "link", "foreignobject", "base"} & {
        *page.tags
    }
    for name, value in page.attributes:
        assert not name.startswith("on")
        if name in ("src", "href", "xlink:href", "action", "srcset"):
            assert value.startswith(("#", "data:image/png;base64,"))
        assert "url(" not in value or "url(#" in value
    return page


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of several outputs, of every kind."""
    program = compiled(SPEC, plugins=[PLUGIN])
    made = train(program, runs=tmp_path_factory.mktemp("runs"), progress="none")
    return open_run(made.path, [PLUGIN])


def copied(run: Run, folder: Path) -> Path:
    """A copy of the run's folder, to be spoilt."""
    shutil.copytree(run.path, folder / "1")
    return folder / "1"


def test_every_output_is_shown_as_what_it_is(run: Run) -> None:
    """Classes by their names, in a matrix; numbers against what is true; pictures of mistakes."""
    page = harmless(report_html(run))
    titles = {t for t in page.texts if t.startswith("Predictions: ")}
    assert titles == {f"Predictions: {n}" for n in SPEC["outputs"]}
    assert {HARM, "a & b", "disc", "across", "down", "all 36", "The surest mistakes"} <= {
        *page.texts
    }
    assert page.texts.count("By class") == 3
    assert "The test part, 24 examples." in page.texts
    assert any(HARM in t and "description" in t for t in page.texts), "the spec's text"
    assert run.lock["program"] in page.texts
    assert page.tags.count("img") > 0
    assert page.tags.count("svg") >= 1 + len(
        [n for n in run.history if n[:4] not in ("epoc", "val_")]
    )


def test_files_of_the_run_that_mean_harm_do_none(run: Run, tmp_path: Path) -> None:
    """Another may have written them."""
    folder = copied(run, tmp_path)
    (folder / "architecture.svg").write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">{HARM}<text>{"x"}</text></svg>'
    )
    (folder / "metrics.json").write_text(json.dumps({HARM: {HARM: 1.0}, "test": {HARM: 1.0}}))
    (folder / "spec.yaml").write_bytes(b"\xff</pre>" + HARM.encode())
    lock = json.loads((folder / "lock.json").read_text())
    (folder / "lock.json").write_text(json.dumps({**lock, HARM: HARM, "started": HARM}))
    (folder / "samples").mkdir()
    (folder / "samples" / 'x" onerror="alert(1).png').write_bytes(b"\x89PNG\r\n\x1a\n")
    page = harmless(report_html(open_run(folder, [PLUGIN])))
    assert "Samples" in page.texts


def test_what_is_missing_is_said(run: Run, tmp_path: Path) -> None:
    """No metrics, no history, no model, no data: there is a page all the same."""
    folder = copied(run, tmp_path)
    for name in ("metrics.json", "history.csv", "curves.svg", "architecture.svg"):
        (folder / name).unlink()
    page = harmless(report_html(open_run(folder)))
    assert any("not registered here" in t for t in page.texts)
    (folder / "model.keras").unlink()
    page = harmless(report_html(open_run(folder, [PLUGIN])))
    assert "No epoch came to its end." in page.texts
    assert not [t for t in page.texts if t.startswith("Predictions")]


def test_folds_have_their_curves(run: Run, tmp_path: Path) -> None:
    """Where there are only those, their mean is drawn as the run's."""
    folder = copied(run, tmp_path)
    history = (folder / "history.csv").read_text()
    (folder / "history.csv").unlink()
    for i in (1, 2):
        (folder / f"fold-{i}").mkdir()
        (folder / f"fold-{i}" / "history.csv").write_text(history)
        (folder / f"fold-{i}" / "lock.json").write_text("{}")
    page = harmless(report_html(open_run(folder, [PLUGIN])))
    assert any("each of 2 folds" in t for t in page.texts)
