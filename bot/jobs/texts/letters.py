"""Letters: the part of an e-mail, or of a room's message, that is one recipient's alone: a subject,
links with signed tokens, and headers by which mail programs unsubscribe.

The text itself is rendered once for many (`bot.jobs.texts.posts`, `bot.jobs.texts.notes`); the
personal part is put below it. Which networks carry letters they declare themselves
(`Network.LETTERS`).
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, cached_property

from bot import networks
from bot.config import secrets
from bot.errors import RenderError
from bot.jobs.services import Services
from bot.jobs.texts import letterhead, notes, signed
from bot.model import Audience, Campaign, Channel, Kind, Letter, Message, Occurrence, Rendered, Role
from bot.model.outbox import Claimed
from bot.model.person import Contact
from bot.model.pledge import MADE, Pledge
from bot.model.public import SCALE_UP
from bot.model.shared import ChildHelpline
from bot.model.subject import News
from bot.model.words.web import web_words_of
from bot.render import Renderer
from bot.render.letter import Draft, Own
from bot.rules import journey, tokens
from bot.rules.tokens import GRACE, Grant, Purpose, Signed, make
from bot.store import Store
from bot.store.keyring import LinkKey
from bot.times import epoch

ROOM = "room"
MAIL = "mail"
"""What an address of a letter can be; each has texts of its own."""


@cache
def kind(network: str) -> str:
    """Return what an address on this network is: `MAIL`, `ROOM`, or '' where it has no letters."""
    return networks.load(network).LETTERS


def known(services: Services, address: str) -> tuple[int, int] | None:
    """Return ids of the e-mail channel and the person that has this address, however it is spelled;
    None where nobody has it.
    """
    for name, number in services.channel_ids.items():
        channel = services.settings.channels.get(name)
        if channel is None or kind(channel.network) != MAIL:
            continue
        person = services.store.people.spelled(number, address)
        if person is not None:
            return number, person
    return None


def mail_channel(services: Services, language: str) -> Channel | None:
    """Return the e-mail channel by which letters leave, in this language where there is one; None
    where none is live.
    """
    fit = [
        channel
        for name, channel in services.settings.channels.items()
        if channel.nudges
        and kind(channel.network) == MAIL
        and name not in services.dry
        and _writes(services, name)
    ]
    if services.settings.web is None:
        return None
    return next(
        (channel for channel in fit if channel.language == language), fit[0] if fit else None
    )


def _writes(services: Services, name: str) -> bool:
    network = services.networks.get(name)
    return network is not None and network.NUDGES


def key(store: Store, environ: Mapping[str, str] | None = None) -> bytes:
    """Return the key that signs new tokens: DRUMBEAT_WEB_KEY (or …_FILE), else the newest of the
    keys file.

    Raises `DataError` for a file that can't be read, `StoreError` as `bot.store.keys.Keys.ring`.
    """
    return _links(store, environ)[0].key.encode()


def keys(store: Store, environ: Mapping[str, str] | None = None) -> tuple[bytes, ...]:
    """Return all keys of ours that may have signed a letter, the newest first. Raises as `key`."""
    return tuple(each.key.encode() for each in _links(store, environ))


def adopt(store: Store, now: datetime, environ: Mapping[str, str]) -> None:
    """Have the key that signs from now on in the keys file before it signs anything, so that links
    outlive it also where the operator changes it. Raises as `key`.
    """
    store.keys.adopt(_given(environ), epoch(now) + GRACE)


def read(
    store: Store, token: str, now: datetime, environ: Mapping[str, str] | None = None
) -> tuple[Signed | None, bytes]:
    """Return what the token says, with the key that signed it; None and an empty key when no key of
    ours did, or one that is no longer taken.

    A retired key is taken until its grace ends, and for unsubscribing without an end: nobody may be
    held to letters that they want no more. Raises as `key`.
    """
    for link in _links(store, environ):
        each = link.key.encode()
        if said := tokens.read(each, token):
            over = link.is_over(epoch(now)) and said.grant.purpose is not Purpose.UNSUBSCRIBE
            return (None, b"") if over else (said, each)
    return None, b""


def _links(store: Store, environ: Mapping[str, str] | None) -> tuple[LinkKey, ...]:
    """Return the keys of links, the one that signs new ones first."""
    return store.keys.signing(_given(os.environ if environ is None else environ)).links


def _given(environ: Mapping[str, str]) -> str | None:
    known, _ = secrets("web", ("key",), environ)
    return known["key"].reveal() if "key" in known else None


def link(services: Services, purpose: Purpose, person: int, subject: int = 0, *, now: float) -> str:
    """Return the address of the page on which its bearer may do this; it stands in a letter of the
    epoch second `now`.

    Raises `RenderError` without `[web] public_url`.
    """
    grant = Grant(purpose=purpose, person=person, subject=subject)
    return _address(services, grant, key(services.store), now)


def _address(services: Services, grant: Grant, signing: bytes, now: float) -> str:
    if services.settings.web is None:
        raise RenderError(
            "config.toml: web: letters need public_url, the address under which people reach the"
            " pages"
        )
    token = make(signing, grant, signed.about(services, grant) or "", int(now))
    return f"{services.settings.web.public_url}/{grant.purpose.value}/{token}"


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """One letter: to whom it goes, and what it is about."""

    services: Services
    channel: Channel
    row: Claimed
    occurrence: Occurrence
    #: the text as it was rendered for many people
    body: Rendered
    #: `MAIL` or `ROOM`
    to: str
    #: epoch seconds
    now: float

    @property
    def campaign(self) -> Campaign:
        """Return the campaign that writes the letter; raises `RenderError` where it is gone."""
        return notes.campaign_of(self.services, self.occurrence.campaign)

    def link(self, purpose: Purpose, subject: int = 0) -> str:
        """Return the address of the page where the recipient may do this; raises `RenderError`."""
        grant = Grant(purpose=purpose, person=self.row.recipient, subject=subject)
        return _address(self.services, grant, self.key, self.now)

    @cached_property
    def key(self) -> bytes:
        """The key that signs the letter's links."""
        return key(self.services.store)

    @cached_property
    def contact(self) -> Contact | None:
        """The recipient, where they are a contact."""
        return self.services.store.contacts.get(self.row.recipient)

    def page(
        self, name: str, block: str, language: str, variables: Mapping[str, object]
    ) -> Rendered:
        """Return a block of the letter's template; raises `RenderError`."""
        page = self.services.renderer.page
        return page(name, block, language=language, fallback="en", variables=variables)

    @property
    def organisation(self) -> str:
        """Return the recipient's organisation, or '' where they are known by their address
        alone.
        """
        return harmless(self.contact.organisation) if self.contact else ""

    @property
    def helplines(self) -> tuple[ChildHelpline, ...]:
        """Return the child helplines of the recipient's country."""
        contact = self.contact
        known = self.services.library.shared.helplines or ()
        return tuple(each for each in known if contact and each.country == contact.country)

    def pledge(self) -> Pledge | None:
        """Return the first pledge that the recipient edits; None where there is none."""
        edited = self.services.store.pledges.of_person(self.row.recipient, self.occurrence.campaign)
        return next((pledge for pledge in edited if pledge.state in MADE), None)


Writer = Callable[[Envelope], Draft]
"""Writes a letter, without what stands in every one."""


def personal(
    services: Services,
    channel: Channel,
    row: Claimed,
    occurrence: Occurrence,
    message: Message,
    now: float,
    write: Writer,
) -> Message:
    """Return the message as this person, or room, gets it at the epoch second `now`, with its
    subject and personal part made by `write`.

    Posts, and messages on networks without letters, come back unchanged. Raises `RenderError`.
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
    draft = write(envelope)
    contact = envelope.campaign.contact or None
    if to == ROOM:
        text, letter = draft.plain, Letter(subject=draft.subject, reply_to=contact)
    else:
        whole = _framed(envelope, draft)
        text = whole.text
        letter = Letter(
            subject=draft.subject,
            reply_to=contact,
            sender=whole.title,
            html=whole.html,
            unsubscribe=envelope.link(Purpose.UNSUBSCRIBE),
            token=tokens.envelope(envelope.key, row.recipient, row.occurrence),
        )
    return replace(
        message,
        body=Rendered(text=text, language=message.body.language, picture=message.body.picture),
        letter=letter,
    )


def _framed(envelope: Envelope, draft: Draft) -> letterhead.Framed:
    services = envelope.services
    head = letterhead.Head(
        campaign=envelope.campaign,
        privacy=services.settings.privacy,
        organisation=envelope.organisation,
        helplines=envelope.helplines,
    )
    return letterhead.framed(services.renderer, head, draft)


def confirm(envelope: Envelope) -> Draft:
    """Write the letter that asks whether somebody wants to hear from us."""
    block = "room" if envelope.to == ROOM else "body"
    return asking(envelope, "confirm", block, envelope.link(Purpose.CONFIRM))


def asking(
    envelope: Envelope,
    name: str,
    block: str,
    yes: str,
    /,
    subject: str = "subject",
    **values: str | int,
) -> Draft:
    """Return a letter that is one question, to which the link `yes` agrees; what it says tells why
    it comes, too. Its words are a `block` of the template `name` in mail/. Raises `RenderError`.
    """
    language, no = envelope.row.language, envelope.link(Purpose.UNSUBSCRIBE)
    campaign = envelope.services.renderer.words(envelope.campaign, language).title
    variables: dict[str, str | int] = {"campaign": campaign, "yes": yes, "no": no}
    variables |= values
    head, body = (
        envelope.page(f"mail/{name}", each, language, variables) for each in (subject, block)
    )
    return Draft(
        subject=head.text,
        language=body.language,
        body=(body.text,),
        own=Own(buttons=(yes,), quiet=(no,)),
    )


def harmless(name: str) -> str:
    """Return a name that somebody typed so that it can stand in a letter to somebody else: on one
    line, and with nothing of which a mail program would make a link.
    """
    return re.sub(r"(?<=\w)([.:/@])(?=[\w/])", "\\1\u2060", " ".join(name.split()))


def usual(envelope: Envelope) -> Draft:
    """Write a letter that shows the text under the title of what it is about. Links below report on
    a prompt, where the recipient has a pledge, and lead to what else the month asks; to individuals
    they say that an action is done, and lead to where it can be shared. The last one unsubscribes.
    """
    pledge = envelope.pledge()
    if _is_of_calendar(envelope):
        done = envelope.link(Purpose.DONE, envelope.row.occurrence)
        also = {**_shares(envelope), "settings": envelope.link(Purpose.SETTINGS)}
        return _letter(envelope, also=also, done=done)
    if pledge is None or not _is_prompt(envelope):
        return _letter(envelope)
    report = envelope.link(Purpose.REPORT, envelope.row.occurrence)
    return _letter(envelope, also=_asked_there(envelope, pledge), report=report)


def linked(envelope: Envelope, **also: str) -> Draft:
    """Write a letter that shows its text, with a block below it for each of these links."""
    return _letter(envelope, also=also)


def told(envelope: Envelope) -> Draft:
    """Write the letter that tells an editor what happened to their pledge, with where they see,
    change and answer it.
    """
    assert isinstance(envelope.occurrence.subject, News)  # noqa: S101 - it stands in its line
    line = envelope.services.store.pledges.happening(envelope.occurrence.subject.number)
    editors, reader = envelope.services.store.editors, envelope.row.recipient
    if line is None or not editors.may_edit(line.pledge, reader):
        return _letter(envelope)
    return _letter(envelope, also=_there(envelope, "mine", line.pledge))


def _asked_there(envelope: Envelope, pledge: Pledge) -> dict[str, str]:
    """Return the link to the place on *My pledge* where what the month asks is answered, by the
    block that says so.
    """
    occurrence = envelope.occurrence
    done = envelope.services.store.journeys.scale_up(pledge).finished is not None
    begun = envelope.services.store.following.begun(pledge)
    asked = journey.asked(envelope.campaign, pledge, occurrence.day, begun, scaled_up=done)
    if "survey" in asked:
        return _there(envelope, "mine_survey", pledge.id, "#survey")
    if SCALE_UP in asked:
        return _there(envelope, "mine_scale_up", pledge.id, f"/{SCALE_UP}")
    step = journey.named(occurrence.subject.about, occurrence.slot)
    return _there(envelope, "mine", pledge.id, f"#{step}")


def _there(envelope: Envelope, block: str, pledge: int, place: str = "") -> dict[str, str]:
    url = notes.own_page(envelope.services, pledge, envelope.row.language, place)
    return {block: url} if url and envelope.to == MAIL else {}


def still(envelope: Envelope) -> Draft:
    """Write the letter that asks pledge-makers whether they are still with us, with the link that
    answers it.
    """
    pledge = envelope.pledge()
    if pledge is None:
        return _letter(envelope)
    table = envelope.services.renderer.table("web", language=envelope.row.language, fallback="en")
    letter = _letter(envelope, still=envelope.link(Purpose.STILL, pledge.id))
    # the title of the page to which its link leads: that of the prompt has come twice already
    return replace(letter, subject=web_words_of(table).still.title or letter.subject)


def _letter(envelope: Envelope, also: Mapping[str, str] | None = None, **asked: str) -> Draft:
    """Return a letter that shows its text, with a block below it for each link in `asked`, and in
    `also`, which is no button.
    """
    return letterhead.draft(
        envelope.services.renderer,
        envelope.campaign,
        _subject(envelope),
        envelope.body,
        asked=asked,
        also=also,
        leave=envelope.link(Purpose.UNSUBSCRIBE),
        room=envelope.to == ROOM,
    )


def title_of(
    renderer: Renderer, campaign: Campaign, occurrence: Occurrence, language: str, network: str
) -> str:
    """Return the title of the action, or of the prompt that a note is about; the campaign's where
    it is about none.

    Raises `RenderError` where it can't be made.
    """
    action = campaign.action(occurrence.subject.about)
    if action is None:
        return renderer.words(campaign, language).title
    return renderer.text(
        campaign,
        action,
        Role.TITLE,
        language=language,
        network=network,
        audience=occurrence.audience,
        day=occurrence.day,
    ).text


def _subject(envelope: Envelope) -> str:
    """Return the title of what the letter is about."""
    return title_of(
        envelope.services.renderer,
        envelope.campaign,
        envelope.occurrence,
        envelope.body.language,
        envelope.channel.network,
    )


def _is_prompt(envelope: Envelope) -> bool:
    action = envelope.campaign.action(envelope.occurrence.subject.about)
    return action is not None and action.kind is Kind.PROMPT


def _is_of_calendar(envelope: Envelope) -> bool:
    """Return whether it is a day of the calendar, for somebody who gets it by e-mail for
    themselves.
    """
    alone = envelope.to == MAIL and envelope.occurrence.audience is Audience.INDIVIDUAL
    action = envelope.campaign.action(str(envelope.occurrence.subject))
    return alone and action is not None and action.asks and action.kind is not Kind.PROMPT


def _shares(envelope: Envelope) -> dict[str, str]:
    """Return the link to the page on which the action's text is shared, by the block that says so;
    none where there is nothing to share.
    """
    action = envelope.campaign.action(envelope.occurrence.subject.about)
    language = envelope.body.language
    below = notes.pages(envelope.services, envelope.occurrence.campaign, language)
    shares = action is not None and envelope.services.renderer.wordings(
        envelope.campaign,
        action,
        Role.SHARE,
        language=language,
        network=envelope.channel.network,
    )
    return {"share": f"{below}/actions/{action.id}"} if shares and action and below else {}
