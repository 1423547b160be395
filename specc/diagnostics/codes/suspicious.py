"""Warnings: what compiles and is probably not meant."""

from __future__ import annotations

from typing import ClassVar

from specc.diagnostics.diagnostic import Diagnostic, Severity


class UnusedInput(Diagnostic):
    """An input that nothing uses.

    Wrong:

        inputs: {x: …, y: …}   # and only x is read

    Right:

        inputs: {x: …}
    """

    code = "W401"
    severity: ClassVar[Severity] = "warning"


class UnusedChain(Diagnostic):
    """A chain that leads to no output.

    It is checked, and left out of the model.

    Wrong:

        graph: {a: …, b: …}
        outputs: [a]

    Right:

        outputs: [a, b]
    """

    code = "W402"
    severity: ClassVar[Severity] = "warning"


class UnusedDeclaration(Diagnostic):
    """A shared layer, variable, model or block that nothing uses.

    Wrong:

        shared: {reader: …}   # and no `use: reader`

    Right:

        - use: reader
    """

    code = "W403"
    severity: ClassVar[Severity] = "warning"


class UnusedParam(Diagnostic):
    """A param that nothing uses.

    Wrong:

        params: {rat: 0.1}   # and `$rate` elsewhere

    Right:

        params: {rate: 0.1}
    """

    code = "W404"
    severity: ClassVar[Severity] = "warning"


class MovingPosition(Diagnostic):
    """A step is addressed by its position.

    Inserting a step before it moves the address. Give the step an `id`.

    Wrong:

        --set graph.digit.layers.0.units=3

    Right:

        --set graph.digit.hidden.units=3   # with `id: hidden`
    """

    code = "W405"
    severity: ClassVar[Severity] = "warning"


class NotMinimised(Diagnostic):
    """A loss that no phase minimises.

    It is measured at validation, and changes nothing.

    Wrong:

        losses: {kl: …}
        phases: [{name: only, minimize: [digit]}]

    Right:

        phases: [{name: only, minimize: [digit, kl]}]
    """

    code = "W406"
    severity: ClassVar[Severity] = "warning"
