"""Base class of the estimators: hyper-parameters, training and scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import torch
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from gcnlabel.annotations import Annotations, unseen_labels
from gcnlabel.errors import InputError
from gcnlabel.estimators.continuing import Kept
from gcnlabel.estimators.length import epochs_for

if TYPE_CHECKING:
    from gcnlabel.graph import LabelGraph

Array = npt.NDArray[Any]
ROWS = 8192
"""Number of sparse samples that are converted to dense ones at a time for scoring."""


@dataclass(kw_only=True, eq=False, repr=False)
class LabelGraphBase(BaseEstimator):  # type: ignore[misc]
    """A multi-layer perceptron with a head for all tasks, from the best epoch on held-out samples.

    A sample of weight w is equivalent to w equal samples in training, hold-out and measurement (exactly for integer
    ratios up to 10,000 samples or 4 per sample, otherwise on average). Only the number of batches depends on the number
    of given samples. Results depend neither on the scale of the weights, nor on the order of the samples, nor on
    whether a sample is duplicated: copies are held out together.

    Args:
        head: ``default`` (an ensemble, see :mod:`gcnlabel.run.default_head`: about 15 trainings), the name of another
            head (``linear``, ``cosine``; over the label graph ``graph``, ``residual``, ``graph-cosine``), or a name
            with options, which may be other heads: ``{"name": "label-query", "heads": 2}``,
            ``{"name": "cosine", "of": "graph"}``. The next five arguments are for heads over the graph; others ignore
            them with a warning, so that one grid can search over heads and these arguments.
        hidden_channels: Widths of the generators in ``head`` without their own widths; None for (512,).
        convention: How to turn the statistics of the training samples into a graph, see
            :data:`gcnlabel.transforms.CONVENTIONS`; None for ``signed-weighted``.
        tau: Threshold of the correlations, None for the convention's.
        p: Weight of the neighbours, or task -> weight; None for the convention's.
        graph: A :class:`~gcnlabel.graph.LabelGraph` to use instead of a measured one; its labels are matched by name.
            ``head="default"`` is then ``residual`` where it would be linear.
        embeddings: Label embeddings if the graph has none: ``one-hot``, ``emotion-words``, ``random:SIZE:SEED`` or a
            file.
        hidden_layer_sizes: Sizes of the perceptron's layers; () to apply the head to the features.
        dropout: Dropout probability of each layer.
        standardize: Whether to standardize features by mean and deviation of the training samples; ``auto``: yes, but
            sparse ones (90% zeros) are divided by one number, their root mean square.
        loss: Loss, or task -> loss: ``bce`` or ``asymmetric`` for tags, ``ccc`` or ``mse`` for dimensions; None for
            the first of each.
        loss_weights: Task -> weight of its loss; the default is 0.1 for dimensions together with classes or tags, else
            1.
        learning_rate: Initial learning rate of AdamW, with cosine decay to 0.
        weight_decay: Weight decay of AdamW.
        max_iter: Number of epochs; None for 50, or fewer if all tasks are tags with many positive samples, see
            :mod:`gcnlabel.estimators.length`.
        batch_size: Batch size.
        validation_fraction: Fraction of held-out samples, in [0, 1). The epoch with the lowest loss on them is kept;
            with 0, with the lowest training loss. None for 0; for an ensemble, None holds out a tenth for selection and
            then trains again on all samples.
        warm_start: Whether to continue the previous fit for ``max_iter`` more epochs, on samples of the same labels.
            The standardization of features and the label graph stay those of the first fit, and an ensemble keeps its
            selected rates and weights.
        random_state: Seed or generator for initialization, order, dropout and held-out samples. The state of PyTorch's
            generators is not changed.

    Attributes:
        model_: The trained :class:`~gcnlabel.nn.MultiTaskModel`, in double precision.
        tasks_: The predicted :class:`~gcnlabel.tasks.TaskSet`.
        graph_: The label graph of the head, or None.
        config_: The resolved :class:`~gcnlabel.config.Config`, with the actual head for ``default``.
        n_iter_: Number of epochs.
        n_features_in_: Number of features, D.
        feature_names_in_: Names of the features, if X has any.
    """

    head: str | Mapping[str, Any] = "default"
    hidden_channels: Sequence[int] | None = None
    convention: str | None = None
    tau: float | None = None
    p: float | Mapping[str, float] | None = None
    graph: LabelGraph | None = None
    embeddings: str = "one-hot"
    hidden_layer_sizes: Sequence[int] = (256,)
    dropout: float = 0.5
    standardize: bool | Literal["auto"] = "auto"
    loss: str | Mapping[str, str] | None = None
    loss_weights: Mapping[str, float] | None = None
    learning_rate: float = 0.003
    weight_decay: float = 0.05
    max_iter: int | None = None
    batch_size: int = 64
    validation_fraction: float | None = None
    warm_start: bool = False
    random_state: Any = None

    def _train(
        self, X: Any, annotations: Annotations, sample_weight: Any, class_weights: Mapping[str, Any] | None = None
    ) -> None:
        """Train on features [N, D], dense or sparse, and annotations and weights of the same N samples.

        ``class_weights``: task -> label -> weight of a class, or (absent, present) weights of a tag.
        """
        from gcnlabel.estimators import fitting  # lazy: it imports the training

        if len(unseen_labels(annotations)) == annotations.tasks.num_labels:
            raise InputError("no sample is annotated", expected="a class, a positive tag or a value at least once")
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        weights = _check_sample_weight(sample_weight, X, ensure_non_negative=True, dtype=np.float64)
        there = np.flatnonzero(weights)
        if not len(there):
            raise InputError("all sample weights are 0", expected="at least one sample that counts")
        inputs, annotations, weights = dense(X[there].astype(np.float32)), annotations.select(there), weights[there]
        given = self.get_params(deep=False)
        given["max_iter"] = epochs_for(annotations, weights) if self.max_iter is None else self.max_iter
        config = fitting.config_of(given, annotations.tasks, seed, class_weights)
        fraction = self.validation_fraction
        if fraction is None and config.model.head.name not in ("default", "ensemble"):
            fraction = 0.0
        data = fitting.prepared(inputs, annotations, weights, fraction, seed)
        kept: Kept | None = vars(self)["_kept"] if self._goes_on() else None
        asked, before = config, vars(self).get("config_")
        if kept is None or before is None:
            config, self.graph_ = fitting.head_and_graph(config, data.data, self.graph)
        else:
            kept.check_same(config, self.graph, annotations.tasks)
            config = config.model_copy(update={"model": before.model, "graph": before.graph})
        self.config_, self.tasks_, self.n_iter_ = config, annotations.tasks, config.training.epochs
        with torch.random.fork_rng(devices=[]):  # training is on the CPU
            start = None if kept is None else kept.trained
            found = fitting.trained_model(config, data, self.graph_, seed, start)
        self._kept, self.model_ = Kept(asked, self.graph, annotations.tasks, found), found.model

    def _goes_on(self) -> bool:
        """Return whether a fit continues the previous one."""
        return self.warm_start and hasattr(self, "_kept")

    def _scores(self, X: Any) -> dict[str, Array]:
        """Return the scores of each task [N, labels of the task]."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False, accept_sparse="csr")
        from gcnlabel.training import predict

        inputs = (torch.from_numpy(dense(X[start : start + ROWS])) for start in range(0, X.shape[0], ROWS))
        return {name: scores.numpy() for name, scores in predict(self.model_, inputs).items()}

    def _values(self, X: Any) -> dict[str, Array]:
        """Return the probabilities or values of each task [N, labels of the task]."""
        scores = self._scores(X)
        return {task.name: task.activated(torch.from_numpy(scores[task.name])).numpy() for task in self.tasks_}

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


def dense(X: Any) -> Array:
    """Return features as a dense, writable array, which PyTorch requires; that of a pandas frame may be read-only."""
    return np.require(X.toarray() if sparse.issparse(X) else X, requirements=["C", "W"])
