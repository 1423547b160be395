"""constraints.txt, made anew: the newest version of every package that an install here can bring.

    python tools/pins.py              write constraints.txt
    python tools/pins.py --check      fail if a package that is installed here has no pin in it

pip resolves the package's extras together and installs none of them, so that the answer does not
depend on what this environment holds. The extra `gp` is left out: torch is built once for every
kind of accelerator, and which of them fits is not ours to pin.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONSTRAINTS = ROOT / "constraints.txt"
EXTRAS = ["tensorflow", "cpu", "jax", "tensorboard", "ray", "cmaes", "onnx", "bench", "dev"]
BUILD = ["pip", "setuptools", "wheel"]
HEAD = """\
# The exact version of every package, direct or not, for any set of extras but `gp`.
# Made by `make pins`; do not edit.
"""


def normal(name: str) -> str:
    """A distribution's name as the package index spells it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def resolved() -> dict[str, str]:
    """Name to version, as pip would install them now."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run"]
    command += ["--ignore-installed", "--report", "-", *BUILD, f"{ROOT}[{','.join(EXTRAS)}]"]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    packages = [item["metadata"] for item in json.loads(answer.stdout)["install"]]
    return {
        normal(package["name"]): package["version"].partition("+")[0]
        for package in packages
        if normal(package["name"]) != "keras-specc"
    }


def pinned() -> set[str]:
    """The names that constraints.txt holds."""
    lines = CONSTRAINTS.read_text(encoding="utf-8").splitlines()
    return {line.partition("==")[0] for line in lines if "==" in line}


def main() -> int:
    """Write the file, or compare what is installed with it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        installed = {normal(one.metadata["Name"]) for one in importlib.metadata.distributions()}
        missing = sorted(installed - pinned() - {"keras-specc"})
        if missing:
            print("without a pin in constraints.txt:", ", ".join(missing), file=sys.stderr)
        return 1 if missing else 0
    lines = [f"{name}=={version}\n" for name, version in sorted(resolved().items())]
    CONSTRAINTS.write_text(HEAD + "".join(lines), encoding="utf-8")
    print(f"{len(lines)} pins in {CONSTRAINTS.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
