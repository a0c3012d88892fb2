"""The OpenAPI document of the API for programs of staff, made of the table by which it answers."""

import json
from functools import cached_property
from itertools import groupby
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode
from starlette.requests import Request
from starlette.responses import Response

from bot import __version__
from bot.web.machines.operations import ALWAYS, OPERATIONS, PATH, Operation
from bot.web.public.api.shapes import Problem
from bot.web.public.reader import Urls

_JSON = "application/json"
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
        return Response(self._content, media_type=_JSON)

    @cached_property
    def _content(self) -> bytes:
        shapes: list[tuple[str, JsonSchemaMode, TypeAdapter[Any]]] = [
            ("problem", "serialization", TypeAdapter(Problem))
        ]
        for each in OPERATIONS:
            if each.content is not None:
                shapes.append((each.name, "serialization", each.content))
            if each.body is not None:
                shapes.append((each.name, "validation", each.body))
        given, defs = TypeAdapter.json_schemas(shapes, ref_template="#/components/schemas/{model}")
        document = {
            "openapi": "3.1.0",
            "info": {
                "title": "drumbeat, for programs of staff",
                "version": __version__,
                "description": "Reads posts and numbers, and proposes posts in the name of a member"
                " of staff. It approves nothing, and has nothing of people.",
            },
            "servers": [{"url": self._urls.whole(self._urls.path("api"))}],
            "security": [{"token": []}],
            "paths": {
                f"/{path}": {each.method.lower(): _described(each, given) for each in those}
                for path, those in groupby(OPERATIONS, key=PATH)
            },
            "components": {
                "schemas": defs["$defs"],
                "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            },
        }
        return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _described(each: Operation, given: Any) -> dict[str, Any]:
    asked = each.question.json_schema().get("properties", {})
    sent = given.get((each.name, "validation"))
    return {
        "operationId": each.name,
        "summary": each.summary,
        "parameters": [
            *([_ID] if "{id}" in each.path else ()),
            *([_KEY] if sent else ()),
            *({"name": name, "in": "query", "schema": schema} for name, schema in asked.items()),
        ],
        **(
            {"requestBody": {"required": True, "content": {_JSON: {"schema": sent}}}}
            if sent
            else {}
        ),
        "responses": {
            **{str(int(status)): _good(each, given) for status in each.good},
            **{
                str(int(status)): {
                    "description": status.phrase,
                    "content": {
                        "application/problem+json": {"schema": given["problem", "serialization"]}
                    },
                }
                for status in (*ALWAYS, *each.errors)
            },
        },
    }


def _good(each: Operation, given: Any) -> dict[str, Any]:
    schema = given.get((each.name, "serialization"))
    content = {"content": {_JSON: {"schema": schema}}} if schema else {}
    return {"description": each.summary, **content}
