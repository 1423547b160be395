"""A `Saved` model -> inputs, calls and outputs of a `FlatModel`, as if a spec had written them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, get_args

from specc.catalogue.catalogue import Catalogue
from specc.catalogue.define import Slot
from specc.catalogue.mismatch import Mismatch
from specc.catalogue.plain import is_dict, is_list
from specc.document.spec import DType
from specc.expand.flat import (
    Call,
    Feed,
    FlatChain,
    FlatInput,
    FlatModel,
    Frame,
    Named,
    Part,
    Unit,
    Wires,
)
from specc.lift.order import ordered
from specc.lift.saved import Applied, Operation, Ref, Saved, Unliftable

_ORDER = {"slice_update": ("inputs", "start_indices", "updates")}
"""Ops that take their arguments in another order than the catalogue's rule."""


class Weaver:
    """Weaves one model and those inside it. `order` numbers the calls of the whole spec."""

    def __init__(self, catalogue: Catalogue, order: Callable[[], int]) -> None:
        self.catalogue = catalogue
        self.order = order

    def weave(self, saved: Saved, model: FlatModel, taken: Mapping[str, Ref]) -> None:
        """Fills `model`; `taken` are its outputs. Raises `Unliftable`."""
        _Woven(self, saved, model).fill(taken)

    def inner(self, saved: Saved, name: str, outer: Frame, label: str) -> FlatModel:
        """A model inside another, its outputs as Keras has them."""
        origin = outer_origin(outer)
        frame = Frame("model", outer.body, origin.path, "", outer, outer.chain, outside=label)
        model = FlatModel(name, frame, origin, trainable=saved.trainable)
        self.weave(saved, model, {str(i): ref for i, (_, ref) in enumerate(saved.outputs)})
        outer.models[f"{id(saved)}"] = model
        return model


class _Woven:
    """One model while it is woven."""

    def __init__(self, weaver: Weaver, saved: Saved, model: FlatModel) -> None:
        self.weaver = weaver
        self.catalogue = weaver.catalogue
        self.saved = saved
        self.model = model
        self.frame = model.frame
        self.origin = outer_origin(model.frame)
        self.units: dict[str, Unit | FlatModel] = {}
        self.calls: dict[tuple[str, int], Call] = {}

    def fill(self, taken: Mapping[str, Ref]) -> None:
        frame = self.frame
        for entry in self.saved.inputs:
            if entry.dtype not in get_args(DType):
                raise Unliftable(f"the input `{entry.name}` is of `{entry.dtype[:60]}`")
            frame.inputs[entry.name] = FlatInput(
                entry.name, entry.shape, entry.dtype, None, self.origin
            )
        inputs = {i.name for i in self.saved.inputs}
        for operation, index in ordered(self.saved, inputs):
            self._call(operation, index)
        for name, ref in taken.items():
            chain = FlatChain(name, self.origin, end=self._wire(ref))
            frame.chains[f"output {name}"] = chain
            self.model.outputs[name] = Named(frame, (f"output {name}",), self.origin)

    # --- calls ------------------------------------------------------------------------------------

    def _call(self, operation: Operation, index: int) -> None:
        applied = operation.calls[index]
        unit = self.units.get(operation.name)
        if unit is None:
            unit = self.units[operation.name] = self._unit(operation)
        if isinstance(unit, FlatModel):
            named, at_call = self._model_feed(unit, applied)
        else:
            named, at_call, unit = self._layer_feed(operation, applied, unit)
        name = operation.name if index == 0 else f"{operation.name}.{index + 1}"
        call = Call(
            name, unit, Feed(None, named), at_call, self.frame, self.origin, self.weaver.order()
        )
        self.model.calls.append(call)
        self.calls[operation.name, index] = call

    def _unit(self, operation: Operation) -> Unit | FlatModel:
        label = self.frame.outside
        if operation.model is not None:
            return self.weaver.inner(operation.model, operation.name, self.frame, label)
        uses: dict[str, Unit | FlatModel] = {
            key: self.weaver.inner(saved, f"{operation.name}.{key}", self.frame, label)
            for key, saved in operation.inner.items()
        }
        shared = len(operation.calls) > 1
        arguments = operation.arguments
        return Unit(operation.name, operation.cls, arguments, self.frame, self.origin, shared, uses)

    def _layer_feed(
        self, operation: Operation, applied: Applied, unit: Unit
    ) -> tuple[dict[str, Wires], dict[str, Any], Unit]:
        """A layer's or op's tensors by argument, and what else it is called with."""
        is_op = operation.cls.startswith("ops.")
        name = operation.cls.removeprefix("ops.")
        try:
            definition = self.catalogue.definition("op" if is_op else "layer", name)
        except Mismatch as error:
            message = f"in its layer `{operation.name}`: {error.message}"
            raise Unliftable(message, error.help) from None
        slots = {s.name: s for s in definition.slots}
        places = _ORDER.get(name) if is_op else None
        if places is None:
            places = (*slots, *(a.name for a in definition.arguments)) if is_op else tuple(slots)
        if len(applied.args) > len(places):
            raise Unliftable(f"its layer `{operation.name}` is given too many tensors")
        given = dict(zip(places, applied.args, strict=False)) | dict(applied.kwargs)
        named: dict[str, Wires] = {}
        rest: dict[str, Any] = {}
        for key, value in given.items():
            if value is None or (_holds_tensor(value) and key not in slots and "mask" in key):
                continue  # a mask that the layer makes no difference by
            if key in slots and _holds_tensor(value):
                named[key] = self._wires(value, slots[key], operation)
            elif _holds_tensor(value):
                raise Unliftable(f"its layer `{operation.name}` takes no tensor named `{key[:60]}`")
            else:
                rest[key] = value
        if not is_op:
            return named, rest, unit
        arguments = {**unit.arguments, **rest}
        if arguments != unit.arguments:
            unit = Unit(unit.name, unit.layer, arguments, unit.frame, unit.origin)
        return named, {}, unit

    def _model_feed(
        self, model: FlatModel, applied: Applied
    ) -> tuple[dict[str, Wires], dict[str, Any]]:
        names = list(model.inputs)
        value: Any = applied.args[0] if applied.args else applied.kwargs.get("inputs")
        if is_dict(value):
            keyed = list(value.items())
            if {k for k, _ in keyed} != set(names):
                keyed = list(zip(names, (v for _, v in sorted(keyed)), strict=False))
        else:
            listed = value if is_list(value) else [value]
            keyed = list(zip(names, listed, strict=False))
        if len(keyed) != len(names) or len(applied.args) > 1:
            raise Unliftable(f"the model `{model.name}` in it is given too many or few tensors")
        slot = Slot("", False, False)
        named = {k: self._wires(v, slot, None) for k, v in keyed}
        training = applied.kwargs.get("training")
        return named, {"training": training} if isinstance(training, bool) else {}

    # --- tensors ----------------------------------------------------------------------------------

    def _wires(self, value: Any, slot: Slot, operation: Operation | None) -> Wires:
        if is_list(value):
            return tuple(self._wires(v, slot, operation) for v in value)
        if not isinstance(value, Ref):
            where = f"its layer `{operation.name}`" if operation is not None else "a model in it"
            raise Unliftable(f"{where} is given a constant among its tensors")
        wire = self._wire(value)
        return (wire,) if slot.many and not isinstance(wire, tuple) and not slot.name else wire

    def _wire(self, ref: Ref) -> Wires:
        if ref.name in self.frame.inputs:
            if ref.call or ref.index:
                raise Unliftable(f"the input `{ref.name}` has one tensor only")
            return Named(self.frame, (ref.name,), self.origin)
        found = self.calls.get((ref.name, ref.call))
        if found is None:
            raise Unliftable(f"nothing gives the tensor that `{ref.name}` is asked for")
        return Part(found, ref.index)


def outer_origin(frame: Frame) -> Any:
    """Where faults of a model from outside are shown: at what names it."""
    from specc.expand.flat import Origin

    return Origin(frame.path, frame.chain)


def _holds_tensor(value: Any) -> bool:
    if is_list(value):
        return any(_holds_tensor(v) for v in value)
    return isinstance(value, Ref)
