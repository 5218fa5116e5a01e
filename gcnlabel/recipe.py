"""From annotations or a published matrix to a propagation graph in two calls; :class:`GraphRecipe` is behind them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gcnlabel.annotations import Annotations
from gcnlabel.graph.borrowing import graph_to_borrow, with_borrowed
from gcnlabel.graph.label_graph import LabelGraph
from gcnlabel.graph.measuring import Pair, Pairs, graph_of_statistics, measured_pairs
from gcnlabel.graph.recipe import GraphRecipe
from gcnlabel.tasks import TaskSet

__all__ = [
    "GraphRecipe",
    "graph_of_statistics",
    "graph_to_borrow",
    "measured_graph",
    "measured_pairs",
    "propagation_graph",
    "with_borrowed",
]


def measured_graph(
    parts: Annotations | Iterable[Annotations],
    tasks: TaskSet,
    statistics: Pairs | str | None = None,
    *,
    convention: str = "emotion-gcn-paper",
) -> LabelGraph:
    """Return the raw graph that is measured from annotations.

    Args:
        parts: Annotations, or chunks of them; give the training split alone.
        tasks: Tasks whose labels become the nodes.
        statistics: Statistic of each pair of tasks, or one name for every pair it suits; None for the convention's.
        convention: The convention that is to follow. Those of both papers take Spearman for classes or tags against
            dimensions and conditional probability for tags against tags.

    Raises:
        InputError: A statistic does not suit its tasks, or there is no sample.
    """
    return GraphRecipe(convention=convention, statistic=statistics).measure(parts, tasks)


def propagation_graph(
    raw: LabelGraph,
    name: str = "emotion-gcn-paper",
    *,
    tau: float | None = None,
    p: float | Mapping[str, float] | None = None,
    pairs: Iterable[Pair] | None = None,
    embeddings: str | None = None,
    missing_words: str = "error",
) -> LabelGraph:
    """Return a raw graph made a propagation matrix by a named convention, with embeddings when they are named.

    Args:
        raw: Graph of raw statistics.
        name: The convention; see :data:`gcnlabel.transforms.CONVENTIONS`.
        tau: Threshold instead of the convention's.
        p: Weight of the neighbours instead of the convention's, or task -> weight.
        pairs: Pairs of tasks whose edges count, instead of the convention's.
        embeddings: ``emotion-words``, ``one-hot``, ``random:SIZE:SEED`` or a file of word vectors.
        missing_words: What to do about words without a vector: ``error``, ``skip``, ``random`` or ``zero``.

    Raises:
        InputError: See :meth:`GraphRecipe.finish`.
    """
    between = None if pairs is None else list(pairs)
    recipe = GraphRecipe(
        convention=name, tau=tau, p=p, pairs=between, embeddings=embeddings, missing_words=missing_words
    )
    return recipe.finish(raw)
