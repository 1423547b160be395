"""Keras's layers, a file for a family. `LAYERS` is all of them, by the name Keras exports."""

from specc.catalogue.layers.aliases import ALIASES
from specc.catalogue.modules import Modules

__all__ = ["ALIASES", "LAYERS"]

LAYERS = Modules(__name__)
