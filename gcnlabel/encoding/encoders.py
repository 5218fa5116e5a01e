"""Pretrained encoders of images and texts, with their own preprocessing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from gcnlabel.data.images import opened
from gcnlabel.data.upright import upright
from gcnlabel.devices import device_named
from gcnlabel.errors import InputError
from gcnlabel.nn.backbone import BACKBONES
from gcnlabel.text_encoder import load_encoder

Features = npt.NDArray[np.float32]
IMAGE_LIBRARIES = ("timm", "torchvision")


class Encoder(Protocol):
    """Maps items (paths of images, or texts) to features."""

    record: dict[str, Any]
    """Record of the encoder: library, model, digest of the weights, preprocessing."""

    def read(self, item: str) -> Any:
        """Return an item as input of the network.

        Raises:
            InputError: It cannot be read.
        """

    def features(self, rows: Sequence[Any]) -> Features:
        """Return the features [B, D] of items from :meth:`read`."""


class ImageEncoder:
    """A network of timm or torchvision, with the preprocessing of its weights.

    Args:
        library: ``timm`` or ``torchvision``.
        model: Name of the network in the library.
        weights: File of weights, or folder with one; None to let the library download its own.
        device: ``auto``, ``cpu``, ``cuda``, ...
    """

    def __init__(self, library: str, model: str, weights: str | None, device: str) -> None:
        made = BACKBONES.make({"name": library, "model": model, "pretrained": weights or True})
        self.network = made.network.eval().requires_grad_(False)
        self.transform = _transform(library, model, self.network)
        self.device = device_named(device)
        self.record = {
            "encoder": f"{library}:{model}",
            "version": version(library),
            "weights": _digest(self.network),
            "preprocessing": str(self.transform),
        }
        if weights is not None:
            self.record["weights_file"] = str(Path(weights).resolve())
        self.network.to(self.device)

    def read(self, item: str) -> npt.NDArray[np.float32]:
        """Return an image file as input of the network, float32 [3, H, W]."""
        with opened(Path(item)) as image:
            return np.asarray(self.transform(upright(image).convert("RGB")))

    @torch.inference_mode()
    def features(self, rows: Sequence[Any]) -> Features:
        """Return the features [B, D] of images from :meth:`read`."""
        images = torch.from_numpy(np.stack(rows)).to(self.device)
        features: Features = self.network(images).float().cpu().numpy()
        return features


class TextEncoder:
    """A sentence encoder of sentence-transformers.

    Args:
        model: Folder of the model, or its name on the hub.
        device: ``auto``, ``cpu``, ``cuda``, ...
        download: Whether to download the model from the hub if it is not cached.
    """

    def __init__(self, model: str, device: str, *, download: bool = True) -> None:
        self.model = load_encoder(model, download=download).to(device_named(device))
        self.record = {
            "encoder": f"text:{model}",
            "version": version("sentence-transformers"),
            "weights": _digest(self.model),
            "preprocessing": f"at most {self.model.max_seq_length} tokens",
        }

    def read(self, item: str) -> str:
        """Return a text unchanged."""
        return item

    def features(self, rows: Sequence[Any]) -> Features:
        """Return the features [B, D] of texts."""
        encoded = self.model.encode(list(rows), batch_size=len(rows), show_progress_bar=False)
        return np.asarray(encoded, dtype=np.float32)


def load_feature_encoder(
    name: str, weights: str | None = None, device: str = "auto", *, download: bool = True
) -> Encoder:
    """Return an encoder from ``timm:MODEL``, ``torchvision:MODEL`` or ``text:MODEL``.

    Args:
        name: The encoder.
        weights: File or folder of the weights of an image encoder; None for the library's.
        device: ``auto``, ``cpu``, ``cuda``, ...
        download: Whether to download a text encoder from the hub if it is not cached.

    Raises:
        InputError: There is no such encoder, or its weights are not available.
    """
    library, _, model = name.partition(":")
    if library in IMAGE_LIBRARIES and model:
        return ImageEncoder(library, model, weights, device)
    if library == "text" and model:
        if weights is not None:
            raise InputError("--weights with a text encoder", fix="name the model's folder: --encoder text:FOLDER")
        return TextEncoder(model, device, download=download)
    raise InputError(f"unknown encoder {name!r}", expected="timm:MODEL | torchvision:MODEL | text:MODEL")


def _transform(library: str, model: str, network: nn.Module) -> Any:
    if library == "torchvision":
        import torchvision

        return torchvision.models.get_model_weights(model).DEFAULT.transforms()
    from timm.data import create_transform, resolve_model_data_config

    return create_transform(**resolve_model_data_config(network[1]))  # type: ignore[index]


def _digest(network: nn.Module) -> str:
    """Return the SHA-256 digest of the names and values of the weights."""
    digest = hashlib.sha256()
    for name, value in sorted(network.state_dict().items()):
        digest.update(name.encode())
        digest.update(value.detach().cpu().contiguous().view(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()
