"""Functions of `keras.ops`, a file for a family. `OPS` is all of them, by name."""

from specc.catalogue.define import Definition

OPS: dict[str, Definition] = {}
