"""The whole paper in small: one seed, one epoch, a hundred drawn faces."""

import json
import shutil

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from gcnlabel.cli import main
from gcnlabel.papers.emotion_gcn.plan import TARGETS

pytestmark = pytest.mark.filterwarnings("ignore")

SMALL = ["data.train=120", "data.val=40", "data.test=120", "training.epochs=1", "model.backbone.widths=[8,8]"]
SUPPLEMENT = ["figS1", "figS2"]
FIGURES = [target for target in TARGETS if target.startswith("fig") and target not in SUPPLEMENT]
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
    assert "figS1 and figS2 are skipped: they need class edges from EMOTIC (--emotic PATH)" in result.output
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
    cells = [cell.strip(" *") for cell in line.strip("|").split("|")]
    assert cells[0] == "Single-task"
    assert float(cells[1]) == pytest.approx(100 * expression["mean_class_accuracy"], abs=0.006)
    assert cells[2] == "64.37"
    assert float(cells[3].replace("−", "-")) == pytest.approx(affect["valence/ccc"], abs=0.0006)


def test_each_published_number_is_credited_to_its_own_paper(reproduced):
    lines = (reproduced / "tables/synthetic-faces/table4.md").read_text().splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    assert rows[0][2:] == ["*reported*", "source"]
    cells = {row[0]: row[1:] for row in rows[2:]}
    assert cells["Siamese"] == ["", "64.00", "Hayale et al., FG 2019"]
    assert cells["DAN"] == ["", "65.69", "Wen et al., 2021"]
    assert cells["POSTER++"] == ["", "**67.49**", "Mao et al., 2023"]
    assert cells["Emotion-GCN"][1:] == ["66.46", "Antoniadis et al., FG 2021"]
    assert all(row[-1] for row in cells.values())
    assert "DAN and POSTER++, later work, as their authors do" in lines[-1]
    sources = pl.read_csv(reproduced / "tables/synthetic-faces/table4.csv")["source"]
    assert sources.to_list() == [row[-1] for row in cells.values()]
    assert r"\begin{table*}" in (reproduced / "tables/synthetic-faces/table4.tex").read_text()


def test_networks_that_share_nothing_have_no_similarity(reproduced):
    table = pl.read_csv(reproduced / "figures/synthetic-faces/fig6.csv")
    single = table.filter(run="Single-task").drop("run", "label").to_numpy().astype(float)
    assert np.isnan(single[:7, 7:]).all()
    assert np.isnan(single[7:, :7]).all()
    assert np.isfinite(single[:7, :7]).all()
    assert np.isfinite(single[7:, 7:]).all()
    assert table.filter(pl.col("run") != "Single-task").null_count().sum_horizontal().item() == 0


def test_figure_1_is_of_the_validation_split(reproduced):
    table = pl.read_csv(reproduced / "figures/synthetic-faces/fig1.csv")
    assert len(table) == 40  # data.val


def write_emotic(folder):
    """A few persons, two of whom are glad and surprised at once: edges between classes."""
    header = "Index,Folder,Filename,Image Size,BBox,Categorical_Labels,Continuous_Labels,Gender,Age"
    people = [["Happiness", "Surprise"], ["Happiness", "Surprise"], ["Sadness", "Fear"], ["Anger", "Aversion"]]
    rows = [
        f'{i},mscoco/images,a.jpg,"[480, 640]","[1, 2, 40, 60]","{names}","[5.0, 6.0, 7.0]",Male,Adult'
        for i, names in enumerate(people)
    ]
    (folder / "annotations").mkdir(parents=True)
    (folder / "annotations" / "train.csv").write_text("\n".join([header, *rows]) + "\n")
    images = folder / "emotic" / "mscoco" / "images"
    images.mkdir(parents=True)
    (images / "a.jpg").write_bytes(b"jpeg")
    return folder


def test_the_supplement_shows_class_edges_from_emotic(reproduced, tmp_path):
    emotic = str(write_emotic(tmp_path / "emotic"))
    for name in SUPPLEMENT:
        result = reproduce(name, tmp_path / "out", "--emotic", emotic)
        assert result.exit_code == 0, result.output
    s1 = pl.read_csv(tmp_path / "out/figures/synthetic-faces/figS1.csv")
    matrix = s1.drop("label").to_numpy()
    happy, surprise, sad, fear = (s1["label"].to_list().index(name) for name in ("happy", "surprise", "sad", "fear"))
    assert matrix[happy, surprise] > 0
    assert matrix[fear, sad] > 0
    assert np.diag(matrix) == pytest.approx(0.5)  # 1 - p
    fig3 = pl.read_csv(reproduced / "figures/synthetic-faces/fig3.csv").drop("label").to_numpy()
    assert not fig3[:7, :7][~np.eye(7, dtype=bool)].any()
    assert np.diag(fig3) == pytest.approx(0.3)
    s2 = pl.read_csv(tmp_path / "out/figures/synthetic-faces/figS2.csv")
    assert set(s2["run"]) == {"Emotion-GCN + EMOTIC class edges, p = 0.5"}
    assert [path.name for path in (tmp_path / "out/runs/synthetic-faces").iterdir()] == [
        "emotion-gcn-emotic-p0.5-seed0"
    ]


def test_finished_runs_are_kept_and_lost_ones_made_again(reproduced, tmp_path):
    output = tmp_path / "copy"
    shutil.copytree(reproduced, output)
    runs = output / "runs" / "synthetic-faces"
    before = {path: path.stat().st_mtime_ns for path in runs.rglob("evaluation.json")}
    lost = runs / "multi-task-ccc-seed0"
    evaluation = (lost / "evaluation.json").read_text()
    (lost / "evaluation.json").unlink()  # killed after its last epoch
    (runs / "emotion-gcn-seed0" / ".lock").touch()  # killed at its very end
    result = reproduce("table1", output)
    assert result.exit_code == 0, result.output
    assert "4 of 5 runs are already finished" in result.output
    assert (lost / "evaluation.json").read_text() == evaluation
    assert not list(runs.rglob(".*"))
    after = {path: path.stat().st_mtime_ns for path in runs.rglob("evaluation.json")}
    assert {path for path in before if before[path] != after[path]} == {lost / "evaluation.json"}


def test_shares_of_several_machines_are_joined(tmp_path):
    result = reproduce("table5", tmp_path, "--only", "1/2")
    assert result.exit_code == 0, result.output
    assert "2 of 4 runs are not finished: they belong to other shares" in result.output
    assert not (tmp_path / "tables").exists()
    result = reproduce("table5", tmp_path, "--only", "2/2")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "tables/synthetic-faces/table5.md").exists()


def test_runs_of_other_settings_are_not_mixed_in(reproduced):
    result = reproduce("table4", reproduced, "--set", "optimizer.lr=0.5")
    assert result.exit_code == 2
    assert "has a run of another config" in result.output
