"""Letters: what only one person's e-mail, or one room's message, has: a subject, links with signed
tokens, and headers by which mail programs unsubscribe.

The text itself is rendered once for many (`bot.jobs.texts.posts`, `bot.jobs.texts.notes`); here the
personal part is put below it. Which networks carry letters is declared by their files (`LETTERS`).
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache

from bot import networks
from bot.config import secrets
from bot.errors import RenderError
from bot.jobs.services import Services
from bot.jobs.texts import news, signed
from bot.model import Campaign, Channel, Kind, Letter, Message, Occurrence, Rendered, Role
from bot.model.outbox import Claimed
from bot.model.pledge import LETTER_DAYS, MADE, Outcome
from bot.model.staff import Actor
from bot.model.subject import Confirm, Still, Verify
from bot.rules import tokens
from bot.rules.tokens import Grant, Purpose, Signed, make
from bot.store import Store
from bot.times import epoch

Linked = Callable[..., str]
"""Gives the address of a page for one letter, by its purpose and what it is about."""

ROOM = "room"
MAIL = "mail"
"""What an address of a letter can be; each has texts of its own."""


@cache
def kind(network: str) -> str:
    """What an address is on this network: `MAIL`, `ROOM`, or '' where there are no letters."""
    return networks.load(network).LETTERS


def key(store: Store, environ: Mapping[str, str] | None = None) -> bytes:
    """The key of new tokens: DRUMBEAT_WEB_KEY (or …_FILE), else the newest of the keys file.

    Raises `DataError` for a file that can't be read, `StoreError` as `bot.store.keys.Keys.ring`.
    """
    return _own_key(environ) or store.keys.ring().links[0].key.encode()


def read(
    store: Store, token: str, now: datetime, environ: Mapping[str, str] | None = None
) -> tuple[Signed | None, bytes]:
    """What the token says, with the key that signed it; None when it is not ours, or its key is no
    longer taken.

    Where DRUMBEAT_WEB_KEY is set, only its own tokens are ours. Raises as `key`.
    """
    own = _own_key(environ)
    for each in (own,) if own else store.keys.ring().taken(epoch(now)):
        if signed_by := tokens.read(each, token):
            return signed_by, each
    return None, b""


def _own_key(environ: Mapping[str, str] | None) -> bytes | None:
    known, _ = secrets("web", ("key",), os.environ if environ is None else environ)
    return known["key"].reveal().encode() if "key" in known else None


def link(services: Services, purpose: Purpose, person: int, subject: int = 0, *, now: float) -> str:
    """The page where the bearer may do this, in a letter of this epoch second.

    Raises `RenderError` without `[web] public_url`.
    """
    if services.settings.web is None:
        raise RenderError(
            "config.toml: web: letters need public_url, the address under which people reach the"
            " pages"
        )
    grant = Grant(purpose=purpose, person=person, subject=subject)
    token = make(key(services.store), grant, signed.about(services, grant) or "", int(now))
    return f"{services.settings.web.public_url}/{purpose.value}/{token}"


def leave(services: Services, person: int, now: datetime) -> bool:
    """Somebody unsubscribes or is removed: their address is forgotten, and the pledges they edited
    alone become staff's to look after (`bot.jobs.pledges.lost`).
    """
    store, moment = services.store, epoch(now)
    with store.transaction():
        led = store.editors.led_by(person)
        store.editors.leave_all(person, moment)
        news.successors(services, led, now)
        place = store.people.where(person)
        name = next(
            (n for n, number in store.channels.ids().items() if place and number == place.channel),
            "",
        )
        asked = _decline(services, person, name, moment)
        return store.contacts.leave(person, name, moment) or asked


def _decline(services: Services, person: int, channel: str, moment: int) -> bool:
    """An official address that somebody gave wants no letters: staff see that it did not confirm,
    and nobody writes there again.
    """
    store = services.store
    requests = [
        request for request in store.officials.to(person) if request.outcome is Outcome.OPEN
    ]
    for request in requests:
        store.pledges.note(request.pledge, "declined", Actor.person(person), moment)
        store.forgotten.remember(channel, request.address, moment)
    store.officials.refuse(person)
    return bool(requests)


def personal(
    services: Services,
    channel: Channel,
    row: Claimed,
    occurrence: Occurrence,
    message: Message,
    now: float,
) -> Message:
    """The message as this person, or room, gets it at this epoch second.

    Unchanged on networks without letters, and for posts. Raises `RenderError`.
    """
    to = kind(channel.network)
    if not to or message.address is None or services.settings.web is None:
        return message
    campaign = services.library.campaigns[occurrence.campaign]

    def linked(purpose: Purpose, subject: int = 0) -> str:
        return link(services, purpose, row.recipient, subject, now=now)

    if occurrence.subject == Confirm():
        subject, text = _confirm(services, campaign, row, linked, to)
    elif occurrence.subject == Verify():
        subject, text = _official(services, campaign, row, occurrence.slot, linked)
    else:
        subject = _subject(services, campaign, channel, occurrence, message.body.language)
        text = "\n\n".join(
            [
                message.body.whole,
                *_footer(services, campaign, occurrence, row, message.body.language, linked, to),
            ]
        )
    leaving = f"<{linked(Purpose.UNSUBSCRIBE)}>"
    headers = (
        {"List-Unsubscribe": leaving, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        if to == MAIL
        else {}
    )
    letter = Letter(subject=subject, reply_to=campaign.contact or None, headers=headers)
    return replace(
        message,
        body=Rendered(text=text, language=message.body.language, picture=message.body.picture),
        letter=letter,
    )


def _confirm(
    services: Services, campaign: Campaign, row: Claimed, linked: Linked, to: str
) -> tuple[str, str]:
    title = services.renderer.words(campaign, row.language).title
    variables = {
        "campaign": title,
        "yes": linked(Purpose.CONFIRM),
        "no": linked(Purpose.UNSUBSCRIBE),
    }
    body = "room" if to == ROOM else "body"
    page = services.renderer.page
    parts = [
        page("mail/confirm", block, language=row.language, fallback="en", variables=variables).text
        for block in ("subject", body)
    ]
    return parts[0], parts[1]


def _official(
    services: Services, campaign: Campaign, row: Claimed, number: int, linked: Linked
) -> tuple[str, str]:
    request = services.store.officials.get(number)
    pledge = (
        services.store.pledges.get(request.pledge)
        if request and request.outcome is Outcome.OPEN
        else None
    )
    if pledge is None:
        raise RenderError(f"the request {number} to an official address is over; cancel its letter")
    variables = {
        "campaign": services.renderer.words(campaign, row.language).title,
        "organisation": harmless(pledge.organisation),
        "days": LETTER_DAYS,
        "yes": linked(Purpose.OFFICIAL, number),
        "no": linked(Purpose.UNSUBSCRIBE),
    }
    page = services.renderer.page
    parts = [
        page("mail/official", block, language=row.language, fallback="en", variables=variables).text
        for block in ("subject", "body")
    ]
    return parts[0], parts[1]


def harmless(name: str) -> str:
    """A name that somebody typed, for a letter to somebody else: on one line, and no mail program
    makes a link of anything in it.
    """
    return re.sub(r"(?<=\w)([.:/@])(?=[\w/])", "\\1\u2060", " ".join(name.split()))


def _subject(
    services: Services, campaign: Campaign, channel: Channel, occurrence: Occurrence, language: str
) -> str:
    """The title of the action, or of the prompt that a note is about."""
    action = campaign.action(occurrence.subject.about)
    if action is None:
        return services.renderer.words(campaign, language).title
    return services.renderer.text(
        campaign,
        action,
        Role.TITLE,
        language=language,
        network=channel.network,
        audience=occurrence.audience,
        day=occurrence.day,
    ).text


def _footer(
    services: Services,
    campaign: Campaign,
    occurrence: Occurrence,
    row: Claimed,
    language: str,
    linked: Linked,
    to: str,
) -> list[str]:
    variables: dict[str, object] = {
        "leave": linked(Purpose.UNSUBSCRIBE),
        "contact": campaign.contact,
    }
    blocks = []
    pledges = [
        p
        for p in services.store.pledges.of_person(row.recipient, occurrence.campaign)
        if p.state in MADE
    ]
    if pledges and isinstance(occurrence.subject, Still):
        variables["still"] = linked(Purpose.STILL, pledges[0].id)
        blocks.append("still")
    elif pledges and _is_prompt(services, occurrence):
        variables["report"] = linked(Purpose.REPORT, row.occurrence)
        blocks.append("report")
    last = "leave_room" if to == ROOM else "leave"
    page = services.renderer.page
    return [
        page("mail/footer", block, language=language, fallback="en", variables=variables).text
        for block in (*blocks, last)
    ]


def _is_prompt(services: Services, occurrence: Occurrence) -> bool:
    action = services.library.campaigns[occurrence.campaign].action(occurrence.subject.about)
    return action is not None and action.kind is Kind.PROMPT
