"""Errors of the API as problem details (RFC 9457): what is wrong, and what to do next."""

from collections.abc import Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.web import openapi
from bot.web.public.headers import HEADERS, LIVING

OPEN = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "etag",
    "x-robots-tag": "noindex",
}
"""Headers of every answer of the API: any page may read it, no search engine needs it."""

_DETAILS: Mapping[int, str] = {
    HTTPStatus.NOT_FOUND: "There is nothing here. /api/openapi.json says what there is.",
    HTTPStatus.METHOD_NOT_ALLOWED: "Data can only be read: ask with GET.",
    HTTPStatus.GONE: "This was public and is no longer. Delete your copy, too.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something of ours failed, and our log says what. Try later.",
}


def problem(status: int, detail: str = "", headers: Mapping[str, str] | None = None) -> Response:
    """Return the answer for an error; `detail` stands where there is no sentence for the status."""
    every = {**HEADERS, **OPEN, "cache-control": LIVING, **(headers or {})}
    return openapi.problem(status, _DETAILS.get(status, detail), every)


async def nothing_here(request: Request) -> Response:  # noqa: ARG001 - Starlette's signature
    """Answer an address of the API that there is not; raises `HTTPException` 404."""
    raise HTTPException(HTTPStatus.NOT_FOUND)
