"""Rules for zero-shot scores: propagation, ridge over correlations, text similarity, and their sums."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
PENALTIES = (1.0, 0.1, 0.2, 0.5, 2.0, 5.0, 10.0, 30.0)
"""Ridge penalties, in units of a standardised score's variance; the first is the default without left-out labels."""
TEXT_WEIGHTS = (0.5, 0.125, 0.25, 0.375, 0.75, 1.0, 2.0)
"""Weights of the standardised text similarity relative to the other standardised scores; the first is the default."""
SCORES, ANNOTATIONS = "scores", "annotations"
PROPAGATION, RIDGE, TEXT = "label graph", "ridge over correlations", "text similarity"


@dataclass(frozen=True)
class Evidence:
    """Inputs of the rules for a label that was not trained, with L other labels (including dimensions).

    Attributes:
        propagated: Split -> scores of the label by the label graph, [N].
        others: Split -> scores of the other labels, [N, L]; including the train split.
        correlation: Statistic of the label with each other label [L]; NaN counts as 0.
        between: Statistic between the other labels' annotations [L, L].
        text: Split -> similarity of each sample's text to the label's name, [N]; None without word embeddings.
    """

    propagated: Mapping[str, Floats]
    others: Mapping[str, Floats]
    correlation: Floats
    between: Floats
    text: Mapping[str, Floats] | None

    @cached_property
    def standard(self) -> dict[str, dict[str, Floats]]:
        """Kind -> split -> scores, standardised by mean and deviation on the training split."""
        kinds = {"propagated": self.propagated, "others": self.others, "text": self.text}
        return {kind: _standard(scores) for kind, scores in kinds.items() if scores is not None}


@dataclass(frozen=True)
class Rule:
    """A sum of standardised scores: ``s = z(z(a) + z(b)) + w z(c)``, or a sum of some of these terms.

    a are the propagated scores. ``b = Z (K + penalty I)^-1 r`` is the ridge: Z [N, L] are the standardised scores of
    the other labels, r [L] their correlations with the label, K [L, L] their correlations with each other. c is the
    text similarity, with weight w. z standardises by mean and deviation on the training split.

    Attributes:
        propagation: Whether the sum contains a.
        penalty: Penalty of the ridge; None for a sum without b.
        kernel: Correlations in K: of the ``scores`` on the training split, or of the ``annotations``.
        text: Weight w of c; 0 for a sum without c.
    """

    propagation: bool = False
    penalty: float | None = None
    kernel: str = SCORES
    text: float = 0.0

    @property
    def family(self) -> str:
        """Names of the terms of the sum."""
        parts = {PROPAGATION: self.propagation, RIDGE: self.penalty is not None, TEXT: self.text > 0}
        return " + ".join(name for name, there in parts.items() if there)

    def __str__(self) -> str:
        """Return the terms with penalty and weight."""
        ridge = f"{RIDGE} (penalty {self.penalty:g}, of {self.kernel})" if self.penalty is not None else ""
        parts = [PROPAGATION] * self.propagation + [ridge] * bool(ridge)
        weight = f"{self.text:g} x " if parts else ""
        return " + ".join([*parts, *[f"{weight}{TEXT}"] * (self.text > 0)])

    def scores(self, evidence: Evidence) -> dict[str, Floats]:
        """Return split -> scores of the label, [N]."""
        parts = [evidence.standard["propagated"]] if self.propagation else []
        if self.penalty is not None:
            parts.append(_standard(ridge_scores(evidence, self.penalty, self.kernel)))
        whole = [_standard(_sum(parts))] if parts else []
        if self.text and evidence.text is not None:
            whole.append({split: self.text * values for split, values in evidence.standard["text"].items()})
        return _sum(whole)


def rules(text: bool) -> Iterator[Rule]:
    """Yield every rule, simple ones first; ``text``: whether label names are embedded in the inputs' space."""
    weights = (0.0, *TEXT_WEIGHTS) if text else (0.0,)
    for weight in weights:
        yield Rule(propagation=True, text=weight)
    if text:
        yield Rule(text=1.0)
    for propagation in (False, True):
        for kernel in (SCORES, ANNOTATIONS):
            for penalty in PENALTIES:
                for weight in weights:
                    yield Rule(propagation, penalty, kernel, weight)


def ridge_scores(evidence: Evidence, penalty: float, kernel: str) -> dict[str, Floats]:
    """Return split -> ``Z (K + penalty I)^-1 r`` [N]; see :class:`Rule`.

    Negative eigenvalues of a matrix K of annotations are set to 0.
    """
    standard = evidence.standard["others"]
    training = standard["train"]
    between = training.T @ training / len(training) if kernel == SCORES else np.nan_to_num(evidence.between)
    between = (between + between.T) / 2
    np.fill_diagonal(between, 1)
    values, vectors = np.linalg.eigh(between)
    inverse = 1 / (np.maximum(values, 0) + penalty)
    weights = vectors @ (inverse * (vectors.T @ np.nan_to_num(evidence.correlation)))
    return {split: scores @ weights for split, scores in standard.items()}


def text_similarity(inputs: Mapping[str, Floats], names: Floats, place: int) -> dict[str, Floats]:
    """Return split -> cosine of each sample with a label's name, [N].

    It is ``cos(x - mean of x on the training split, e - mean of e over the labels)`` with e the names' embeddings of
    norm 1. Labels with embedding 0 are left out of the mean.

    Args:
        inputs: Split -> text embeddings, [N, F].
        names: Embeddings of the labels' names, from the same model, [L, F].
        place: Index of the label.
    """
    sizes = np.linalg.norm(names, axis=1)
    known = names[sizes > 0] / sizes[sizes > 0, None]
    if not sizes[place]:
        return {split: np.zeros(len(values)) for split, values in inputs.items()}
    name = names[place] / sizes[place] - known.mean(0)
    centred = {split: values - inputs["train"].mean(0) for split, values in inputs.items()}
    lengths = {split: np.linalg.norm(x, axis=1) * np.linalg.norm(name) for split, x in centred.items()}
    return {split: x @ name / np.maximum(lengths[split], 1e-12) for split, x in centred.items()}


def _sum(parts: Sequence[Mapping[str, Floats]]) -> dict[str, Floats]:
    return {split: np.sum([part[split] for part in parts], axis=0) for split in parts[0]}


def _standard(scores: Mapping[str, Floats]) -> dict[str, Floats]:
    mean, sd = scores["train"].mean(0), scores["train"].std(0)
    return {split: np.asarray((values - mean) / np.where(sd > 0, sd, 1)) for split, values in scores.items()}
