"""Data sources describe themselves: nobody else asks what kind one is, and one of a user's own is as good."""

import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

import gcnlabel
from gcnlabel.cli import main
from gcnlabel.config import load_config, parse_config
from gcnlabel.errors import InputError
from gcnlabel.run.data import load_data
from gcnlabel.settings import Section
from gcnlabel.sources import SOURCES, DataSource

pytestmark = pytest.mark.filterwarnings("ignore")
PACKAGE = Path(gcnlabel.__file__).parent
MY_SOURCE = """
import numpy as np
from gcnlabel.annotations import Annotations
from gcnlabel.annotations.row_report import RowReport
from gcnlabel.sources import Divided, SampleSet
from gcnlabel.tasks import Categorical, Dimensional, TaskSet

TASKS = TaskSet([Categorical("shade", ["dark", "bright"]), Dimensional("light", ["level", "contrast"], range=(0, 1))])


class Shades(Divided):
    '''Squares of one shade of grey each.'''

    count: int = 60
    side: int = 8

    def read(self, tasks):
        levels = np.random.default_rng(0).random(self.count)
        images = np.repeat((255 * levels).astype(np.uint8), self.side**2).reshape(-1, 1, self.side, self.side)
        targets = {"shade": (levels > 0.5).astype(int), "light": np.stack([levels, 1 - levels], 1)}
        split = np.resize(["train", "train", "val", "test"], self.count)
        return SampleSet(Annotations(TASKS, targets, split=split), images), RowReport()

    @property
    def image_shape(self):
        return 1, self.side, self.side


class Numbers(Divided):
    '''The same as features, of tasks that the config declares.'''

    def read(self, tasks):
        x = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
        targets = {"tags": (x[:, :2] > 0).astype(float)}
        annotations = Annotations(tasks, targets, split=np.resize(["train", "train", "val", "test"], 40))
        return SampleSet(annotations, x), RowReport()


class Unread(Divided):
    pass


nothing = 3
"""
QUICK = {"training": {"epochs": 1, "rare_samples": 0}}
IMAGES = {
    "data": {"source": "my_data:Shades", "count": 40},
    "model": {"backbone": {"name": "small_cnn", "widths": [4]}, "head": {"name": "graph"}},
    "graph": {"convention": "signed-weighted", "embeddings": "one-hot"},
    **QUICK,
}
FEATURES = {
    "tasks": {"tags": {"type": "multilabel", "labels": ["a", "b"]}},
    "data": {"source": "my_data:Numbers", "splits": {"train": 0.6, "val": 0.2, "test": 0.2}},
    "model": {"backbone": {"name": "mlp", "hidden": [4]}, "head": {"name": "linear"}},
    **QUICK,
}


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("my_data.py").write_text(MY_SOURCE)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield lambda *words: CliRunner().invoke(main, [str(word) for word in words])
    sys.modules.pop("my_data", None)


def test_no_other_module_asks_what_kind_of_data_a_config_names():
    asks = re.compile(r"isinstance\((?:\w+\.)*(?:data|source), |\bdata\.source *[!=]=|data\[.source.\] *[!=]=")
    outside = [path for path in PACKAGE.rglob("*.py") if "sources" not in path.parts and "pickles" not in path.parts]
    found = [f"{path}: {line}" for path in outside for line in path.read_text().splitlines() if asks.search(line)]
    assert not found


@pytest.mark.parametrize("name", SOURCES.names())
def test_every_source_says_what_its_settings_mean(name):
    settings = SOURCES.settings(name)
    texts = "\n".join(base.__doc__ or "" for base in settings.__mro__ if issubclass(base, Section))
    assert settings.read is not DataSource.read
    assert not [field for field in settings.model_fields if not re.search(rf"^ +{field}: \S", texts, re.MULTILINE)]


def test_images_of_ones_own_are_trained_evaluated_predicted_and_drawn(run, tmp_path):
    Path("c.yaml").write_text(json.dumps(IMAGES))
    assert run("train", "c.yaml", "--output", "run").exit_code == 0
    assert load_config("run/config.yaml").data.count == 40
    for line in ("evaluate run", "train --resume --set training.epochs=2 --output run", "figures run --output f"):
        result = run(*line.split(), "--trust")
        assert result.exit_code == 0, result.output
    assert Path("f/scatter_light.pdf").exists()  # drawn of the data alone
    Path("photos").mkdir()
    Image.new("RGB", (30, 20), "white").save("photos/white.png")
    result = run("predict", "run", "photos", "--output", "p.csv", "--trust")
    assert result.exit_code == 0, result.output
    assert Path("p.csv").read_text().splitlines()[1].startswith("white.png,")


def test_features_of_ones_own_are_split_by_fractions_and_predicted(run, tmp_path):
    Path("c.yaml").write_text(json.dumps(FEATURES))
    result = run("train", "c.yaml", "--output", "run")
    assert result.exit_code == 0, result.output
    assert "random split by data.splits" in Path("run/evaluation.json").read_text()
    np.save("x.npy", np.zeros((2, 3), dtype=np.float32))
    result = run("predict", "run", "x.npy", "--output", "p.csv", "--trust")
    assert result.exit_code == 0, result.output
    assert len(Path("p.csv").read_text().splitlines()) == 3


def test_a_source_of_somebody_elses_is_not_imported_unasked(run, tmp_path):
    Path("c.yaml").write_text(json.dumps(FEATURES))
    assert run("train", "c.yaml", "--output", "run").exit_code == 0
    Path("my_data.py").write_text("raise SystemExit('imported')")
    del sys.modules["my_data"]
    result = run("evaluate", "run")
    assert (result.exit_code, "my_data:Numbers" in result.output, "--trust" in result.output) == (2, True, True)
    assert "my_data" not in sys.modules


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"source": "my_data:Shades", "cuont": 3}, "unknown key 'data.cuont'\n(.*\n)*.*did you mean 'count'"),
        ({"source": "my_data:nothing"}, "data: 'my_data:nothing' is not a data source"),
        ({"source": "json:loads"}, "data: 'json:loads' is not a data source\n(.*\n)*.*gcnlabel.sources.DataSource"),
        ({"source": "my_data:Missing"}, "cannot be imported"),
        ({"source": "tabel"}, "data: unknown data source 'tabel'\n(.*\n)*.*did you mean 'table'"),
        ({"path": "x"}, "data: no source of a data source"),
    ],
)
def test_what_is_no_source(run, data, message):
    with pytest.raises(InputError, match=message):
        parse_config({"data": data})


def test_a_source_that_does_not_say_how_it_is_read(run):
    with pytest.raises(InputError, match="has no method read"):
        SOURCES.parse({"source": "my_data:Unread"}).read(None)


def test_what_run_folders_of_before_say_of_every_data_set_of_faces(run):
    """They held ``classes`` and ``alignment`` of EMOTIC, and ``alignment`` of Aff-Wild2, which meant nothing."""
    for source, idle in (("emotic", {"classes": 7, "alignment": "centre"}), ("aff-wild2", {"alignment": "centre"})):
        data = parse_config({"data": {"source": source, "path": "x", **idle}}).data
        assert data.crops == "centre"
        assert not idle.keys() & type(data).model_fields.keys()


@pytest.mark.parametrize("labels", [["calm", "tense"], ["happy"]])
def test_tasks_beside_a_source_that_brings_its_own(labels):
    """They were passed over in silence."""
    tasks = {"mood": {"type": "multilabel", "labels": labels}}
    config = parse_config({"data": {"source": "synthetic-faces", "train": 30, "val": 9, "test": 9}, "tasks": tasks})
    with pytest.raises(InputError, match="'synthetic-faces', which has its own: expression, affect") as error:
        load_data(config)
    assert "leave tasks out" in str(error.value)
