"""The datasets of `keras.datasets`: fetched by Keras, with `--fetch` only, into its own cache.

The types, and what Keras fetches, are written here and tested against Keras, so that a check needs
neither. Files are held against the hashes of Keras's loaders before Keras opens them: four of
these sets hold pickles. Keras puts training and test data apart; here the test data follow the
training data, as a spec says its own split.
Source: `keras/src/datasets` of Keras 3.15.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from specc.data.cached import Cached
from specc.data.dataset import Dataset, FieldType
from specc.data.failure import BadData
from specc.lower.fetching import may_fetch

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]
    Arrays = dict[str, Array]

_STORE = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
_TORONTO = "https://www.cs.toronto.edu/~kriz/"


@dataclass(frozen=True, slots=True)
class KerasSet:
    """A loader of `keras.datasets`: the files that it fetches, and the fields of its two arrays."""

    name: str
    files: tuple[Cached, ...]
    fields: Mapping[str, FieldType]
    """Two: what Keras calls `x`, and what it calls `y`."""
    description: str

    def load(self) -> Arrays:
        """The fields, Keras's training data first; raises `BadData`.

        Files that are not there, or are not what Keras would fetch, are fetched where the command
        line allows it; otherwise they are an error.
        """
        if not may_fetch():
            for file in self.files:
                file.demand(self.name)
        try:
            # Keras announces what it downloads on standard output, which belongs to specc.
            with redirect_stdout(sys.stderr):
                (x, y), (x_test, y_test) = import_module(f"keras.datasets.{self.name}").load_data()
        except Exception as error:
            # A download that fails is a plain `Exception` in Keras; a broken file is anything.
            raise BadData(f"`{self.name}` cannot be loaded: {error}") from error
        (inputs, inputs_type), (answers, answers_type) = self.fields.items()
        return {
            inputs: self._joined(inputs, x, x_test, inputs_type),
            answers: self._joined(answers, y, y_test, answers_type),
        }

    def _joined(self, field: str, train: Array, test: Array, type_: FieldType) -> Array:
        """The two parts, one behind the other, as the type has them: (examples, …)."""
        import numpy as np

        if None in type_.shape:
            rows = [np.asarray(row, type_.dtype) for part in (train, test) for row in part]
            made = np.empty(len(rows), object)
            for i, row in enumerate(rows):
                made[i] = row
            return made
        values = np.concatenate([train, test]).astype(type_.dtype, copy=False)
        wanted = (len(values), *type_.shape)
        if values.shape == wanted:
            return values
        if values.shape == (*wanted, 1):
            return values[..., 0]
        # `image_data_format` of the user's keras.json may ask for channels before pixels.
        if values.ndim == 4 and values.transpose(0, 2, 3, 1).shape == wanted:
            return values.transpose(0, 2, 3, 1)
        raise BadData(f"`{field}` of `{self.name}` has the shape {values.shape[1:]}, not {type_}")

    def dataset(self) -> Dataset:
        """The same, as the registry has it."""
        return Dataset(self.name, self.fields, self.load, self.description)


def _stored(file: str, hash_: str) -> tuple[Cached, ...]:
    return (Cached(f"datasets/{file}", _STORE + file, hash_),)


def _classes(*names: str) -> FieldType:
    return FieldType((), "int64", classes=len(names), names=names)


_NUMBER = FieldType((), "float32")
_TOKENS = FieldType((None,), "int32")
_COLOUR = FieldType((32, 32, 3), "uint8")
_GREY = FieldType((28, 28), "uint8")
_ROOMS = (
    "MedInc", "HouseAge", "AveRooms", "AveBedrms", "Population", "AveOccup", "Latitude",
    "Longitude",
)  # fmt: skip
_BOSTON = (
    "CRIM", "ZN", "INDUS", "CHAS", "NOX", "RM", "AGE", "DIS", "RAD", "TAX", "PTRATIO", "B", "LSTAT",
)  # fmt: skip
_CLOTHES = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
    "Ankle boot",
)  # fmt: skip
_THINGS = (
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
)  # fmt: skip
_TOPICS = (
    "cocoa", "grain", "veg-oil", "earn", "acq", "wheat", "copper", "housing", "money-supply",
    "coffee", "sugar", "trade", "reserves", "ship", "cotton", "carcass", "crude", "nat-gas", "cpi",
    "money-fx", "interest", "gnp", "meal-feed", "alum", "oilseed", "gold", "tin",
    "strategic-metal", "livestock", "retail", "ipi", "iron-steel", "rubber", "heat", "jobs", "lei",
    "bop", "zinc", "orange", "pet-chem", "dlr", "gas", "silver", "wpi", "hog", "lead",
)  # fmt: skip

KERAS_SETS: tuple[KerasSet, ...] = (
    KerasSet(
        "mnist",
        _stored("mnist.npz", "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"),
        {"image": _GREY, "label": _classes(*"0123456789")},
        "70,000 handwritten digits, 28x28 pixels from 0 to 255",
    ),
    KerasSet(
        "fashion_mnist",
        tuple(
            # Keras demands no hash of these; they are plain bytes, no pickles.
            Cached(f"datasets/fashion-mnist/{file}-ubyte.gz", f"{_STORE}{file}-ubyte.gz")
            for file in (
                "train-labels-idx1", "train-images-idx3", "t10k-labels-idx1", "t10k-images-idx3",
            )
        ),
        {"image": _GREY, "label": _classes(*_CLOTHES)},
        "70,000 pictures of clothes, 28x28 pixels from 0 to 255",
    ),
    KerasSet(
        "cifar10",
        (
            Cached(
                "datasets/cifar-10-batches-py-target_archive",
                f"{_TORONTO}cifar-10-python.tar.gz",
                "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
            ),
        ),
        {"image": _COLOUR, "label": _classes(*_THINGS)},
        "60,000 photographs, 32x32 pixels of red, green and blue from 0 to 255",
    ),
    KerasSet(
        "cifar100",
        (
            Cached(
                "datasets/cifar-100-python-target_archive",
                f"{_TORONTO}cifar-100-python.tar.gz",
                "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7",
            ),
        ),
        {"image": _COLOUR, "label": FieldType((), "int64", classes=100)},
        "60,000 photographs, 32x32 pixels of red, green and blue from 0 to 255, of 100 classes",
    ),
    KerasSet(
        "imdb",
        _stored("imdb.npz", "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f"),
        {"tokens": _TOKENS, "label": _classes("negative", "positive")},
        "50,000 reviews of films as numbers of words: 1 is the start, 2 a word left out, and the "
        "words follow from 4, the most frequent first",
    ),
    KerasSet(
        "reuters",
        _stored("reuters.npz", "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916"),
        {"tokens": _TOKENS, "label": _classes(*_TOPICS)},
        "11,228 newswires as numbers of words, as `imdb` has them, and 46 topics",
    ),
    KerasSet(
        "california_housing",
        _stored(
            "california_housing.npz",
            "1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f",
        ),
        {"features": FieldType((8,), "float32", names=_ROOMS), "target": _NUMBER},
        "20,640 districts of California in 1990: eight measures; the median price of a house in "
        "dollars",
    ),
    KerasSet(
        "boston_housing",
        _stored(
            "boston_housing.npz",
            "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5",
        ),
        {"features": FieldType((13,), "float32", names=_BOSTON), "target": _NUMBER},
        "506 districts of Boston in the 1970s: thirteen measures; the median price of a house in "
        "thousands of dollars. One of them, `B`, supposes that people want to live apart by race: "
        "Keras keeps the set as an example of that fault",
    ),
)  # fmt: skip
"""Every loader that `keras.datasets` exports."""
