"""Options that are a matter of speed alone: they change where and how, not what."""

import shutil

import pytest
import torch

from gcnlabel.config import load_config
from gcnlabel.data import BatchAugmentation
from gcnlabel.run import RunFolder, train
from gcnlabel.training import MultiTaskModule, load_checkpoint

pytestmark = pytest.mark.filterwarnings("ignore")
SMALL = ["data.train=70", "data.val=20", "data.test=20", "training.epochs=1", "training.batch_size=16"]
SMALL += ["model.backbone.widths=[4,8]", "model.head.hidden_channels=[8]"]


def run(folder, *changes):
    config = load_config("synthetic-faces", [*SMALL, *(f"training.{change}" for change in changes)])
    evaluation = train(config, RunFolder(folder), progress=False)
    return evaluation["tasks"], load_checkpoint(folder / "checkpoints" / "last.safetensors")["state_dict"]


def test_channels_last_changes_no_number(tmp_path):
    _, weights = run(tmp_path / "a", "augment=none")
    _, others = run(tmp_path / "b", "augment=none", "channels_last=true")
    for name, value in weights.items():
        torch.testing.assert_close(others[name], value, rtol=1e-3, atol=1e-4)


def test_augmentation_on_the_device_is_of_training_batches_alone(tmp_path, monkeypatch):
    when = []
    call = BatchAugmentation.__call__

    def noted(self, images):
        when.append(len(images))
        return call(self, images)

    monkeypatch.setattr(BatchAugmentation, "__call__", noted)
    run(tmp_path / "device", "augment=faces", "augment_on=device")
    assert sorted(when) == [6, 16, 16, 16, 16]  # the 70 of the training part, once, and no other
    when.clear()
    run(tmp_path / "loader", "augment=faces")
    assert sorted(when) == [6, 16, 16, 16, 16]


def test_no_augmentation_anywhere(tmp_path):
    _, device = run(tmp_path / "a", "augment=none", "augment_on=device")
    _, loader = run(tmp_path / "b", "augment=none")
    assert all(torch.equal(device[name], value) for name, value in loader.items())


@pytest.mark.skipif(shutil.which("g++") is None, reason="torch.compile needs a C++ compiler")
@pytest.mark.slow
def test_compiled(tmp_path):
    _, weights = run(tmp_path / "a", "augment=none")
    _, compiled = run(tmp_path / "b", "augment=none", "compile=true")
    assert compiled.keys() == weights.keys()
    for name, value in weights.items():
        torch.testing.assert_close(compiled[name], value, rtol=1e-2, atol=1e-3)


def test_layout_of_a_batch():
    module = MultiTaskModule.__new__(MultiTaskModule)
    torch.nn.Module.__init__(module)
    module.augment, module.memory_format = None, torch.channels_last
    images, targets = module.on_after_batch_transfer((torch.zeros(2, 3, 4, 4), {}), 0)
    assert images.is_contiguous(memory_format=torch.channels_last)
    features, _ = module.on_after_batch_transfer((torch.zeros(2, 3), {}), 0)
    assert features.shape == (2, 3)
    assert targets == {}


def test_half_precision_is_never_the_default():
    for preset in ("emotion-gcn", "synthetic-faces", "ml-gcn"):
        assert load_config(preset, [*(["tasks={}"] if preset == "ml-gcn" else [])]).training.precision == "32-true"
