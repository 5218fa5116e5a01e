"""Names, tasks and statistic follow the nodes through PyG's transforms and loaders, or the graph refuses."""

import copy
import pickle

import numpy as np
import pytest
import torch
import torch_geometric.transforms as T
from torch_geometric.data import Batch, Data
from torch_geometric.loader import DataLoader
from torch_geometric.loader.utils import filter_data

from gcnlabel.errors import InputError
from gcnlabel.graph import LabelGraph, joined_graph, to_networkx
from gcnlabel.inspection import inspect_labels, swept_statistic
from gcnlabel.nn import LabelGraphHead
from gcnlabel.tasks import Categorical, Columns, Dimensional, MultiLabel, TaskSet

TASKS = TaskSet(
    [
        MultiLabel("tags", ("alone", "cat", "dog", "cow"), source=Columns(columns={"cat": "c"}, codes={"U": "0"})),
        Dimensional("affect", ("valence", "arousal"), range=(-1, 1)),
    ]
)
MATRIX = np.zeros((6, 6))
MATRIX[1, 2], MATRIX[2, 1], MATRIX[2, 3], MATRIX[1, 4], MATRIX[4, 1], MATRIX[3, 4] = 0.5, 0.25, -0.7, 0.3, 0.4, 0.6
FOLLOWING = ("labels", "tasks", "statistic", "task")


@pytest.fixture
def graph():
    history = {"source": "test", "transforms": [{"name": "TaskPairs", "keep": [["tags", "affect"]]}]}
    return LabelGraph.from_dense(MATRIX, TASKS, x=torch.eye(6), history=history)


def whole(graph):
    """The graph as numbers between names, without any of its own bookkeeping: rows of x are one-hot by label."""
    names = [TASKS.labels[i] for i in graph.x.argmax(1).tolist()]
    source, target = graph.edge_index.tolist()
    edges = {(names[t], names[s]): w for s, t, w in zip(source, target, graph.edge_weight.tolist(), strict=True)}
    return names, edges


def check(graph):
    """Everything that has names has the right ones."""
    names, edges = whole(graph)
    assert list(graph.labels) == names
    place = [TASKS.labels.index(name) for name in names]
    np.testing.assert_array_equal(graph.statistic, MATRIX[np.ix_(place, place)])
    assert graph.tasks.labels == tuple(names)
    assert [graph.tasks.names[t] for t in graph.task.tolist()] == [TASKS.task_of(name).name for name in names]
    assert all(isinstance(task, type(TASKS[task.name])) for task in graph.tasks)
    for (target, source), weight in edges.items():
        assert graph.adjacency()[names.index(target), names.index(source)] == pytest.approx(weight)
    assert {(t, s) for s, t in to_networkx(graph).edges} == set(edges)
    for row in inspect_labels(graph):
        assert dict(row.in_neighbours) == pytest.approx(
            {s: w for (t, s), w in edges.items() if t == row.label and s != t}
        )
    head = LabelGraphHead(graph, graph.tasks, 4, (5,))
    assert head.weight().shape == (len(names), 4)


SELECTIONS = {
    "subgraph": lambda g: g.subgraph(torch.tensor([1, 2, 4])),
    "subgraph in another order": lambda g: g.subgraph(torch.tensor([3, 1, 4])),
    "subgraph of a mask": lambda g: g.subgraph(torch.tensor([True, False, True, True, False, True])),
    "subgraph of a subgraph": lambda g: g.subgraph(torch.tensor([1, 2, 3, 4])).subgraph(torch.tensor([0, 3])),
    "one task is gone": lambda g: g.subgraph(torch.tensor([4, 5])),
    "edge_subgraph": lambda g: g.edge_subgraph(torch.tensor([0, 3])),
    "connected_components": lambda g: max(g.connected_components(), key=lambda part: part.num_nodes).reorder(),
    "RemoveIsolatedNodes": T.RemoveIsolatedNodes(),
    "LargestConnectedComponents": T.LargestConnectedComponents(),
    "of_labels": lambda g: g.of_labels(["valence", "cow", "cat"]),
    "of_labels of a subgraph": lambda g: g.subgraph(torch.tensor([1, 3, 4])).of_labels(["cow", "cat"]),
    "reorder": lambda g: g.reorder(TASKS.of_labels(["arousal", "valence", "cow", "cat", "alone", "dog"])),
    "loader": lambda g: filter_data(g, torch.tensor([3, 1, 4]), *torch.tensor([[0, 1], [1, 2]]), torch.tensor([1, 3])),
    "Compose": T.Compose([T.RemoveIsolatedNodes(), T.AddSelfLoops(attr="edge_weight")]),
}


@pytest.mark.parametrize("name", SELECTIONS)
def test_names_follow_selected_and_permuted_nodes(graph, name):
    before = copy.deepcopy(graph)
    check_selected = SELECTIONS[name](graph)
    if name == "loader":  # edges by hand, whose weights mean nothing here
        assert check_selected.labels == ("cow", "cat", "valence")
        check_selected = check_selected.of_labels(check_selected.labels)
        check_selected.edge_index, check_selected.edge_weight = torch.tensor([[1], [0]]), torch.tensor([1.0])
    check(check_selected)
    assert graph.labels == before.labels
    assert torch.equal(graph.adjacency(), before.adjacency())


KEPT = {
    "clone": lambda g: g.clone(),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda g: pickle.loads(pickle.dumps(g)),
    "to": lambda g: g.to("cpu"),
    "double": lambda g: g.apply(lambda t: t.double() if t.is_floating_point() else t),
    "sort": lambda g: g.sort(sort_by_row=False),
    "coalesce": lambda g: g.coalesce(),
    "contiguous": lambda g: g.contiguous(),
    "batch": lambda g: Batch.from_data_list([g.of_labels(["cow", "cat"]), g])[1],
    "loader of graphs": lambda g: next(iter(DataLoader([g, g], batch_size=2))).to_data_list()[1],
    "AddSelfLoops": T.AddSelfLoops(attr="edge_weight"),
    "AddRemainingSelfLoops": T.AddRemainingSelfLoops(attr="edge_weight"),
    "RemoveSelfLoops": T.RemoveSelfLoops(attr="edge_weight"),
    "RemoveDuplicatedEdges": T.RemoveDuplicatedEdges(),
    "ToUndirected": T.ToUndirected(reduce="mean"),
    "GCNNorm": T.GCNNorm(),
    "NormalizeFeatures": T.NormalizeFeatures(),
    "ToDevice": T.ToDevice("cpu"),
    "RandomNodeSplit": T.RandomNodeSplit(num_val=1, num_test=1),
    "AddRandomWalkPE": T.AddRandomWalkPE(2, attr_name="pe"),
    "LaplacianLambdaMax": T.LaplacianLambdaMax(),
}


@pytest.mark.parametrize("name", KEPT)
def test_names_stay_where_nodes_stay(graph, name):
    found = KEPT[name](graph)
    assert isinstance(found, LabelGraph)
    assert whole(found)[0] == list(TASKS.labels)
    if name == "sort":  # edges have another order, and each its own weight
        assert whole(found)[1] == whole(graph)[1]
    check(found)


def mesh(graph):
    graph.pos = torch.rand(6, 3, generator=torch.Generator().manual_seed(0))
    return graph


REFUSED = {
    "ToSparseTensor": (T.ToSparseTensor(attr="edge_weight"), "ToSparseTensor"),
    "ToDense": (T.ToDense(), "ToDense"),
    "GDC": (T.GDC(sparsification_kwargs={"method": "threshold", "eps": 0.01}), "GDC"),
    "TwoHop": (T.TwoHop(), "TwoHop"),
    "KNNGraph": (lambda g: T.KNNGraph(k=1)(mesh(g)), "KNNGraph"),
    "VirtualNode": (T.VirtualNode(), "VirtualNode"),
    "VirtualNode without the first label": (lambda g: T.VirtualNode()(g.subgraph(torch.tensor([1, 2]))), "VirtualNode"),
    "Pad": (T.Pad(9), "Pad"),
    "LineGraph": (T.LineGraph(), "LineGraph"),
    "batch": (lambda g: Batch.from_data_list([g, g]), "batch"),
    "edge_attr": (lambda g: setattr(g, "edge_attr", g.edge_weight) or g, "edge_attr"),
    "stale weights": (lambda g: setattr(g, "edge_index", g.edge_index.flip(1)) or g, "without weights"),
    "interleaved": (lambda g: g.of_labels(["cat", "valence", "cow"]), "are not adjacent"),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.filterwarnings("ignore")
def test_what_is_no_label_graph_any_more_is_refused_in_words(graph, name, tmp_path):
    make, words = REFUSED[name]
    try:
        broken = make(graph)
    except ImportError:
        pytest.skip("PyG needs another package for it")
    with pytest.raises(InputError, match=words):
        LabelGraphHead(broken, broken.tasks, 4, (5,))
    with pytest.raises(InputError):
        broken.save(tmp_path / "g.safetensors")
    assert not list(tmp_path.iterdir())


def test_interleaved_nodes_are_put_in_order_by_name(graph):
    mixed = graph.of_labels(["cat", "valence", "cow"])
    assert mixed.labels == ("cat", "valence", "cow")
    check(mixed.reorder())
    assert mixed.reorder().labels == ("cat", "cow", "valence")
    tasks = TASKS.of_labels(["cow", "cat", "valence"])
    check(mixed.reorder(tasks))
    assert mixed.reorder(tasks).tasks is tasks


def test_a_saved_subgraph_is_read_again(graph, tmp_path):
    part = T.RemoveIsolatedNodes()(graph)
    part.save(tmp_path / "g.safetensors")
    loaded = LabelGraph.load(tmp_path / "g.safetensors")
    assert loaded.tasks == part.tasks
    assert loaded.tasks["affect"].range == (-1, 1)
    assert torch.equal(loaded.statistic, part.statistic)
    assert torch.equal(loaded.adjacency(), part.adjacency())
    check(loaded)
    np.testing.assert_array_equal(swept_statistic(loaded)[0], [0, 0, 0, 0.3])  # cat: between tags and affect alone
    swept_statistic(graph.subgraph(torch.tensor([4, 5])))  # a task that the transforms named is gone


def test_sparse_statistics_follow_too(graph):
    sparse = LabelGraph(
        TASKS, statistic=graph.statistic.to_sparse(), edge_index=graph.edge_index, edge_weight=graph.edge_weight
    )
    part = sparse.subgraph(torch.tensor([1, 3, 4]))
    assert torch.equal(part.statistic.to_dense(), graph.of_labels(["cat", "cow", "valence"]).statistic)


def test_a_graph_without_a_statistic_gives_none_to_others(graph):
    bare = LabelGraph(TASKS, edge_index=graph.edge_index, edge_weight=graph.edge_weight)
    with pytest.raises(InputError, match="has no raw statistic"):
        joined_graph(bare, graph)


def test_where_a_table_holds_the_labels_follows(graph):
    source = graph.of_labels(["cow", "cat"]).tasks["tags"].source
    assert (source.columns, source.codes) == ({"cat": "c"}, {"U": "0"})
    tasks = TaskSet([Categorical("mood", ("sad", "glad", "calm"), source=Columns(codes={"0": "sad", "1": "glad"}))])
    assert tasks.of_labels(["calm", "glad"])["mood"].source.codes == {"1": "glad"}


@pytest.mark.parametrize("labels", [[], ["cat", "cat"], ["cat", "cta"]])
def test_labels_that_cannot_be_taken(graph, labels):
    with pytest.raises(InputError, match="each once"):
        graph.of_labels(labels)


def test_attributes_of_ones_own_follow(graph):
    graph.kind = torch.arange(6)  # as many edges as nodes: an edge's attribute has "edge" in its name, for PyG
    graph.edge_kind = torch.arange(6)
    part = graph.of_labels(["cow", "dog"])
    assert part.kind.tolist() == [3, 2]
    assert part.edge_kind.tolist() == [graph.edge_weight.tolist().index(pytest.approx(-0.7))]


def test_a_categorical_task_of_one_class_left():
    tasks = TaskSet([Categorical("mood", ("sad", "glad")), Dimensional("affect", ("valence",))])
    part = LabelGraph.from_dense([[0, 0, 1], [0, 0, 0], [1, 0, 0]], tasks).subgraph(torch.tensor([0, 2]))
    assert part.tasks["mood"].labels == ("sad",)


def test_plain_data_is_left_as_it_was():
    assert not hasattr(Data(), "labels")
