"""K trials in one JAX program: an epoch of each, and its validation, in one call."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from specc.train.loop.each import each
from specc.train.loop.examples import Examples
from specc.tune.material import Material
from specc.tune.template import Template, packed

State = tuple[list[Any], list[Any], list[Any]]
"""The variables that learn, those that do not, and the optimizer's: each (slots, …)."""


class Vectorised:
    """The compiled program of a group, and the first state of a trial.

    `trace` must not run in two threads at once; `compile` and everything after it may.
    """

    def __init__(self, template: Template, material: Material, slots: int) -> None:
        self.template = template
        self.slots = slots
        self.material = material
        self._compiling = threading.Lock()
        self._lowered: Any = None
        self._start: Future[Any]

    def trace(self) -> None:
        """Traces the program. Raises `Unreached`, and whatever Keras says of the model.

        What makes the first state is compiled beside it.
        """
        import jax as module
        import numpy as np

        jax: Any = module
        template, fitted = self.template, self.template.fitted
        train, validation = self.material.train, self.material.validation
        template.build(packed(train.first))
        by_id = {id(v): i for i, v in enumerate(template.first.variables)}
        self._learning = [by_id[id(v)] for v in fitted.trainable_variables]
        self._others = [by_id[id(v)] for v in fitted.non_trainable_variables]
        device = self.on_device(self.material)
        metrics = template.metrics

        def one(vector: Any, state: State, places: Any, learned: Any, seen: Any) -> Any:
            with template.row.bound(vector):
                begun = (*state, metrics)
                logs, after = _passed(jax, fitted.train_step, begun, learned, places, train)
                learning, others, optimizer, _ = after
                if validation is not None:
                    rest, begun = np.arange(validation.count), (learning, others, metrics)
                    found, (_, others, _) = _passed(
                        jax, fitted.test_step, begun, seen, rest, validation
                    )
                    logs |= {f"val_{n}": v for n, v in found.items()}
            return logs, (learning, others, optimizer)

        def begun(seeds: Any) -> list[Any]:
            zero = jax.numpy.zeros((), "uint32")
            return template.first.values([jax.numpy.stack([s, zero]) for s in seeds])

        many = _alone(jax, one) if self.slots == 1 else jax.vmap(one, (0, 0, 0, None, None))
        needed = len(template.first.needed)
        start = jax.jit(begun).lower(jax.ShapeDtypeStruct((needed,), "uint32"))
        with_start = ThreadPoolExecutor(1)
        self._start = with_start.submit(_compiled, start)
        with_start.shutdown(wait=False)
        arrays = start.out_info
        state = (
            [arrays[i] for i in self._learning],
            [arrays[i] for i in self._others],
            template.optimizer.values([arrays[i] for i in self._learning], [0.0] * 10_000),
        )
        k = self.slots

        def stacked(a: Any) -> Any:
            return jax.ShapeDtypeStruct((k, *a.shape), a.dtype)

        shaped: Any = jax.tree.map(stacked, state)
        lowered = jax.jit(many, donate_argnums=1).lower(
            jax.ShapeDtypeStruct((k, template.row.width), "float32"),
            shaped,
            jax.ShapeDtypeStruct((k, len(self.material.places(0, 0))), "int32"),
            *device,
        )
        template.check()
        self._lowered = lowered

    def on_device(self, material: Material) -> list[Any]:
        """The examples for training and validation, as the program takes them."""
        import jax as module

        jax: Any = module
        parts = (material.train, material.validation)
        return [None if e is None else each(jax.numpy.asarray, e.data) for e in parts]

    def compile(self) -> None:
        """Compiles what was traced, once."""
        with self._compiling:
            if self._lowered is not None:
                self._program = _compiled(self._lowered)
                self._start.result()
                self._lowered = None

    def first(self, seed: int, numbers: Sequence[float]) -> State:
        """The state with which a trial begins, without the axis of slots."""
        import numpy as np

        first = self.template.first
        start = self._start.result()
        drawn = [np.asarray(v) for v in start(np.array(first.seeds(seed), "uint32"))]
        learning = [drawn[i] for i in self._learning]
        return (
            learning,
            [drawn[i] for i in self._others],
            self.template.optimizer.values(learning, numbers),
        )

    def vector(self, numbers: Sequence[float]) -> Any:
        """The numbers of a trial as the program takes them: (width,)."""
        import numpy as np

        return np.array(self.template.row.values(numbers), "float32")

    def epoch(
        self, vectors: Any, state: Any, places: Any, device: Sequence[Any]
    ) -> tuple[dict[str, Any], State]:
        """An epoch of all slots: the logs, (slots,) by name, and the state after it.

        `device` are the examples, as `on_device` gives them.
        """
        import numpy as np

        logs, state = self._program(vectors, state, places, *device)
        return {n: np.asarray(v) for n, v in logs.items()}, state

    def weights(self, state: State) -> list[Any]:
        """The values of the model's variables in their order, from one slot's state."""
        made: dict[int, Any] = dict(zip(self._learning, state[0], strict=True))
        made |= dict(zip(self._others, state[1], strict=True))
        return [made[i] for i in range(len(made))]


def _compiled(lowered: Any) -> Any:
    """At the level that halves the time for equal speed."""
    return lowered.compile(compiler_options={"xla_backend_optimization_level": 1})


def _passed(
    jax: Any, step: Callable[..., Any], state: Any, data: Any, places: Any, given: Examples
) -> Any:
    """The last step's logs and the state after the batches of a pass over the examples."""

    def body(carried: Any, chosen: Any) -> Any:
        logs, after = step(carried, each(lambda a: a[chosen], data))
        return after, logs

    full = len(places) // given.batch
    logs: Any = {}
    if full:
        batches = places[: full * given.batch].reshape(full, given.batch)
        state, logged = jax.lax.scan(body, _as_scan(jax, state), batches)
        logs = {n: v[-1] for n, v in logged.items()}
    if full * given.batch < len(places):
        state, logs = body(state, places[full * given.batch :])
    return dict(logs), state


def _as_scan(jax: Any, state: Any) -> Any:
    """The state with lists and tuples as a step gives it back, which a loop wants."""
    return tuple(list(jax.tree.map(jax.numpy.asarray, part)) for part in state)


def _alone(jax: Any, one: Callable[..., Any]) -> Callable[..., Any]:
    """One slot without the axis: a convolution of several trials is a grouped one, and slow."""

    def first(a: Any) -> Any:
        return a[0]

    def stacked(a: Any) -> Any:
        return a[None]

    def called(vectors: Any, state: Any, places: Any, *data: Any) -> Any:
        made = one(vectors[0], jax.tree.map(first, state), places[0], *data)
        return jax.tree.map(stacked, made)

    return called
