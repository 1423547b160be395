"""Keras's side of plug-ins: their classes, registered, and held to what their rules say."""

from __future__ import annotations

from functools import cache
from typing import Any

from specc.catalogue.define import Definition
from specc.catalogue.plain import is_sequence
from specc.infer.program import Layer, Node
from specc.lower.instances import keras


class PluginDiffers(ValueError):
    """A layer of a plug-in gives in Keras something else than its rule says."""

    status = 3


@cache
def plugged(definition: Definition) -> Any:
    """What makes the Keras object of a plug-in's definition; a class is registered for saving."""
    assert definition.keras is not None, f"{definition.name} is of no plug-in"
    made = definition.keras()
    if isinstance(made, type) and definition.family != "callback":  # those are not saved
        package, _, name = definition.name.partition(".")
        keras().saving.register_keras_serializable(package=package, name=name)(made)
    return made


def check_made(node: Node, layer: Layer, made: Any, instance: Any) -> None:
    """Raises `PluginDiffers` unless Keras's tensors, weights and masks are those of the rule."""
    tensors: list[Any] = list(made) if is_sequence(made) else [made]
    got = [f"{tuple(t.shape)} {t.dtype}" for t in tensors]
    said = [f"{t.type.shape} {t.type.dtype}" for t in node.outputs]
    if got != said:
        raise PluginDiffers(
            f"the rule of {layer.cls} says that it gives {', '.join(said)}, and its Keras layer "
            f"gives {', '.join(got)}"
        )
    masks = layer.definition.mask
    if masks != "drops" and not getattr(instance, "supports_masking", False):
        raise PluginDiffers(
            f"{layer.cls} is said to deal with masks (`mask: {masks}`), and its Keras layer does"
            " not say so: `self.supports_masking = True`"
        )
    if instance.count_params() != layer.parameters:
        raise PluginDiffers(
            f"the rule of {layer.cls} says that it has {layer.parameters:,} parameters, and its "
            f"Keras layer has {instance.count_params():,}"
        )
