"""The registry says of every dataset what its loader then gives."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from specc.data import sklearn_sets
from specc.data.registry import DATASETS
from specc.data.sklearn_sets import BUNDLED
from specc.data.texts import TEXTS


@pytest.mark.parametrize("dataset", BUNDLED, ids=lambda d: d.name)
def test_the_declared_types_are_those_of_the_data(dataset):
    arrays = dataset.load()
    assert set(arrays) == set(dataset.fields)
    for name, type_ in dataset.fields.items():
        values = arrays[name]
        assert values.shape[1:] == type_.shape
        assert values.dtype == type_.dtype
        if type_.classes is not None:
            assert sorted(np.unique(values)) == list(range(type_.classes))
        if type_.names:
            assert len(type_.names) == (type_.classes or type_.shape[0])


def test_the_declared_names_are_scikit_learns():
    from sklearn import datasets

    for dataset in BUNDLED:
        if "features" not in dataset.fields and dataset.name != "digits":
            continue
        bunch = getattr(datasets, f"load_{dataset.name}")()
        if dataset.name != "digits":
            assert dataset.fields["features"].names == tuple(bunch.feature_names)
        if "label" in dataset.fields:
            assert dataset.fields["label"].names == tuple(map(str, bunch.target_names))


@pytest.mark.parametrize("dataset", BUNDLED, ids=lambda d: d.name)
def test_files_that_are_read_without_scikit_learn_say_what_its_loaders_do(dataset, monkeypatch):
    read = dataset.load()
    monkeypatch.setattr(sklearn_sets, "_file", lambda name: None)
    asked = dataset.load()
    assert list(read) == list(asked)
    for name, values in asked.items():
        assert read[name].dtype == values.dtype
        np.testing.assert_array_equal(read[name], values)


def test_the_digits_are_read_without_scikit_learn():
    code = """
import sys
from specc.data.registry import DATASETS
for name in ("digits", "iris", "wine", "breast_cancer"):
    DATASETS[name].load()
print("sklearn" in sys.modules)
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


def test_registered_are_scikit_learns_sets_and_the_tasks():
    assert {"digits", "iris", "wine", "breast_cancer", "diabetes", "linnerud"} < set(DATASETS)
    assert all(name == dataset.name for name, dataset in DATASETS.items())


def test_knowing_the_types_loads_no_data_package():
    code = """
import sys
import specc.data.check, specc.data.registry, specc.train.check, specc.train.trainable
heavy = ("numpy", "sklearn", "pandas", "keras", "tensorflow")
print([m for m in heavy if m in sys.modules])
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_pythons_documentation_is_one_text_of_the_promised_length():
    (text,) = TEXTS[0].load()["text"]
    assert len(text) == 200_000
    assert "assignment" in text
