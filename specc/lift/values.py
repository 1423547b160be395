"""Values of a Keras config -> values as a spec writes them: `{L2: {l2: 0.001}}`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from specc.catalogue.plain import is_dict, is_list
from specc.lift.saved import Foreign, Unliftable

MODULES = {
    "keras",
    "keras.initializers",
    "keras.regularizers",
    "keras.constraints",
    "keras.activations",
    "keras.layers",
    "keras.dtype_policies",
    "builtins",
    "keras.src.dtype_policies.dtype_policy",
}
"""Where a class may say that it comes from. Nothing is imported by it: the class's name is looked
up in the catalogue. Another module only says that the file was not written by Keras itself.
"""

ENTRY = {"class_name", "config", "module", "registered_name", "build_config", "shared_object_id"}
"""The keys of a class that is written into a config."""

_REFUSED = {
    "__lambda__": "Python code",
    "__typespec__": "a type of TensorFlow's",
    "__bytes__": "bytes",
}


def plain(value: Any, inner: Callable[[dict[str, Any]], Any] | None = None) -> Any:
    """A value as a spec writes it. `inner` makes something of a layer that is an argument."""
    if is_list(value):
        return [plain(v, inner) for v in value]
    if not is_dict(value):
        return value
    if "class_name" not in value:
        return {str(k): plain(v, inner) for k, v in value.items()}
    name, config = value["class_name"], value.get("config")
    if not isinstance(name, str):
        raise Unliftable("the name of a class is no text")
    if name == "__tuple__":
        return [plain(v, inner) for v in value.get("items", [])]
    if name in ("__tensor__", "__numpy__"):
        return array(config)
    if name in _REFUSED:
        raise Foreign(f"it holds {_REFUSED[name]}")
    check_entry(value, MODULES)
    if name == "function":
        return _function(config)
    if not is_dict(config):
        raise Unliftable(f"the class `{name[:60]}` has no configuration")
    if name == "DTypePolicy":
        return config.get("name")
    if inner is not None and value.get("module") == "keras.layers":
        return inner(value)
    return {name: {str(k): plain(v, inner) for k, v in config.items() if v is not None}}


def _function(config: Any) -> str:
    if not isinstance(config, str) or not config.isidentifier():
        raise Foreign("it names a function that is not Keras's own")
    return config  # an activation's name, which the catalogue knows or refuses


def check_entry(entry: dict[str, Any], modules: set[str]) -> None:
    """Refuses a class that says it comes from elsewhere, or from a registry."""
    name, module = str(entry.get("class_name")), entry.get("module")
    registered = entry.get("registered_name")
    if module not in modules:
        raise Foreign(
            f"it holds `{name[:60]}` of `{str(module)[:60]}`, which is no class of Keras's own",
            help="specc reads models of Keras's own layers and ops only",
        )
    if registered not in (None, name, "function"):
        raise Foreign(
            f"it holds the custom class `{str(registered)[:60]}`",
            help="specc reads models of Keras's own layers and ops only",
        )
    if strange := set(entry) - ENTRY - {"name", "inbound_nodes", "compile_config"}:
        raise Unliftable(f"`{name[:60]}` has the unknown key `{min(map(str, strange))[:60]}`")


def array(config: Any) -> Any:
    """The numbers of a constant."""
    if not is_dict(config):
        raise Unliftable("a constant has no value")
    return config.get("value")


def index_key(value: Any) -> list[str | int]:
    """What stands between Python's brackets, as `ops.get_item` takes it."""
    if is_dict(value) and value.get("class_name") == "__tuple__":
        value = value.get("items")
    parts: list[Any] = value if is_list(value) else [value]
    return [_part(p) for p in parts]


def _part(value: Any) -> str | int:
    if value is None:
        return "newaxis"
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if is_dict(value) and value.get("class_name") == "__ellipsis__":
        return "..."
    if is_dict(value) and value.get("class_name") == "__slice__":
        ends = value.get("config")
        if is_dict(ends):
            texts = [_end(ends.get(k)) for k in ("start", "stop", "step")]
            return ":".join(texts)
    raise Unliftable("it picks places of a tensor in a way that specc does not read")


def _end(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise Unliftable("it picks places of a tensor in a way that specc does not read")
