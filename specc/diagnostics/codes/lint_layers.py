"""Lint of layers: what a layer makes of its tensor cannot be meant.

`# specc: allow W104` silences a line.
"""

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
