"""Masks that are lost on the way: from there on padding counts as data."""

from __future__ import annotations

from collections.abc import Iterator

from specc.catalogue.masking import does
from specc.diagnostics.codes import lint_whole as codes
from specc.diagnostics.diagnostic import Diagnostic, Related
from specc.infer.program import Layer, Node, Tensor
from specc.lint.reading import Reading


def lint(reading: Reading) -> Iterator[Diagnostic]:
    """A warning for each layer or op that is given a mask and drops it."""
    masked: dict[Tensor, Node] = {}
    for node in reading.program.nodes:
        layer = node.operator
        maker = next((masked[t] for _, t in node.tensors() if t in masked), None)
        if not isinstance(layer, Layer):
            if maker is not None:
                masked |= dict.fromkeys(node.outputs, maker)  # a nested model passes it inside
            continue
        arguments = dict(layer.arguments)
        done = does(layer.definition, layer.cls, arguments)
        if done == "makes":
            masked[node.outputs[0]] = node
        elif maker is not None and done == "drops":
            yield _dropped(node, layer, maker)
        elif maker is not None and done == "passes":
            masked[node.outputs[0]] = maker


def _dropped(node: Node, layer: Layer, maker: Node) -> Diagnostic:
    related = () if maker.span is None else (Related("the mask is made here", maker.span),)
    return codes.MaskDropped(
        f"{layer.cls} drops the mask, so that from here on padding counts as data",
        node.span,
        help="put it after the mask has done its work, or leave `mask_zero` out",
        related=related,
    )
