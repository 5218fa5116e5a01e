"""Warning about features and targets in different order; they are matched by position, not by index."""

from __future__ import annotations

import warnings
from typing import Any

from gcnlabel.errors import GcnlabelWarning


def warn_of_other_order(X: Any, y: Any) -> None:
    """Warn if two pandas objects have the same index in different order.

    Example:
        >>> import pandas as pd
        >>> warn_of_other_order(pd.DataFrame({"a": [1, 2]}), pd.Series([1, 2]))
    """
    if not all(hasattr(getattr(each, "index", None), "equals") for each in (X, y)) or len(X) != len(y):
        return
    if not X.index.equals(y.index) and len(X.index.symmetric_difference(y.index)) == 0:
        text = "X and y have the same index in another order; they are matched row by row, as in scikit-learn"
        warnings.warn(f"{text}\n  to do: y.loc[X.index], unless this is intended", GcnlabelWarning, stacklevel=3)
