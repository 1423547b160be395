"""A program's own data stands in place of the spec's source, and is checked as that is."""

from __future__ import annotations

import numpy as np
import pytest

from specc.data.failure import BadData
from specc.data.registry import DATASETS
from specc.diagnostics.report import SpecError
from specc.pipeline import open_run
from specc.train.train import train

from .small import program

pytestmark = pytest.mark.keras
COLUMNS = ["a", "b", "c", "d"]


@pytest.fixture(scope="module")
def iris():
    return DATASETS["iris"].load()


@pytest.fixture(scope="module")
def table(iris):
    import pandas

    made = pandas.DataFrame(iris["features"], columns=COLUMNS)
    made["label"] = iris["label"]
    return made


def by_columns(**changes):
    data = {
        "source": {"csv": {"path": "never.csv"}},
        "inputs": {"measures": {"field": COLUMNS, "transform": ["standardize"]}},
        "targets": {"kind": {"field": "label"}},
        "split": {"validation": 0.2, "test": 0.2, "stratify": "label"},
    }
    made = program()
    return made.__class__(**{**vars(made), "data": type(made.data).model_validate(data), **changes})


def test_a_data_frame_is_the_specs_source(iris, table, tmp_path):
    """The same bindings, transforms and split: the weights of the run on the registered set."""
    reference = train(program(), runs=tmp_path, progress="none")
    made = train(by_columns(), data=table, runs=tmp_path, progress="none")
    assert made.metrics["weights"] == reference.metrics["weights"]
    assert made.metrics["test"] == reference.metrics["test"]
    again = open_run(made.path)
    np.testing.assert_array_equal(
        again.predict(table.head()), reference.predict(iris["features"][:5])
    )
    with pytest.raises(BadData, match="arrays of a program"):
        again.evaluate()


def test_a_field_may_be_columns_or_an_array(iris, table, tmp_path):
    """`features` of the spec's registered set is put together of columns that stand for it."""
    numbered = table.rename(columns={n: f"features_{i}" for i, n in enumerate(COLUMNS)})
    reference = train(program(), data=dict(iris), runs=tmp_path, progress="none")
    made = train(program(), data=numbered, runs=tmp_path, progress="none")
    assert made.metrics["weights"] == reference.metrics["weights"]


def test_without_a_data_section_fields_have_the_models_names(iris, tmp_path):
    """And validation may be given by itself."""
    bare = by_columns(data=None)
    given = {"measures": iris["features"], "kind": iris["label"]}
    made = train(bare, data=given, validation=given, runs=tmp_path, progress="none")
    assert made.metrics["validation"].keys() == {"loss", "accuracy"}
    assert "val_loss" in made.history


def test_what_does_not_fit_is_said_at_its_line_before_anything_is_trained(iris, table, tmp_path):
    """Fields, arrays and element types, of inputs and of targets, also by their losses."""
    import tensorflow as tf

    bare, x, y = by_columns(data=None), iris["features"], iris["label"]
    wrong = tf.data.Dataset.from_tensor_slices((x[:, :3], y)).batch(8)
    for made, given, code, message in [
        (by_columns(), table.drop(columns="c"), "S702", "no field `c`"),
        (by_columns(), table.assign(c="x"), "S705", "text"),
        (by_columns(), table.assign(label=table.label / 3), "S704", "classes as whole numbers"),
        (bare, (x[:, :3], y), "S704", "3 is not 4"),
        (bare, (x.astype(str), y), "S704", "holds string"),
        (bare, (x, y + 0.5), "S704", "classes as whole numbers"),
        (bare, wrong, "S704", "3 is not 4"),
    ]:
        with pytest.raises(SpecError) as caught:
            train(made, data=given, runs=tmp_path, progress="none")
        found = [e for e in caught.value.report if message in e.message]
        assert [e.code for e in found] == [code], str(caught.value)
        assert found[0].span is not None or made.data is None
    endless = tf.data.Dataset.from_tensor_slices((x, y)).repeat()
    for given, message in [
        ((x, y[:9]), "different numbers of examples"),
        ((x,), "sample_weight"),
        ((x, y, y[:, None]), "one number for each example"),
        ((x, None), "nothing is given for the target `kind`"),
        (endless, "no end"),
        (tf.data.Dataset.from_tensor_slices(x), "nothing for `kind`"),
    ]:
        with pytest.raises(BadData, match=message):
            train(bare, data=given, runs=tmp_path, progress="none")
    with pytest.raises(BadData, match="a dataset is not divided"):
        train(program(), data=tf.data.Dataset.from_tensor_slices((x, y)), runs=tmp_path)
    with pytest.raises(TypeError, match="go with `data`"):
        train(program(), validation=(x, y), runs=tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_dataset_trains_as_its_arrays_do(iris, tmp_path):
    """In its own order, in batches of the spec, whatever its own are; in epochs of all of it."""
    import keras
    import tensorflow as tf

    from specc.lower.keras import to_keras

    bare, x, y = by_columns(data=None), iris["features"][::3], iris["label"][::3]
    weights: list[str] = []
    for dataset in (
        tf.data.Dataset.from_tensor_slices((x, y)),
        tf.data.Dataset.from_tensor_slices((x, y)).batch(7),
        tf.data.Dataset.from_tensor_slices(({"measures": x}, {"kind": y})).batch(33),
    ):
        made = train(bare, data=dataset, validation=(x, y), runs=tmp_path, progress="none")
        weights.append(made.metrics["weights"])
        assert made.metrics["loop"] == "batch"
    assert len(set(weights)) == 1
    keras.utils.set_random_seed(0)
    model = to_keras(bare)
    model.compile(keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy")
    model.fit(x, y, batch_size=16, epochs=3, shuffle=False, verbose=0)
    for ours, theirs in zip(made.model.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)
    assert open_run(made.path).predict(x).shape == (50, 3)


def test_a_dataset_has_no_hash_and_a_run_says_what_it_does_not_compare(iris, tmp_path, capsys):
    """In the lock, with the reason; when the run goes on, and when its lock is repeated."""
    import tensorflow as tf
    from click.testing import CliRunner

    from specc.cli.main import group

    made = program(data__split={})
    dataset = tf.data.Dataset.from_tensor_slices((iris["features"], iris["label"]))
    run = train(made, data=dataset, epochs=1, runs=tmp_path, progress="none")
    assert run.lock["data"] is None
    assert "tf.data.Dataset" in run.lock["data_not_hashed"]
    train(made, data=dataset, epochs=2, runs=tmp_path, progress="none", resume=True)
    said = "the data is not compared with that of the run, which was a tf.data.Dataset"
    assert said in capsys.readouterr().err
    words = ["train", str(run.path / "lock.json"), "--runs", str(tmp_path), "-q"]
    done = CliRunner().invoke(group, words)  # trained on the source of the spec
    assert done.exit_code == 0, done.output
    assert said in done.stderr
    assert "other weights than" in done.stderr
    hashed = train(made, epochs=1, runs=tmp_path, progress="none")
    assert "data_not_hashed" not in hashed.lock
    assert "not compared" not in capsys.readouterr().err


def test_weights_of_examples_count_in_every_form(iris, tmp_path):
    """Weight 0 for all but one class: nothing else is learned."""
    import tensorflow as tf

    bare, x, y = by_columns(data=None), iris["features"], iris["label"]
    weight = (y == 2).astype(np.float32)
    for given in ((x, y, weight), tf.data.Dataset.from_tensor_slices((x, y, weight)).batch(10)):
        made = train(bare, data=given, epochs=8, runs=tmp_path, progress="none")
        assert (made.predict(x).argmax(axis=1) == 2).mean() > 0.9


def test_folds_divide_arrays_too(iris, tmp_path):
    """By the split of a spec, from which nothing else is taken."""
    made = program(data__split={"folds": 2, "stratify": "label"})
    run = train(made, data=(iris["features"], iris["label"]), runs=tmp_path, progress="none")
    assert [f.metrics["epochs"] for f in run.folds] == [3, 3]
    assert run.metrics["deviation"]["validation"]["loss"] >= 0
