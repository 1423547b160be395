"""`extends`: the base first, then this file over it; choices are replaced, not mixed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

import specc
from specc.diagnostics.report import Report
from specc.document.extends import extended
from specc.document.failure import Unreadable
from specc.document.files import Folder
from specc.document.read import read_file

BASE = """\
specc: 1
name: base
params: {width: 8, table: {A: 1}}
inputs: {x: {shape: [4]}, images: {shape: [4], sample: {normal: {mean: 1}}}}
graph:
  text: {from: x, layers: [{Dense: {units: $width}}, ReLU]}
  y: {from: [text, images], layers: [Concatenate]}
shared: {reader: {LSTM: {units: 3}}}
models: {m: {file: teacher.keras}}
outputs: {y: {loss: mse, metrics: [mae]}}
losses: {a: {MeanSquaredError: {}, y_true: y, y_pred: y, weight: 2}}
data: {source: {csv: {path: a.csv}}}
train: {optimizer: {Adam: {learning_rate: 0.1}}, epochs: 3, class_weight: {Cat: 1}}
tune: {objective: val_loss, space: {params.width: {uniform: [1, 2]}}}
"""


def merged(folder: Path, over: str) -> tuple[dict[str, Any], list[str]]:
    """The spec `over` the base, without places, and the codes that were found."""
    (folder / "base.yaml").write_text(BASE)
    path = folder / "over.yaml"
    path.write_text(f"specc: 1\nextends: base.yaml\n{over}\n")
    report = Report()
    root = extended(read_file(path, str(path), report), Folder(folder), path, report)
    return root.plain(), report.codes


def test_mappings_merge_and_all_else_is_replaced(tmp_path: Path) -> None:
    """A list is a value: what is in it is not matched with what was."""
    over, codes = merged(
        tmp_path, "params: {width: 16, new: 1}\noutputs: {y: {metrics: [mse]}}\nname: over"
    )
    assert codes == []
    base = yaml.safe_load(BASE)
    assert over["params"] == {"width": 16, "table": {"A": 1}, "new": 1}
    assert over["outputs"] == {"y": {"loss": "mse", "metrics": ["mse"]}}
    assert over["name"] == "over"
    assert over["graph"] == base["graph"]


@pytest.mark.parametrize(
    ("over", "path", "result"),
    [
        ("train: {optimizer: {SGD: {}}}", "train.optimizer", {"SGD": {}}),
        (
            "train: {optimizer: {Adam: {beta_1: 0.5}}}",
            "train.optimizer",
            {"Adam": {"learning_rate": 0.1, "beta_1": 0.5}},
        ),
        ("train: {optimizer: sgd}", "train.optimizer", "sgd"),
        ("data: {source: {npz: {path: b}}}", "data.source", {"npz": {"path": "b"}}),
        ("data: {source: digits}", "data.source", "digits"),
        (
            "inputs: {images: {sample: {uniform: {low: 0}}}}",
            "inputs.images.sample",
            {"uniform": {"low": 0}},
        ),
        ("shared: {reader: {GRU: {units: 3}}}", "shared.reader", {"GRU": {"units": 3}}),
        (
            "losses: {a: {MeanAbsoluteError: {}}}",
            "losses.a",
            {"MeanAbsoluteError": {}, "y_true": "y", "y_pred": "y", "weight": 2},
        ),
        ("models: {m: {graph: {}}}", "models.m", {"graph": {}}),
        (
            "models: {m: {trainable: false}}",
            "models.m",
            {"file": "teacher.keras", "trainable": False},
        ),
    ],
)
def test_another_choice_replaces_the_old_one_whole(
    tmp_path: Path, over: str, path: str, result: Any
) -> None:
    """A class, a reader, a range: where the language wants one key, two are never mixed."""
    found, codes = merged(tmp_path, over)
    assert codes == []
    for key in path.split("."):
        found = found[key]
    assert found == result


@pytest.mark.parametrize(
    ("over", "section", "names"),
    [
        ("graph: {images2: {from: x}}", "graph", {"text", "y", "images2"}),
        ("graph: {csv: {from: x}}", "graph", {"text", "y", "csv"}),
        ("inputs: {text2: {shape: []}, normal: {shape: []}}", "inputs",
         {"x", "images", "text2", "normal"}),
        ("params: {table: {B: 1}}", "params", {"width", "table"}),
    ],
)  # fmt: skip
def test_names_of_the_author_are_no_choices(
    tmp_path: Path, over: str, section: str, names: set[str]
) -> None:
    """A chain called `csv` replaces no chain called `text`, though both are readers elsewhere."""
    found, codes = merged(tmp_path, over)
    assert codes == []
    assert set(found[section]) == names
    assert set(found["params"]["table"]) >= {"A"}


def test_the_labels_of_a_class_weight_are_no_classes(tmp_path: Path) -> None:
    """They only look like some."""
    over, _ = merged(tmp_path, "train: {class_weight: {Dog: 2}}")
    assert over["train"]["class_weight"] == {"Cat": 1, "Dog": 2}


def test_delete_takes_away_what_is_there(tmp_path: Path) -> None:
    """And `null` is a value, not an absence."""
    over, codes = merged(tmp_path, "train: {optimizer: $delete, epochs: null}\ntune: $delete")
    assert codes == []
    assert over["train"] == {"epochs": None, "class_weight": {"Cat": 1}}
    assert "tune" not in over


@pytest.mark.parametrize(
    "over", ["train: {epocs: $delete}", "foo: {a: $delete}", "outputs: {z: {a: {b: $delete}}}"]
)
def test_delete_of_nothing_is_a_slip(tmp_path: Path, over: str) -> None:
    """A key to take away must be there."""
    assert merged(tmp_path, over)[1] == ["S117"]


def test_a_base_has_nothing_to_delete_from() -> None:
    """Nor has a spec that extends nothing."""
    text = "specc: 1\ninputs: {x: {shape: [4]}}\ngraph: {y: {from: x}}\noutputs: [y]\n"
    assert "S117" in specc.check(text=text + "train: {seed: $delete}\n").codes


def test_places_are_those_of_the_file_that_wrote_them(tmp_path: Path) -> None:
    """An error in the base is shown in the base."""
    (tmp_path / "base.yaml").write_text(
        "specc: 1\ninputs: {x: {shap: [4]}}\ngraph: {y: {from: x}}\noutputs: [y]\n"
    )
    (tmp_path / "over.yaml").write_text("specc: 1\nextends: base.yaml\ntrain: {sed: 1}\n")
    report = specc.check(tmp_path / "over.yaml")
    places = {(Path(d.span.source.name).name, d.span.line) for d in report.errors if d.span}
    assert places == {("base.yaml", 2), ("over.yaml", 3)}


def chain(folder: Path, count: int) -> Path:
    """Files of which each extends the next; the last is a whole spec."""
    for i in range(count):
        (folder / f"s{i}.yaml").write_text(f"specc: 1\nextends: s{i + 1}.yaml\n")
    text = "specc: 1\ninputs: {x: {shape: [4]}}\ngraph: {y: {from: x}}\noutputs: [y]\n"
    (folder / f"s{count}.yaml").write_text(text)
    return folder / "s0.yaml"


def test_a_chain_of_bases_is_followed_to_a_bound(tmp_path: Path) -> None:
    """Twenty files and no more."""
    assert specc.check(chain(tmp_path, 20)).ok
    assert specc.check(chain(tmp_path, 21)).codes == ["S108"]


def test_a_cycle_is_found_however_it_is_written(tmp_path: Path) -> None:
    """A file that extends itself, through others or through a link."""
    (tmp_path / "a.yaml").write_text("specc: 1\nextends: ./b.yaml\n")
    (tmp_path / "b.yaml").write_text("specc: 1\nextends: link.yaml\n")
    (tmp_path / "link.yaml").symlink_to(tmp_path / "a.yaml")
    assert specc.check(tmp_path / "a.yaml").codes == ["S116"]
    (tmp_path / "self.yaml").write_text("specc: 1\nextends: self.yaml\n")
    assert specc.check(tmp_path / "self.yaml").codes == ["S116"]


def test_a_base_may_extend_a_file_beside_it_or_above(tmp_path: Path) -> None:
    """Paths are relative to the file they stand in, and stay in the first spec's folder."""
    (tmp_path / "below").mkdir()
    (tmp_path / "root.yaml").write_text(
        "specc: 1\ninputs: {x: {shape: [4]}}\ngraph: {y: {from: x}}\noutputs: [y]\n"
    )
    (tmp_path / "below" / "middle.yaml").write_text("specc: 1\nextends: ../root.yaml\n")
    (tmp_path / "top.yaml").write_text("specc: 1\nextends: below/middle.yaml\n")
    assert specc.check(tmp_path / "top.yaml").ok
    assert specc.check(tmp_path / "below" / "middle.yaml").codes == ["S115"]
    assert specc.check(tmp_path / "below" / "middle.yaml", allow=[tmp_path]).ok


def test_a_missing_base_is_blamed_where_it_is_named(tmp_path: Path) -> None:
    """With the nearest file as help."""
    (tmp_path / "base.yaml").write_text(BASE)
    path = tmp_path / "over.yaml"
    path.write_text("specc: 1\nextends: bas.yaml\n")
    with pytest.raises(Unreadable) as caught:
        extended(read_file(path, str(path), Report()), Folder(tmp_path), path, Report())
    found = caught.value.diagnostic
    assert found.code == "S101"
    assert found.span is not None
    assert (found.span.line, found.span.column) == (2, 10)
    assert "base.yaml" in (found.help or "")
