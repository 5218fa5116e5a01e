"""The whole paper in small: one seed, one epoch, a hundred drawn faces."""

import json
import shutil

import pytest
from click.testing import CliRunner

from gcnlabel.cli import main
from gcnlabel.reproduce.plan import TARGETS

pytestmark = pytest.mark.filterwarnings("ignore")

SMALL = ["data.train=120", "data.val=40", "data.test=120", "training.epochs=1", "model.backbone.widths=[8,8]"]
FIGURES = [target for target in TARGETS if target.startswith("fig")]
TABLES = ["table1", "table1_differences", "table2_p", "table2_tau", "table3", "table3_differences", "table4", "table5"]


def reproduce(what, output, *more):
    changes = [part for change in SMALL for part in ("--set", change)]
    return CliRunner().invoke(
        main, ["reproduce", what, "--data", "synthetic-faces", "--seeds", "1", "--output", str(output), *changes, *more]
    )


@pytest.fixture(scope="module")
def reproduced(tmp_path_factory):
    output = tmp_path_factory.mktemp("reproduced")
    result = reproduce("all", output)
    assert result.exit_code == 0, result.output
    return output


def test_every_table_and_figure_is_there_and_says_synthetic(reproduced):
    tables, figures = (reproduced / kind / "synthetic-faces" for kind in ("tables", "figures"))
    assert sorted({file.stem for file in tables.iterdir()}) == TABLES
    assert sorted({file.stem for file in figures.iterdir()}) == sorted(FIGURES)
    for name in TABLES:
        for suffix in ("md", "tex"):
            assert "SYNTHETIC" in (tables / f"{name}.{suffix}").read_text()
    for name in FIGURES:
        assert (figures / f"{name}.pdf").read_bytes().startswith(b"%PDF")


def test_the_numbers_of_a_table_are_those_of_its_runs(reproduced):
    runs = reproduced / "runs" / "synthetic-faces"
    line = (reproduced / "tables/synthetic-faces/table1.md").read_text().splitlines()[2]
    expression = json.loads((runs / "single-task-expression-seed0/evaluation.json").read_text())["tasks"]["expression"]
    affect = json.loads((runs / "single-task-affect-seed0/evaluation.json").read_text())["tasks"]["affect"]
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert cells[0] == "Single-task"
    assert float(cells[1]) == pytest.approx(100 * expression["mean_class_accuracy"], abs=0.006)
    assert cells[2] == "64.37"
    assert float(cells[3].replace("−", "-")) == pytest.approx(affect["valence/ccc"], abs=0.0006)


def test_finished_runs_are_kept_and_lost_ones_made_again(reproduced, tmp_path):
    output = tmp_path / "copy"
    shutil.copytree(reproduced, output)
    runs = output / "runs" / "synthetic-faces"
    before = {path: path.stat().st_mtime_ns for path in runs.rglob("evaluation.json")}
    lost = runs / "multi-task-ccc-seed0"
    evaluation = (lost / "evaluation.json").read_text()
    (lost / "evaluation.json").unlink()  # killed after its last epoch
    result = reproduce("table1", output)
    assert result.exit_code == 0, result.output
    assert "4 of 5 runs are finished already" in result.output
    assert (lost / "evaluation.json").read_text() == evaluation
    after = {path: path.stat().st_mtime_ns for path in runs.rglob("evaluation.json")}
    assert {path for path in before if before[path] != after[path]} == {lost / "evaluation.json"}


def test_shares_of_several_machines_are_joined(tmp_path):
    result = reproduce("table5", tmp_path, "--only", "1/2")
    assert result.exit_code == 0, result.output
    assert "2 of 4 runs are left to the other shares" in result.output
    assert not (tmp_path / "tables").exists()
    result = reproduce("table5", tmp_path, "--only", "2/2")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "tables/synthetic-faces/table5.md").exists()


def test_runs_of_other_settings_are_not_mixed_in(reproduced):
    result = reproduce("table4", reproduced, "--set", "optimizer.lr=0.5")
    assert result.exit_code == 2
    assert "holds a run of another config" in result.output
