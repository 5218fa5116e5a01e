"""The routes of the HTTP server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from gcnlabel import __version__
from gcnlabel.errors import InputError
from gcnlabel.serving.batching import Batcher
from gcnlabel.serving.bodies import read_items
from gcnlabel.serving.documentation import body_schema, page
from gcnlabel.serving.errors import RequestError
from gcnlabel.serving.limits import Limits
from gcnlabel.serving.service import Row, Service

SAFE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "connect-src 'self'",
    "X-Content-Type-Options": "nosniff",
}
"""HTTP headers of the page, which forbid loading anything from other origins."""


def make_app(service: Service, limits: Limits | None = None) -> FastAPI:
    """Return the application: ``POST /predict``, ``GET /model``, ``GET /health`` and ``GET /docs``.

    Errors are ``{"detail": MESSAGE}`` with status 413 (limit exceeded), 415 (wrong content type) or 422 (bad input).

    Args:
        service: The run.
        limits: Limits of a request; None for the defaults.
    """
    limits = limits or Limits()
    batcher = Batcher(service.answer, limits.window, limits.batch)

    @asynccontextmanager
    async def answering(app: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(batcher.run())
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    title = f"gcnlabel: {service.name}"
    app = FastAPI(title=title, version=__version__, docs_url=None, redoc_url=None, lifespan=answering)
    app.add_exception_handler(InputError, _refused)
    app.add_exception_handler(Exception, _failed)
    _predict_by(app, service, limits, batcher)
    _describe(app, service, limits)
    return app


def _predict_by(app: FastAPI, service: Service, limits: Limits, batcher: Batcher) -> None:
    @app.post("/predict", summary="Predict", openapi_extra={"requestBody": body_schema(service)})
    async def predict(request: Request) -> dict[str, Any]:
        items = await read_items(request, service.reader.takes, limits)
        rows = await asyncio.to_thread(_read, service, items)
        return {"predictions": await batcher(rows)}


def _describe(app: FastAPI, service: Service, limits: Limits) -> None:
    described, written = service.description(), page(service, limits)

    @app.get("/model", summary="Inputs and outputs of the run")
    async def model() -> dict[str, Any]:
        return described

    @app.get("/health", summary="Health check")
    async def health() -> dict[str, str]:
        return {"status": "ok", "run": service.name, "version": __version__}

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return HTMLResponse(written, headers=SAFE)

    @app.get("/", include_in_schema=False)
    async def root() -> RedirectResponse:
        return RedirectResponse("docs")


def _read(service: Service, items: list[tuple[str, Any]]) -> list[Row]:
    rows = []
    for number, (name, item) in enumerate(items):
        try:
            rows.append((name, service.reader.read(item)))
        except RequestError:
            raise
        except InputError as error:
            raise InputError(
                error.what, where=f"input {number} (from 0)", expected=error.expected, fix=error.fix
            ) from error
    return rows


async def _refused(request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, getattr(error, "status", 422))


async def _failed(request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": "internal error; see the server's log"}, 500)
