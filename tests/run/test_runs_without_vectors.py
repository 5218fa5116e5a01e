"""A run whose head has no label vectors: everything is written and drawn but what needs them."""

import pytest
from safetensors.torch import load_file

from gcnlabel.config import load_config
from gcnlabel.run import RunFolder, train
from gcnlabel.run.drawing import FigureFolder, draw_figures

pytestmark = pytest.mark.filterwarnings("ignore")

SMALL = ["data.train=80", "data.val=30", "data.test=30", "training.epochs=1", "model.head.name=linear"]
SMALL += ["model.backbone.widths=[4,8]"]


def test_predictions_and_figures_do_without(tmp_path):
    linear, queries = RunFolder(tmp_path / "linear"), RunFolder(tmp_path / "queries")
    train(load_config("synthetic-faces", SMALL), linear, progress=False)
    train(load_config("synthetic-faces", [*SMALL, "model.head={name: label-query}"]), queries, progress=False)
    assert "label_vectors" in load_file(linear.predictions)
    assert {"scores/expression", "targets/expression"} <= set(load_file(queries.predictions)) - {"label_vectors"}
    assert "label_vectors" not in load_file(queries.predictions)
    alone = {path.stem for path in draw_figures([queries], FigureFolder(tmp_path / "alone", ("svg",)))}
    both = {path.stem for path in draw_figures([linear, queries], FigureFolder(tmp_path / "both", ("svg",)))}
    assert "similarity" not in alone
    assert {"similarity", "comparison"} <= both
    assert "confusion_expression" in alone & both
