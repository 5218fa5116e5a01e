import numpy as np
import pytest

from gcnlabel.errors import InputError
from gcnlabel.studies.zero_shot import few_annotated, without_label


def test_no_task_and_no_target_names_the_label(data):
    left = without_label(data, "b")
    assert left.tasks.labels == ("a", "c", "d", "e", "pleasure")
    for name, part in left.parts.items():
        whole = data.parts[name]
        assert part.annotations.tasks == left.tasks
        np.testing.assert_array_equal(
            part.annotations.targets["tags"], whole.annotations.targets["tags"][:, [0, 2, 3, 4]]
        )
        np.testing.assert_array_equal(part.annotations.targets["affect"], whole.annotations.targets["affect"])
        assert part.inputs is whole.inputs
    assert data.tasks.labels == ("a", "b", "c", "d", "e", "pleasure")


def test_few_shots_and_as_many_negatives_stay(data):
    few = few_annotated(data, "b", 3, seed=0)
    train, whole = (d.parts["train"].annotations.targets["tags"] for d in (few, data))
    kept = ~np.isnan(train[:, 1])
    assert kept.sum() == 6
    assert train[kept, 1].sum() == 3
    np.testing.assert_array_equal(train[kept, 1], whole[kept, 1])
    others = [0, 2, 3, 4]
    np.testing.assert_array_equal(train[:, others], whole[:, others])
    assert np.isnan(few.parts["val"].annotations.targets["tags"][:, 1]).all()
    assert few.parts["test"] is data.parts["test"]
    assert not np.isnan(whole).any()  # the data itself stays
    other = few_annotated(data, "b", 3, seed=1).parts["train"].annotations.targets["tags"]
    assert (np.isnan(other[:, 1]) != np.isnan(train[:, 1])).any()


@pytest.mark.parametrize("leave", [without_label, lambda data, label: few_annotated(data, label, 1, 0)])
@pytest.mark.parametrize(
    ("label", "text"),
    [("pleasure", r"'pleasure' belongs to the dimensional task 'affect'"), ("z", "unknown label 'z'")],
)
def test_only_tags_are_left_out(data, leave, label, text):
    with pytest.raises(InputError, match=text):
        leave(data, label)


def test_what_cannot_be_left_or_kept(data):
    alone = data
    for label in "abcd":
        alone = without_label(alone, label)
    with pytest.raises(InputError, match="'e' is the only label of task 'tags'"):
        without_label(alone, "e")
    with pytest.raises(InputError, match=r"training samples have b = 1\n  expected: 1000"):
        few_annotated(data, "b", 1000, seed=0)
