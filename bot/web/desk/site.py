"""The desk over HTTP: who is there, what their roles let them see and send, and the headers.

A page that somebody's roles don't allow is answered with 403, whoever knows its address; a form is
taken only with the token of its session and from a page of ours. Nothing is kept by any browser.
"""

import logging
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from inspect import isawaitable
from typing import Any
from urllib.parse import quote

from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from bot.errors import DrumbeatError, Missing
from bot.jobs.people import colleagues
from bot.jobs.services import Services
from bot.jobs.staff import logins
from bot.kept import Kept
from bot.languages import preferred
from bot.text import without_controls
from bot.web.desk.colleague import FALLBACK, MOST_KEPT, WORDS, Colleague
from bot.web.desk.pages import DeskPage, Live, Table
from bot.web.desk.refused import WRITTEN, Why, why
from bot.web.desk.view import STATIC, html, plain_html
from bot.web.forms import Fields, fields, is_own
from bot.web.headers import kept_as
from bot.web.hourly import Hourly
from bot.web.public.reader import Answer, Elsewhere, File, Shown, Urls
from bot.web.public.view import TYPES

log = logging.getLogger(__name__)

COOKIE = "drumbeat-desk"
"""The cookie that keeps a session; its value is a secret of which the database knows a digest."""

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src"
        " 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "cache-control": "no-store",
}
"""Headers of every answer, beside those of `bot.web.headers`."""

_LIVE = {"content-type": "text/event-stream; charset=utf-8", "x-accel-buffering": "no"}
"""Headers of server-sent events; a proxy shall hand each on as it comes."""

_CSV = {"content-type": "text/csv; charset=utf-8"}

DONE = "done"
"""The field behind the question mark that says what became of a form: a key of [done]."""

_MOST_OUTSIDE = 1_000_000
"""Bytes of a text that are kept of somebody who is not at the desk; of a file none are."""

_ASKS = 5
"""Letters with a link that one client may ask for within an hour."""


class Desk:
    """The desk of `services`, which change when the data are read again."""

    def __init__(
        self,
        services: Callable[[], Services],
        clock: Callable[[], datetime],
        urls: Urls,
        pages: Sequence[DeskPage],
    ) -> None:
        self._services = services
        self._clock = clock
        self._urls = urls
        self._pages = tuple(pages)
        self._hourly = Hourly(_ASKS)
        self._kept: tuple[Services | None, Kept[Hashable, Any]] = (None, Kept(0))

    # pages of who is there

    def route(self, page: DeskPage) -> Callable[[Request], Awaitable[Response]]:
        """Return the Starlette endpoint of a page."""

        async def endpoint(request: Request) -> Response:
            who = self._who(request, used=not page.by_itself)
            if who is None:
                return await self._outside(page, request)
            if not who.may(page.needs):
                return self._refused(who, "role") if page.path else self._home(who)
            try:
                if request.method == "POST":
                    return await self._posted(page, who, request)
                answer = page.answer(who)
                return self._answered(who, await answer if isawaitable(answer) else answer)
            except DrumbeatError as error:
                return self._failed(who, error, page)

        return endpoint

    async def _outside(self, page: DeskPage, request: Request) -> Response:
        """Lead somebody who is not at the desk, or no longer, to the way in; with what they wrote
        in a form of ours, which is nowhere else any more.
        """
        way_in = self._led(self._urls.path("desk", "enter"))
        sends = request.method == "POST" and page.posted is not None
        own = sends and is_own(request, self._urls.origin)
        if not own or colleagues.unsafe(self._services().settings):
            return way_in
        try:
            form = await fields(request, page.most_bytes, files=page.files, most_text=_MOST_OUTSIDE)
        except HTTPException:
            return way_in
        typed = _typed(form)
        return self._way_in(request, HTTPStatus.FORBIDDEN, typed=typed) if typed else way_in

    async def _posted(self, page: DeskPage, who: Colleague, request: Request) -> Response:
        if page.posted is None:
            raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED)
        if not who.may(page.sends):
            return self._refused(who, "role")
        form = await self._form(who, request, page.most_bytes, files=page.files)
        if form is None:
            return self._refused(who, "stale")
        try:
            answer = page.posted(who, form)
            return self._answered(who, await answer if isawaitable(answer) else answer)
        except DrumbeatError as error:
            return self._failed(who, error, page, form)

    async def _form(
        self, who: Colleague, request: Request, most_bytes: int = 2_000, *, files: int = 0
    ) -> Fields | None:
        """Return the form that was sent; None where it was not made for this very session."""
        form = await fields(request, most_bytes, files=files)
        theirs = logins.is_theirs(who.services, who.session, form.get("token", ""))
        return form if theirs and is_own(request, self._urls.origin) else None

    def _who(self, request: Request, *, used: bool = True) -> Colleague | None:
        services, now = self._services(), self._clock()
        if colleagues.unsafe(services.settings):
            return None
        there = logins.at_desk(services, request.cookies.get(COOKIE, ""), now, used=used)
        if there is None:
            return None
        member, session = there
        return Colleague(
            services=services,
            urls=self._urls,
            member=member,
            session=session,
            token=logins.form_token(services, session),
            language=session.language or self._language(request),
            now=now,
            parts={name: str(part) for name, part in request.path_params.items()},
            query=dict(reversed(request.query_params.multi_items())),
            kept=self._kept_of(services),
        )

    def _kept_of(self, services: Services) -> Kept[Hashable, Any]:
        """Return what pages keep; nothing of what services before a change of the data made."""
        if self._kept[0] is not services:
            self._kept = services, Kept(MOST_KEPT)
        return self._kept[1]

    def _language(self, request: Request) -> str:
        wanted = request.headers.get("accept-language", "")
        return preferred(wanted, self._services().renderer.tags(WORDS), FALLBACK)

    def _answered(self, who: Colleague, answer: Answer | Live | Table) -> Response:
        if isinstance(answer, Live):
            return StreamingResponse(answer.events, headers=HEADERS | _LIVE)
        if isinstance(answer, Table):
            headers = HEADERS | _CSV | kept_as(answer.filename)
            return StreamingResponse(answer.parts, headers=headers)
        if isinstance(answer, Elsewhere):
            return self._led(answer.path)
        if isinstance(answer, File):
            headers = HEADERS | {"content-type": answer.media_type} | dict(answer.headers)
            if answer.filename:
                headers |= kept_as(answer.filename)
            return Response(answer.content, answer.status, headers)
        refused = answer.status >= HTTPStatus.BAD_REQUEST
        told = "" if refused else str(who.words["done"].get(who.query.get(DONE, ""), ""))
        content = html(who, answer, self._pages, told=told)
        headers = HEADERS | {"content-language": who.language}
        return Response(content, answer.status, headers, media_type="text/html")

    def _led(self, path: str) -> Response:
        return RedirectResponse(path, HTTPStatus.SEE_OTHER, HEADERS)

    def _home(self, who: Colleague) -> Response:
        """Lead somebody who may not see the first page to the first of the menu that they may."""
        return self._led(
            next(who.path(page.path) for page in self._pages if page.menu and who.may(page.needs))
        )

    def _refused(self, who: Colleague, why: str) -> Response:
        words = who.words["refused"]
        return self._message(who, words["title"], words[why], HTTPStatus.FORBIDDEN)

    def _failed(
        self,
        who: Colleague,
        error: DrumbeatError,
        page: DeskPage,
        form: Mapping[str, str] | None = None,
    ) -> Response:
        """Say why something was not done, or that there is nothing here; and what was written in
        the form, which is nowhere else any more.
        """
        words, reason = who.words["refused"], why(who, error)
        typed = _typed(form or {})
        if isinstance(error, Missing):
            status = HTTPStatus.NOT_FOUND
            return self._message(who, words["missing"], "", status, reason, typed=typed)
        here = who.path(page.path.format(**who.parts)) if page.path else who.path()
        status = HTTPStatus.CONFLICT
        return self._message(who, words["not_done"], "", status, reason, here=here, typed=typed)

    def _message(
        self,
        who: Colleague,
        title: str,
        text: str,
        status: int,
        detail: Why | None = None,
        *,
        here: str = "",
        typed: str = "",
    ) -> Response:
        values = {"text": text, "detail": detail, "here": here, "typed": typed}
        page = Shown(template="message.html", title=title, values=values, status=status)
        return self._answered(who, page)

    # the way in

    async def enter(self, request: Request) -> Response:
        """Ask for the address to which a link goes; say the same of every address, and as soon:
        what becomes of it is seen to once the answer has left.
        """
        services = self._services()
        if why := colleagues.unsafe(services.settings):
            return self._plain(request, "shut.html", HTTPStatus.FORBIDDEN, why=why)
        posted = request.method == "POST"
        address = await self._address(request) if posted else ""
        answer = self._way_in(request, asked=posted)
        answer.background = BackgroundTask(self._send_link, address, self._language(request))
        return answer

    def _way_in(self, request: Request, status: int = HTTPStatus.OK, **values: object) -> Response:
        services = self._services()
        mails, bot = logins.mails(services), services.talking
        return self._plain(request, "enter.html", status, mails=mails, bot=bot, **values)

    async def _address(self, request: Request) -> str:
        """Return the address that was sent; '' where its sender has asked often enough."""
        form, client = await fields(request, 2_000), request.client
        if not is_own(request, self._urls.origin):
            raise HTTPException(HTTPStatus.FORBIDDEN)
        allowed = self._hourly.take(client.host if client else "", self._clock())
        return form.get("address", "") if allowed else ""

    async def _send_link(self, address: str, language: str) -> None:
        logins.ask(self._services(), address, language, self._clock())

    async def come_in(self, request: Request) -> Response:
        """Show the button that uses a link up, and let its member in when it is pressed."""
        services, now = self._services(), self._clock()
        secret = request.path_params["secret"]
        if why := colleagues.unsafe(services.settings):
            return self._plain(request, "shut.html", HTTPStatus.FORBIDDEN, why=why)
        if request.method == "POST":
            if not is_own(request, self._urls.origin):
                raise HTTPException(HTTPStatus.FORBIDDEN)
            entered = logins.enter(services, secret, now)
            if entered is not None:
                response = self._led(f"{self._urls.path('desk')}/")
                response.headers.append("set-cookie", self._cookie(entered[1]))
                return response
        member = logins.knock(services, secret, now)
        status = HTTPStatus.OK if member is not None else HTTPStatus.GONE
        return self._plain(
            request, "come_in.html", status, name=member.name if member is not None else ""
        )

    def _plain(
        self, request: Request, template: str, status: int = HTTPStatus.OK, **values: object
    ) -> Response:
        language = self._language(request)
        content = plain_html(self._services(), self._urls, template, language, **values)
        return Response(content, status, HEADERS, media_type="text/html")

    def _cookie(self, secret: str) -> str:
        secure = "; Secure" if self._urls.origin.startswith("https:") else ""
        path = self._urls.path("desk")
        return f"{COOKIE}={secret}; Path={path}; HttpOnly; SameSite=Lax{secure}"

    async def leave(self, request: Request) -> Response:
        """End the session, or with `everywhere` all of them; and lead to the way in."""
        who = self._who(request)
        if who is not None:
            form = await self._form(who, request)
            if form is None:
                return self._refused(who, "stale")
            if form.get("everywhere"):
                logins.sign_out_everywhere(who.services, who.member.name, who.by, who.now)
            else:
                logins.sign_out(who.services, who.session, who.now)
        response = self._led(self._urls.path("desk", "enter"))
        path = self._urls.path("desk")
        response.headers.append("set-cookie", f"{COOKIE}=; Path={path}; Max-Age=0; HttpOnly")
        return response

    async def speak(self, request: Request) -> Response:
        """Let the desk speak another language in this session."""
        who = self._who(request)
        if who is None:
            return self._led(self._urls.path("desk", "enter"))
        form = await self._form(who, request)
        if form is None:
            return self._refused(who, "stale")
        if form.get("language") in who.services.renderer.tags(WORDS).values():
            who.services.store.logins.speak(who.session, form["language"])
        return self._led(done(who, "language").path)

    async def nowhere(self, request: Request) -> Response:
        """Say that there is no such page, to who is at the desk."""
        who = self._who(request)
        if who is None:
            return self._led(self._urls.path("desk", "enter"))
        words = who.words["refused"]
        return self._message(who, words["missing"], words["gone"], HTTPStatus.NOT_FOUND)

    async def static(self, request: Request) -> Response:
        """Send one of the desk's own files."""
        name = request.path_params["name"]
        if name not in STATIC:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        kind = TYPES[name[name.rindex(".") :]]
        headers = {"cache-control": "public, max-age=3600"}
        return Response(STATIC[name], media_type=f"{kind}; charset=utf-8", headers=headers)


def _typed(form: Mapping[str, str]) -> str:
    """Return what its sender wrote in a form, in their own words; '' for nothing."""
    return next((text for name in WRITTEN if (text := field(form, name))), "")


def done(who: Colleague, key: str, *parts: str, **query: str) -> Elsewhere:
    """Return the way to a page of the desk that says what became of a form.

    `key` is one of the words' table [done], `parts` are those of the page's path.
    """
    asked = "&".join(f"{name}={quote(value)}" for name, value in {DONE: key, **query}.items())
    return Elsewhere(path=f"{who.path(*parts)}?{asked}")


def field(form: Mapping[str, str], name: str) -> str:
    """Return a field of a form without spaces around it and without control characters; '' for one
    that it lacks.
    """
    return without_controls(form.get(name, "")).strip()


_DIGITS = 18
"""Digits of a number that has no more than 64 bits, whatever they are."""


def numbered(written: str) -> int:
    """Return the number of a row that somebody wrote; 0, which no row has, for anything else."""
    return int(written) if written.isdecimal() and len(written) <= _DIGITS else 0
