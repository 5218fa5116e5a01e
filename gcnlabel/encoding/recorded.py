"""Load the encoder of a run's features from its record, and check that it is the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gcnlabel.data.feature_records import SAME
from gcnlabel.encoding.encoders import Encoder, load_feature_encoder
from gcnlabel.errors import InputError

WHAT = {"weights": "the digest of its weights", "preprocessing": "its preprocessing"}


def takes_texts(record: Mapping[str, Any]) -> bool:
    """Return whether a recorded encoder takes texts instead of images.

    Example:
        >>> takes_texts({"encoder": "timm:convnext_tiny"})
        False
    """
    return str(record["encoder"]).startswith("text:")


def recorded_encoder(record: Mapping[str, Any], weights: str | None = None, device: str = "auto") -> Encoder:
    """Load the encoder of a record, and check its weights and preprocessing.

    Text encoders are not downloaded; they must be in a folder or in the hub's cache.

    Args:
        record: Record from ``gcnlabel features``.
        weights: File or folder of its weights; None for the recorded location.
        device: ``auto``, ``cpu``, ``cuda``, ...

    Raises:
        InputError: The encoder is not available, or its weights or preprocessing differ.
    """
    name = str(record["encoder"])
    if takes_texts(record) and weights is not None:
        name, weights = f"text:{weights}", None
    elif weights is None:
        weights = record.get("weights_file")
    try:
        encoder = load_feature_encoder(name, weights, device, download=False)
    except InputError as error:
        why = str(error).partition("\n")[0]
        raise InputError(
            f"the encoder of the run's features, {record['encoder']}, is not available: {why}",
            expected="the weights that gcnlabel features used",
            fix="give --weights FILE_OR_FOLDER, or features that were encoded elsewhere",
        ) from error
    for key in SAME[1:]:
        if encoder.record[key] != record.get(key):
            raise InputError(
                f"the encoder {name} differs from that of the run's features: {WHAT[key]} is {encoder.record[key]}",
                expected=record.get(key),
                fix="give --weights FILE_OR_FOLDER with the recorded weights, and use the recorded version of the "
                f"library: {record.get('version')}",
            )
    return encoder
