"""Gives every name of a spec another, so that nothing can go by what things are called.

Names are those of inputs, variables, models, blocks, chains, parts, outputs, losses and phases, and
whatever refers to them. What is Keras's or the data's stays, and so do params, which are values.
"""

from __future__ import annotations

from typing import Any

ENDING = "_renamed"


def renamed(spec: dict[str, Any]) -> dict[str, Any]:
    """A spec, its bases merged, with every name changed."""
    made = _body(spec, set(spec.get("models", ())) | set(spec.get("blocks", ())))
    made["losses"] = {
        _name(n): {
            k: v if k[:1].isupper() or k == "weight" else _reference(v) for k, v in t.items()
        }
        for n, t in spec.get("losses", {}).items()
    }
    made["data"] = {
        key: {_name(n): b for n, b in value.items()} if key in ("inputs", "targets") else value
        for key, value in spec["data"].items()
    }
    train = dict(spec["train"])
    if "phases" in train:
        train["phases"] = [
            {
                **phase,
                "name": _name(phase["name"]),
                "minimize": _reference(phase["minimize"]),
                "over": _reference(phase["over"]),
            }
            for phase in train["phases"]
        ]
    return {**made, "train": train}


def _name(name: str) -> str:
    return name + ENDING


def _reference(written: Any) -> Any:
    """Tensors: `chain`, `chain.part`, several of them; numbers and params stay."""
    if isinstance(written, list):
        return [_reference(w) for w in written]
    if not isinstance(written, str) or written.startswith("$"):
        return written
    return ".".join(_name(part) for part in written.split("."))


def _body(body: dict[str, Any], used: set[str]) -> dict[str, Any]:
    """A spec, model or block; `used` are the names of models and blocks."""
    made = dict(body)
    for section in ("inputs", "variables"):
        if isinstance(body.get(section), dict):
            made[section] = {_name(n): v for n, v in body[section].items()}
    if isinstance(body.get("inputs"), list):
        made["inputs"] = _reference(body["inputs"])
    for section in ("models", "blocks"):
        if section in body:
            made[section] = {_name(n): _body(b, used) for n, b in body[section].items()}
    if "graph" in body:
        made["graph"] = {_name(n): _chain(c, used) for n, c in body["graph"].items()}
    if "output" in body:
        made["output"] = _reference(body["output"])
    outputs = body.get("outputs")
    if isinstance(outputs, dict):
        made["outputs"] = {_name(n): v for n, v in outputs.items()}
    elif outputs is not None:
        made["outputs"] = _reference(outputs)
    return made


def _chain(chain: dict[str, Any], used: set[str]) -> dict[str, Any]:
    layers = [_step(s) for s in chain.get("layers", [])]
    source = chain["from"]
    if isinstance(source, dict):
        first = chain["layers"][0]
        of_ours = isinstance(first, dict) and first.get("use") in used
        source = {_name(k) if of_ours else k: _reference(v) for k, v in source.items()}
    else:
        source = _reference(source)
    return {**chain, "from": source, "layers": layers}


def _step(step: Any) -> Any:
    if not isinstance(step, dict):
        return step
    made = dict(step)
    if "use" in step:
        made["use"] = _name(step["use"])
    if "layers" in step:
        made["layers"] = [_step(s) for s in step["layers"]]
    return made
