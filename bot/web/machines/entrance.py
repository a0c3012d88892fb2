"""The entrance of the API for programs of staff: who comes with which token, how often, and with
what.

No page of any site may ask in somebody's name: there is no cookie, and no header that lets it.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any

from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from bot.errors import UsageError
from bot.jobs.machines import tokens
from bot.jobs.machines.declined import Declined, Why
from bot.jobs.people import colleagues
from bot.jobs.services import Services
from bot.model.staff import Member
from bot.model.staff.machines import Sent, Token
from bot.web.headers import Receive, Scope, Send
from bot.web.hourly import Hourly
from bot.web.machines.asked import Asked, Given
from bot.web.machines.operations import Operation
from bot.web.openapi import JSON, problem

MOST = 600
"""Requests of one token within an hour."""

MOST_BYTES = 100_000
"""Bytes of what is sent."""

KEY = "idempotency-key"
_KEY = re.compile(r"[!-~]{1,255}")

_WAIT = 60
"""Seconds after which a program that asked too often may see whether it may again."""

_STATUS = {
    Why.ABSENT: HTTPStatus.NOT_FOUND,
    Why.FOREIGN: HTTPStatus.FORBIDDEN,
    Why.OVER: HTTPStatus.CONFLICT,
    Why.UNFIT: HTTPStatus.UNPROCESSABLE_ENTITY,
}


class _Refused(Exception):
    """It does not open; carries the answer."""

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self.answer = answer


class Gate:
    """Who comes: the member and the token, within its bounds."""

    def __init__(self, services: Callable[[], Services], clock: Callable[[], datetime]) -> None:
        self.services = services
        self.clock = clock
        self._hourly = Hourly(MOST)

    def known(self, request: Request, operation: Operation) -> tuple[Token, Member]:
        """Return whose token came; raises `_Refused` where none holds, or not for this, or where it
        could be overheard.
        """
        if why := colleagues.unsafe(self.services().settings):
            raise _refused(403, f"{why[0].upper()}{why[1:]}.")
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise _refused(401, "Send a token: Authorization: Bearer drumbeat_…", _ASKS)
        known = tokens.known(self.services(), secret.strip(), self.clock())
        if known is None:
            raise _refused(401, "This token doesn't hold, or no longer.", _ASKS)
        token, member = known
        if not self._hourly.take(str(token.id), self.clock()):
            often = f"A token may ask {MOST} times within an hour."
            raise _refused(429, often, {"retry-after": str(_WAIT)})
        if not tokens.may(token, member, operation.scope):
            raise _refused(
                403, f"This needs the scope {operation.scope.value}, and a role that has it."
            )
        return token, member


_ASKS = {"www-authenticate": "Bearer"}


def _refused(status: int, detail: str, headers: Mapping[str, str] | None = None) -> _Refused:
    return _Refused(problem(status, detail, headers))


class Entrance:
    """One address (ASGI), with what may be done there by each method."""

    def __init__(self, gate: Gate, operations: Sequence[Operation]) -> None:
        self._gate = gate
        self._by = {each.method: each for each in operations}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request (ASGI)."""
        answer = await self._answered(Request(scope, receive))
        await answer(scope, receive, send)

    async def _answered(self, request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        operation = self._by.get(method)
        if operation is None:
            allowed = ", ".join(sorted(self._by))
            return problem(405, f"Ask with {allowed}.", {"allow": allowed})
        try:
            asked = await self._asked(request, operation)
            return _given(operation, operation.answer(asked))
        except _Refused as refused:
            return refused.answer
        except Declined as declined:
            return problem(_STATUS[declined.why], str(declined))
        except UsageError as error:
            return problem(409, str(error))

    async def _asked(self, request: Request, operation: Operation) -> Asked:
        token, member = self._gate.known(request, operation)
        query = _query(request, operation)
        content = await _content(request) if operation.body is not None else b""
        return Asked(
            services=self._gate.services(),
            token=token,
            member=member,
            now=self._gate.clock(),
            id=str(request.path_params.get("id", "")),
            query=query,
            body=_body(operation, content),
            sent=_sent(request, content) if operation.body is not None else None,
        )


def _query(request: Request, operation: Operation) -> Mapping[str, str]:
    try:
        return operation.read(request.query_params)
    except ValidationError as error:
        raise _refused(400, _wrong(error)) from None


def _wrong(error: ValidationError) -> str:
    """Return what is wrong, by the names of fields alone: what was sent is not repeated."""
    return "; ".join(
        f"{'.'.join(map(str, each['loc'][:2])) or 'body'}: {each['msg']}"
        for each in error.errors(include_input=False)[:5]
    )


async def _content(request: Request) -> bytes:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != JSON:
        raise _refused(415, f"Send {JSON}.")
    content = b""
    try:
        async for part in request.stream():
            content += part
            if len(content) > MOST_BYTES:
                raise _refused(413, f"Send at most {MOST_BYTES} bytes.")
    except ClientDisconnect as error:
        raise HTTPException(400) from error
    return content


def _body(operation: Operation, content: bytes) -> Any:
    if operation.body is None:
        return None
    try:
        return operation.body.validate_json(content, strict=True)
    except ValidationError as error:
        broken = any(each["type"] == "json_invalid" for each in error.errors())
        raise _refused(400 if broken else 422, _wrong(error)) from None


def _sent(request: Request, content: bytes) -> Sent:
    name = request.headers.get(KEY, "")
    if not _KEY.fullmatch(name):
        raise _refused(400, "Send an Idempotency-Key: 1 to 255 visible characters of ASCII.")
    return Sent(name=_digest(name.encode()), digest=_digest(content))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _given(operation: Operation, given: Given) -> Response:
    if operation.content is None:
        return Response(status_code=given.status)
    content = operation.content.dump_json(given.content)
    return Response(content, given.status, media_type=JSON)
