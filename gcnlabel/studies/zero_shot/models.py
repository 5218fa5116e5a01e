"""Train models without a label, and compute their scores."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch

from gcnlabel.config import Config
from gcnlabel.graph import LabelGraph, attached_graph
from gcnlabel.nn import HEADS, MultiTaskModel
from gcnlabel.run.build import build_model
from gcnlabel.run.data import RunData
from gcnlabel.run.default_head import with_head
from gcnlabel.studies.zero_shot.edges import complete
from gcnlabel.studies.zero_shot.left import Left
from gcnlabel.studies.zero_shot.training import trained
from gcnlabel.training import portions, predict

Floats = npt.NDArray[np.float64]
SPLITS = ("val", "test")


def free_config(config: Config) -> Config:
    """Return the config with free vectors, scored in the same way as those of its head (cosine or linear)."""
    head = next((part for part in config.model.head.all() if part.name == "cosine"), None)
    free = HEADS.parse("linear")
    return with_head(config, free if head is None else head.model_copy(update={"of": free}), config.graph)


def drawn_and_trained(
    config: Config, datas: Sequence[RunData], graphs: Sequence[LabelGraph] | None, seed: int
) -> list[MultiTaskModel]:
    """Return a trained model for each of ``datas``, with its graph if ``graphs`` are given."""
    models = []
    for m, data in enumerate(datas):
        torch.manual_seed(seed)
        models.append(build_model(config, data, None if graphs is None else complete(graphs[m])))
    return trained(config, datas, models, seed)


def extended(config: Config, left: Left, graph: LabelGraph, model: MultiTaskModel) -> MultiTaskModel:
    """Return a model trained without a label, with ``graph``, extended by the label."""
    return model.extend(attached_graph(graph, left.graph(config)))


def of_label(left: Left, scores: dict[str, Floats]) -> dict[str, Floats]:
    """Return split -> scores of a left-out label, [N]."""
    return {split: values[:, left.whole.tasks.index(left.label)] for split, values in scores.items()}


def split_scores(model: MultiTaskModel, data: RunData, splits: Sequence[str] = SPLITS) -> dict[str, Floats]:
    """Return split -> scores of all labels, [N, L]."""
    found = {split: predict(model, portions(data.parts[split].inputs)) for split in splits}
    return {split: torch.cat([of[task.name] for task in data.tasks], 1).double().numpy() for split, of in found.items()}
