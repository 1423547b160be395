"""Losses as functions of tensors: Keras's, and the three that specc adds, in Keras's ops."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from specc.catalogue.kinds import Instance
from specc.lower.instances import keras, realised


def function(loss: Instance) -> Callable[..., Any]:
    """The loss as a function of its tensors, by name, that gives one number.

    Where one of `y_true` and `y_pred` is a number, it stands for a tensor of the other's shape.
    """
    k = keras()
    own = _OWN.get(loss.name)
    if own is not None:
        return partial(own, k)
    made = realised(loss)

    def called(y_true: Any, y_pred: Any) -> Any:
        if isinstance(y_pred, float):
            y_pred = k.ops.full_like(y_true, y_pred)
        if isinstance(y_true, float):
            y_true = k.ops.full_like(y_pred, y_true)
        return made(y_true, y_pred)

    return called


def scaled(loss: Instance) -> bool:
    """Whether Keras divides this loss by the number of devices itself, as its losses do."""
    return loss.name not in _OWN and loss.arguments.get("reduction") != "sum"


def _kl_to_normal(k: Any, mean: Any, log_var: Any) -> Any:
    """KL(N(mean, exp(log_var)) || N(0, 1)), summed over the code, its mean over the batch.

    Kingma and Welling 2013, "Auto-Encoding Variational Bayes", appendix B.
    """
    each = 1.0 + log_var - k.ops.square(mean) - k.ops.exp(log_var)
    return -0.5 * k.ops.mean(k.ops.sum(each, axis=-1))


def _gram_style(k: Any, y_true: Any, y_pred: Any) -> Any:
    """How far the Gram matrices of two feature maps, (batch, h, w, channels), are apart.

    Gatys, Ecker and Bethge 2015, "A Neural Algorithm of Artistic Style", equation 4; the matrices
    are divided by the number of places, so that two sizes can be compared.
    """
    difference = _gram(k, y_true) - _gram(k, y_pred)
    return k.ops.mean(k.ops.square(difference)) / 4.0


def _gram(k: Any, features: Any) -> Any:
    shape = k.ops.shape(features)
    flat = k.ops.reshape(features, (shape[0], -1, features.shape[-1]))
    places = k.ops.cast(k.ops.shape(flat)[1], flat.dtype)
    return k.ops.matmul(k.ops.transpose(flat, (0, 2, 1)), flat) / places


def _total_variation(k: Any, y_pred: Any) -> Any:
    """How much neighbours of a picture, (batch, h, w, channels), differ: the mean of |difference|.

    Rudin, Osher and Fatemi 1992, in its anisotropic form.
    """
    down = k.ops.abs(y_pred[:, 1:] - y_pred[:, :-1])
    across = k.ops.abs(y_pred[:, :, 1:] - y_pred[:, :, :-1])
    return k.ops.mean(down) + k.ops.mean(across)


_OWN: dict[str, Callable[..., Any]] = {
    "KLToNormal": _kl_to_normal,
    "GramStyle": _gram_style,
    "TotalVariation": _total_variation,
}
