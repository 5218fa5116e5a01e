"""Packages import a name when it is asked for, and know their names before."""

import importlib
import pkgutil
import subprocess
import sys

import pytest

import gcnlabel
from gcnlabel.lazy import LazyPackage

PACKAGES = [
    module.name
    for module in pkgutil.walk_packages(gcnlabel.__path__, "gcnlabel.")
    if module.ispkg and isinstance(importlib.import_module(module.name), LazyPackage)
]


@pytest.mark.parametrize("name", PACKAGES)
def test_every_name_of_a_stub_is_there(name):
    package = importlib.import_module(name)
    assert package.__all__
    for each in package.__all__:
        assert getattr(package, each) is getattr(importlib.import_module(package._origins[each]), each)
    assert set(package.__all__) <= set(dir(package))
    with pytest.raises(AttributeError, match=f"module '{name}' has no attribute 'nothing'"):
        package.nothing  # noqa: B018


def run(program):
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()


def test_one_name_does_not_import_the_others():
    program = (
        "import sys; from gcnlabel.annotations import Annotations; print('gcnlabel.annotations.arff' in sys.modules)"
    )
    assert run(program) == ["False"]


def test_modules_hide_no_name_that_they_define_and_pytorch_geometric_warns_of_nothing():
    """Both in one process."""
    program = "import warnings; warnings.simplefilter('error', FutureWarning); import gcnlabel.nn; gcnlabel.nn.LabelGCN"
    program += "; import gcnlabel.tasks.columns, gcnlabel.prediction.predict as p; from gcnlabel import prediction as q"
    assert run(f"{program}; print(callable(p), callable(q.predict))") == ["True", "True"]
