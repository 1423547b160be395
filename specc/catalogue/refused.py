"""What Keras has and specc refuses, each with the reason and with what to use instead."""

from __future__ import annotations

from typing import NamedTuple


class Refusal(NamedTuple):
    """Why a class is refused, read after its name, and what to write in its place."""

    reason: str
    instead: str


_CODE = "runs Python code, which a spec cannot carry"

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
    "RemoteMonitor": Refusal(
        "sends the run's numbers over the network",
        "use `TensorBoard` or `CSVLogger`, which write into the run",
    ),
}
