"""Faults of the graph: names, parts and cycles."""

from __future__ import annotations

from specc.diagnostics.diagnostic import Diagnostic


class UndefinedName(Diagnostic):
    """A name that is no input, variable or chain here.

    A graph sees its own inputs, variables and chains; a block or model sees nothing from outside.

    Wrong:

        from: pixel

    Right:

        from: pixels
    """

    code = "S401"


class Cycle(Diagnostic):
    """Tensors that need one another.

    Data must be able to flow from the inputs to the outputs.

    Wrong:

        graph: {a: {from: b}, b: {from: a}}

    Right:

        graph: {a: {from: x}, b: {from: a}}
    """

    code = "S402"


class SeveralTensors(Diagnostic):
    """Several tensors where one is wanted.

    A step that gives several tensors says with `as` which one goes on and names the others; a chain
    that ends in several is read as `chain.part`.

    Wrong:

        - LSTM: {units: 4, return_state: true}
        - Dense: {units: 1}

    Right:

        - {LSTM: {units: 4, return_state: true}, as: [it, h, c]}
        - Dense: {units: 1}
    """

    code = "S403"


class UnknownPart(Diagnostic):
    """A part that the chain, block or model does not have.

    Wrong:

        from: encoder.men

    Right:

        from: encoder.mean
    """

    code = "S404"


class BadParts(Diagnostic):
    """`as` does not fit the tensors that the step gives.

    One name for each tensor; before the last step one of them is `it`, once.

    Wrong:

        {LSTM: {units: 4, return_state: true}, as: [it, h]}

    Right:

        {LSTM: {units: 4, return_state: true}, as: [it, h, c]}
    """

    code = "S405"


class BadInputs(Diagnostic):
    """A step is given other tensors than it takes.

    A model or block takes a mapping by the names of its inputs, or a list in their order; a layer
    or op with several arguments takes a mapping by their names.

    Wrong:

        from: {quest: q}

    Right:

        from: {question: q}
    """

    code = "S406"


class NotKept(Diagnostic):
    """Sharing that Keras does not keep when it saves.

    One layer or model inside two models, inside one and outside it, or once plain and once in a
    wrapper: the saved file would hold two copies, or not load.

    Wrong:

        use the top-level `reader` in two models

    Right:

        declare `reader` inside each model, or share one model that holds it
    """

    code = "S407"


class NothingLearned(Diagnostic):
    """A loss that reaches no tensor.

    Wrong:

        losses: {term: {MeanSquaredError: {}}}

    Right:

        losses: {term: {MeanSquaredError: {}, y_true: a, y_pred: b}}
    """

    code = "S408"
