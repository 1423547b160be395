"""Time and memory of `specc.check` for specs of 100 to 100,000 layers, in three ways of writing."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from measure import median, table

CHILD = """
import json, resource, sys, time
import specc
memory = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
specc.check(sys.argv[1] + "/small.yaml")
before, start, work = memory(), time.perf_counter(), time.process_time()
report = specc.check(sys.argv[2])
wall, cpu = time.perf_counter() - start, time.process_time() - work
print(json.dumps([wall, cpu, memory() - before, [one.code for one in report.errors]]))
"""

HEAD = "specc: 1\ninputs: {x: {shape: [8]}}\ngraph:\n"
END = "outputs: [y]\n"


def one_chain(count: int) -> str:
    """Every layer written down, one after the other."""
    steps = "".join(f"      - Dense: {{units: {8 + i % 8}}}\n" for i in range(count))
    return f"{HEAD}  y:\n    from: x\n    layers:\n{steps}{END}"


def a_repeat(count: int) -> str:
    """One step, repeated."""
    return f"{HEAD}  y: {{from: x, layers: [{{Dense: {{units: 8}}, repeat: {count}}}]}}\n{END}"


def residuals(count: int) -> str:
    """Chains of nine layers and an Add that takes the chain before it."""
    chains = ["  c0: {from: x, layers: []}\n"]
    branch = "".join(["Dense: {units: 8}}, {"] * 9)[: -len(", {")]
    for i in range(count // 10):
        chains.append(f"  b{i}: {{from: c{i}, layers: [{{{branch}]}}\n")
        chains.append(f"  c{i + 1}: {{from: [c{i}, b{i}], layers: [Add]}}\n")
    return f"{HEAD}{''.join(chains)}  y: {{from: c{count // 10}, layers: []}}\n{END}"


def measured(spec: Path) -> list[float]:
    """One check in a process of its own: its seconds by the clock and of the processor, and its
    memory above that of a small spec, in MiB.
    """
    command = [sys.executable, "-c", CHILD, str(spec.parent), str(spec)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    wall, processor, memory, errors = json.loads(done.stdout)
    if errors:
        raise SystemExit(f"{spec.name}: {errors}")
    return [wall, processor, memory]


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--most", type=int, default=100_000)
    options = parser.parse_args()
    rows: list[list[str]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "small.yaml").write_text(one_chain(2))
        for write in (one_chain, a_repeat, residuals):
            for count in (100, 1_000, 10_000, 100_000):
                if count > options.most:
                    continue
                spec = folder / f"{write.__name__}_{count}.yaml"
                spec.write_text(write(count))
                runs = [measured(spec) for _ in range(options.rounds)]
                wall, processor, memory = (median(each) for each in zip(*runs, strict=True))
                rows.append(
                    [
                        write.__name__.replace("_", " "),
                        f"{count:,}",
                        f"{wall:.3f}",
                        f"{processor:.3f}",
                        f"{processor / count * 1e6:.0f}",
                        f"{memory:.0f}",
                        f"{memory / count * 1024:.1f}",
                    ]
                )
    head = ["written as", "layers", "s", "CPU s", "CPU µs a layer", "MiB", "KiB a layer"]
    table("Checking large specs", head, rows)


if __name__ == "__main__":
    main()
