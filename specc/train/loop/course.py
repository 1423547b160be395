"""The course of a training: from which step of which epoch to which, and what is validated when."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Course:
    """Epochs from 0, as Keras counts them."""

    epochs: int
    """The first that is no longer trained."""
    initial_epoch: int = 0
    first_step: int = 0
    """Steps of the initial epoch that an earlier process has done."""
    validation_freq: int = 1
    every_steps: int | None = None
    """At whose multiples a checkpoint is written within an epoch."""

    def validates(self, epoch: int) -> bool:
        """Whether an epoch ends with a validation."""
        return (epoch + 1) % self.validation_freq == 0
