"""A Dask cluster that is not there, has no workers, or loses them: a clear message in bounded time."""

import os
import socket
import time

import pytest
from click.testing import CliRunner

from gcnlabel.cli import main
from gcnlabel.errors import InputError
from gcnlabel.statistics.cluster import cluster


def start(workers):
    from distributed import LocalCluster

    return LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=":0")


@pytest.fixture
def build(tmp_path):
    (tmp_path / "tasks.yaml").write_text("tasks: {tags: {type: multilabel, labels: [cat, dog]}}\n")
    (tmp_path / "t.csv").write_text("cat,dog,split\n" + "1,0,train\n0,1,train\n1,1,train\n" * 9)
    line = ["build-graph", str(tmp_path / "tasks.yaml"), "--annotations", str(tmp_path / "t.csv")]
    line += ["--output", str(tmp_path / "g.safetensors"), "--timeout", "1", "--scheduler"]
    yield lambda address: CliRunner().invoke(main, [*line, address])
    assert not (tmp_path / "g.safetensors").exists()


def test_a_port_that_says_nothing(build):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        begun = time.monotonic()
        result = build(f"tcp://127.0.0.1:{silent.getsockname()[1]}")
    assert result.exit_code == 2, result.output
    assert "no Dask scheduler at tcp://127.0.0.1" in result.output
    assert time.monotonic() - begun < 20


def test_a_cluster_without_workers(build):
    with start(0) as empty:
        result = build(empty.scheduler_address)
    assert result.exit_code == 2, result.output
    assert "has had no worker for 1 seconds" in result.output
    assert "--timeout" in result.output


def test_workers_that_are_killed():
    from distributed import Client

    with start(1) as one:
        with (
            pytest.raises(InputError, match="killed, most often because memory ran out|has had no worker"),
            cluster(one.scheduler_address, timeout=5) as submit,
        ):
            list(submit(os._exit, [1]))
        with Client(one) as client:  # Dask cannot close a cluster while it starts a killed worker again
            client.wait_for_workers(1, timeout=60)
