"""The encoder that made the features of a run, again: from its record, checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gcnlabel.data.feature_records import SAME
from gcnlabel.encoding.encoders import Encoder, load_feature_encoder
from gcnlabel.errors import InputError

WHAT = {"weights": "the digest of its weights", "preprocessing": "its preprocessing"}


def takes_texts(record: Mapping[str, Any]) -> bool:
    """Return whether an encoder is one of texts; else it is one of images.

    Example:
        >>> takes_texts({"encoder": "timm:convnext_tiny"})
        False
    """
    return str(record["encoder"]).startswith("text:")


def recorded_encoder(record: Mapping[str, Any], weights: str | None = None, device: str = "auto") -> Encoder:
    """Return the encoder of a record, where weights and preprocessing are the same.

    Text encoders are not fetched from the hub: a folder, or what was fetched before, is taken.

    Args:
        record: What ``gcnlabel features`` wrote.
        weights: File or folder of its weights; None for where they were then.
        device: ``auto``, ``cpu``, ``cuda``, ...

    Raises:
        InputError: It cannot be had, or it is another one.
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
            f"the encoder of the run's features, {record['encoder']}, cannot be had: {why}",
            expected="the weights that gcnlabel features used",
            fix="--weights FILE_OR_FOLDER; or give features that it made elsewhere",
        ) from error
    for key in SAME[1:]:
        if encoder.record[key] != record.get(key):
            raise InputError(
                f"the encoder {name} is not the one of the run's features: {WHAT[key]} is {encoder.record[key]}",
                expected=record.get(key),
                fix="--weights FILE_OR_FOLDER with the weights of then, and the library's version of then: "
                f"{record.get('version')}",
            )
    return encoder
