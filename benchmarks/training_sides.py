"""The three ways of training that device_training.py times, each as batches a second."""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable, Iterator
from typing import Any

import lightning as L
import torch
from head_speed import EMBEDDING, Published
from model_speed import TASKS, label_graph, loss
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms import v2
from torchvision.transforms.v2 import functional

from gcnlabel.config import Config, load_config
from gcnlabel.data import targets_to_tensors
from gcnlabel.faces import FaceAnnotations
from gcnlabel.faces.cache.reader import FaceCache
from gcnlabel.nn import densenet121
from gcnlabel.nn.scaling import ScaleToImageNet
from gcnlabel.run.build import build_module
from gcnlabel.run.data import RunData, SampleSet
from gcnlabel.run.loaders import data_module
from gcnlabel.run.speed import set_for_speed

SIZE, WARM = 227, 3
Step = Callable[[], None]


class Clock(L.Callback):  # type: ignore[misc]
    """Stops training after some seconds and counts the batches of them.

    Args:
        device: Device that is waited for.
        seconds: How long.
    """

    def __init__(self, device: str, seconds: float) -> None:
        self.device, self.seconds = device, seconds
        self.start, self.batches, self.rate = 0.0, 0, 0.0

    def on_train_batch_end(self, trainer: L.Trainer, *_: Any) -> None:
        """Start after the first batches, and stop when the time is over."""
        self.batches += 1
        if self.batches == WARM:
            wait(self.device)
            self.start = time.perf_counter()
        elif self.batches > WARM and time.perf_counter() - self.start > self.seconds:
            wait(self.device)
            self.rate = (self.batches - WARM) / (time.perf_counter() - self.start)
            trainer.should_stop = True


def with_pillow(faces: FaceAnnotations) -> Callable[[int], Tensor]:
    """Return the recipe of the paper image by image with Pillow, its turns bilinear: from a row to uint8 [3, 227, 227].

    The released loader, which turns with OpenCV and whose colour jitter has no effect, takes less time on a CPU:
    image_loading.py.
    """
    random = v2.Compose([v2.RandomHorizontalFlip(), v2.RandomRotation(30), v2.ColorJitter(0.2, 0.2, 0.2, 0.05)])
    bilinear = Image.Resampling.BILINEAR

    def one(row: int) -> Tensor:
        left, right = faces.eyes[row]
        angle, middle = math.degrees(math.atan2(*(right - left)[::-1])), (left + right) / 2
        with Image.open(faces.root / str(faces.annotations.ids[row])) as image:  # type: ignore[index]
            turned = image.convert("RGB").rotate(angle, bilinear, center=tuple(middle.tolist()))
        face = turned.crop(tuple(faces.boxes[row].tolist())).resize((SIZE, SIZE), bilinear)
        return functional.pil_to_tensor(random(face))

    return one


class Plain(Dataset[tuple[Tensor, dict[str, Tensor]]]):
    """The published recipe's samples, image by image."""

    def __init__(self, faces: FaceAnnotations) -> None:
        self.read, self.targets = with_pillow(faces), targets_to_tensors(faces.annotations)

    def __len__(self) -> int:
        """Return the number of pictures."""
        return len(next(iter(self.targets.values())))

    def __getitem__(self, row: int) -> tuple[Tensor, dict[str, Tensor]]:
        """Return a picture and its targets."""
        return self.read(row), {name: of[row] for name, of in self.targets.items()}  # type: ignore[index]


def wait(device: str) -> None:
    """Wait until the device has done all it was told."""
    if device == "cuda":
        torch.cuda.synchronize()


def batches_a_second(step: Step, device: str, seconds: float) -> float:
    """Return how many steps are done in a second, after some to warm up."""
    for _ in range(WARM):
        step()
    wait(device)
    start, count = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        step()
        count += 1
    wait(device)
    return count / (time.perf_counter() - start)


def config_for(options: argparse.Namespace, *, compiled: bool) -> Config:
    """Return the paper's preset with the settings that are fast on the device."""
    fast = {
        "model.backbone.pretrained": "false",
        "training.precision": "bf16-mixed" if options.device == "cuda" else "32-true",
        "training.channels_last": "true",
        "training.augment_on": "device",
        "training.compile": str(compiled).lower(),
        "training.workers": str(options.workers),
        "training.batch_size": str(options.batch),
        "training.epochs": "1000000",
    }
    return load_config("emotion-gcn", [f"{key}={value}" for key, value in fast.items()])


def ours(cache: FaceCache, options: argparse.Namespace, *, compiled: bool = False) -> float:
    """Return the batches a second of ``gcnlabel train``."""
    config = config_for(options, compiled=compiled)
    data = RunData(cache.annotations.tasks, {"train": SampleSet(cache.annotations, cache.images)})
    module, clock = build_module(config, data, label_graph()), Clock(options.device, options.seconds)
    set_for_speed(module, config)
    trainer = L.Trainer(
        accelerator="gpu" if options.device == "cuda" else "cpu",
        devices=1,
        precision=config.training.precision,
        max_epochs=config.training.epochs,
        limit_val_batches=0,
        callbacks=[clock],
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    trainer.fit(module, data_module(config, data))
    return clock.rate


def limit(options: argparse.Namespace, *, compiled: bool = False) -> float:
    """Return the batches a second of the backbone alone."""
    backbone = densenet121().to(options.device).to(memory_format=torch.channels_last).train()
    if compiled:
        backbone.compile()
    optimizer = torch.optim.SGD(backbone.parameters(), lr=0.001, momentum=0.9)
    images = torch.rand(options.batch, 3, SIZE, SIZE, device=options.device)
    images = images.contiguous(memory_format=torch.channels_last)

    def step() -> None:
        with torch.autocast(options.device, torch.bfloat16, enabled=options.device == "cuda"):
            value = backbone(images).square().mean()
        optimizer.zero_grad()
        value.backward()
        optimizer.step()

    return batches_a_second(step, options.device, options.seconds)


def plain(faces: FaceAnnotations, options: argparse.Namespace) -> float:
    """Return the batches a second of the published recipe."""
    device, graph, criterion = options.device, label_graph(), loss().to(options.device)
    backbone, scale = densenet121().to(device).train(), ScaleToImageNet().to(device)
    words = torch.randn(graph.num_nodes, EMBEDDING)  # their size is what matters here
    head = Published(words.to(device), graph.adjacency().to(device)).to(device)
    optimizer = torch.optim.SGD([*backbone.parameters(), *head.parameters()], lr=0.001, momentum=0.9)
    loader = DataLoader(
        Plain(faces),
        options.batch,
        shuffle=True,
        drop_last=True,
        num_workers=options.workers,
        persistent_workers=options.workers > 0,
        pin_memory=device == "cuda",
    )

    def batches() -> Iterator[Any]:
        while True:
            yield from loader

    stream = batches()

    def step() -> None:
        images, targets = next(stream)
        scores = head(backbone(scale(images.to(device))))
        wanted = {name: of.to(device) for name, of in targets.items()}
        value = criterion({task.name: scores[:, TASKS.slice_of(task)] for task in TASKS}, wanted)[0]
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        value.item()

    return batches_a_second(step, device, options.seconds)
