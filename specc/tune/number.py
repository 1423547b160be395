"""Numbers of a trial inside a program that many trials share.

A `Number` stands in a Keras object where a plain float stood: a dropout layer's `rate`, an
optimizer's `beta_1`. Arithmetic with plain numbers gives another `Number`, and the same arithmetic
is later done for each trial on the host, in double precision, as Keras does it where the number is
a constant; so that `1 - beta_2` has the same bits. Where a `Number` meets a tensor, it becomes an
element of the vector that the program takes as an argument.
"""

from __future__ import annotations

import numbers
import operator
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Any

Formula = Callable[[Sequence[float]], float]


class Row:
    """The vector of one program, (width,): which place holds which number of a trial."""

    def __init__(self, count: int) -> None:
        self.width = 16 * count + 16
        """More than Keras's own formulas make of `count` numbers."""
        self._vector: Any = None
        self._formulas: dict[str, Formula] = {}
        self._places: dict[str, int] = {}
        self._reached: set[int] = set()
        """The trial's numbers that have met a tensor, by themselves or in a formula."""

    def number(self, index: int, like: float) -> Number:
        """The trial's number at `index`; `like` is one of its values, for comparisons."""
        return Number(self, like, f"[{index}]", lambda values: values[index], frozenset({index}))

    @contextmanager
    def bound(self, vector: Any) -> Generator[None]:
        """Lets numbers be elements of `vector`, a tensor of (width,), while a step is traced."""
        self._vector = vector
        try:
            yield
        finally:
            self._vector = None

    def values(self, given: Sequence[float]) -> list[float]:
        """The vector of a trial that has the numbers in `given`; complete after a first trace."""
        found = [formula(given) for formula in self._formulas.values()]
        return found + [0.0] * (self.width - len(found))

    def unreached(self, count: int) -> list[int]:
        """Which of the first `count` numbers have met no tensor in any trace."""
        return [i for i in range(count) if i not in self._reached]

    def element(self, number: Number) -> Any:
        """What stands for `number` in a step that is traced; `None` outside of one.

        Raises `OverflowError` where a program makes more of its numbers than the vector holds.
        """
        if self._vector is None:
            return None
        if number.text not in self._formulas:
            if len(self._formulas) == self.width:
                raise OverflowError(f"more than {self.width} numbers are made of a trial's own")
            self._places[number.text] = len(self._formulas)
            self._formulas[number.text] = number.formula
        self._reached |= number.made_of
        return self._vector[self._places[number.text]]


class Number:
    """A number that each trial has its own of. `like` is a value that it compares as."""

    __hash__ = None  # pyright: ignore[reportAssignmentType]  # what were hashed would be one trial's

    def __init__(
        self, row: Row, like: float, text: str, formula: Formula, made_of: frozenset[int]
    ) -> None:
        self.row = row
        self.like = like
        self.text = text
        self.formula = formula
        self.made_of = made_of

    def __repr__(self) -> str:
        return f"<Number {self.text} like {self.like}>"

    # --- as a tensor ------------------------------------------------------------------------------

    @property
    def dtype(self) -> Any:
        """The type of the element that it becomes; JAX asks before it makes one."""
        import numpy as np

        return np.dtype("float32")

    def __jax_array__(self) -> Any:
        import jax.numpy as jnp

        element = self.row.element(self)
        return jnp.float32(self.like) if element is None else element

    def __tf_tensor__(self, dtype: Any = None, name: str | None = None) -> Any:
        import tensorflow

        tf: Any = tensorflow
        element = self.row.element(self)
        if element is None:
            return tf.constant(self.like, dtype or tf.float32, name=name)
        return element if dtype is None or dtype == element.dtype else tf.cast(element, dtype)

    # --- as a number ------------------------------------------------------------------------------

    def __float__(self) -> float:
        raise TypeError("a number that each trial has its own of cannot be a constant here")

    def __bool__(self) -> bool:
        return bool(self.like)

    def _with(self, other: Any, sign: str, swapped: bool = False) -> Any:
        if isinstance(other, Number):
            first, second, made_of = self, other, self.made_of | other.made_of
        elif isinstance(other, int | float):
            constant = Number(
                self.row, other, repr(float(other)), lambda _: float(other), frozenset()
            )
            first, second = (constant, self) if swapped else (self, constant)
            made_of = self.made_of
        else:
            return NotImplemented
        f, a, b = _ARITHMETIC[sign], first.formula, second.formula
        return Number(
            self.row,
            f(first.like, second.like),
            f"({first.text} {sign} {second.text})",
            lambda values: f(a(values), b(values)),
            made_of,
        )

    def __add__(self, other: Any) -> Any:
        return self._with(other, "+")

    def __radd__(self, other: Any) -> Any:
        return self._with(other, "+", swapped=True)

    def __sub__(self, other: Any) -> Any:
        return self._with(other, "-")

    def __rsub__(self, other: Any) -> Any:
        return self._with(other, "-", swapped=True)

    def __mul__(self, other: Any) -> Any:
        return self._with(other, "*")

    def __rmul__(self, other: Any) -> Any:
        return self._with(other, "*", swapped=True)

    def __truediv__(self, other: Any) -> Any:
        return self._with(other, "/")

    def __rtruediv__(self, other: Any) -> Any:
        return self._with(other, "/", swapped=True)

    def __pow__(self, other: Any) -> Any:
        return self._with(other, "**")

    def __rpow__(self, other: Any) -> Any:
        return self._with(other, "**", swapped=True)

    def __neg__(self) -> Any:
        return self._with(-1.0, "*")

    # --- compared: trials on the two sides of 0 and of 1 are in two groups ------------------------

    def __lt__(self, other: Any) -> Any:
        return self.like < _like(other) if _comparable(other) else NotImplemented

    def __le__(self, other: Any) -> Any:
        return self.like <= _like(other) if _comparable(other) else NotImplemented

    def __gt__(self, other: Any) -> Any:
        return self.like > _like(other) if _comparable(other) else NotImplemented

    def __ge__(self, other: Any) -> Any:
        return self.like >= _like(other) if _comparable(other) else NotImplemented

    def __eq__(self, other: Any) -> Any:
        return self.like == _like(other) if _comparable(other) else NotImplemented

    def __ne__(self, other: Any) -> Any:
        return self.like != _like(other) if _comparable(other) else NotImplemented


numbers.Real.register(Number)  # what asks whether a rate is a number or a tensor is told: a number

_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": lambda a, b: a / b,
    "**": pow,
}


def _comparable(other: Any) -> bool:
    return isinstance(other, int | float | Number)


def _like(other: Any) -> Any:
    return other.like if isinstance(other, Number) else other
