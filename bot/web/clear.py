"""The page behind the link of a clearance: a post or a pledge as it would go out, for somebody
without an account, who clears it or sends it back.

There is no cookie and no session: the link is all that is needed, and all that it opens is this one
page. To look changes nothing, since programs follow links.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.jobs.counting.figures import network_name
from bot.jobs.services import Services
from bot.jobs.staff import answering, clearances
from bot.languages import nearest, preferred, said_instant
from bot.model.outbox import Shown
from bot.model.staff import Actor
from bot.model.staff.clearance import (
    LONGEST_NAME,
    LONGEST_REASON,
    Became,
    Clearance,
    Stand,
    Subject,
)
from bot.rules import dates
from bot.times import from_epoch
from bot.web.desk.colleague import FALLBACK, WORDS
from bot.web.desk.site import HEADERS, field
from bot.web.desk.view import plain_html
from bot.web.forms import fields, is_own
from bot.web.hourly import Hourly
from bot.web.public.reader import Urls

_MOST_BYTES = 20_000
_ANSWERS = 30
"""Forms that one client may send within an hour."""

_STATUS: Mapping[str, HTTPStatus] = {
    **dict.fromkeys((Stand.REVOKED, Stand.VOIDED, Stand.OVER), HTTPStatus.GONE),
    **dict.fromkeys(("button", "name", "reason"), HTTPStatus.UNPROCESSABLE_ENTITY),
    "often": HTTPStatus.TOO_MANY_REQUESTS,
}
"""The status of a page that can't be answered any more, or whose form lacked something."""

_ANSWERED = {"clear": Became.CLEARED, "back": Became.SENT_BACK}


class Clear:
    """The pages of clearances of `services`, which change when the data are read again."""

    def __init__(
        self, services: Callable[[], Services], clock: Callable[[], datetime], urls: Urls
    ) -> None:
        self._services = services
        self._clock = clock
        self._urls = urls
        self._hourly = Hourly(_ANSWERS)

    async def page(self, request: Request) -> Response:
        """Show what is to be cleared; on POST keep the answer."""
        services, now = self._services(), self._clock()
        asked = services.store.clearances.opened(request.path_params["secret"])
        if asked is None:
            return self._unknown(request)
        if request.method != "POST":  # HEAD is to look, too, whatever it carries
            return self._shown(request, asked, {})
        form = await fields(request, _MOST_BYTES)
        if wrong := self._refused(request) or _wrong(form):
            return self._shown(request, asked, form, wrong=wrong)
        name, reason = field(form, "name"), field(form, "reason")
        answering.answer(services, asked, _ANSWERED[form["do"]], name, reason, now)
        return RedirectResponse(self._path(request), HTTPStatus.SEE_OTHER, HEADERS)

    def _path(self, request: Request) -> str:
        """Return the path of this page as people see it, before a proxy that cuts some off."""
        return self._urls.path(clearances.CLEAR, request.path_params["secret"])

    def _refused(self, request: Request) -> str:
        """Return 'often' for a form of who has sent very many, '' for any other of ours."""
        if not is_own(request, self._urls.origin):
            raise HTTPException(HTTPStatus.FORBIDDEN)
        client = request.client.host if request.client else ""
        return "" if self._hourly.take(client, self._clock()) else "often"

    async def picture(self, request: Request) -> Response:
        """Send the picture of the post that is to be cleared, to the byte as it would leave."""
        services = self._services()
        asked = services.store.clearances.opened(request.path_params["secret"])
        post = clearances.look(services, asked, self._clock())[1] if asked is not None else None
        body = post.body if post is not None else None
        if body is None or body.picture is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return Response(body.picture.data, HTTPStatus.OK, HEADERS, media_type=body.picture.mime)

    def _shown(
        self, request: Request, asked: Clearance, form: Mapping[str, str], *, wrong: str = ""
    ) -> Response:
        services = self._services()
        stand, post = clearances.look(services, asked, self._clock())
        language = nearest(asked.language, services.renderer.tags(WORDS).values()) or FALLBACK
        status = _STATUS.get(stand) or _STATUS.get(wrong, HTTPStatus.OK)
        values = self._open(asked, post, language) if stand is Stand.OPEN else {}
        return self._html(
            "clear.html",
            language,
            status,
            stand=stand.value,
            asked=asked,
            by=_name(services, asked.by),
            at=self._instant(asked.answered, language),
            picture=f"{self._path(request)}/picture",
            wrong=wrong,
            form={name: field(form, name) for name in ("name", "reason")},
            most={"name": LONGEST_NAME, "reason": LONGEST_REASON},
            **values,
        )

    def _open(self, asked: Clearance, post: Shown | None, language: str) -> dict[str, object]:
        """Return what a page shows as long as somebody can answer it; no post: it is a pledge."""
        services, subject = self._services(), asked.subject
        entry = services.store.listing.entry(subject.key)
        pledge = services.store.pledges.get(subject.pledge)
        title, end = clearances.told(services, asked, language)
        return {
            "title": title,
            "until": self._instant(end, language),
            "entry": entry,
            "network": network_name(services, entry.network, language) if entry else "",
            "body": post.body if post is not None else None,
            "due": self._instant(entry.due if entry else None, language),
            "pledge": pledge,
            "lines": clearances.answers(services, pledge, language) if pledge else [],
            "desk": self._urls.path("desk", *_at_desk(subject)),
        }

    def _instant(self, at: int | None, language: str) -> str:
        if at is None:
            return ""
        zone = dates.zone(self._services().settings.zone)
        return said_instant(from_epoch(at).astimezone(zone), language)

    def _unknown(self, request: Request) -> Response:
        tags = self._services().renderer.tags(WORDS)
        language = preferred(request.headers.get("accept-language", ""), tags, FALLBACK)
        return self._html("clear.html", language, HTTPStatus.GONE, stand="unknown")

    def _html(self, template: str, language: str, status: int, **values: object) -> Response:
        content = plain_html(self._services(), self._urls, template, language, **values)
        return Response(
            content, status, HEADERS | {"content-language": language}, media_type="text/html"
        )


def _wrong(form: Mapping[str, str]) -> str:
    """Return what a form lacks, as a key of the words' table [clearing.wrong]; '' for nothing."""
    if form.get("do") not in _ANSWERED:
        return "button"
    if not field(form, "name"):
        return "name"
    return "reason" if form["do"] == "back" and not field(form, "reason") else ""


def _name(services: Services, actor: Actor) -> str:
    member = services.team.member(actor)
    return member.name if member is not None else str(actor)


def _at_desk(subject: Subject) -> tuple[str, ...]:
    """Return the parts of the path at which staff decide about it themselves."""
    if subject.pledge:
        return ("pledges", str(subject.pledge))
    return ("posts", str(subject.key))
