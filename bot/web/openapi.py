"""What all APIs of ours share: what an address says of itself, what is wrong as problem details
(RFC 9457), and the pieces of an OpenAPI document.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from http import HTTPStatus
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode
from starlette.responses import Response
from typing_extensions import TypedDict  # pydantic takes no other before Python 3.12

from bot import __version__

JSON = "application/json"
_PROBLEM = "application/problem+json"


@dataclass(frozen=True, kw_only=True)
class Address:
    """An address of an API, by its path below /api/."""

    name: str
    path: str
    summary: str
    asked: type
    #: statuses of errors beside those that any address of its API has
    errors: tuple[HTTPStatus, ...] = ()

    @cached_property
    def question(self) -> TypeAdapter[Any]:
        """What may stand behind the question mark."""
        return TypeAdapter(self.asked)

    def read(self, query: Mapping[str, str]) -> Mapping[str, str]:
        """Return the fields that are known, each with its value; '' where it isn't named.

        Raises pydantic's `ValidationError` for what may not be asked.
        """
        return asdict(self.question.validate_python(dict(query)))


class Problem(TypedDict):
    """What is wrong, and what to do next (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str


_WRONG = TypeAdapter(Problem)


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return the answer for what is wrong; the title stands where there is no detail."""
    title = HTTPStatus(status).phrase
    said = Problem(type="about:blank", title=title, status=status, detail=detail or title)
    return Response(_WRONG.dump_json(said), status, dict(headers or {}), _PROBLEM)


class Schemas:
    """The JSON schemas of a document: of what is given and what is sent, by the names of their
    addresses, and of `Problem`.
    """

    def __init__(
        self, given: Mapping[str, TypeAdapter[Any]], sent: Mapping[str, TypeAdapter[Any]]
    ) -> None:
        shapes: list[tuple[str, JsonSchemaMode, TypeAdapter[Any]]] = [
            *((name, "serialization", shape) for name, shape in given.items()),
            *((name, "validation", shape) for name, shape in sent.items()),
            ("problem", "serialization", _WRONG),
        ]
        self._of, defined = TypeAdapter.json_schemas(
            shapes, ref_template="#/components/schemas/{model}"
        )
        #: those that others refer to
        self.defined: Mapping[str, Any] = defined["$defs"]

    def given(self, name: str) -> dict[str, Any]:
        """Return how what is given at an address stands in the document."""
        return {JSON: {"schema": self._of[name, "serialization"]}}

    def sent(self, name: str) -> dict[str, Any]:
        """Return how what is sent to an address stands in the document."""
        return {JSON: {"schema": self._of[name, "validation"]}}

    def errors(self, statuses: Iterable[HTTPStatus]) -> dict[str, Any]:
        """Return how the answers for what is wrong stand in the document, by their statuses."""
        content = {_PROBLEM: {"schema": self._of["problem", "serialization"]}}
        return {
            str(int(status)): {"description": status.phrase, "content": content}
            for status in statuses
        }


def in_query(fields: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    """Yield how these fields, with their schemas, stand in the document as parameters."""
    for name, schema in fields.items():
        yield {"name": name, "in": "query", "schema": schema}


def written(info: Mapping[str, Any], server: str, **parts: Any) -> bytes:
    """Return an OpenAPI document (3.1) of an API that stands at `server`."""
    document = {
        "openapi": "3.1.0",
        "info": {"version": __version__, **info},
        "servers": [{"url": server}],
        **parts,
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()
