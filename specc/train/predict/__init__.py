"""Predictions from files: read in pieces, by a run's model, and written in pieces."""
