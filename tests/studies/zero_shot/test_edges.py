import numpy as np
import pytest
import torch

from gcnlabel.errors import InputError
from gcnlabel.graph import LabelGraph
from gcnlabel.run.graph import finished_graph
from gcnlabel.studies.zero_shot import without_label
from gcnlabel.studies.zero_shot.edges import complete, identity, other_statistics, restricted, shuffled
from gcnlabel.studies.zero_shot.left import Left

pytestmark = pytest.mark.filterwarnings("ignore::gcnlabel.errors.GcnlabelWarning")


def phi(data, part, a, b):
    tags = data.parts[part].annotations.targets["tags"]
    return np.corrcoef(tags[:, data.tasks.index(a)], tags[:, data.tasks.index(b)])[0, 1]


def at(graph, a, b):
    return float(graph.statistic[graph.tasks.index(a), graph.tasks.index(b)])


@pytest.mark.parametrize("source", ["val", "dev"])
def test_seen_pairs_from_training_and_the_zero_shot_one_from_val(config, data, source):
    raw = Left.out("c", config, data, other_statistics(source, config, data)).raw
    assert raw.labels == data.tasks.labels
    assert at(raw, "a", "d") == pytest.approx(phi(data, "train", "a", "d"), abs=1e-6)
    for one, two in (("a", "c"), ("c", "a"), ("c", "e")):
        assert at(raw, one, two) == pytest.approx(phi(data, "val", one, two), abs=1e-6)
    assert at(raw, "a", "c") < -0.3


def test_statistics_of_files(config, data, tmp_path):
    val = other_statistics("val", config, data)
    val.save(tmp_path / "val.safetensors")
    loaded = other_statistics(str(tmp_path / "val.safetensors"), config, data)
    assert torch.equal(loaded.statistic, val.statistic)
    names = ",".join(["label", *reversed(data.tasks.labels)])
    (tmp_path / "m.csv").write_text(names + "".join(f"\n{n},.1,.2,.3,.4,.5,.6" for n in reversed(data.tasks.labels)))
    matrix = other_statistics(str(tmp_path / "m.csv"), config, data)
    assert (matrix.labels, at(matrix, "a", "b")) == (data.tasks.labels, 0.5)
    (tmp_path / "few.csv").write_text("label,a\na,1\n")
    with pytest.raises(InputError, match=r"the statistics lack b, c, d, e, pleasure\n  where: .*few\.csv"):
        other_statistics(str(tmp_path / "few.csv"), config, data)
    with pytest.raises(InputError, match=r"--edges-from nowhere\n  expected: val \| dev \|"):
        other_statistics("nowhere", config, data)


def test_variants_of_a_graph(config, data):
    raw = other_statistics("val", config, data)
    some = restricted(raw, without_label(data, "b").tasks)
    assert at(some, "c", "e") == at(raw, "c", "e")
    mixed = shuffled(raw, seed=3)
    size = raw.tasks.num_labels
    places = [np.flatnonzero((mixed.statistic[i] == 1).numpy()) for i in range(size)]
    assert all(len(place) == 1 for place in places)
    assert np.array_equal(np.sort(mixed.statistic.numpy().ravel()), np.sort(raw.statistic.numpy().ravel()))
    assert not torch.equal(mixed.statistic, raw.statistic)
    assert torch.equal(mixed.statistic, mixed.statistic.T)
    graph = finished_graph(config, raw)
    filled = complete(graph)
    assert filled.num_edges == size**2
    assert torch.equal(filled.adjacency(), graph.adjacency())
    assert graph.num_edges < size**2  # the input stays
    assert torch.equal(identity(graph).adjacency(), torch.eye(size))
    assert torch.equal(identity(graph).x, graph.x)


def test_complete_keeps_the_direction():
    graph = LabelGraph.from_dense([[0, 0.5, 0], [0, 0, 0], [0, -2, 0]], ["a", "b", "c"])
    assert torch.equal(complete(graph).adjacency(), graph.adjacency())
