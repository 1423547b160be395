"""Addresses: every field can be reached, and what is misspelt is told with what was meant."""

from __future__ import annotations

import pytest

from specc.diagnostics.report import Report
from specc.diagnostics.span import Source, Span
from specc.document.address import resolved
from specc.document.node import Path
from specc.document.space import check_addresses

from .reading import tree

SPEC = """\
specc: 1
name: tower
params: {width: 8, table: {low: 1}}
inputs: {x: {shape: [4]}}
graph:
  y:
    from: x
    layers:
      - {Dense: {units: 4}, id: first}
      - Flatten
      - Dense: {units: 4, name: second.dense}
      - repeat: 2
        layers:
          - {Conv1D: {filters: 2}, id: inner}
          - {use: residual, id: block}
          - Dense: $arguments
      - Dropout:
blocks:
  residual: {inputs: [x], output: b, graph: {b: {from: x, layers: [{Dense: {units: 4}, id: one}]}}}
outputs: {y: {loss: {Huber: {delta: 1}}}}
losses: {a: {KLToNormal: {}, mean: y, log_var: y}}
train: {optimizer: {Adam: {learning_rate: 0.1}}, callbacks: [EarlyStopping, {CSVLogger: {}}]}
tune:
  objective: val_loss
  space: {params.width: {choice: [1]}, train.optimizer.*.beta_1: {uniform: [0, 1]}}
"""
LAYERS = ("graph", "y", "layers")


def resolve(address: str, spec: str = SPEC) -> tuple[Path | None, list[str], str]:
    """The path of an address, the codes of what was found, and the help."""
    root, found = tree(spec)
    assert found == []
    assert root is not None
    report = Report()
    path = resolved(root, address, Span(Source("--set")), report)
    return path, report.codes, " ".join(d.help or "" for d in report)


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("name", ("name",)),
        ("description", ("description",)),
        ("params.width", ("params", "width")),
        ("params.table.low", ("params", "table", "low")),
        ("params.table.high", ("params", "table", "high")),
        ("inputs.x.shape", ("inputs", "x", "shape")),
        ("inputs.x.shape.0", ("inputs", "x", "shape", 0)),
        ("inputs.x.dtype", ("inputs", "x", "dtype")),
        ("graph.y.from", ("graph", "y", "from")),
        ("graph.y.layers", LAYERS),
        ("graph.y.first", (*LAYERS, 0)),
        ("graph.y.first.units", (*LAYERS, 0, "Dense", "units")),
        ("graph.y.first.activation", (*LAYERS, 0, "Dense", "activation")),
        ("graph.y.first.Dense.units", (*LAYERS, 0, "Dense", "units")),
        ("graph.y.first.*.units", (*LAYERS, 0, "Dense", "units")),
        ("graph.y.first.when", (*LAYERS, 0, "when")),
        ("graph.y.layers.first.units", (*LAYERS, 0, "Dense", "units")),
        ("graph.y.second.dense.units", (*LAYERS, 2, "Dense", "units")),
        ("graph.y.inner.filters", (*LAYERS, 3, "layers", 0, "Conv1D", "filters")),
        ("graph.y.block.width", (*LAYERS, 3, "layers", 1, "with", "width")),
        ("graph.y.block.use", (*LAYERS, 3, "layers", 1, "use")),
        ("blocks.residual.graph.b.one.units",
         ("blocks", "residual", "graph", "b", "layers", 0, "Dense", "units")),
        ("outputs.y.loss", ("outputs", "y", "loss")),
        ("outputs.y.loss.*.delta", ("outputs", "y", "loss", "Huber", "delta")),
        ("outputs.y.weight", ("outputs", "y", "weight")),
        ("losses.a.weight", ("losses", "a", "weight")),
        ("losses.a.mean", ("losses", "a", "mean")),
        ("train.epochs", ("train", "epochs")),
        ("train.checkpoint.every_steps", ("train", "checkpoint", "every_steps")),
        ("train.optimizer.*.beta_1", ("train", "optimizer", "Adam", "beta_1")),
        ("train.optimizer.Adam.beta_1", ("train", "optimizer", "Adam", "beta_1")),
        ("train.optimizer.beta_1", ("train", "optimizer", "Adam", "beta_1")),
        ("train.callbacks.0.patience", ("train", "callbacks", 0, "EarlyStopping", "patience")),
        ("train.callbacks.1.append", ("train", "callbacks", 1, "CSVLogger", "append")),
        ("data.split.test", ("data", "split", "test")),
        ("tune.space.params.width.choice", ("tune", "space", "params.width", "choice")),
    ],
)  # fmt: skip
def test_an_address_leads_to_its_field(address: str, path: Path) -> None:
    """Whether the field is written or not; a layer's class need not be named."""
    assert resolve(address) == (path, [], "")


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("graph.y.layers.0.units", (*LAYERS, 0, "Dense", "units")),
        ("graph.y.0.units", (*LAYERS, 0, "Dense", "units")),
        ("graph.y.1.data_format", (*LAYERS, 1, "Flatten", "data_format")),
        ("graph.y.1.when", (*LAYERS, 1, "when")),
        ("graph.y.3.repeat", (*LAYERS, 3, "repeat")),
        ("graph.y.3.0.filters", (*LAYERS, 3, "layers", 0, "Conv1D", "filters")),
        ("graph.y.layers.3.layers.0.filters", (*LAYERS, 3, "layers", 0, "Conv1D", "filters")),
        ("graph.y.4.rate", (*LAYERS, 4, "Dropout", "rate")),
    ],
)
def test_a_position_works_and_is_warned_of(address: str, path: Path) -> None:
    """A step inserted before it would move it; an `id` stays."""
    found, codes, text = resolve(address)
    assert (found, codes) == (path, ["W405"])
    assert "`id`" in text


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("nam", "`name`"),
        ("trian.epochs", "`train.epochs`"),
        ("train.epoch", "`train.epochs`"),
        ("params.widht", "`params.width`"),
        ("graph.z.first", "y"),
        ("graph.y.firts.units", "`graph.y.first.units`"),
        ("graph.y.iner.filters", "`graph.y.inner.filters`"),
        ("graph.y.9.units", "first"),
        ("graph.y.form", "`graph.y.from`"),
        ("blocks.residul.inputs", "`blocks.residual.inputs`"),
        ("outputs.y.los", "`outputs.y.loss`"),
        ("losses.b.weight", "a"),
        ("tune.space.params.widt.choice", "`tune.space.params.width`"),
        ("train.callbacks.7", "0, 1"),
        ("inputs.x.shape.7", "0"),
        ("name.x", ""),
        ("train.optimizer.SGD.momentum", "Adam"),
        ("graph.y.first.LSTM.units", "Dense"),
        ("train.callbacks.0.CSVLogger.append", "EarlyStopping"),
        ("params.width.x", ""),
        ("train..epochs", ""),
        ("", ""),
        ("*", "`*` stands for a class"),
        ("train.*.x", "`*` stands for a class"),
        ("graph.y.layers.3.layers.2.units", "set what it reads"),
    ],
)
def test_a_wrong_address_says_what_was_meant(address: str, text: str) -> None:
    """With the whole address as it should be, where a near one is known."""
    spec = SPEC.replace("{use: residual, id: block}", "$step") if "2.units" in address else SPEC
    address = address.replace("2.units", "1.units")
    path, codes, found = resolve(address, spec)
    assert path is None
    assert "S118" in codes
    assert text in found


def test_a_star_is_the_default_where_no_class_is_written() -> None:
    """An optimizer that is not written is Adam."""
    spec = SPEC.replace("optimizer: {Adam: {learning_rate: 0.1}}, ", "")
    path, codes, _ = resolve("train.optimizer.*.learning_rate", spec)
    assert (path, codes) == (("train", "optimizer", "adam", "learning_rate"), [])


def test_an_expression_hides_what_is_below_it() -> None:
    """What `$opt` will be is not known here, so it is not guessed."""
    spec = SPEC.replace("optimizer: {Adam: {learning_rate: 0.1}}", "optimizer: $opt")
    path, codes, text = resolve("train.optimizer.*.learning_rate", spec)
    assert (path, codes) == (None, ["S118"])
    assert "`$opt`" in text


def test_the_spec_s_own_addresses_are_checked() -> None:
    """A misspelt one in `tune.space` is shown at its own line."""
    root, _ = tree(SPEC.replace("{params.width:", "{params.widht:"))
    assert root is not None
    report = Report()
    check_addresses(root, report)
    (found,) = report
    assert found.code == "S118"
    assert found.span is not None
    assert found.span.line == 25
