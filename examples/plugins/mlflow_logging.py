"""MLflow as a callback of a spec: what each epoch logs, in an experiment.

    pip install mlflow-skinny
    specc train digits.yaml --plugin examples/plugins/mlflow_logging.py

with, in the spec, `callbacks: [{mlflow.Log: {experiment: digits}}]`.
"""

from __future__ import annotations

from typing import Annotated, Any

from specc.plugin import Plugin, Text, callback


def _log() -> Any:
    import keras
    import mlflow

    class Log(keras.callbacks.Callback):
        """One MLflow run. Without an address it is kept in the run's folder."""

        def __init__(self, *, folder: Any, experiment: str = "specc", uri: str = "") -> None:
            super().__init__()
            self.folder, self.experiment = folder, experiment
            self.uri = uri or f"sqlite:///{folder.resolve() / 'mlflow.db'}"

        def on_train_begin(self, logs: Any = None) -> None:
            mlflow.set_tracking_uri(self.uri)
            mlflow.set_experiment(self.experiment)
            mlflow.start_run(run_name=f"{self.folder.parent.name}-{self.folder.name}")
            mlflow.log_param("parameters", self.model.count_params())
            mlflow.log_params(self.params)

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            mlflow.log_metrics({n: float(v) for n, v in (logs or {}).items()}, step=epoch + 1)

        def on_train_end(self, logs: Any = None) -> None:
            mlflow.end_run()

    return Log


@callback(keras=_log)
def Log(*, experiment: Annotated[str, Text()] = "specc", uri: Annotated[str, Text()] = "") -> None:
    """What each epoch logs, as an MLflow run."""


plugin = Plugin("mlflow", callbacks=[Log])
