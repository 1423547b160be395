"""`specc.to_keras` against the same model written by hand, for five architectures."""

from __future__ import annotations

import argparse
import gc
import os
from collections.abc import Callable
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
from architectures import ARCHITECTURES
from measure import alternated, median, ratio, table

import specc


def fresh(build: Callable[[], Any]) -> Callable[[], Any]:
    """Forgets the models before, whose names and garbage would be on this one's account."""

    def work() -> Any:
        model = build()
        keras.backend.clear_session()
        return model

    return work


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    rows: list[list[str]] = []
    for one in ARCHITECTURES:
        program = specc.compile(text=one.spec)
        by_hand = fresh(one.by_hand)
        by_specc = fresh(lambda program=program: specc.to_keras(program))
        hand, lowered = by_hand(), by_specc()
        assert hand.count_params() == lowered.count_params() == program.parameters
        assert len(hand.layers) == len(lowered.layers)
        del hand, lowered
        gc.collect()
        times = alternated({"hand": by_hand, "specc": by_specc}, rounds)
        each = [f"{median(times[who]) * 1e3:.0f}" for who in ("hand", "specc")]
        rows.append([one.name, *each, f"{ratio(times['specc'], times['hand']):.2f}"])
    head = ["model", "Keras by hand, ms", "`specc.to_keras`, ms", "ratio"]
    table("Building a model", head, rows)


if __name__ == "__main__":
    main()
