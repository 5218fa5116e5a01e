"""The file of trials: several processes at once, files of others, and errors of the disk."""

import sqlite3
import subprocess
import sys

import pytest

from gcnlabel.errors import InputError
from gcnlabel.studies.tuning.storage import open_study, storage_errors

optuna = pytest.importorskip("optuna")
ADD = """
import sys, optuna, pathlib
from gcnlabel.studies.tuning.storage import open_study
optuna.logging.set_verbosity(optuna.logging.ERROR)
study = open_study(optuna, pathlib.Path(sys.argv[1]), "minimize", {"seed": 0})
study.optimize(lambda trial: trial.suggest_float("x", 0, 1), n_trials=4)
"""


def test_processes_add_to_one_file_from_its_beginning(tmp_path):
    path = tmp_path / "study.db"
    started = [subprocess.Popen([sys.executable, "-c", ADD, str(path)], stderr=subprocess.PIPE) for _ in range(3)]
    for process in started:
        _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said.decode()
    trials = open_study(optuna, path, "minimize", {"seed": 0}).trials
    assert [trial.number for trial in trials] == list(range(12))
    assert all(trial.state.name == "COMPLETE" for trial in trials)


def test_another_recipe_needs_another_file(tmp_path):
    open_study(optuna, tmp_path / "study.db", "minimize", {"seed": 0, "lr": 0.1})
    with pytest.raises(InputError, match="trials with another lr, rate"):
        open_study(optuna, tmp_path / "study.db", "minimize", {"seed": 0, "rate": 0.1})


def test_a_database_of_something_else_is_left_as_it_is(tmp_path):
    path = tmp_path / "accounts.db"
    with sqlite3.connect(path) as file:
        file.execute("CREATE TABLE accounts (name TEXT)")
    file.close()
    before = path.read_bytes()
    with pytest.raises(InputError, match="is not a study: it has accounts"):
        open_study(optuna, path, "minimize", {})
    assert path.read_bytes() == before
    with pytest.raises(InputError, match="is a folder"):
        open_study(optuna, tmp_path, "minimize", {})


def test_an_empty_file_is_taken(tmp_path):
    (tmp_path / "study.db").touch()
    assert open_study(optuna, tmp_path / "study.db", "minimize", {}).trials == []


def test_errors_of_the_disk_are_one_message(tmp_path):
    def full():
        raise optuna.exceptions.StorageInternalError("An exception is raised") from OSError("disk is full")

    with (
        pytest.raises(InputError, match=r"study\.db cannot be written: disk is full"),
        storage_errors(optuna, tmp_path / "study.db"),
    ):
        full()
