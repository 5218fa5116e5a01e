"""Dynamic batching of concurrent requests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from gcnlabel.errors import InputError

Answer = Callable[[Sequence[Any]], Sequence[Any]]


class Batcher:
    """Joins the rows of concurrent requests into batches.

    The first request waits up to ``window`` for others or until there are enough rows; the batch is then processed in a
    thread. If a batch fails because of one of its requests, each is processed separately, so that no request fails
    because of another.

    Args:
        answer: Function from rows to results, one per row.
        window: Seconds that a request waits for others.
        most: Largest batch size; a larger request is processed alone, in several batches.
    """

    def __init__(self, answer: Answer, window: float, most: int) -> None:
        self.answer, self.window, self.most = answer, window, most
        self.waiting: list[tuple[Sequence[Any], asyncio.Future[Sequence[Any]]]] = []
        self.arrived = asyncio.Event()

    async def __call__(self, rows: Sequence[Any]) -> Sequence[Any]:
        """Return the results for the rows of a request.

        Raises:
            InputError: The rows are invalid.
        """
        future: asyncio.Future[Sequence[Any]] = asyncio.get_running_loop().create_future()
        self.waiting.append((rows, future))
        self.arrived.set()
        return await future

    async def run(self) -> None:
        """Process requests until the task is cancelled."""
        while True:
            await self.arrived.wait()
            await self._wait_for_more()
            await self._answer(self._taken())

    async def _wait_for_more(self) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + self.window
        while sum(len(rows) for rows, _ in self.waiting) < self.most and (left := end - loop.time()) > 0:
            self.arrived.clear()
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self.arrived.wait(), left)

    def _taken(self) -> list[tuple[Sequence[Any], asyncio.Future[Sequence[Any]]]]:
        """Remove and return the requests of the next batch, at least one."""
        count = rows = 0
        for of_request, _ in self.waiting:
            rows += len(of_request)
            if count and rows > self.most:
                break
            count += 1
        taken, self.waiting = self.waiting[:count], self.waiting[count:]
        if self.waiting:
            self.arrived.set()
        else:
            self.arrived.clear()
        return taken

    async def _answer(self, requests: list[tuple[Sequence[Any], asyncio.Future[Sequence[Any]]]]) -> None:
        joined = [row for rows, _ in requests for row in rows]
        try:
            found = [
                answer
                for start in range(0, len(joined), self.most)
                for answer in await asyncio.to_thread(self.answer, joined[start : start + self.most])
            ]
        except Exception as error:  # passed to each request; the loop continues
            if len(requests) > 1 and isinstance(error, InputError):
                for request in requests:
                    await self._answer([request])
                return
            for _, future in requests:
                if not future.done():
                    future.set_exception(error)
            return
        for rows, future in requests:
            of_request, found = found[: len(rows)], found[len(rows) :]
            if not future.done():  # done if the client has disconnected
                future.set_result(of_request)
