"""Faults of the text itself: what cannot be read as one YAML or JSON document."""

from __future__ import annotations

from specc.diagnostics.diagnostic import Diagnostic


class Unreadable(Diagnostic):
    """The file cannot be read.

    It is missing, is no regular file, may not be read, or is not UTF-8 text. What a file holds that
    is no spec is never shown.

    Wrong:

        specc check missing.yaml

    Right:

        specc check specs/digits.yaml
    """

    code = "S101"


class BadSyntax(Diagnostic):
    """The text is no YAML or JSON.

    The place is where the reader had to stop; the mistake is there or just before it.

    Wrong:

        inputs: {x: {shape: [4]}
        graph: {}

    Right:

        inputs: {x: {shape: [4]}}
        graph: {}
    """

    code = "S102"


class QuoteExpression(Diagnostic):
    """An expression is cut by YAML: quote it.

    Inside `{…}` and `[…]` a comma, a colon followed by a blank, and a bracket end a plain text, and
    a blank before `#` ends it anywhere.

    Wrong:

        - Dense: {units: $(min(a, b))}

    Right:

        - Dense: {units: "$(min(a, b))"}
    """

    code = "S103"


class DuplicateKey(Diagnostic):
    """A mapping has the same key twice.

    Which of the two should hold cannot be known.

    Wrong:

        params: {rate: 0.1, rate: 0.2}

    Right:

        params: {rate: 0.2}
    """

    code = "S104"


class KeyNotText(Diagnostic):
    """A key is no text.

    Keys are names. A number, a boolean, `null`, a list or a mapping as a key must be quoted, or is
    a mistake.

    Wrong:

        outputs: {1: {loss: mse}}

    Right:

        outputs: {first: {loss: mse}}
    """

    code = "S105"


class Tag(Diagnostic):
    """A YAML tag.

    Tags make readers build objects. A spec holds plain values only: text, numbers, booleans, null,
    lists and mappings.

    Wrong:

        rate: !!float 1

    Right:

        rate: 1.0
    """

    code = "S106"


class MergeKey(Diagnostic):
    """A YAML merge key.

    `<<` is no part of YAML 1.2. What is shared between places is a param or a block.

    Wrong:

        - Dense: {<<: *common, units: 4}

    Right:

        params: {common: 4}   # and: - Dense: {units: $common}
    """

    code = "S107"


class TooDeep(Diagnostic):
    """The document is nested too deeply.

    At most 100 levels are read, and 20 files through `extends`.

    Wrong:

        [[[[…]]]]

    Right:

        name the inner parts, as chains, blocks or params
    """

    code = "S108"


class TooLong(Diagnostic):
    """The text is too long.

    At most 64 MiB are read.

    Wrong:

        a file of 70 MiB

    Right:

        use `repeat` and `blocks`
    """

    code = "S109"


class TooManyNodes(Diagnostic):
    """The document has too many values.

    At most 1,000,000 values and keys are read, those that aliases repeat counted each time.

    Wrong:

        an alias of aliases of aliases …

    Right:

        use `repeat` and `blocks`
    """

    code = "S110"


class BadNumber(Diagnostic):
    """A number is not finite, or too long.

    Infinity and NaN are no settings that a model can have, and a number has at most 4,000 digits.

    Wrong:

        rate: .inf

    Right:

        rate: 1.0e+30
    """

    code = "S111"


class SeveralDocuments(Diagnostic):
    """More than one document in a file.

    A file is one spec. `---` may begin it, and nothing follows `...`.

    Wrong:

        specc: 1
        ---
        specc: 1

    Right:

        two files
    """

    code = "S112"


class NotASpec(Diagnostic):
    """The document is no mapping.

    A spec is a mapping whose first key is `specc: 1`.

    Wrong:

        - Dense

    Right:

        specc: 1
        inputs: …
    """

    code = "S113"


class BadAlias(Diagnostic):
    """An alias means nothing, or itself.

    `*name` repeats the value that `&name` marked before it; a value cannot hold itself.

    Wrong:

        a: *missing

    Right:

        a: &x 1
        b: *x
    """

    code = "S114"


class PathOutside(Diagnostic):
    """A path leads out of the spec's folder.

    `extends`, `file` and data paths name regular files below the spec's folder, also after symbolic
    links. `--allow DIR` on the command line allows another folder. Addresses are never opened.

    Wrong:

        extends: ../../elsewhere/base.yaml

    Right:

        extends: base.yaml
    """

    code = "S115"


class ExtendsCycle(Diagnostic):
    """A spec extends itself.

    The base of a base … leads back to the file.

    Wrong:

        extends: self.yaml   # in self.yaml

    Right:

        extends: base.yaml
    """

    code = "S116"


class NothingToDelete(Diagnostic):
    """`$delete` names nothing.

    The text `$delete` takes away a key of the base, which must be there: otherwise it is misspelt.

    Wrong:

        extends: base.yaml
        train: {epocs: $delete}

    Right:

        extends: base.yaml
        train: {epochs: $delete}
    """

    code = "S117"


class NoSuchPath(Diagnostic):
    """A path names nothing in the spec.

    `--set` and `tune.space` address a field by the keys that lead to it; a step by its `id`, by its
    layer's `name`, or by its position.

    Wrong:

        --set train.epoch=3

    Right:

        --set train.epochs=3
    """

    code = "S118"
