import numpy as np
from sklearn.preprocessing import StandardScaler

from gcnlabel.annotations import Annotations
from gcnlabel.estimators.scaling import DimensionScaling
from gcnlabel.tasks import Categorical, Dimensional, TaskSet

TASKS = TaskSet([Categorical("c", ["p", "q"]), Dimensional("d", ["v", "constant", "missing"], range=(0, 9))])


def test_dimensions_are_scaled_and_come_back_as_scikit_learn_would_do_it():
    values = np.random.default_rng(0).uniform(0, 9, (30, 3))
    values[::3, 0], values[:, 1], values[:, 2] = np.nan, 4, np.nan
    given = Annotations(TASKS, {"c": np.zeros(30, dtype=int), "d": values})
    scaling = DimensionScaling.fit(given)
    scaled = scaling.scaled(given)
    reference = StandardScaler().fit_transform(values[:, :2])
    np.testing.assert_allclose(scaled.targets["d"][:, :2], reference)
    assert np.isnan(scaled.targets["d"][:, 2]).all()
    assert scaled.tasks["d"].range is None
    back = scaling.in_units({"c": np.ones((30, 2)), "d": scaled.targets["d"]})
    np.testing.assert_allclose(back["d"], values)
    assert (back["c"] == 1).all()
