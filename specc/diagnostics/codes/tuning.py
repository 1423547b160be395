"""Faults of a search that its proof finds."""

from __future__ import annotations

from specc.diagnostics.diagnostic import Diagnostic


class CannotCompile(Diagnostic):
    """A value, or a combination of values, of a search space that cannot compile.

    The smallest combination is named, with the fault that it has. Each cause is told once.

    Wrong:

        GroupNormalization: {groups: 32}
        space: {graph.y.conv.filters: {choice: [32, 48]}}

    Right:

        space: {graph.y.conv.filters: {choice: [32, 64]}}
    """

    code = "S830"


class NeverThere(Diagnostic):
    """A field of a search space that no combination has.

    Wrong:

        params: {ways: [adam, sgd]}
        space: {train.optimizer: {choice: $ways}, train.optimizer.RMSprop.rho: {uniform: [0, 1]}}

    Right:

        params: {ways: [adam, rmsprop]}
        space: {train.optimizer: {choice: $ways}, train.optimizer.RMSprop.rho: {uniform: [0, 1]}}
    """

    code = "S831"


class NothingLeft(Diagnostic):
    """A search whose `require` leaves out every combination.

    Wrong:

        require: {parameters: {max: 10}}

    Right:

        require: {parameters: {max: 100000}}
    """

    code = "S832"
