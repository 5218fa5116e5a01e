import numpy as np
import pytest
import torch
import torchvision
from safetensors.torch import save_file
from torchvision.transforms.functional import normalize

from gcnlabel.errors import InputError
from gcnlabel.nn.backbone import BACKBONES
from gcnlabel.run.build import build_backbone

SHAPE = (3, 32, 32)
IMAGES = torch.randint(0, 256, (2, *SHAPE), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
MODEL = {"torchvision": "resnet18", "timm": "test_efficientnet.r160_in1k"}


def whole(library):
    """A network with its classifier, as the library makes it."""
    torch.manual_seed(3)
    if library == "torchvision":
        return torchvision.models.get_model(MODEL[library], weights=None).eval()
    timm = pytest.importorskip("timm", reason="timm is an extra")
    return timm.create_model(MODEL[library], pretrained=False).eval()


def expected_features(library, network, images):
    if library == "torchvision":
        network.fc = torch.nn.Identity()
        return network(normalize(images / 255, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]))
    network.reset_classifier(0)
    cfg = network.pretrained_cfg
    return network(normalize(images / 255, cfg["mean"], cfg["std"]))


def built(library, **options):
    part = BACKBONES.parse({"name": library, "model": MODEL[library], **options})
    return build_backbone(part, np.zeros((1, *SHAPE), dtype=np.uint8), standardize=False).eval()


@pytest.mark.parametrize("library", MODEL)
@pytest.mark.parametrize("kind", ["file.safetensors", "file.pth", "folder"])
def test_weights_of_a_file_give_the_features_of_the_library(library, kind, tmp_path):
    network = whole(library)
    path = tmp_path / ("model.safetensors" if kind == "folder" else kind)
    if path.suffix == ".pth":
        torch.save(network.state_dict(), path)
    else:
        save_file(network.state_dict(), path)
    backbone = built(library, pretrained=str(tmp_path if kind == "folder" else path))
    with torch.no_grad():
        out = backbone(IMAGES)
        torch.testing.assert_close(out, expected_features(library, network, IMAGES), rtol=1e-4, atol=1e-5)
    assert out.abs().max() > 0.001
    assert out.shape == (2, backbone.out_features)


@pytest.mark.parametrize("library", MODEL)
def test_the_scaling_is_saved_with_a_run_and_can_be_set(library):
    whole(library)
    assert {"network.0.mean", "network.0.std"} <= set(built(library).state_dict())
    assert "network.0.mean" not in built(library, scaling="symmetric").state_dict()


@pytest.mark.parametrize("library", MODEL)
def test_weights_of_another_network_and_pickles_are_refused(library, tmp_path):
    network = whole(library)
    state = network.state_dict()
    first = next(iter(state))
    save_file({name: value for name, value in state.items() if name != first}, tmp_path / "less.safetensors")
    save_file({**state, "other.weight": torch.zeros(1)}, tmp_path / "more.safetensors")
    torch.save(network, tmp_path / "pickled.pth")
    (tmp_path / "damaged.safetensors").write_bytes(b"none")
    (tmp_path / "empty").mkdir()
    refused = {"less.safetensors": "missing", "more.safetensors": "not of this", "pickled.pth": "cannot be read"}
    refused |= {"damaged.safetensors": "cannot", "empty": "no weights", "no": "does not exist"}
    for name, text in refused.items():
        with pytest.raises(InputError, match=text):
            built(library, pretrained=str(tmp_path / name))


@pytest.mark.parametrize("library", MODEL)
def test_unknown_names_and_features_are_refused(library):
    whole(library)
    with pytest.raises(InputError, match="unknown network"):
        BACKBONES.make({"name": library, "model": "hf-hub:someone/model"}, SHAPE)
    with pytest.raises(InputError, match="does not take features"):
        BACKBONES.make({"name": library, "model": MODEL[library]}, (5,))


def test_without_a_network_the_message_says_where_to_put_the_weights(monkeypatch):
    def refuse(*_, **__):
        raise OSError("no network")

    monkeypatch.setattr(torch.hub, "load_state_dict_from_url", refuse)
    monkeypatch.setattr(torchvision.models._api, "load_state_dict_from_url", refuse)
    with pytest.raises(InputError, match=r"resnet18-\w+\.pth cannot be downloaded") as caught:
        built("torchvision", pretrained=True)
    assert "checkpoints" in str(caught.value)
    assert "pretrained=FILE" in str(caught.value)


@pytest.mark.parametrize("model", ["vit_b_32", "swin_t", "convnext_tiny"])
def test_other_designs(model):
    backbone = BACKBONES.make({"name": "torchvision", "model": model}, (3, 64, 64)).eval()
    with torch.no_grad():
        assert backbone(torch.zeros(1, 3, 64, 64)).shape == (1, 768) == (1, backbone.out_features)
