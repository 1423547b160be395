"""Functions of `keras.ops`, a file for a family. `OPS` is all of them, by name."""

from specc.catalogue.modules import Modules

OPS = Modules(__name__)
