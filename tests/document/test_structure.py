"""Structure: every fault at its key or value, in the words of the language, with a way out."""

from __future__ import annotations

import pytest

import specc
from specc.diagnostics.diagnostic import Diagnostic
from specc.diagnostics.report import Report
from specc.document.structure import structured

from .reading import HEAD, TAIL, place, tree

NAMED = "graph: {y: {from: x}}\noutputs: [y]\n"


def faults(text: str) -> list[Diagnostic]:
    """What the check of structure finds in a spec."""
    root, found = tree(text)
    assert found == []
    assert root is not None
    report = Report()
    structured(root, report)
    return list(report)


def step(written: str) -> Diagnostic:
    """The one fault of a step, which begins at column 31 of line 3."""
    (found,) = faults(f"{HEAD}graph: {{y: {{from: x, layers: [{written}]}}}}\noutputs: [y]\n")
    return found


@pytest.mark.parametrize(
    ("line", "code", "where", "message", "help"),
    [
        ("trian: {}", "S201", (5, 1, 5, 6), "unknown key `trian`", "`train`"),
        ("train: {epoch: 3}", "S201", (5, 9, 5, 14), "unknown key `epoch`", "`epochs`"),
        ("train: {zzz: 3}", "S201", (5, 9, 5, 12), "unknown key `zzz`", "the keys here are"),
        ("train: []", "S203", (5, 8, 5, 10), "a mapping", "the keys here are"),
        ("train: {epochs: many}", "S203", (5, 17, 5, 21), 'a whole number, not "many"', None),
        ("train: {epochs: 0}", "S203", (5, 17, 5, 18), "a whole number from 1, not 0", None),
        ("train: {epochs: 1.5}", "S203", (5, 17, 5, 20), "a whole number, not 1.5", None),
        ("train: {epochs: true}", "S203", (5, 17, 5, 21), "a whole number, not true", None),
        ("train: {precision: mixed_float}", "S203", (5, 20, 5, 31), "one of", "`mixed_float16`"),
        ("train: {batch_size: ful}", "S203", (5, 21, 5, 24), "or `full`", "`full`"),
        (
            "train: {distribute: {model_paralel: {}}}",
            "S201",
            (5, 22, 5, 35),
            "",
            "`model_parallel`",
        ),
        ("train: {optimizer: 3}", "S203", (5, 20, 5, 21), "a name", None),
        ("train: {optimizer: {Adam: 3}}", "S203", (5, 27, 5, 28), "by name", None),
        ("train: {optimizer: {Adam: {}, SGD: {}}}", "S203", (5, 20, 5, 39), "`SGD`", None),
        ("train: {callbacks: TensorBoard}", "S203", (5, 20, 5, 31), "a list", "`[TensorBoard]`"),
        ("train: {phases: [{name: a, over: b}]}", "S203", (5, 34, 5, 35), "a list", "`[b]`"),
        ("train: {phases: [{nam: a}]}", "S201", (5, 19, 5, 22), "", "`name`"),
        ("variables: {v: {}}", "S202", (5, 13, 5, 14), "`v` needs `shape`", None),
        ("data: {source: a, split: {test: 1.5}}", "S203", (5, 33, 5, 36), "below 1", None),
        ("data: {source: a, inputs: {x: {feild: b}}}", "S201", (5, 32, 5, 37), "", "`field`"),
        ("tune: {objective: a, space: {}}", "S203", (5, 29, 5, 31), "at least 1 entry", None),
        ("variables: {v: {shap: [1]}}", "S201", (5, 17, 5, 21), "", "`shape`"),
        ("variables: {v: {shape: [0]}}", "S203", (5, 25, 5, 26), "from 1", None),
        ("blocks: {b: {graph: {}}}", "S202", (5, 10, 5, 11), "`b` needs `inputs`", None),
        ("blocks: {b: {inputs: [x], ouput: y}}", "S201", (5, 27, 5, 32), "", "`output`"),
        ("models: {m: {input: {}}}", "S201", (5, 14, 5, 19), "", "`inputs`"),
        (
            "models: {m: {blocks: {b: {inputs: [], grap: {}}}}}",
            "S201",
            (5, 39, 5, 43),
            "",
            "`graph`",
        ),
        ("shared: {m: {Dense: {}, when: true}}", "S205", (5, 13, 5, 36), "`when`", None),
        ("losses: {a: {b: c}}", "S203", (5, 13, 5, 19), "one loss class", "MeanSquaredError"),
        ("losses: {a: mse}", "S203", (5, 13, 5, 16), "a mapping", "MeanSquaredError"),
        ("losses: {a: {L: 3, y_true: 1}}", "S203", (5, 17, 5, 18), "by name", None),
        ("name: ../x", "S204", (5, 7, 5, 11), "names a folder", None),
        ("description: 3", "S203", (5, 14, 5, 15), "text, not 3", None),
        ("params: {A: 1}", "S204", (5, 10, 5, 11), "lower-case letter", None),
        ("params: {it: 1}", "S204", (5, 10, 5, 12), "meaning of its own", None),
        ("params: [1]", "S203", (5, 9, 5, 12), "a mapping", None),
        ("extends: 3", "S203", (5, 10, 5, 11), "text, not 3", None),
    ],
)
def test_a_fault_has_its_place_and_a_way_out(
    line: str, code: str, where: tuple[int, ...], message: str, help: str | None
) -> None:
    """One error, at the key if the key is wrong and at the value if the value is."""
    (found,) = faults(f"{HEAD}{TAIL}{line}\n")
    assert (found.code, place(found)) == (code, where)
    assert message in found.message
    if help is not None:
        assert help in (found.help or "")
    assert "{{" not in found.message + (found.help or "")


@pytest.mark.parametrize(
    ("written", "code", "where", "message", "help"),
    [
        ("{Dense: {}, Dropout: {}}", "S205", (31, 55), "`Dense`, `Dropout`", "`-` of its own"),
        ("{Dense: {}, wen: true}", "S201", (43, 46), "`wen`", "`when`"),
        ("{use: a, whith: {}}", "S201", (40, 45), "`whith`", "`with`"),
        ("{repeat: 2, layer: [ReLU]}", "S201", (43, 48), "`layer`", "`layers`"),
        ("{repeat: 2}", "S205", (31, 42), "repeats nothing", "`layers`"),
        ("{mark: a, when: true}", "S201", (41, 45), "`when`", "mark"),
        ("{mark: A}", "S204", (38, 39), "no name", None),
        ("{layers: [ReLU]}", "S202", (31, 47), "needs `repeat`", None),
        ("{repeat: 2, layers: ReLU}", "S203", (51, 55), "a list", "`[ReLU]`"),
        ("{Dense: 2}", "S203", (39, 40), "by name", None),
        ("{}", "S205", (31, 33), "no class", "Dense"),
        ("3", "S205", (31, 32), "a step is", "Dense"),
        ("os:system", "S205", (31, 40), "no class of a layer", "Dense"),
        ("{ReLU: {}, repeat: -1}", "S203", (50, 52), "from 0", None),
        ("{ReLU: {}, id: 3}", "S203", (46, 47), "a name, not 3", None),
        ("{ReLU: {}, take: 3}", "S203", (48, 49), "a list or a mapping", None),
    ],
)
def test_a_step_that_is_none_says_what_it_is(
    written: str, code: str, where: tuple[int, int], message: str, help: str | None
) -> None:
    """A misspelt key is told from a second class, and blamed where it stands."""
    found = step(written)
    assert (found.code, place(found)) == (code, (3, where[0], 3, where[1]))
    assert message in found.message
    if help is not None:
        assert help in (found.help or "")


@pytest.mark.parametrize("version", ["2", "0", "'1'", "true", "null", "[1]", "1.5", "one"])
def test_another_version_is_refused_before_all_else(version: str) -> None:
    """And `true` is not 1, though Python thinks so."""
    (found,) = faults(f"specc: {version}\nfoo: {{}}\n{TAIL}")
    assert found.code == "S206"


def test_a_spec_says_its_version_and_its_outputs() -> None:
    """What every spec needs has an error of its own."""
    found = faults("inputs: {x: {shape: [4]}}\n")
    assert {d.code for d in found} == {"S202", "S207"}


@pytest.mark.parametrize(
    ("written", "message", "help"),
    [
        ("{shape: 4}", "a list, not 4", None),
        ("{shape: [-1]}", "a whole number from 1, not -1", None),
        ("{shape: [true]}", "or a name such as `time`", None),
        ("{shape: [Time]}", "no name", None),
        ("{shape: [4], dtype: float31}", "one of bool", "`float32`"),
        ("{shape: [4], sample: normale}", "normal", "`normal`"),
        ("{shape: [4], sample: {norm: {}}}", "`norm`", "`normal`"),
        ("{shape: [4], sample: {normal: {men: 1}}}", "`men`", "`mean`"),
        ("{shape: [4], sample: {integers: {low: 1}}}", "`integers` needs `high`", None),
    ],
)
def test_inputs_are_checked_down_to_the_last_key(
    written: str, message: str, help: str | None
) -> None:
    """Dimensions, dtypes and samples."""
    (found,) = faults(f"specc: 1\ninputs: {{x: {written}}}\n{NAMED}")
    assert message in found.message
    if help is not None:
        assert help in (found.help or "")


def test_a_dollar_is_no_class() -> None:
    """`$$` is a dollar, and so no step; nor may an expression be declared."""
    found = specc.check(text=f"{HEAD}graph: {{y: {{from: x, layers: [$$]}}}}\noutputs: [y]\n")
    assert found.codes == ["S205"]
    (declared,) = faults(f"{HEAD}{TAIL}shared: {{a: $x}}\n")
    assert declared.code == "S205"
    assert "`$x` is no class" in declared.message


def test_all_faults_are_found_at_once() -> None:
    """In the order of the file."""
    graph = "graph: {y: {form: x, layers: [3]}}\noutputs: [y]\n"
    text = f"{HEAD}{graph}train: {{epochs: 0, sed: 1}}\n"
    assert [d.code for d in faults(text)] == ["S201", "S205", "S203", "S201"]


def test_an_expression_may_stand_for_any_value() -> None:
    """Until the params are known, a text with a `$` is not blamed for its type."""
    text = (
        f"{HEAD}params: {{n: 3, k: 2, d: float32, b: true}}\ngraph:\n"
        "  y: {from: x, layers: [{Dense: {units: $n}, when: $b, repeat: $k}]}\n"
        "outputs: [y]\ntrain: {epochs: $n, steps_per_epoch: $(n * k), precision: $d}\n"
    )
    assert specc.check(text=text).ok
