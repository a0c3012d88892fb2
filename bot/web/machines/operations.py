"""What the API for programs of staff answers: one table serves the routes and the document."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from operator import attrgetter
from typing import Any

from pydantic import TypeAdapter

from bot.model.staff.machines import TokenScope
from bot.web.machines import answers, shapes
from bot.web.machines.asked import Asked, Given
from bot.web.openapi import Address

ALWAYS = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.TOO_MANY_REQUESTS,
)
"""Statuses of errors that any address has."""

_OF_BODIES = (
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)


@dataclass(frozen=True, kw_only=True)
class Operation(Address):
    """What may be done at an address."""

    method: str = "GET"
    scope: TokenScope = TokenScope.READ
    asked: type = shapes.AskedNothing
    #: what is sent, and with it an Idempotency-Key; None: nothing is
    sent: type | None = None
    #: None for an answer without content
    given: type | None = None
    #: statuses of answers that are none of errors
    good: tuple[HTTPStatus, ...] = (HTTPStatus.OK,)
    answer: Callable[[Asked], Given]

    @cached_property
    def body(self) -> TypeAdapter[Any] | None:
        """What is sent."""
        return TypeAdapter(self.sent) if self.sent is not None else None

    @cached_property
    def content(self) -> TypeAdapter[Any] | None:
        """What is answered."""
        return TypeAdapter(self.given) if self.given is not None else None


OPERATIONS: tuple[Operation, ...] = (
    Operation(
        name="posts",
        path="posts",
        summary="Posts that fit, 50 at a time.",
        asked=shapes.AskedPosts,
        given=shapes.Posts,
        errors=(HTTPStatus.NOT_FOUND,),
        answer=answers.listed,
    ),
    Operation(
        name="propose",
        method="POST",
        path="posts",
        summary="Propose a post, which waits until a person approves it.",
        scope=TokenScope.WRITE,
        sent=shapes.Proposal,
        given=shapes.Made,
        good=(HTTPStatus.CREATED, HTTPStatus.OK),
        errors=_OF_BODIES,
        answer=answers.proposed,
    ),
    Operation(
        name="post",
        path="posts/{id}",
        summary="A post with its text.",
        given=shapes.Whole,
        errors=(HTTPStatus.NOT_FOUND,),
        answer=answers.one,
    ),
    Operation(
        name="takeBack",
        method="DELETE",
        path="posts/{id}",
        summary="Cancel a post of the token's member that nobody has approved.",
        scope=TokenScope.WRITE,
        good=(HTTPStatus.NO_CONTENT,),
        errors=(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
        answer=answers.taken_back,
    ),
    Operation(
        name="status",
        path="status",
        summary="How things are, in numbers.",
        given=shapes.Status,
        answer=answers.status,
    ),
)
"""All that may be done, address by address."""

PATH = attrgetter("path")
