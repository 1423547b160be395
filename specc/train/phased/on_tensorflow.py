"""A step on TensorFlow: a tape for each phase, whose updates the next one sees."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from specc.train.phased.batch import completed, read
from specc.train.phased.course import Course
from specc.train.phased.phase import Phase


def train_step(model: Any, course: Course, data: Any) -> dict[str, Any]:
    """Runs the phases on a batch, in order, and gives what is logged so far."""
    tf: Any = import_module("tensorflow")

    batch = read(course.plan, data, training=True)
    replicas = tf.distribute.get_strategy().num_replicas_in_sync
    done = tf.convert_to_tensor(model.optimizer.iterations)

    def turn(phase: Phase) -> None:
        for _ in range(phase.when.repeat):
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch([v.value for v in phase.over])
                loss = phase.loss(completed(course.plan, batch, model.draws), batch, replicas)
                loss = phase.optimizer.scale_loss(loss)
            gradients = tape.gradient(loss, [v.value for v in phase.over])
            phase.optimizer.apply_gradients(zip(gradients, phase.over, strict=True))

    for phase in course.phases:
        if phase.when.always:
            turn(phase)
        else:
            tf.cond(phase.when.now(done), _branch(turn, phase), tf.no_op)
    if course.counts:
        model.optimizer.iterations.assign_add(1)
    return course.trained()


def _branch(turn: Any, phase: Phase) -> Any:
    tf: Any = import_module("tensorflow")

    def branch() -> Any:
        turn(phase)
        return tf.no_op()

    return branch


def test_step(model: Any, course: Course, data: Any) -> dict[str, Any]:
    """Measures a batch and gives what is logged so far."""
    tf: Any = import_module("tensorflow")

    batch = read(course.plan, data, training=False)
    replicas = tf.distribute.get_strategy().num_replicas_in_sync
    course.evaluate(model, batch.x, batch, replicas)
    return course.evaluated()
