"""Base class and types of settings."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, ClassVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    PlainValidator,
    PositiveInt,
    Tag,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

ONE, EACH = "<one>", "<each>"
BY_FORM = Discriminator(lambda value: EACH if isinstance(value, dict) else ONE)
"""Chooses between a single value and a mapping, so that pydantic reports one error."""

Share = Annotated[float, Field(ge=0, le=1)]
ShareOrShares = Annotated[Annotated[Share, Tag(ONE)] | Annotated[dict[str, Share], Tag(EACH)], BY_FORM]
TextOrTexts = Annotated[Annotated[str, Tag(ONE)] | Annotated[dict[str, str], Tag(EACH)], BY_FORM]
Weight = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Pair = Annotated[list[Weight], Field(min_length=2, max_length=2)]
BY_LIST = Discriminator(lambda value: EACH if isinstance(value, list | tuple) else ONE)
WeightOrPair = Annotated[Annotated[Weight, Tag(ONE)] | Annotated[Pair, Tag(EACH)], BY_LIST]


def _whether_or_beta(value: Any) -> bool | float:
    """Return a boolean, or a number between 0 and 1."""
    if isinstance(value, bool) or (isinstance(value, float) and 0 < value < 1):
        return value
    raise PydanticCustomError("whether_or_beta", "Input should be true or false, or a number between 0 and 1")


BETA = {"anyOf": [{"type": "boolean"}, {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}]}
WhetherOrBeta = Annotated[Any, PlainValidator(_whether_or_beta), WithJsonSchema(BETA)]
ClassWeights = Annotated[Annotated[WhetherOrBeta, Tag(ONE)] | Annotated[dict[str, WeightOrPair], Tag(EACH)], BY_FORM]
"""Whether to weight by frequency; or beta of weights by effective numbers; or class -> weight, tag -> [weight where
absent, weight where present]."""
Sizes = Annotated[Sequence[PositiveInt], Field(max_length=8), AfterValidator(list)]
Names = Annotated[Sequence[str], AfterValidator(list)]

LEFT = "<left>"
"""Key for the names of options from a base config with another part; they are ignored if the new part lacks them."""
UNKNOWN_KEY = "unknown_key"
"""Type of pydantic's error for an unknown key; its context holds the key and the known keys."""


class Section(BaseModel):
    """A section of settings; an undeclared key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)
    former: ClassVar[frozenset[str]] = frozenset()
    """Keys that earlier versions wrote, and that the section drops."""

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, values: Any) -> Any:
        known = list(cls.model_fields)
        if isinstance(values, Mapping) and LEFT in values:
            left = {LEFT, *values[LEFT]}.difference(known)
            values = {key: value for key, value in values.items() if key not in left}
        for key in values if isinstance(values, Mapping) else ():
            if key not in known:
                raise PydanticCustomError(UNKNOWN_KEY, "unknown key '{key}'", {"key": str(key), "known": known})
        return values


def keyword_options(part: Callable[..., Any]) -> dict[str, Any]:
    """Return name -> (type, default) of the keyword-only arguments."""
    found = {}
    try:
        arguments = inspect.signature(part, eval_str=True).parameters.values()
    except (TypeError, ValueError):  # no callable, or a builtin without a signature
        return {}
    for argument in arguments:
        if argument.kind is argument.KEYWORD_ONLY:
            kind = Any if argument.annotation is argument.empty else argument.annotation
            found[argument.name] = (kind, ... if argument.default is argument.empty else argument.default)
    return found
