"""The OpenAPI document, made of the table by which the API answers."""

from http import HTTPStatus
from typing import Any

from bot.web.openapi import JSON, Schemas, in_query, written
from bot.web.public.api.operations import OPERATIONS, Operation
from bot.web.public.api.problems import OPEN
from bot.web.public.reader import WORDS, File, Reader
from bot.web.public.shown import shown_campaigns

_ETAG = {"ETag": {"schema": {"type": "string"}, "description": "Send it as If-None-Match."}}
_NUMBER = {"type": "integer", "minimum": 1, "maximum": 10**16 - 1}


def openapi(reader: Reader) -> File:
    """Give the document (OpenAPI 3.1), with the campaigns and languages of now."""
    schemas = Schemas({each.name: each.content for each in OPERATIONS}, {})
    names = list(shown_campaigns(reader.services, reader.today))
    tags = sorted(reader.services.renderer.tags(WORDS).values())
    content = written(
        {
            "title": "drumbeat",
            "description": "What the campaigns' public pages show; read-only.",
            "x-rehearsal": reader.playing,
        },
        reader.urls.whole(reader.urls.path("api")),
        paths={
            f"/{each.path}": {
                "get": {
                    "operationId": each.name,
                    "summary": each.summary,
                    "parameters": _parameters(each, names, tags),
                    "responses": _responses(each, schemas),
                }
            }
            for each in OPERATIONS
        },
        components={"schemas": schemas.defined},
    )
    return File(content=content, media_type=JSON, headers=OPEN)


def _parameters(each: Operation, campaigns: list[str], tags: list[str]) -> list[dict[str, Any]]:
    within: dict[str, dict[str, Any]] = {
        "campaign": {"type": "string", "enum": campaigns},
        "number": _NUMBER,
    }
    asked = each.question.json_schema()["properties"]
    asked["lang"]["enum"] = ["", *tags]
    return [
        *(
            {"name": name, "in": "path", "required": True, "schema": schema}
            for name, schema in within.items()
            if f"{{{name}}}" in each.path
        ),
        *in_query(asked),
    ]


def _responses(each: Operation, schemas: Schemas) -> dict[str, Any]:
    return {
        "200": {
            "description": each.summary,
            "headers": _ETAG,
            "content": schemas.given(each.name),
        },
        "304": {"description": "What you have is what there is."},
        **schemas.errors((HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, *each.errors)),
    }
