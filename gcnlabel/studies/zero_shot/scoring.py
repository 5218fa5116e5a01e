"""Compute the scores of left-out labels by every method, for one seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from gcnlabel.config import Config
from gcnlabel.graph.raw_matrix import as_dense
from gcnlabel.nn import MultiTaskModel
from gcnlabel.studies.zero_shot.baselines import BASELINES, Seen, baseline_scores
from gcnlabel.studies.zero_shot.choosing import Choice
from gcnlabel.studies.zero_shot.edges import identity
from gcnlabel.studies.zero_shot.evidence import evidence_of
from gcnlabel.studies.zero_shot.has_label import ridge_of_features
from gcnlabel.studies.zero_shot.left import Left
from gcnlabel.studies.zero_shot.left_out import few_annotated
from gcnlabel.studies.zero_shot.models import SPLITS, drawn_and_trained, extended, free_config, of_label, split_scores
from gcnlabel.studies.zero_shot.rules import PROPAGATION

Floats = npt.NDArray[np.float64]
Scores = dict[str, dict[str, Floats]]
"""Method -> split -> scores of a label, [N]."""
GRAPH, SHUFFLED, IDENTITY = PROPAGATION, "label graph, labels shuffled", "identity graph"
FREE, TRAINED = "free vectors", "trained on every sample"
CHOSEN = "chosen by left-out labels"
HAS_LABEL = "ridge on the val split (has the label)"


def zero_shot_scores(config: Config, lefts: Sequence[Left], seed: int, choices: Mapping[str, Choice]) -> list[Scores]:
    """Return the scores of each left-out label by every method trained without it.

    With the identity graph, trained labels have only self-loops; the new label has its in-neighbours.

    Args:
        config: Config whose head generates its vectors.
        lefts: The labels.
        seed: Seed of the models, of the order of the samples and of the shuffled labels.
        choices: The rule of each label, by name.
    """
    found: list[Scores] = [{} for _ in lefts]
    mixed = [left.shuffled(seed) for left in lefts]
    for name, of_graph in ((GRAPH, lefts), (SHUFFLED, mixed), (IDENTITY, lefts)):
        graphs = [left.training_graph(config) for left in of_graph]
        graphs = [identity(graph) for graph in graphs] if name == IDENTITY else graphs
        models = drawn_and_trained(config, [left.data for left in lefts], graphs, seed)
        for scores, left, graph, model in zip(found, of_graph, graphs, models, strict=True):
            larger = extended(config, left, graph, model)
            scores.update(_of_graph(config, name, left, larger, choices[left.label]))
    free = drawn_and_trained(free_config(config), [left.data for left in lefts], None, seed)
    for scores, left, model in zip(found, lefts, free, strict=True):
        scores.update(_baselines(config, left, model))
    return found


def few_shot_scores(
    config: Config, lefts: Sequence[Left], seed: int, shots: int, choices: Mapping[str, Choice]
) -> list[Scores]:
    """Return the scores of each label by models trained with few annotated samples of it.

    Propagated scores in rules are those of the label graph's model, which was trained with these samples.
    """
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
        for scores, left, model in zip(found, lefts, drawn_and_trained(own, datas, graphs_of, seed), strict=True):
            scores.update(_of_graph(config, name, left, model, choices[left.label]))
    return found


def trained_scores(config: Config, lefts: Sequence[Left], seed: int) -> list[dict[str, Floats]]:
    """Return the scores of each label by free vectors trained on all samples, as an upper reference."""
    whole = lefts[0].whole
    (model,) = drawn_and_trained(free_config(config), [whole], None, seed)
    scores = split_scores(model, whole)
    return [of_label(left, scores) for left in lefts]


def has_label_scores(lefts: Sequence[Left]) -> list[dict[str, Floats]]:
    """Return the scores of each label by a ridge regression on the inputs, trained on the label in the val split."""
    found = []
    for left in lefts:
        task = left.whole.tasks.task_of(left.label)
        targets = left.whole.parts["val"].annotations.indicators(task.name)[:, task.labels.index(left.label)]
        val, test = (np.asarray(left.whole.parts[split].inputs, dtype=np.float64) for split in SPLITS)
        found.append(dict(zip(SPLITS, ridge_of_features(val, test, targets), strict=True)))
    return found


def _of_graph(config: Config, name: str, left: Left, model: MultiTaskModel, choice: Choice) -> Scores:
    """Return the label's scores by a model; for the label graph, also by each family of rules and the chosen rule."""
    if name != GRAPH:
        return {name: of_label(left, split_scores(model, left.whole))}
    evidence = evidence_of(config, left, split_scores(model, left.whole, ("train", *SPLITS)))
    found = {GRAPH: evidence.propagated, **{family: rule.scores(evidence) for family, rule in choice.families.items()}}
    found[CHOSEN] = choice.rule.scores(evidence)
    return {method: {split: of[split] for split in SPLITS} for method, of in found.items()}


def _baselines(config: Config, left: Left, model: MultiTaskModel) -> Scores:
    task = left.data.tasks[left.whole.tasks.task_of(left.label).name]
    columns = left.data.tasks.slice_of(task)
    others = [left.whole.tasks.index(name) for name in task.labels]
    place = left.whole.tasks.index(left.label)
    x = left.graph(config).x.double().numpy()
    scores = {split: values[:, columns] for split, values in split_scores(model, left.data, ("train", *SPLITS)).items()}
    seen = Seen(scores["train"], x[others], x[place], as_dense(left.raw.statistic)[place, others].double().numpy())
    return {
        name: {split: baseline_scores(weights(seen), seen, scores[split]) for split in SPLITS}
        for name, weights in BASELINES.items()
    }
