"""Faults of structure: keys and values that the language does not have at that place."""

from __future__ import annotations

from specc.diagnostics.diagnostic import Diagnostic


class UnknownKey(Diagnostic):
    """A key that the language does not know.

    Every key is checked, so that a misspelt one is never silently ignored.

    Wrong:

        train: {epoch: 3}

    Right:

        train: {epochs: 3}
    """

    code = "S201"


class MissingKey(Diagnostic):
    """A required key is missing.

    Wrong:

        inputs: {x: {dtype: float32}}

    Right:

        inputs: {x: {shape: [4], dtype: float32}}
    """

    code = "S202"


class WrongType(Diagnostic):
    """A value of a wrong type, or out of its range.

    Wrong:

        train: {epochs: many}

    Right:

        train: {epochs: 30}
    """

    code = "S203"


class BadName(Diagnostic):
    """A name that the language does not allow.

    Names are lower case: a letter, then letters, digits and `_`. `it` and `index` are taken.

    Wrong:

        graph: {MyChain: …}

    Right:

        graph: {my_chain: …}
    """

    code = "S204"


class BadStep(Diagnostic):
    """A step that is no step.

    A step is a class (`Flatten`), a class with its arguments as the one key (`Dense: {units: 10}`),
    `use: name`, `repeat:` with `layers:`, or `mark: name`.

    Wrong:

        - {Dense: {units: 1}, Dropout: {rate: 0.5}}

    Right:

        - Dense: {units: 1}
        - Dropout: {rate: 0.5}
    """

    code = "S205"


class UnknownVersion(Diagnostic):
    """A version of the language that this specc does not read.

    Wrong:

        specc: 7

    Right:

        specc: 1
    """

    code = "S206"


class NoOutputs(Diagnostic):
    """A spec without outputs.

    A model is what leads to its outputs; without one there is nothing to compile.

    Wrong:

        graph: {y: {from: x}}

    Right:

        graph: {y: {from: x}}
        outputs: [y]
    """

    code = "S207"
