"""Pictures are brought to size as timm and torchvision do it for their weights, whose preprocessing is the default."""

import json

import numpy as np
import polars as pl
import pytest
import torch
import torchvision
import yaml
from click.testing import CliRunner
from PIL import Image
from safetensors import safe_open
from safetensors.torch import save_file

from gcnlabel.cli import main
from gcnlabel.config import load_config, parse_config
from gcnlabel.data import load_images
from gcnlabel.data.geometry import Geometry
from gcnlabel.encoding.encoders import load_feature_encoder
from gcnlabel.prediction import load_network, predict
from gcnlabel.run import RunFolder, train
from gcnlabel.run.build import build_backbone
from gcnlabel.run.data import load_data
from gcnlabel.serving.inputs import ImageReader

pytestmark = pytest.mark.filterwarnings("ignore")
TIMM = (
    "convnext_tiny",
    "vit_base_patch16_224",
    "resnet50.a1_in1k",
    "test_efficientnet.r160_in1k",
    "tf_efficientnet_b3",
)
TORCHVISION = ("resnet50", "mobilenet_v3_large", "efficientnet_b3", "swin_t", "inception_v3", "resnet18")


def smooth(path, size=(90, 61), seed=0):
    small = np.random.default_rng(seed).integers(0, 256, (9, 7, 3), dtype=np.uint8)
    Image.fromarray(small).resize(size, Image.Resampling.BICUBIC).save(path)
    return path


def settings_for(folder, backbone, **data):
    given = {"source": "table", "annotations": f"{folder}/t.csv", "images": str(folder), "id_column": "image", **data}
    tags = {"tags": {"type": "multilabel", "labels": ["a", "b"]}}
    return {"data": given, "tasks": tags, "model": {"backbone": backbone, "head": "linear"}}


def transform_of(library, model):
    """Evaluation transform of the library: a picture in, what the network takes out."""
    if library == "torchvision":
        return torchvision.models.get_model_weights(model).DEFAULT.transforms()
    timm = pytest.importorskip("timm", reason="timm is an extra")
    return timm.data.create_transform(
        **timm.data.resolve_data_config(pretrained_cfg=timm.get_pretrained_cfg(model).to_dict())
    )


@pytest.mark.parametrize(
    ("library", "model"), [*(("timm", model) for model in TIMM), *(("torchvision", model) for model in TORCHVISION)]
)
def test_pretrained_weights_say_how_pictures_are_brought_to_size(library, model, tmp_path):
    transform = transform_of(library, model)
    path = smooth(tmp_path / "a.png", (500, 377))
    data = parse_config(settings_for(tmp_path, {"name": library, "model": model, "pretrained": True})).data
    image = torch.from_numpy(data.read_image(path))
    scale = build_backbone_scale(library, model, data.image_shape)
    with Image.open(path) as picture:
        expected = transform(picture.convert("RGB"))
    assert image.shape == expected.shape
    torch.testing.assert_close(scale(image[None])[0], expected, rtol=0, atol=1e-5)
    assert data.pictures.size == expected.shape[-1]


def build_backbone_scale(library, model, shape):
    """Scaling in front of a backbone without weights."""
    from gcnlabel.nn.backbone import BACKBONES

    part = BACKBONES.parse({"name": library, "model": model})
    return build_backbone(part, np.zeros((1, *shape), dtype=np.uint8), standardize=False).network[0]


def test_what_the_config_says_counts_and_without_weights_nothing_changes(tmp_path):
    backbone = {"name": "torchvision", "model": "efficientnet_b3", "pretrained": True}

    def said(backbone, **data):
        found = parse_config(settings_for(tmp_path, backbone, **data)).data
        return found.size, found.crop, found.interpolation

    assert said(backbone) == (300, 300 / 320, "bicubic")
    assert said(backbone, size=96) == (96, 300 / 320, "bicubic")
    assert said(backbone, crop="none", interpolation="lanczos") == (300, "none", "lanczos")
    assert said({**backbone, "pretrained": False}) == (64, "none", "bilinear")
    assert said("small_cnn") == (64, "none", "bilinear")
    coco = {"source": "coco", "files": {"train": "a", "test": "b"}, "images": {"train": "a", "test": "b"}}
    assert parse_config({"data": coco, "model": {"backbone": "resnet18"}}).data.size == 448
    with pytest.raises(ValueError, match="crop have no effect without images"):
        parse_config(settings_for(tmp_path, "mlp", images=None, features="x.npy", crop=0.5))


def test_crops_by_hand(tmp_path):
    pixels = np.arange(8 * 12 * 3, dtype=np.uint8).reshape(8, 12, 3)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    found = load_images(tmp_path, ["a.png"], size=Geometry(4, crop=0.5))[0]  # scaled to 8: as it is
    np.testing.assert_array_equal(found, pixels[2:6, 4:8].transpose(2, 0, 1))
    assert Geometry(224, crop=224 / 230).scaled == 230
    nearest = load_images(tmp_path, ["a.png"], size=Geometry(4, interpolation="nearest"))[0]
    assert set(nearest.flatten()) <= set(pixels.flatten())
    assert Geometry(8).words is None


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run from a file of weights, whose config says nothing of pictures."""
    folder = tmp_path_factory.mktemp("photos")
    torch.manual_seed(0)
    save_file(torchvision.models.resnet18(weights=None).state_dict(), folder / "w.safetensors")
    for k in range(12):
        smooth(folder / f"{k:02}.png", (260 + 3 * k, 240), seed=k)
    table = {"image": [f"{k:02}.png" for k in range(12)], "split": ["train", "train", "val", "test"] * 3}
    pl.DataFrame({**table, "a": [0, 1] * 6, "b": [0, 0, 1] * 4}).write_csv(folder / "t.csv")
    weights = {"name": "torchvision", "model": "resnet18", "pretrained": str(folder / "w.safetensors")}
    settings = {**settings_for(folder, weights), "training": {"epochs": 1, "batch_size": 4}}
    (folder / "c.yaml").write_text(yaml.safe_dump(settings))
    train(load_config(str(folder / "c.yaml")), RunFolder(folder / "run"), progress=False)
    return RunFolder(folder / "run"), folder


def test_what_was_used_is_kept_and_followed_by_predict_serve_features_and_export(run, tmp_path):
    run, folder = run
    kept = yaml.safe_load(run.config.read_text())["data"]
    assert (kept["size"], kept["crop"], kept["interpolation"]) == (224, 224 / 256, "bilinear")
    network, path = load_network(run), folder / "03.png"
    transform = transform_of("torchvision", "resnet18")
    with Image.open(path) as picture:
        expected = transform(picture.convert("RGB"))
    with torch.no_grad():
        wanted = network.model.head(network.model.backbone.network[1](expected[None]))["tags"].sigmoid()
    np.testing.assert_allclose(predict(run, path, device="cpu").values["tags"], wanted, atol=1e-5)
    in_data = load_data(run.load_config()).parts["train"]
    row = in_data.annotations.ids.tolist().index("05.png")
    reader = ImageReader(network.config.data, 10**7)
    np.testing.assert_array_equal(in_data.inputs[row], reader.read((folder / "05.png").read_bytes()))
    encoder = load_feature_encoder("torchvision:resnet18", str(folder / "w.safetensors"), "cpu")
    np.testing.assert_allclose(encoder.read(str(path)), expected, atol=1e-6)
    target = tmp_path / "m.safetensors"
    line = ["export", str(run.path), "--format", "safetensors", "--output", str(target)]
    assert CliRunner().invoke(main, line).exit_code == 0
    with safe_open(target, "pt") as file:
        said = json.loads(file.metadata()["gcnlabel"])["input"]
    assert "shorter side scaled to 256 pixels" in said["geometry"]
    assert said["preprocessing"].startswith("RGB images, scaled and cropped to 224 x 224")
    np.testing.assert_allclose(said["inside"]["mean"], [0.485, 0.456, 0.406], atol=1e-6)


def test_a_run_of_an_earlier_version_goes_on_with_stretched_pictures(run, tmp_path):
    run, _ = run
    content = yaml.safe_load(run.config.read_text())
    for name in ("crop", "interpolation"):
        del content["data"][name]
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(content))
    data = RunFolder(tmp_path).load_config().data
    assert (data.size, data.crop, data.interpolation) == (224, "none", "bilinear")


def test_a_run_of_an_earlier_version_on_features_has_a_size_that_means_nothing(tmp_path):
    settings = settings_for(tmp_path, "mlp", images=None, features="x.npy", size=64)
    assert parse_config(settings).data.size is None
