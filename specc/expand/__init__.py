"""Spec -> FlatSpec: params, expressions, repeats, `when`, blocks."""
