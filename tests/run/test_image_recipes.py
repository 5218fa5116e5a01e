"""The released recipes of ML-GCN, ADD-GCN and Query2Label: dry runs on drawn pictures that watch every step."""

import json
from dataclasses import dataclass, field

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from PIL import Image
from torch.optim import optimizer as hooks
from torch.optim.lr_scheduler import OneCycleLR

from gcnlabel.cli import main
from gcnlabel.config import load_config
from gcnlabel.data import AUGMENTATIONS, ArrayDataset
from gcnlabel.graph import LabelGraph
from gcnlabel.nn.heads import build_head
from gcnlabel.run.build import build_schedule
from gcnlabel.tasks import MultiLabel, TaskSet
from gcnlabel.training import load_checkpoint

pytestmark = pytest.mark.filterwarnings("ignore")

RECIPES = ("ml-gcn", "add-gcn", "query2label")
TAGS = ("red", "green", "blue")
SMALL = ("data.size=16", "training.epochs=3", "training.batch_size=6", "training.workers=0")
BACKBONE = {"ml-gcn": "{name: small_cnn, widths: [8, 8], pool: max}"}
POSITIONS = "{name: small_cnn, widths: [8, 8], pool: none}"
HEAD = {"ml-gcn": ("model.head.hidden_channels=[8]",)}
OF_POSITIONS = ("model.head.channels=8", "model.head.width=8")
STEPS = 12
"""24 pictures, 6 a batch, 3 epochs."""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Pictures of coloured squares on grey, a tag a colour."""
    root = tmp_path_factory.mktemp("squares")
    (root / "images").mkdir()
    rng = np.random.default_rng(0)
    rows = [",".join(("image", "split", *TAGS))]
    for i in range(40):
        shown, pixels = rng.random(3) < 0.5, np.full((16, 16, 3), 128, np.uint8)
        for colour in np.flatnonzero(shown):
            top, left = rng.integers(0, 10, 2)
            pixels[top : top + 6, left : left + 6] = 255 * np.eye(3)[colour]
        Image.fromarray(pixels).save(root / f"images/{i}.png")
        split = "train" if i < 24 else "val" if i < 32 else "test"
        rows.append(f"{i}.png,{split}," + ",".join(str(int(one)) for one in shown))
    (root / "labels.csv").write_text("\n".join(rows) + "\n")
    (root / "tasks.yaml").write_text(f"tasks: {{tags: {{type: multilabel, labels: [{', '.join(TAGS)}]}}}}")
    (root / "glove.txt").write_text("red 1 0 0 0\ngreen 0 1 0 0\nblue 0 0 1 .5\n")
    return root


@dataclass
class Watched:
    """Of each step of a training: rates and decays, the gradient as it was taken, and a weight after it."""

    groups: list = field(default_factory=list)
    norms: list = field(default_factory=list)
    weights: list = field(default_factory=list)
    kind: str = ""

    def before(self, optimizer, *_):
        self.kind = type(optimizer).__name__
        keys = ("lr", "weight_decay", "momentum")
        self.groups.append([{key: group[key] for key in keys if key in group} for group in optimizer.param_groups])

    def after(self, optimizer, *_):
        gradients = [p.grad for group in optimizer.param_groups for p in group["params"] if p.grad is not None]
        self.norms.append(torch.stack([gradient.norm() for gradient in gradients]).norm().item())
        self.weights.append(optimizer.param_groups[0]["params"][0].detach().clone())

    def rates(self, group):
        return [step[group]["lr"] for step in self.groups]


@pytest.fixture
def trained(place, tmp_path, monkeypatch):
    """Return what trains a preset by the command line, and watches the optimizer."""
    files = {"TASKS": "tasks.yaml", "ANNOTATIONS": "labels.csv", "IMAGES": "images", "GLOVE": "glove.txt"}
    for variable, file in files.items():
        monkeypatch.setenv(variable, str(place / file))

    def train(preset, *changes):
        backbone = f"model.backbone={BACKBONE.get(preset, POSITIONS)}"
        sets = [
            part
            for change in (*SMALL, backbone, *HEAD.get(preset, OF_POSITIONS), *changes)
            for part in ("--set", change)
        ]
        watched = Watched()
        handles = [
            hooks.register_optimizer_step_pre_hook(watched.before),
            hooks.register_optimizer_step_post_hook(watched.after),
        ]
        try:
            result = CliRunner().invoke(main, ["train", preset, "--output", str(tmp_path / "run"), *sets])
        finally:
            for handle in handles:
                handle.remove()
        assert result.exit_code == 0, result.output
        assert len(watched.groups) == STEPS
        return watched, tmp_path / "run"

    return train


def test_ml_gcn(trained):
    """The gradient of a loss that weighs 1e5 is longer than 10, and is scaled to that."""
    heavy = ("loss={tags: {name: bce, weight: 100000}}", "optimizer.schedule.at=[2]")
    watched, folder = trained("ml-gcn", *heavy)
    assert watched.kind == "SGD"
    assert watched.groups[0] == [
        {"lr": pytest.approx(rate), "weight_decay": 1e-4, "momentum": 0.9} for rate in (0.1, 0.01)
    ]
    assert watched.rates(0) == pytest.approx([0.1] * 8 + [0.01] * 4)
    assert watched.rates(1) == pytest.approx([0.01] * 8 + [0.001] * 4)
    assert max(watched.norms) == pytest.approx(10, rel=1e-4)
    graph = LabelGraph.load(folder / "graph.safetensors")
    assert graph.history["convention"] == "ml-gcn-code"
    assert graph.x.tolist()[2] == [0, 0, 1, 0.5]


def test_add_gcn(trained):
    heavy = ("loss={tags: {name: bce, weight: 100000}}", "optimizer.schedule.at=[1, 2]")
    watched, folder = trained("add-gcn", *heavy)
    assert watched.kind == "SGD"
    assert watched.groups[0] == [
        {"lr": pytest.approx(rate), "weight_decay": 1e-4, "momentum": 0.9} for rate in (0.05, 0.005)
    ]
    assert watched.rates(0) == pytest.approx([0.05] * 4 + [0.005] * 4 + [0.0005] * 4)
    assert max(watched.norms) == pytest.approx(10, rel=1e-4)
    place = load_checkpoint(folder / "checkpoints/best.safetensors")["state_dict"]["model.head.tokens.place"]
    assert place.shape == (16, 8)  # the positions of maps of 4 x 4


def test_query2label(trained):
    watched, folder = trained("query2label", "training.average=0.8", "model.head.heads=2")
    assert watched.kind == "AdamW"
    assert [len(step) for step in watched.groups] == [1] * STEPS  # the backbone has the same rate
    assert {step[0]["weight_decay"] for step in watched.groups} == {0.01}
    theirs = OneCycleLR(
        torch.optim.SGD([torch.ones(1, requires_grad=True)], 1.0), 1e-4, total_steps=1201, pct_start=0.2
    )
    curve = []
    for _ in range(1200):
        curve.append(theirs.get_last_lr()[0])
        theirs.optimizer.step()
        theirs.step()
    np.testing.assert_allclose(watched.rates(0), curve[::100], atol=3e-7)
    average, *others = watched.weights
    for weight in others:
        average = 0.8 * average + 0.2 * weight
    kept = load_checkpoint(folder / "checkpoints/last.safetensors")["state_dict"]
    (same,) = [value for name, value in kept.items() if value.shape == average.shape and torch.allclose(value, average)]
    assert not torch.allclose(same, watched.weights[-1])
    evaluation = json.loads((folder / "evaluation.json").read_text())
    assert evaluation["selected"]["metric"] == "main"


@pytest.mark.parametrize(
    ("name", "factors", "training"),
    [
        ("ml-gcn", {29.9: 1, 30: 0.1, 60: 0.1}, {"epochs": 20, "batch_size": 16, "clip": 10, "average": None}),
        ("add-gcn", {29.9: 1, 30: 0.1, 40: 0.01}, {"epochs": 50, "batch_size": 16, "clip": 10, "average": None}),
        ("query2label", {0: 0.04, 16: 1, 80: 4e-6}, {"epochs": 80, "batch_size": 64, "clip": None, "average": 0.9997}),
    ],
)
def test_what_the_presets_promise(name, factors, training):
    config = load_config(name)
    schedule = build_schedule(config)
    assert {epochs: schedule(epochs) for epochs in factors} == pytest.approx(factors)
    assert {key: getattr(config.training, key) for key in training} == training
    assert config.training.patience == (9 if name == "query2label" else None)
    assert config.data.size == 448


def test_query2label_loses_little_by_easy_negatives():
    loss = load_config("query2label").loss["tags"].options
    assert {key: loss[key] for key in ("gamma_neg", "gamma_pos", "clip")} == {
        "gamma_neg": 2,
        "gamma_pos": 0,
        "clip": 0.05,
    }


@pytest.mark.parametrize("name", ["ml-gcn", "add-gcn"])
def test_crops_are_of_five_sizes_and_half_are_mirrored(name):
    """Red grows to the right by 2 a pixel, green downwards: their slopes say what was cropped, the sign of red's what
    was mirrored."""
    change = AUGMENTATIONS.make(load_config(name).training.augment)
    ramp = (2 * torch.arange(100, dtype=torch.uint8)).expand(100, 100)
    images = torch.stack([ramp, ramp.T, ramp]).expand(600, 3, 100, 100)
    torch.manual_seed(0)
    changed = change(images).double()
    wide = (changed[:, 0, 50, 75] - changed[:, 0, 50, 25]) / 100
    high = (changed[:, 1, 75, 50] - changed[:, 1, 25, 50]) / 100
    sizes = torch.tensor([1, 0.875, 0.75, 0.66, 0.5])
    (off_wide, i), (off_high, j) = ((slope.abs()[:, None] - sizes).abs().min(1) for slope in (wide, high))
    assert max(off_wide.max(), off_high.max()) < 0.025
    pairs = set(zip(i.tolist(), j.tolist(), strict=True))
    assert pairs == {(a, b) for a in range(5) for b in range(5) if abs(a - b) <= 2}
    assert 260 < (wide < 0).sum() < 340
    assert high.min() > 0
    left_over = 200 * (1 - high)
    where = (changed[:, 1, 50, 50] - 100 * high - 1)[left_over > 60] / left_over[
        left_over > 60
    ]  # rows above, of those left
    assert set((4 * where).round().tolist()) == {0, 1, 2, 3, 4}
    assert ((4 * where) - (4 * where).round()).abs().max() < 0.15


def test_a_quarter_is_cut_out_before_rand_augment():
    cut, policy = AUGMENTATIONS.make(load_config("query2label").training.augment)
    images = torch.full((50, 3, 40, 40), 200, dtype=torch.uint8)
    torch.manual_seed(0)
    black = (cut(images) == 0).all(1).double().mean((1, 2))
    assert black.min() > 0.2
    assert black.max() < 0.3
    assert (policy.transform.num_ops, policy.transform.magnitude) == (2, 9)


@pytest.mark.parametrize("name", RECIPES)
def test_training_pictures_alone_are_changed(name, place, trained, monkeypatch):
    changed = []
    monkeypatch.setattr(ArrayDataset, "__init__", noted(ArrayDataset.__init__, changed))
    trained(name, "training.epochs=3")
    first, *others = changed
    assert isinstance(first, torch.nn.Sequential)
    assert others
    assert set(others) == {None}


def noted(make, changed):
    def init(self, inputs, targets, transform=None):
        changed.append(transform)
        make(self, inputs, targets, transform)

    return init


@pytest.mark.parametrize("name", ["add-gcn", "query2label"])
def test_heads_take_the_maps_of_the_networks_that_they_name(name):
    tasks, head = TaskSet([MultiLabel("tags", TAGS)]), load_config(name, ["model.head.width=8"]).model.head
    made = build_head(head, tasks, 3 * 2048, None)
    assert made(torch.randn(2, 3 * 2048))["tags"].shape == (2, 3)
