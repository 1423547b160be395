"""Which class of a config is which entry of the catalogue."""

from __future__ import annotations

from functools import lru_cache

from specc.catalogue.catalogue import Catalogue

APPLICATIONS_OWN = {
    "LayerScale": "keras.src.applications.convnext",
    "CustomScaleLayer": "keras.src.applications.inception_resnet_v2",
}
"""Layers that only applications have, and the modules that they are in."""

_ODD = {
    "LayerNorm": "layer_normalization",
    "RMSNorm": "rms_normalization",
    "BatchNorm": "batch_normalization",
}


def op_of(catalogue: Catalogue, cls: str) -> str | None:
    """The op of a class such as `NotEqual`; `None` where the catalogue has none."""
    odd = _ODD.get(cls)
    if odd is not None:
        return odd if odd in catalogue.ops else None
    return _by_letters(tuple(catalogue.ops)).get(cls.lower())


@lru_cache(4)
def _by_letters(names: tuple[str, ...]) -> dict[str, str]:
    """The ops by their letters alone: Keras's classes are named as they are, in capitals."""
    return {n.rpartition(".")[2].replace("_", ""): n for n in names}
