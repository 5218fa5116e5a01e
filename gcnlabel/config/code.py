"""Code that a config names, ``module:attribute``, and that is run where the config is used."""

from __future__ import annotations

from gcnlabel.config.schema import Config


def named_code(config: Config) -> dict[str, str]:
    """Return the keys of a config that name code, with what they name.

    Example:
        >>> named_code(Config(data={"source": "synthetic-faces"}, weighting="my.losses:Balance"))
        {'weighting': 'my.losses:Balance'}
    """
    return {"weighting": config.weighting} if ":" in config.weighting else {}
