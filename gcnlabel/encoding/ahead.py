"""Encode batches while the next items are read in other threads."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Any

from gcnlabel.encoding.encoders import Encoder, Features

READERS = min(8, os.cpu_count() or 1)
"""Number of reading threads; image libraries release Python's global interpreter lock."""
AHEAD = 3
"""Number of batches that are read or computed in advance."""


def encoded_batches(encoder: Encoder, items: Sequence[str], batch_size: int) -> Iterator[Features]:
    """Yield the features [B, D] of items, batch by batch in their order.

    On a GPU, one batch is stacked and copied to the device while another is computed.

    Args:
        encoder: Maps items to features.
        items: Paths of images, or texts.
        batch_size: Batch size.

    Raises:
        InputError: An item cannot be read; raised when its batch is due.
    """
    device = str(getattr(encoder, "device", "cpu"))
    starts = iter(range(0, len(items), batch_size))
    with ThreadPoolExecutor(READERS) as readers, ThreadPoolExecutor(1 if device == "cpu" else 2) as networks:

        def begun(start: int) -> Future[Features]:
            rows = [readers.submit(encoder.read, item) for item in items[start : start + batch_size]]
            return networks.submit(_encoded, encoder, rows)

        try:
            waiting = deque(begun(start) for start in islice(starts, AHEAD))
            while waiting:
                features = waiting.popleft().result()
                waiting.extend(begun(start) for start in islice(starts, 1))
                yield features
        finally:
            for pool in (networks, readers):
                pool.shutdown(wait=False, cancel_futures=True)


def _encoded(encoder: Encoder, rows: Sequence[Future[Any]]) -> Features:
    return encoder.features([row.result() for row in rows])
