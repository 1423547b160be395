"""Diagrams: a program as a picture, whose layout is made by Graphviz in a process of its own."""
