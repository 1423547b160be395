"""The engine `ray`: tasks of a Ray cluster, each of which trains a batch of trials by an engine.

A task connects to the driver, and asks and reports over that connection as the process of any other
engine does. When it has taken its batch it ends and the next one is submitted, so that a cluster is
shared. Where a task's worker dies, its trials begin again in another.
"""

from __future__ import annotations

import os
import queue
import secrets
import socket
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from multiprocessing.connection import (
    Client,
    Connection,
    Listener,
    answer_challenge,
    deliver_challenge,
    wait,
)
from typing import Any

from specc.document.spec import Resources
from specc.lower.fetching import may_fetch
from specc.lower.missing import MissingExtra
from specc.tune.desk import ATTEMPTS, Desk, Held, WorkerFailed
from specc.tune.engine import Engine, Source, Trial
from specc.tune.epoch import Epoch
from specc.tune.plain import Plain
from specc.tune.served import serve
from specc.tune.slots import Slots

BATCH = 64
"""How many trials a task takes."""
LOOK = 0.3
"""Seconds between two looks at which tasks have ended."""
HELLO = 10.0
"""Seconds in which a task that has connected shows that it has the key."""
STORE = 100 * 2**20
"""Bytes of a local cluster's object store, which holds nothing of ours."""


class Cluster:
    """`inner` (`slots`, `epoch` or `plain`) in tasks of a cluster; a local one without an address.

    `tasks` is how many run at once: unless it is said, as many as the cluster has room for when
    the search begins.
    """

    name = "ray"

    def __init__(
        self,
        inner: str,
        backend: str,
        resources: Resources,
        address: str | None = None,
        tasks: int | None = None,
    ) -> None:
        if find_spec("ray") is None:
            raise MissingExtra("Ray", "ray")
        self.inner = inner
        self.backend = backend
        self._resources = resources
        self._address = address
        self._tasks = tasks
        self._engine = _engine(inner, resources)

    def why_not(self, trial: Trial) -> str | None:
        return self._engine.why_not(trial)

    def group_key(self, trial: Trial) -> str:
        return self._engine.group_key(trial)

    def run(self, source: Source) -> None:
        with _joined(self._address) as ray:
            local = self._address is None
            host = "127.0.0.1" if local else ray.util.get_node_ip_address()
            key = secrets.token_bytes(32)
            with Listener((host, 0)) as listener:
                Shift(self, ray, listener, key).run(source)

    def room(self, ray: Any) -> int:
        """How many tasks the cluster has room for; raises `WorkerFailed` where it has none."""
        found = ray.cluster_resources()
        wanted = {"CPU": self._resources.cpus, "GPU": self._resources.gpus}
        rooms = [int(found.get(n, 0) // w) for n, w in wanted.items() if w]
        if min(rooms, default=1) < 1:
            has = ", ".join(f"{found.get(n, 0):g} {n}" for n in wanted)
            raise WorkerFailed(
                f"a task wants {self._resources.cpus:g} CPU and {self._resources.gpus:g} GPU, "
                f"and the cluster has {has}"
            )
        return self._tasks or min(rooms, default=1)

    def submitted(self, ray: Any, address: tuple[str, int], key: bytes) -> Any:
        """A new task, which will connect."""
        task = ray.remote(
            num_cpus=self._resources.cpus, num_gpus=self._resources.gpus, max_retries=0
        )(_task)
        words = (self.inner, self.backend, self._resources.model_dump(), may_fetch())
        return task.remote(address, key, *words)


class Shift:
    """The tasks of one run."""

    def __init__(self, cluster: Cluster, ray: Any, listener: Listener, key: bytes) -> None:
        self._cluster = cluster
        self._ray = ray
        self._listener = listener
        self._key = key
        self._desk = Desk(cluster.group_key)
        self._held: dict[Connection, Held] = {}
        self._listening = threading.Thread(target=self._accept, daemon=True)
        self._come: queue.Queue[Connection] = queue.Queue()
        self._tasks: list[Any] = []
        self._over = False
        self._faults = 0
        self._looked = 0.0

    def run(self, source: Source) -> None:
        room = self._cluster.room(self._ray)
        self._listening.start()
        try:
            while True:
                while len(self._tasks) < room and (self._desk.lost or not self._desk.dry):
                    address: Any = self._listener.address
                    self._tasks.append(self._cluster.submitted(self._ray, address, self._key))
                if not self._tasks and not self._held:
                    return
                self._serve(source)
        finally:
            self._close()
            for task in self._tasks:
                with suppress(Exception):  # it may have ended
                    self._ray.cancel(task, force=True)

    def _close(self) -> None:
        """Closes every connection, on which a task ends; nobody listens any more."""
        self._over = True
        address: Any = self._listener.address
        with suppress(OSError):  # to close what a thread waits at does not wake it
            socket.create_connection(address, 5).close()
        self._listening.join(5)
        with suppress(queue.Empty):
            while True:
                self._held[self._come.get_nowait()] = {}
        for pipe in self._held:
            pipe.close()

    def _accept(self) -> None:
        while not self._over:
            try:
                pipe = self._listener.accept()
            except ConnectionError:
                continue  # a task died as it connected
            except OSError:
                return  # the listener is closed
            if self._over:
                pipe.close()  # which `_close` has made, to wake this
                return
            greeting = threading.Thread(target=self._greet, args=(pipe,), daemon=True)
            greeting.start()

    def _greet(self, pipe: Connection) -> None:
        """Lets in who shows in time that it has the key; whoever says nothing keeps nobody out."""
        with socket.socket(fileno=os.dup(pipe.fileno())) as end:
            late = threading.Timer(HELLO, _shut, (end,))
            late.daemon = True
            late.start()
            try:
                deliver_challenge(pipe, self._key)
                answer_challenge(pipe, self._key)
            except Exception:  # it has died, has another key, or is late
                pipe.close()
                return
            finally:
                late.cancel()
        if self._over:
            pipe.close()
        else:
            self._come.put(pipe)

    def _serve(self, source: Source) -> None:
        """Answers whoever has asked, and sees who has come or gone."""
        with suppress(queue.Empty):
            while True:
                self._held[self._come.get_nowait()] = {}
        ready: list[Any] = wait(list(self._held), 0.05) if self._held else []
        if not self._held:
            time.sleep(0.05)
        for pipe in ready:
            self._hear(pipe, source)
        if time.monotonic() - self._looked > LOOK:
            self._looked = time.monotonic()
            self._look()

    def _look(self) -> None:
        """Sees which tasks have ended. Raises `WorkerFailed` where one after the other fails."""
        if not self._tasks:
            return
        count = len(self._tasks)
        done, self._tasks = self._ray.wait(self._tasks, num_returns=count, timeout=0)
        for task in done:
            try:
                self._ray.get(task)
            except Exception as error:  # its worker was killed, or could not connect
                self._faults += 1
                if self._faults > ATTEMPTS:
                    raise WorkerFailed(f"the tasks of the cluster fail: {_line(error)}") from None

    def _hear(self, pipe: Connection, source: Source) -> None:
        held = self._held[pipe]
        try:
            message = pipe.recv()
            if message[0] != "over":
                pipe.send(self._desk.answer(message, pipe, held, source))
                self._faults = 0
                return
        except (EOFError, ConnectionError):
            self._desk.died(held, source)
        del self._held[pipe]
        pipe.close()


def _shut(end: socket.socket) -> None:
    """Ends what waits for the other end."""
    with suppress(OSError):  # it is closed
        end.shutdown(socket.SHUT_RDWR)


def _task(
    address: tuple[str, int],
    key: bytes,
    inner: str,
    backend: str,
    resources: Mapping[str, float],
    fetch: bool,
) -> None:
    """What a task of the cluster does."""
    os.environ["KERAS_BACKEND"] = backend
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with Client(address, authkey=key) as pipe:
        engine = _engine(inner, Resources(**resources))
        serve(engine, pipe, fetch=fetch, most=BATCH)


def _engine(inner: str, resources: Resources) -> Engine:
    if inner == "slots":
        return Slots(lanes=max(1, min(2, int(resources.cpus))))
    return Epoch() if inner == "epoch" else Plain()


@contextmanager
def _joined(address: str | None) -> Generator[Any]:
    """Ray, connected to a cluster; a local one, which ends with this, where no address is given."""
    import ray as module

    ray: Any = module
    given: dict[str, Any] = {"address": address} if address else {
        "address": "local",
        "include_dashboard": False,
        "object_store_memory": STORE,
    }  # fmt: skip
    before = ray.is_initialized()
    if not before:
        try:
            ray.init(**given, logging_level="error", log_to_driver=False)
        except (ConnectionError, ValueError) as error:
            raise WorkerFailed(f"no Ray cluster at {address}: {_line(error)}") from None
    try:
        yield ray
    finally:
        if not before:
            ray.shutdown()


def _line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
