"""Lint of a whole model and its training: masks that are lost, and what never learns.

`# specc: allow W104` silences a line.
"""

from __future__ import annotations

from typing import ClassVar

from specc.diagnostics.diagnostic import Diagnostic, Severity


class DropoutAtTheEnd(Diagnostic):
    """Dropout after the last layer.

    It sets predictions to 0 while training, which the loss then punishes.

    Wrong:

        - Dense: {units: 10, activation: softmax}
        - Dropout: {rate: 0.5}

    Right:

        - Dropout: {rate: 0.5}
        - Dense: {units: 10, activation: softmax}
    """

    code = "W108"
    severity: ClassVar[Severity] = "warning"


class SharedOnce(Diagnostic):
    """A shared layer that is used once.

    What is declared under `shared` has the same weights at every use; used once it is a plain
    layer.

    Wrong:

        shared: {reader: …}   # one `use: reader`

    Right:

        write the layer where it is used
    """

    code = "W111"
    severity: ClassVar[Severity] = "warning"


class NothingTrainable(Diagnostic):
    """A model in which nothing learns.

    Every weight is frozen, or there are none.

    Wrong:

        models: {encoder: {trainable: false, …}}   # and nothing else has weights

    Right:

        let a layer learn
    """

    code = "W123"
    severity: ClassVar[Severity] = "warning"


class HighLearningRate(Diagnostic):
    """A very high learning rate.

    Adam and its kin diverge above 0.1.

    Wrong:

        optimizer: {Adam: {learning_rate: 1}}

    Right:

        optimizer: {Adam: {learning_rate: 0.001}}
    """

    code = "W124"
    severity: ClassVar[Severity] = "warning"


class PatienceTooLong(Diagnostic):
    """A patience that is as long as the training.

    The callback can never act.

    Wrong:

        epochs: 5   # and EarlyStopping: {patience: 10}

    Right:

        EarlyStopping: {patience: 2}
    """

    code = "W125"
    severity: ClassVar[Severity] = "warning"


class MaskDropped(Diagnostic):
    """A mask that is lost on the way.

    `mask_zero: true` and `Masking` say which steps are padding. Layers hand that on; the first that
    does not know what a mask is drops it, and padding counts as data from there on.

    Wrong:

        - Embedding: {input_dim: 100, output_dim: 8, mask_zero: true}
        - Conv1D: {filters: 8, kernel_size: 3}

    Right:

        - Embedding: {input_dim: 100, output_dim: 8, mask_zero: true}
        - LSTM: {units: 8}
    """

    code = "W128"
    severity: ClassVar[Severity] = "warning"
