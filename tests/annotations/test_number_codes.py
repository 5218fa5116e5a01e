"""Numbers that look like codes for missing values are used, and named in the report of rows."""

import numpy as np
import pytest

from gcnlabel.annotations import Annotations
from gcnlabel.annotations.number_codes import coded_rows, number_codes
from gcnlabel.sources.sample_set import SampleSet
from gcnlabel.statistics.streaming import measure_files
from gcnlabel.tasks import Dimensional, TaskSet

AGES = [31.0, 45.5, 18.0, np.nan]
TASKS = TaskSet([Dimensional("body", ["age"])])
NAMED = "age is 999 (if that means 'not annotated', add it to missing: [999] of body) 2"


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ([*AGES, 999, 999, -9, -9], [-9, 999]),
        ([1, 7, 4, 99, 99], [99]),
        ([*AGES, 999], []),  # once: an outlier
        ([60, 97, 98, 99, 99], []),  # ages, percentages
        ([-8, 3, -9, -9], []),  # temperatures
        ([1, 4, 9, 9], []),  # counts
        ([-1, -1, 0, 1], []),
        ([98.9, 99.5, 99.5], []),
        ([99, 99], []),
        ([np.nan, np.nan], []),
    ],
)
def test_codes_are_nines_far_from_all_other_values(values, codes):
    assert number_codes(np.array(values, dtype=float)) == codes


def test_rows_of_codes_are_named_where_samples_are_trained_on():
    annotations = Annotations(TASKS, {"body": np.array([[*AGES, 999.0, 999.0]]).T}, ids=[*"abcdef"])
    line = SampleSet(annotations, np.zeros((6, 1))).report().line()
    assert line.startswith("rows: 6 used (all 6)")
    assert f"kept: {NAMED} (first e)" in line
    assert not coded_rows(annotations.select([0, 1, 2, 4]))


def test_rows_of_codes_are_named_where_a_graph_is_measured_and_the_advice_works(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("age\n31\n45.5\n18\n999\n999\n")
    rows = measure_files([path], TASKS, {("body", "body"): "pearson"}).rows
    assert NAMED in rows.line()
    declared = TaskSet.from_dict({"body": {"type": "dimensional", "dims": ["age"], "missing": [999]}})
    rows = measure_files([path], declared, {("body", "body"): "pearson"}).rows
    assert "999" not in rows.line()
    assert "masked: body not annotated 2" in rows.line()
