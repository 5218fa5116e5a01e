import pytest

from gcnlabel.errors import InputError
from gcnlabel.tasks import Categorical, Columns, Dimensional, MultiLabel, TaskSet

TASKS = TaskSet(
    [
        Categorical("expression", ("sad", "happy")),
        Dimensional("affect", ("valence", "arousal"), range=(-1, 1)),
        MultiLabel("tags", ("cat", "dog", "bird")),
    ]
)


def test_indices_follow_the_order_of_tasks_and_labels():
    assert TASKS.labels == ("sad", "happy", "valence", "arousal", "cat", "dog", "bird")
    assert TASKS.num_labels == 7
    assert TASKS.slice_of("affect") == slice(2, 4)
    assert TASKS.slice_of(TASKS["tags"]) == slice(4, 7)
    assert TASKS.index("dog") == 5
    assert TASKS.task_of("arousal").name == "affect"
    assert TASKS.task_indices() == [0, 0, 1, 1, 2, 2, 2]


def test_yaml_round_trip(tmp_path):
    TASKS.to_yaml(tmp_path / "tasks.yaml")
    assert TaskSet.from_yaml(tmp_path / "tasks.yaml") == TASKS
    with pytest.raises(InputError, match="already exists"):
        TASKS.to_yaml(tmp_path / "tasks.yaml")


def test_yaml_of_the_readme(tmp_path):
    path = tmp_path / "tasks.yaml"
    path.write_text(
        "tasks:\n"
        "  expression: {type: categorical, classes: [neutral, happy], column: emotion, codes: {0: neutral, 1: happy}}\n"
        "  affect: {type: dimensional, dims: [valence], range: [-1, 1], missing: -2}\n"
    )
    tasks = TaskSet.from_yaml(path)
    assert tasks["expression"].source.codes == {"0": "neutral", "1": "happy"}
    assert tasks["affect"].source.missing == ("-2",)
    assert tasks["affect"].range == (-1.0, 1.0)


@pytest.mark.parametrize(
    ("declarations", "message"),
    [
        ({}, "no task is declared"),
        ({"a": {"type": "categorical", "classes": ["x", "x"]}}, "duplicate classes: x"),
        ({"a": {"type": "multilabel", "labels": ["\u00e9", "e\u0301"]}}, "duplicate labels: \u00e9"),
        (
            {"a": {"type": "multilabel", "labels": ["x"]}, "b": {"type": "multilabel", "labels": ["x"]}},
            "duplicate label",
        ),
        ({"a": {"type": "multilable", "labels": ["x"]}}, "unknown task type 'multilable'"),
        ({"a": {"type": ["multilabel"], "labels": ["x"]}}, r"unknown task type \['multilabel'\]"),
        ({"a": {"type": "multilabel", "lables": ["x"]}}, "did you mean 'labels'"),
        ({"a": {"type": "multilabel"}}, "'labels' is missing"),
        ({"a": {"type": "dimensional", "dims": ["v"], "range": [1, -1]}}, "low < high"),
        ({"a": {"type": "multilabel", "labels": [True]}}, "quote names"),
        ({"a": {"type": "multilabel", "labels": []}}, "has no labels"),
        ([], "not a mapping"),
    ],
)
def test_bad_declarations(declarations, message):
    with pytest.raises(InputError, match=message):
        TaskSet.from_dict(declarations)


def test_duplicate_task_names_and_unknown_names():
    with pytest.raises(InputError, match="duplicate task names: a"):
        TaskSet([MultiLabel("a", ("x",)), MultiLabel("a", ("y",))])
    with pytest.raises(InputError, match="did you mean 'affect'"):
        TASKS["afect"]
    with pytest.raises(InputError, match="did you mean 'valence'"):
        TASKS.index("valance")


def test_column_maps_are_written_too(tmp_path):
    source = Columns(column="expr", codes={"0": "sad", "1": "happy"}, missing=("-1",))
    TaskSet([Categorical("expression", ["sad", "happy"], source=source)]).to_yaml(tmp_path / "t.yaml")
    (found,) = TaskSet.from_yaml(tmp_path / "t.yaml")
    assert found.source == source
    assert "separator" not in (tmp_path / "t.yaml").read_text()


@pytest.mark.parametrize("name", ["", "ta.gs"])
def test_a_name_that_no_part_of_a_network_can_have(name):
    with pytest.raises(InputError, match="a name without a dot"):
        MultiLabel(name, ["a"])
