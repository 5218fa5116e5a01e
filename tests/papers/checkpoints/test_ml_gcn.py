import pytest
import torch
from published_code import embeddings, pictures, propagation, resnet_scores, resnet_state, save_ml_gcn

from gcnlabel.errors import InputError
from gcnlabel.papers.checkpoints import COCO, VOC, class_names, import_ml_gcn


@pytest.fixture(scope="module")
def state():
    return resnet_state()


@pytest.fixture(scope="module")
def path(state, tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkpoints")
    return save_ml_gcn(state, folder / "voc_checkpoint.pth.tar", _use_new_zipfile_serialization=False)  # as in 2019


@pytest.fixture(scope="module")
def imported(path):
    return import_ml_gcn(path, VOC, embeddings(20))


@pytest.mark.parametrize("size", [64, 227])
def test_scores_are_the_published_ones(state, imported, size):
    images = pictures(size)
    with torch.no_grad():
        ours = imported.model(images)["labels"]
        theirs = resnet_scores(state, embeddings(20), images)
    assert theirs.std() > 0.01
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-5)


def test_what_comes_out(state, imported):
    assert imported.graph.labels == VOC
    assert imported.architecture.backbone == "resnet101"
    assert imported.epoch == 19  # its epoch 20, from 0
    assert imported.sizes == (12, 16, 2048)
    torch.testing.assert_close(imported.graph.adjacency(), propagation(state["A"]))
    counters = [v for n, v in imported.model.state_dict().items() if n.endswith("num_batches_tracked")]
    assert len(counters) == 104
    assert not any(counters)


def test_other_numbers_of_labels(path):
    with pytest.raises(InputError, match=r"A is of shape \[20, 20\]: 20 labels\n  expected: \[80, 80\]: airplane, "):
        import_ml_gcn(path, COCO, embeddings(80))
    with pytest.raises(InputError, match=r"embeddings of shape \[9, 12\]"):
        import_ml_gcn(path, VOC, embeddings(9))


def test_another_trunk(tmp_path, state):
    smaller = {name: value for name, value in state.items() if not name.startswith("features.6.22.")}
    with pytest.raises(
        InputError,
        match=r"not a checkpoint of ML-GCN with ResNet-101\n  where: 15 missing: features.6.22.bn1.bias, .*; 0 unk",
    ):
        import_ml_gcn(save_ml_gcn(smaller, tmp_path / "a.pth"), VOC, embeddings(20))


def test_class_names(shared_data, tmp_path):
    for name, labels, file in [("voc", VOC, "voc2007"), ("coco", COCO, "coco2014")]:
        lines = (shared_data / "label_statistics" / f"{file}_cooccurrence.csv").read_text().splitlines()[1:]
        assert class_names(name) == labels == tuple(line.split(",")[0] for line in lines)
    file = tmp_path / "names.txt"
    file.write_text("hot dog\n\n zebra \n")
    assert class_names(str(file)) == ("hot dog", "zebra")
    file.write_text("cat\ncat\n")
    with pytest.raises(InputError, match="'cat' occurs twice"):
        class_names(str(file))
    with pytest.raises(
        InputError, match=r"there is no file 'cocco' of labels\n.*voc \| coco \| a file.*\n.*did you mean 'coco'"
    ):
        class_names("cocco")
