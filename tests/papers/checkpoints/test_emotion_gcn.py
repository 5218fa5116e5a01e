import numpy as np
import pytest
import torch
from published_code import (
    LABELS,
    F,
    breg_next_scores,
    breg_next_state,
    densenet_scores,
    densenet_state,
    embeddings,
    pictures,
    propagation,
    save_emotion_gcn,
)

from gcnlabel.errors import InputError
from gcnlabel.graph import GraphRecipe, LabelGraph, graph_from_matrix
from gcnlabel.papers.checkpoints import EMOTION_GCN_TASKS, import_emotion_gcn
from gcnlabel.tasks import TaskSet

KINDS = {
    "densenet121": (densenet_state, densenet_scores, 1024, 227),
    "breg_next": (breg_next_state, breg_next_scores, 128, 112),
}


@pytest.fixture(scope="module", params=KINDS)
def published(request, tmp_path_factory):
    make, scores, features, size = KINDS[request.param]
    state = make()
    path = save_emotion_gcn(state, tmp_path_factory.mktemp("checkpoints") / f"{request.param}.pth")
    return request.param, state, scores, features, size, path


@pytest.mark.parametrize("small", [True, False])
def test_scores_are_the_published_ones(published, small):
    _, state, scores, _, size, path = published
    images = pictures(64 if small else size, count=2 if small else 1)
    with torch.no_grad():
        ours = import_emotion_gcn(path, embeddings()).model(images)
        theirs = scores(state, embeddings(), images)
    assert theirs.std() > 0.01
    assert list(ours) == ["expression", "affect"]
    torch.testing.assert_close(ours["expression"], theirs[:, :7], rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(ours["affect"], theirs[:, 7:], rtol=1e-5, atol=1e-5)


def test_what_comes_out(published):
    name, state, _, features, size, path = published
    imported = import_emotion_gcn(path, embeddings())
    assert not imported.model.training
    assert imported.architecture.backbone == name
    assert imported.architecture.image_size == size
    assert imported.sizes == (F, 16, features)
    assert imported.epoch == 6
    assert imported.graph.labels == LABELS
    assert LABELS == ("neutral", "happy", "sad", "surprise", "fear", "disgust", "anger", "valence", "arousal")
    torch.testing.assert_close(imported.graph.adjacency(), propagation(state["A"]))
    assert torch.equal(imported.graph.x, embeddings())
    assert imported.graph.history["source"] == f"A of {path.name}"
    assert torch.equal(imported.model.head.gcn.convs[0].lin.weight, state["gc1.weight"].T)
    assert all(value.device.type == "cpu" for value in imported.model.state_dict().values())
    assert all(parameter.requires_grad for parameter in imported.model.parameters())


def test_breg_next_takes_images_that_do_not_halve(tmp_path):
    model = import_emotion_gcn(save_emotion_gcn(breg_next_state(), tmp_path / "a.pth"), embeddings()).model
    with torch.no_grad():
        assert model(pictures(45))["affect"].isfinite().all()


def test_data_parallel_and_half_precision(tmp_path):
    state = breg_next_state()
    plain = import_emotion_gcn(save_emotion_gcn(state, tmp_path / "a.pth"), embeddings())
    wrapped = import_emotion_gcn(save_emotion_gcn(state, tmp_path / "b.pth", prefix="module."), embeddings())
    for name, value in plain.model.state_dict().items():
        assert torch.equal(wrapped.model.state_dict()[name], value), name
    halved = {name: value.half() if value.is_floating_point() else value for name, value in state.items()}
    model = import_emotion_gcn(save_emotion_gcn(halved, tmp_path / "c.pth"), embeddings()).model
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}


def test_a_graph_that_is_the_checkpoints(tmp_path):
    """A as the published code makes it of a statistic, and our graph of the same statistic by its convention."""
    rng = np.random.default_rng(0)
    raw = np.zeros((9, 9))
    raw[:7, 7:] = rng.uniform(-0.5, 0.5, (7, 2))
    raw = raw + raw.T
    kept = (np.abs(raw) >= 0.1).astype(float)
    assert kept.sum(1).all()
    state = breg_next_state()
    state["A"] = torch.from_numpy(kept * 0.5 / kept.sum(1, keepdims=True) + 0.5 * np.eye(9)).float()
    path = save_emotion_gcn(state, tmp_path / "a.pth")
    order = np.random.default_rng(1).permutation(9)
    shuffled = TaskSet.from_dict({"labels": {"type": "multilabel", "labels": [LABELS[i] for i in order]}})
    graph = GraphRecipe(convention="emotion-gcn-code", tau=0.1).finish(
        graph_from_matrix(LABELS, raw, tasks=EMOTION_GCN_TASKS)
    )
    given = graph.with_embeddings(embeddings()).reorder(shuffled)
    imported = import_emotion_gcn(path, graph=given)  # with its embeddings, matched by name
    assert torch.equal(imported.graph.x, embeddings())
    torch.testing.assert_close(imported.graph.adjacency(), graph.adjacency())
    other = GraphRecipe(convention="emotion-gcn-paper", tau=0.1).finish(
        graph_from_matrix(LABELS, raw, tasks=EMOTION_GCN_TASKS)
    )
    with pytest.raises(
        InputError, match=r"not the checkpoint's: \d+ weights differ\n  where: weight of the edge '.*' -> .*\n.*D\^-1/2"
    ):
        import_emotion_gcn(path, embeddings(), graph=other)
    with pytest.raises(InputError, match="label embeddings are not in the checkpoint"):
        import_emotion_gcn(path, graph=graph)
    with pytest.raises(InputError, match="graph and tasks do not match"):
        import_emotion_gcn(path, embeddings(), graph=LabelGraph.from_dense(np.eye(2), ["happy", "glad"]))


def test_three_layers(tmp_path):
    state = breg_next_state()
    state["gc3.weight"] = torch.randn(128, 128)
    imported = import_emotion_gcn(save_emotion_gcn(state, tmp_path / "a.pth"), embeddings())
    assert imported.sizes == (F, 16, 128, 128)
