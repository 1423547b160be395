"""Asks a real yaml-language-server what an editor would show, with the committed schema.

npm install --prefix /tmp/yls yaml-language-server
python tools/try_editor.py /tmp/yls/node_modules/yaml-language-server/bin/yaml-language-server

Each question is a spec with the cursor as `|`, and some of what must be offered there.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = ROOT / "schemas" / "spec.schema.json"

START = "specc: 1\ninputs: {x: {shape: [4]}}\n"
STEPS = START + "graph:\n  y:\n    from: x\n    layers:\n"
COMPLETIONS: list[tuple[str, str, set[str]]] = [
    ("a section", START + "|", {"graph", "outputs", "train", "data"}),
    ("a step", STEPS + "      - |", {"Dense", "Flatten", "ops.add", "use", "repeat", "mark"}),
    ("a class begun", STEPS + "      - Den|", {"Dense"}),
    ("arguments", STEPS + "      - Dense:\n          |", {"units", "activation", "name"}),
    ("further ones", STEPS + "      - Dense:\n          units: 3\n          a|", {"activation"}),
    ("in one line", STEPS + "      - Dense: {units: 3, a|}", {"activation"}),
    ("a choice", STEPS + "      - Dense: {units: 3, activation: |}", {"relu", "softmax"}),
    ("padding", STEPS + "      - Conv2D:\n          padding: |", {"same", "valid"}),
    ("beside", STEPS + "      - Dense: {units: 3}\n        |", {"when", "repeat", "take", "as"}),
    ("an op", STEPS + "      - ops.resh|", {"ops.reshape"}),
    ("in a wrapper", STEPS + "      - TimeDistributed:\n          layer: {D|}", {"Dense"}),
    ("an initializer", STEPS + "      - Dense: {kernel_initializer: {H|}}", {"HeNormal"}),
    ("a loss", START + "outputs:\n  y: {loss: |}", {"mse", "sparse_categorical_crossentropy"}),
    ("a metric", START + "outputs:\n  y:\n    metrics:\n      - |", {"accuracy", "AUC"}),
    ("an optimizer", START + "train:\n  optimizer:\n    |", {"Adam", "SGD"}),
    ("a rate", START + "train:\n  optimizer:\n    Adam:\n      l|", {"learning_rate"}),
    (
        "a schedule",
        START + "train:\n  optimizer:\n    Adam:\n      learning_rate:\n        |",
        {"CosineDecay"},
    ),
    ("a callback", START + "train:\n  callbacks:\n    - |", {"EarlyStopping", "CSVLogger"}),
    ("a dataset", START + "data:\n  source: |", {"digits", "iris"}),
    ("a transform", START + "data:\n  inputs:\n    x:\n      transform: [|]", {"flatten"}),
    ("with a base", "specc: 1\nextends: b.yaml\ntrain:\n  |", {"epochs", "optimizer"}),
]
HOVERS: list[tuple[str, str, str]] = [
    ("a section", "specc: 1\ngr|aph: {}\noutputs: []\n", "The chains"),
    ("a class", STEPS + "      - De|nse: {units: 3}\n", "fully connected"),
    ("an argument", STEPS + "      - Dense: {un|its: 3}\n", "whole number"),
    ("a class as text", STEPS + "      - Flat|ten\n", "batch"),
    ("an optimizer", START + "train: {optimizer: {Ad|am: {}}}\n", "Adam algorithm"),
    ("a dataset", START + "data: {source: dig|its}\n", "8"),
]


class Server:
    """A language server on a pipe."""

    def __init__(self, command: list[str]) -> None:
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.last = 0
        self.published: dict[str, Any] = {}
        self.ask("initialize", {"processId": None, "rootUri": ROOT.as_uri(), "capabilities": _CAN})
        self.tell("initialized", {})

    def tell(self, method: str, parameters: Any) -> None:
        self._send({"jsonrpc": "2.0", "method": method, "params": parameters})

    def ask(self, method: str, parameters: Any) -> Any:
        self.last += 1
        own = self.last
        self._send({"jsonrpc": "2.0", "id": own, "method": method, "params": parameters})
        while True:
            message = self._receive()
            if "method" not in message and message.get("id") == own:
                return message.get("result")

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps(message).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        """The next message; what the server itself asks is answered on the way."""
        assert self.process.stdout is not None
        length = 0
        while line := self.process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        message = json.loads(self.process.stdout.read(length))
        if message.get("method") == "textDocument/publishDiagnostics":
            self.published[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif "method" in message and "id" in message:
            result: Any = None
            if message["method"] == "workspace/configuration":
                result = [_SETTINGS.get(i["section"], {}) for i in message["params"]["items"]]
            self._send({"jsonrpc": "2.0", "id": message["id"], "result": result})
        return message

    def diagnostics(self, uri: str) -> list[Any]:
        """What the server says of an open document."""
        while uri not in self.published:
            self._receive()
        return self.published[uri]


_CAN = {
    "workspace": {"configuration": True},
    "textDocument": {
        "completion": {"completionItem": {"documentationFormat": ["markdown"]}},
        "hover": {"contentFormat": ["markdown"]},
        "publishDiagnostics": {},
    },
}
_ON = {"validate": True, "hover": True, "completion": True}
_SETTINGS = {"yaml": {**_ON, "schemaStore": {"enable": False}}}


def main(command: str) -> int:
    """Asks everything, and says what was not as it must be."""
    server = Server(["node", command, "--stdio"])
    faults = 0
    header = f"# yaml-language-server: $schema={SCHEMA.as_uri()}\n"

    def at(number: int, text: str) -> dict[str, Any]:
        before, _, after = text.partition("|")
        before = header + before
        uri = f"file:///spec{number}.yaml"
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": before + after}
        server.tell("textDocument/didOpen", {"textDocument": document})
        line = before.count("\n")
        position = {"line": line, "character": len(before) - before.rfind("\n") - 1}
        return {"textDocument": {"uri": uri}, "position": position}

    for number, (what, text, wanted) in enumerate(COMPLETIONS):
        found = server.ask("textDocument/completion", at(number, text)) or {"items": []}
        labels = {item["label"] for item in found["items"]}
        missing = wanted - labels
        faults += bool(missing)
        documented = sum(bool(item.get("documentation")) for item in found["items"])
        verdict = f"LACKS {sorted(missing)}" if missing else "ok"
        print(f"completion, {what}: {len(labels)} offered, {documented} documented: {verdict}")
        if missing:
            print("   ", sorted(labels)[:30])
    for number, (what, text, wanted) in enumerate(HOVERS, len(COMPLETIONS)):
        found = server.ask("textDocument/hover", at(number, text))
        said = "" if not found else str(found["contents"]["value"])
        faults += wanted not in said
        verdict = "ok" if wanted in said else f"LACKS {wanted!r}"
        print(f"hover, {what}: {verdict}")
    for number, path in enumerate(sorted((ROOT / "specs").glob("*.yaml")), 1000):
        place = at(number, path.read_text(encoding="utf-8"))
        for one in server.diagnostics(place["textDocument"]["uri"]):
            faults += 1
            print(f"{path.name}:{one['range']['start']['line']}: {one['message'][:300]}")
    server.process.kill()
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
