"""Errors of requests, with their HTTP status."""

from __future__ import annotations

from gcnlabel.errors import InputError


class RequestError(InputError):
    """An invalid request: status 422, unless a subclass has another."""

    status = 422


class TooLargeError(RequestError):
    """A request exceeds a limit."""

    status = 413


class NotTakenError(RequestError):
    """A request has a content type that the run does not take."""

    status = 415
