"""A trained run with a reader of its inputs, for the server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from gcnlabel.errors import InputError
from gcnlabel.export import describe_network
from gcnlabel.prediction.batches import predict_batches
from gcnlabel.prediction.network import Network, load_network
from gcnlabel.run import RunFolder
from gcnlabel.serving.encoded import encoded_reader
from gcnlabel.serving.errors import RequestError
from gcnlabel.serving.inputs import Reader, reader_of
from gcnlabel.serving.limits import Limits

Row = tuple[str, Any]
"""Name of an input, and the result of :meth:`Reader.read`."""


@dataclass(frozen=True)
class Service:
    """A network and the reader of its inputs.

    Attributes:
        name: Name of the run.
        network: The network.
        reader: Reader of its inputs.
        device: Device for computing predictions.
    """

    name: str
    network: Network
    reader: Reader
    device: str = "auto"

    def answer(self, rows: Sequence[Row]) -> list[dict[str, Any]]:
        """Return one record per row (at least one), see :meth:`gcnlabel.prediction.Predictions.records`.

        Raises:
            RequestError: The scores of a row are not finite.
        """
        names, read = [name for name, _ in rows], [row for _, row in rows]
        try:
            found = predict_batches(self.network, [(names, self.reader.inputs(read))], self.device)
        except ValueError as error:
            raise RequestError(
                str(error).partition("\n")[0], expected="inputs like those of the training data"
            ) from error
        return replace(found, named="image" if self.reader.takes == "images" else "row").records()

    def description(self) -> dict[str, Any]:
        """Return the description of the run's inputs and outputs, as in an exported file."""
        return {"run": self.name, "takes": self.reader.takes, **describe_network(self.network)}


def load_service(
    folder: RunFolder,
    limits: Limits | None = None,
    *,
    device: str = "auto",
    weights: str | None = None,
    features: bool = False,
) -> Service:
    """Load a run for the server.

    Args:
        folder: The run.
        limits: Limits of a request.
        device: ``auto`` (a GPU if available), ``cpu``, ``cuda``, ...
        weights: File or folder of the weights of the encoder of the run's features; None for the recorded location.
        features: Whether to take features although their encoder is recorded.

    Raises:
        InputError: The run is incomplete, takes graphs that are not made from SMILES, or its encoder is not available.
    """
    network, pixels = load_network(folder), (limits or Limits()).pixels
    encoded = network.encoder is not None and network.in_features > 0
    if weights is not None and (features or not encoded):
        raise InputError(
            f"--weights {weights} without inputs to encode", expected="a run whose features name an encoder"
        )
    if network.encoder is not None and encoded and not features:
        reader = encoded_reader(network.encoder, pixels, weights, device)
    else:
        reader = reader_of(network, pixels)
    return Service(folder.path.resolve().name, network, reader, device)
