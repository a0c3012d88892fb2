"""The OpenAPI document, made of the table by which the API answers."""

import json
from http import HTTPStatus
from typing import Any

from pydantic import TypeAdapter

from bot import __version__
from bot.web.public.api.operations import OPERATIONS, Operation
from bot.web.public.api.problems import OPEN
from bot.web.public.api.shapes import Problem
from bot.web.public.reader import WORDS, File, Reader
from bot.web.public.shown import shown_campaigns

_JSON = "application/json"
_ETAG = {"ETag": {"schema": {"type": "string"}, "description": "Send it as If-None-Match."}}
_NUMBER = {"type": "integer", "minimum": 1, "maximum": 10**16 - 1}


def openapi(reader: Reader) -> File:
    """Give the document (OpenAPI 3.1), with the campaigns and languages of now."""
    given, defs = TypeAdapter.json_schemas(
        [
            *((each.name, "serialization", each.content) for each in OPERATIONS),
            ("problem", "serialization", TypeAdapter(Problem)),
        ],
        ref_template="#/components/schemas/{model}",
    )
    names = list(shown_campaigns(reader.services, reader.today))
    tags = sorted(reader.services.renderer.tags(WORDS).values())
    problem = given["problem", "serialization"]
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": "drumbeat",
            "version": __version__,
            "description": "What the campaigns' public pages show; read-only.",
            "x-rehearsal": reader.playing,
        },
        "servers": [{"url": reader.urls.whole(reader.urls.path("api"))}],
        "paths": {
            f"/{each.path}": {
                "get": {
                    "operationId": each.name,
                    "summary": each.summary,
                    "parameters": _parameters(each, names, tags),
                    "responses": _responses(each, given[each.name, "serialization"], problem),
                }
            }
            for each in OPERATIONS
        },
        "components": {"schemas": defs["$defs"]},
    }
    content = json.dumps(document, ensure_ascii=False, indent=1).encode()
    return File(content=content, media_type=_JSON, headers=OPEN)


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
        *({"name": name, "in": "query", "schema": schema} for name, schema in asked.items()),
    ]


def _responses(each: Operation, given: Any, problem: Any) -> dict[str, Any]:
    errors = (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, *each.errors)
    return {
        "200": {
            "description": each.summary,
            "headers": _ETAG,
            "content": {_JSON: {"schema": given}},
        },
        "304": {"description": "What you have is what there is."},
        **{
            str(int(status)): {
                "description": status.phrase,
                "content": {"application/problem+json": {"schema": problem}},
            }
            for status in errors
        },
    }
