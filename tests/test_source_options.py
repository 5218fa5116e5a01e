"""An option that has no effect is refused."""

import pytest

from gcnlabel.config import parse_config
from gcnlabel.errors import InputError
from gcnlabel.tasks import TaskSet

CLASSES = {"type": "categorical", "classes": ["a", "b"]}
TAGS = {"type": "multilabel", "labels": ["a", "b"]}
DIMS = {"type": "dimensional", "dims": ["a", "b"]}


@pytest.mark.parametrize(
    ("spec", "option"),
    [
        ({**CLASSES, "separator": ";"}, "separator"),
        ({**CLASSES, "empty": ""}, "empty"),
        ({**CLASSES, "signed": ["a"]}, "signed"),
        ({**TAGS, "separator": " "}, "separator"),
        ({**TAGS, "empty": ""}, "empty"),
        ({**TAGS, "column": "t", "columns": {"a": "x"}}, "columns"),
        ({**TAGS, "column": "t", "signed": ["a"]}, "signed"),
        ({**DIMS, "column": "t"}, "column"),
        ({**TAGS, "negatives": "n"}, "negatives"),
        ({**TAGS, "votes": True}, "votes"),
        ({**CLASSES, "negatives": "n"}, "negatives"),
        ({**CLASSES, "column": "t", "columns": {"a": "x"}}, "column"),
        ({**CLASSES, "column": "t", "votes": True}, "column"),
        ({**CLASSES, "codes": {"x": 1}, "votes": True}, "codes"),
        ({**DIMS, "codes": {"x": "a"}}, "codes"),
        ({**DIMS, "separator": ","}, "separator"),
    ],
)
def test_options_without_effect(spec, option):
    with pytest.raises(InputError, match=f"'{option}' has no effect"):
        TaskSet.from_dict({"t": spec})


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({**TAGS, "columns": {"c": "x"}}, "columns of task 't' name unknown labels: c"),
        ({**DIMS, "columns": {"c": "x"}}, "columns of task 't' name unknown labels: c"),
        ({**TAGS, "column": "x", "codes": {"": 0}}, 'a cell without any label: empty: ""'),
        ({**TAGS, "signed": ["c"]}, "signed of task 't' name unknown labels: c"),
        ({**TAGS, "codes": {"-1": "absnt"}}, "'-1' means 'absnt'"),
        ({**TAGS, "codes": {"-1": -1}}, "'-1' means '-1'"),
        ({**TAGS, "codes": {True: 1}}, "'codes' holds True"),
        ({**TAGS, "missing": [False]}, "'missing' holds False"),
        ({**TAGS, "missing": None}, "'missing' holds None"),
        ({**CLASSES, "codes": {"0": "c"}}, "codes of task 't' name unknown labels: c"),
        ({**TAGS, "column": "t", "separator": ""}, "'separator' is ''"),
        ({**TAGS, "column": 3}, "'column' is 3"),
    ],
)
def test_declarations_that_mean_nothing(spec, message):
    with pytest.raises(InputError, match=message):
        TaskSet.from_dict({"t": spec})


@pytest.mark.parametrize("extra", [{"size": 32}, {"channels": 1}])
def test_sizes_of_images_beside_features(extra):
    data = {"source": "table", "annotations": "a.csv", "features": "f.npy", **extra}
    with pytest.raises(InputError, match="without images"):
        parse_config({"data": data})
