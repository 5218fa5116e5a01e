"""Random checkpoints in the published formats, and the published computations in plain tensor operations."""

import numpy as np
import torch
import torchvision
from torch.nn import functional

from gcnlabel.papers.checkpoints import EMOTION_GCN_TASKS

F = 12  # size of the label embeddings, 300 in the papers
BLOCKS = [(7, 32, 32, 1), (1, 32, 64, 2), (8, 64, 64, 1), (1, 64, 128, 2), (7, 128, 128, 1)]


def spread(state, seed):
    """Give every batch-norm statistics and weights of its own, small enough that deep sums stay of order one."""
    draw = torch.Generator().manual_seed(seed)
    for name in [name for name in state if name.endswith("running_mean")]:
        norm = name.removesuffix("running_mean")
        size = state[name].shape
        state[norm + "running_mean"] = 0.2 * torch.randn(size, generator=draw)
        state[norm + "running_var"] = 0.5 + torch.rand(size, generator=draw)
        state[norm + "weight"] = 0.2 + 0.4 * torch.rand(size, generator=draw)
        state[norm + "bias"] = 0.2 * torch.randn(size, generator=draw)
    return state


def generator(hidden, out, labels, seed=0):
    draw = torch.Generator().manual_seed(seed)
    return {
        "gc1.weight": (torch.rand(F, hidden, generator=draw) * 2 - 1) / hidden**0.5,
        "gc2.weight": (torch.rand(hidden, out, generator=draw) * 2 - 1) / out**0.5,
        "A": torch.rand(labels, labels, generator=draw) * (torch.rand(labels, labels, generator=draw) < 0.3)
        + 0.5 * torch.eye(labels),
    }


def densenet_state():
    torch.manual_seed(0)
    features = torchvision.models.densenet121(weights=None).features.state_dict()
    return spread({**generator(16, 1024, 9), **{f"features.{name}": value for name, value in features.items()}}, 1)


def resnet_state(labels=20):
    torch.manual_seed(0)
    state = torchvision.models.resnet101(weights=None).state_dict()
    place = {"conv1": 0, "bn1": 1, "layer1": 4, "layer2": 5, "layer3": 6, "layer4": 7}
    features = {}
    for name, value in state.items():
        first, _, rest = name.partition(".")
        if first in place and not name.endswith("num_batches_tracked"):  # PyTorch 0.3 kept none
            features[f"features.{place[first]}.{rest}"] = value
    return spread({**features, **generator(16, 2048, labels)}, 2)


def breg_next_state():
    draw = torch.Generator().manual_seed(3)
    state = generator(16, 128, 9)

    def conv(name, a, b):
        state[f"{name}.weight"] = torch.randn(b, a, 3, 3, generator=draw) / (3 * a**0.5)
        state[f"{name}.bias"] = 0.1 * torch.randn(b, generator=draw)

    def norm(name, size):
        state.update({f"{name}.{key}": torch.ones(size) for key in ("weight", "bias", "running_mean", "running_var")})
        state[f"{name}.num_batches_tracked"] = torch.tensor(7)

    conv("model._conv0", 3, 32)
    for k, (count, first, channels, _) in enumerate(BLOCKS):
        for i in range(count):
            layer, size = f"model._model.{k}._layer_stack.{i}", first if i == 0 else channels
            conv(f"{layer}._conv0", size, channels)
            conv(f"{layer}._conv1", channels, channels)
            state[f"{layer}._shortcut._a"] = 0.5 + torch.rand(1, generator=draw)
            state[f"{layer}._shortcut._c"] = torch.randn(1, generator=draw)
            norm(f"{layer}._batchnorm_conv0", size)
            norm(f"{layer}._batchnorm_conv1", channels)
    norm("model._model.5", 128)
    state["model._fc0.weight"], state["model._fc0.bias"] = torch.randn(7, 128), torch.randn(7)
    return spread(state, 4)


def save_emotion_gcn(state, path, prefix=""):
    named = {prefix + name: value for name, value in state.items()}
    torch.save({"epoch": 6, "model_state_dict": named, "optimizer_state_dict": {"param_groups": [{"lr": 0.001}]}}, path)
    return path


def save_ml_gcn(state, path, **options):
    content = {"epoch": 20, "arch": "resnet101", "state_dict": state, "best_score": torch.tensor(94.0)}
    torch.save(content, path, **options)
    return path


def embeddings(labels=9):
    return torch.randn(labels, F, generator=torch.Generator().manual_seed(5))


def pictures(size, count=1):
    return torch.randn(count, 3, size, size, generator=torch.Generator().manual_seed(size))


def propagation(A):
    """D^-1/2 Aᵀ D^-1/2, entry by entry."""
    A = A.double().numpy()
    sums = A.sum(1)
    return torch.from_numpy(
        np.array([[A[j, i] / np.sqrt(sums[i] * sums[j]) for j in range(len(A))] for i in range(len(A))])
    ).float()


def generated(state, x, features):
    """The published head: two layers, LeakyReLU(0.2) between them, products with the features."""
    adjacency = propagation(state["A"])
    hidden = adjacency @ x @ state["gc1.weight"]
    hidden = torch.where(hidden > 0, hidden, 0.2 * hidden)
    return features @ (adjacency @ (hidden @ state["gc2.weight"])).T


def densenet_scores(state, x, images):
    network = torchvision.models.densenet121(weights=None).features.eval()
    network.load_state_dict({n.removeprefix("features."): v for n, v in state.items() if n.startswith("features.")})
    maps = network(images)
    side = maps.shape[2]
    pooled = functional.max_pool2d(maps, 7, 7) if side == 7 else functional.max_pool2d(maps, side, side)
    return generated(state, x, pooled.flatten(1))


def resnet_scores(state, x, images):
    net = torchvision.models.resnet101(weights=None).eval()
    trunk = torch.nn.Sequential(
        net.conv1, net.bn1, net.relu, net.maxpool, net.layer1, net.layer2, net.layer3, net.layer4
    )
    trunk.load_state_dict(
        {n.removeprefix("features."): v for n, v in state.items() if n.startswith("features.")}, strict=False
    )
    return generated(state, x, trunk(images).amax(dim=(2, 3)))


def breg_next_scores(state, x, images):
    return generated(state, x, breg_next_features(state, images))


def breg_next_features(state, images):
    def conv(name, maps, stride=1):
        return functional.conv2d(
            functional.pad(maps, (1, 1, 1, 1)), state[f"{name}.weight"], state[f"{name}.bias"], stride
        )

    def norm_elu(name, maps):
        mean, var, weight, bias = (
            state[f"{name}.{key}"].view(-1, 1, 1) for key in ("running_mean", "running_var", "weight", "bias")
        )
        maps = (maps - mean) / (var + 1e-5).sqrt() * weight + bias
        return torch.where(maps > 0, maps, maps.exp() - 1)

    maps = conv("model._conv0", images)
    for k, (count, first, channels, stride) in enumerate(BLOCKS):
        for i in range(count):
            layer = f"model._model.{k}._layer_stack.{i}"
            a, c = state[f"{layer}._shortcut._a"], state[f"{layer}._shortcut._c"]
            s = (c**2 + 1).sqrt()
            shortcut = (a * maps / s).atan() / (a * s)
            if stride == 2:
                batch, size, height, width = shortcut.shape
                shortcut = shortcut.view(batch, size, height // 2, 2, width // 2, 2).mean(dim=(3, 5))
            if i == 0 and channels > first:
                zeros = torch.zeros_like(shortcut[:, : (channels - first) // 2])
                shortcut = torch.cat([zeros, shortcut, zeros], dim=1)
            residual = conv(f"{layer}._conv0", norm_elu(f"{layer}._batchnorm_conv0", maps), stride)
            maps = conv(f"{layer}._conv1", norm_elu(f"{layer}._batchnorm_conv1", residual)) + shortcut
    return norm_elu("model._model.5", maps).mean(dim=(2, 3))


LABELS = EMOTION_GCN_TASKS.labels
