"""Load pretrained weights from files, without unpickling, and scale images as they expect."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from gcnlabel.errors import InputError, shorten

Pretrained = bool | str
"""Whether to start from the library's weights; or a file of weights, or a folder that holds one."""
FILES = ("model.safetensors", "pytorch_model.safetensors", "pytorch_model.bin", "model.pth", "model.pt")


class ScaleAsWeights(nn.Module):
    """Map grey values 0..255 to ``(value / 255 - mean) / std`` for each channel, as pretrained weights expect.

    Mean and deviation are saved with the network, so that a trained run does not depend on the library's version.

    Args:
        mean: Mean of each channel, of values 0..1.
        std: Standard deviation of each channel.

    Example:
        >>> ScaleAsWeights([0.5], [0.5])(torch.tensor([[[[0, 255]]]])).tolist()
        [[[[-1.0, 1.0]]]]
    """

    mean: Tensor
    std: Tensor

    def __init__(self, mean: Sequence[float], std: Sequence[float]) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean).view(-1, 1, 1))
        self.register_buffer("std", torch.tensor(std).view(-1, 1, 1))

    def forward(self, images: Tensor) -> Tensor:
        """Return float images [B, C, H, W]."""
        return (images.to(self.mean.dtype) / 255 - self.mean) / self.std


def load_weights(network: nn.Module, path: str, classifiers: Sequence[str]) -> None:
    """Load a file of weights, ``.safetensors`` or a state_dict of torch, into a network that has no classifier.

    Args:
        network: The network.
        path: The file, or a folder that holds one of the names :data:`FILES`.
        classifiers: Names of the classifier's layers; their weights in the file are not used.

    Raises:
        InputError: The file is missing, is no state_dict, or holds the weights of another network.
    """
    file = _weight_file(Path(path))
    state = _read(file)
    wanted = network.state_dict()
    missing = [name for name in wanted if name not in state and not name.endswith("num_batches_tracked")]
    surplus = [
        name for name in state if name not in wanted and not name.startswith(tuple(f"{n}." for n in classifiers))
    ]
    shapes = [name for name in wanted if name in state and state[name].shape != wanted[name].shape]
    for problem, names in (("missing", missing), ("not of this network", surplus), ("of another shape", shapes)):
        if names:
            raise InputError(f"weights {problem}: {shorten(names)}", where=file, expected="the weights of this network")
    network.load_state_dict({name: value for name, value in state.items() if name in wanted}, strict=False)


def _weight_file(path: Path) -> Path:
    if path.is_dir():
        found = [path / name for name in FILES if (path / name).is_file()]
        if not found:
            raise InputError(f"no weights in {path}", expected=" | ".join(FILES))
        return found[0]
    if not path.is_file():
        raise InputError(
            f"model.backbone.pretrained: {path} does not exist", expected="true, false, a file or a folder"
        )
    return path


def _read(file: Path) -> dict[str, Tensor]:
    try:
        if file.suffix == ".safetensors":
            loaded = load_file(file)
        else:
            loaded = torch.load(file, map_location="cpu", weights_only=True)
    except (SafetensorError, pickle.UnpicklingError, RuntimeError, OSError, EOFError, ValueError) as error:
        raise InputError(
            f"{file} cannot be read: {error}", expected=".safetensors, or a state_dict that torch.save wrote"
        ) from error
    if not isinstance(loaded, dict) or not all(isinstance(value, Tensor) for value in loaded.values()):
        raise InputError(f"{file} holds no state_dict", expected="names and tensors")
    return loaded
