"""The public site over HTTP: asks the page of a route, and answers with its headers.

What a page answers is kept until the data, the day or what `version` says change, and carries an
``ETag``: who asks again gets 304. Nothing of who reads is kept or logged.
"""

import hashlib
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from inspect import isawaitable
from urllib.parse import quote, unquote, urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.jobs.services import Services
from bot.languages import nearest, preferred
from bot.model import Campaign
from bot.times import epoch
from bot.web.forms import fields, is_own
from bot.web.headers import kept_as
from bot.web.hourly import Hourly
from bot.web.public import menu
from bot.web.public.headers import HEADERS, LIVING
from bot.web.public.reader import FALLBACK, WORDS, Answer, Elsewhere, File, Reader, Shown, Urls
from bot.web.public.shown import shown_campaigns
from bot.web.public.view import html
from bot.web.visit import COOKIE

log = logging.getLogger(__name__)

KEPT = 400
"""Most answers that are kept."""

KEPT_BYTES = 16_000_000
"""Most bytes of all answers that are kept."""

_LONGEST_QUERY = 500
"""Characters of a query that anybody needs; a longer one is no page of ours."""

_URGENT = 3
"""What one client may send within a minute where it can't wait for an hour."""

_HIDDEN = "noindex, nofollow"
"""The header x-robots-tag of what search engines shall leave out."""

_SAID: Mapping[int, str] = {
    HTTPStatus.GONE: "gone",
    HTTPStatus.INTERNAL_SERVER_ERROR: "broken",
    **dict.fromkeys(
        (HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
        "refused",
    ),
}
"""The words of the page for an answer that is none of what was asked for; else those of 404."""

Handler = Callable[[Reader], Answer | Awaitable[Answer]]
Poster = Callable[[Reader, Mapping[str, str]], Answer | Awaitable[Answer]]


def _never_changes(_services: Services) -> Hashable:
    return None


@dataclass(frozen=True, kw_only=True)
class PublicPage:
    """A route of the site below /{language}/, and who answers it; data are below /api/ and have
    their language behind the question mark.

    A path with {campaign} in it is answered for campaigns that are shown, else 404. `version` gives
    what the answer depends on beside data files and day, such as a count of changed pledges; None
    instead of a function: it is never kept.
    """

    path: str
    answer: Handler
    version: Callable[[Services], Hashable] | None = _never_changes
    #: False: browsers and proxies keep none of it, since what it shows may be withdrawn
    copied: bool = True
    #: whether it shows no menu and reads nothing behind the question mark, so that no other answer
    #: has to be made for what stands there
    alone: bool = False
    #: gives what counts of what stands behind the question mark, and raises `HTTPException` 400 for
    #: what nobody can mean; None: all counts
    checked: Callable[[Mapping[str, str]], Mapping[str, str]] | None = None
    #: answers the page's form, by the first value of each field; None: it has none
    posted: Poster | None = None
    #: most that its form may send
    most_bytes: int = 10_000
    #: whether it is for makers of pledges, whose letter has opened it
    own: bool = False
    #: whether what its form sends can't wait for an hour, so that it is counted by the minute
    urgent: bool = False

    @property
    def methods(self) -> list[str]:
        """What may be asked of the page."""
        return ["GET"] if self.posted is None else ["GET", "POST"]


@dataclass(frozen=True)
class _Kept:
    content: bytes
    headers: dict[str, str]
    status: int


class Site:
    """The public pages of `services`, which change when the data are read again.

    `takes` says whether forms are taken; else the site only shows.
    """

    def __init__(
        self,
        services: Callable[[], Services],
        clock: Callable[[], datetime],
        urls: Urls,
        *,
        takes: bool = False,
    ) -> None:
        self._services = services
        self._clock = clock
        self._urls = urls
        self._takes = takes
        self._answers: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._bytes = 0
        self._hourly = Hourly()
        self._urgent = Hourly(_URGENT, timedelta(minutes=1))
        self._of: Services | None = None

    def route(self, page: PublicPage) -> Callable[[Request], Awaitable[Response]]:
        """Return the Starlette endpoint of a page."""

        async def endpoint(request: Request) -> Response:
            if (spoken := self._unspoken(request)) is not None:
                return spoken
            reader = self._reader(page, request)
            if page.own:
                reader = replace(reader, visitor=self._visitor(request, reader))
            if request.method == "POST":
                return await self._posted(page, reader, request)
            key = self._key(page, reader, request)
            kept = self._answers.get(key) if key is not None else None
            if kept is None:
                answer = page.answer(reader)
                answer = await answer if isawaitable(answer) else answer
                if isinstance(answer, Elsewhere):
                    return _led(answer, living=key is None)
                kept = self._made(reader, answer, living=key is None or not page.copied)
                if key is not None and kept.status == HTTPStatus.OK:
                    self._keep(reader, key, kept)
            elif key is not None:
                self._answers.move_to_end(key)
            return _answered(kept, request)

        return endpoint

    async def _posted(self, page: PublicPage, reader: Reader, request: Request) -> Response:
        if page.posted is None or not self._takes:
            raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED)
        if not is_own(request, self._urls.origin):
            raise HTTPException(HTTPStatus.FORBIDDEN)
        form, client = await fields(request, page.most_bytes), request.client
        host, now = client.host if client else "", reader.now
        counted = self._urgent if page.urgent else self._hourly
        answer = page.posted(replace(reader, may_send=lambda: counted.take(host, now)), form)
        answer = await answer if isawaitable(answer) else answer
        if isinstance(answer, Elsewhere):
            return _led(answer, living=True)
        return _answered(self._made(reader, answer, living=True), request)

    def file(
        self, answer: Callable[[Reader], File | None]
    ) -> Callable[[Request], Awaitable[Response]]:
        """Return the endpoint of a file that is the same in all languages; None is a 404."""

        async def endpoint(request: Request) -> Response:
            parts = {name: str(part) for name, part in request.path_params.items()}
            file = answer(self._anybody(FALLBACK, parts))
            if file is None:
                raise HTTPException(HTTPStatus.NOT_FOUND)
            return _answered(self._made(self._anybody(FALLBACK), file, living=False), request)

        return endpoint

    async def home(self, request: Request) -> Response:
        """Lead to the first page in the language that the browser likes best."""
        return self._spoken_at(request, "")

    def _unspoken(self, request: Request) -> Response | None:
        """Lead from an address of a campaign without a language, as texts have it, to the page in
        the language that the browser likes best; None for an address that has one.
        """
        first = request.path_params.get("language")
        services = self._services()
        if first is None or first in services.renderer.tags(WORDS).values():
            return None
        if first not in shown_campaigns(services, self._clock().date()):
            return None
        query = urlencode(request.query_params.multi_items())
        parts = self.below(request).strip("/").split("/")
        return self._spoken_at(request, *parts, query=query)

    def below(self, request: Request) -> str:
        """Return the path that was asked for below our own, from its slash on, decoded.

        Starlette's `request.url` would be made of the host that a request names, too.
        """
        return str(request.scope["path"]).removeprefix(unquote(self._urls.base))

    def _spoken_at(self, request: Request, *parts: str, query: str = "") -> Response:
        tags = self._services().renderer.tags(WORDS)
        wanted = preferred(request.headers.get("accept-language", ""), tags, FALLBACK)
        headers = HEADERS | {"vary": "accept-language", "cache-control": "no-cache"}
        path = self._urls.path(wanted, *parts)
        path = f"{path}?{query}" if query else path
        return RedirectResponse(path, HTTPStatus.SEE_OTHER, headers)

    def broken(self, request: Request, error: Exception) -> Response:
        """Answer that something of ours failed, and log the error without the page's address:
        what somebody reads is nobody's business.
        """
        log.error("a public page failed: %s", type(error).__name__, exc_info=error)
        return self.failed(request, HTTPStatus.INTERNAL_SERVER_ERROR)

    def asks_for_data(self, request: Request) -> bool:
        """Return whether a program asks, which can't read a page."""
        return self.below(request).startswith("/api/")

    def failed(
        self, request: Request, status: int, headers: Mapping[str, str] | None = None
    ) -> Response:
        """Answer with a page that says what is wrong and where to go on: 404, 410, 500, and for a
        form that was not taken; `headers` are those of the error.
        """
        services = self._services()
        tags = services.renderer.tags(WORDS)
        language = _spoken(self.below(request), tags.values()) or preferred(
            request.headers.get("accept-language", ""), tags, FALLBACK
        )
        reader = self._anybody(language)
        words = reader.words[_SAID.get(status, "lost")]
        page = Shown(
            template="message.html",
            title=words["title"],
            values={"text": words["text"]},
            status=status,
            indexed=False,
        )
        answer = _answered(self._made(reader, page, living=True), request)
        answer.headers.update(headers or {})
        return answer

    def _anybody(self, language: str, parts: Mapping[str, str] | None = None) -> Reader:
        return Reader(
            services=self._services(),
            urls=self._urls,
            language=language,
            campaign=None,
            now=self._clock(),
            parts=parts or {},
            takes=self._takes,
        )

    def _reader(self, page: PublicPage, request: Request) -> Reader:
        services = self._services()
        parts = {name: str(part) for name, part in request.path_params.items()}
        campaign = self._campaign(services, parts.get("campaign"))
        query: Mapping[str, str] = dict(request.query_params)
        if page.checked is not None:
            query = page.checked(query)
            language, rest = self._wanted(services, campaign, query.get("lang", "")), ""
        else:
            language, rest = parts["language"], self._rest(request)
            if language not in services.renderer.tags(WORDS).values():
                raise HTTPException(HTTPStatus.NOT_FOUND)
        return Reader(
            services=services,
            urls=self._urls,
            language=language,
            campaign=campaign,
            now=self._clock(),
            parts=parts,
            takes=self._takes,
            query=query,
            rest=rest,
        )

    def _rest(self, request: Request) -> str:
        """Return path and query behind the language; raises `HTTPException` 404 for a query that
        is longer than any of ours.
        """
        if len(request.scope["query_string"]) > _LONGEST_QUERY:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        language = request.path_params["language"]
        rest = quote(self.below(request).removeprefix(f"/{language}/"))
        query = urlencode(request.query_params.multi_items())
        return f"{rest}?{query}" if query else rest

    def _wanted(self, services: Services, campaign: Campaign | None, wanted: str) -> str:
        """Return the language that data are asked for in: the campaign's own where none is named.

        Raises `HTTPException` 400 for one in which pages don't speak.
        """
        tags = sorted(services.renderer.tags(WORDS).values())
        if wanted and wanted not in tags:
            detail = f"lang: pages don't speak this language; there are {', '.join(tags)}"
            raise HTTPException(HTTPStatus.BAD_REQUEST, detail)
        own = campaign.language if campaign else FALLBACK
        return wanted or nearest(own, tags) or FALLBACK

    def _visitor(self, request: Request, reader: Reader) -> int | None:
        secret = request.cookies.get(COOKIE, "")
        return reader.services.store.visits.who(secret, epoch(reader.now)) if secret else None

    def _campaign(self, services: Services, name: str | None) -> Campaign | None:
        if name is None:
            return None
        campaign = shown_campaigns(services, self._clock().date()).get(name)
        if campaign is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return campaign

    def _key(self, page: PublicPage, reader: Reader, request: Request) -> Hashable:
        if page.version is None:
            return None
        if reader.services is not self._of:
            self._answers.clear()
            self._of, self._bytes = reader.services, 0
        version = page.version(reader.services)
        if page.alone:
            asked = () if page.checked is None else tuple(reader.query.items())
            return (request.scope["path"], reader.language, *asked, reader.today, version)
        # a page that has got its first data, or lost its last, comes and goes in all menus
        listed = tuple(entry.key for entry in menu.shown(reader))
        address = (request.scope["path"], request.scope["query_string"])
        return (*address, reader.today, version, listed)

    def _keep(self, reader: Reader, key: Hashable, kept: _Kept) -> None:
        if reader.services is not self._of:  # the data were read again while it was made
            return
        if same := self._answers.pop(key, None):  # somebody asked for it meanwhile, too
            self._bytes -= len(same.content)
        self._answers[key] = kept
        self._bytes += len(kept.content)
        while len(self._answers) > KEPT or self._bytes > KEPT_BYTES:
            _, oldest = self._answers.popitem(last=False)
            self._bytes -= len(oldest.content)

    def _made(self, reader: Reader, answer: Shown | File, *, living: bool) -> _Kept:
        headers = dict(HEADERS)
        if isinstance(answer, Shown):
            content, media_type = html(reader, answer).encode(), "text/html; charset=utf-8"
            headers["content-language"] = reader.language
            if not answer.indexed:
                headers["x-robots-tag"] = _HIDDEN
        else:
            content, media_type = answer.content, answer.media_type
            headers["cache-control"] = f"public, max-age={answer.fresh}"
            headers |= answer.headers
            if answer.filename:
                headers |= kept_as(answer.filename)
            if answer.changed is not None:
                headers["last-modified"] = format_datetime(answer.changed, usegmt=True)
        if living:
            headers["cache-control"] = LIVING
        if reader.playing:
            headers["x-robots-tag"] = _HIDDEN
        headers["content-type"] = media_type
        headers["etag"] = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        return _Kept(content, headers, answer.status)


def _led(answer: Elsewhere, *, living: bool) -> Response:
    """Lead to another page; where that depends on who asks, no browser takes the way again without
    asking.
    """
    headers = HEADERS | ({"cache-control": LIVING} if living else {})
    return RedirectResponse(answer.path, HTTPStatus.SEE_OTHER, headers)


def _answered(kept: _Kept, request: Request) -> Response:
    if kept.status == HTTPStatus.OK and _is_known(kept.headers, request):
        headers = {k: v for k, v in kept.headers.items() if k != "content-type"}
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(kept.content, kept.status, kept.headers)


def _is_known(headers: dict[str, str], request: Request) -> bool:
    """Return whether who asks has this very answer already (RFC 9110, 13.1)."""
    known = request.headers.get("if-none-match")
    if known is not None:
        tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
        return "*" in tags or headers["etag"] in tags
    since, changed = request.headers.get("if-modified-since"), headers.get("last-modified")
    if since is None or changed is None:
        return False
    try:
        return parsedate_to_datetime(changed) <= parsedate_to_datetime(since)
    except (TypeError, ValueError, OverflowError):  # a stranger may send any year
        return False


def _spoken(path: str, tags: Collection[str]) -> str | None:
    """Return the language that a path begins with, where it is one of ours."""
    first = path.strip("/").partition("/")[0]
    return first if first in tags else None
