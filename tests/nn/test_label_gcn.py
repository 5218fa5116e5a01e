import warnings

import numpy as np
import pytest
import torch
from label_heads import asymmetric, edges
from torch import nn
from torch_geometric.nn import (
    ChebConv,
    GATConv,
    GATv2Conv,
    GCNConv,
    GeneralConv,
    GINConv,
    GraphConv,
    SAGEConv,
    TransformerConv,
)

from gcnlabel.errors import GcnlabelWarning, InputError
from gcnlabel.nn import LabelGCN, gcn_conv, sparse_adjacency, uniform_by_width

WIDTHS = [(), (7,), (7, 4)]


def dense_numpy(gcn, a, z):
    """Â H W, layer by layer, LeakyReLU with slope 0.2 between."""
    h = z
    for layer, conv in enumerate(gcn.convs):
        h = a @ h @ conv.lin.weight.detach().numpy().T
        if layer < len(gcn.convs) - 1:
            h = np.where(h > 0, h, 0.2 * h)
    return h


def dense_torch(gcn, a, h):
    for layer, conv in enumerate(gcn.convs):
        h = a @ (h @ conv.lin.weight.T)
        h = nn.functional.leaky_relu(h, 0.2) if layer < len(gcn.convs) - 1 else h
    return h


@pytest.fixture(params=WIDTHS, ids=str)
def gcn(request):
    torch.manual_seed(0)
    return LabelGCN(5, request.param, 3).double()


@pytest.fixture
def a():
    return asymmetric(9)


@pytest.fixture
def z():
    return torch.as_tensor(np.random.default_rng(1).normal(size=(9, 5)))


def test_equals_the_dense_formula_and_not_its_transpose(gcn, a, z):
    edge_index, edge_weight = edges(a)
    expected = dense_numpy(gcn, a, z.numpy())
    backwards = dense_numpy(gcn, a.T, z.numpy())
    for w in (gcn(z, edge_index, edge_weight), gcn(z, sparse_adjacency(edge_index, edge_weight, 9))):
        np.testing.assert_allclose(w.detach().numpy(), expected, rtol=0, atol=1e-10)
        assert np.abs(w.detach().numpy() - backwards).max() > 0.1


def test_worked_by_hand():
    gcn = LabelGCN(1, (1,), 1)
    for conv in gcn.convs:
        nn.init.constant_(conv.lin.weight, 2.0)
    a = torch.tensor([[0.0, 1.0], [0.0, 0.5]])  # both listen to the second label alone
    adjacency = a.to_sparse_csr()
    # Z = (1, -3): Â Z 2 = (-6, -3), LeakyReLU (-1.2, -0.6), Â H 2 = (-1.2, -0.6)
    torch.testing.assert_close(gcn(torch.tensor([[1.0], [-3.0]]), adjacency), torch.tensor([[-1.2], [-0.6]]))


def test_gradients_through_csr_equal_those_of_the_dense_formula(gcn, a, z):
    adjacency = sparse_adjacency(*edges(a), 9)
    z.requires_grad_()
    target = torch.as_tensor(np.random.default_rng(2).normal(size=(9, 3)))
    inputs = [z, *gcn.parameters()]
    ours = torch.autograd.grad((gcn(z, adjacency) * target).sum(), inputs)
    theirs = torch.autograd.grad((dense_torch(gcn, torch.as_tensor(a), z) * target).sum(), inputs)
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-12, atol=1e-12)
    assert torch.autograd.gradcheck(lambda x: gcn(x, adjacency), (z,))


def test_a_label_that_hears_nothing_gets_no_vector_and_no_nan(gcn, z):
    nothing = torch.empty(2, 0, dtype=torch.int64), torch.empty(0, dtype=torch.float64)
    for w in (gcn(z, *nothing), gcn(z, sparse_adjacency(*nothing, 9))):
        assert w.tolist() == torch.zeros(9, 3).tolist()


def test_activation_can_be_chosen(a, z):
    gcn = LabelGCN(5, (4,), 3, activation=nn.Identity).double()
    product = a @ a @ z.numpy()
    for conv in gcn.convs:
        product = product @ conv.lin.weight.detach().numpy().T
    np.testing.assert_allclose(gcn(z, *edges(a)).detach().numpy(), product, atol=1e-10)


WEIGHTED = {
    "GraphConv": GraphConv,
    "GCNConv": GCNConv,
    "ChebConv": lambda i, o: ChebConv(i, o, K=2),
    "GATConv": lambda i, o: GATConv(i, o, edge_dim=1),
    "GATv2Conv": lambda i, o: GATv2Conv(i, o, heads=2, concat=False, edge_dim=1),
    "TransformerConv": lambda i, o: TransformerConv(i, o, edge_dim=1),
    "GeneralConv": lambda i, o: GeneralConv(i, o, in_edge_channels=1),
}
UNWEIGHTED = {
    "SAGEConv": SAGEConv,
    "GATConv": GATConv,
    "GATv2Conv": GATv2Conv,
    "TransformerConv": TransformerConv,
    "GeneralConv": GeneralConv,
    "GINConv": lambda i, o: GINConv(nn.Linear(i, o)),
}


def scores(conv, a, z):
    torch.manual_seed(0)
    gcn = LabelGCN(5, (4,), 3, conv=conv).double()
    return gcn(z, *edges(abs(a)))


@pytest.mark.parametrize("name", WEIGHTED)
def test_any_convolution_that_takes_weights_gets_them(name, a, z):
    w = scores(WEIGHTED[name], a, z)
    assert w.shape == (9, 3)
    assert torch.isfinite(w).all()
    assert not torch.allclose(w, scores(WEIGHTED[name], a**3, z))


@pytest.mark.parametrize("name", UNWEIGHTED)
def test_a_convolution_that_ignores_weights_says_so(name, a, z):
    with pytest.warns(GcnlabelWarning, match=f"{name} ignores edge weights"):
        w = scores(UNWEIGHTED[name], a, z)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GcnlabelWarning)
        torch.testing.assert_close(w, scores(UNWEIGHTED[name], a**3, z))
    assert w.shape == (9, 3)


def test_a_layer_of_another_width_is_refused(a, z):
    gcn = LabelGCN(5, (4,), 3, conv=lambda i, o: GATConv(i, o, heads=2, edge_dim=1)).double()
    with pytest.raises(InputError, match=r"GATConv returns 8 values per label\n  expected: 4\n.*concat=False"):
        gcn(z, *edges(a))


def test_what_only_propagates():
    assert LabelGCN(2, (2,), 2).only_propagates()
    for conv in (
        lambda i, o: GCNConv(i, o, bias=False),
        lambda i, o: GCNConv(i, o, normalize=False),
        lambda i, o: GCNConv(i, o, normalize=False, bias=False, aggr="mean"),
        GraphConv,
    ):
        assert not LabelGCN(2, (), 2, conv=conv).only_propagates()
        mixed = iter([gcn_conv, conv])
        assert not LabelGCN(2, (2,), 2, conv=lambda i, o, mixed=mixed: next(mixed)(i, o)).only_propagates()


@pytest.mark.parametrize("sizes", [(0, (), 1), (1, (0,), 1), (1, (4, -1), 1), (1, (), 0)])
def test_sizes_are_at_least_1(sizes):
    with pytest.raises(InputError, match=r"layer sizes \[.*\]\n  expected: sizes of at least 1"):
        LabelGCN(*sizes)


def test_hidden_channels_are_a_list():
    with pytest.raises(InputError, match=r"hidden_channels = 512\n  expected: one size per layer: \(512,\)"):
        LabelGCN(300, 512, 1024)


def test_uniform_by_width():
    for conv in (gcn_conv, lambda i, o: GINConv(nn.Linear(i, o), train_eps=True), GraphConv):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", GcnlabelWarning)
            gcn = LabelGCN(30, (100,), 400, conv=conv)
        uniform_by_width(gcn)
        for layer, bound in zip(gcn.convs, (0.1, 0.05), strict=True):
            drawn = torch.cat([parameter.flatten() for parameter in layer.parameters()]).detach()
            assert 0.99 * bound < drawn.abs().max() <= bound
            assert drawn.std().item() == pytest.approx(bound / 3**0.5, rel=0.05)
            assert drawn.mean().item() == pytest.approx(0, abs=0.02 * bound)
