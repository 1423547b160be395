"""`balanced` means the training part, also where that is read batch by batch."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import yaml

from specc.data.registry import DATASETS
from specc.pipeline import Settings, passes

from .small import spec


@pytest.mark.keras
def test_a_stream_learns_with_the_weights_of_the_whole_part(tmp_path: Path) -> None:
    """As with the numbers written out; weights of each batch by itself would be others."""
    from specc.train.train import train

    arrays = DATASETS["iris"].load()
    kept = np.r_[0:50, 50:60, 100:120]  # 50, 10 and 20 of a class
    x, y = arrays["features"][kept], arrays["label"][kept]
    rows = [",".join([*map(str, a), str(b)]) for a, b in zip(x.tolist(), y.tolist(), strict=True)]
    (tmp_path / "iris.csv").write_text("\n".join(["a,b,c,d,label", *rows]))
    data = {
        "source": {"csv": {"path": "iris.csv", "stream": True}},
        "inputs": {"measures": {"field": ["a", "b", "c", "d"]}},
        "targets": {"kind": {"field": "label"}},
    }
    written = [80 / (3 * n) for n in (50, 10, 20)]
    found: list[str] = []
    for given in ("balanced", written):
        path = tmp_path / "flowers.yaml"
        made = spec(data=data, train__class_weight={"kind": given}, train__epochs=1)
        path.write_text(yaml.safe_dump(made))
        run = train(passes(path, settings=Settings()).proven, runs=tmp_path, progress="none")
        found.append(json.loads((run.path / "metrics.json").read_text())["weights"])
    assert found[0] == found[1]
