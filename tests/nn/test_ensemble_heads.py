"""Ensembles of heads: what they score, how they are folded, and the base models' own networks and kernel."""

import numpy as np
import pytest
import torch
from label_heads import LABELS, TASKS, asymmetric, propagation_graph

from gcnlabel.errors import InputError
from gcnlabel.graph import LabelGraph
from gcnlabel.nn import HEADS, MultiTaskModel, build_head, mlp
from gcnlabel.nn.heads import CosineHead, EnsembleHead, LinearHead
from gcnlabel.nn.heads.label_kernel import LabelKernelHead
from gcnlabel.nn.heads.normalized import NormalizedHead
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, TaskSet
from gcnlabel.units import Units

D = 6
LAYERS = {
    "linear": "linear",
    "cosine": {"name": "cosine", "keep_length": ["affect"]},
    "generated": {"name": "cosine", "of": {"name": "residual", "of": "graph"}},
    "kernel": "label-kernel",
}
OWN = {
    name: {"name": "own-backbone", "backbone": {"name": "mlp", "hidden": [5]}, "of": head}
    for name, head in LAYERS.items()
}


def ensemble(of=LAYERS, seed=0):
    torch.manual_seed(seed)
    graph = propagation_graph(asymmetric(LABELS), torch.randn(LABELS, 4))
    head = build_head(HEADS.parse({"name": "ensemble", "of": of}), TASKS, D, graph)
    head.take(torch.randn_like(head.mix), torch.randn_like(head.stacked), torch.randn_like(head.offset))
    return head.eval()


@pytest.mark.parametrize("of", [LAYERS, OWN], ids=["layers", "own backbones"])
def test_scores_are_those_of_the_formula(of):
    head, x = ensemble(of), torch.randn(7, D)
    each = np.stack([member.scores(x).detach().numpy() for member in head.members.values()])
    wanted = np.einsum("mbl,ml->bl", each, head.mix.numpy()) + head.offset.numpy()
    discrete, dims = [0, 1, 2, 5, 6, 7], [3, 4]
    wanted[:, dims] += wanted[:, discrete] @ head.stacked.numpy().T
    np.testing.assert_allclose(head.scores(x).detach().numpy(), wanted, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(
        head.scores_of(x, torch.tensor([3, 0])).detach().numpy(), wanted[:, [3, 0]], rtol=1e-4, atol=1e-5
    )


@pytest.mark.parametrize("without", [(), ("cosine", "generated"), ("linear",)])
def test_layers_fold_into_one_of_features_and_one_of_directions(without):
    head, x = ensemble(), torch.randn(7, D)
    for name in without:
        head.mix[head.names.index(name)] = 0
    folded = head.fused()
    linear = set(LAYERS) - set(without) <= {"linear", "kernel"}
    assert type(folded) is (LinearHead if linear else NormalizedHead)
    torch.testing.assert_close(folded.scores(x), head.scores(x), rtol=1e-4, atol=1e-5)
    assert len(list(folded.parameters())) == 2


def test_other_base_models_stay_an_ensemble_without_what_has_no_weight():
    head, x = ensemble(OWN), torch.randn(7, D)
    head.mix[1] = 0
    folded = head.fused()
    assert folded.names == ["linear", "generated", "kernel"]
    torch.testing.assert_close(folded.scores(x), head.scores(x), rtol=1e-4, atol=1e-5)


def test_a_folded_model_gives_the_users_units():
    head = ensemble()
    units = Units(TASKS, mean=[3.0, -1.0], sd=[2.0, 0.5]).eval()
    model = MultiTaskModel(mlp(4, hidden=(D,)), head, units).eval()
    x = torch.randn(5, 4)
    for name, wanted in model(x).items():
        torch.testing.assert_close(model.fuse()(x)[name], wanted, rtol=1e-4, atol=1e-5)


def test_each_base_model_has_scores_of_its_own_in_training():
    model = MultiTaskModel(mlp(4, hidden=(D,)), ensemble())
    x = torch.randn(5, 4)
    each, by_name = model(x, each=True), model.standard_scores_of_each(x)
    assert len(each) == len(LAYERS)
    for scores, of in zip(each, by_name.values(), strict=True):
        torch.testing.assert_close(scores["tags"], of["tags"])
    plain = MultiTaskModel(mlp(4, hidden=(D,)), LinearHead(TASKS, D))
    (only,) = plain(x, each=True)
    torch.testing.assert_close(only, plain(x))


def test_vectors_are_those_of_the_base_model_that_generates_them():
    head = ensemble()
    torch.testing.assert_close(head.weight(), head.members["generated"].weight())
    assert head.generated
    with pytest.raises(InputError, match="two vectors per label"):
        head.fused().weight()


def test_what_cannot_be_an_ensemble():
    with pytest.raises(InputError, match="without base models"):
        EnsembleHead({})
    other = TaskSet([MultiLabel("tags", ["a"])])
    with pytest.raises(InputError, match="'b' has other tasks"):
        EnsembleHead({"a": LinearHead(TASKS, 3), "b": LinearHead(other, 3)})


def test_categories_alone_have_nothing_stacked():
    tasks = TaskSet([Categorical("mood", ["a", "b"])])
    head = EnsembleHead({"linear": LinearHead(tasks, 3), "cosine": CosineHead(LinearHead(tasks, 3))})
    assert head.stacked.shape == (0, 2)
    assert head(torch.randn(2, 3))["mood"].shape == (2, 2)
    dims = TaskSet([Dimensional("d", ["v"])])
    assert EnsembleHead({"linear": LinearHead(dims, 3)}).scores(torch.zeros(1, 3)).shape == (1, 1)


@pytest.mark.parametrize("share", [0.0, 0.5, 0.8])
def test_the_kernel_is_that_of_the_correlations(share):
    rng = np.random.default_rng(0)
    correlations = np.corrcoef(rng.normal(size=(LABELS, 30)))
    graph = LabelGraph.from_dense(correlations, TASKS)
    head = LabelKernelHead(graph, TASKS, D, share=share).double()
    wanted = share * correlations + (1 - share) * np.eye(LABELS)
    np.testing.assert_allclose((head.root @ head.root.T).numpy(), wanted, atol=1e-5)
    np.testing.assert_allclose(head.weight().detach().numpy(), head.root.numpy() @ head.vectors.detach().numpy())


def test_correlations_that_do_not_fit_together_have_a_kernel():
    tasks = TaskSet([MultiLabel("tags", ["a", "b", "c"])])
    graph = LabelGraph.from_dense([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]], tasks)
    root = LabelKernelHead(graph, tasks, D, share=1.0).root
    assert root.isfinite().all()
    torch.testing.assert_close(root.norm(dim=1), torch.ones(3))


def test_self_loops_share_the_generator_alone():
    torch.manual_seed(0)
    graph = propagation_graph(asymmetric(LABELS), torch.eye(LABELS))
    parsed = HEADS.parse({"name": "graph", "hidden_channels": [4], "edges": "self-loops"})
    head = build_head(parsed, TASKS, D, graph)
    first, last = (conv.lin.weight for conv in head.gcn.convs)
    wanted = torch.nn.functional.leaky_relu(torch.eye(LABELS) @ first.T, 0.2) @ last.T
    torch.testing.assert_close(head.weight(), wanted)
