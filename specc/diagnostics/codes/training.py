"""Faults of data, training and tuning."""

from __future__ import annotations

from specc.diagnostics.diagnostic import Diagnostic


class UnknownDataset(Diagnostic):
    """A data source that is not registered.

    Wrong:

        data: {source: digit}

    Right:

        data: {source: digits}
    """

    code = "S701"


class UnknownField(Diagnostic):
    """A field that the data does not have.

    Wrong:

        inputs: {pixels: {field: images}}

    Right:

        inputs: {pixels: {field: image}}
    """

    code = "S702"


class NotBound(Diagnostic):
    """An input or target of the model that no data field is bound to.

    Inputs that are sampled need none.

    Wrong:

        data: {source: digits, targets: …}

    Right:

        data: {source: digits, inputs: {pixels: {field: image}}, targets: …}
    """

    code = "S703"


class DataDiffers(Diagnostic):
    """A field, after its transforms, does not fit the model's input or the loss.

    Wrong:

        inputs: {pixels: {field: image}}   # (batch, 8, 8) into (batch, 64)

    Right:

        inputs: {pixels: {field: image, transform: [flatten]}}
    """

    code = "S704"


class BadTransform(Diagnostic):
    """A transform that does not exist, or does not fit its field.

    Wrong:

        transform: [flaten]

    Right:

        transform: [flatten]
    """

    code = "S705"


class BadSplit(Diagnostic):
    """A split that leaves nothing to train on, or cannot be made.

    Wrong:

        split: {validation: 0.6, test: 0.5}

    Right:

        split: {validation: 0.2, test: 0.2}
    """

    code = "S706"


class BadWindows(Diagnostic):
    """Windows that do not belong together, or that cut what was made of a whole sequence.

    All windows of a data section begin at the same steps: `step` is the same in each, and `offset`
    says how much later a target begins. The data is cut along its time into the parts of the split,
    so that nothing is stratified.

    Wrong:

        inputs: {letters: {field: text, transform: [..., {windows: {length: 60, step: 3}}]}}
        targets: {next: {field: text, transform: [..., {windows: {length: 1, offset: 60}}]}}

    Right:

        targets: {next: {..., transform: [..., {windows: {length: 1, step: 3, offset: 60}}]}}
    """

    code = "S707"


class BadReader(Diagnostic):
    """An argument of a reader that is missing, unknown or wrong.

    Wrong:

        source: {images: {path: digits}}

    Right:

        source: {images: {path: digits, size: [8, 8]}}
    """

    code = "S708"


class BadFile(Diagnostic):
    """A data file that does not exist or is not what its reader reads.

    Only its header, and of a table in text its first thousand rows, are read to check a spec.

    Wrong:

        source: {csv: {path: sales.xlsx}}

    Right:

        source: {csv: {path: sales.csv}}
    """

    code = "S709"


class NothingToTrain(Diagnostic):
    """Nothing to train: no data, or no loss.

    An output without a loss is predicted, not learned; to train, something must have one.

    Wrong:

        outputs: [digit]

    Right:

        outputs: {digit: {loss: mse}}
    """

    code = "S801"


class BadPhase(Diagnostic):
    """A phase that minimises or trains what is not there.

    Wrong:

        over: [generater]

    Right:

        over: [generator]
    """

    code = "S802"


class BadSpace(Diagnostic):
    """A search space that cannot be searched.

    A range goes from the lower to the higher end, `log_uniform` from above 0; a `choice` has at
    least one; a `grid` takes `choice` and `int` only.

    Wrong:

        uniform: [1, 0]

    Right:

        uniform: [0, 1]
    """

    code = "S803"


class BadMonitor(Diagnostic):
    """A callback or objective watches what is not logged.

    Wrong:

        EarlyStopping: {monitor: val_los}

    Right:

        EarlyStopping: {monitor: val_loss}
    """

    code = "S804"


class BadPassage(Diagnostic):
    """A way through the epochs that cannot be gone.

    `loop: epoch` runs an epoch in one call, so no callback can work batch by batch in it;
    `initial_epoch` is below `epochs`.

    Wrong:

        train: {loop: epoch, callbacks: [TerminateOnNaN]}

    Right:

        train: {loop: auto, callbacks: [TerminateOnNaN]}
    """

    code = "S806"


class BadClassWeight(Diagnostic):
    """Class weights of an output or class that is not there, or that are no weights.

    They are `balanced` (each class counts as much as any other), a list with one for each class, or
    a mapping from classes to weights, where a class that is not named weighs 1.

    Wrong:

        class_weight: {digit: {"10": 2.0}}    # the classes are 0 to 9

    Right:

        class_weight: {digit: {"9": 2.0}}
    """

    code = "S810"


class BadDistribution(Diagnostic):
    """Something that cannot be trained on several devices, or a layout that is none.

    Wrong:

        train: {distribute: data_parallel}   # and the graph has BatchNormalization, on TensorFlow

    Right:

        train: {distribute: data_parallel, backend: jax}
    """

    code = "S811"


class NotOnJax(Diagnostic):
    """A layer that Keras computes by TensorFlow, or a text, in a spec that is trained on JAX.

    Wrong:

        train: {backend: jax}      # and the graph has TextVectorization

    Right:

        train: {backend: tensorflow}
    """

    code = "S833"
