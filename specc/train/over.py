"""What a phase's `over` names: the layers, models and variables whose weights it trains."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from specc.infer.program import Layer, Program, Tensor, Variable

Holder = Layer | Program | Variable


def holders(program: Program) -> dict[str, tuple[Holder, ...]]:
    """The names that `over` may hold, each with what holds its weights.

    Models, shared layers, variables and chains; those of a model that is written in the spec as
    `model.name` too. Where two of them have one name, the first kind has it.
    """
    found: dict[str, tuple[Holder, ...]] = {m.name: (m,) for m in program.models}
    chains: dict[str, dict[Holder, None]] = {}
    for node in program.nodes:
        operator = node.operator
        if operator is None or node.kind == "op":
            continue
        if isinstance(operator, Layer):
            for layer in (operator, *operator.uses.values()):
                if isinstance(layer, Layer) and layer.shared is not None:
                    found.setdefault(layer.shared, (layer,))
        if node.chain:
            chains.setdefault(node.chain, {})[operator] = None
    for variable in program.variables:
        found.setdefault(variable.name, (variable,))
    for node in program.nodes:
        if node.chain:
            found.setdefault(node.chain, tuple(chains.get(node.chain, ())))
    for model in program.models:
        if model.outside is None:
            for name, held in holders(model).items():
                found[f"{model.name}.{name}"] = held if model.trainable else ()
    return found


def learns(holder: Holder) -> bool:
    """Whether training can change a weight of it."""
    if isinstance(holder, Variable):
        return holder.trainable
    if isinstance(holder, Program):
        return holder.trainable and bool(holder.trainable_parameters)
    used = any(learns(u) for u in holder.uses.values())
    return holder.trainable and (used or bool(holder.trainable_parameters))


def reached(tensors: Iterable[Tensor]) -> set[Holder]:
    """Everything with weights that the tensors depend on, nested models and their inside too."""
    found: set[Holder] = set()
    stack, seen = [t.node for t in tensors], set[int]()
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.operator is not None:
            _add(node.operator, found)
        stack += [t.node for _, t in node.tensors()]
    return found


def _add(holder: Holder, found: set[Holder]) -> None:
    found.add(holder)
    if isinstance(holder, Layer):
        for used in holder.uses.values():
            _add(used, found)
    if isinstance(holder, Program):
        for node in holder.nodes:
            if node.operator is not None:
                _add(node.operator, found)


def loss_tensors(program: Program, names: Collection[str]) -> dict[str, tuple[Tensor, ...]]:
    """The tensors that each of the named losses differentiates: an output, or all of a term's."""
    found: dict[str, tuple[Tensor, ...]] = {}
    for name in names:
        if name in program.outputs:
            found[name] = (program.outputs[name],)
        elif (term := program.losses.get(name)) is not None:
            found[name] = tuple(_tensors(term.tensors))
    return found


def _tensors(given: Mapping[str, object]) -> Iterable[Tensor]:
    for value in given.values():
        for item in value if isinstance(value, tuple) else (value,):  # pyright: ignore[reportUnknownVariableType]
            if isinstance(item, Tensor):
                yield item
