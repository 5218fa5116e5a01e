import argparse
import os
import pickle

import pytest
import torch
from published_code import breg_next_state, embeddings, generator, save_emotion_gcn

from gcnlabel.errors import InputError
from gcnlabel.papers.checkpoints import import_emotion_gcn, import_ml_gcn, read_checkpoint


@pytest.fixture
def refuse(tmp_path):
    """Expect a changed BReG-NeXt checkpoint to be refused."""

    def refused(match, change=None, x=None, **entries):
        state = {**breg_next_state(), **entries}
        if change is not None:
            change(state)
        with pytest.raises(InputError, match=match):
            import_emotion_gcn(save_emotion_gcn(state, tmp_path / "a.pth"), embeddings() if x is None else x)

    return refused


class Runs:
    def __reduce__(self):
        return os.system, ("touch was_run",)


def test_what_needs_unpickling_is_refused_and_not_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for content, name in [
        (argparse.Namespace(lr=1), "argparse.Namespace"),
        (Runs(), "posix.system"),
    ]:
        torch.save({"model_state_dict": {}, "args": content}, "a.pth")
        with pytest.raises(InputError, match=f"a.pth uses {name}: it can only be loaded by unpickling") as error:
            read_checkpoint("a.pth", "emotion-gcn")
        assert "torch.save({'model_state_dict': model.state_dict()}, FILE)" in str(error.value)
    assert not (tmp_path / "was_run").exists()


@pytest.mark.parametrize("legacy", [True, False])
def test_no_checkpoint_or_a_damaged_one(tmp_path, legacy):
    file = tmp_path / "a.pth"
    torch.save({"model_state_dict": {"A": torch.zeros(10000)}}, file, _use_new_zipfile_serialization=not legacy)
    whole = file.read_bytes()
    for content in [b"hello\n", bytes(range(256)), whole[:20000], pickle.dumps({"model_state_dict": 1}), b"PK\3\4"]:
        file.write_bytes(content)
        with pytest.raises(InputError, match=r"a.pth is not a PyTorch checkpoint, or is damaged\n"):
            read_checkpoint(file, "emotion-gcn")
    file.write_bytes(b"")
    with pytest.raises(InputError, match="checkpoint is empty"):
        read_checkpoint(file, "emotion-gcn")
    with pytest.raises(InputError, match="checkpoint not found"):
        read_checkpoint(tmp_path / "b.pth", "emotion-gcn")


def test_other_contents(tmp_path):
    file = tmp_path / "a.pth"
    for content, holds in [([1], "is a list"), ({}, "holds nothing"), ({"epoch": 1, "net": {}}, "holds epoch, net")]:
        torch.save(content, file)
        with pytest.raises(InputError, match=rf"a.pth {holds}\n  expected: a dict with 'model_state_dict'$"):
            read_checkpoint(file, "emotion-gcn")
    torch.save({"state_dict": {"A": torch.eye(20)}}, file)
    with pytest.raises(InputError, match="to do: if it is a checkpoint of ml-gcn: --from ml-gcn"):
        import_emotion_gcn(file, embeddings())
    torch.save({"model_state_dict": {"A": 3}}, file)
    with pytest.raises(InputError, match="'A' is a int\n  expected: a tensor"):
        import_emotion_gcn(file, embeddings())
    with pytest.raises(InputError, match="--from emotion-gcn"):
        import_ml_gcn(file, ["a"])


def test_missing_and_unknown_tensors_are_named(refuse):
    layer = "model._model.4._layer_stack.6._conv1.bias"
    refuse(rf"1 missing: {layer}; 0 unknown: none", change=lambda state: state.pop(layer))
    refuse(
        r"not a checkpoint of Emotion-GCN with BReG-NeXt\n  where: 0 missing: none; 1 unknown: extra.weight",
        **{"extra.weight": torch.ones(1)},
    )
    for name in ("A", "gc1.weight", "gc2.weight"):
        refuse(rf"has no tensor '{name}'\n  where: its tensors: ", change=lambda state, name=name: state.pop(name))


def test_another_architecture(refuse, tmp_path):
    refuse(
        r"'model._conv0.weight' is of shape \[32, 1, 3, 3\]\n  expected: \[32, 3, 3, 3\], as in Emotion-GCN with BReG",
        **{"model._conv0.weight": torch.zeros(32, 1, 3, 3)},
    )
    vgg = {**generator(16, 512, 9), "features.0.weight": torch.zeros(64, 3, 3, 3)}
    with pytest.raises(InputError, match=r"unknown backbone\n  where: .*features.0.weight\n.*DenseNet-121"):
        import_emotion_gcn(save_emotion_gcn(vgg, tmp_path / "a.pth"), embeddings())
    cut = {**generator(16, 1024, 9), "features.denseblock1.denselayer1.norm1.weight": torch.ones(64)}
    with pytest.raises(
        InputError, match=r"not a checkpoint of Emotion-GCN with DenseNet-121\n  where: \d+ missing: features"
    ):
        import_emotion_gcn(save_emotion_gcn(cut, tmp_path / "a.pth"), embeddings())


def test_another_number_of_classes(refuse):
    refuse(r"A is of shape \[10, 10\]: 10 labels\n  expected: \[9, 9\]: neutral, happy, sad, ", A=torch.eye(10))
    refuse(r"A is of shape \[9\]", A=torch.ones(9))


def test_sizes_of_the_generator(refuse):
    refuse(
        r"label embeddings of size 300\n  expected: 12, the rows of the checkpoint's gc1.weight", x=torch.ones(9, 300)
    )
    refuse(r"embeddings of shape \[8, 12\]", x=torch.ones(8, 12))
    refuse(r"embedding of 'sad' is not finite", x=torch.ones(9, 12).index_fill(0, torch.tensor(2), torch.nan))
    refuse(r"gc1.weight is of shape \[12, 15\]\n  expected: \[in, 16\]", **{"gc1.weight": torch.ones(12, 15)})
    refuse(r"gc2.weight is of shape \[16, 127\]\n  expected: \[in, 128\]", **{"gc2.weight": torch.ones(16, 127)})
    refuse(r"gc1.weight is of shape \[12\]", **{"gc1.weight": torch.ones(12)})
    refuse(r"gc2.weight is of shape \[\]", **{"gc2.weight": torch.tensor(1.0)})


def test_numbers_that_cannot_be(refuse):
    refuse("'gc1.weight' has NaN or infinity", **{"gc1.weight": torch.full((12, 16), torch.nan)})
    negative, zeros = torch.eye(9), torch.eye(9)
    negative[3, 4] = -0.1
    zeros[5, 5] = 0
    refuse("A, row of 'surprise': a negative entry", A=negative)
    refuse("A, row of 'disgust': a negative entry, or only zeros", A=zeros)
