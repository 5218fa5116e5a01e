"""Choose the scoring rule for a left-out label by leaving out each of the other (seen) labels in turn, too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gcnlabel.config import Config
from gcnlabel.metrics.auc import auc
from gcnlabel.studies.zero_shot.evidence import evidence_of, has_words
from gcnlabel.studies.zero_shot.left import Left
from gcnlabel.studies.zero_shot.models import drawn_and_trained, extended, split_scores
from gcnlabel.studies.zero_shot.rules import Floats, Rule, rules

MAX_MODELS, MAX_SEEN = 300, 16
"""Largest number of seen labels to leave out in total, and for one label (at least two for each label)."""


@dataclass(frozen=True)
class Choice:
    """The rules chosen for a label.

    Attributes:
        rule: The rule with the highest value.
        families: Family -> its best rule.
        values: Family -> mean area under the ROC curve of its best rule over the left-out seen labels.
        seen: The seen labels that were left out in turn; empty if there are too few, and the rule is propagation.
    """

    rule: Rule
    families: dict[str, Rule]
    values: dict[str, float]
    seen: list[str]

    def plain(self) -> dict[str, Any]:
        """Return it as plain values."""
        rules_of = {family: str(rule) for family, rule in self.families.items()}
        return {"rule": str(self.rule), "left_out_auc": self.values, "rules": rules_of, "left_out": self.seen}


def choices(config: Config, lefts: Sequence[Left], seed: int) -> dict[str, Choice]:
    """Return the choice for each left-out label, without using its annotations.

    For a left-out label j, each seen tag k of its task is left out too: a model is trained without both, and every rule
    scores k with edges from the source of the edges of j. Rules are compared by the mean area under the ROC curve of
    seen labels on the val split. If that split is also the source of edges, values of rules with edges are slightly
    optimistic.

    Args:
        config: Config whose head generates its vectors.
        lefts: The labels.
        seed: Seed of the models.
    """
    most = min(MAX_SEEN, max(2, MAX_MODELS // len(lefts)))
    views = {left.label: [left.without(name, config) for name in _seen(left, most)] for left in lefts}
    found = {left.label: [] for left in lefts}  # type: dict[str, list[list[float]]]
    for label, areas in _areas(config, views, seed):
        found[label].append(areas)
    return {
        left.label: _choice(list(rules(has_words(config, left))), found[left.label], views[left.label])
        for left in lefts
    }


def _seen(left: Left, most: int) -> list[str]:
    """Return at most ``most`` seen tags of the label's task, evenly spaced; none if there is only one."""
    labels = left.data.tasks[left.whole.tasks.task_of(left.label).name].labels
    places = np.unique(np.linspace(0, len(labels) - 1, min(most, len(labels))).astype(int))
    return [labels[place] for place in places] if len(labels) > 1 else []


def _areas(config: Config, views: dict[str, list[Left]], seed: int) -> Iterator[tuple[str, list[float]]]:
    """Yield a left-out label and the AUC of a seen label by each rule; pairs of labels share one model."""
    first = {frozenset((label, view.label)): view for label, of_label in views.items() for view in of_label}
    if not first:
        return
    graphs = [view.training_graph(config) for view in first.values()]
    models = drawn_and_trained(config, [view.data for view in first.values()], graphs, seed)
    trained = dict(zip(first, zip(graphs, models, strict=True), strict=True))
    for label, of_label in views.items():
        for view in of_label:
            model = extended(config, view, *trained[frozenset((label, view.label))])
            evidence = evidence_of(config, view, split_scores(model, view.whole, ("train", "val")))
            task = view.whole.tasks.task_of(view.label)
            targets = view.whole.parts["val"].annotations.indicators(task.name)[:, task.labels.index(view.label)]
            yield label, [auc(rule.scores(evidence)["val"], targets) for rule in rules(evidence.text is not None)]


def _choice(all_rules: Sequence[Rule], areas: Sequence[Sequence[float]], views: Sequence[Left]) -> Choice:
    known = [i for i, of in enumerate(areas) if np.isfinite(of).all()]
    means: Floats = np.array([areas[i] for i in known]).mean(0) if known else np.zeros(len(all_rules))
    best: dict[str, int] = {}
    for i, rule in enumerate(all_rules):
        if rule.family not in best or means[i] > means[best[rule.family]]:
            best[rule.family] = i
    return Choice(
        all_rules[int(means.argmax())],
        {family: all_rules[i] for family, i in best.items()},
        {family: float(means[i]) for family, i in best.items()} if known else {},
        [views[i].label for i in known],
    )
