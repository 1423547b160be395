"""A spec is untrusted: no input, however malformed, does more than be refused.

Bombs are checked in a process of its own with a limit on memory and time; the fuzzing runs here.
Every row ends in a report, never in a traceback.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import specc
from specc.diagnostics.render import concise, full, github, sarif
from specc.diagnostics.render import json as json_format
from specc.diagnostics.report import Report

ROOT = Path(__file__).resolve().parent.parent
HEAD = "specc: 1\ninputs: {x: {shape: [4]}}\n"
TAIL = "graph: {y: {from: x, layers: [{Dense: {units: 2}}]}}\noutputs: [y]\n"
MIB = 2**20


def graph(*steps: str) -> str:
    """A spec whose one chain has these steps."""
    return f"{HEAD}graph: {{y: {{from: x, layers: [{', '.join(steps)}]}}}}\noutputs: [y]\n"


def doubled(line: str, first: str, count: int = 40) -> str:
    """Lines of which each holds the one before it twice."""
    lines = [first.format(i=0)] + [line.format(i=i, j=i - 1) for i in range(1, count)]
    return "".join(lines)


# --- bombs ----------------------------------------------------------------------------------------

BOMBS: dict[str, tuple[str, Callable[[], str]]] = {
    "100,000 brackets": ("S108", lambda: "a: " + "[" * 100_000),
    "100,000 mappings": ("S108", lambda: "{a: " * 100_000),
    "100,000 dashes": ("S108", lambda: "- " * 100_000),
    "100,000 complex keys": ("S105", lambda: "? " * 100_000),
    "levels by aliases": (
        "S108",
        lambda: HEAD + "params:\n" + doubled(
            "  a{i}: &a{i} " + "[" * 90 + "*a{j}" + "]" * 90 + "\n", "  a{i}: &a{i} 1\n"
        ) + TAIL,
    ),
    "an alias bomb": (
        "S110",
        lambda: HEAD + "params:\n" + doubled("  a{i}: &a{i} [*a{j}, *a{j}]\n", "  a{i}: &a{i} 1\n")
        + TAIL,
    ),
    "a million values and one": ("S110", lambda: HEAD + "params: {a: [" + "1," * 1_000_001 + "]}"),
    "a million aliases": (
        "S110", lambda: HEAD + "params: {b: &b [1], a: [" + "*b ," * 600_000 + "]}\n"
    ),
    "64 MiB and one": ("S109", lambda: "#" * (64 * MIB + 1)),
    "20 MiB of comment": ("S113", lambda: "#" * (20 * MIB)),
    "20 MiB of digits": ("S111", lambda: HEAD + "params: {a: " + "9" * 20 * MIB + "}\n"),
    "20 MiB of expressions": ("", lambda: HEAD + TAIL + "description: " + "$(" * 10 * MIB + "\n"),
    "100,000 digits": ("S111", lambda: HEAD + "params: {a: " + "9" * 100_000 + "}\n"),
    "100,000 digits of an exponent": ("S111", lambda: HEAD + "params: {a: 1e" + "9" * 100_000 + "}"),
    "100,000 tag directives": (
        "S106", lambda: "".join(f"%TAG !a{i}! x\n" for i in range(100_000)) + f"---\n{HEAD}{TAIL}"
    ),
    "100,000 unknown directives": ("S102", lambda: "%A\n" * 100_000),
    "100,000 duplicate keys": ("S104", lambda: HEAD + "params: {" + "a: 1," * 100_000 + "}\n" + TAIL),
    "100,000 unknown keys": (
        "S201", lambda: HEAD + TAIL + "train: {" + "".join(f"k{i}: 1," for i in range(100_000)) + "}"
    ),
    "20,000 wrong steps": ("S205", lambda: graph(*["{A: {}, B: {}}"] * 20_000)),
    "a repeat of 1e9": ("S308", lambda: graph("{repeat: 1000000000, layers: [ReLU]}")),
    "a repeat of 1e9 nothings": ("S308", lambda: graph("{repeat: 1000000000, layers: []}")),
    "a repeat of 1e9 left out": (
        "S308", lambda: graph("{repeat: 100000, layers: [{repeat: 10000, layers: "
                              "[{ReLU: {}, when: false}]}]}")
    ),
    "2^40 blocks": (
        "S308",
        lambda: HEAD + "blocks:\n" + doubled(
            "  b{i}: {{inputs: [x], output: y, graph: {{y: {{from: x, layers: "
            "[{{use: b{j}}}, {{use: b{j}}}]}}}}}}\n",
            "  b{i}: {{inputs: [x], output: y, graph: {{y: {{from: x, layers: [ReLU]}}}}}}\n",
        ) + "graph: {y: {from: x, layers: [{use: b39}]}}\noutputs: [y]\n",
    ),
    "2^40 values of params": (
        "S305",
        lambda: HEAD + "params:\n" + doubled("  p{i}: [$p{j}, $p{j}]\n", "  p{i}: [1, 1]\n")
        + "graph: {y: {from: x, layers: [{Dense: {units: $p39}}]}}\noutputs: [y]\n",
    ),
    "2^40 characters of params": (
        "S305",
        lambda: HEAD + "params:\n" + doubled("  p{i}: $p{j}-$p{j}\n", "  p{i}: aaaa\n")
        + "graph: {y: {from: x, layers: [{Dense: {units: $p39}}]}}\noutputs: [y]\n",
    ),
    "a chain of 50,000 params": (
        "", lambda: HEAD + "params:\n" + "".join(f"  p{i}: $p{i - 1}\n" for i in range(50_000, 0, -1))
        + "  p0: 1\n" + TAIL.replace("units: 2", "units: $p50000"),
    ),
    "a cycle of 20,000 chains": (
        "S402", lambda: HEAD + "graph:\n"
        + "".join(f"  c{i}: {{from: c{(i + 1) % 20_000}}}\n" for i in range(20_000))
        + "outputs: [c1]\n",
    ),
    "9 ** 9 ** 9": ("S305", lambda: HEAD + "params: {a: $(9 ** 9 ** 9)}\n" + TAIL),
    "a text times 1e9": ("S305", lambda: HEAD + "params: {a: $('a' * 10 ** 9)}\n" + TAIL),
    "a list times 1e9": ("S305", lambda: HEAD + 'params: {a: "$([1] * 1000000000)"}\n' + TAIL),
    "100,000 parentheses": (
        "S305", lambda: HEAD + f'params: {{a: "$({"(" * 100_000}1{")" * 100_000})"}}\n' + TAIL
    ),
    "1e12 units": ("S504", lambda: graph("{Dense: {units: 1e12}}")),
    "100,000 dimensions": (
        "S203", lambda: f"specc: 1\ninputs: {{x: {{shape: [{'9,' * 100_000}]}}}}\n{TAIL}"
    ),
}  # fmt: skip

CHILD = """
import resource, sys, time
import specc
from specc.diagnostics.render import full
resource.setrlimit(resource.RLIMIT_AS, (3 * 2**30, 3 * 2**30))
begun = time.process_time()
report = specc.check(sys.argv[1])
full.render(report)
seconds = time.process_time() - begun
with open("/proc/self/status") as status:  # ru_maxrss begins with what the parent took
    (peak,) = (line.split()[1] for line in status if line.startswith("VmHWM:"))
print(sorted(set(report.codes)), seconds, peak)
"""


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_in_bounded_time_and_memory(name: str, tmp_path: Path) -> None:
    """Each bound is checked before memory or time is spent: seconds, and a share of a gigabyte."""
    code, make = BOMBS[name]
    path = tmp_path / "bomb.yaml"
    path.write_text(make())
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(path)],
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    codes, seconds, peak = done.stdout.rsplit(" ", 2)
    assert not code or code in codes
    assert float(seconds) < 30
    assert int(peak) < 700 * 1024


def test_a_mapping_that_holds_itself_is_refused() -> None:
    """A program's mistake is no recursion of ours."""
    spec: dict[str, Any] = {"specc": 1}
    spec["params"] = spec
    assert specc.check(spec).codes == ["S108"]


# --- code, files, network -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        graph("os:system"),
        graph("{os.system: {command: ls}}"),
        graph("{Dense: {units: 2, activation: builtins.eval}}"),
        graph("{Dense: {units: 2, activation: os:system}}"),
        graph("{__import__: {}}"),
        graph("{Lambda: {function: 'x'}}"),
        graph("{Dense: {units: 2, kernel_initializer: {module: os, class_name: system}}}"),
        graph("{Dense: {units: \"$(__import__('os').system('touch owned'))\"}}"),
        graph('{Dense: {units: "$((1).__class__)"}}'),
        graph('{Dense: {units: "$([].append(1))"}}'),
        graph("{Dense: {units: \"$(open('/etc/passwd'))\"}}"),
        graph("{Dense: !!python/object/apply:os.system [touch owned]}"),
        HEAD + TAIL + "name: ../../owned\n",
        HEAD + TAIL + "extends: /etc/passwd\n",
        HEAD + TAIL + "extends: https://example.com/base.yaml\n",
        HEAD + TAIL + "extends: file:///etc/passwd\n",
        graph("{StringLookup: {vocabulary: /etc/passwd}}"),
    ],
)
def test_a_spec_reaches_no_code_no_file_and_no_network(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused, with a place, and nothing is left behind."""
    monkeypatch.chdir(tmp_path)
    report = specc.check(text=text)
    assert not report.ok
    assert all(d.span is not None for d in report.errors)
    assert list(tmp_path.iterdir()) == []


# --- fuzzing --------------------------------------------------------------------------------------

GALLERY = [p.read_text(encoding="utf-8") for p in sorted((ROOT / "specs").glob("*.yaml"))]
INLINE = [
    HEAD + TAIL,
    graph("{repeat: {u: [1, 2]}, layers: [{Dense: {units: $u}}, {mark: a}, {Add: {}, take: [a]}]}"),
    HEAD + "params: {a: 1, b: $(a + 1), c: [$a, $b]}\n" + TAIL,
    HEAD + "blocks: {b: {params: {n: 2}, inputs: [x], output: y, graph: {y: {from: x, layers: "
    "[{Dense: {units: $n}}]}}}}\ngraph: {y: {from: x, layers: [{use: b, with: {n: 3}, repeat: 2}]}}\n"
    "outputs: {y: {loss: mse, metrics: [mae]}}\n",
    HEAD + "models: {m: {inputs: {x: {shape: [4]}}, graph: {y: {from: x, layers: [ReLU]}}, "
    "outputs: [y]}}\nshared: {s: {Dense: {units: 4}}}\nvariables: {v: {shape: [4]}}\n"
    "graph: {y: {from: x, layers: [{use: m}, {use: s}]}, z: {from: {x1: y, x2: v}, layers: [ops.add]}}\n"
    "outputs: [z]\nlosses: {a: {MeanSquaredError: {}, y_true: 1, y_pred: z, weight: 0.5}}\n",
    HEAD + "graph: {y: {from: x, layers: [{Reshape: {target_shape: [2, 2]}}, "
    "{LSTM: {units: 3, return_state: true}, as: [it, h, c]}]}}\noutputs: {y: , h: {from: y.h}}\n",
]
FUZZ = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def survives(report: Report) -> None:
    """Every format renders a report, and the structured ones can be read back."""
    for render in (full.render, concise.render, github.render):
        text = render(report)
        assert "\x1b" not in text
    full.render(report, color=True)
    for found in json.loads(json_format.render([report])):
        line, end_line = found["line"], found["end_line"]
        if line is not None:
            assert 1 <= line <= end_line
            assert found["column"] >= 1
            assert line < end_line or found["column"] <= found["end_column"]
    json.loads(sarif.render([report]))


@FUZZ
@given(st.text(st.characters()))
def test_no_text_gives_a_traceback(text: str) -> None:
    """Random characters of any kind."""
    survives(specc.check(text=text))


@FUZZ
@given(st.binary())
def test_no_file_gives_a_traceback(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    """Random bytes, read as YAML and as JSON."""
    folder = tmp_path_factory.mktemp("fuzz")
    for ending in (".yaml", ".json"):
        path = folder / f"spec{ending}"
        path.write_bytes(data)
        survives(specc.check(path))


TOKENS = st.sampled_from(
    ["specc: 1\n", "inputs:", "graph:", "outputs:", "layers:", "from:", " ", "  ", "\n", "- ", "{",
     "}", "[", "]", ",", ": ", "x", "y", "1", "&a ", "*a", "<<", "!!int ", "'", '"', "|\n", ">\n",
     "? ", "# ", "---\n", "...\n", "%YAML 1.2\n", "$x", "$(", ")", "\t", "\ufeff", "\u2028", "😀",
     "null", "~", "1e9", ".inf", "Dense", "use:", "repeat:", "\\", "\r"]
)  # fmt: skip


@FUZZ
@given(st.lists(TOKENS, max_size=40).map("".join))
def test_nothing_that_looks_like_yaml_gives_a_traceback(text: str) -> None:
    """Words of the language and of YAML in any order."""
    survives(specc.check(text=text))


@FUZZ
@given(st.data())
def test_no_spec_that_is_cut_or_misspelt_gives_a_traceback(data: st.DataObject) -> None:
    """Specs of the gallery with characters taken out, put in or exchanged."""
    text = data.draw(st.sampled_from(GALLERY + INLINE))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        gone = data.draw(st.integers(0, 5))
        put = data.draw(st.text(max_size=3) | TOKENS)
        text = text[:at] + put + text[at + gone :]
    survives(specc.check(text=text))


VALUES = st.sampled_from(
    [None, True, False, 0, 1, -1, 3, 2**53, 10**30, 0.5, -0.0, 1e308, "", "x", "y", "it", "$x",
     "$(1 / 0)", "$(", "$$", "a.b", ".", "y.0", "Dense", "ops.add", "ops.", "it.it", "\x1b[31m",
     "\ud800", [], {}, [[]], [None], {"": {}}, {"x": None}, {"Dense": {"units": 2}}, {"use": "m"},
     {"repeat": 2, "layers": ["ReLU"]}, {"mark": "m"}, [1, "a", None], "a" * 5000, "😀", "\u202e"]
)  # fmt: skip


def mutated(value: Any, data: st.DataObject) -> Any:
    """The tree with one of its values or keys changed, dropped, doubled or swapped."""
    places: list[tuple[Any, Any]] = []
    stack = [value]
    while stack:
        node = stack.pop()
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        places += [(node, key) for key in keys]
        stack += [node[k] for k in keys if isinstance(node[k], dict | list)]
    if not places:
        return value
    node, key = data.draw(st.sampled_from(places))
    other, at = data.draw(st.sampled_from(places))
    match data.draw(st.integers(0, 4)):
        case 0:
            node[key] = deepcopy(data.draw(VALUES))  # what is drawn is one object each time
        case 1:
            del node[key]
        case 2 if isinstance(node, dict):
            node[data.draw(VALUES.filter(lambda v: isinstance(v, str)))] = node.pop(key)
        case 3 if not isinstance(other.get(at) if isinstance(other, dict) else None, dict | list):
            if (isinstance(other, dict) and at in other) or (
                isinstance(other, list)
                and at < len(other)
                and not isinstance(other[at], dict | list)
            ):
                node[key] = other[at]
        case _:
            node[key] = [node[key]] if data.draw(st.booleans()) else {"Dense": node[key]}
    return value


@FUZZ
@given(st.data())
def test_no_spec_of_another_shape_gives_a_traceback(data: st.DataObject) -> None:
    """Specs of the gallery with values, keys and parts changed, as a mapping and as JSON."""
    tree = yaml.safe_load(data.draw(st.sampled_from(GALLERY + INLINE)))
    for _ in range(data.draw(st.integers(1, 5))):
        tree = mutated(tree, data)
    survives(specc.check(tree))
    survives(specc.check(text=json.dumps(tree)))


@FUZZ
@given(
    st.sampled_from(GALLERY + INLINE),
    st.lists(st.text(st.characters(), max_size=20) | TOKENS, max_size=4),
)
def test_no_setting_gives_a_traceback(text: str, parts: list[str]) -> None:
    """`--set` with any address and any value."""
    survives(specc.check(text=text, sets=["=".join(parts), f"graph.{'.'.join(parts)}=1"]))


@FUZZ
@given(st.data())
def test_every_address_of_a_spec_can_be_set(data: st.DataObject) -> None:
    """A path that is written in the document is an address, and any value there is survived."""
    text = data.draw(st.sampled_from(GALLERY))
    node: Any = yaml.safe_load(text)
    address: list[str] = []
    while isinstance(node, dict | list) and node and data.draw(st.integers(0, 3)):
        key = data.draw(st.sampled_from(list(node) if isinstance(node, dict) else range(len(node))))
        node = node[key]
        address.append(str(key))
    if not address:
        return
    value = data.draw(st.sampled_from(["1", "x", "[]", "{}", "", "$x", "$(1 / 0)", "{Dense: {}}"]))
    report = specc.check(text=text, sets=[f"{'.'.join(address)}={value}"])
    survives(report)
    lost = [d for d in report if d.code == "S118" and d.span and d.span.source.name == "--set"]
    assert lost == []


@FUZZ
@given(st.dictionaries(st.text(max_size=10), VALUES, max_size=3))
def test_no_params_give_a_traceback(params: dict[str, Any]) -> None:
    """What a program passes is checked as a document is."""
    survives(specc.check(text=INLINE[2], params=params))
