"""Parse the bodies of requests into inputs."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request

from gcnlabel.serving.errors import NotTakenError, RequestError, TooLargeError
from gcnlabel.serving.limits import Limits

Items = list[tuple[str, Any]]
"""Name and content of each input: a list of numbers, a text, or the bytes of an image file."""
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


async def read_items(request: Request, takes: str, limits: Limits) -> Items:
    """Return the inputs of a request, at least one.

    Images are files of ``multipart/form-data``, or one image is the body. Other inputs are JSON: one input or a list,
    optionally as ``{"features": ...}``, ``{"texts": ...}`` or ``{"smiles": ...}``.

    Args:
        request: The request.
        takes: Kind of input of the run: ``images``, ``features``, ``texts`` or ``smiles``.
        limits: Limits of a request.

    Raises:
        RequestError: The body exceeds a limit, has another content type, or is invalid.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    limited = Request(request.scope, _limited(request.receive, limits.bytes))
    if takes != "images":
        if kind not in ("", "application/json"):
            raise NotTakenError(f"a body of type {kind}", expected="application/json")
        items = _of_json(await limited.body(), takes)
    elif kind == "multipart/form-data":
        items = await _of_form(limited, limits)
    elif kind.startswith("image/") or kind == "application/octet-stream":
        items = [("image", await limited.body())]
    else:
        raise NotTakenError(f"a body of type {kind or 'none'}", expected="multipart/form-data | image/*")
    if not items:
        raise RequestError("no input in the request", expected="at least one")
    if len(items) > limits.rows:
        raise TooLargeError(f"{len(items)} inputs in a request", expected=f"at most {limits.rows}")
    return items


def _limited(receive: Receive, most: int) -> Receive:
    """Return a ``receive`` function that raises :class:`TooLargeError` once the body exceeds ``most`` bytes."""
    seen = 0

    async def counted() -> MutableMapping[str, Any]:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise TooLargeError(f"a body of more than {most} bytes", expected=f"at most {most} bytes")
        return message

    return counted


def _of_json(body: bytes, takes: str) -> Items:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError too
        why = str(error).partition("\n")[0]
        raise RequestError(f"the body is not valid JSON: {why}", expected=_shape(takes)) from error
    if isinstance(content, dict):
        if list(content) != [takes]:
            raise RequestError(
                f"a body with the keys {', '.join(map(repr, content)) or 'none'}", expected=_shape(takes)
            )
        content = content[takes]
    one = not isinstance(content, list) or (takes == "features" and content and not isinstance(content[0], list))
    return [(str(row), item) for row, item in enumerate([content] if one else content)]


def _shape(takes: str) -> str:
    example = "[[0.1, 0.2, ...], ...]" if takes == "features" else '["...", ...]'
    return f'{{"{takes}": {example}}}'


async def _of_form(request: Request, limits: Limits) -> Items:
    from starlette.exceptions import HTTPException

    try:
        async with request.form(max_files=limits.rows, max_fields=limits.rows) as form:
            files = [value for _, value in form.multi_items()]
            if not all(isinstance(file, UploadFile) for file in files):
                raise RequestError("a field of the form is not a file", expected="only image files")
            return [
                (str(file.filename or "image"), await file.read()) for file in files if isinstance(file, UploadFile)
            ]
    except HTTPException as error:
        raise RequestError(f"the form cannot be read: {error.detail}", expected="multipart/form-data") from error
