from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score

from gcnlabel.graph import attached_graph
from gcnlabel.graph.raw_matrix import as_dense
from gcnlabel.run.build import build_model
from gcnlabel.run.data import SampleSet
from gcnlabel.studies.zero_shot import choosing
from gcnlabel.studies.zero_shot.choosing import choices
from gcnlabel.studies.zero_shot.edges import complete
from gcnlabel.studies.zero_shot.rules import Rule, rules
from gcnlabel.studies.zero_shot.set_up import set_up
from gcnlabel.studies.zero_shot.training import trained
from gcnlabel.training import portions, predict

pytestmark = pytest.mark.filterwarnings("ignore")


def set_up_lefts(config, data, label="all"):
    config, lefts, _ = set_up(config, label, "val", data)
    return config, lefts


@pytest.fixture(scope="module")
def lefts(config, data):
    return set_up_lefts(config, data)[1]


@pytest.fixture(scope="module")
def found(config, lefts):
    return choices(config, lefts, 0)


def test_each_seen_label_is_left_out(found):
    assert {label: choice.seen for label, choice in found.items()} == {
        label: [other for other in "abcde" if other != label] for label in "abcde"
    }
    for choice in found.values():
        assert set(choice.families) == set(choice.values) == {rule.family for rule in rules(text=False)}
        assert choice.rule == choice.families[max(choice.values, key=choice.values.get)]


def test_the_left_out_value_is_that_of_models_trained_without_both(config, lefts, found):
    """The mean area of the seen labels, each scored by its edges alone by a model that has not seen b either."""
    left = lefts[1]
    areas = []
    for name in "acde":
        view = left.without(name, config)
        assert set(view.data.tasks.labels) == {*"abcde", "pleasure"} - {"b", name}
        graph = view.training_graph(config)
        torch.manual_seed(0)
        (model,) = trained(config, [view.data], [build_model(config, view.data, complete(graph))], 0)
        model = model.extend(attached_graph(graph, view.graph(config)))
        scores = predict(model, portions(view.whole.parts["val"].inputs))["tags"]
        place = view.whole.tasks["tags"].labels.index(name)
        targets = left.whole.parts["val"].annotations.targets["tags"][:, "abcde".index(name)]
        areas.append(roc_auc_score(targets, scores[:, place]))
    assert found["b"].values["label graph"] == pytest.approx(np.mean(areas), abs=2e-3)


def test_the_choice_does_not_look_at_the_left_out_label(config, data):
    """Whatever the label's annotations are, on any split: the same rule, and the same left-out values."""
    turned = {}
    for split, part in data.parts.items():
        tags = part.annotations.targets["tags"].copy()
        tags[:, 1] = np.random.default_rng(0).permutation(1 - tags[:, 1])
        turned[split] = SampleSet(
            replace(part.annotations, targets={**part.annotations.targets, "tags": tags}), part.inputs
        )
    other = replace(data, parts=turned)
    (before, after) = (choices(*set_up_lefts(config, of, "b"), 0)["b"] for of in (data, other))
    assert before == after


def test_seen_labels_get_edges_from_where_the_left_out_label_has_them(config, data, lefts):
    """Its row of the statistic is that of val; other rows are those of the training split."""
    view = lefts[1].without("c", config)
    raw = as_dense(view.raw.statistic).numpy()
    a, c, d, e = (view.raw.tasks.index(name) for name in "acde")
    val, train = (np.corrcoef(data.parts[split].annotations.targets["tags"].T) for split in ("val", "train"))
    assert raw[c, a] == pytest.approx(val[2, 0], abs=1e-5)
    assert raw[d, e] == pytest.approx(train[3, 4], abs=1e-5)


def test_the_best_rule_of_each_family_is_kept(lefts):
    every = [Rule(True), Rule(True, text=0.5), Rule(penalty=1.0), Rule(penalty=2.0)]
    views = lefts[:3]
    choice = choosing._choice(every, [[0.5, 0.6, 0.7, 0.9], [0.5, 0.6, 0.7, 0.7], [np.nan] * 4], views)
    assert choice.rule == every[3]
    assert choice.families == {
        "label graph": every[0],
        "label graph + text similarity": every[1],
        "ridge over correlations": every[3],
    }
    assert choice.values["ridge over correlations"] == pytest.approx(0.8)
    assert choice.seen == [view.label for view in views[:2]]


def test_without_a_label_to_leave_out_it_is_the_label_graph(config, data):
    two = replace(data, **_with_tags(data, 2))
    choice = choices(*set_up_lefts(config, two, "a"), 0)["a"]
    assert (choice.rule, choice.values, choice.seen) == (Rule(propagation=True), {}, [])
    assert choice.families["ridge over correlations"] == Rule(penalty=1.0)


def _with_tags(data, number):
    from gcnlabel.studies.zero_shot import without_label

    for label in reversed("abcde"[number:]):
        data = without_label(data, label)
    return {"tasks": data.tasks, "parts": data.parts}


def test_very_many_labels_leave_out_a_few_each(lefts):
    assert choosing._seen(lefts[0], 2) == ["b", "e"]
    assert choosing._seen(lefts[0], 16) == ["b", "c", "d", "e"]
