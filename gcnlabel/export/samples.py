"""Samples for comparing a quantized file with the original: from the run's data, or random."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gcnlabel.data import Standardize, targets_to_tensors
from gcnlabel.errors import InputError
from gcnlabel.export.int8 import Samples
from gcnlabel.run import RunFolder
from gcnlabel.run.data import load_data

if TYPE_CHECKING:
    from gcnlabel.prediction.network import Network

CALIBRATION_ROWS = 256
DRAWN = 512


def samples_of_run(folder: RunFolder, network: Network) -> Samples:
    """Return the samples for the comparison.

    They are the inputs of the evaluated split, with ``seen`` from the training split. If the run's data cannot be read,
    they are random: features with mean and deviation of the training split, or images of noise.
    """
    try:
        data = load_data(network.config, folder.split)
    except (InputError, OSError) as error:
        why = str(error).partition("\n")[0]
        return Samples(_drawn(network), f"random inputs, because the run's data cannot be read ({why})")
    split, seen = network.config.evaluate.split, data.parts["train"].inputs
    rows = np.random.default_rng(0).permutation(len(seen))[:CALIBRATION_ROWS]
    part = data.parts[split]
    targets = targets_to_tensors(part.annotations)
    return Samples(part.inputs, f"split {split}", targets, np.asarray(seen[np.sort(rows)]))


def _drawn(network: Network) -> Any:
    rng, shape = np.random.default_rng(0), (DRAWN, *network.input_shape)
    if network.image_shape is not None:
        return rng.integers(0, 256, (64, *network.input_shape), dtype=np.uint8)
    rows = rng.standard_normal(shape, dtype=np.float32)
    for module in network.model.modules():
        if isinstance(module, Standardize):
            return rows * module.sd.cpu().numpy() + module.mean.cpu().numpy()
    return rows
