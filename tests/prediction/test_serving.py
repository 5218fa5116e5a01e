"""A served run answers as ``gcnlabel predict`` does, and refuses what it cannot take."""

import io
import json
import socket
import subprocess
import sys
import urllib.request
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import uvicorn
from click.testing import CliRunner
from fastapi.testclient import TestClient
from molecules import write_molecules
from PIL import Image

from gcnlabel.cli import main
from gcnlabel.config import load_config
from gcnlabel.errors import GcnlabelWarning
from gcnlabel.prediction import predict
from gcnlabel.run import RunFolder, train
from gcnlabel.serving import Limits, load_service, make_app
from gcnlabel.serving.server import listening

pytestmark = pytest.mark.filterwarnings("ignore")
ROOT = Path(__file__).parents[2]


@contextmanager
def served(run, **limits):
    limits = Limits(**limits)
    with TestClient(make_app(load_service(run, limits, device="cpu"), limits), raise_server_exceptions=False) as client:
        yield client


def numbers(record):
    """All numbers of a record, by task and label."""
    found = {}
    for task, value in record.items():
        if isinstance(value, dict):
            by_label = value.get("probabilities", value)
            found |= {(task, label): number for label, number in by_label.items()}
    return found


def decisions(record):
    return {
        task: {k: v for k, v in value.items() if k in ("class", "tags")}
        for task, value in record.items()
        if isinstance(value, dict)
    }


def assert_same(answer, expected):
    assert len(answer) == len(expected)
    for ours, theirs in zip(answer, expected, strict=True):
        assert decisions(ours) == decisions(theirs)
        ours, theirs = numbers(ours), numbers(theirs)
        assert list(ours) == list(theirs)
        np.testing.assert_allclose(list(ours.values()), list(theirs.values()), atol=1e-5, rtol=1e-5)


def test_features_are_answered_as_predict_does(feature_run):
    run, path = feature_run
    expected = predict(run, path, device="cpu").records()
    rows = np.load(path).tolist()
    with served(run) as client:
        answer = client.post("/predict", json={"features": rows}).json()["predictions"]
        assert_same(answer, expected)
        assert_same(client.post("/predict", json=rows[:3]).json()["predictions"], expected[:3])
        assert_same(client.post("/predict", json={"features": rows[4]}).json()["predictions"], expected[4:5])
    assert {name for name, _ in numbers(answer[0])} == {"tags", "weather"}
    assert {record["row"] for record in answer} == {str(row) for row in range(len(rows))}


@pytest.mark.parametrize("kind", ["face", "tag"])
def test_images_are_answered_as_predict_does(kind, face_run, faces, tag_run):
    run, folder = (face_run, faces[0]) if kind == "face" else tag_run
    files = sorted(folder.glob("*.png"))[:3]
    expected = [predict(run, file, device="cpu").records()[0] for file in files]
    with served(run) as client:
        form = [("images", (file.name, file.read_bytes(), "image/png")) for file in files]
        answer = client.post("/predict", files=form).json()["predictions"]
        assert_same(answer, expected)
        assert [record["image"] for record in answer] == [file.name for file in files]
        one = client.post("/predict", content=files[1].read_bytes(), headers={"Content-Type": "image/png"})
        assert_same(one.json()["predictions"], expected[1:2])


def test_molecules_are_answered_as_predict_does(tmp_path):
    pytest.importorskip("rdkit", reason="rdkit is an extra")
    run = RunFolder(tmp_path / "run")
    train(load_config(write_molecules(tmp_path)), run, progress=False)
    (tmp_path / "new.smi").write_text("CCO\nc1ccccc1\n")
    expected = predict(run, tmp_path / "new.smi", device="cpu").records()
    with served(run) as client:
        assert_same(client.post("/predict", json={"smiles": ["CCO", "c1ccccc1"]}).json()["predictions"], expected)
        assert_same(client.post("/predict", json="c1ccccc1").json()["predictions"], expected[1:])
        refused = client.post("/predict", json=["CCO", "C1("])
        assert refused.status_code == 422
        assert "not valid SMILES" in refused.json()["detail"]
        assert "input 1" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "not valid JSON"),
        (b"\xff", "not valid JSON"),
        (b"[" * 100_000, "not valid JSON"),
        (b"[]", "no input"),
        (b"{}", "keys none"),
        (b'{"texts": ["a"]}', "keys 'texts'"),
        (b'"abc"', "not a list of numbers"),
        (b"[1, 2]", "has 2 numbers, the run takes 5"),
        (b"[[1, 2, 3, 4, 5], [1, 2, 3, 4, true]]", "input 1"),
        (b'[1, 2, 3, 4, "5"]', "not a list of numbers"),
        (b"[1, 2, 3, 4, NaN]", "column 4 (from 0) is nan"),
        (b"[1, 2, 1e400, 4, 5]", "column 2 (from 0) is inf"),
        (b"[1, 2, 3, 4, 1e39]", "beyond float32"),
        (b"[1, 2, 3, 4, 1" + b"0" * 400 + b"]", "beyond float32"),
    ],
)
def test_bad_json_is_refused(feature_run, body, said):
    with served(feature_run[0]) as client:
        answer = client.post("/predict", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422, answer.text
    assert said in answer.json()["detail"]
    assert "Traceback" not in answer.text


def test_bad_images_are_refused_without_a_path(tag_run):
    eps = io.BytesIO()
    Image.new("RGB", (4, 4)).save(eps, "EPS")
    with served(tag_run[0]) as client:
        for content, said in (
            (b"none", "the image cannot be read"),
            (eps.getvalue(), "format EPS"),
            (b"", "cannot be"),
        ):
            answer = client.post("/predict", content=content, headers={"Content-Type": "image/png"})
            assert answer.status_code == 422
            assert said in answer.json()["detail"]
            assert "/" not in answer.json()["detail"]
        assert client.post("/predict", data={"images": "no file"}, files={}).status_code == 415
        form = client.post("/predict", files={"a": ("a.png", b"x", "image/png")}, data={"b": "no file"})
        assert form.status_code == 422
        assert "not a file" in form.json()["detail"]
        broken = client.post("/predict", content=b"x", headers={"Content-Type": "multipart/form-data; boundary=y"})
        assert broken.status_code == 422


def test_what_is_beyond_a_limit_is_refused(feature_run, tag_run):
    rows = np.zeros((3, 5)).tolist()
    with served(feature_run[0], rows=2, bytes=200) as client:
        assert client.post("/predict", json=rows[:2]).status_code == 200
        assert client.post("/predict", json=rows).status_code == 413
        answer = client.post(
            "/predict", content=(b"[" for _ in range(300)), headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == 413
        assert "more than 200 bytes" in answer.json()["detail"]
    image = io.BytesIO()
    Image.new("RGB", (30, 40)).save(image, "PNG")
    with served(tag_run[0], pixels=1000, rows=1) as client:
        answer = client.post("/predict", content=image.getvalue(), headers={"Content-Type": "image/png"})
        assert answer.status_code == 413
        assert "30 x 40 pixels" in answer.json()["detail"]
        form = [("images", ("a.png", image.getvalue(), "image/png"))] * 2
        assert client.post("/predict", files=form).status_code in (413, 422)


def test_another_kind_of_body_is_refused(feature_run, tag_run):
    with served(feature_run[0]) as client:
        answer = client.post("/predict", content=b"x", headers={"Content-Type": "image/png"})
        assert answer.status_code == 415
        assert client.get("/predict").status_code == 405
    with served(tag_run[0]) as client:
        assert client.post("/predict", json=[1]).status_code == 415


def test_concurrent_requests_go_through_the_network_together(feature_run):
    run, path = feature_run
    rows = np.load(path)[:8]
    limits = Limits(window=0.5, batch=8)
    service = load_service(run, limits, device="cpu")
    expected = predict(run, path, device="cpu").records()
    seen, inputs = [], service.reader.inputs
    service.reader.inputs = lambda read: seen.append(len(read)) or inputs(read)
    with TestClient(make_app(service, limits)) as client, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda row: client.post("/predict", json=row).json(), rows.tolist()))
        assert seen == [8]  # at the eighth, long before the window is over
        assert_same(client.post("/predict", json=np.load(path)[:20].tolist()).json()["predictions"], expected[:20])
        assert seen == [8, 8, 8, 4]
    assert_same([answer["predictions"][0] for answer in answers], expected[:8])


def test_a_request_does_not_fail_because_of_another(feature_run):
    run, path = feature_run
    rows = [*np.load(path)[:2].tolist(), [3e38] * 5]  # finite, and beyond what the network can multiply
    with served(run, window=0.3, batch=3) as client, ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda row: client.post("/predict", json=row), rows))
    assert [answer.status_code for answer in answers] == [200, 200, 422]
    assert "not finite" in answers[2].json()["detail"]


def test_an_error_of_ours_is_no_traceback(feature_run):
    service = load_service(feature_run[0], device="cpu")
    service.reader.inputs = lambda rows: 1 / 0
    with TestClient(make_app(service), raise_server_exceptions=False) as client:
        for _ in range(2):  # the batches go on
            answer = client.post("/predict", json=[0, 0, 0, 0, 0])
            assert answer.status_code == 500
            assert "division" not in answer.text


def test_the_run_describes_itself(tag_run):
    with served(tag_run[0]) as client:
        assert client.get("/health").json()["status"] == "ok"
        model = client.get("/model").json()
        kept = tag_run[0].read_evaluation()["thresholds"]["colours"]
        expected = [1 / (1 + np.exp(-score)) for score in kept.values()]
        np.testing.assert_allclose(model["outputs"]["colours"]["thresholds"], expected, rtol=1e-5)
        assert model["takes"] == "images"
        page = client.get("/")  # leads to /docs
        assert str(page.url).endswith("/docs")
        assert "green" in page.text
        assert not [line for line in page.text.splitlines() if "http:" in line or "https:" in line]
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert "/predict" in client.get("/openapi.json").json()["paths"]


def test_what_is_sent_does_not_wait_for_more():
    with listening("127.0.0.1", 0) as bound:  # accepted connections inherit it
        assert bound.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize("kind", ["face", "feature"])
def test_the_page_says_what_is_taken_and_shows_names_as_text(kind, face_run, feature_run):
    service = load_service({"face": face_run, "feature": feature_run[0]}[kind], device="cpu")
    with TestClient(make_app(replace(service, name="<script>"))) as client:
        page = client.get("/docs").text
    size = service.network.input_shape[-1]
    images = f"images, resized to {size} x {size} pixels, grey"
    assert {"face": images, "feature": "features: rows of 5 numbers"}[kind] in page
    assert "&lt;script&gt;" in page


def test_the_real_server_answers_and_ends(feature_run):
    run, path = feature_run
    command = [sys.executable, "-m", "gcnlabel", "serve", str(run.path), "--port", "0", "--device", "cpu"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            url = process.stdout.readline().split(" at ")[1].split(": documentation")[0]
            assert url.startswith("http://127.0.0.1:")
            body = json.dumps({"features": np.load(path)[0].tolist()}).encode()
            request = urllib.request.Request(f"{url}/predict", body, {"Content-Type": "application/json"})
            with urllib.request.urlopen(request, timeout=30) as answer:
                found = json.load(answer)["predictions"]
        finally:
            process.terminate()
        _, said = process.communicate(timeout=30)
    assert_same(found, predict(run, path, device="cpu").records()[:1])
    assert process.returncode == 0, said
    assert said == ""


def test_a_port_that_is_taken_and_an_address_for_others(feature_run, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(main, ["serve", str(feature_run[0].path), "--port", port])
    assert result.exit_code == 2
    assert f"port {port} of 127.0.0.1 cannot be used" in result.stderr
    monkeypatch.setattr(uvicorn.Server, "run", lambda self, sockets: None)
    with warnings.catch_warnings():
        warnings.simplefilter("default", GcnlabelWarning)
        result = CliRunner().invoke(main, ["serve", str(feature_run[0].path), "--port", "0", "--host", "0.0.0.0"])
    assert result.exit_code == 0
    assert "warning: 0.0.0.0 can be reached from other machines" in result.stderr


def test_a_library_that_is_missing_is_named_once(feature_run, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    result = CliRunner().invoke(main, ["serve", str(feature_run[0].path)])
    assert result.exit_code == 2
    assert result.stderr.count("pip install 'gcnlabel[serve]'") == 1
