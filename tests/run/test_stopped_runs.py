"""Runs that are stopped, killed or begun twice: whole, resumable, and with a clear word."""

import json
import os
import signal
import subprocess
import sys
import time

import polars as pl
import pytest
import torch
from click.testing import CliRunner

from gcnlabel.cli import main
from gcnlabel.config import load_config
from gcnlabel.errors import InputError
from gcnlabel.files import locked
from gcnlabel.run import RunFolder, evaluate, resume, train
from gcnlabel.run import steps as steps_module
from gcnlabel.stopping import Stopped
from gcnlabel.training import load_checkpoint

pytestmark = pytest.mark.filterwarnings("ignore")
SMALL = ["data.train=64", "data.val=30", "data.test=30", "training.epochs=3", "training.batch_size=32"]
SMALL += ["model.backbone.widths=[4,8]", "model.head.name=linear", "optimizer.schedule=constant"]


def config(*changes):
    return load_config("synthetic-faces", [*SMALL, *changes])


def command(folder, *more):
    return ["train", "synthetic-faces", "--output", str(folder.path), *more, *sets(SMALL)]


def sets(changes):
    return [word for change in changes for word in ("--set", change)]


def same_weights(a, b):
    ours, theirs = (load_checkpoint(folder.last)["state_dict"] for folder in (a, b))
    return all(torch.equal(value, theirs[name]) for name, value in ours.items())


def signal_in(epoch, signum, monkeypatch, times=1):
    """Send this process a signal in the middle of an epoch (from 0)."""
    make, sent = steps_module.make_trainer, []

    class Sender(steps_module.L.Callback):
        def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
            if trainer.current_epoch == epoch and len(sent) < times:
                sent.append(1)
                os.kill(os.getpid(), signum)

    def with_sender(*args, **options):
        trainer = make(*args, **options)
        trainer.callbacks.append(Sender())
        return trainer

    monkeypatch.setattr(steps_module, "make_trainer", with_sender)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = RunFolder(tmp_path_factory.mktemp("run") / "whole")
    train(config(), folder, progress=False)
    return folder


@pytest.fixture
def slurm(tmp_path, monkeypatch):
    """A job of SLURM, and what scontrol is called with."""
    calls = tmp_path / "calls.txt"
    (tmp_path / "bin").mkdir()
    fake = tmp_path / "bin" / "scontrol"
    fake.write_text(f'#!/bin/sh\necho "$@" >> {calls}\n')
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    for name, value in {"JOB_ID": "77", "NTASKS": "1", "PROCID": "0", "LOCALID": "0", "NODEID": "0"}.items():
        monkeypatch.setenv(f"SLURM_{name}", value)
    monkeypatch.setenv("SLURM_JOB_NAME", "night")
    return calls


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1"])
def test_every_signal_says_how_to_go_on(name, finished, tmp_path, monkeypatch):
    folder = RunFolder(tmp_path / "run")
    signum = getattr(signal, name)
    handlers = signal.getsignal(signum)
    signal_in(1, signum, monkeypatch)
    with pytest.raises(Stopped, match=f"continue with: gcnlabel train --resume --output {folder.path}$") as stop:
        train(config(), folder, progress=False)
    assert stop.value.signum == signum
    assert signal.getsignal(signum) is handlers
    monkeypatch.undo()
    resume(folder, progress=False)
    assert same_weights(folder, finished)
    assert folder.read_evaluation() == finished.read_evaluation()


def test_a_command_that_is_stopped_ends_with_the_signals_code(tmp_path, monkeypatch):
    folder = RunFolder(tmp_path / "run")
    signal_in(0, signal.SIGTERM, monkeypatch)
    result = CliRunner().invoke(main, command(folder))
    assert result.exit_code == 128 + signal.SIGTERM
    assert "stopped by SIGTERM; continue with: gcnlabel train --resume" in result.output
    assert "no epoch was finished: it starts again" in result.output


def test_a_job_of_slurm_queues_itself_again_and_goes_on(slurm, finished, tmp_path, monkeypatch):
    folder = RunFolder(tmp_path / "run")
    with monkeypatch.context() as patch:
        signal_in(1, signal.SIGUSR1, patch)
        result = CliRunner().invoke(main, command(folder))
    assert result.exit_code == 128 + signal.SIGUSR1
    assert "job 77 is requeued and continues after the last finished epoch" in result.output
    assert slurm.read_text() == "requeue 77\n"
    assert int(load_checkpoint(folder.last)["epoch"]) == 0
    assert not list(folder.path.rglob("hpc_*"))
    monkeypatch.setenv("SLURM_RESTART_COUNT", "1")
    result = CliRunner().invoke(main, command(folder))  # the script of the job, unchanged
    assert result.exit_code == 0, result.output
    assert same_weights(folder, finished)
    assert folder.metrics.read_text() == finished.metrics.read_text()
    assert not list(folder.path.rglob("hpc_*"))


def test_a_job_that_is_queued_again_keeps_to_its_config(slurm, tmp_path, monkeypatch):
    folder = RunFolder(tmp_path / "run")
    with monkeypatch.context() as patch:
        signal_in(1, signal.SIGUSR1, patch)
        CliRunner().invoke(main, command(folder))
    with pytest.raises(InputError, match=r"another config: seed: 0, now 1"):
        train(config("seed=1"), folder, progress=False)
    monkeypatch.setenv("SLURM_JOB_ID", "78")
    with pytest.raises(InputError, match="holds a run already"):
        train(config(), folder, progress=False)


def test_a_queue_that_refuses(slurm, tmp_path, monkeypatch):
    (tmp_path / "bin" / "scontrol").write_text("#!/bin/sh\necho Invalid job id >&2\nexit 1\n")
    signal_in(1, signal.SIGUSR1, monkeypatch)
    folder = RunFolder(tmp_path / "run")
    with pytest.raises(Stopped, match=r"cannot be requeued \(scontrol: Invalid job id\); continue with: .*--resume"):
        train(config(), folder, progress=False)


def test_what_another_program_left_is_not_begun_with(slurm, finished, tmp_path):
    folder = RunFolder(tmp_path / "run")
    folder.last.parent.mkdir(parents=True)
    leftovers = [folder.path / "hpc_ckpt_4.ckpt", folder.last.parent / "hpc_ckpt_1.ckpt"]
    torch.save({"epoch": 1, "state_dict": {}}, leftovers[0])
    torch.save({"epoch": 1, "state_dict": {}}, leftovers[1])
    train(config(), folder, progress=False)
    assert same_weights(folder, finished)
    assert not any(path.exists() for path in leftovers)


def test_two_trainings_in_one_folder(tmp_path, finished):
    folder = RunFolder(tmp_path / "run")
    program = "import sys, time; from gcnlabel.files import locked\nwith locked(sys.argv[1], 'is being trained'):\n"
    program += "    print('held', flush=True); time.sleep(600)"
    folder.create(config())
    holder = subprocess.Popen([sys.executable, "-c", program, str(folder.path)], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout.readline() == "held\n"
        for begin in (lambda: train(config(), folder, overwrite=True, progress=False), lambda: resume(folder)):
            with pytest.raises(InputError, match=rf"is being trained by process {holder.pid} on .*since"):
                begin()
        assert folder.config.exists()
    finally:
        holder.kill()  # who is killed holds nothing
        holder.wait()
    train(config("training.epochs=1"), folder, overwrite=True, progress=False)
    assert not (folder.path / ".lock").exists()


def test_a_folder_is_held_once_within_a_process_too(tmp_path):
    with locked(tmp_path, "is being trained"):
        with (
            pytest.raises(InputError, match=f"is being trained by process {os.getpid()}"),
            locked(tmp_path, "is being trained"),
        ):
            pass
        with pytest.raises(InputError), locked(tmp_path / ".", "is being trained"):
            pass
    with locked(tmp_path, "is being trained"):
        pass


@pytest.mark.parametrize("left", [(), ("metrics",), ("metrics", "best")])
def test_resume_goes_on_with_whatever_is_there(left, finished, tmp_path):
    folder = RunFolder(tmp_path / "run")
    folder.create(config())
    folder.best.parent.mkdir()
    for name in left:
        getattr(folder, name).write_bytes(getattr(finished, name).read_bytes())
    result = CliRunner().invoke(main, ["train", "--resume", "--output", str(folder.path)])
    assert result.exit_code == 0, result.output
    assert same_weights(folder, finished)


def test_resume_where_nothing_is(finished, tmp_path):
    folder = RunFolder(tmp_path / "run")
    result = CliRunner().invoke(main, ["train", "--resume", "--output", str(folder.path)])
    assert result.exit_code == 2
    assert "holds no run" in result.output
    assert "CONFIG" in result.output
    assert not folder.path.exists()
    result = CliRunner().invoke(main, command(folder, "--resume"))
    assert result.exit_code == 0, result.output
    assert same_weights(folder, finished)


def test_weights_that_were_imported_are_kept(finished, tmp_path):
    folder = RunFolder(tmp_path / "run")
    folder.create(config())
    folder.best.parent.mkdir()
    folder.best.write_bytes(finished.best.read_bytes())
    with pytest.raises(InputError, match="not trained here"):
        resume(folder, config())
    assert folder.best.exists()


def test_a_folder_that_holds_a_run_is_refused_before_the_data_is_read(finished, monkeypatch):
    monkeypatch.setattr(steps_module, "load_data", lambda config, **options: pytest.fail("the data was read"))
    with pytest.raises(InputError, match=r"holds a run already\n  to do: resume it: train --resume --output"):
        train(config(), finished, progress=False)


def test_resume_and_overwrite_exclude_each_other(tmp_path):
    result = CliRunner().invoke(main, command(RunFolder(tmp_path / "run"), "--resume", "--overwrite"))
    assert result.exit_code == 2
    assert "--resume and --overwrite" in result.output


@pytest.mark.parametrize(
    "changes", [(), ("optimizer.schedule=step", "optimizer.step_epochs=2"), ("optimizer.name=sgd",)]
)
def test_a_finished_run_is_trained_longer(changes, tmp_path):
    longer, whole = RunFolder(tmp_path / "longer"), RunFolder(tmp_path / "whole")
    shape = (*changes, "optimizer.lr=0.05")  # the best epoch is not the last
    train(config(*shape, "training.epochs=2"), longer, progress=False)
    options = ["--resume", "--set", "training.epochs=5", "--output", str(longer.path)]
    result = CliRunner().invoke(main, ["train", *options])
    assert result.exit_code == 0, result.output
    assert "warning" not in result.output
    train(config(*shape, "training.epochs=5"), whole, progress=False)
    assert longer.load_config() == whole.load_config()
    for name in ("metrics", "last", "best", "evaluation", "predictions"):
        assert getattr(longer, name).read_bytes() == getattr(whole, name).read_bytes(), name
    assert pl.read_csv(longer.metrics)["epoch"].to_list() == [1, 2, 3, 4, 5]


def test_longer_on_a_cosine_says_what_it_does(tmp_path):
    folder = RunFolder(tmp_path / "run")
    train(config("optimizer.schedule=cosine", "training.epochs=1"), folder, progress=False)
    with pytest.warns(UserWarning, match=r"cosine schedule now spans 2 epochs instead of 1: .* at 0\.0005, not 0;"):
        resume(folder, config("optimizer.schedule=cosine", "training.epochs=2"), progress=False)
    assert len(pl.read_csv(folder.metrics)) == 2


def test_a_run_is_not_made_shorter_nor_another(finished):
    with pytest.raises(InputError, match=r"training.epochs: 2\n  expected: at least the 3"):
        resume(finished, config("training.epochs=2"), progress=False)
    options = ["--resume", "--output", str(finished.path), "--set", "optimizer.lr=1", "--set", "training.epochs=9"]
    result = CliRunner().invoke(main, ["train", *options])
    assert result.exit_code == 2
    assert "optimizer.lr: 0.001, now 1.0" in result.output
    assert "training.epochs: " not in result.output
    assert finished.load_config() == config()


def test_a_stop_while_it_is_trained_longer(tmp_path, finished, monkeypatch):
    folder = RunFolder(tmp_path / "run")
    train(config("training.epochs=1"), folder, progress=False)
    with monkeypatch.context() as patch:
        signal_in(2, signal.SIGTERM, patch)
        with pytest.raises(Stopped):
            resume(folder, config(), progress=False)
    assert not folder.evaluation.exists()  # that of one epoch
    assert any("stopped after epoch 2 of 3" in note for note in evaluate(folder)["notes"])
    resume(folder, progress=False)
    assert same_weights(folder, finished)


def test_a_run_that_was_moved_goes_on_as_where_it_was(tmp_path, monkeypatch):
    changes = ("optimizer.lr=0.05", "training.epochs=4")
    whole, first = RunFolder(tmp_path / "whole"), RunFolder(tmp_path / "first")
    train(config(*changes), whole, progress=False)
    with monkeypatch.context() as patch:
        signal_in(2, signal.SIGTERM, patch)
        with pytest.raises(Stopped):
            train(config(*changes), first, progress=False)
    moved = RunFolder(first.path.rename(tmp_path / "moved"))
    resume(moved, progress=False)
    for name in ("last", "best", "evaluation"):
        assert getattr(moved, name).read_bytes() == getattr(whole, name).read_bytes(), name


def test_the_bytes_depend_on_content_alone(tmp_path):
    """Strings have other hashes in another process, and sets another order."""
    made = [RunFolder(tmp_path / name) for name in ("a", "another/place")]
    lines = [[*command(folder), "--set", "model.head.name=graph"] for folder in made]
    assert CliRunner().invoke(main, lines[0]).exit_code == 0
    other = {**os.environ, "PYTHONHASHSEED": "1"}
    subprocess.run([sys.executable, "-m", "gcnlabel", *lines[1]], env=other, check=True, capture_output=True)
    for name in ("config", "graph", "metrics", "last", "best", "evaluation", "predictions"):
        assert getattr(made[0], name).read_bytes() == getattr(made[1], name).read_bytes(), name


def test_work_that_does_not_return_to_python_ends_too(tmp_path):
    program = """
import os, signal, threading, time, gcnlabel.stopping as stopping
stopping.GRACE = 1
with stopping.stopping("do it again"):
    threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGTERM)).start()
    start = time.monotonic()
    while True:
        try:
            time.sleep(30)
        except KeyboardInterrupt as swallowed:
            kept = swallowed
"""
    start = time.monotonic()
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 128 + signal.SIGTERM
    assert "stopped by SIGTERM; do it again" in done.stderr
    assert time.monotonic() - start < 15


def test_a_signal_that_a_library_swallows_comes_again(tmp_path):
    program = """
import os, signal, sys, threading, time, gcnlabel.stopping as stopping
from gcnlabel.cli.ending import error_messages
with error_messages("do it again"):
    threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGTERM)).start()
    try:
        time.sleep(5)
    except BaseException:
        pass
    time.sleep(30)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=25, check=False)
    assert done.returncode == 128 + signal.SIGTERM
    assert done.stderr == "stopped by SIGTERM; do it again\n"


def test_a_job_is_noted_as_plain_values(slurm, tmp_path):
    folder = RunFolder(tmp_path / "run")
    train(config("training.epochs=1"), folder, progress=False)
    assert json.loads(folder.job.read_text()) == {"job": "77", "restarts": "0", "queued_again": False}
    with pytest.raises(InputError, match="holds a run already"):  # by the same job, which was not queued again
        train(config(), folder, progress=False)
