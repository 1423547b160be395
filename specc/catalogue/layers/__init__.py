"""Keras's layers, a file for a family. `LAYERS` is all of them, by the name Keras exports."""

from specc.catalogue.define import Definition, definitions
from specc.catalogue.layers import core

LAYERS: dict[str, Definition] = {**definitions(core)}
