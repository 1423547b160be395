"""Weights & Biases as a callback of a spec, by wandb's own `WandbMetricsLogger`.

    pip install wandb
    specc train digits.yaml --plugin examples/plugins/wandb_logging.py

with, in the spec, `callbacks: [{wandb.Log: {project: digits}}]`. Nothing is sent unless the spec
says `mode: online`.
"""

from __future__ import annotations

from typing import Annotated, Any

from specc.plugin import Choice, Plugin, Text, callback


def _log() -> Any:
    import wandb
    from wandb.integration.keras import WandbMetricsLogger

    class Log(WandbMetricsLogger):
        """One run of wandb, in the run's folder."""

        def __init__(self, *, folder: Any, project: str = "specc", mode: str = "offline") -> None:
            name = f"{folder.parent.name}-{folder.name}"
            wandb.init(project=project, mode=mode, dir=folder, name=name)
            super().__init__()

        def on_train_end(self, logs: Any = None) -> None:
            wandb.finish()

    return Log


@callback(keras=_log)
def Log(
    *,
    project: Annotated[str, Text()] = "specc",
    mode: Annotated[str, Choice(("offline", "online"))] = "offline",
) -> None:
    """What each epoch logs, as a run of wandb."""


plugin = Plugin("wandb", callbacks=[Log])
