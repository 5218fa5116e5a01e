"""Small data with tasks of all three types."""

import pytest
from ablation_data import write

from gcnlabel.config import load_config
from gcnlabel.run.data import load_data


@pytest.fixture(scope="session")
def mixed(tmp_path_factory):
    """Path of a config whose tasks are of all three types."""
    return write(tmp_path_factory.mktemp("mixed"))


@pytest.fixture(scope="session")
def config(mixed):
    return load_config(mixed)


@pytest.fixture(scope="session")
def data(config):
    return load_data(config)
