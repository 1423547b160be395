"""Origins: what each output of a program is made of, so that a run knows what it can generate.

An output that rests on no data (on sampled inputs, on drawn codes and on variables alone) can be
made anew at any time. A drawn code is what `GaussianSample` gives: while a model learns it comes
from an encoder, and to generate it is drawn from the standard normal that `KLToNormal` keeps it
near (Kingma and Welling 2013, section 2.3).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from specc.catalogue.types import BATCH
from specc.infer.program import Node, Program, Tensor


@dataclass(frozen=True)
class Code:
    """A tensor that is drawn inside the model: the operation that gives it, and its shape.

    `shape` is that of one example; a length that is not known is `None`.
    """

    operation: str
    index: int
    shape: tuple[int | None, ...]


@dataclass(frozen=True)
class Origin:
    """What an output rests on: inputs by name, and codes. Neither: variables alone."""

    inputs: tuple[str, ...] = ()
    codes: tuple[Code, ...] = ()
    batched: bool = True
    """Whether the first axis counts examples; a variable's own does not, unless it is 1."""

    def state(self) -> dict[str, Any]:
        """The origin as JSON has it."""
        codes = [{"operation": c.operation, "index": c.index, "shape": c.shape} for c in self.codes]
        return {"inputs": list(self.inputs), "codes": codes, "batched": self.batched}

    @classmethod
    def restore(cls, state: Mapping[str, Any]) -> Origin:
        """The origin that `state` was taken of."""
        codes = (Code(c["operation"], c["index"], tuple(c["shape"])) for c in state["codes"])
        return cls(tuple(state["inputs"]), tuple(codes), state["batched"])


def origins(program: Program) -> dict[str, Origin]:
    """The outputs that rest on no data, with what they rest on instead."""
    found: dict[str, Origin] = {}
    for name, tensor in program.outputs.items():
        inputs: dict[str, None] = {}
        codes: dict[Tensor, Code] = {}
        for reached in _reached(tensor):
            code = _code(reached)
            if code is not None:
                codes[reached] = code
            elif reached.node.kind == "input":
                inputs[reached.node.name] = None
        if all(i in program.samples for i in inputs):
            batched = tensor.type.dims[:1] in ((BATCH,), (1,))
            found[name] = Origin(tuple(inputs), tuple(codes.values()), batched)
    return found


def _reached(tensor: Tensor) -> Iterator[Tensor]:
    """Every tensor that one is made of, itself included; nothing behind a drawn code."""
    seen, stack = {tensor}, [tensor]
    while stack:
        at = stack.pop()
        yield at
        if _code(at) is None:
            for _, before in at.node.tensors():
                if before not in seen:
                    seen.add(before)
                    stack.append(before)


def _code(tensor: Tensor) -> Code | None:
    """The code that a tensor is, if it is drawn: by a layer, or by a nested model's last one."""
    node = tensor.node
    shape = tuple(d if isinstance(d, int) else None for d in tensor.type.dims[1:])
    if _draws(node):
        return Code(f"{node.name}.sample", 0, shape)
    if isinstance(node.operator, Program):
        name = list(node.operator.outputs)[tensor.index]
        if _draws(node.operator.outputs[name].node):
            # Keras keeps the outputs of a call in the order of their names.
            return Code(node.operator.name, sorted(node.operator.outputs).index(name), shape)
    return None


def _draws(node: Node) -> bool:
    return node.label == "GaussianSample"
