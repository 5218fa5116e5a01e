"""Documentation of a served run: a self-contained page, and the OpenAPI schema of a request."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gcnlabel.decimals import decimal
from gcnlabel.serving.limits import Limits
from gcnlabel.serving.service import Service

if TYPE_CHECKING:
    from jinja2 import Template

BINARY = {"type": "string", "format": "binary"}
TEXTS = {"texts": "a text of the kind that it was trained on", "smiles": "CCO"}
"""Kind of text input -> an example."""


def page(service: Service, limits: Limits) -> str:
    """Return the HTML page of a run: inputs and outputs, an example request, and a form to try it."""
    example = json.dumps(_example(service))
    shown = '{"features": [[0.1, 0.2, ...]]}' if service.reader.takes == "features" else example
    curl = f"curl HOST -H 'Content-Type: application/json' -d '{shown}'"
    return _template().render(
        **service.description(),
        taken=_taken(service),
        limits=limits,
        milliseconds=f"{1000 * limits.window:g}",
        example=example,
        curl="curl HOST -F images=@a.jpg -F images=@b.jpg" if service.reader.takes == "images" else curl,
        decimal=decimal,
    )


def body_schema(service: Service) -> dict[str, Any]:
    """Return the OpenAPI schema of a request's body."""
    takes = service.reader.takes
    if takes == "images":
        files = {"type": "object", "properties": {"images": {"type": "array", "items": BINARY}}}
        return {"required": True, "content": {"multipart/form-data": {"schema": files}, "image/*": {"schema": BINARY}}}
    one: dict[str, Any] = {"type": "string"}
    if takes == "features":
        width = service.network.in_features
        one = {"type": "array", "items": {"type": "number"}, "minItems": width, "maxItems": width}
    inputs = {"anyOf": [one, {"type": "array", "items": one}]}
    schema = {"type": "object", "required": [takes], "properties": {takes: inputs}}
    return {"required": True, "content": {"application/json": {"schema": schema, "example": _example(service)}}}


def _taken(service: Service) -> str:
    """Return a description of the inputs of a request."""
    network, takes = service.network, service.reader.takes
    if takes == "features":
        return f"features: rows of {network.in_features} numbers"
    if takes == "smiles":
        return "molecules, as SMILES"
    if not network.input_shape:
        return "texts"
    if network.image_shape is None and network.encoder is not None:
        return f"{takes}, encoded by {network.encoder['encoder']} into {network.in_features} features"
    channels, height, width = network.input_shape
    return f"images, resized to {width} x {height} pixels, {'RGB' if channels == 3 else 'grey'}"


def _example(service: Service) -> dict[str, Any]:
    takes = service.reader.takes
    return {takes: [[0.0] * service.network.in_features if takes == "features" else TEXTS.get(takes, "")]}


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("page.html")
