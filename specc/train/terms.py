"""Further losses: terms over any tensors of the graph, added to what `fit` minimises.

The class that adds them is the fitted model's alone; the model that is saved is plain Keras.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from specc.catalogue.kinds import Instance
from specc.lower.instances import keras, realised


@dataclass(frozen=True)
class Term:
    """A loss by its name; `slots` say which output of the fitted model, or number, it takes."""

    name: str
    loss: Instance
    slots: Mapping[str, str | float]
    weight: float


def fitted_with_terms(
    inputs: Any, outputs: Mapping[str, Any], learned: tuple[str, ...], terms: Sequence[Term]
) -> Any:
    """A functional model whose loss is that of the `learned` outputs and all terms.

    Each term is logged by its name and, as Keras logs the losses of outputs, without its weight.
    """
    k: Any = keras()
    functions = {t.name: _function(k, t.loss) for t in terms}

    class WithTerms(k.Model):
        """A model that adds terms over its own outputs to its loss."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            k.Model.__init__(self, *args, **kwargs)
            self._terms = [k.metrics.Mean(name=t.name) for t in terms]

        @property
        def metrics(self) -> list[Any]:
            return [*k.Model.metrics.fget(self), *self._terms]

        def compute_loss(
            self,
            x: Any = None,
            y: Any = None,
            y_pred: Any = None,
            sample_weight: Any = None,
            training: bool = True,
        ) -> Any:
            made = y_pred
            total: Any = 0.0
            if learned:
                chosen = _chosen(made)
                total = k.Model.compute_loss(self, x, y, chosen, sample_weight, training)
            for term, mean in zip(terms, self._terms, strict=True):
                tensors = {s: made[v] if isinstance(v, str) else v for s, v in term.slots.items()}
                value = functions[term.name](**tensors)
                mean.update_state(value)
                total = total + term.weight * value
            return total

        def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> Any:
            return k.Model.compute_metrics(self, x, y, _chosen(y_pred), sample_weight)

    def _chosen(made: Any) -> Any:
        if len(learned) == 1:
            return made[learned[0]]
        return {n: made[n] for n in learned}

    return WithTerms(inputs=inputs, outputs=dict(outputs))


def _function(k: Any, loss: Instance) -> Callable[..., Any]:
    """The loss as a function of its tensors that gives one number."""
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
