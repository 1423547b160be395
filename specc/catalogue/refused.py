"""What Keras has and specc refuses, each with the reason and with what to use instead."""

from __future__ import annotations

from typing import NamedTuple


class Refusal(NamedTuple):
    """Why a class is refused, read after its name, and what to write in its place."""

    reason: str
    instead: str


_CODE = "runs Python code, which a spec cannot carry"
_EACH = Refusal(
    "gives parts of a model optimizers of their own",
    "write a phase for each part under `train.phases`, with its `over` and `optimizer`",
)
_OF_TRAINING = Refusal(
    "is part of every training already", "leave it out: a run has its history and its progress"
)
_QUANTIZED = Refusal(
    "calculates with weights that a model gets when it has been trained",
    "train it, and let Keras quantize `model.keras`",
)

REFUSED: dict[str, Refusal] = {
    "InputLayer": Refusal("is made of what `inputs` declares", "declare the tensor under `inputs`"),
    "Lambda": Refusal(_CODE, "use an `ops.…` step, or a plug-in layer"),
    "TFSMLayer": Refusal(
        "loads a TensorFlow program, which can run any code",
        "declare the model under `models` with `file: name.keras`",
    ),
    "TorchModuleWrapper": Refusal(_CODE, "use Keras layers, or a plug-in layer"),
    "JaxLayer": Refusal(_CODE, "use Keras layers, or a plug-in layer"),
    "FlaxLayer": Refusal(_CODE, "use Keras layers, or a plug-in layer"),
    "glu": Refusal(
        "halves the axis that it works on, which no layer of Keras heeds",
        "leave the activation out, and put a step `ops.glu` after the layer",
    ),
    "LambdaCallback": Refusal(
        _CODE, "use a callback of Keras's own, or the library's `callbacks=`"
    ),
    "LearningRateScheduler": Refusal(
        "calls a Python function, which a spec cannot carry",
        "write a schedule as the learning rate, such as `{ExponentialDecay: {…}}`",
    ),
    "OrbaxCheckpoint": Refusal(
        "writes checkpoints in another library's form",
        "leave it out: a run has checkpoints of its own; `ModelCheckpoint` keeps models",
    ),
    "CallbackList": _OF_TRAINING,
    "History": _OF_TRAINING,
    "ProgbarLogger": _OF_TRAINING,
    "MultiOptimizer": _EACH,
    "OptimizerMap": _EACH,
    "AWQDTypePolicy": _QUANTIZED,
    "DTypePolicyMap": Refusal(
        "gives the layers of a model dtypes by their paths", "write each layer's own `dtype`"
    ),
    "GPTQDTypePolicy": _QUANTIZED,
    "Int4DTypePolicy": _QUANTIZED,
    "QuantizedDTypePolicy": _QUANTIZED,
    "QuantizedFloat8DTypePolicy": _QUANTIZED,
    "RemoteMonitor": Refusal(
        "sends the run's numbers over the network",
        "use `TensorBoard` or `CSVLogger`, which write into the run",
    ),
}
