"""Runs on molecules: trained, stopped and gone on with, predicted, compared, and what cannot be done with them."""

import json

import numpy as np
import polars as pl
import pytest
import torch
from click.testing import CliRunner
from molecules import SMILES, TASKS, made_graphs, write_molecules
from small_runs import trained

from gcnlabel.annotations import Annotations
from gcnlabel.cli import main
from gcnlabel.config import load_config
from gcnlabel.data import graphs_from_smiles, save_graphs
from gcnlabel.errors import InputError
from gcnlabel.prediction import load_network, predict
from gcnlabel.run import RunFolder, resume, train
from gcnlabel.run.build import build_module
from gcnlabel.run.data import load_data
from gcnlabel.run.default_head import resolve_default
from gcnlabel.run.loading import load_model
from gcnlabel.run.side_by_side import fit_trials, make_trial
from gcnlabel.sources import SampleSet
from gcnlabel.studies.ablation.job_files import digest
from gcnlabel.tasks import TaskSet
from gcnlabel.training import load_checkpoint

pytestmark = pytest.mark.filterwarnings("ignore")


def state_of(run):
    return load_checkpoint(run.best)["state_dict"]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("molecules")
    write_molecules(folder)
    return trained(folder)


def test_a_run_predicts_new_molecules_as_its_network_does(run, tmp_path):
    (tmp_path / "new.smi").write_text("CCO ethanol\nC\n[Na+].[Cl-]\n")
    pl.DataFrame({"name": ["a", "b", "c"], "smiles": ["CCO", "C", "[Na+].[Cl-]"]}).write_csv(tmp_path / "new.csv")
    network = load_network(run)
    assert network.input_shape == (177, 30)
    with torch.no_grad():
        scores = network.model(graphs_from_smiles(["CCO", "C", "[Na+].[Cl-]"])[:])
    for name in ("new.smi", "new.csv"):
        found = predict(run, tmp_path / name, device="cpu", batch_size=2)
        assert found.named == "row"
        assert np.allclose(found.values["groups"], scores["groups"].sigmoid(), atol=1e-5)
        assert np.allclose(found.values["size"], scores["size"], atol=1e-5)


def test_new_inputs_that_are_no_molecules_are_refused(run, tmp_path):
    (tmp_path / "new.smi").write_text("CCO\nC1CC\n")
    with pytest.raises(InputError, match="rows 2"):
        predict(run, tmp_path / "new.smi")
    with pytest.raises(InputError, match=r"molecules, not 'x\.npy'(.|\n)*\.smi"):
        predict(run, "x.npy")


def test_a_bad_cell_of_a_training_table_stops_before_the_folder_is_made(tmp_path):
    path = write_molecules(tmp_path)
    table = pl.read_csv(tmp_path / "labels.csv")
    table[3, "smiles"] = "C1CC"
    table.write_csv(tmp_path / "labels.csv")
    found = CliRunner().invoke(main, ["train", str(path), "--output", str(tmp_path / "run")])
    assert found.exit_code == 2
    assert "row" in found.output
    assert "5" in found.output  # the header is row 1
    assert not (tmp_path / "run").exists()


def test_workers_and_a_stop_change_nothing(tmp_path):
    write_molecules(tmp_path, backbone={"name": "gin", "hidden": 8, "layers": 2, "dropout": 0.3})
    whole = trained(tmp_path, "whole")
    workers = trained(tmp_path, "workers", ["training.workers=2"])
    short = trained(tmp_path, "short", ["training.epochs=1"])
    resume(short, load_config(str(tmp_path / "config.yaml")), progress=False)
    last = [load_checkpoint(run.last)["state_dict"] for run in (whole, workers, short)]
    for name, value in last[0].items():
        assert torch.equal(value, last[1][name]), name
        assert torch.equal(value, last[2][name]), name


def test_the_engine_of_studies_trains_as_lightning_does(tmp_path):
    path = write_molecules(tmp_path)
    run = trained(tmp_path)
    config = load_config(str(path))
    data = load_data(config)
    import lightning as L

    L.seed_everything(config.seed, verbose=False)
    module = build_module(config, data, None)
    trial = make_trial(config, data, module.model)
    fit_trials(config, [trial])
    graphs = data.parts["test"].inputs
    scores = [model.eval().standard_scores(graphs[:]) for model in (load_model(run)[0], trial.model)]
    for name, found in scores[0].items():  # weights before a batch norm may differ: biases there have no effect
        torch.testing.assert_close(found, scores[1][name], atol=2e-4, rtol=1e-4)
        assert found.std() > 0.01


def test_the_default_head_trains_behind_one_backbone(tmp_path):
    path = write_molecules(tmp_path, head="default")
    run = trained(tmp_path)
    config = resolve_default(load_config(str(path)), load_data(load_config(str(path))).parts["train"])
    assert config.model.backbone.name == "gin"
    backbones = {name.split(".")[2] for name in state_of(run) if name.startswith("model.backbone.")}
    assert backbones == {"network"}  # one, not one a base model
    assert np.isfinite(predict(run, tmp_path / "labels.csv").values["size"]).all()


def test_pna_knows_the_degrees_of_the_training_part_alone(tmp_path):
    write_molecules(tmp_path, backbone={"name": "pna", "hidden": 8})
    run = trained(tmp_path)
    graphs = load_data(run.load_config()).parts["train"].inputs
    means = [v.item() for name, v in state_of(run).items() if name.endswith("avg_deg_lin")]
    assert means == pytest.approx([graphs.mean_degrees()[0]] * len(means))
    assert means
    assert means[0] != pytest.approx(load_data(run.load_config()).parts["val"].inputs.mean_degrees()[0])
    kept = load_network(run).model.backbone.network[1].network.convs[0].aggr_module.avg_deg_lin.item()
    assert kept == pytest.approx(means[0])


@pytest.mark.parametrize("precision", ["bf16-mixed", "64-true"])
@pytest.mark.parametrize("backbone", ["pna", "attentivefp"])
def test_precisions(tmp_path, precision, backbone):
    write_molecules(tmp_path, backbone={"name": backbone, "hidden": 8})
    run = trained(tmp_path, changes=[f"training.precision={precision}", "standardize=false"])
    assert np.isfinite(predict(run, tmp_path / "labels.csv").values["size"]).all()


@pytest.mark.parametrize("change", ["training.augment={name: flip}", "training.mix=mixup"])
def test_graphs_are_not_augmented_as_images(tmp_path, change):
    write_molecules(tmp_path)
    with pytest.raises(InputError, match=rf"{change.split('=')[0]} of graphs"):
        trained(tmp_path, changes=[change])
    assert not (tmp_path / "run").exists()


def test_what_is_exported(run, tmp_path):
    for name, suffix in (("onnx", "onnx"), ("torch-export", "pt2")):
        wanted = ["export", str(run.path), "--format", name, "--output", str(tmp_path / f"m.{suffix}")]
        found = CliRunner().invoke(main, wanted)
        assert found.exit_code == 2
        assert "a model of graphs" in found.output
        assert not (tmp_path / f"m.{suffix}").exists()
    wanted = ["export", str(run.path), "--format", "safetensors", "--output", str(tmp_path / "m.safetensors"), "--json"]
    found = CliRunner().invoke(main, wanted)
    assert found.exit_code == 0, found.output
    assert json.loads(found.stdout)["input"]["node_features"] == 177


def test_a_study_takes_graphs(tmp_path):
    path = write_molecules(tmp_path)
    common = ["--set", "training.epochs=1", "--set", "model.head={name: cosine, of: graph}", "--json"]
    wanted = ["zero-shot", str(path), "--label", "oxygen", *common]
    found = CliRunner().invoke(main, wanted)
    assert found.exit_code == 0, found.output
    methods = json.loads(found.stdout)["methods"]
    assert "label graph" in methods
    assert not any("ridge on the val split" in name for name in methods)  # a ridge of inputs needs features
    wanted = [
        "ablate",
        str(path),
        "--output",
        str(tmp_path / "a"),
        "--seeds",
        "1",
        "--rate",
        "0.01",
        "--min-steps",
        "1",
    ]
    alone = ["--share", "1", "--few", "none", "--workers", "1", "--head", "linear", "--set", "training.epochs=1"]
    found = CliRunner().invoke(main, [*wanted, *alone])
    assert found.exit_code == 0, found.output
    data = load_data(load_config(str(path)))
    assert digest(data) != digest(load_data(load_config(str(write_molecules(tmp_path, rows=47)))))


def test_a_stored_data_set_brings_its_targets(tmp_path):
    graphs = made_graphs(60)
    for row, graph in enumerate(graphs):
        graph.y = torch.tensor([[float(row % 2), float(graph.num_nodes), 1.0 if row % 3 else torch.nan]])
    save_graphs(tmp_path / "g.safetensors", graphs)
    path = write_molecules(tmp_path)
    tasks = {
        "kind": {"type": "categorical", "classes": ["even", "odd"]},
        "size": {"type": "dimensional", "dims": ["nodes"]},
        "tags": {"type": "multilabel", "labels": ["known"]},
    }
    changes = [f"data={{source: pyg, graphs: {tmp_path}/g.safetensors}}", f"tasks={json.dumps(tasks)}"]
    config = load_config(str(path), changes)
    data = load_data(config)
    assert [len(data.parts[name].inputs) for name in ("train", "val", "test")] == [48, 6, 6]
    for part in data.parts.values():
        ptr = part.inputs[:].ptr
        assert part.annotations.targets["size"][:, 0].tolist() == (ptr[1:] - ptr[:-1]).tolist()
    train(config, RunFolder(tmp_path / "run"), progress=False)
    assert len(predict(RunFolder(tmp_path / "run"), tmp_path / "g.safetensors")) == 60
    with pytest.raises(InputError, match="y has 3 columns"):
        load_data(load_config(str(path), [changes[0], f"tasks={json.dumps({'kind': tasks['kind']})}"]))
    with pytest.raises(InputError, match="source: table, annotations: TABLE, graphs: FILE"):
        load_config(str(path), [changes[0], changes[1], "data.splits={train: train, val: val, test: test}"])


def test_stored_graphs_beside_a_table(tmp_path):
    path = write_molecules(tmp_path)
    save_graphs(tmp_path / "g.safetensors", made_graphs(48))
    changes = ["data.smiles=null", f"data.graphs={tmp_path}/g.safetensors"]
    assert load_data(load_config(str(path), changes)).parts["train"].inputs.shape == (24, 4, 2)
    save_graphs(tmp_path / "h.safetensors", made_graphs(47))
    with pytest.raises(InputError, match="47 rows of inputs"):
        load_data(load_config(str(path), [changes[0], f"data.graphs={tmp_path}/h.safetensors"]))
    with pytest.raises(InputError, match="data has graphs and smiles"):
        load_data(load_config(str(path), changes[1:]))


def test_a_list_of_graphs_is_inputs():
    tasks = TaskSet.from_dict({"size": TASKS["size"]})
    part = SampleSet(Annotations(tasks, {"size": np.zeros((12, 2))}), made_graphs())
    assert part.inputs.shape == (12, 4, 2)
    assert len(SMILES) == 12
