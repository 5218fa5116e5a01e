"""Models with labels that they were never trained on."""

import numpy as np
import pytest
import torch
from label_heads import TASKS
from larger_graphs import KINDS, MORE, NEW, flat, larger, trained
from torch_geometric.nn import GATConv

from gcnlabel.errors import InputError
from gcnlabel.graph import LabelGraph
from gcnlabel.nn import (
    CosineHead,
    LinearHead,
    MultiTaskModel,
    ResidualHead,
    mlp,
)
from gcnlabel.tasks import MultiLabel, TaskSet


@pytest.mark.parametrize("kind", KINDS)
def test_vectors_of_new_labels_are_the_formula(kind):
    graph, model = trained(kind)
    graph = larger(graph)
    extended = model.extend(graph)
    state = {name: value.double().numpy() for name, value in model.state_dict().items()}
    prefix = {
        "graph": "head.",
        "residual": "head.head.",
        "cosine": "head.head.",
        "length": "head.head.",
        "both": "head.head.head.",
    }[kind]
    first, second = (state[f"{prefix}gcn.convs.{i}.lin.weight"].T for i in range(2))
    adjacency = graph.adjacency().double().numpy()
    hidden = adjacency @ graph.x.double().numpy() @ first
    vectors = adjacency @ np.where(hidden > 0, hidden, 0.2 * hidden) @ second
    place = [MORE.index(label) for label in TASKS.labels]
    residual = {"residual": "head.residual", "both": "head.head.residual"}.get(kind)
    if residual:
        vectors[place] += state[residual]
    if kind in ("cosine", "length", "both"):
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    np.testing.assert_allclose(extended.head.weight().detach().numpy(), vectors, atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_trained_labels_that_hear_nothing_new_score_as_before(kind):
    graph, model = trained(kind)
    inputs = torch.randn(3, 4)
    before, after = model(inputs), model.extend(larger(graph, heard=False))(inputs)
    assert {name: scores.shape[1] for name, scores in after.items()} == {task.name: len(task) for task in MORE}
    torch.testing.assert_close(flat(after, MORE, TASKS.labels), flat(before, TASKS, TASKS.labels))


def test_biases_residuals_and_scales_of_new_labels():
    graph, model = trained("both")
    head = model.extend(larger(graph)).head
    bias = dict(zip(MORE.labels, head.bias.tolist(), strict=True))
    old = dict(zip(TASKS.labels, model.head.bias.tolist(), strict=True))
    assert {label: bias[label] for label in TASKS.labels} == old
    assert bias["beach"] == 0
    assert bias["disgust"] == pytest.approx(np.mean([old["sad"], old["happy"], old["fear"]]))
    assert bias["emu"] == pytest.approx(np.mean([old["cat"], old["dog"], old["cow"]]))
    residual = head.head.residual
    assert not residual[[MORE.index(label) for label in NEW]].any()
    assert torch.equal(residual[MORE.index("cat")], model.head.head.residual[TASKS.index("cat")])
    scales = dict(zip(MORE.names, head.log_scale.tolist(), strict=True))
    assert scales["scenes"] == pytest.approx(np.log(10))
    for name, value in zip(TASKS.names, model.head.log_scale.tolist(), strict=True):
        assert scales[name] == value


def test_tasks_without_residuals_stay_without():
    graph, model = trained("residual")
    model = MultiTaskModel(model.backbone, ResidualHead(model.head.head, ["tags"]))
    torch.nn.init.normal_(model.head.residual)
    head = model.extend(larger(graph)).head
    has = {label: bool(row.any()) for label, row in zip(MORE.labels, head.residuals(), strict=True)}
    assert has == {label: label in ("cow", "cat", "dog") for label in MORE.labels}
    assert torch.equal(head.residuals()[MORE.index("dog")], model.head.residuals()[TASKS.index("dog")])
    assert len(head.residual) == len(("cow", "cat", "dog", "emu", "beach"))  # of new labels, 0 until they are trained


def test_the_trained_model_stays_as_it_was_and_shares_nothing():
    graph, model = trained("both")
    before = {name: value.clone() for name, value in model.state_dict().items()}
    random = torch.get_rng_state()
    extended = model.extend(larger(graph))
    assert not extended.training
    assert torch.equal(torch.get_rng_state(), random)  # nothing was drawn
    with torch.no_grad():
        for parameter in extended.parameters():
            parameter.zero_()
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


def test_an_extended_model_trains_extends_and_freezes():
    graph, model = trained("residual")
    extended = model.extend(larger(graph)).train()
    assert model.extend(larger(graph)).double().head.weight().dtype == torch.float64
    sum(scores.sum() for scores in extended(torch.randn(3, 4)).values()).backward()
    assert extended.head.head.gcn.convs[0].lin.weight.grad.any()
    inputs = torch.randn(3, 4)
    fused = extended.eval().fuse()
    torch.testing.assert_close(flat(fused(inputs), MORE, NEW), flat(extended(inputs), MORE, NEW))
    assert extended.extend(larger(graph)).head.tasks == MORE


def test_any_convolution_extends():
    graph, model = trained(conv=lambda a, b: GATConv(a, b, edge_dim=1, add_self_loops=False))
    graph = larger(graph)
    head = model.extend(graph).head
    wanted = model.head.gcn(graph.x, graph.edge_index, graph.edge_weight.float())
    torch.testing.assert_close(head.weight(), wanted)


def with_x(x):
    def change(graph):
        graph.x = x
        return graph

    return change


def renamed(graph):
    return LabelGraph.from_dense(
        np.eye(MORE.num_labels)[::-1],
        TaskSet([MultiLabel("tags", [label.replace("dog", "hog") for label in MORE.labels])]),
        x=graph.x,
    )


def moved(graph):
    return LabelGraph.from_dense(np.eye(MORE.num_labels)[::-1], TaskSet([MultiLabel("tags", MORE.labels)]), x=graph.x)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (with_x(None), r"the graph has no embeddings\n.*\[L, 5\]"),
        (with_x(torch.zeros(MORE.num_labels, 4)), r"embeddings of shape \[11, 4\]\n  expected: \[L, 5\]"),
        (with_x(torch.full((MORE.num_labels, 5), torch.nan)), "the embedding of 'beach' is not finite"),
        (with_x(torch.zeros(MORE.num_labels, 5)), r"embeds 8 trained label\(s\) differently(.|\n)*one-hot"),
        (renamed, r"the graph lacks 1 of the 8 trained labels: dog\n(.|\n)*did you mean 'hog'"),
        (moved, r"label 'sad' is in the multilabel task 'tags'(.|\n)*the categorical task 'expression'"),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_graphs_that_cannot_be_used_are_refused(kind, change, text):
    graph, model = trained(kind)
    with pytest.raises(InputError, match=text):
        model.extend(change(larger(graph)))


@pytest.mark.parametrize("wrap", [lambda head: head, CosineHead])
def test_free_vectors_cannot_be_extended(wrap):
    graph, _ = trained()
    model = MultiTaskModel(mlp(4, hidden=(6,)), wrap(LinearHead(TASKS, 6)))
    with pytest.raises(InputError, match=r"LinearHead without a label graph(.|\n)*graph, or a residual"):
        model.extend(larger(graph))
