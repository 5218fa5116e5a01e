"""Networks over graphs: their features do not depend on the batch, on the order of the nodes, or on other graphs."""

import copy

import pytest
import torch
from molecules import made_graphs
from torch_geometric.data import Batch, Data
from torch_geometric.nn.aggr import DegreeScalerAggregation

from gcnlabel.data import graphs_from_list
from gcnlabel.errors import InputError
from gcnlabel.nn import BACKBONES, LinearHead, MultiTaskModel
from gcnlabel.tasks import MultiLabel, TaskSet

NAMES = ["attentivefp", "gat", "gcn", "gin", "graphsage", "pna"]
POOLS = ["attention", "max", "mean", "sum"]


def made(name, shape=(4, 2), **options):
    torch.manual_seed(0)
    return BACKBONES.make({"name": name, "hidden": 8, **options}, shape)


def trained(backbone, graphs):
    """Return the backbone in evaluation mode, after batch norms have seen the graphs."""
    backbone.train()(graphs)
    return backbone.eval()


CASES = [*((name, {}) for name in NAMES), *(("gin", {"pool": pool}) for pool in POOLS)]


@pytest.mark.parametrize(("name", "options"), CASES)
@pytest.mark.parametrize("edges", [0, 2])
def test_a_graph_has_the_same_features_alone_and_in_a_batch(name, options, edges):
    listed = made_graphs(edge_columns=edges)  # of one node and without edges, too
    graphs = graphs_from_list(listed)
    backbone = trained(made(name, (4, edges), **options), graphs[:])
    together = backbone(graphs[:])
    assert together.shape == (12, backbone.out_features)
    alone = torch.cat([backbone(graphs[row]) for row in range(12)])
    assert torch.allclose(together, alone, atol=1e-5)
    batch = Batch.from_data_list(listed)  # as PyG's own loader does
    assert torch.equal(backbone(batch), together)
    if not edges:
        del batch.edge_attr
        assert torch.equal(backbone(batch), together)


@pytest.mark.parametrize(("name", "options"), CASES)
def test_the_order_of_nodes_and_edges_does_not_matter(name, options):
    listed = made_graphs()
    order, edges = torch.tensor([3, 0, 5, 1, 4, 2]), torch.tensor([2, 0, 1])
    graph = listed[5]
    place = torch.empty_like(order)
    place[order] = torch.arange(6)
    other = Data(x=graph.x[order], edge_index=place[graph.edge_index[:, edges]], edge_attr=graph.edge_attr[edges])
    backbone = trained(made(name, **options), graphs_from_list(listed)[:])
    one, two = backbone(graphs_from_list([graph, other])[:])
    assert torch.allclose(one, two, atol=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_is_trained(name):
    backbone = made(name)
    backbone.train()(graphs_from_list(made_graphs())[:]).square().sum().backward()
    assert [n for n, p in backbone.named_parameters() if p.grad is None or not p.grad.isfinite().all()] == []


@pytest.mark.parametrize(("name", "reads"), [*((n, n not in ("gcn", "graphsage")) for n in NAMES)])
def test_which_networks_read_the_features_of_edges(name, reads):
    graphs = graphs_from_list(made_graphs())[:]
    backbone = trained(made(name), graphs)
    changed = copy.copy(graphs)
    changed.edge_attr = graphs.edge_attr + 1
    assert torch.equal(backbone(graphs), backbone(changed)) is not reads


@pytest.mark.parametrize("name", NAMES)
def test_a_batch_of_one_atom_can_be_trained_on(name):
    features = made(name).train()(graphs_from_list(made_graphs())[0])
    assert features.isfinite().all()


def test_pna_scales_by_the_degrees_it_was_fitted_on():
    graphs = graphs_from_list(made_graphs())
    backbone = made("pna")
    backbone.network.fit(graphs)
    scalers = [module for module in backbone.modules() if isinstance(module, DegreeScalerAggregation)]
    assert scalers
    for module in scalers:
        assert (module.avg_deg_lin.item(), module.avg_deg_log.item()) == pytest.approx(graphs.mean_degrees())
    kept = made("pna")
    kept.load_state_dict(backbone.state_dict())
    assert torch.equal(trained(kept, graphs[:])(graphs[:]), trained(backbone, graphs[:])(graphs[:]))


@pytest.mark.parametrize("name", NAMES)
def test_other_inputs_are_refused(name):
    with pytest.raises(InputError, match=f"backbone '{name}' does not take features"):
        made(name, (4,))
    with pytest.raises(InputError, match=f"backbone '{name}' does not take images"):
        made(name, (3, 8, 8))
    with pytest.raises(InputError, match=r"torch_geometric\.data\.Batch"):
        made(name)(made_graphs()[1])


def test_other_backbones_refuse_graphs():
    for name in ("mlp", "small_cnn"):
        with pytest.raises(InputError, match=f"backbone '{name}' does not take graphs(.|\n)*gin"):
            BACKBONES.make(name, (4, 2))
    with pytest.raises(InputError, match="hidden 8 in 3 heads"):
        made("gat", heads=3)


def test_a_model_of_graphs_is_fused_and_copied():
    tasks = TaskSet([MultiLabel("tags", ["a", "b"])])
    graphs = graphs_from_list(made_graphs())[:]
    model = MultiTaskModel(trained(made("pna"), graphs), LinearHead(tasks, 8)).eval()
    assert torch.allclose(model(graphs)["tags"], model.fuse()(graphs)["tags"], atol=1e-6)
    assert torch.equal(model(graphs)["tags"], copy.deepcopy(model)(graphs)["tags"])
