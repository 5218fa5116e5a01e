"""Inputs of the scoring rules for a left-out label: propagated scores, scores of other labels, correlations, text."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from gcnlabel.config import Config
from gcnlabel.graph.raw_matrix import as_dense
from gcnlabel.studies.zero_shot.left import Left
from gcnlabel.studies.zero_shot.rules import Evidence, Floats, text_similarity
from gcnlabel.studies.zero_shot.training import on_features

NO_WORDS = ("one-hot", "random")
"""Embeddings that do not depend on a label's name."""


def evidence_of(config: Config, left: Left, scores: Mapping[str, Floats]) -> Evidence:
    """Return the inputs of the scoring rules for a left-out label.

    Args:
        config: The config.
        left: The label.
        scores: Split -> scores of all labels of ``left.whole`` [N, L]; those of the label are from its edges.
    """
    place = left.whole.tasks.index(left.label)
    others = [i for i in range(left.whole.tasks.num_labels) if i != place]
    raw = as_dense(left.raw.statistic).double().numpy()
    return Evidence(
        {split: values[:, place] for split, values in scores.items()},
        {split: values[:, others] for split, values in scores.items()},
        raw[place, others],
        raw[np.ix_(others, others)],
        _similarity(config, left, place, list(scores)) if has_words(config, left) else None,
    )


def has_words(config: Config, left: Left) -> bool:
    """Return whether the labels' embeddings are of words and have the size of the inputs.

    This does not ensure that both are from the same model; left-out labels show whether their cosine is useful.
    """
    words = str(config.graph.embeddings or NO_WORDS[0]).split(":")[0] not in NO_WORDS
    inputs = left.whole.parts["train"].inputs
    return words and on_features(left.whole) and left.graph(config).x.shape[1] == inputs.shape[1]


def _similarity(config: Config, left: Left, place: int, splits: list[str]) -> dict[str, Floats]:
    inputs = {split: np.asarray(left.whole.parts[split].inputs, dtype=np.float64) for split in splits}
    return text_similarity(inputs, left.graph(config).x.double().numpy(), place)
