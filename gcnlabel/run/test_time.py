"""Override the test-time augmentation of a run."""

from __future__ import annotations

from gcnlabel.config import Config
from gcnlabel.training.test_time import TEST_TIME


def with_flips(config: Config, flips: bool | None) -> Config:
    """Return a config with or without flips at test time.

    Args:
        config: The config of a run.
        flips: Whether images are predicted with their mirror images; None for the config's setting.
    """
    if flips is None:
        return config
    evaluate = config.evaluate.model_copy(update={"test_time": TEST_TIME.parse("flips") if flips else None})
    return config.model_copy(update={"evaluate": evaluate})
