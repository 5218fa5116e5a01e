"""One config, one model: what is evaluated on zero-shot labels is what ``gcnlabel train`` would train."""

import numpy as np
import pytest
import torch

from gcnlabel.config import load_config
from gcnlabel.errors import InputError
from gcnlabel.run import RunFolder, train
from gcnlabel.run.build import build_model
from gcnlabel.run.data import load_data
from gcnlabel.run.graph import build_graph
from gcnlabel.run.loading import load_model
from gcnlabel.studies.zero_shot import evaluate_zero_shot
from gcnlabel.studies.zero_shot.edges import complete, other_statistics
from gcnlabel.studies.zero_shot.left import Left
from gcnlabel.studies.zero_shot.left_out import few_annotated
from gcnlabel.studies.zero_shot.training import trained
from gcnlabel.training import rare_rows
from gcnlabel.training.optimizers import OPTIMIZERS

pytestmark = pytest.mark.filterwarnings("ignore")

CHANGES = {
    "as it is": [],
    "no samples of rare labels": ["training.rare_samples=0"],
    "few of them": ["training.rare_samples=3"],
    "sgd with steps": [
        "optimizer={name: sgd, lr: 0.05, momentum: 0.8, weight_decay: 0.02, schedule: step, step_epochs: 2}",
        "training.batch_size=89",  # 180 samples: the last batch would be 2
    ],
    "one sample left": ["training.batch_size=179"],
    "losses": ["loss={affect: {name: mse, weight: 2.0}, tags: {name: asymmetric, weight: 0.5}}", "standardize=false"],
    "another metric": ["select={metric: tags/mAP, mode: max}", "training.epochs=3"],
    "learned edges, published start": ["model.head.of.edges=learned", "model.head.of.init=published"],
    "statistic, tau and p": ["graph.statistic={tags: phi, 'tags:affect': pearson}", "graph.tau=0.05", "graph.p=0.4"],
    "dropout": ["model.backbone.dropout=0.4"],
    "more steps, early end": ["training.min_steps=40", "training.patience=1", "optimizer.lr=0.1"],
    "residual": ["model.head={name: residual, of: {name: graph, hidden_channels: [5]}, tasks: [affect]}"],
}


def scores(model, data):
    with torch.no_grad():
        found = model.eval()(torch.as_tensor(data.parts["test"].inputs))
    return {name: values.numpy() for name, values in found.items()}


@pytest.mark.parametrize("change", CHANGES)
def test_a_model_is_that_of_train(folder, tmp_path, change):
    config = load_config(folder / "config.yaml", [*CHANGES[change], "seed=3"])
    data = load_data(config)
    run = RunFolder(tmp_path / "run")
    train(config, run, progress=False)
    torch.manual_seed(config.seed)
    model = build_model(config, data, complete(build_graph(config, data)))
    (found,) = trained(config, [data], [model], config.seed)
    for name, wanted in scores(load_model(run)[0], data).items():
        np.testing.assert_allclose(scores(found, data)[name], wanted, rtol=2e-3, atol=2e-3)


def test_models_with_more_and_fewer_rare_samples_are_trained_as_alone(config, data):
    """What one model has fewer of must not bound those of the others."""
    config, whole = config.model_copy(update={"loss": {}}), data.of_tasks(["tags"])  # every sample has its tags
    datas = [whole, few_annotated(whole, "a", 1, 0), few_annotated(whole, "b", 4, 0)]
    assert [len(rare_rows(of.parts["train"].annotations, 32)) for of in datas] == [0, 2, 8]

    def drawn():
        models = []
        for of in datas:
            torch.manual_seed(0)
            models.append(build_model(config, of, complete(build_graph(config, whole))))
        return models

    together = trained(config, datas, drawn(), 0)
    for of, model, start in zip(datas, together, drawn(), strict=True):
        (alone,) = trained(config, [of], [start], 0)
        np.testing.assert_allclose(scores(model, whole)["tags"], scores(alone, whole)["tags"], rtol=1e-3, atol=1e-3)


@pytest.fixture
def borrowed(config, tmp_path):
    """The paper's convention connects tags and dimensions alone; here tags are connected too, by a file."""
    rng = np.random.default_rng(3)
    matrix = rng.uniform(0.2, 0.9, size=(5, 5))
    rows = [",".join([label, *(f"{v:.6f}" for v in row)]) for label, row in zip("abcde", matrix, strict=True)]
    (tmp_path / "elsewhere.csv").write_text("\n".join(["label,a,b,c,d,e", *rows]) + "\n")
    changes = {"convention": "emotion-gcn-paper", "borrowed": {"tags": str(tmp_path / "elsewhere.csv")}}
    return config.model_copy(update={"graph": config.graph.model_copy(update=changes)}), matrix


def test_borrowed_edges_are_those_of_train(borrowed, data):
    config, matrix = borrowed
    left = Left.out("c", config, data, other_statistics("val", config, data))
    wanted = build_graph(config, left.data)
    found = left.training_graph(config)
    assert torch.equal(found.adjacency(), wanted.adjacency())
    assert wanted.num_edges >= 4 * 3 + 5  # every pair of the four tags, and self-loops
    row = left.graph(config).adjacency()[2].numpy()
    assert (row[[0, 1, 3, 4]] > 0).all()
    np.testing.assert_allclose(left.raw.statistic[2, [0, 1, 3, 4]], matrix[2, [0, 1, 3, 4]], rtol=1e-6)


def test_what_is_borrowed_stays_borrowed_beside_edges_from_a_file(borrowed, data, tmp_path):
    config, matrix = borrowed
    labels = data.tasks.labels
    rows = [",".join([label, *("0.123",) * len(labels)]) for label in labels]
    (tmp_path / "other.csv").write_text("\n".join([",".join(["label", *labels]), *rows]) + "\n")
    other = other_statistics(str(tmp_path / "other.csv"), config, data)
    left = Left.out("c", config, data, other)
    np.testing.assert_allclose(left.raw.statistic[2, [0, 1, 3, 4]], matrix[2, [0, 1, 3, 4]], rtol=1e-6)
    assert left.raw.statistic[2, 5] == pytest.approx(0.123)


def changed(config, **changes):
    return config.model_copy(update={name: getattr(config, name).model_copy(update=of) for name, of in changes.items()})


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"select": {"split": "test"}}, r"select\.split: test\n  expected: val"),
        ({"select": {"metric": "tags/map", "mode": "max"}}, r"no metric 'tags/map' on the val split"),
        ({"training": {"precision": "bf16-mixed"}}, r"training\.precision: bf16-mixed\n  expected: 32-true"),
    ],
)
@pytest.mark.parametrize("shots", [None, 3])
def test_what_train_would_do_otherwise_is_refused(config, data, changes, text, shots):
    with pytest.raises(InputError, match=text):
        evaluate_zero_shot(changed(config, **changes), "b", data=data, shots=shots)


def test_what_the_default_head_would_not_look_at_is_refused(folder, data):
    config = load_config(folder / "config.yaml", ["model={backbone: {name: mlp, hidden: [4]}}", "graph.p=0.5"])
    with pytest.raises(InputError, match=r"graph\.p with the head 'default'"):
        evaluate_zero_shot(config, "b", data=data)


def test_models_that_diverged_have_no_area(config, data):
    wild = config.model_copy(update={"optimizer": OPTIMIZERS.parse({"name": "sgd", "lr": 1e30})})
    with pytest.raises(InputError, match=r"never finite(.|\n)*a smaller optimizer\.lr"):
        evaluate_zero_shot(wild, "b", data=data)
