"""What each address does: a handler reads the token, shows on GET and acts on POST.

It acts through the functions of `bot.jobs`, as the chat does.
"""

import logging
from collections.abc import Callable
from datetime import date, datetime
from http import HTTPStatus
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from bot.conversation.pledges.still import LONGEST
from bot.errors import DrumbeatError
from bot.gaps import filled
from bot.jobs.people import leaving
from bot.jobs.pledges import journeys, officials
from bot.jobs.services import Services
from bot.jobs.texts import letters, signed
from bot.languages import nearest
from bot.model.person import Contact, Status
from bot.model.pledge import JourneyState, Outcome, Pledge
from bot.model.words import JourneyWords
from bot.model.words.web import ConfirmWords, LeaveWords, LetterWords, StillWords
from bot.rules.journey import Event
from bot.rules.tokens import Purpose
from bot.times import epoch
from bot.web import visit
from bot.web.asked import Asked
from bot.web.forms import fields
from bot.web.linked import (
    answer,
    done,
    event,
    invited,
    join,
    meet,
    mine,
    official,
    proposal,
    report,
    settings,
)
from bot.web.public.reader import FALLBACK
from bot.web.public.reader import WORDS as PUBLIC_WORDS
from bot.web.view import STYLE, Choice, Page, show, spoken, wanted_language, words

log = logging.getLogger(__name__)

_MOST_BYTES = 30_000


class Pages:
    """The handlers of the pages that letters lead to."""

    def __init__(self, services: Callable[[], Services], clock: Callable[[], datetime]) -> None:
        self._services = services
        self._clock = clock

    async def health(self, request: Request) -> Response:  # noqa: ARG002 - Starlette's signature
        """Answer 200 while the database can be read, else 503."""
        try:
            self._services().store.meta.get("kind")
        except DrumbeatError:
            return JSONResponse({"status": "the database can't be read"}, status_code=503)
        return JSONResponse({"status": "ok"})

    async def style(self, request: Request) -> Response:  # noqa: ARG002 - Starlette's signature
        """Send the one style sheet of all pages."""
        return Response(
            STYLE,
            media_type="text/css",
            headers={"cache-control": "public, max-age=3600"},
        )

    async def confirm(self, request: Request) -> Response:
        """Answer the link that agrees to get letters."""
        return await self._act(request, Purpose.CONFIRM, _confirm)

    async def leave(self, request: Request) -> Response:
        """Answer the link that unsubscribes; a mail program may POST it in one click (RFC 8058)."""
        return await self._act(request, Purpose.UNSUBSCRIBE, _leave)

    async def report(self, request: Request) -> Response:
        """Answer the link that reports a milestone."""
        return await self._act(request, Purpose.REPORT, report.report)

    async def still(self, request: Request) -> Response:
        """Answer the link under "Still with us?"."""
        return await self._act(request, Purpose.STILL, _still)

    async def official(self, request: Request) -> Response:
        """Answer the link that confirms, from an official address, that a pledge comes from it."""
        return await self._act(request, Purpose.OFFICIAL, official.confirm)

    async def pledge(self, request: Request) -> Response:
        """Answer the link that submits a pledge which was written on a page."""
        return await self._act(request, Purpose.PLEDGE, proposal.submit)

    async def done(self, request: Request) -> Response:
        """Answer the link by which somebody says that they did what an action asks."""
        return await self._act(request, Purpose.DONE, done.tick)

    async def join(self, request: Request) -> Response:
        """Answer the link that confirms who has signed up to the newsletter."""
        return await self._act(request, Purpose.JOIN, join.join)

    async def event(self, request: Request) -> Response:
        """Answer the link by which somebody leaves an event, or says that they were there."""
        return await self._act(request, Purpose.EVENT, event.answer)

    async def settings(self, request: Request) -> Response:
        """Answer the link by which somebody changes what letters come, and when."""
        return await self._act(request, Purpose.SETTINGS, settings.change)

    async def invited(self, request: Request) -> Response:
        """Answer the link that lets who was invited edit a pledge."""
        return await self._act(request, Purpose.INVITED, invited.join)

    async def meet(self, request: Request) -> Response:
        """Answer the link that asks a maker whether they want to know another one."""
        return await self._act(request, Purpose.MEET, meet.answer)

    async def answer(self, request: Request) -> Response:
        """Answer the link by which a maker answers a question about their pledge."""
        return await self._act(request, Purpose.ANSWER, answer.reply)

    async def mine(self, request: Request) -> Response:
        """Answer the link that opens the pages of a pledge's maker: a POST uses it up, and leads
        there.
        """
        services = self._services()
        asked = await self._asked(services, request, Purpose.MINE)
        secret = mine.enter(asked) if asked is not None and asked.posted else None
        if asked is None or secret is None:
            return await self._answered(request, Purpose.MINE, asked, mine.knock)
        base = str(request.scope["path"]).rpartition(f"/{Purpose.MINE.value}/")[0]
        tags = services.renderer.tags(PUBLIC_WORDS).values()
        here = nearest(asked.language, tags) or FALLBACK
        answer = RedirectResponse(f"{quote(base)}/{here}/mine", HTTPStatus.SEE_OTHER)
        https = services.settings.web is not None and services.settings.web.public_url.startswith(
            "https:"
        )
        paths = (f"{quote(base)}/{tag}/mine" for tag in tags)
        visit.keep(answer, secret, paths, https=https)
        return answer

    async def lost(self, request: Request, error: Exception) -> Response:
        """Answer with a page that there is nothing here, or that the token isn't ours."""
        status = error.status_code if isinstance(error, HTTPException) else 404
        return self._plain(request, status)

    async def broken(self, request: Request, error: Exception) -> Response:
        """Answer with a page that something of ours failed, and log the error."""
        # the address stays out of the log, since it holds a token
        log.error("a page failed: %s", type(error).__name__, exc_info=error)
        return self._plain(request, HTTPStatus.INTERNAL_SERVER_ERROR)

    def _plain(self, request: Request, status: int) -> Response:
        services = self._services()
        language = wanted_language(request, services)
        both = words(services, language)
        said = both.broken if status == HTTPStatus.INTERNAL_SERVER_ERROR else both.lost
        return show(services, Page(title=said.title, text=said.text), language, status=status)

    def _nobody(self, request: Request, purpose: Purpose) -> Response:
        """Answer a link of ours whose address is no longer kept."""
        if purpose is not Purpose.UNSUBSCRIBE:
            raise HTTPException(404)
        services = self._services()
        language = wanted_language(request, services)
        return show(services, _is_not_listed(words(services, language).leave), language)

    async def _act(
        self, request: Request, purpose: Purpose, answer: Callable[[Asked], Page | None]
    ) -> Response:
        asked = await self._asked(self._services(), request, purpose)
        return await self._answered(request, purpose, asked, answer)

    async def _answered(
        self,
        request: Request,
        purpose: Purpose,
        asked: Asked | None,
        answer: Callable[[Asked], Page | None],
    ) -> Response:
        if asked is None:
            return self._nobody(request, purpose)
        try:
            page = answer(asked)
        except DrumbeatError as error:
            return await self.broken(request, error)
        if page is None:
            raise HTTPException(404)
        return show(asked.services, page, asked.spoken)

    async def _asked(self, services: Services, request: Request, purpose: Purpose) -> Asked | None:
        """Return what a link asks for; None for one of ours whose address is no longer kept.

        Raises `HTTPException` 404 for what is no link of ours.
        """
        read, key = letters.read(services.store, request.path_params["token"], self._clock())
        if read is None or read.grant.purpose is not purpose:
            raise HTTPException(404)
        grant = signed.holder(services, read, key)
        if grant is None:
            return None
        posted = request.method == "POST"
        form = await fields(request, _MOST_BYTES) if posted else {}
        language = services.store.people.language(grant.person) or wanted_language(
            request, services
        )
        return Asked(
            services=services,
            grant=grant,
            made=read.at,
            language=language,
            spoken=spoken(services, language),
            now=self._clock(),
            form=form,
            posted=posted,
        )


def _confirm(asked: Asked) -> Page | None:
    said, contacts = asked.words.confirm, asked.services.store.contacts
    contact = contacts.get(asked.grant.person)
    if contact is None:
        return None
    if contact.status is not Status.UNCONFIRMED:
        return Page(title=said.done_title, text=said.already, over=asked.over())
    if contact.asked is None and asked.made is None:  # nobody has written to them yet
        return None
    if asked.is_old(contact.asked or 0):
        return _old_confirm(asked, said)
    if asked.posted:
        contacts.confirm(contact.person, epoch(asked.now))
        _proved(asked, contact)
        return Page(title=said.done_title, text=said.done, over=asked.over())
    text, button = _worded(asked, contact.channel, said)
    shown = filled(text, campaign=asked.over(), address=contact.address)
    return Page(
        title=said.title, text=shown, choices=[Choice(label=button, value="yes", first=True)]
    )


def _old_confirm(asked: Asked, said: ConfirmWords) -> Page:
    """Return the page for a link that was used too late; it says where to agree all the same."""
    text = filled(said.old, contact=asked.contact) if asked.contact else said.old_reply
    return Page(title=said.old_title, text=text, over=asked.over())


def _worded(asked: Asked, channel_id: int, said: LetterWords) -> tuple[str, str]:
    """Return the text and the button of a page, in the words for a person or for a chat room."""
    channel = asked.services.channel(channel_id)
    room = channel is not None and letters.kind(channel.network) == letters.ROOM
    return (said.room, said.room_button) if room else (said.text, said.button)


def _proved(asked: Asked, contact: Contact) -> None:
    """Note on the person's pledges that they answered from an address of this domain.

    Staff see the domain, and judge it before anything is published.
    """
    channel = asked.services.channel(contact.channel)
    if channel is None or letters.kind(channel.network) == letters.ROOM:
        return
    domain = contact.address.rpartition("@")[2]
    for pledge in asked.services.store.pledges.of_person(contact.person):
        officials.confirmed(asked.services, pledge.id, contact.person, domain, asked.now)


def _leave(asked: Asked) -> Page | None:
    said, store, person = asked.words.leave, asked.services.store, asked.grant.person
    contact, address = store.contacts.get(person), store.people.address(person)
    outcomes = {each.outcome for each in store.proposals.of_person(person)}
    outcomes |= {each.outcome for each in store.invitations.to(person)}
    outcomes |= {each.outcome for each in store.signups.of_person(person)}
    waits = Outcome.OPEN in outcomes
    if contact is None and not waits and not officials.open_to(asked.services, person):
        return _is_not_listed(said)
    if asked.posted:
        leaving.leave(asked.services, person, asked.now)
        return Page(title=said.done_title, text=said.done)
    place = store.people.where(person)
    text, button = _worded(asked, place.channel if place else 0, said)
    shown = filled(text, address=address or "")
    return Page(
        title=said.title,
        text=shown,
        choices=[Choice(label=button, value="yes", first=True)],
        over=asked.over(),
    )


def _is_not_listed(said: LeaveWords) -> Page:
    return Page(title=said.done_title, text=said.gone)


_ANSWERS = {
    "here": Event.RESUMED,
    "need_help": Event.NEED_HELP,
    "change_contact": Event.CHANGE_CONTACT,
    "cant_continue": Event.CANT_CONTINUE,
}


def _still(asked: Asked) -> Page | None:
    store = asked.services.store
    pledge = store.pledges.get(asked.grant.subject)
    if pledge is None or not store.editors.may_edit(pledge.id, asked.grant.person):
        return None
    said, answer = asked.words.still, asked.form.get("answer", "")
    if asked.posted and answer in _ANSWERS:
        journeys.happened(asked.services, pledge.id, _ANSWERS[answer], asked.by, asked.now)
        texts = {
            "need_help": said.staff,
            "change_contact": said.staff,
            "cant_continue": said.cant_continue,
        }
        return Page(title=said.done_title, text=texts.get(answer, said.done))
    until = _day(asked) if asked.posted else None
    if until is not None:
        journeys.happened(asked.services, pledge.id, Event.PAUSE, asked.by, asked.now, until)
        return Page(title=said.done_title, text=filled(said.pause, until=asked.day(until)))
    return _ask_still(asked, pledge, said)


def _ask_still(asked: Asked, pledge: Pledge, said: StillWords) -> Page:
    campaign = asked.services.library.campaigns.get(pledge.campaign)
    own = (
        asked.services.renderer.words(campaign, asked.language).journey
        if campaign
        else JourneyWords()
    )
    tasks = {"need_help": own.need_help, "change_contact": own.change_contact}
    choices = [
        Choice(label=said.here, value="here", first=True),
        *(Choice(label=label, value=name) for name, label in tasks.items() if label),
        Choice(
            label=own.pause or said.until,
            value="pause",
            field="date",
            field_label=said.until,
        ),
        *([Choice(label=own.cant_continue, value="cant_continue")] if own.cant_continue else []),
    ]
    problem = said.day if asked.posted else ""
    text = "" if pledge.journey is JourneyState.ACTIVE else own.still_with_us.strip()
    return Page(
        title=said.title,
        text=text,
        problem=problem,
        choices=choices,
        over=f"{pledge.organisation} {pledge.name}".strip(),
    )


def _day(asked: Asked) -> date | None:
    """Return the day that was given, if it lies ahead, by at most `LONGEST` days."""
    try:
        day = date.fromisoformat(asked.form.get("field", ""))
    except ValueError:
        return None
    return day if 0 < (day - asked.now.date()).days <= LONGEST else None
