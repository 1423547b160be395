"""A 5-gram with backoff: what a network that writes has to beat.

Witten and Bell 1991: each order's counts are mixed with the next lower order, by how many
different tokens have followed the context; the lowest is mixed with all tokens alike. The
probabilities of all tokens add up to 1.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from math import log2

Counts = list[dict[tuple[int, ...], Counter[int]]]


def counted(tokens: Sequence[int], order: int) -> Counts:
    """How often each token followed each context, of 0 to `order - 1` tokens."""
    counts: list[defaultdict[tuple[int, ...], Counter[int]]]
    counts = [defaultdict(Counter) for _ in range(order)]
    for i, token in enumerate(tokens):
        for length in range(min(order, i + 1)):
            counts[length][tuple(tokens[i - length : i])][token] += 1
    return list(counts)


def bits(counts: Counts, tokens: Sequence[int], vocabulary: int) -> float:
    """The mean of -log2 of each token's probability, given all before it."""
    total = 0.0
    for i, token in enumerate(tokens):
        probability = 1 / vocabulary
        for length, contexts in enumerate(counts):
            followed = contexts.get(tuple(tokens[i - length : i])) if length <= i else None
            if followed is None:
                break
            seen, kinds = followed.total(), len(followed)
            probability = (followed[token] + kinds * probability) / (seen + kinds)
        total -= log2(probability)
    return total / len(tokens)
