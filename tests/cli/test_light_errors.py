"""What is wrong with a command line is said before libraries are imported that take seconds."""

import subprocess
import sys

import pytest

from gcnlabel.graph import LabelGraph

HEAVY = ("lightning", "matplotlib")
HEAVIER = ("torch", "torch_geometric", "torchvision", "polars", *HEAVY)
PROGRAM = """
import sys
from gcnlabel.cli import main
try:
    main(sys.argv[2:], standalone_mode=False)
except SystemExit as end:
    assert end.code == 2, end.code
found = [name for name in sys.argv[1].split(",") if name in sys.modules]
assert not found, found
"""


@pytest.mark.parametrize(
    ("line", "absent", "said"),
    [
        ("predict nothing photos", HEAVIER, "holds no run"),
        ("evaluate nothing", HEAVIER, "holds no run"),
        ("export nothing --format onnx --output model.onnx", HEAVIER, "holds no run"),
        ("train --resume --output nothing", HEAVIER, "holds no run"),
        ("train synthetic-faces --set trainig.epochs=1 --output run", HEAVIER, "did you mean 'training'?"),
        ("train synthetic-faces --set model.head.edgs=1 --output run", HEAVIER, "did you mean 'edges'?"),
        ("train synthetic-faces --set model.head=cosin --output run", HEAVIER, "model.head: unknown head 'cosin'"),
        ("train synthetic-faces --set training.epoch=1 --output run", HEAVIER, "did you mean 'epochs'?"),
    ],
)
def test_errors_come_first(line, absent, said, tmp_path):
    call = [sys.executable, "-W", "ignore", "-c", PROGRAM, ",".join(absent), *line.split()]
    done = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert said in done.stderr
    assert not any(tmp_path.iterdir())


def test_a_graph_is_inspected_without_what_reads_tables(tmp_path):
    LabelGraph.from_dense([[0, 0.5], [0.2, 0]], ["cat", "dog"]).save(tmp_path / "g.safetensors")
    absent = ("lightning", "polars", "gcnlabel.annotations.annotations", "gcnlabel.statistics.blocks", "matplotlib")
    program = PROGRAM.replace("except SystemExit", "except ZeroDivisionError")
    call = [sys.executable, "-W", "ignore", "-c", program, ",".join(absent), "inspect-graph", "g.safetensors"]
    done = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "2 directed edges" in done.stdout
