"""A Keras config -> a `Saved` model. Only what the catalogue exports is known; nothing is imported.

The form is that which Keras 3 writes: `{"class_name", "config", "module", "registered_name"}`, in a
Functional model with `inbound_nodes`, whose tensors are `[operation, call, tensor]`.
"""

from __future__ import annotations

from typing import Any

from specc.catalogue.catalogue import Catalogue
from specc.catalogue.plain import is_dict, is_list
from specc.catalogue.refused import REFUSED
from specc.lift.calls import (
    LAYER_MODULES,
    applied,
    counted,
    get_item,
    own_name,
    read_input,
    read_shape,
    shown_name,
    tensors,
)
from specc.lift.classes import APPLICATIONS_OWN, op_of
from specc.lift.saved import Applied, Foreign, Operation, Ref, Saved, SavedInput, Unliftable
from specc.lift.values import check_entry, plain

OPERATIONS = 20_000
"""How many operations a model may have, those of models inside it counted too."""

LEVELS = 20
"""How deep models may stand in one another."""

_MODELS = {"Functional", "Sequential", "Model"}
_MODEL_MODULES = {
    "keras",
    "keras.models",
    "keras.src.models.functional",
    "keras.src.models.model",
    "keras.src.models.sequential",
}
_OP_MODULES = {
    f"keras.src.ops.{m}" for m in ("numpy", "nn", "core", "math", "image", "linalg", "einops")
}


class Reader:
    """Reads one config; it counts what it has read."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._count = 0
        self._shared: set[int] = set()

    def model(self, entry: Any, level: int = 0) -> Saved:
        """A model's entry; raises `Unliftable`."""
        if level > LEVELS:
            raise Unliftable(f"its models stand more than {LEVELS} deep in one another")
        if not is_dict(entry) or not is_dict(entry.get("config")):
            raise Unliftable("its configuration is not that of a Keras model")
        if entry.get("class_name") not in _MODELS:
            name = str(entry.get("class_name"))[:60]
            raise Foreign(
                f"it is a `{name}`, and not a Functional or Sequential model",
                help="a model that is a class of its own runs that class's code",
            )
        check_entry(entry, _MODEL_MODULES)
        config = entry["config"]
        layers = config.get("layers")
        if not is_list(layers) or not all(is_dict(x) for x in layers):
            raise Unliftable("its configuration has no list of layers")
        self._count += len(layers)
        if self._count > OPERATIONS:
            raise Unliftable(f"it has more than {OPERATIONS:,} layers")
        if entry["class_name"] == "Sequential":
            return self._sequential(config, layers, level)
        return self._functional(config, layers, level)

    # --- the two forms ----------------------------------------------------------------------------

    def _functional(self, config: dict[Any, Any], layers: list[Any], level: int) -> Saved:
        inputs: dict[str, SavedInput] = {}
        operations: dict[str, Operation] = {}
        order: list[str] = []
        for layer in layers:
            name = shown_name(layer.get("name"))
            if name in inputs or name in operations:
                raise Unliftable(f"two of its layers are named `{name}`")
            order.append(name)
            if layer.get("class_name") == "InputLayer":
                inputs[name] = read_input(layer, name)
                continue
            nodes = layer.get("inbound_nodes")
            if not is_list(nodes) or not all(is_dict(n) for n in nodes):
                raise Unliftable(
                    f"the layer `{name}` is not called as Keras 3 writes it",
                    help="load the model with Keras 3 and save it again",
                )
            calls = tuple(applied(n) for n in nodes)
            operations[name] = self._operation(layer, name, calls, level)
        taken = list(tensors(config.get("input_layers")))
        if sorted(r.name for _, r in taken) != sorted(inputs):
            raise Unliftable("its inputs are not those of its input layers")
        outputs = [
            (key or ref.name, counted(ref, operations))
            for key, ref in tensors(config.get("output_layers"))
        ]
        return Saved(
            shown_name(config.get("name")),
            tuple(inputs[r.name] for _, r in taken),
            tuple(operations.values()),
            tuple(outputs),
            config.get("trainable") is not False,
            tuple(order),
        )

    def _sequential(self, config: dict[Any, Any], layers: list[Any], level: int) -> Saved:
        first: dict[Any, Any] = layers[0] if layers else {}
        if first.get("class_name") == "InputLayer":
            entry = read_input(first, own_name(first))
            layers = layers[1:]
        else:
            shape = config.get("build_input_shape")
            if not is_list(shape):
                raise Unliftable(
                    "it is a Sequential model that was never built, so its input is not known",
                    help="call it once, or give it an `Input`, before it is saved",
                )
            entry = SavedInput("input", read_shape(shape), "float32")
        operations: list[Operation] = []
        names = [entry.name]
        for layer in layers:
            name = own_name(layer)
            if name in names:
                raise Unliftable(f"two of its layers are named `{name}`")
            before = Ref(names[-1])
            operations.append(self._operation(layer, name, (Applied((before,)),), level))
            names.append(name)
        trainable = config.get("trainable") is not False
        output = (names[-1], Ref(names[-1]))
        name = shown_name(config.get("name"))
        return Saved(name, (entry,), tuple(operations), (output,), trainable, tuple(names))

    # --- operations -------------------------------------------------------------------------------

    def _operation(
        self, entry: dict[Any, Any], name: str, calls: tuple[Applied, ...], level: int
    ) -> Operation:
        cls, module = str(entry.get("class_name")), entry.get("module")
        if cls in _MODELS and module in _MODEL_MODULES:
            first = 0 if cls == "Sequential" else 1
            return Operation(name, "model", {}, calls, self.model(entry, level + 1), first=first)
        config = entry.get("config")
        if not is_dict(config):
            raise Unliftable(f"the layer `{name}` has no configuration")
        if module in _OP_MODULES:
            check_entry(entry, _OP_MODULES)
            return self._op(name, cls, config, calls)
        if cls in REFUSED:
            refusal = REFUSED[cls]
            raise Foreign(f"its layer `{name}` is a {cls}, which {refusal.reason}")
        if "." in cls:
            raise Foreign(f"its layer `{name}` is the custom class `{cls[:60]}`")
        own = APPLICATIONS_OWN.get(cls)
        check_entry(entry, LAYER_MODULES if own is None else {own})
        self._once(entry, name)
        inner: dict[str, Saved] = {}
        arguments = self._arguments(cls, config, inner, level)
        return Operation(name, cls, arguments, calls, None, inner)

    def _once(self, entry: dict[Any, Any], name: str) -> None:
        shared = entry.get("shared_object_id")
        if shared is None:
            return
        if not isinstance(shared, int) or shared in self._shared:
            raise Unliftable(
                f"the layer `{name}` stands in the model and in a wrapper, or in two wrappers"
            )
        self._shared.add(shared)

    def _arguments(
        self, cls: str, config: dict[Any, Any], inner: dict[str, Saved], level: int
    ) -> dict[str, Any]:
        """The constructor's arguments; what a layer has no argument for must be nothing."""

        def wrapped(entry: dict[str, Any]) -> Any:
            if entry.get("class_name") in _MODELS:
                key = f"model{len(inner) + 1}"
                inner[key] = self.model(entry, level + 1)
                return {"use": key}
            name = str(entry.get("class_name"))
            if name in REFUSED:
                raise Foreign(f"it holds a {name}, which {REFUSED[name].reason}")
            check_entry(entry, LAYER_MODULES)
            self._once(entry, name)
            held = entry.get("config")
            if not is_dict(held):
                raise Unliftable(f"the layer `{name[:60]}` has no configuration")
            return {name: self._arguments(name, held, inner, level)}

        known = self._known(cls)
        found: dict[str, Any] = {}
        for key, value in config.items():
            if key == "name" or (key == "trainable" and value is True):
                continue
            if value is None and key not in known:
                continue
            read = _model_or(plain, value, wrapped)
            if known and key not in known:
                state = key in _STATE and isinstance(read, bool | int)
                if read in (None, False, [], {}) or state:
                    continue
            found[str(key)] = read
        return {k: v for k, v in found.items() if v is not None or k in known}

    def _known(self, cls: str) -> set[str]:
        """The arguments of a layer that the catalogue knows; nothing where it has no such layer."""
        layers = self.catalogue.families["layer"]
        canonical = self.catalogue.canonical("layer", cls)
        if canonical not in layers.classes:
            return set()
        return {*layers.classes[canonical], *self.catalogue.base} | {
            a.name for a in self.catalogue.layers[canonical].arguments
        }

    def _op(
        self, name: str, cls: str, config: dict[Any, Any], calls: tuple[Applied, ...]
    ) -> Operation:
        op = op_of(self.catalogue, cls)
        if op is None:
            raise Unliftable(f"specc has no rule for the op `{cls[:60]}` of its node `{name}`")
        arguments = {str(k): plain(v) for k, v in config.items() if k not in ("name", "dtype")}
        if "dtype" in {a.name for a in self.catalogue.ops[op].arguments} and "dtype" in config:
            arguments["dtype"] = plain(config["dtype"])
        if op == "get_item":
            return Operation(name, "ops.get_item", *get_item(calls, name))
        arguments = {k: v for k, v in arguments.items() if v is not None}
        return Operation(name, f"ops.{op}", arguments, calls)


_STATE = {"zero_output_for_mask", "vocabulary_size"}
"""What some layers write beside their arguments: it bears on no shape and no weight."""


def _model_or(read: Any, value: Any, wrapped: Any) -> Any:
    """A value; a model in the place of a layer is no value of the catalogue's."""
    if is_dict(value) and value.get("class_name") in _MODELS:
        check_entry(value, _MODEL_MODULES)
        return wrapped(value)
    return read(value, wrapped)
