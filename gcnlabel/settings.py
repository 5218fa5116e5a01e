"""What all settings share: typed keys, and one message for a key that does not exist."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Field, PositiveInt, Tag, model_validator
from pydantic_core import PydanticCustomError

ONE, EACH = "<one>", "<each>"
BY_FORM = Discriminator(lambda value: EACH if isinstance(value, dict) else ONE)
"""Tells one value from a mapping, so that there is one message, about what was meant."""

Share = Annotated[float, Field(ge=0, le=1)]
ShareOrShares = Annotated[Annotated[Share, Tag(ONE)] | Annotated[dict[str, Share], Tag(EACH)], BY_FORM]
TextOrTexts = Annotated[Annotated[str, Tag(ONE)] | Annotated[dict[str, str], Tag(EACH)], BY_FORM]
Weight = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Pair = Annotated[list[Weight], Field(min_length=2, max_length=2)]
BY_LIST = Discriminator(lambda value: EACH if isinstance(value, list | tuple) else ONE)
WeightOrPair = Annotated[Annotated[Weight, Tag(ONE)] | Annotated[Pair, Tag(EACH)], BY_LIST]
ClassWeights = Annotated[Annotated[bool, Tag(ONE)] | Annotated[dict[str, WeightOrPair], Tag(EACH)], BY_FORM]
"""Weights by frequency or not; or class -> weight, tag -> [weight where absent, weight where present]."""
Sizes = Annotated[list[PositiveInt], Field(max_length=8)]

UNKNOWN_KEY = "unknown_key"
"""Type of the error that names a key that does not exist; its context holds the key and those that do."""


class Section(BaseModel):
    """Settings that belong together; a key that is not declared is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, values: Any) -> Any:
        known = list(cls.model_fields)
        for key in values if isinstance(values, Mapping) else ():
            if key not in known:
                raise PydanticCustomError(UNKNOWN_KEY, "unknown key '{key}'", {"key": str(key), "known": known})
        return values
