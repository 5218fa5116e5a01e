import pytest
import torch
from label_heads import LABELS, TASKS, asymmetric, propagation_graph
from safetensors.torch import load_file, save_file
from torch import nn

from gcnlabel.errors import InputError
from gcnlabel.nn import Backbone, LabelGraphHead, LinearHead, MultiTaskModel, mlp, small_cnn
from gcnlabel.tasks import Dimensional, TaskSet
from gcnlabel.units import Units


def graph_head(in_features):
    return LabelGraphHead(propagation_graph(asymmetric(LABELS), torch.eye(LABELS)), TASKS, in_features, (6,))


@pytest.mark.parametrize("head", [graph_head, lambda size: LinearHead(TASKS, size)], ids=["graph", "linear"])
def test_scores_are_the_heads_of_the_backbones_features(head, tmp_path):
    torch.manual_seed(0)
    model = MultiTaskModel(small_cnn(1, widths=(4, 8)), head(8)).eval()
    images = torch.randn(3, 1, 16, 16)
    scores = model(images)
    expected = model.backbone(images) @ model.head.weight().T
    torch.testing.assert_close(torch.cat(list(scores.values()), dim=1), expected)
    save_file(model.state_dict(), tmp_path / "model.safetensors")
    again = MultiTaskModel(small_cnn(1, widths=(4, 8)), head(8)).eval()
    again.load_state_dict(load_file(tmp_path / "model.safetensors"))
    for name, values in again(images).items():
        assert torch.equal(values, scores[name])


def test_gradients_reach_backbone_and_head():
    model = MultiTaskModel(mlp(5, hidden=(8,)), graph_head(8))
    sum(values.square().sum() for values in model(torch.randn(4, 5)).values()).backward()
    assert all(parameter.grad.abs().sum() > 0 for parameter in model.parameters())


@pytest.mark.parametrize("size", [7, 9])
def test_sizes_that_do_not_meet(size):
    with pytest.raises(InputError, match=rf"the head takes {size} features\n  expected: 8, as the backbone returns"):
        MultiTaskModel(mlp(5, hidden=(8,)), LinearHead(TASKS, size))


def test_a_network_of_ones_own():
    network = nn.Sequential(nn.Flatten(), nn.Linear(12, 8))
    with pytest.raises(InputError, match=r"Sequential has no attribute out_features(.|\n)*Backbone\(network, out_fea"):
        MultiTaskModel(network, LinearHead(TASKS, 8))
    model = MultiTaskModel(Backbone(network, 8), LinearHead(TASKS, 8))
    assert model(torch.zeros(2, 3, 4))["tags"].shape == (2, 3)


@pytest.mark.parametrize("half", [torch.bfloat16, torch.float16])
@pytest.mark.parametrize("head", [graph_head, lambda size: LinearHead(TASKS, size)], ids=["graph", "linear"])
def test_under_autocast_the_backbone_alone_is_in_half_precision(head, half):
    torch.manual_seed(0)
    model, inputs = MultiTaskModel(mlp(5, hidden=(8,)), head(8)), torch.randn(4, 5)
    with torch.autocast("cpu", half):
        features, scores = model.backbone(inputs), model(inputs)
    assert features.dtype == half
    expected = features.float() @ model.head.weight().T
    torch.testing.assert_close(torch.cat(list(scores.values()), dim=1), expected, rtol=1e-5, atol=1e-6)
    sum(values.square().sum() for values in scores.values()).backward()
    assert all(parameter.grad.dtype == torch.float32 for parameter in model.parameters())


def test_units_are_not_shared_by_models():
    tasks = TaskSet([Dimensional("film", ["year"], range=(1900, 2000))])
    units = Units(tasks, [1950.0], [20.0])
    one, other = (MultiTaskModel(mlp(5, hidden=(8,)), LinearHead(tasks, 8), units) for _ in range(2))
    one.eval()
    assert other.units.training
    assert units.training
    assert float(other.units.mean) == 1950
