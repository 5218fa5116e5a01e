import copy
import warnings

import numpy as np
import pytest
import torch
from label_heads import LABELS, TASKS, asymmetric, propagation_graph
from safetensors.torch import load_file, save_file
from torch import nn
from torch_geometric.nn import GATConv, SAGEConv

from gcnlabel.errors import GcnlabelWarning, InputError
from gcnlabel.graph import LabelGraph
from gcnlabel.nn import LabelGraphHead
from gcnlabel.tasks import TaskSet

ONE_HOT = torch.eye(LABELS)
FEW, MANY = 2, LABELS + 1  # samples: on either side of where W is formed


def embeddings(seed=0):
    return torch.randn(LABELS, 5, generator=torch.Generator().manual_seed(seed))


def make_head(matrix=None, x=None, hidden=(6,), **options):
    torch.manual_seed(0)
    graph = propagation_graph(asymmetric(LABELS) if matrix is None else matrix, embeddings() if x is None else x)
    return LabelGraphHead(graph, TASKS, 4, hidden, **options)


def together(scores):
    return torch.cat(list(scores.values()), dim=1)


@pytest.mark.parametrize("hidden", [(), (6,), (6, 3)], ids=str)
def test_vectors_are_those_of_the_dense_formula(hidden):
    head = make_head(hidden=hidden).double()
    h = head.x.numpy()
    for layer, conv in enumerate(head.gcn.convs):
        h = head.adjacency().to_dense().numpy() @ h @ conv.lin.weight.detach().numpy().T
        h = np.where(h > 0, h, 0.2 * h) if layer < len(hidden) else h
    np.testing.assert_allclose(head.weight().detach().numpy(), h, atol=1e-12)
    np.testing.assert_allclose(head.adjacency().to_dense().numpy(), asymmetric(LABELS), atol=1e-7)


@pytest.mark.parametrize("hidden", [(), (6,), (6, 3)], ids=str)
@pytest.mark.parametrize("batch", [FEW, MANY])
def test_gradients_are_those_of_the_formed_vectors(hidden, batch):
    head = make_head(hidden=hidden, bias=True).double()
    features = torch.randn(batch, 4, dtype=torch.float64, requires_grad=True)
    target = torch.randn(batch, LABELS, dtype=torch.float64)
    inputs = [features, *head.parameters()]
    ours = torch.autograd.grad((together(head(features)) * target).sum(), inputs)
    formed = torch.autograd.grad(((features @ head.weight().T + head.bias) * target).sum(), inputs)
    for one, other in zip(ours, formed, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-12, atol=1e-12)


def test_vectors_are_not_formed_for_a_batch_smaller_than_the_labels(monkeypatch):
    head = make_head()
    monkeypatch.setattr(head, "weight", lambda: pytest.fail("W was formed"))
    head(torch.zeros(FEW, 4))  # 2 x 6 x (4 + 8) multiplications, not 8 x 4 x (6 + 2)
    with pytest.raises(pytest.fail.Exception, match="W was formed"):
        head(torch.zeros(100, 4))


def test_one_layer_over_single_labels_is_any_linear_head():
    head = make_head(np.eye(LABELS), ONE_HOT, hidden=()).double()
    features = torch.randn(50, 4, dtype=torch.float64)
    target = features @ torch.randn(4, LABELS, dtype=torch.float64)
    solution = torch.linalg.lstsq(features, target).solution  # [D, L]
    head.gcn.convs[0].lin.weight.data = solution
    torch.testing.assert_close(together(head(features)), target, rtol=0, atol=1e-12)


def test_two_layers_over_single_labels_hold_any_linear_head():
    head = make_head(np.eye(LABELS), ONE_HOT, hidden=(LABELS,))
    wanted = torch.randn(LABELS, 4)
    nn.init.eye_(head.gcn.convs[0].lin.weight)  # LeakyReLU(I) = I
    head.gcn.convs[1].lin.weight.data = wanted.T
    assert torch.equal(head.weight(), wanted)


@pytest.mark.parametrize("hidden", [(), (16,)], ids=str)
def test_training_finds_a_linear_head(hidden):
    head = make_head(np.eye(LABELS), ONE_HOT, hidden=hidden).double()
    features = torch.randn(30, 4, dtype=torch.float64)
    wanted = torch.randn(LABELS, 4, dtype=torch.float64)
    optimizer = torch.optim.LBFGS(head.parameters(), max_iter=500, tolerance_grad=1e-12, line_search_fn="strong_wolfe")

    def loss():
        optimizer.zero_grad()
        error = (together(head(features)) - features @ wanted.T).square().mean()
        error.backward()
        return error

    optimizer.step(loss)
    torch.testing.assert_close(head.weight(), wanted, rtol=0, atol=1e-4)


@pytest.mark.parametrize("batch", [FEW, MANY])
def test_permuting_the_labels_permutes_the_scores_and_nothing_else(batch):
    matrix, x = asymmetric(LABELS), embeddings()
    shuffled = TaskSet([type(task)(task.name, task.labels[::-1]) for task in reversed(list(TASKS))])
    order = [TASKS.index(label) for label in shuffled.labels]
    head = make_head(matrix, x, bias=True).double()
    nn.init.normal_(head.bias)
    graph = propagation_graph(matrix[np.ix_(order, order)], x[order], shuffled)
    permuted = LabelGraphHead(graph, shuffled, 4, (6,), bias=True).double()
    permuted.gcn.load_state_dict(head.gcn.state_dict())
    permuted.bias.data = head.bias.data[order]
    features = torch.randn(batch, 4, dtype=torch.float64)
    torch.testing.assert_close(permuted.weight(), head.weight()[order], rtol=1e-12, atol=1e-12)
    before, after = head(features), permuted(features)
    assert after.keys() == before.keys()
    for name in before:
        torch.testing.assert_close(after[name], before[name].flip(1), rtol=1e-12, atol=1e-12)


def test_graph_and_embeddings_are_saved_and_not_trained():
    head = make_head(hidden=(6,), bias=True)
    parameters = [name for name, _ in head.named_parameters()]
    assert parameters == ["bias", "gcn.convs.0.lin.weight", "gcn.convs.1.lin.weight"]
    graph = ["x", "adjacency.first", "adjacency.source", "adjacency.value"]
    assert sorted(head.state_dict()) == sorted([*parameters, *graph])


def test_a_head_comes_back_from_a_file_without_pickle(tmp_path):
    head = make_head()
    save_file(head.state_dict(), tmp_path / "head.safetensors")
    other = make_head(asymmetric(LABELS) * 2, embeddings(seed=1))
    features = torch.randn(MANY, 4)
    assert not torch.equal(together(other(features)), together(head(features)))
    assert other.load_state_dict(load_file(tmp_path / "head.safetensors"), strict=True)
    for batch in (features, features[:FEW]):
        assert torch.equal(together(other(batch)), together(head(batch)))


def test_a_checkpoint_of_another_graph_is_refused():
    head = make_head(np.eye(LABELS))
    with pytest.raises(RuntimeError, match=r"size mismatch for adjacency\.value"):
        head.load_state_dict(make_head().state_dict())


def test_the_graph_may_change_afterwards():
    graph = propagation_graph(asymmetric(LABELS), embeddings())
    head = LabelGraphHead(graph, TASKS, 4)
    before = head.weight()
    graph.x.zero_()
    graph.edge_weight.zero_()
    assert torch.equal(head.weight(), before)


@pytest.mark.parametrize("batch", [FEW, MANY])
def test_copied_and_cast(batch):
    head = make_head()
    features = torch.randn(batch, 4)
    assert torch.equal(together(copy.deepcopy(head)(features)), together(head(features)))
    double = copy.deepcopy(head).to(torch.float64)
    torch.testing.assert_close(together(double(features.double())).float(), together(head(features)))


@pytest.mark.parametrize("dtype", [torch.float64, torch.int64, torch.float16])
def test_embeddings_of_any_type(dtype):
    head = make_head(x=ONE_HOT.to(dtype))
    assert head.x.dtype == head.adjacency.value.dtype == torch.float32
    assert head(torch.zeros(2, 4))["tags"].dtype == torch.float32


@pytest.mark.parametrize("batch", [FEW, MANY])
def test_label_vectors_keep_full_precision_under_autocast(batch):
    head = make_head()
    features = torch.randn(batch, 4)
    exact = together(head(features))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.equal(head.weight(), make_head().weight())
        half = together(head(features))
    assert half.dtype == torch.bfloat16
    torch.testing.assert_close(half.float(), exact, rtol=0.05, atol=0.05)
    half.float().sum().backward()
    assert all(torch.isfinite(parameter.grad).all() for parameter in head.parameters())


@pytest.mark.parametrize("batch", [FEW, MANY])
def test_distributed_training(batch, tmp_path):
    features = torch.randn(batch, 4)
    alone = make_head()
    together(alone(features)).square().sum().backward()
    torch.distributed.init_process_group("gloo", init_method=f"file://{tmp_path}/store", rank=0, world_size=1)
    try:
        head = nn.parallel.DistributedDataParallel(make_head())
        together(head(features)).square().sum().backward()
    finally:
        torch.distributed.destroy_process_group()
    for one, other in zip(head.parameters(), alone.parameters(), strict=True):
        torch.testing.assert_close(one.grad, other.grad)


@pytest.mark.parametrize("batch", [FEW, MANY])
def test_other_convolutions(batch):
    head = make_head(conv=lambda i, o: GATConv(i, o, edge_dim=1), activation=nn.ELU)
    scores = together(head(torch.randn(batch, 4)))
    assert scores.shape == (batch, LABELS)
    scores.sum().backward()
    assert all(torch.isfinite(parameter.grad).all() for parameter in head.parameters())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GcnlabelWarning)
        sage = make_head(conv=SAGEConv)
    assert together(sage(torch.zeros(batch, 4))).shape == (batch, LABELS)
    assert sorted(name for name, _ in sage.named_buffers()) == sorted(name for name, _ in head.named_buffers())


def test_graph_of_other_labels():
    tasks = TaskSet([*list(TASKS)[:2], type(TASKS["tags"])("tags", ("cat", "dog", "cov"))])
    with pytest.raises(InputError, match=r"do not match\n  where: only in the graph: cow; only in the tasks: cov"):
        LabelGraphHead(propagation_graph(np.eye(LABELS), ONE_HOT), tasks, 4)


def test_graph_of_another_order():
    tasks = TaskSet(reversed(list(TASKS)))
    graph = propagation_graph(asymmetric(LABELS), embeddings())
    with pytest.raises(InputError, match=r"differently: node 0 is 'sad', label 0 is 'cat'(.|\n)*reorder"):
        LabelGraphHead(graph, tasks, 4)
    torch.manual_seed(0)
    reordered = LabelGraphHead(graph.reorder(tasks), tasks, 4, (6,))
    torch.testing.assert_close(reordered.weight()[:3], make_head().weight()[5:])


def test_graph_without_embeddings():
    with pytest.raises(InputError, match=r"the label graph has no embeddings\n  to do: add them"):
        LabelGraphHead(LabelGraph.from_dense(np.eye(LABELS), TASKS), TASKS, 4)


def test_embeddings_that_cannot_be_used():
    broken = embeddings()
    broken[1, 2] = torch.nan
    with pytest.raises(InputError, match="the embedding of 'happy' is not finite"):
        make_head(x=broken)
    with pytest.raises(InputError, match=rf"embeddings of shape \[2, 5\]\n  expected: \[{LABELS}, F\]"):
        make_head(x=embeddings()[:2])
