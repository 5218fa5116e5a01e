"""scikit-learn estimators with heads over a label graph (extra ``sklearn``).

This is the only subpackage that imports scikit-learn.
"""

try:
    from gcnlabel.estimators.classifier import LabelGraphClassifier
    from gcnlabel.estimators.folds import LabelKFold
    from gcnlabel.estimators.mixed import LabelGraphEstimator
    from gcnlabel.estimators.regressor import LabelGraphRegressor
    from gcnlabel.estimators.scoring import MaskedScorer
except ImportError as error:
    if (error.name or "").partition(".")[0] != "sklearn":
        raise
    raise ImportError(
        "gcnlabel.estimators needs scikit-learn 1.7 or later\n  to do: pip install 'gcnlabel[sklearn]'",
        name=error.name,
    ) from error

__all__ = ["LabelGraphClassifier", "LabelGraphEstimator", "LabelGraphRegressor", "LabelKFold", "MaskedScorer"]
