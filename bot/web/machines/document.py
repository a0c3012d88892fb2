"""The OpenAPI document of the API for programs of staff, made of the table by which it answers."""

from functools import cached_property
from itertools import groupby
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bot.web.machines.operations import ALWAYS, OPERATIONS, PATH, Operation
from bot.web.openapi import JSON, Schemas, in_query, written
from bot.web.public.reader import Urls

_ID = {
    "name": "id",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": "^[0-9]{1,15}-[0-9]{1,15}-[0-9]{1,15}$"},
}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "A name of your own: what is sent again with it within 24 hours is done once.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
}


class Document:
    """The document; it tells nothing that a token is needed for."""

    def __init__(self, urls: Urls) -> None:
        self._urls = urls

    async def answer(self, request: Request) -> Response:  # noqa: ARG002 - Starlette's signature
        """Give the document (OpenAPI 3.1)."""
        return Response(self._content, media_type=JSON)

    @cached_property
    def _content(self) -> bytes:
        schemas = _schemas()
        return written(
            {
                "title": "drumbeat, for programs of staff",
                "description": "Reads posts and numbers, and proposes posts in the name of a member"
                " of staff. It approves nothing, and has nothing of people.",
            },
            self._urls.whole(self._urls.path("api")),
            security=[{"token": []}],
            paths={
                f"/{path}": {each.method.lower(): _described(each, schemas) for each in those}
                for path, those in groupby(OPERATIONS, key=PATH)
            },
            components={
                "schemas": schemas.defined,
                "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            },
        )


def _schemas() -> Schemas:
    return Schemas(
        {each.name: each.content for each in OPERATIONS if each.content},
        {each.name: each.body for each in OPERATIONS if each.body},
    )


def _described(each: Operation, schemas: Schemas) -> dict[str, Any]:
    asked = each.question.json_schema().get("properties", {})
    body = {"required": True, "content": schemas.sent(each.name)} if each.body else None
    return {
        "operationId": each.name,
        "summary": each.summary,
        "parameters": [
            *([_ID] if "{id}" in each.path else ()),
            *([_KEY] if body else ()),
            *in_query(asked),
        ],
        **({"requestBody": body} if body else {}),
        "responses": {
            **{str(int(status)): _good(each, schemas) for status in each.good},
            **schemas.errors((*ALWAYS, *each.errors)),
        },
    }


def _good(each: Operation, schemas: Schemas) -> dict[str, Any]:
    content = {"content": schemas.given(each.name)} if each.content else {}
    return {"description": each.summary, **content}
