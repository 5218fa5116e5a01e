"""MLflow."""

from __future__ import annotations

from pathlib import Path

from lightning.pytorch.loggers import MLFlowLogger

from gcnlabel.training.loggers.logger import LOGGERS


@LOGGERS.register("mlflow", package="mlflow")
def mlflow(folder: Path, *, experiment: str = "gcnlabel", uri: str | None = None) -> MLFlowLogger:
    """Return the logger to MLflow (extra ``mlflow``).

    Args:
        folder: Folder of logs in the run folder.
        experiment: Name of the experiment.
        uri: Server, file or database; null for ``logs/mlflow.db``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    where = uri or f"sqlite:///{(folder / 'mlflow.db').absolute()}"
    return MLFlowLogger(experiment_name=experiment, run_name=folder.parent.name, tracking_uri=where)
