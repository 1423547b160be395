"""Layers that do nothing, undo each other, or are given what they are not for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from specc.catalogue.kinds import Instance
from specc.catalogue.plain import is_sequence
from specc.diagnostics.codes import lint_layers as codes
from specc.diagnostics.diagnostic import Diagnostic, Related
from specc.infer.program import Layer, Node
from specc.lint.reading import CONV, LINEAR, Reading, first

IDEMPOTENT = ("relu", "softmax", "sigmoid", "tanh", "elu", "leaky_relu")
DROPOUTS = ("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "AlphaDropout")
POOLINGS = tuple(f"{k}Pooling{d}D" for k in ("Max", "Average") for d in (1, 2, 3))
LARGE = 10_000_000
"""The parameters of one Dense layer after Flatten from which a warning is given."""


def lint(reading: Reading) -> Iterator[Diagnostic]:
    """Warnings about the layers of one model."""
    for node, layer in reading.layers():
        yield from _activation(reading, node, layer)
        yield from _idle(reading, node, layer)
        yield from _window(reading, node, layer)
        yield from _inputs(reading, node, layer)
        yield from _weights(reading, node, layer)
        yield from _neighbours(reading, node, layer)


def _activation(reading: Reading, node: Node, layer: Layer) -> Iterator[Diagnostic]:
    activation = reading.own_activation(node)
    type_ = node.outputs[0].type
    axis = reading.argument(layer, "axis") if layer.cls in ("Softmax", "ops.softmax") else -1
    if activation == "softmax" and axis == -1 and type_.dims[-1] == 1:
        yield codes.SoftmaxOverOne(
            f"softmax over one number is always 1; this gives {type_}",
            node.span,
            help="use `sigmoid`, or more units",
        )
    before = reading.before(node)
    if (
        activation in IDEMPOTENT
        and layer.cls not in LINEAR
        and before is not None
        and reading.own_activation(before) == activation
        and isinstance(before.operator, Layer)
        and not before.operator.definition.name.startswith(("LSTM", "GRU", "SimpleRNN"))
    ):
        yield codes.ActivationTwice(
            f"{activation} is applied twice", node.span, related=_at(before, "here first")
        )


def _idle(reading: Reading, node: Node, layer: Layer) -> Iterator[Diagnostic]:
    def value(name: str) -> Any:
        return reading.argument(layer, name)

    idle = None
    if layer.cls in DROPOUTS or layer.cls == "GaussianDropout":
        idle = "a rate of 0 drops nothing" if value("rate") == 0 else None
    elif layer.cls == "GaussianNoise":
        idle = "noise of strength 0 is none" if value("stddev") == 0 else None
    elif layer.cls in POOLINGS:
        sizes = [*_many(value("pool_size")), *_many(value("strides") or value("pool_size"))]
        idle = "a pooling of size 1 changes nothing" if set(sizes) == {1} else None
    elif layer.cls.startswith("ZeroPadding"):
        idle = "a padding of 0 changes nothing" if set(_flat(value("padding"))) == {0} else None
    elif layer.cls.startswith("UpSampling"):
        idle = "a size of 1 changes nothing" if set(_flat(value("size"))) == {1} else None
    if idle:
        yield codes.NoEffect(f"{layer.cls}: {idle}", node.span, help="leave it out")


def _window(reading: Reading, node: Node, layer: Layer) -> Iterator[Diagnostic]:
    if layer.cls not in CONV and layer.cls not in POOLINGS:
        return
    size = _many(reading.argument(layer, "kernel_size" if layer.cls in CONV else "pool_size"))
    strides = _many(reading.argument(layer, "strides") or size)
    if any(s > k for s, k in zip(strides, size, strict=False)) and _skips(size):
        yield codes.SkippedPixels(
            f"{layer.cls} takes strides of {_shown(strides)} with a window of {_shown(size)}, "
            "and leaves out what lies between",
            node.span,
            help="make the window at least as large as the strides",
        )
    tensor = next(t for _, t in node.tensors())
    spatial = tensor.type.dims[1:-1]
    if reading.argument(layer, "data_format") == "channels_first":
        spatial = tensor.type.dims[2:]
    pairs = zip(size, spatial, strict=False)
    if any(isinstance(d, int) and k > 2 * d for k, d in pairs):
        yield codes.WindowBeyondInput(
            f"a window of {_shown(size)} is laid over {tensor.type}, most of it over the edge",
            node.span,
            help="take a smaller window, or fewer poolings before it",
            related=_at(tensor.node, "this is what it is laid over"),
        )


def _skips(size: list[int]) -> bool:
    """A 1 by 1 window with strides is how residual networks make a shortcut smaller."""
    return max(size) > 1


def _inputs(reading: Reading, node: Node, layer: Layer) -> Iterator[Diagnostic]:
    tensors = [t for _, t in node.tensors()]
    if not tensors:
        return
    tensor = tensors[0]
    dtype = tensor.type.dtype
    if layer.cls in ("Dense", *CONV) and "int" in dtype:
        yield codes.IdsIntoDense(
            f"{layer.cls} reads the ids as amounts; its input is {tensor.type} of {dtype}",
            node.span,
            help="put an `Embedding` or `CategoryEncoding` before it, or give the input as floats",
            related=_at(tensor.node, f"this is {dtype}"),
        )
    if layer.cls == "Embedding" and "float" in dtype:
        yield codes.FloatsIntoEmbedding(
            f"Embedding looks up whole numbers, and its input is {tensor.type} of {dtype}",
            node.span,
            help="write `dtype: int32` on the input",
            related=_at(tensor.node, f"this is {dtype}"),
        )
    if layer.cls in ("LayerNormalization", "RMSNormalization", "UnitNormalization"):
        axis = first(reading.argument(layer, "axis"))
        if axis in (-1, tensor.type.rank - 1) and tensor.type.dims[-1] == 1:
            yield codes.SingleNormalization(
                f"{layer.cls} over one number leaves nothing of it; its input is {tensor.type}",
                node.span,
                help="normalise before the layer that makes it one number",
            )
    before = reading.before(node)
    if (
        layer.cls == "Dense"
        and before is not None
        and isinstance(before.operator, Layer)
        and before.operator.cls == "Flatten"
        and layer.parameters > LARGE
    ):
        source = reading.before(before)
        shape = source.outputs[0].type if source is not None else tensor.type
        yield codes.LargeFlatten(
            f"flattening {shape} gives this layer {layer.parameters:,} parameters",
            node.span,
            help="`GlobalAveragePooling2D` in the place of `Flatten` keeps the channels only",
            related=_at(before, "it is flattened here"),
        )


def _weights(reading: Reading, node: Node, layer: Layer) -> Iterator[Diagnostic]:
    if layer.arguments.get("trainable") is False and not layer.weights and not layer.uses:
        yield codes.FrozenWithoutWeights(
            f"{layer.cls} has no weights, so `trainable: false` freezes nothing", node.span
        )
    kernel = layer.arguments.get("kernel_initializer")
    name = kernel.name if isinstance(kernel, Instance) else kernel
    if layer.cls in LINEAR and name in ("zeros", "Zeros", "ones", "Ones", "constant", "Constant"):
        yield codes.ZeroKernel(
            f"every weight of this kernel begins alike ({name}), and they stay alike",
            node.span,
            help="leave the initializer out: Keras's default draws them",
        )


def _neighbours(reading: Reading, node: Node, layer: Layer) -> Iterator[Diagnostic]:
    following = reading.only_follower(node)
    after = following.operator if following is not None else None
    if not isinstance(after, Layer) or following is None or layer.cls not in LINEAR:
        return
    linear = reading.own_activation(node) is None
    if (
        after.cls == "BatchNormalization"
        and linear
        and reading.argument(layer, "use_bias") is True
        and reading.argument(after, "axis") in (-1, node.outputs[0].type.rank - 1)
        and layer.shared is None
    ):
        yield codes.BiasBeforeNormalization(
            f"the bias of this {layer.cls} is taken away again by the BatchNormalization after it",
            node.span,
            help="write `use_bias: false`; `beta` of the normalisation takes its place",
            related=_at(following, "the normalisation is here"),
        )
    if layer.cls == "Dense" and after.cls == "Dense" and linear:
        yield codes.LinearAfterLinear(
            "nothing stands between this Dense layer and the next, so that they are one",
            node.span,
            help="give it an `activation`",
            related=_at(following, "the next one is here"),
        )


def _many(value: Any) -> list[int]:
    return list(value) if is_sequence(value) else [value]


def _flat(value: Any) -> list[int]:
    return [x for v in value for x in _flat(v)] if is_sequence(value) else [value]


def _shown(sizes: list[int]) -> str:
    return "×".join(map(str, sizes)) if len(set(sizes)) > 1 or len(sizes) > 1 else str(sizes[0])


def _at(node: Node, text: str) -> tuple[Related, ...]:
    return () if node.span is None else (Related(text, node.span),)
