"""What is loaded, and when: nothing heavy by what only reads, draws or explains a spec."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "specc"
HEAVY = {
    "jax",
    "keras",
    "matplotlib",
    "numpy",
    "optuna",
    "pandas",
    "ray",
    "scipy",
    "sklearn",
    "tensorflow",
    "torch",
}

LOADED = f"""
import atexit, sys
atexit.register(lambda: print("LOADED", *sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr))
"""

COMMAND = """
import sys
from specc.cli import main
sys.argv = ["specc", *sys.argv[1:]]
main()
"""

WITHOUT = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {missing!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Missing())
"""


def python(code: str, *arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Runs `code` in an interpreter of its own, which starts in `folder`."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def loaded(done: subprocess.CompletedProcess[str]) -> list[str]:
    """The heavy packages that a run of LOADED had loaded at its end."""
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("LOADED")]
    return line.split()[1:]


def test_the_probe_sees_what_is_loaded() -> None:
    """Without this, a probe that sees nothing would prove anything."""
    assert "pandas" in loaded(python(LOADED + "import pandas"))


def test_importing_specc_loads_nothing_heavy() -> None:
    """`import specc` is for editors and notebooks that may never train."""
    done = python(LOADED + "import specc; [getattr(specc, name) for name in specc.__all__]")
    assert done.returncode == 0, done.stderr
    assert loaded(done) == []


@pytest.mark.parametrize(
    "arguments",
    [
        "--help",
        "--version",
        "check specs/digits.yaml",
        "check --format json specs/digits.yaml",
        "summary specs/digits.yaml",
        "draw specs/digits.yaml -o {folder}/digits.svg",
        "draw specs/digits.yaml -o {folder}/digits.dot",
        "explain S301",
        "layers",
        "layers Dense",
        "runs tests",
    ],
)
def test_a_command_that_only_reads_loads_nothing_heavy(arguments: str, tmp_path: Path) -> None:
    """A spec is checked, summed up, drawn and explained where no TensorFlow is installed."""
    words = arguments.format(folder=tmp_path).split()
    done = python(WITHOUT.format(missing=HEAVY) + LOADED + COMMAND, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert loaded(done) == []


NEEDLESS = (
    "networkx",
    "rich",
    "sqlite3",
    "graphviz",
    "specc.catalogue.layers.convolution",
    "specc.catalogue.ops.matrix",
    "specc.data.load",
    "specc.data.readers.csv",
    "specc.data.transforms.text",
    "specc.lower.keras",
    "specc.train.job",
    "specc.tune.study",
)
"""What a check of the digits has no use for."""

NAMED = """
import atexit, sys
atexit.register(lambda: print("LOADED", *sorted(sys.modules), file=sys.stderr))
"""


@pytest.mark.parametrize("spec", ["specs/digits.yaml", "tests/invalid/S301/params.yaml"])
def test_a_check_loads_what_its_spec_needs(spec: str) -> None:
    """Its layers' rules, its transforms, none of the others: half of a check's time is loading."""
    done = python(NAMED + COMMAND, "check", spec)
    assert not set(NEEDLESS) & set(loaded(done))
    assert len(loaded(done)) < 500


def test_the_help_loads_the_command_line_alone() -> None:
    """Whoever asks which commands there are waits for none of them."""
    done = python(NAMED + COMMAND, "--help")
    own = [m for m in loaded(done) if m.partition(".")[0] in ("specc", "pydantic", "yaml")]
    assert set(own) == {
        "specc",
        "specc.cli",
        "specc.cli.main",
        "specc.diagnostics",
        "specc.diagnostics.render",
        "specc.diagnostics.render.escape",
        "specc.lower",
        "specc.lower.lean",
        "specc.train",
        "specc.tune",
        "specc.version",
    }


def test_a_package_never_takes_the_name_of_a_function() -> None:
    """`specc.train` and `specc.tune` are the functions, whatever is imported before and after."""
    code = (
        "import specc.train.run, specc.tune.space, specc\n"
        "print(*(type(f).__name__ for f in (specc.train, specc.tune)))"
    )
    assert python(code).stdout.split() == ["function", "function"]


@pytest.mark.parametrize("missing", [("tensorflow",), ("tensorflow", "keras")], ids=" ".join)
@pytest.mark.parametrize(
    "arguments",
    ["train {spec}", "compile {spec} -o digits.keras"],
)
def test_a_command_without_its_extra_names_it(
    arguments: str, missing: tuple[str, ...], tmp_path: Path
) -> None:
    """What needs TensorFlow and does not find it says what to install, not where it fell over."""
    words = arguments.format(spec=ROOT / "specs" / "digits.yaml").split()
    done = python(WITHOUT.format(missing=missing) + COMMAND, *words, folder=tmp_path)
    assert done.returncode not in (0, 130), done.stdout + done.stderr
    assert "pip install 'keras-specc[tensorflow]'" in done.stderr
    assert "Traceback" not in done.stderr
    left = [path for path in tmp_path.rglob("*") if path.is_file() or path.name.isdigit()]
    assert not left, "a run that could not start is no run"


def heavy_imports(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The imports of heavy packages that run when the module does: in no function."""
    for statement in body:
        match statement:
            case ast.Import(names=names):
                roots = {name.name.partition(".")[0] for name in names}
            case ast.ImportFrom(module=str(module), level=0):
                roots = {module.partition(".")[0]}
            case ast.If(test=ast.Name(id="TYPE_CHECKING"), orelse=orelse):
                yield from heavy_imports(orelse)
                continue
            case ast.If() | ast.Try() | ast.With() | ast.ClassDef():
                for block in ("body", "orelse", "finalbody"):
                    yield from heavy_imports(getattr(statement, block, []))
                continue
            case _:
                continue
        if roots & HEAVY:
            yield statement


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT))
)
def test_no_module_imports_anything_heavy_at_its_top(path: Path) -> None:
    """Inside the function that needs it: then every other way into the module stays quick."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    lines = [f"{path.relative_to(ROOT)}:{found.lineno}" for found in heavy_imports(tree.body)]
    assert not lines
