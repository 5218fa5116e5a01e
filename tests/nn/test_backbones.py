from urllib.error import URLError

import pytest
import torch
import torchvision
from torch import nn

from gcnlabel.errors import InputError
from gcnlabel.nn import BACKBONES, densenet121, identity, mlp, resnet18, resnet50, small_cnn
from gcnlabel.nn.pooling import pooling

OF_GRAPHS = ("attentivefp", "gat", "gcn", "gin", "graphsage", "pna")  # see test_graph_backbones.py
OF_IMAGES = ("small_cnn", "densenet121", "resnet18", "resnet50", "resnet101", "breg_next")


@pytest.mark.parametrize(("make", "features"), [(densenet121, 1024), (resnet18, 512), (resnet50, 2048)])
@pytest.mark.parametrize("pool", ["max", "average"])
def test_torchvision_networks(make, features, pool):
    torch.manual_seed(0)
    backbone = make(pool=pool).eval()
    images = torch.randn(2, 3, 64, 64)
    with torch.no_grad():
        out = backbone(images)
        maps = backbone.network[:-1](images)
    assert out.shape == (2, features) == (2, backbone.out_features)
    reference = nn.functional.adaptive_max_pool2d if pool == "max" else nn.functional.adaptive_avg_pool2d
    assert maps.shape == (2, features, 2, 2)
    torch.testing.assert_close(out, reference(maps, 1).flatten(1))


@pytest.mark.parametrize("make", [densenet121, resnet18])
def test_maps_are_those_of_torchvision(make):
    torch.manual_seed(0)
    backbone = make(pool="average").eval()
    torch.manual_seed(0)
    network = getattr(torchvision.models, make.__name__)(weights=None).eval()
    images = torch.randn(2, 3, 64, 64)
    with torch.no_grad():
        if make is densenet121:
            expected = network.features(images).mean(dim=(2, 3))
        else:
            network.fc = nn.Identity()
            expected = network(images)
        torch.testing.assert_close(backbone(images), expected)


def test_emotion_gcn_maps_are_7_by_7():
    with torch.no_grad():
        assert densenet121().eval().network[:-1](torch.zeros(1, 3, 227, 227)).shape == (1, 1024, 7, 7)


@pytest.mark.parametrize(
    ("make", "weights"), [(densenet121, "IMAGENET1K_V1"), (resnet18, "IMAGENET1K_V1"), (resnet50, "IMAGENET1K_V2")]
)
def test_weights_are_fetched_when_asked_for_and_not_before(make, weights, monkeypatch):
    asked = []

    def refuse(url, *args, **options):
        asked.append(url)
        raise OSError("no download in tests")

    monkeypatch.setattr(torchvision.models._api, "load_state_dict_from_url", refuse)
    make()
    assert asked == []
    with pytest.raises(InputError, match=r"cannot be downloaded: no download in tests\n.*put the file into"):
        make(pretrained=True)
    assert asked == [torchvision.models.get_model_weights(make.__name__)[weights].url]


@pytest.mark.parametrize("make", [densenet121, resnet18, resnet50])
def test_grey_images_are_repeated_by_the_caller(make):
    backbone = make().eval()
    grey = torch.randn(1, 1, 64, 64)
    with pytest.raises(InputError, match=r"images of shape \[1, 1, 64, 64\]\n  expected: \[B, 3, H, W\]\n.*expand"):
        backbone(grey)
    with torch.no_grad():
        assert backbone(grey.expand(-1, 3, -1, -1)).shape == (1, backbone.out_features)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("size", [64, 33, 1])
def test_small_cnn(channels, size):
    backbone = small_cnn(channels, widths=(4, 8, 12)).eval()
    images = torch.randn(2, channels, size, size)
    out = backbone(images)
    assert out.shape == (2, 12) == (2, backbone.out_features)
    maps = backbone.network[:-1](images)
    assert maps.shape[2] == -(-size // 8)
    torch.testing.assert_close(out, nn.functional.adaptive_max_pool2d(maps, 1).flatten(1))
    torch.testing.assert_close(small_cnn(channels).eval()(images).shape, torch.Size([2, 128]))


def test_small_cnn_refuses_other_images():
    with pytest.raises(InputError, match=r"images of shape \[2, 3, 8, 8\]\n  expected: \[B, 1, H, W\]$"):
        small_cnn(1)(torch.zeros(2, 3, 8, 8))
    with pytest.raises(InputError, match=r"images of shape \[8, 8\]"):
        small_cnn(1)(torch.zeros(8, 8))


@pytest.mark.parametrize(("make", "size", "features"), [(resnet18, 64, 512 * 4), (densenet121, 70, 1024 * 4)])
def test_without_a_pool_features_are_those_of_position_after_position(make, size, features):
    torch.manual_seed(0)
    backbone = make((3, size, size), pool="none").eval()
    images = torch.randn(2, 3, size, size)
    with torch.no_grad():
        out, maps = backbone(images), backbone.network[:-1](images)
    assert out.shape == (2, features) == (2, backbone.out_features)
    torch.testing.assert_close(out.unflatten(1, (2, 2, -1))[1, 0, 1], maps[1, :, 0, 1])


def test_without_a_pool_the_size_of_the_images_must_be_known():
    backbone = BACKBONES.make({"name": "small_cnn", "widths": [4, 6], "pool": "none"}, (1, 9, 5))
    assert backbone(torch.zeros(2, 1, 9, 5)).shape == (2, 3 * 2 * 6) == (2, backbone.out_features)
    with pytest.raises(InputError, match=r"pool: none without the size of the images\n  expected: a shape"):
        small_cnn(1, pool="none")


def test_feature_backbones():
    features = torch.randn(3, 6)
    assert torch.equal(identity(6)(features), features)
    assert identity(6).out_features == 6
    backbone = mlp(6, hidden=(5, 4), dropout=0.5)
    assert backbone(features).shape == (3, 4) == (3, backbone.out_features)
    first, second = backbone.network[0], backbone.network[3]
    expected = second(first(features).clamp(min=0)).clamp(min=0)
    torch.testing.assert_close(backbone.eval()(features), expected)
    assert [layer.p for layer in backbone.modules() if isinstance(layer, nn.Dropout)] == [0.5, 0.5]


def test_the_pool_is_the_same_for_every_image_backbone():
    for name in OF_IMAGES:
        with pytest.raises(InputError, match=r"unknown pooling 'mean'\n  expected: max \| average"):
            BACKBONES.resolve(name)((3, 64, 64), pool="mean")


def test_a_backbone_refuses_what_it_does_not_take():
    assert set(BACKBONES.names()) == {*OF_IMAGES, *OF_GRAPHS, "identity", "mlp", "text", "timm", "torchvision"}
    for name in OF_IMAGES:
        with pytest.raises(InputError, match=f"backbone '{name}' does not take features"):
            BACKBONES.make(name, (6,))
        if name != "small_cnn":
            with pytest.raises(InputError, match=f"backbone '{name}' takes colour images"):
                BACKBONES.make(name, (1, 64, 64))
    for name in ("identity", "mlp"):
        with pytest.raises(InputError, match=f"backbone '{name}' does not take images"):
            BACKBONES.make(name, (3, 64, 64))


def test_pools_against_torch():
    maps = torch.randn(2, 3, 5, 4)
    torch.testing.assert_close(pooling("max")(maps), nn.functional.adaptive_max_pool2d(maps, 1).flatten(1))
    torch.testing.assert_close(pooling("average")(maps), nn.functional.adaptive_avg_pool2d(maps, 1).flatten(1))


@pytest.mark.parametrize("sizes", [(), (0,), (4, -1)])
def test_sizes(sizes):
    with pytest.raises(InputError, match=r"mlp: hidden = \[.*\]\n  expected: at least one size, each at least 1"):
        mlp(6, hidden=sizes)
    with pytest.raises(InputError, match="small_cnn: widths"):
        small_cnn(1, widths=sizes)


@pytest.mark.parametrize("name", ["densenet121", "resnet50"])
def test_weights_that_cannot_be_downloaded(name, monkeypatch, tmp_path):
    def offline(*_, **__):
        raise URLError("no network")

    monkeypatch.setattr("torch.hub.download_url_to_file", offline)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    with pytest.raises(
        InputError, match=rf"ImageNet weights {name}-.*\.pth cannot be downloaded: .*no network"
    ) as error:
        BACKBONES.make({"name": name, "pretrained": True}, (3, 64, 64))
    assert f"put the file into {tmp_path}/hub/checkpoints, or set model.backbone.pretrained=false" in str(error.value)
