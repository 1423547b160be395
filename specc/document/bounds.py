"""How large a document may be. Each bound has its own diagnostic."""

LEVELS = 100
BYTES = 64 * 1024 * 1024
NODES = 1_000_000
STEPS = 1_000_000
DIGITS = 4_000
RANK = 32
"""How many dimensions an input or variable may have: NumPy's bound of long standing."""
BASES = 20
"""How many files `extends` may lead through."""
