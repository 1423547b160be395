"""Faults of params, expressions, repeats and blocks."""

from __future__ import annotations

from specc.diagnostics.diagnostic import Diagnostic


class UndefinedParam(Diagnostic):
    """A param that is not defined here.

    A block sees only its own params; everything else sees the top-level ones, and inside a `repeat`
    its names and `index`.

    Wrong:

        - Dense: {units: $width}

    Right:

        params: {width: 32}   # and: - Dense: {units: $width}
    """

    code = "S301"


class ParamCycle(Diagnostic):
    """Params that need one another.

    Wrong:

        params: {a: $b, b: $a}

    Right:

        params: {a: 1, b: $a}
    """

    code = "S302"


class BadExpression(Diagnostic):
    """An expression that cannot be read, or that uses what the language does not have.

    Numbers, text, lists, arithmetic, comparisons, `and or not`, `a if c else b`, indexing, and
    `min max round ceil floor abs len sum log2 sqrt`. Nothing else can be called, and no attribute
    can be reached.

    Wrong:

        units: $(width.real)

    Right:

        units: $(width * 2)
    """

    code = "S303"


class FailedExpression(Diagnostic):
    """An expression that has no value.

    A division by zero, a text plus a number, an element that is not there.

    Wrong:

        units: $(width / 0)

    Right:

        units: $(width / 2)
    """

    code = "S304"


class ExpressionTooLarge(Diagnostic):
    """An expression that is too large, or whose value is.

    At most 1,000 characters, 50 levels, 10,000 elements, and numbers of 4,000 digits.

    Wrong:

        units: $(9 ** 9 ** 9)

    Right:

        units: $(2 ** 9)
    """

    code = "S305"


class HiddenName(Diagnostic):
    """A repeat's name hides another.

    A name that a repeat gives to its steps may not be that of a param that is seen there, nor of an
    outer repeat's.

    Wrong:

        params: {units: 4}   # and: repeat: {units: [1, 2]}

    Right:

        params: {width: 4}   # and: repeat: {units: [1, 2]}
    """

    code = "S306"


class UnequalLists(Diagnostic):
    """A repeat over lists of different lengths.

    The lists are walked side by side, so each needs as many elements as the others.

    Wrong:

        repeat: {a: [1, 2], b: [1, 2, 3]}

    Right:

        repeat: {a: [1, 2, 3], b: [1, 2, 3]}
    """

    code = "S307"


class TooManySteps(Diagnostic):
    """More than 1,000,000 steps.

    After repeats and blocks; turns that `when` leaves out count too.

    Wrong:

        repeat: 1000000000

    Right:

        repeat: 100
    """

    code = "S308"


class NotBoolean(Diagnostic):
    """A `when` that is neither true nor false.

    Wrong:

        when: $rate

    Right:

        when: $(rate > 0)
    """

    code = "S309"


class UnknownUse(Diagnostic):
    """A `use` that names nothing declared.

    `use` names a shared layer, a model or a block that is declared here or further out.

    Wrong:

        - use: readr

    Right:

        - use: reader
    """

    code = "S310"


class UsesItself(Diagnostic):
    """A block or model that uses itself.

    Wrong:

        blocks: {a: {inputs: [x], graph: {y: {from: x, layers: [{use: a}]}}, output: y}}

    Right:

        let `a` use another block
    """

    code = "S311"


class BadWith(Diagnostic):
    """`with` gives a param that the block does not have, or stands where no block is used.

    Wrong:

        {use: residual, with: {filter: 8}}

    Right:

        {use: residual, with: {filters: 8}}
    """

    code = "S312"


class BadRepeat(Diagnostic):
    """A repeat that is neither a count nor lists.

    A count is a whole number from 0; lists are given under the names that the steps see them by.

    Wrong:

        repeat: -1

    Right:

        repeat: 3
    """

    code = "S313"


class NameTaken(Diagnostic):
    """A name is given twice.

    Inputs, variables and chains of one graph share their names, and what `mark` and `as` give in a
    chain is given once and is none of these.

    Wrong:

        inputs: {x: …}
        graph: {x: …}

    Right:

        inputs: {x: …}
        graph: {y: …}
    """

    code = "S314"


class UnknownLossTensor(Diagnostic):
    """A loss term gives a tensor that its class does not take, or lacks one.

    Wrong:

        losses: {kl: {KLToNormal: {}, mean: m}}

    Right:

        losses: {kl: {KLToNormal: {}, mean: m, log_var: v}}
    """

    code = "S315"
