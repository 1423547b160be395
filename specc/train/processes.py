"""Training in several processes, on one machine or many: who takes part, and who writes.

Each is started by the user, reads the same spec and the same data, and feeds its share of every
batch. They are named by Keras's own environment variables and never by a spec, which so opens no
connection by itself.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from specc.document.spec import Train
from specc.train.checkpoint.resume import Resumed
from specc.train.distribute import CannotDistribute
from specc.train.failure import Interrupted, RunFailed
from specc.train.loop.share import lost
from specc.train.quiet import load_keras, silent

ADDRESSES = "KERAS_DISTRIBUTION_JOB_ADDRESSES"
COUNT = "KERAS_DISTRIBUTION_NUM_PROCESSES"
ID = "KERAS_DISTRIBUTION_PROCESS_ID"
HELD = ("spec", "number of epochs", "data", "checkpoint")
"""What every process has to hold alike."""
_DIGEST = hashlib.sha256().digest_size
_LOCAL = re.compile(r"(127\.[0-9.]+|localhost|\[::1\]):")


@dataclass(frozen=True)
class Processes:
    """How many train one model, and which of them this one is."""

    addresses: str = ""
    """`host:port` of the first, or of each, with commas."""
    count: int = 1
    index: int = 0

    @property
    def first(self) -> bool:
        """Whether it is the one that writes the run."""
        return self.index == 0

    @property
    def named(self) -> str:
        """Which one it is, in words."""
        return f"process {self.index} of {self.count}"

    def join(self, k: Any, seed: int) -> None:
        """Finds the others, before Keras computes anything; raises `CannotDistribute`."""
        if k.backend.backend() != "jax":
            raise CannotDistribute(
                f"{COUNT} is {self.count}, and several processes train on JAX only: "
                "`train: {backend: jax}`"
            )
        jax: Any = import_module("jax")
        if not jax.distributed.is_initialized():
            first = self.addresses.partition(",")[0]
            if _LOCAL.match(first):  # JAX would listen to the whole network
                os.environ.setdefault("JAX_COORDINATOR_BIND_ADDRESS", first)
            k.utils.set_random_seed(seed)  # or the processes would agree on one by themselves
            try:
                k.distribution.initialize(self.addresses, self.count, self.index)
            except (RuntimeError, ValueError) as error:
                said = str(error).splitlines()[0]
                raise CannotDistribute(
                    f"{self.named} did not find the others at {first}: {said}"
                ) from error
        devices = Counter(d.process_index for d in jax.devices())
        if len(devices) != self.count or len({*devices.values()}) != 1:
            listed = ", ".join(f"{i}: {n}" for i, n in sorted(devices.items()))
            raise CannotDistribute(
                f"the {self.count} processes do not have as many devices each ({listed})"
            )

    def agree(self, held: Mapping[str, Any]) -> None:
        """Waits for the others; raises `CannotDistribute` where they hold something else.

        `held` has what is in `HELD`. One that has failed in `preparing` says so instead.
        """
        if self.count == 1:
            return
        mine = [hashlib.sha256(json.dumps(held[name]).encode()).digest() for name in HELD]
        gathered = self._gathered(b"".join(mine))
        for index, theirs in enumerate(gathered):
            if not theirs.any():
                raise CannotDistribute(
                    f"process {index} has failed before the training, and says there why"
                )
        for index, theirs in enumerate(gathered):
            for name, one, other in zip(HELD, gathered[0], theirs, strict=True):
                if (one != other).any():
                    raise CannotDistribute(f"process {index} has another {name} than process 0")

    @contextmanager
    def preparing(self) -> Generator[None]:
        """What each does before `agree`; where it fails, the others are told."""
        try:
            yield
        except BaseException:
            if self.count > 1:
                self._gathered(bytes(_DIGEST * len(HELD)))
            raise

    @contextmanager
    def together(self) -> Generator[None]:
        """What all do together; one that fails in it ends without waiting for the others.

        JAX would let it wait five minutes for them at its exit, and them for it in their next step.
        So it exits with the status of the error, whatever it does after it.
        """
        try:
            yield
        except Interrupted:
            raise
        except BaseException as error:
            ended = lost(error)
            if self.count > 1:
                atexit.register(_exit, 3 if ended else getattr(error, "status", 1))
            if not ended:
                raise
            raise RunFailed(f"another process has ended: {str(error).splitlines()[0]}") from error

    def _gathered(self, mine: bytes) -> Any:
        """What each process gives. -> (processes, held, bytes)"""
        import numpy as np

        multihost: Any = import_module("jax.experimental.multihost_utils")
        numbers = np.frombuffer(mine, np.uint8).reshape(len(HELD), _DIGEST)
        with silent(1):  # where the library that sums over processes says that it is connected
            return np.asarray(multihost.process_allgather(numbers))

    def elsewhere(self, again: Resumed | None, name: str) -> tuple[Path, Resumed | None]:
        """Where a process that is not the first keeps what the training itself reads again.

        The folder begins as the run that goes on, and is gone when the process ends.
        """
        kept = tempfile.mkdtemp(prefix="specc-process-")
        atexit.register(shutil.rmtree, kept, ignore_errors=True)
        folder = Path(kept) / name / "1"
        if again is None:
            folder.mkdir(parents=True)
            return folder, None
        shutil.copytree(again.folder, folder, ignore=shutil.ignore_patterns("writer.*"))
        return folder, replace(again, folder=folder)


def _exit(status: int) -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(status)


def processes() -> Processes:
    """What the environment says; raises `CannotDistribute` where that is not whole."""
    given = {name: os.environ[name] for name in (ADDRESSES, COUNT, ID) if os.environ.get(name)}
    if not given:
        return Processes()
    if missing := [name for name in (ADDRESSES, COUNT, ID) if name not in given]:
        raise CannotDistribute(f"{', '.join(given)} without {', '.join(missing)}: set all three")
    for name in (COUNT, ID):
        if re.fullmatch("[0-9]{1,6}", given[name]) is None:
            raise CannotDistribute(f"{name} is `{given[name]}`, and is to be a number")
    count, index = int(given[COUNT]), int(given[ID])
    if index >= count:
        raise CannotDistribute(f"{ID} is {index}, and {COUNT} is {count}: they count from 0")
    addresses = given[ADDRESSES].split(",")
    if len(addresses) not in (1, count):
        raise CannotDistribute(
            f"{ADDRESSES} has {len(addresses)} addresses for {count} processes: "
            "give the first one's, or each one's"
        )
    if wrong := [a for a in addresses if re.fullmatch(r"\S+:[0-9]{1,5}", a) is None]:
        raise CannotDistribute(f"{ADDRESSES} has `{wrong[0]}`, and an address is `host:port`")
    return Processes(given[ADDRESSES], count, index)


def joined(train: Train, *, quiet: bool) -> Processes:
    """Loads Keras on the spec's backend, when this process has found the others, if there are any.

    Raises `CannotDistribute`, and what `load_keras` does.
    """
    found = processes()
    if found.count == 1:
        load_keras(train.backend)
        return found
    if train.distribute != "data_parallel":
        raise CannotDistribute(
            f"{COUNT} is {found.count}, and several processes train by data alone: "
            "`train: {distribute: data_parallel}`"
        )
    if not quiet:
        where = found.addresses.partition(",")[0]
        print(f"{found.named}: waits for the others at {where}", file=sys.stderr)  # noqa: T201
    load_keras(train.backend, before=lambda k: found.join(k, train.seed))
    return found
