"""Lint: what compiles and is almost surely wrong. `# specc: allow W104` silences a line."""

from __future__ import annotations

from typing import ClassVar

from specc.diagnostics.diagnostic import Diagnostic, Severity


class SoftmaxOverOne(Diagnostic):
    """Softmax over one number.

    The softmax of one number is 1, whatever goes in, so nothing is learned.

    Wrong:

        - Dense: {units: 1, activation: softmax}

    Right:

        - Dense: {units: 1, activation: sigmoid}
    """

    code = "W101"
    severity: ClassVar[Severity] = "warning"


class ActivationAndLogits(Diagnostic):
    """An activation before a loss that expects logits.

    With `from_logits: true` the loss applies the sigmoid or softmax itself; twice flattens the
    gradient.

    Wrong:

        y: {loss: {BinaryCrossentropy: {from_logits: true}}}   # after a sigmoid

    Right:

        y: {loss: binary_crossentropy}
    """

    code = "W103"
    severity: ClassVar[Severity] = "warning"


class LogitsForProbabilities(Diagnostic):
    """Logits for a loss that expects probabilities.

    Without `from_logits: true` a crossentropy clips what is no probability, and learns badly.

    Wrong:

        - Dense: {units: 10}   # loss: categorical_crossentropy

    Right:

        - Dense: {units: 10, activation: softmax}
    """

    code = "W104"
    severity: ClassVar[Severity] = "warning"


class IdsIntoDense(Diagnostic):
    """Integer ids straight into a Dense layer.

    A class's number is no amount: the layer would read class 4 as twice class 2.

    Wrong:

        inputs: {word: {shape: [5], dtype: int32}}   # into Dense

    Right:

        - Embedding: {input_dim: 100, output_dim: 8}
    """

    code = "W105"
    severity: ClassVar[Severity] = "warning"


class FloatsIntoEmbedding(Diagnostic):
    """Floats into an Embedding.

    An Embedding looks rows up by whole numbers; fractions are cut off.

    Wrong:

        inputs: {word: {shape: [5]}}   # into Embedding

    Right:

        inputs: {word: {shape: [5], dtype: int32}}
    """

    code = "W106"
    severity: ClassVar[Severity] = "warning"


class BiasBeforeNormalization(Diagnostic):
    """A bias just before a normalisation that takes it away again.

    BatchNormalization subtracts the mean, and the bias with it; its own `beta` takes the place.

    Wrong:

        - Conv2D: {filters: 8, kernel_size: 3}
        - BatchNormalization

    Right:

        - Conv2D: {filters: 8, kernel_size: 3, use_bias: false}
        - BatchNormalization
    """

    code = "W107"
    severity: ClassVar[Severity] = "warning"


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


class RegressionLossOnClasses(Diagnostic):
    """A regression loss on a softmax.

    The squared error of probabilities learns slowly where the model is most wrong.

    Wrong:

        digit: {loss: mse}   # after softmax

    Right:

        digit: {loss: categorical_crossentropy}
    """

    code = "W109"
    severity: ClassVar[Severity] = "warning"


class LargeFlatten(Diagnostic):
    """Flatten over a large feature map, into a Dense layer.

    Nearly all of the model's parameters stand in that one layer.

    Wrong:

        - Flatten                   # of 56 x 56 x 64
        - Dense: {units: 512}

    Right:

        - GlobalAveragePooling2D
        - Dense: {units: 512}
    """

    code = "W110"
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


class ActivationTwice(Diagnostic):
    """The same activation twice.

    The second one changes nothing, or squashes what is squashed already.

    Wrong:

        - Dense: {units: 8, activation: relu}
        - ReLU

    Right:

        - Dense: {units: 8, activation: relu}
    """

    code = "W112"
    severity: ClassVar[Severity] = "warning"


class NoEffect(Diagnostic):
    """A layer that does nothing.

    A dropout of rate 0, a pooling of size 1, noise of strength 0, a padding of 0.

    Wrong:

        - Dropout: {rate: 0}

    Right:

        leave it out, or use `when`
    """

    code = "W113"
    severity: ClassVar[Severity] = "warning"


class LinearAfterLinear(Diagnostic):
    """Two Dense layers with nothing between them.

    Without an activation between them they are one Dense layer, with more parameters.

    Wrong:

        - Dense: {units: 64}
        - Dense: {units: 10}

    Right:

        - Dense: {units: 64, activation: relu}
        - Dense: {units: 10}
    """

    code = "W114"
    severity: ClassVar[Severity] = "warning"


class OneClassCrossentropy(Diagnostic):
    """A categorical crossentropy over one number.

    Over one class there is nothing to choose; the loss is 0 or a constant.

    Wrong:

        - Dense: {units: 1, activation: sigmoid}   # categorical_crossentropy

    Right:

        y: {loss: binary_crossentropy}
    """

    code = "W115"
    severity: ClassVar[Severity] = "warning"


class BinaryLossOnSoftmax(Diagnostic):
    """A binary crossentropy on a softmax.

    It asks each class alone, while softmax chooses one of them.

    Wrong:

        - Dense: {units: 10, activation: softmax}   # binary_crossentropy

    Right:

        y: {loss: categorical_crossentropy}
    """

    code = "W116"
    severity: ClassVar[Severity] = "warning"


class SigmoidForOneOfMany(Diagnostic):
    """A sigmoid for a loss that wants one of many.

    `categorical_crossentropy` expects probabilities that sum to 1.

    Wrong:

        - Dense: {units: 10, activation: sigmoid}   # categorical_crossentropy

    Right:

        - Dense: {units: 10, activation: softmax}
    """

    code = "W117"
    severity: ClassVar[Severity] = "warning"


class AccuracyOfRegression(Diagnostic):
    """Accuracy of a regression.

    It counts exact equality of real numbers.

    Wrong:

        y: {loss: mse, metrics: [accuracy]}

    Right:

        y: {loss: mse, metrics: [mae]}
    """

    code = "W118"
    severity: ClassVar[Severity] = "warning"


class SkippedPixels(Diagnostic):
    """Strides larger than the window.

    The places between the windows are never looked at.

    Wrong:

        - Conv2D: {filters: 8, kernel_size: 1, strides: 2}

    Right:

        - Conv2D: {filters: 8, kernel_size: 3, strides: 2}
    """

    code = "W119"
    severity: ClassVar[Severity] = "warning"


class WindowBeyondInput(Diagnostic):
    """A window larger than what it is laid over.

    With `padding: same` most of it lies on zeros.

    Wrong:

        - Conv2D: {filters: 8, kernel_size: 7, padding: same}   # of 3 x 3

    Right:

        - Conv2D: {filters: 8, kernel_size: 3, padding: same}
    """

    code = "W120"
    severity: ClassVar[Severity] = "warning"


class ZeroKernel(Diagnostic):
    """A kernel that begins at zero.

    Every unit would get the same gradient for ever, or none.

    Wrong:

        - Dense: {units: 8, kernel_initializer: zeros}

    Right:

        - Dense: {units: 8, kernel_initializer: glorot_uniform}
    """

    code = "W121"
    severity: ClassVar[Severity] = "warning"


class FrozenWithoutWeights(Diagnostic):
    """`trainable: false` on a layer without weights.

    There is nothing to freeze.

    Wrong:

        - ReLU: {trainable: false}

    Right:

        - ReLU
    """

    code = "W122"
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


class NegativeForRelu(Diagnostic):
    """A relu as the last activation of a regression.

    Nothing below 0 can be predicted, and where it is 0 it does not learn.

    Wrong:

        - Dense: {units: 1, activation: relu}   # loss: mse

    Right:

        - Dense: {units: 1}
    """

    code = "W126"
    severity: ClassVar[Severity] = "warning"


class SingleNormalization(Diagnostic):
    """A normalisation over one number.

    What is left of one number, its mean taken away, is 0.

    Wrong:

        - Dense: {units: 1}
        - LayerNormalization

    Right:

        normalise before that layer
    """

    code = "W127"
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
