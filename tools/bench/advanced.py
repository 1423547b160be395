"""The four advanced specs against the same model and loop written by hand, and what they learn.

.venv/bin/python tools/bench/advanced.py                # steps a second, last losses
.venv/bin/python tools/bench/advanced.py --figures      # each trained in full: minutes
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from by_hand.ngram import bits, counted
from measure import ROOT, median, table

import specc

SPECS = ROOT / "specs"
EPOCHS = {"text_lstm": 2, "vae": 40, "gan": 20, "style_transfer_small": 20}
STYLE = ("first", "second", "third", "fourth")


def ours(name: str, epochs: int, seed: int) -> tuple[list[float], dict[str, float]]:
    """When each epoch ended, and the last losses, of `specc.train`; as `by_hand` gives them."""
    from by_hand.loop import Clock

    clock = Clock()
    program = specc.compile(SPECS / f"{name}.yaml", sets=[f"train.seed={seed}"])
    with tempfile.TemporaryDirectory() as runs:
        run = specc.train(program, runs=runs, epochs=epochs, progress="none", callbacks=[clock])
        last = {n: v[-1] for n, v in run.history.items()}
    if name == "text_lstm":
        return clock.ends, {"loss": last["val_loss"]}
    if name == "vae":
        return clock.ends, {n: last[f"val_{n}"] for n in ("reconstruction", "kl")}
    if name == "gan":
        return clock.ends, {n: last[f"val_{n}"] for n in ("genuine", "caught", "fooled")}
    return clock.ends, {"content": last["content"], "style": sum(last[n] for n in STYLE)}


def by_hand(name: str, epochs: int, seed: int) -> tuple[list[float], dict[str, float]]:
    """The same of the program by hand."""
    return importlib.import_module(f"by_hand.{name}").train(epochs, seed)


def epoch_seconds(ends: list[float]) -> float:
    """The median epoch; the first, which traces, is not among them."""
    return median(np.diff(ends).tolist())


def alone(who: str, name: str, seed: int) -> tuple[float, dict[str, float]]:
    """One training in a process of its own."""
    command = [sys.executable, __file__, "--alone", who, name, str(seed)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    seconds, losses = json.loads(said.strip().splitlines()[-1])
    return seconds, losses


def rivalry(names: list[str], seeds: int) -> None:
    """Steps a second and last losses; the rivals take turns."""
    rows: list[list[str]] = []
    for name in names:
        found: dict[str, list[tuple[float, dict[str, float]]]] = {"ours": [], "hand": []}
        for seed in range(1, seeds + 1):
            for who in ("hand", "ours") if seed % 2 else ("ours", "hand"):
                found[who].append(alone(who, name, seed))
        pace = median([h[0] / o[0] for h, o in zip(found["hand"], found["ours"], strict=True)])
        for i, loss in enumerate(found["ours"][0][1]):
            values = {w: np.array([run[1][loss] for run in runs]) for w, runs in found.items()}
            shown = [f"{v.mean():.4g} ± {v.std(ddof=1):.2g}" for v in values.values()]
            first = [f"`{name}`", f"{pace:.2f}"] if i == 0 else ["", ""]
            rows.append([first[0], loss, *shown, first[1]])
    head = ["spec", "loss", "specc", "by hand", "steps a second, specc by hand"]
    table(f"By specc and by hand, {seeds} seeds", head, rows)


def figures() -> None:
    """Each trained in full: what issue 6 asks of it."""
    import keras

    sys.path.insert(0, str(ROOT))
    from sklearn.decomposition import PCA

    from specc.data.load import load
    from tests.advanced.judging import judged

    rows: list[list[str]] = []

    def trained(name: str, *sets: str) -> tuple[Any, Any, Any]:
        program = specc.compile(SPECS / f"{name}.yaml", sets=sets)
        start = time.perf_counter()
        run = specc.train(program, runs=runs, progress="none")
        rows.append([f"`{name}` {' '.join(sets)}", "seconds", f"{time.perf_counter() - start:.0f}"])
        return program, run, load(program, program.data)

    def say(what: str, figure: Any) -> None:
        rows.append(["", what, f"{figure:.4g}" if isinstance(figure, float) else str(figure)])

    with tempfile.TemporaryDirectory() as runs:
        for name in ("text_lstm", "text_transformer"):
            _, run, data = trained(name)
            say("bits a letter", min(run.history["val_loss"]) / np.log(2))
        step = 20
        text = np.concatenate([w[:step] for w in data.train.inputs["text"]]).tolist()
        held = np.concatenate([w[:step] for w in data.validation.inputs["text"]]).tolist()
        for order in (3, 5, 6):
            say(f"a {order}-gram's", bits(counted(text, order), held, 128))
        _, run, data = trained("vae")
        held = data.validation.inputs["pixels"]
        flat = held.reshape(len(held), -1)
        linear = PCA(2).fit(data.train.inputs["pixels"].reshape(data.train.count, -1))
        drawn = run.model.predict(held, verbose=0).reshape(flat.shape)
        say("mean squared error", float(((drawn - flat) ** 2).mean()))
        line = linear.inverse_transform(linear.transform(flat))
        say("that of 2 principal components", float(((line - flat) ** 2).mean()))
        say("KL, nats", run.metrics["validation"]["kl"])
        classifier = keras.saving.load_model(SPECS / "saved" / "digits_cnn.keras", compile=False)
        for seed in (1, 2, 3):
            _, run, data = trained("gan", f"train.seed={seed}")
            pictures = data.train.inputs["real"]
            made = run.model.predict(run.plan.x({"real": pictures[:500]}, 500), verbose=0)
            real = judged(data.validation.inputs["real"], pictures, classifier)
            verdict = judged(made, pictures, classifier)
            for what in ("classes", "confidence", "nearest", "spread"):
                say(
                    f"{what}, and of real ones",
                    f"{getattr(verdict, what):.3g}, {getattr(real, what):.3g}",
                )
            say("faults", ", ".join(verdict.faults(real)) or "none")
        _, run, _ = trained("style_transfer_small")
        for losses in (STYLE, ("content",)):
            column = [sum(run.history[n][i] for n in losses) for i in (0, -1)]
            say(f"{'+'.join(losses)}: last epoch by first", column[1] / column[0])
    table("What the advanced specs reach", ["spec", "figure", ""], rows)


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--figures", action="store_true")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=list(EPOCHS))
    parser.add_argument("--alone", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        who, name, seed = options.alone
        with contextlib.redirect_stdout(sys.stderr):
            ends, losses = {"ours": ours, "hand": by_hand}[who](name, EPOCHS[name], int(seed))
        print(json.dumps([epoch_seconds(ends), losses]))
    elif options.figures:
        figures()
    else:
        rivalry(options.only, options.seeds)


if __name__ == "__main__":
    main()
