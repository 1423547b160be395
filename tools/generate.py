"""Writes the files that are made from Keras and from the catalogue, or checks that they are fresh.

python tools/generate.py write      writes every file
python tools/generate.py --check    exit status 1 if one is not what `write` would write
python tools/generate.py --check --full    makes the applications anew too, which takes minutes
"""

from __future__ import annotations

import difflib
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]
APPLICATIONS = (sys.executable, "tools/keras_applications.py")
"""Made in a process of its own, which has another backend."""


def _signatures() -> str:
    import keras_signatures

    return keras_signatures.text()


def _modules() -> str:
    """Which module of the catalogue has which rule."""
    import json
    from importlib import import_module
    from pkgutil import iter_modules

    from specc.catalogue.define import definitions

    index: dict[str, dict[str, str]] = {}
    for kind in ("layers", "ops"):
        package = import_module(f"specc.catalogue.{kind}")
        names = sorted(m.name for m in iter_modules(package.__path__))
        found = {n: definitions(import_module(f"specc.catalogue.{kind}.{n}")) for n in names}
        index[kind] = {d: n for n, defs in found.items() for d in sorted(defs)}
    return json.dumps(index, indent=1) + "\n"


def _summaries() -> str:
    import keras_summaries

    return keras_summaries.text()


def _schema() -> str:
    import spec_schema

    return spec_schema.text()


def _disagreements() -> str:
    import disagreements_page

    return disagreements_page.text()


def _parity() -> str:
    import disagreements_page

    return disagreements_page.by_name()


def artefacts() -> Iterator[tuple[str, Callable[[], str]]]:
    """Each generated file and the function that gives its text, in the order of dependence."""
    yield "specc/catalogue/modules.json", _modules
    yield "specc/catalogue/signatures.json", _signatures
    yield "tools/keras_summaries.json", _summaries
    yield "schemas/spec.schema.json", _schema
    yield "docs/reference/disagreements.md", _disagreements
    yield "docs/reference/parity.md", _parity
    import reference_pages

    yield from reference_pages.pages()


def write() -> None:
    """Writes every file that differs."""
    for name, make in artefacts():
        path, text = ROOT / name, make()
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
            print(f"wrote {name}")
    if stale := _applications():
        subprocess.run([*APPLICATIONS, *stale], cwd=ROOT, check=True)


def _applications(full: bool = False) -> list[str]:
    """The applications whose files are stale: by Keras's sources, or by making all of them."""
    if full:
        done = subprocess.run(
            [*APPLICATIONS, "--check"], cwd=ROOT, check=True, capture_output=True, text=True
        )
        return done.stdout.split()
    import keras_applications

    return keras_applications.stale()


def check(full: bool = False) -> int:
    """How many files are stale; says for each how it differs."""
    stale = 0
    for name, make in artefacts():
        path = ROOT / name
        have = path.read_text().splitlines() if path.exists() else []
        want = make().splitlines()
        if have != want:
            stale += 1
            print(f"{name} is stale; run `python tools/generate.py write`")
            for line in list(difflib.unified_diff(have, want, "committed", "generated", n=0))[:40]:
                print(f"  {line[:200]}")
    for name in _applications(full):
        stale += 1
        print(f"the application {name} is stale; run `python tools/generate.py write`")
    return stale


def main(arguments: list[str]) -> int:
    """The command line."""
    if arguments == ["write"]:
        write()
        return 0
    if arguments in (["--check"], ["check"]):
        return 1 if check() else 0
    if sorted(arguments) == ["--check", "--full"]:
        return 1 if check(full=True) else 0
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
