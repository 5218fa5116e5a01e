"""What one request may ask for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What one request may ask for, and how requests are joined.

    Attributes:
        bytes: Bytes of the body.
        rows: Inputs in a request.
        pixels: Pixels of an image before it is brought to size.
        window: Seconds that a request waits for others, which go through the network together.
        batch: Inputs that go through the network together.
    """

    bytes: int = 10_000_000
    rows: int = 1024
    pixels: int = 50_000_000
    window: float = 0.005
    batch: int = 64
