"""scikit-learn's bundled datasets: real data that comes inside the package, no network.

The types are written here and tested against the data, so that a check loads no scikit-learn.
Source: `sklearn.datasets.load_*`, which ship with scikit-learn under its BSD licence.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from specc.data.dataset import Dataset, FieldType

if TYPE_CHECKING:
    import numpy as np

    Arrays = dict[str, np.ndarray[Any, Any]]

_IRIS = ("sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)")
_WINE = (
    "alcohol", "malic_acid", "ash", "alcalinity_of_ash", "magnesium", "total_phenols",
    "flavanoids", "nonflavanoid_phenols", "proanthocyanins", "color_intensity", "hue",
    "od280/od315_of_diluted_wines", "proline",
)  # fmt: skip
_CELLS = (
    "radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity",
    "concave points", "symmetry", "fractal dimension",
)  # fmt: skip
_BREAST_CANCER = (
    *(f"mean {c}" for c in _CELLS),
    *(f"{c} error" for c in _CELLS),
    *(f"worst {c}" for c in _CELLS),
)
_DIABETES = ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6")


def _file(name: str) -> Path | None:
    """A file of scikit-learn's, without an import of it, which takes longer than most trainings.

    `None` where this scikit-learn has none of that name; then its own loader is asked.
    """
    found = find_spec("sklearn")
    for place in (found and found.submodule_search_locations) or ():
        path = Path(place) / "datasets" / "data" / name
        if path.is_file():
            return path
    return None


def _bunch(loader: str) -> Any:
    """What scikit-learn's loader gives: an object with `data` and `target`."""
    from specc.data.extra import needed

    datasets = needed("sklearn.datasets")
    return getattr(datasets, loader)()


def _table(loader: str, target: str, file: str | None = None) -> Callable[[], Arrays]:
    """A loader of `{"features": (n, k) float32, target: (n, …)}`.

    `file` is that of scikit-learn's whose lines, after the first, are an example and its answer.
    """

    def load() -> Arrays:
        path = None if file is None else _file(file)
        if path is not None:
            import numpy as np

            lines = np.loadtxt(path, delimiter=",", skiprows=1)
            return {
                "features": lines[:, :-1].astype("float32"),
                target: lines[:, -1].astype(_ANSWER[target]),
            }
        bunch = _bunch(loader)
        return {
            "features": bunch.data.astype("float32"),
            target: bunch.target.astype(_ANSWER[target]),
        }

    return load


_ANSWER = {"label": "int64", "target": "float32"}


def _digits() -> Arrays:
    path = _file("digits.csv.gz")
    if path is not None:
        import numpy as np

        lines = np.loadtxt(path, delimiter=",")
        return {
            "image": lines[:, :-1].reshape(-1, 8, 8).astype("float32"),
            "label": lines[:, -1].astype("int64"),
        }
    bunch = _bunch("load_digits")
    return {
        "image": bunch.images.astype("float32"),
        "label": bunch.target.astype("int64"),
    }


def _sample_images() -> Arrays:
    from specc.data.extra import needed

    datasets = needed("sklearn.datasets")
    return {name: datasets.load_sample_image(f"{name}.jpg")[None] for name in ("china", "flower")}


def _columns(names: tuple[str, ...]) -> FieldType:
    return FieldType((len(names),), "float32", names=names)


def _classes(*names: str) -> FieldType:
    return FieldType((), "int64", classes=len(names), names=names)


_PHOTOGRAPH = FieldType((427, 640, 3), "uint8")

BUNDLED: tuple[Dataset, ...] = (
    Dataset(
        "digits",
        {
            "image": FieldType((8, 8), "float32"),
            "label": _classes(*"0123456789"),
        },
        _digits,
        "1,797 handwritten digits, 8x8 pixels from 0 to 16",
    ),
    Dataset(
        "iris",
        {"features": _columns(_IRIS), "label": _classes("setosa", "versicolor", "virginica")},
        _table("load_iris", "label", "iris.csv"),
        "150 flowers: four measures in centimetres, three species",
    ),
    Dataset(
        "wine",
        {"features": _columns(_WINE), "label": _classes("class_0", "class_1", "class_2")},
        _table("load_wine", "label", "wine_data.csv"),
        "178 wines: 13 chemical measures, three growers",
    ),
    Dataset(
        "breast_cancer",
        {"features": _columns(_BREAST_CANCER), "label": _classes("malignant", "benign")},
        _table("load_breast_cancer", "label", "breast_cancer.csv"),
        "569 biopsies: 30 measures of cell nuclei, malignant (0) or benign (1)",
    ),
    Dataset(
        "diabetes",
        {"features": _columns(_DIABETES), "target": FieldType((), "float32")},
        _table("load_diabetes", "target"),
        "442 patients: ten measures, each centred and scaled; the disease's progress after a year",
    ),
    Dataset(
        "linnerud",
        {
            "features": _columns(("Chins", "Situps", "Jumps")),
            "target": FieldType((3,), "float32", names=("Weight", "Waist", "Pulse")),
        },
        _table("load_linnerud", "target"),
        "20 men: three exercises, three measures of the body",
    ),
    Dataset(
        "sample_images",
        {"china": _PHOTOGRAPH, "flower": _PHOTOGRAPH},
        _sample_images,
        "One example: two photographs, a temple in China and a flower, red, green and blue from 0 "
        "to 255",
    ),
)
