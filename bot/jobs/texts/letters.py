"""Letters: what only one person's e-mail, or one room's message, has: a subject, links with signed
tokens, and headers by which mail programs unsubscribe.

The text itself is rendered once for many (`bot.jobs.texts.posts`, `bot.jobs.texts.notes`); here the
personal part is put below it. Which networks carry letters is declared by their files (`LETTERS`).
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from bot import networks
from bot.config import secrets
from bot.errors import RenderError
from bot.jobs.services import Services
from bot.jobs.texts import news, signed
from bot.model import Campaign, Channel, Kind, Letter, Message, Occurrence, Rendered, Role
from bot.model.outbox import Claimed
from bot.model.pledge import LETTER_DAYS, MADE, Outcome, Pledge
from bot.model.staff import Actor
from bot.rules import tokens
from bot.rules.tokens import GRACE, Grant, Purpose, Signed, make
from bot.store import Store
from bot.store.keyring import LinkKey
from bot.times import epoch, from_epoch

ROOM = "room"
MAIL = "mail"
"""What an address of a letter can be; each has texts of its own."""


@cache
def kind(network: str) -> str:
    """What an address is on this network: `MAIL`, `ROOM`, or '' where there are no letters."""
    return networks.load(network).LETTERS


def key(store: Store, now: datetime, environ: Mapping[str, str] | None = None) -> bytes:
    """The key of new tokens: DRUMBEAT_WEB_KEY (or …_FILE), else the newest of the keys file.

    Raises `DataError` for a file that can't be read, `StoreError` as `bot.store.keys.Keys.ring`.
    """
    return _links(store, now, environ)[0].key.encode()


def read(
    store: Store, token: str, now: datetime, environ: Mapping[str, str] | None = None
) -> tuple[Signed | None, bytes]:
    """What the token says, with the key that signed it; None when it is not ours, or its key is no
    longer taken.

    A key of before is taken for its grace, and for unsubscribing without an end: nobody may be
    held to letters that they want no more. Raises as `key`.
    """
    for link in _links(store, now, environ):
        each = link.key.encode()
        if said := tokens.read(each, token):
            over = link.is_over(epoch(now)) and said.grant.purpose is not Purpose.UNSUBSCRIBE
            return (None, b"") if over else (said, each)
    return None, b""


def _links(store: Store, now: datetime, environ: Mapping[str, str] | None) -> tuple[LinkKey, ...]:
    """The keys of links, the one that signs first."""
    known, _ = secrets("web", ("key",), os.environ if environ is None else environ)
    given = known["key"].reveal() if "key" in known else None
    return store.keys.signing(given, epoch(now) + GRACE).links


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
    token = make(
        key(services.store, from_epoch(int(now))),
        grant,
        signed.about(services, grant) or "",
        int(now),
    )
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


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """One letter: to whom it goes, and what it is about."""

    services: Services
    channel: Channel
    row: Claimed
    occurrence: Occurrence
    #: the text that was made for many
    body: Rendered
    #: `MAIL` or `ROOM`
    to: str
    #: epoch seconds
    now: float

    @property
    def campaign(self) -> Campaign:
        """The campaign that writes."""
        return self.services.library.campaigns[self.occurrence.campaign]

    def link(self, purpose: Purpose, subject: int = 0) -> str:
        """Return the page where who gets this letter may do this; raises `RenderError`."""
        return link(self.services, purpose, self.row.recipient, subject, now=self.now)

    def page(self, name: str, block: str, language: str, variables: Mapping[str, object]) -> str:
        """Return a block of a letter's template; raises `RenderError`."""
        page = self.services.renderer.page
        return page(name, block, language=language, fallback="en", variables=variables).text

    def pledge(self) -> Pledge | None:
        """Return the first pledge that they made and edit; None where there is none."""
        edited = self.services.store.pledges.of_person(self.row.recipient, self.occurrence.campaign)
        return next((pledge for pledge in edited if pledge.state in MADE), None)


Writer = Callable[[Envelope], tuple[str, str]]
"""Gives a letter's subject and text."""


def personal(
    services: Services,
    channel: Channel,
    row: Claimed,
    occurrence: Occurrence,
    message: Message,
    now: float,
    write: Writer,
) -> Message:
    """The message as this person, or room, gets it at this epoch second, written by `write`.

    Unchanged on networks without letters, and for posts. Raises `RenderError`.
    """
    to = kind(channel.network)
    if not to or message.address is None or services.settings.web is None:
        return message
    envelope = Envelope(
        services=services,
        channel=channel,
        row=row,
        occurrence=occurrence,
        body=message.body,
        to=to,
        now=now,
    )
    subject, text = write(envelope)
    leaving = f"<{envelope.link(Purpose.UNSUBSCRIBE)}>"
    headers = (
        {"List-Unsubscribe": leaving, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        if to == MAIL
        else {}
    )
    letter = Letter(subject=subject, reply_to=envelope.campaign.contact or None, headers=headers)
    return replace(
        message,
        body=Rendered(text=text, language=message.body.language, picture=message.body.picture),
        letter=letter,
    )


def confirm(envelope: Envelope) -> tuple[str, str]:
    """Write the question whether somebody wants to hear from us."""
    services, language = envelope.services, envelope.row.language
    variables = {
        "campaign": services.renderer.words(envelope.campaign, language).title,
        "yes": envelope.link(Purpose.CONFIRM),
        "no": envelope.link(Purpose.UNSUBSCRIBE),
    }
    subject, text = (
        envelope.page("mail/confirm", block, language, variables)
        for block in ("subject", "room" if envelope.to == ROOM else "body")
    )
    return subject, text


def official(envelope: Envelope) -> tuple[str, str]:
    """Write to the official address that was given for a pledge, whether it comes from them.

    Raises `RenderError` where nobody waits for the answer any more.
    """
    services, language, number = envelope.services, envelope.row.language, envelope.occurrence.slot
    request = services.store.officials.get(number)
    pledge = (
        services.store.pledges.get(request.pledge)
        if request and request.outcome is Outcome.OPEN
        else None
    )
    if pledge is None:
        raise RenderError(f"the request {number} to an official address is over; cancel its letter")
    variables = {
        "campaign": services.renderer.words(envelope.campaign, language).title,
        "organisation": harmless(pledge.organisation),
        "days": LETTER_DAYS,
        "yes": envelope.link(Purpose.OFFICIAL, number),
        "no": envelope.link(Purpose.UNSUBSCRIBE),
    }
    subject, text = (
        envelope.page("mail/official", block, language, variables) for block in ("subject", "body")
    )
    return subject, text


def harmless(name: str) -> str:
    """A name that somebody typed, for a letter to somebody else: on one line, and no mail program
    makes a link of anything in it.
    """
    return re.sub(r"(?<=\w)([.:/@])(?=[\w/])", "\\1\u2060", " ".join(name.split()))


def usual(envelope: Envelope) -> tuple[str, str]:
    """Write the text under the title of what it is about, with links below: to report a prompt, for
    who has a pledge, and to unsubscribe.
    """
    if envelope.pledge() is None or not _is_prompt(envelope):
        return _letter(envelope)
    return _letter(envelope, report=envelope.link(Purpose.REPORT, envelope.row.occurrence))


def still(envelope: Envelope) -> tuple[str, str]:
    """Write the question whether they are still with us, with the link that answers it."""
    pledge = envelope.pledge()
    if pledge is None:
        return _letter(envelope)
    return _letter(envelope, still=envelope.link(Purpose.STILL, pledge.id))


def _letter(envelope: Envelope, **asked: str) -> tuple[str, str]:
    """The letter, with a block of the footer for each link by which something is answered."""
    leave = envelope.link(Purpose.UNSUBSCRIBE)
    variables = {**asked, "leave": leave, "contact": envelope.campaign.contact}
    last = "leave_room" if envelope.to == ROOM else "leave"
    footer = [
        envelope.page("mail/footer", block, envelope.body.language, variables)
        for block in (*asked, last)
    ]
    return _subject(envelope), "\n\n".join([envelope.body.whole, *footer])


def _subject(envelope: Envelope) -> str:
    """The title of the action, or of the prompt that a note is about."""
    renderer, occurrence = envelope.services.renderer, envelope.occurrence
    language = envelope.body.language
    action = envelope.campaign.action(occurrence.subject.about)
    if action is None:
        return renderer.words(envelope.campaign, language).title
    return renderer.text(
        envelope.campaign,
        action,
        Role.TITLE,
        language=language,
        network=envelope.channel.network,
        audience=occurrence.audience,
        day=occurrence.day,
    ).text


def _is_prompt(envelope: Envelope) -> bool:
    action = envelope.campaign.action(envelope.occurrence.subject.about)
    return action is not None and action.kind is Kind.PROMPT
