"""The single_task and multi_task checkpoints of the published script: linear layers, and Aff-Wild2's codes."""

import numpy as np
import pytest
import torch
import torchvision
from click.testing import CliRunner
from published_code import (
    breg_next_features,
    breg_next_state,
    densenet_state,
    embeddings,
    pictures,
    save_emotion_gcn,
)
from torch.nn import functional

from gcnlabel.cli import main
from gcnlabel.config import load_config
from gcnlabel.errors import InputError
from gcnlabel.papers.checkpoints import import_emotion_gcn, read_checkpoint
from gcnlabel.prediction import load_network
from gcnlabel.run import RunFolder

pytestmark = pytest.mark.filterwarnings("ignore")
AFFECTNET = ("neutral", "happy", "sad", "surprise", "fear", "disgust", "anger")
AFF_WILD2 = ("neutral", "anger", "disgust", "fear", "happy", "sad", "surprise")


def layer(name, rows, size, seed):
    draw = torch.Generator().manual_seed(seed)
    return {
        f"{name}.weight": torch.randn(rows, size, generator=draw),
        f"{name}.bias": torch.randn(rows, generator=draw),
    }


def densenet_maps(state, before, images):
    network = torchvision.models.densenet121(weights=None).features.eval()
    network.load_state_dict({n.removeprefix(before): v for n, v in state.items() if n.startswith(before)})
    return functional.relu(network(images)).mean(dim=(2, 3))


def densenet(before):
    state = {n: v for n, v in densenet_state().items() if n.startswith("features.")}
    return {before + n.removeprefix("features."): v for n, v in state.items()}


def breg_next():
    state = breg_next_state()
    return {n.removeprefix("model."): v for n, v in state.items() if n.startswith("model.") and "_fc0" not in n}


KINDS = {
    "single densenet": (densenet("features."), layer("classifier", 7, 1024, 1), {}),
    "multi densenet": (densenet("model_base."), layer("lin_cat", 7, 1024, 1), layer("lin_cont", 2, 1024, 2)),
    "single breg_next": (breg_next(), layer("_fc0", 7, 128, 1), {}),
    "multi breg_next": (breg_next(), layer("fc_cat", 7, 128, 1), layer("fc_cont", 2, 128, 2)),
}


def features(kind, trunk, images):
    if "densenet" in kind:
        return densenet_maps(trunk, "features." if "single" in kind else "model_base.", images)
    return breg_next_features({f"model.{name}": value for name, value in trunk.items()}, images)


@pytest.fixture(params=KINDS)
def kind(request, tmp_path):
    trunk, first, second = KINDS[request.param]
    return request.param, trunk, first, second, save_emotion_gcn({**second, **trunk, **first}, tmp_path / "a.pth")


def test_scores_are_the_published_ones(kind):
    name, trunk, first, second, path = kind
    images = pictures(64, count=2)
    with torch.no_grad():
        model = import_emotion_gcn(path).model
        ours = model.head(model.backbone(images))  # predictions are bounded by the declared range
        x = features(name, trunk, images)
    assert list(ours) == (["expression", "affect"] if second else ["expression"])
    for task, head in zip(ours, (first, second), strict=False):
        weight, bias = head.values()
        torch.testing.assert_close(ours[task], x @ weight.T + bias, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("dataset", "classes"), [("affectnet", AFFECTNET), ("aff-wild2", AFF_WILD2)])
def test_a_run_of_it_predicts_by_name(kind, tmp_path, dataset, classes):
    name, trunk, first, _, path = kind
    line = f"import-checkpoint {path} --from emotion-gcn --dataset {dataset} --output {tmp_path / 'run'}"
    result = CliRunner().invoke(main, line.split())
    assert result.exit_code == 0, result.output
    assert f"{name.split()[1].replace('densenet', 'DenseNet-121').replace('breg_next', 'BReG-NeXt')}" in result.output
    assert f"codes: {', '.join(classes)}" in result.output
    size = 227 if "densenet" in name and dataset == "affectnet" else 112
    assert f"images are {size} pixels" in result.output
    assert load_config(tmp_path / "run" / "config.yaml").data.size == size
    network = load_network(RunFolder(tmp_path / "run"))
    assert network.tasks["expression"].labels == classes
    images = torch.randint(0, 256, (1, 3, 64, 64), dtype=torch.uint8)
    scaled = (images / 255 - torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)) / torch.tensor(
        [0.229, 0.224, 0.225]
    ).view(3, 1, 1)
    with torch.no_grad():
        weight, bias = first.values()
        expected = features(name, trunk, scaled) @ weight.T + bias
        torch.testing.assert_close(network.model(images)["expression"], expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("head", ["linear", "graph"])
def test_the_data_set_may_order_its_classes_otherwise(tmp_path, head):
    """Our reader of Aff-Wild2 has AffectNet's order: each class keeps its own vector and embedding."""
    state = breg_next_state() if head == "graph" else {**breg_next(), **layer("c", 7, 128, 1), **layer("d", 2, 128, 2)}
    path = save_emotion_gcn(state, tmp_path / "a.pth")
    (tmp_path / "config.yaml").write_text("data: {source: aff-wild2, path: somewhere, size: 64}\n")
    x = embeddings() if head == "graph" else None
    imported = import_emotion_gcn(path, x, dataset="aff-wild2")
    words = tmp_path / "words.txt"
    if x is not None:
        rows = zip(imported.tasks.labels, x.tolist(), strict=True)
        words.write_text("".join(f"{name} {' '.join(f'{v:.9g}' for v in row)}\n" for name, row in rows))
    given = f"--embeddings {words}" if head == "graph" else ""
    line = f"import-checkpoint {path} --from emotion-gcn --dataset aff-wild2 {given} "
    result = CliRunner().invoke(main, f"{line} --config {tmp_path}/config.yaml --output {tmp_path}/run".split())
    assert result.exit_code == 0, result.output
    network = load_network(RunFolder(tmp_path / "run"))
    assert network.tasks["expression"].labels == AFFECTNET
    images = pictures(64)
    with torch.no_grad():
        theirs = imported.model(images)["expression"][0]
        backbone = imported.model.backbone(images)
        ours = network.model.head(backbone)["expression"][0]
    by_name = {name: theirs[i].item() for i, name in enumerate(AFF_WILD2)}
    assert ours.tolist() == pytest.approx([by_name[name] for name in AFFECTNET], rel=1e-4)


def test_a_config_with_more_tasks_trains_on_with_those_of_the_checkpoint(tmp_path):
    path = save_emotion_gcn({**breg_next(), **layer("_fc0", 7, 128, 1)}, tmp_path / "a.pth")
    (tmp_path / "config.yaml").write_text(
        "data: {source: affectnet, path: somewhere, size: 64}\nloss: {affect: {name: mse}}\n"
    )
    line = f"import-checkpoint {path} --from emotion-gcn --config {tmp_path}/config.yaml --size 96"
    result = CliRunner().invoke(main, f"{line} --output {tmp_path}/run".split())
    assert result.exit_code == 0, result.output
    assert "images are 96 pixels wide and high (--size)" in result.output
    config = load_config(tmp_path / "run" / "config.yaml")
    assert (config.only_tasks, config.loss, config.data.size) == (["expression"], {}, 96)
    assert load_network(RunFolder(tmp_path / "run")).tasks.names == ("expression",)


def test_labels_of_ones_own(tmp_path):
    path = save_emotion_gcn({**breg_next(), **layer("f", 3, 128, 1), **layer("g", 2, 128, 2)}, tmp_path / "a.pth")
    with pytest.raises(InputError, match="has 3 classes and 2 dimensions\n  where: 7 were given: neutral, happy"):
        import_emotion_gcn(path)
    assert import_emotion_gcn(path, labels=["a", "b", "c"]).tasks.labels == ("a", "b", "c", "valence", "arousal")
    own = import_emotion_gcn(path, labels=["a", "b", "c", "pleasure", "activation"]).tasks
    assert [task.labels for task in own] == [("a", "b", "c"), ("pleasure", "activation")]
    with pytest.raises(InputError, match="with the dimensions last"):
        import_emotion_gcn(path, labels=["a", "b", "c", "d"])


def test_layers_that_cannot_be_told_apart(tmp_path):
    for heads, found in [({}, 0), ({**layer("a", 2, 128, 1), **layer("b", 2, 128, 2)}, 2), (layer("a", 7, 64, 1), 1)]:
        path = save_emotion_gcn({**breg_next(), **heads}, tmp_path / "a.pth")
        expected = "exactly one|one \\(classes\\)" if found != 1 else "linear layers of shape \\[7, 64\\]"
        with pytest.raises(InputError, match=expected):
            import_emotion_gcn(path)
    path = save_emotion_gcn({**breg_next(), **layer("_fc0", 7, 128, 1), "extra": torch.ones(3)}, tmp_path / "a.pth")
    with pytest.raises(InputError, match="1 unknown: extra"):
        import_emotion_gcn(path)
    with pytest.raises(InputError, match=r"has no label graph(.|\n)*no --embeddings"):
        import_emotion_gcn(path, embeddings())


def test_edges_tell_on_what_it_was_trained(tmp_path):
    """A with AffectNet's edges, as the script makes it, is no doubt; others are told."""
    from importlib.resources import files

    statistic = np.loadtxt(
        files("gcnlabel").joinpath("resources", "affectnet_spearman.csv"),
        delimiter=",",
        skiprows=1,
        usecols=range(1, 10),
    )
    edges = (np.abs(statistic) >= 0.1) & ~np.eye(9, dtype=bool)
    edges[:7, :7] = False
    A = torch.from_numpy(0.5 * edges / edges.sum(1, keepdims=True) + 0.5 * np.eye(9)).float()
    path = save_emotion_gcn({**breg_next_state(), "A": A}, tmp_path / "a.pth")
    assert len(import_emotion_gcn(path, embeddings()).assumed) == 1
    (_, doubt) = import_emotion_gcn(path, embeddings(), dataset="aff-wild2").assumed
    assert "was it trained on AffectNet?" in doubt
    other = save_emotion_gcn(breg_next_state(), tmp_path / "b.pth")
    (_, doubt) = import_emotion_gcn(other, embeddings()).assumed
    assert "not those of AffectNet's published statistic" in doubt
    assert "--dataset aff-wild2" in doubt


def test_numbers_of_numpys_beside_the_weights(tmp_path):
    state = {**breg_next(), **layer("_fc0", 7, 128, 1)}
    content = {
        "epoch": np.int64(3),
        "model_state_dict": state,
        "loss": np.float32(0.2),
        "best": np.float64(91.2),
        "history": np.arange(6.0).reshape(2, 3),
        "flag": np.bool_(True),
    }
    torch.save(content, tmp_path / "a.pth")
    assert import_emotion_gcn(tmp_path / "a.pth").epoch == 3
    torch.save({**content, "epoch": torch.tensor(4)}, tmp_path / "a.pth", _use_new_zipfile_serialization=False)
    assert import_emotion_gcn(tmp_path / "a.pth").epoch == 4
    torch.save(state, tmp_path / "a.pth")  # the state by itself
    assert import_emotion_gcn(tmp_path / "a.pth").epoch is None
    for evil in (np.zeros(2, dtype=[("a", "O")]), np.array([print], dtype=object)):
        torch.save({"model_state_dict": state, "x": evil}, tmp_path / "a.pth")
        with pytest.raises(InputError, match="a.pth"):
            read_checkpoint(tmp_path / "a.pth", "emotion-gcn")


def test_a_tensor_that_claims_more_than_the_file_holds(tmp_path):
    state = {**breg_next(), "_fc0.weight": torch.zeros(1).expand(2**40, 2**10), "_fc0.bias": torch.zeros(7)}
    path = save_emotion_gcn(state, tmp_path / "a.pth")
    with pytest.raises(InputError, match="'_fc0.weight' claims"):
        import_emotion_gcn(path)
