"""Which OpenCV is used, and which counts as none."""

import importlib
from types import SimpleNamespace

import pytest

from gcnlabel.data.opencv import opencv


@pytest.fixture
def found(monkeypatch):
    """Return a function that looks for OpenCV, with a function that imports it."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())

    def look(load):
        monkeypatch.setattr(importlib, "import_module", load)
        opencv.cache_clear()
        return opencv()

    yield look
    opencv.cache_clear()


def test_an_exact_one_is_used(found):
    library = SimpleNamespace(__version__="5.0.0")
    assert found(lambda name: library) is library


def test_an_older_one_is_not(found):
    assert found(lambda name: SimpleNamespace(__version__="4.13.0")) is None


def test_one_without_its_system_libraries_is_none(found):
    def fails(name):
        raise ImportError("libGL.so.1: cannot open shared object file: No such file or directory")

    assert found(fails) is None
