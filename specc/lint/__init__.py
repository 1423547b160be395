"""Lint: warnings for what compiles and is almost surely wrong."""
