"""Trains on one device or four, on the backend of the environment; prints the losses as JSON."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from typing import Any

import specc
from specc.train.checkpoint.generation import newest
from specc.train.distribute import CannotDistribute


def spec(**train):
    """A classifier of the digits: 1,600 examples of 1,797 in batches of 100."""
    hidden = {"Dense": {"units": 16, "activation": "relu"}}
    softmax = {"Dense": {"units": 10, "activation": "softmax"}}
    return {
        "specc": 1,
        "name": "digits",
        "inputs": {"pixels": {"shape": [64]}},
        "graph": {"digit": {"from": "pixels", "layers": [hidden, softmax]}},
        "outputs": {"digit": {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]}},
        "train": {"batch_size": 100, "epochs": 2, **train},
    }


def main(backend: str) -> None:
    if backend == "tensorflow":
        import tensorflow as tf

        (cpu,) = tf.config.list_physical_devices("CPU")
        tf.config.set_logical_device_configuration(
            cpu, [tf.config.LogicalDeviceConfiguration()] * 4
        )
    import numpy as np
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    x, y = (x[:800] / 16).astype("float32"), y[:800]

    def losses(x=x, y=y, **train):
        program = specc.compile(spec(backend=backend, **train))
        with tempfile.TemporaryDirectory() as folder:
            run = specc.train(program, data=(x, y), runs=folder, progress="none")
            return [*run.history["loss"], run.metrics["train"]["loss"]]

    over = [{"name": "one", "over": ["digit"]}, {"name": "two", "over": ["digit"]}]
    found = {
        "one": losses(loop="batch"),
        "all": losses(distribute="data_parallel"),
        "one, phased": losses(loop="batch", phases=over),
        "all, phased": losses(distribute="data_parallel", phases=over),
    }
    program = specc.compile(spec(backend=backend, distribute="data_parallel"))
    with tempfile.TemporaryDirectory() as folder:
        # It stops at the first epoch's end, whose checkpoint is the last one.
        options: Any = {"data": (x, y), "runs": folder, "progress": "none"}
        part = specc.train(program, epochs=1, **options)
        saved = newest(part.path)
        assert saved is not None
        assert (saved["epoch"], saved["step"]) == (1, 0)
        rest = specc.train(program, epochs=2, resume=part.path, **options)
        found["all, gone on"] = [*rest.history["loss"], rest.metrics["train"]["loss"]]
    refused = [({"batch_size": 50}, {})]
    if backend == "jax":
        mesh = {"batch": 2, "model": 2}

        def spread(layout, mesh=mesh):
            return {"distribute": {"model_parallel": {"mesh": mesh, "layout": layout}}}

        found["spread"] = losses(**spread({".*dense/kernel": [None, "model"]}))
        refused += [
            (spread({".*nothing": ["model"]}), {}),
            (spread({".*dense_2/kernel": [None, "model"]}, {"batch": 1, "model": 4}), {}),
            (spread({".*kernel": ["model"]}, {"batch": 2, "model": 3}), {}),
            ({}, {"x": x[:790], "y": y[:790]}),
        ]
    said = []
    for train, data in refused:
        try:
            losses(**{"distribute": "data_parallel", **train}, **data)
        except (CannotDistribute, specc.SpecError) as error:
            said.append(str(error))
    print(json.dumps({"losses": found, "refused": said, "count": len(refused)}))
    assert np.isfinite(found["one"]).all()
    assert os.environ["KERAS_BACKEND"] == backend


if __name__ == "__main__":
    main(sys.argv[1])
