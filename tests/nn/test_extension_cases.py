"""Extending a model: modes of parts, one-hot embeddings, and edges of names that disagree with the trained ones."""

import warnings

import pytest
import torch
from label_heads import LABELS, TASKS, asymmetric, propagation_graph
from larger_graphs import KINDS, MORE, flat, larger, trained

from gcnlabel.errors import DisagreeingEdgesWarning, InputError
from gcnlabel.graph import LabelGraph, attached_graph, similarity_graph
from gcnlabel.nn import Backbone, LabelGraphHead, MultiTaskModel, OutputPropagation, TaskHeads, mlp


def with_x(x):
    def change(graph):
        graph.x = x
        return graph

    return change


def modes(module):
    return {name: part.training for name, part in module.named_modules()}


@pytest.mark.parametrize("kind", KINDS)
def test_every_part_keeps_its_own_mode(kind):
    """A wrapper around parts that were put in evaluation mode is itself in training mode."""
    torch.manual_seed(0)
    graph = propagation_graph(asymmetric(LABELS), torch.randn(LABELS, 5))
    dropping = {"activation": lambda: torch.nn.Sequential(torch.nn.LeakyReLU(0.2), torch.nn.Dropout(0.5))}
    head = KINDS[kind](LabelGraphHead(graph, TASKS, 6, (7,), **dropping)).eval()
    body = torch.nn.Sequential(torch.nn.Linear(4, 6), torch.nn.BatchNorm1d(6), torch.nn.Dropout(0.5)).eval()
    model = MultiTaskModel(Backbone(body, 6), head)  # a new module is in training mode
    extended = model.extend(larger(graph, heard=False))
    assert modes(extended) == modes(model)
    assert modes(extended.head) == modes(model.head)
    assert extended.training
    assert not any(modes(extended.backbone.network).values())
    inputs = torch.randn(3, 4)
    for _ in range(2):
        torch.testing.assert_close(flat(extended(inputs), MORE, TASKS.labels), flat(model(inputs), TASKS, TASKS.labels))
    part = body[2]
    part.train()
    assert modes(model.extend(larger(graph))) == modes(model)
    assert model.extend(larger(graph)).backbone.network[2].training
    assert all(modes(model.train().extend(larger(graph))).values())
    assert not any(modes(model.eval().extend(larger(graph))).values())


def test_heads_of_tasks_and_propagation_keep_their_modes():
    graph, _ = trained()
    parts = {
        "tags": LabelGraphHead(graph, TASKS, 6, (7,)).eval(),
        "expression": LabelGraphHead(graph, TASKS, 6, (5,)),
        "affect": LabelGraphHead(graph, TASKS, 6, (3,)).eval(),
    }
    heads = TaskHeads(TASKS, parts)
    found = heads.extended(larger(graph))
    by_width = {head.gcn.sizes[1]: head.training for head in found.heads}
    assert (found.training, by_width) == (True, {7: False, 5: True, 3: False})
    outer = OutputPropagation(LabelGraphHead(graph, TASKS, 6, (7,)).eval(), graph)
    found = outer.extended(larger(graph))
    assert (found.training, found.head.training, found.head.gcn.training) == (True, False, False)


ONE_HOT = r"one-hot embeddings(.|\n)*to do: train with word vectors"


@pytest.mark.parametrize("size", ["smaller", "larger", "without"])
@pytest.mark.parametrize("kind", KINDS)
def test_one_hot_embeddings_are_refused_with_what_to_do_instead(kind, size):
    old = LabelGraph.from_dense(asymmetric(LABELS), TASKS, x=torch.eye(LABELS))
    model = MultiTaskModel(mlp(4, hidden=(6,)), KINDS[kind](LabelGraphHead(old, TASKS, 6, (7,))))
    x = {
        "smaller": torch.eye(MORE.num_labels)[:, :LABELS],  # in the order of the larger graph
        "larger": torch.eye(MORE.num_labels),
        "without": None,
    }[size]
    with pytest.raises(InputError, match=ONE_HOT):
        model.extend(with_x(x)(larger(with_x(torch.zeros(LABELS, 5))(propagation_graph(asymmetric(LABELS), None)))))


def test_rows_of_zeros_extend_a_model_of_one_hot_embeddings():
    """What the message proposes: the trained rows as they were, and new labels known by their edges alone."""
    old = propagation_graph(asymmetric(LABELS), torch.eye(LABELS))
    model = MultiTaskModel(mlp(4, hidden=(6,)), LabelGraphHead(old, TASKS, 6, (7,))).eval()
    x = torch.zeros(MORE.num_labels, LABELS)
    x[[MORE.index(label) for label in TASKS.labels]] = torch.eye(LABELS)
    graph = larger(with_x(torch.zeros(LABELS, 5))(propagation_graph(asymmetric(LABELS), None)), heard=False)
    inputs = torch.randn(3, 4)
    after = model.extend(with_x(x)(graph))(inputs)
    torch.testing.assert_close(flat(after, MORE, TASKS.labels), flat(model(inputs), TASKS, TASKS.labels))


@pytest.mark.parametrize("kind", KINDS)
def test_edges_of_names_alone_are_held_to_the_trained_edges(kind):
    x = torch.randn(LABELS, 5, generator=torch.Generator().manual_seed(0))
    cosines = similarity_graph(TASKS, x)
    more = torch.randn(MORE.num_labels, 5, generator=torch.Generator().manual_seed(1))
    more[[MORE.index(label) for label in TASKS.labels]] = x
    names = similarity_graph(MORE, more)

    def model(sign):
        graph = propagation_graph(sign * cosines.adjacency().numpy(), x)
        return graph, MultiTaskModel(mlp(4, hidden=(6,)), KINDS[kind](LabelGraphHead(graph, TASKS, 6, (7,))))

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model(1)[1].extend(names)
    graph, opposite = model(-1)
    with pytest.warns(DisagreeingEdgesWarning, match=r"rank correlation -1\.00 over 56 pairs of trained labels"):
        opposite.extend(names)
    with pytest.warns(DisagreeingEdgesWarning):
        opposite.extend(attached_graph(graph, names))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        opposite.extend(larger(graph))  # edges that are not made of names
