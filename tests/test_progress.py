"""Bars of work that takes long: when they are shown, one inside another, and what loops far below tell them."""

import time

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image
from small_runs import train_runs

from gcnlabel import progress
from gcnlabel.cli import main
from gcnlabel.data.images import ImageFiles
from gcnlabel.data.readable import damaged_files, load_readable
from gcnlabel.progress import progress_bar, reported, reported_bar


@pytest.fixture
def at_once(monkeypatch):
    monkeypatch.setattr(progress, "PATIENCE", 0.0)


def test_work_that_is_short_shows_nothing(capsys):
    with reported_bar("read data"):
        assert [*reported("ab", 2)] == ["a", "b"]
    assert capsys.readouterr().err == ""


@pytest.mark.usefixtures("at_once")
def test_a_loop_far_below_tells_the_bar(capsys):
    with reported_bar("read data"):
        for _ in reported(range(7), 7):
            time.sleep(0.02)
    shown = capsys.readouterr().err
    assert "read data" in shown
    assert "7/7" in shown
    assert "left:" in shown
    with reported_bar("read data", show=False):
        assert [*reported(range(3), 3)] == [0, 1, 2]
    assert capsys.readouterr().err == ""


@pytest.mark.usefixtures("at_once")
def test_a_bar_inside_a_bar_is_a_line_of_it(capsys):
    with progress_bar("figures") as outer:
        outer(1, 3)
        with reported_bar("read data"):
            for _ in reported(range(5), 5):
                time.sleep(0.02)
            inner = progress._SHOWN.get()
            assert [(task.description, task.completed, task.total) for task in inner.tasks] == [
                ("figures", 1, 3),
                ("read data", 5, 5),
            ]
        assert [task.description for task in inner.tasks] == ["figures"]
    assert "1/3" in capsys.readouterr().err
    assert progress._SHOWN.get() is None


def test_images_are_counted_while_they_are_read(tmp_path, monkeypatch):
    for k in range(4):
        Image.fromarray(np.full((4, 4, 3), k, np.uint8)).save(tmp_path / f"{k}.png")
    names = [f"{k}.png" for k in range(4)]
    told = []
    token = progress._REPORT.set(lambda done, total: told.append((done, total)))
    try:
        load_readable(ImageFiles(tmp_path, names, size=4, channels=3))
        damaged_files([tmp_path / name for name in names])
    finally:
        progress._REPORT.reset(token)
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)] * 2


@pytest.mark.filterwarnings("ignore")
@pytest.mark.usefixtures("at_once")
def test_reading_of_data_and_export_have_a_bar(tmp_path):
    (run,) = train_runs(tmp_path, [("linear", ("model.head=linear",))])
    shown = CliRunner().invoke(main, ["evaluate", str(run)])
    assert shown.exit_code == 0, shown.output
    assert "evaluate" in shown.stderr
    written = CliRunner().invoke(
        main, ["export", str(run), "--format", "safetensors", "--output", str(tmp_path / "a.safetensors")]
    )
    assert written.exit_code == 0, written.output
    assert "export" in written.stderr
    assert "2/2" in written.stderr
