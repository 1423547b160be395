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
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from by_hand.ngram import bits, counted
from measure import ROOT, alone, median, table

import specc

SPECS = ROOT / "specs"
EPOCHS = {"text_lstm": 2, "vae": 40, "gan": 20, "style_transfer_small": 40}
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
    found = {n: last[n] for n in ("content", "colours")}
    return clock.ends, found | {"style": sum(last[n] for n in STYLE)}


def by_hand(name: str, epochs: int, seed: int) -> tuple[list[float], dict[str, float]]:
    """The same of the program by hand."""
    return importlib.import_module(f"by_hand.{name}").train(epochs, seed)


def epoch_seconds(ends: list[float]) -> float:
    """The median epoch; the first, which traces, is not among them."""
    return median(np.diff(ends).tolist())


def raced(who: str, name: str, seed: int) -> tuple[float, dict[str, float]]:
    """One training in a process of its own."""
    seconds, losses = alone(str(ROOT), __file__, "--alone", who, name, str(seed))
    return seconds, losses


def rivalry(names: list[str], seeds: int) -> Iterator[list[str]]:
    """Steps a second and last losses, a row each; the rivals take turns."""
    for name in names:
        found: dict[str, list[tuple[float, dict[str, float]]]] = {"ours": [], "hand": []}
        for seed in range(1, seeds + 1):
            for who in ("hand", "ours") if seed % 2 else ("ours", "hand"):
                found[who].append(raced(who, name, seed))
        pace = median([h[0] / o[0] for h, o in zip(found["hand"], found["ours"], strict=True)])
        for i, loss in enumerate(found["ours"][0][1]):
            values = {w: np.array([run[1][loss] for run in runs]) for w, runs in found.items()}
            spread = [f" ± {v.std(ddof=1):.2g}" if seeds > 1 else "" for v in values.values()]
            shown = [f"{v.mean():.4g}{s}" for v, s in zip(values.values(), spread, strict=True)]
            first = [f"`{name}`", f"{pace:.2f}"] if i == 0 else ["", ""]
            yield [first[0], loss, *shown, first[1]]


Trained = tuple[specc.Program, specc.Run, Any]


def trained(runs: str, name: str, *sets: str) -> tuple[Trained, list[str]]:
    """A spec trained in full, its data, and the row that says how long it took."""
    from specc.data.load import load

    program = specc.compile(SPECS / f"{name}.yaml", sets=sets)
    assert program.data is not None
    start = time.perf_counter()
    run = specc.train(program, runs=runs, progress="none")
    row = [f"`{name}` {' '.join(sets)}", "seconds", f"{time.perf_counter() - start:.0f}"]
    return (program, run, load(program, program.data)), row


def said(what: str, figure: Any) -> list[str]:
    """A row."""
    return ["", what, f"{figure:.4g}" if isinstance(figure, float) else str(figure)]


def of_text(runs: str, name: str) -> Iterator[list[str]]:
    """Bits a letter, and those of n-grams with backoff on the same split; how fast it writes."""
    (_, run, data), row = trained(runs, name)
    yield row
    yield said("bits a letter", min(run.history["val_loss"]) / np.log(2))
    writer = run.generator.writer
    list(writer.write("The import statement", 2, 1.0, 0))  # the first token compiles
    start = time.perf_counter()
    list(writer.write("The import statement", 400, 1.0, 0))
    yield said("400 letters, seconds", time.perf_counter() - start)
    step = data.feeds.inputs["text"].transforms[-1].step
    text, held = (
        np.concatenate([w[:step] for w in part.inputs["text"]]).tolist()
        for part in (data.train, data.validation)
    )
    for order in (3, 5, 6):
        yield said(f"a {order}-gram's bits", bits(counted(text, order), held, 128))


def of_codes(runs: str) -> Iterator[list[str]]:
    """The error of what a VAE draws again, beside that of as many principal components."""
    from sklearn.decomposition import PCA

    (_, run, data), row = trained(runs, "vae")
    yield row
    held = data.validation.inputs["pixels"]
    flat = held.reshape(len(held), -1)
    linear = PCA(2).fit(data.train.inputs["pixels"].reshape(data.train.count, -1))
    line = linear.inverse_transform(linear.transform(flat))
    drawn = run.model.predict(held, verbose=0).reshape(flat.shape)
    yield said("mean squared error", float(((drawn - flat) ** 2).mean()))
    yield said("that of 2 principal components", float(((line - flat) ** 2).mean()))
    yield said("KL, nats", run.metrics["validation"]["kl"])


def of_forgeries(runs: str, seeds: int) -> Iterator[list[str]]:
    """What a classifier and two distances say of a GAN's digits, for several seeds."""
    import keras

    from tests.advanced.judging import judged

    classifier = keras.saving.load_model(SPECS / "saved" / "digits_cnn.keras", compile=False)
    for seed in range(1, seeds + 1):
        (_, run, data), row = trained(runs, "gan", f"train.seed={seed}")
        yield row
        pictures = data.train.inputs["real"]
        made = run.model.predict(run.plan.x({"real": pictures[:500]}, 500), verbose=0)
        real = judged(data.validation.inputs["real"], pictures, classifier)
        verdict = judged(made, pictures, classifier)
        for what in ("classes", "fewest", "confidence", "nearest", "spread"):
            figures = [f"{getattr(v, what):.3g}" for v in (verdict, real)]
            yield said(f"{what}, and of real ones", ", ".join(figures))
        yield said("faults", ", ".join(verdict.faults(real)) or "none")


def of_style(runs: str) -> Iterator[list[str]]:
    """How far the losses of a painting fall."""
    (_, run, _), row = trained(runs, "style_transfer_small")
    yield row
    for losses in (STYLE, ("colours",), ("content",)):
        column = [sum(run.history[n][i] for n in losses) for i in (0, -1)]
        yield said(f"{'+'.join(losses)}: last epoch by first", column[1] / column[0])


def figures(seeds: int) -> Iterator[list[str]]:
    """Each trained in full: what issue 6 asks of it."""
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory() as runs:
        yield from of_codes(runs)
        yield from of_forgeries(runs, seeds)
        yield from of_style(runs)
        yield from of_text(runs, "text_lstm")
        yield from of_text(runs, "text_transformer")


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
        table("What the advanced specs reach", ["spec", "figure", ""], figures(options.seeds))
    else:
        head = ["spec", "loss", "specc", "by hand", "steps a second, specc by hand"]
        rows = rivalry(options.only, options.seeds)
        table(f"By specc and by hand, {options.seeds} seeds", head, rows)


if __name__ == "__main__":
    main()
