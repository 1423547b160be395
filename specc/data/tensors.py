"""A `tf.data.Dataset` as a part of the data: examples as the model takes them, in its own order."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from specc.catalogue.plain import is_mapping
from specc.catalogue.types import TensorType
from specc.data.dataset import FieldType
from specc.data.failure import BadData
from specc.data.feed import Part
from specc.data.stream import Stream, joined, sliced

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

_INFINITE = -1
"""What TensorFlow gives as the cardinality of a dataset without an end."""


def is_dataset(value: Any) -> bool:
    """Whether it is a `tf.data.Dataset`; TensorFlow is not imported to find out."""
    tf: Any = sys.modules.get("tensorflow")
    return tf is not None and isinstance(value, tf.data.Dataset)


@dataclass(frozen=True)
class Elements:
    """What a dataset's elements are: `x`, `(x, y)` or `(x, y, sample_weight)`, bare or by name."""

    inputs: Mapping[str, FieldType]
    """One example's, by the model's inputs. A length that is not known is none."""
    targets: Mapping[str, FieldType]
    """By the model's outputs."""
    batched: bool
    weighed: bool
    """Whether they hold weights of examples."""

    def part(self, element: Any) -> Part:
        """A batch of them as arrays, (examples, …)."""
        x, y, weights = _three(element)
        return Part(
            {n: _text(a) for n, a in _side(x, self.inputs).items()},
            {n: _text(a) for n, a in _side(y, self.targets).items()} if self.targets else {},
            None if weights is None else weights.astype("float32"),
        )


def elements(dataset: Any, inputs: Mapping[str, TensorType], targets: Sequence[str]) -> Elements:
    """What a dataset gives a model's `inputs`, (batch, …), and `targets`; raises `BadData`.

    Elements are batches where the first input has as many axes as the model's.
    """
    x, y, weights = _three(dataset.element_spec)
    given = {n: _spec(n, s) for n, s in _side(x, inputs).items()}
    learned = _side(y, targets) if targets else {}
    first = next(iter(given), None)
    if first is None:
        raise BadData("the model has no input that data feeds, and a dataset is given")
    batched = len(given[first][0]) == len(inputs[first].dims)
    cut = 1 if batched else 0
    types = {n: FieldType(shape[cut:], dtype) for n, (shape, dtype) in given.items()}
    found = {n: _spec(n, s) for n, s in learned.items()}
    wanted = {n: FieldType(shape[cut:], dtype) for n, (shape, dtype) in found.items()}
    return Elements(types, wanted, batched, weights is not None)


@dataclass(frozen=True)
class TensorStream(Stream):
    """A dataset's examples, put together to batches of the size that is asked for.

    Their order is the dataset's: a seed has no part in it.
    """

    dataset: Any
    elements: Elements
    _count: int

    @property
    def count(self) -> int:
        """How many examples there are."""
        return self._count

    def batches(self, size: int, *, seed: int | None, epoch: int, skip: int = 0) -> Iterator[Part]:
        """Batches of `size` examples, the last one smaller; `skip` leaves out the first ones."""
        for number, batch in enumerate(self._batches(size)):
            if number >= skip:
                yield batch

    def _batches(self, size: int) -> Iterator[Part]:
        pool: list[Part] = []
        held = 0
        for part in _parts(self.dataset, self.elements, size):
            pool.append(part)
            held += part.count
            if held < size:
                continue
            whole, full = joined(pool), held // size * size
            yield from sliced(whole, 0, full, size)
            held -= full
            pool = [*sliced(whole, full, full + held, size)]
        if held:
            yield joined(pool)


def tensor_stream(dataset: Any, found: Elements) -> TensorStream:
    """The stream of a dataset, which is read once to count its examples; raises `BadData`."""
    if int(dataset.cardinality()) == _INFINITE:
        raise BadData("the dataset has no end", help="`dataset.take(1000)` has one")
    count = sum(part.count for part in _parts(dataset, found, 1024))
    if not count:
        raise BadData("the dataset holds no examples")
    return TensorStream(dataset, found, count)


def _parts(dataset: Any, found: Elements, size: int) -> Iterator[Part]:
    batches = dataset if found.batched else dataset.batch(size)
    return (found.part(element) for element in batches.as_numpy_iterator())


def _three(element: Any) -> tuple[Any, Any, Any]:
    """`x`, `y` and the weights of an element; `None` for what it has not."""
    if not isinstance(element, tuple):
        return element, None, None
    held: list[Any] = [*element]  # pyright: ignore[reportUnknownArgumentType]  # of a program
    if not 1 <= len(held) <= 3:
        raise BadData(f"an element is x, (x, y) or (x, y, sample_weight), not {len(held)} things")
    x, y, weights = (*held, None, None)[:3]
    return x, y, weights


def _side(given: Any, names: Mapping[str, Any] | Sequence[str]) -> dict[str, Any]:
    """What the elements hold for each name; raises `BadData`."""
    if is_mapping(given):
        held = {str(n): v for n, v in given.items()}
    elif given is not None and len(names) == 1:
        held = {next(iter(names)): given}
    else:
        held = {}
    if lacking := [n for n in names if n not in held]:
        raise BadData(f"the dataset's elements hold nothing for `{lacking[0]}`")
    return {n: held[n] for n in names}


def _spec(name: str, spec: Any) -> tuple[tuple[int | None, ...], str]:
    """The shape, with the batch if there is one, and the dtype of one tensor of the elements."""
    shape: Any = getattr(spec, "shape", None)
    if shape is None or shape.rank is None:
        raise BadData(
            f"the dataset does not say how many axes `{name}` has",
            help="`from_generator` takes an `output_signature`, and `map` may `ensure_shape`",
        )
    dtype = str(spec.dtype.name)
    return tuple(shape.as_list()), dtype


def _text(values: Array) -> Array:
    """Texts, which TensorFlow gives as bytes."""
    if values.dtype.kind not in "SO":
        return values
    import numpy as np

    made = np.empty(values.shape, object)
    made.flat[:] = [v.decode(errors="replace") for v in values.flat]
    return made
