"""Phases at work: the fitted model of several phases, terms, noise and targets of the graph."""
