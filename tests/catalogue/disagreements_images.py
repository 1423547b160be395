"""Layers of pictures over which specc and Keras differ: see `disagreements`."""

from __future__ import annotations

import keras
import numpy as np
from disagreement import Disagreement
from parity import late

from specc.catalogue.define import case


def _runs_by_luck(*shape: int) -> bool:
    """Whether some draw of `AugMix` takes what others fail over."""
    calls = (case(shape, all_ops=False, seed=s) for s in range(1, 20))
    return any(not late("AugMix", c) for c in calls)


def _one_picture() -> bool:
    """A batch of grey pictures without a channel axis is taken for one picture in colour."""
    layer = keras.layers.Resizing(4, 4)
    return tuple(layer(np.ones((9, 10, 12), "float32")).shape) == (4, 4, 12)


IMAGES: tuple[Disagreement, ...] = (
    Disagreement(
        "silent",
        "AugMix AutoContrast CenterCrop ContrastLimited* CutMix Equalization MaxNumBoundingBoxes"
        " MixUp Rand* Resizing Solarization",
        "takes 4 dimensions|takes 3 to 4 dimensions",
        "three dimensions with a batch are taken for one picture, other numbers fail late",
        ("Resizing", case((9, 10), height=4, width=4)),
        proof=_one_picture,
    ),
    Disagreement(
        "late",
        "AugMix RandAugment RandomGrayscale RandomColorJitter RandomHue RandomSaturation",
        "takes pictures of",
        "the number of channels is not checked",
        ("RandomHue", case((9, 10, 1), factor=0.5)),
    ),
    Disagreement(
        "late",
        "AugMix Equalization RandAugment",
        "from the darkest to the brightest",
        "an empty range of values divides by zero",
        ("Equalization", case((9, 10, 3), value_range=[1, 1])),
    ),
    Disagreement(
        "late",
        "ContrastLimited*",
        "cannot lay",
        "more is padded than the picture has",
        ("ContrastLimitedAdaptiveHistogramEqualization", case((2, 16, 3))),
    ),
    Disagreement(
        "late",
        "Resizing",
        "not by both",
        "the two are compared only when the layer runs",
        (
            "Resizing",
            case((9, 9, 3), height=4, width=4, crop_to_aspect_ratio=True, pad_to_aspect_ratio=True),
        ),
    ),
    Disagreement(
        "wrong",
        "Rescaling",
        "cannot stretch a (scale|offset)",
        "a longer list makes a larger tensor than announced, others fail late",
        ("Rescaling", case((9, 9, 1), scale=[1.0, 2.0, 3.0])),
    ),
    Disagreement(
        "silent",
        "AugMix RandAugment RandomColorJitter",
        "takes pictures of",
        "which operations are drawn decides whether the channels fit",
        ("AugMix", case((9, 10, 4), all_ops=False)),
        proof=lambda: _runs_by_luck(9, 10, 4),
    ),
)
