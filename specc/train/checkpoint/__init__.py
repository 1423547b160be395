"""Checkpoints: all that a training is at one moment, in one file, and going on from there."""
