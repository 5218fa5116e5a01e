"""Limits of a request."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Limits of a request, and settings of dynamic batching.

    Attributes:
        bytes: Largest body, in bytes.
        rows: Largest number of inputs in a request.
        pixels: Largest number of pixels of an image, before resizing.
        window: Seconds that a request waits for others to share a batch.
        batch: Largest batch size.
    """

    bytes: int = 10_000_000
    rows: int = 1024
    pixels: int = 50_000_000
    window: float = 0.005
    batch: int = 64
