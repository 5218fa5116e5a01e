"""Damaged copies of a file's bytes: some bits turned, cut off, doubled or overwritten, by a seed."""

import numpy as np


def mutants(content, count, seed=0):
    """Yield ``count`` copies of ``content``, each damaged in one to four places."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        damaged = bytearray(content)
        for _ in range(rng.integers(1, 5)):
            at, kind = int(rng.integers(0, max(1, len(damaged)))), rng.integers(0, 5)
            if kind == 0:
                damaged[at : at + 1] = bytes([damaged[at] ^ (1 << int(rng.integers(8)))]) if damaged else b""
            elif kind == 1:
                damaged[at : at + 4] = rng.integers(0, 256, 4, dtype=np.uint8).tobytes()
            elif kind == 2:
                damaged[at : at + 4] = b"\xff\xff\xff\x7f"
            elif kind == 3:
                del damaged[at:]
            else:
                damaged[at:at] = damaged[at : at + int(rng.integers(1, 64))]
        yield bytes(damaged)
