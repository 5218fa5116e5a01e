import pytest
import torch
from torchvision.transforms.functional import normalize

from gcnlabel.config import parse_config
from gcnlabel.errors import InputError
from gcnlabel.nn.scaling import ScaleImages, ScaleToImageNet
from gcnlabel.run.build import build_backbone

IMAGES = torch.randint(0, 256, (2, 3, 4, 5), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


def test_imagenet_is_that_of_torchvision():
    expected = normalize(IMAGES.double() / 255, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    torch.testing.assert_close(ScaleToImageNet()(IMAGES).double(), expected, rtol=1e-5, atol=1e-6)
    assert ScaleToImageNet().state_dict() == {}


def test_symmetric():
    assert ScaleImages()(torch.tensor([0, 255], dtype=torch.uint8)).tolist() == [-1, 1]


@pytest.mark.parametrize(
    ("given", "kind"),
    [({}, ScaleImages), ({"scaling": "symmetric"}, ScaleImages), ({"scaling": "imagenet"}, ScaleToImageNet)],
)
def test_config(given, kind):
    backbone = {"name": "breg_next", "pool": "average", **given}
    settings = parse_config({"data": {"source": "synthetic-faces"}, "model": {"backbone": backbone}}).model.backbone
    assert type(build_backbone(settings, IMAGES, standardize=False).network[0]) is kind
    with pytest.raises(InputError):
        build_backbone(settings, torch.zeros(2, 4), standardize=False)


@pytest.mark.parametrize("scaling", [ScaleImages(), ScaleToImageNet().double()])
def test_double_precision(scaling):
    torch.set_default_dtype(torch.float64)  # as the trainer has it while a run in double precision lasts
    try:
        assert scaling(IMAGES).dtype == torch.float64
    finally:
        torch.set_default_dtype(torch.float32)
