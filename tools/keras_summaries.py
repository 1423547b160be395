"""What each class of Keras is, in its own first line: `keras_summaries.json`, for the editor.

A layer and an op has its text in its rule; the other families have it from here.
"""

from __future__ import annotations

import inspect
import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

FILE = Path(__file__).with_suffix(".json")


def text() -> str:
    """The whole file."""
    import keras
    from keras_signatures import MODULES

    from specc.catalogue.catalogue import builtin

    found: dict[str, dict[str, str]] = {}
    for family, table in builtin().families.items():
        if family in ("layer", "op"):
            continue
        module: Any = keras
        for step in MODULES.get(family, "activations").split("."):
            module = getattr(module, step)
        found[family] = {n: _first(getattr(module, n)) for n in table.classes if hasattr(module, n)}
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def _first(found: Any) -> str:
    """The first sentence of a docstring, its markup taken away."""
    paragraph = (inspect.getdoc(found) or "").split("\n\n", 1)[0]
    paragraph = re.sub(r"\s+", " ", paragraph.replace("``", "`")).strip()
    sentence = re.split(r"(?<=[.:])\s", paragraph, maxsplit=1)[0].rstrip(".:")
    return f"{sentence}." if sentence else ""


@cache
def _read() -> dict[str, dict[str, str]]:
    return json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}


def summary(family: str, name: str) -> str:
    """What a class is; one of specc's own says so."""
    return _read().get(family, {}).get(name) or OWN.get(name, "")


OWN = {
    "KLToNormal": "How far a normal distribution is from the standard one.",
    "GramStyle": "How far the correlations of two feature maps are apart.",
    "TotalVariation": "How rough a picture is.",
    "accuracy": "The accuracy that fits the output and its target.",
    "acc": "The accuracy that fits the output and its target.",
    "crossentropy": "The cross-entropy that fits the output and its target.",
    "ce": "The cross-entropy that fits the output and its target.",
}
