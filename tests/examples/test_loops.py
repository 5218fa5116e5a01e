"""The library in other people's loops: each example trains, and tells what a constant cannot."""

import importlib
import re
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "examples" / "loops"
SAID = {
    "plain_pytorch": r"smile 0\.\d+ tears 0\.\d+ laughter 0\.\d+",
    "lightning_trainer": r"\d+ epochs, val loss 0\.\d+",
    "hugging_face_trainer": r"val loss 0\.\d+",
    "skorch_net": r"train loss 0\.\d+",
}
LIBRARIES = {"hugging_face_trainer": ("transformers", "accelerate"), "skorch_net": ("skorch",)}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", SAID)
def test_it_learns(name, monkeypatch, capsys):
    for library in LIBRARIES.get(name, ()):
        pytest.importorskip(library)
    monkeypatch.syspath_prepend(FOLDER)
    for module in ("drawn", name):
        monkeypatch.delitem(sys.modules, module, raising=False)
    importlib.import_module(name).main()
    said = capsys.readouterr().out
    assert re.search(SAID[name], said), said
    accuracy, correlation = map(float, re.findall(r"mood accuracy (\S+), pleasantness correlation (\S+)", said)[0])
    assert accuracy > 0.6  # a third by chance
    assert correlation > 0.5


def test_there_is_a_test_for_each():
    assert {path.stem for path in FOLDER.glob("*.py")} == {*SAID, "drawn"}
