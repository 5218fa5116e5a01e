"""What is wrong with a request, by the status of its answer."""

from __future__ import annotations

from gcnlabel.errors import InputError


class RequestError(InputError):
    """A request that cannot be answered: status 422 where nothing is closer."""

    status = 422


class TooLargeError(RequestError):
    """A request is beyond a limit."""

    status = 413


class NotTakenError(RequestError):
    """A request is of a kind that the run does not take."""

    status = 415
