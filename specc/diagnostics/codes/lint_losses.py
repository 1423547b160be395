"""Lint of losses and metrics: what an output is compared by does not suit how it ends.

`# specc: allow W104` silences a line.
"""

from __future__ import annotations

from typing import ClassVar

from specc.diagnostics.diagnostic import Diagnostic, Severity


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
