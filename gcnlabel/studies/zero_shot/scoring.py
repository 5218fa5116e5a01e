"""Scores of a left-out label by every method, for one seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import torch

from gcnlabel.config import Config
from gcnlabel.graph import LabelGraph, attached_graph, joined_graph
from gcnlabel.graph.raw_matrix import as_dense
from gcnlabel.nn import HEADS, MultiTaskModel
from gcnlabel.run.build import build_model
from gcnlabel.run.data import RunData
from gcnlabel.run.default_head import with_head
from gcnlabel.run.graph import finished_graph, raw_graph
from gcnlabel.studies.zero_shot.baselines import BASELINES, Seen, baseline_scores
from gcnlabel.studies.zero_shot.edges import complete, identity, restricted, shuffled
from gcnlabel.studies.zero_shot.left_out import few_annotated, without_label
from gcnlabel.studies.zero_shot.training import trained
from gcnlabel.training import portions, predict

Floats = npt.NDArray[np.float64]
Scores = dict[str, dict[str, Floats]]
"""Scores of a label by each method, on each split, [N] each."""
SPLITS = ("val", "test")
GRAPH, SHUFFLED, IDENTITY = "label graph", "label graph, labels shuffled", "identity graph"
FREE, TRAINED = "free vectors", "trained on every sample"


@dataclass(frozen=True)
class Left:
    """A label that is left out, and what is known without it.

    Attributes:
        label: Its name.
        whole: Data with it.
        data: Data without it.
        raw: Raw graph over all labels: measured on the training split, and for the label elsewhere.
    """

    label: str
    whole: RunData
    data: RunData
    raw: LabelGraph

    @classmethod
    def out(cls, label: str, config: Config, whole: RunData, other: LabelGraph) -> Left:
        """Leave a label out; ``other`` is a raw graph over all labels that holds its edges."""
        data = without_label(whole, label)
        return cls(label, whole, data, joined_graph(raw_graph(config, data.parts["train"]), other))

    def graph(self, config: Config) -> LabelGraph:
        """Return the propagation graph over all labels that a config makes."""
        return finished_graph(config, self.raw)

    def training_graph(self, config: Config) -> LabelGraph:
        """Return that over the trained labels, each with the embedding that it has among all labels."""
        seen = self.data.tasks
        graph = finished_graph(config, restricted(self.raw, seen))
        return graph.with_embeddings(self.graph(config).x[[self.raw.tasks.index(label) for label in seen.labels]])

    def shuffled(self, seed: int) -> Left:
        """Return the same with the labels of the raw graph permuted."""
        return replace(self, raw=shuffled(self.raw, seed))


def zero_shot_scores(config: Config, lefts: Sequence[Left], seed: int) -> list[Scores]:
    """Return for each left-out label its scores by every method that was trained without it.

    With the identity graph the trained labels have self-loops alone; the new label has its in-neighbours nevertheless.

    Args:
        config: Config whose head generates its vectors.
        lefts: The labels.
        seed: Seed of the models, of the order of the samples and of the shuffled labels.
    """
    found: list[Scores] = [{} for _ in lefts]
    mixed = [left.shuffled(seed) for left in lefts]
    for name, of_graph in ((GRAPH, lefts), (SHUFFLED, mixed), (IDENTITY, lefts)):
        graphs = [left.training_graph(config) for left in of_graph]
        graphs = [identity(graph) for graph in graphs] if name == IDENTITY else graphs
        models = _models(config, [left.data for left in lefts], graphs, seed)
        for scores, left, graph, model in zip(found, of_graph, graphs, models, strict=True):
            extended = model.extend(attached_graph(graph, left.graph(config)))
            scores[name] = _of_label(left, _scores(extended, left.whole))
    free = _models(free_config(config), [left.data for left in lefts], None, seed)
    for scores, left, model in zip(found, lefts, free, strict=True):
        scores.update(_baselines(config, left, model))
    return found


def few_shot_scores(config: Config, lefts: Sequence[Left], seed: int, shots: int) -> list[Scores]:
    """Return for each label its scores by models trained with it annotated on few samples."""
    datas = [few_annotated(left.whole, left.label, shots, seed) for left in lefts]
    graphs = [left.graph(config) for left in lefts]
    mixed = [left.shuffled(seed).graph(config) for left in lefts]
    found: list[Scores] = [{} for _ in lefts]
    for name, own, graphs_of in (
        (GRAPH, config, graphs),
        (SHUFFLED, config, mixed),
        (IDENTITY, config, [identity(graph) for graph in graphs]),
        (FREE, free_config(config), None),
    ):
        for scores, left, model in zip(found, lefts, _models(own, datas, graphs_of, seed), strict=True):
            scores[name] = _of_label(left, _scores(model, left.whole))
    return found


def trained_scores(config: Config, lefts: Sequence[Left], seed: int) -> list[dict[str, Floats]]:
    """Return for each label its scores by free vectors that were trained on every sample: the ceiling."""
    whole = lefts[0].whole
    (model,) = _models(free_config(config), [whole], None, seed)
    scores = _scores(model, whole)
    return [_of_label(left, scores) for left in lefts]


def free_config(config: Config) -> Config:
    """Return the config with free vectors, scored as those of its head are."""
    head = next((part for part in config.model.head.all() if part.name == "cosine"), None)
    free = HEADS.parse("linear")
    return with_head(config, free if head is None else head.model_copy(update={"of": free}), config.graph)


def _models(
    config: Config, datas: Sequence[RunData], graphs: Sequence[LabelGraph] | None, seed: int
) -> list[MultiTaskModel]:
    models = []
    for m, data in enumerate(datas):
        torch.manual_seed(seed)
        models.append(build_model(config, data, None if graphs is None else complete(graphs[m])))
    return trained(config, datas, models, seed)


def _baselines(config: Config, left: Left, model: MultiTaskModel) -> Scores:
    task = left.data.tasks[left.whole.tasks.task_of(left.label).name]
    columns = left.data.tasks.slice_of(task)
    others = [left.whole.tasks.index(name) for name in task.labels]
    place = left.whole.tasks.index(left.label)
    x = left.graph(config).x.double().numpy()
    scores = {split: values[:, columns] for split, values in _scores(model, left.data, ("train", *SPLITS)).items()}
    seen = Seen(scores["train"], x[others], x[place], as_dense(left.raw.statistic)[place, others].double().numpy())
    return {
        name: {split: baseline_scores(weights(seen), seen, scores[split]) for split in SPLITS}
        for name, weights in BASELINES.items()
    }


def _of_label(left: Left, scores: dict[str, Floats]) -> dict[str, Floats]:
    return {split: values[:, left.whole.tasks.index(left.label)] for split, values in scores.items()}


def _scores(model: MultiTaskModel, data: RunData, splits: Sequence[str] = SPLITS) -> dict[str, Floats]:
    """Return the scores of all labels on each split, [N, L]."""
    found = {split: predict(model, portions(data.parts[split].inputs)) for split in splits}
    return {split: torch.cat([of[task.name] for task in data.tasks], 1).double().numpy() for split, of in found.items()}
