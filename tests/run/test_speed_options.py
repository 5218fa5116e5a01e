"""Options that are a matter of speed alone: they change where and how, not what."""

import shutil
from types import SimpleNamespace

import pytest
import torch
from click.testing import CliRunner

from gcnlabel.cli import main
from gcnlabel.config import load_config, preset_names
from gcnlabel.data import ArrayDataset, BatchAugmentation
from gcnlabel.errors import InputError
from gcnlabel.run import RunFolder, evaluate, resume, train
from gcnlabel.training import BatchPlan, MultiTaskDataModule, MultiTaskModule, load_checkpoint
from gcnlabel.training.trainer import _strategy

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
    module.augment, module.mix, module.memory_format = None, None, torch.channels_last
    module._trainer, module._fabric = SimpleNamespace(predicting=False, training=True), None
    images, targets = module.on_after_batch_transfer((torch.zeros(2, 3, 4, 4), {}), 0)
    assert images.is_contiguous(memory_format=torch.channels_last)
    features, _ = module.on_after_batch_transfer((torch.zeros(2, 3), {}), 0)
    assert features.shape == (2, 3)
    assert targets == {}


def test_half_precision_is_never_the_default():
    for preset in preset_names():
        assert load_config(preset).training.precision == "32-true"


@pytest.mark.parametrize("precision", ["bf16-mixed", "64-true"])
def test_other_precisions_train_evaluate_and_give_whole_scores(tmp_path, precision):
    tasks, weights = run(tmp_path / "run", f"precision={precision}", "augment=faces", "augment_on=device")
    expected = torch.float64 if precision == "64-true" else torch.float32
    kept = {
        value.dtype for name, value in weights.items() if name.startswith("model.head") and value.is_floating_point()
    }
    assert kept == {expected}
    assert all(0 <= value <= 1 for value in (tasks["expression"]["accuracy"], tasks["expression"]["macro_f1"]))
    assert RunFolder(tmp_path / "run").read_evaluation() == evaluate(RunFolder(tmp_path / "run"), device="cpu")


def test_workers_change_no_number(tmp_path):
    _, here = run(tmp_path / "here", "augment=faces")
    _, others = run(tmp_path / "workers", "augment=faces", "workers=2")
    assert all(torch.equal(others[name], value) for name, value in here.items())


def test_a_run_with_workers_goes_on_as_if_it_had_not_stopped(tmp_path, monkeypatch):
    options = ("augment=faces", "workers=1", "epochs=2")
    _, whole = run(tmp_path / "whole", *options)
    ends = MultiTaskModule.on_train_epoch_start

    def stopped(self):
        if self.current_epoch == 1:
            raise KeyboardInterrupt
        ends(self)

    monkeypatch.setattr(MultiTaskModule, "on_train_epoch_start", stopped)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "stopped", *options)
    monkeypatch.undo()
    resume(RunFolder(tmp_path / "stopped"), progress=False)
    found = load_checkpoint(tmp_path / "stopped" / "checkpoints" / "last.safetensors")["state_dict"]
    assert all(torch.equal(found[name], value) for name, value in whole.items())


def test_buffers_are_sent_to_no_other_gpu(monkeypatch):
    assert _strategy("auto", 1) == _strategy(2, 2) == "auto"  # there is none
    monkeypatch.setattr("torch.cuda.device_count", lambda: 2)
    assert _strategy(1, 1) == "auto"
    for devices, nodes in (("auto", 1), (2, 1), (1, 2)):
        assert _strategy(devices, nodes)._ddp_kwargs == {"broadcast_buffers": False}


def test_more_processes_than_samples_to_select_by(monkeypatch):
    dataset = ArrayDataset(torch.zeros(2, 1), {"a": torch.zeros(2)})
    data = MultiTaskDataModule({"val": dataset}, BatchPlan(1, 4))
    monkeypatch.setattr(MultiTaskDataModule, "_processes", 3)
    with pytest.raises(InputError, match="the val split has 2 samples\n  expected: at least one per device"):
        data.val_dataloader()


def test_a_device_that_is_not_there(tmp_path):
    run(tmp_path / "run")
    result = CliRunner().invoke(main, ["evaluate", str(tmp_path / "run"), "--device", "cuda"])
    assert result.exit_code == 2
    assert "device 'cuda' cannot be used" in result.output


@pytest.mark.parametrize("where", ["calibration", "evaluation"])
def test_a_loading_process_that_is_lost_after_the_last_epoch_is_said(tmp_path, monkeypatch, where):
    def lost(*arguments, **options):
        raise RuntimeError("DataLoader worker (pid(s) 7) exited unexpectedly")

    name = "gcnlabel.run.finishing.calibrate_best" if where == "calibration" else "gcnlabel.run.evaluation.part_scores"
    monkeypatch.setattr(name, lost)
    with pytest.raises(InputError, match="a process that loads samples was killed(.|\n)*train --resume"):
        run(tmp_path / "run", "epochs=1")
