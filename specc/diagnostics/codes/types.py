"""Faults of layers and tensors: arguments, shapes and dtypes."""

from __future__ import annotations

from specc.diagnostics.diagnostic import Diagnostic


class UnknownLayer(Diagnostic):
    """A layer, op or other class that does not exist.

    The class is the key: Keras's class names, `ops.` and a function of `keras.ops`, and the layers
    of installed plug-ins.

    Wrong:

        - Dens: {units: 10}

    Right:

        - Dense: {units: 10}
    """

    code = "S501"


class ShapesDiffer(Diagnostic):
    """Shapes that do not fit the layer or one another.

    Wrong:

        sum: {from: [a, b], layers: [Add]}   # (batch, 32) and (batch, 64)

    Right:

        give both branches the same number of features
    """

    code = "S502"


class WrongRank(Diagnostic):
    """A tensor with too many or too few dimensions.

    Wrong:

        pixels (batch, 64) -> Conv2D

    Right:

        - Reshape: {target_shape: [8, 8, 1]}
        - Conv2D: …
    """

    code = "S503"


class WrongArgument(Diagnostic):
    """An argument of a wrong type, out of its range, or not among its choices.

    Checked before Keras sees it, also what Keras accepts at first and breaks on later.

    Wrong:

        - Dense: {units: true}

    Right:

        - Dense: {units: 10}
    """

    code = "S504"


class UnknownArgument(Diagnostic):
    """An argument that the class does not have.

    Wrong:

        - Dense: {unit: 10}

    Right:

        - Dense: {units: 10}
    """

    code = "S505"


class MissingArgument(Diagnostic):
    """An argument that the class cannot do without.

    Wrong:

        - Dense

    Right:

        - Dense: {units: 10}
    """

    code = "S506"


class BadCombination(Diagnostic):
    """Arguments that are right each by itself and not together.

    Wrong:

        - Conv2D: {filters: 8, kernel_size: 3, strides: 2, dilation_rate: 2}

    Right:

        - Conv2D: {filters: 8, kernel_size: 3, strides: 2}
    """

    code = "S507"


class UnknownSize(Diagnostic):
    """A dimension that must be known and is not.

    A weight's shape cannot depend on a length that only the data has.

    Wrong:

        inputs: {x: {shape: [null, null]}}   # into Dense

    Right:

        inputs: {x: {shape: [null, 16]}}
    """

    code = "S508"


class WrongDType(Diagnostic):
    """A tensor of a dtype that the layer cannot take.

    Wrong:

        inputs: {words: {shape: [10], dtype: string}}   # into Dense

    Right:

        pass it through TextVectorization and Embedding first
    """

    code = "S509"


class WrongTensors(Diagnostic):
    """A layer is given fewer or more tensors than it takes, or under other names.

    Wrong:

        {from: x, layers: [Add]}

    Right:

        {from: [x, y], layers: [Add]}
    """

    code = "S510"


class Refused(Diagnostic):
    """A class that Keras has and specc refuses.

    It runs code, reads files or uses the network; the help says what to use instead.

    Wrong:

        - Lambda: {function: …}

    Right:

        - ops.square
    """

    code = "S511"


class NoRule(Diagnostic):
    """A function of `keras.ops` that specc has no rule for; the message says why.

    What cannot be proven is refused, never guessed.

    Wrong:

        - ops.corrcoef

    Right:

        a plug-in layer, or functions that `specc layers` lists
    """

    code = "S512"


class BadLayerName(Diagnostic):
    """A layer's name that Keras does not keep, or that two layers have.

    Letters, digits, `_`, `.` and `-`, a letter or digit first.

    Wrong:

        - Dense: {units: 1, name: 'a/b'}

    Right:

        - Dense: {units: 1, name: a_b}
    """

    code = "S513"


class SharedDiffers(Diagnostic):
    """A shared layer is used on tensors that need different weights.

    Its weights have one shape, that of its first use.

    Wrong:

        use `reader` on (batch, 8) and on (batch, 16)

    Right:

        bring both to one size first
    """

    code = "S514"


class TooLarge(Diagnostic):
    """A layer too large to be built.

    A weight or a tensor of more than 2^40 numbers is a slip of the pen.

    Wrong:

        - Dense: {units: 1000000000000}

    Right:

        - Dense: {units: 1000}
    """

    code = "S515"


class FileInLayer(Diagnostic):
    """A layer argument that names a file.

    A vocabulary is a list of words, or is learned from the data before training.

    Wrong:

        StringLookup: {vocabulary: words.txt}

    Right:

        StringLookup: {vocabulary: [red, green]}
    """

    code = "S516"


class WrongLoss(Diagnostic):
    """A loss or metric that does not fit its output.

    Wrong:

        outputs: {y: {loss: sparse_categorical_crossentropy}}   # y is (batch,)

    Right:

        choose a loss for this output
    """

    code = "S517"
