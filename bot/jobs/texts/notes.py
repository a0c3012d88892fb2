"""Notes: what goes to one person in answer to something, by the same road as everything else: a
reminder, "Still with us?", a request to confirm.

A note's occurrence is called ``<prompt>:reminder``, ``<prompt>:still``, ``contact:confirm``,
``pledge:verify``, ``amplified:p12`` or ``told:n34`` (of a line of a pledge's history). No id in the
data has a ':' in it, so planning never touches them; the key of a delivery makes sure that each
comes once.
"""

from datetime import date, datetime, timedelta

from bot.errors import RenderError
from bot.jobs.services import Services
from bot.model import Audience, Campaign, Occurrence, Rendered, Role
from bot.model.person import HEARS, Status
from bot.model.pledge import LETTER, NEWS, PledgeState
from bot.render.chat import ChatTexts
from bot.times import epoch

REMINDER = "reminder"
STILL = "still"
CONFIRM = "contact:confirm"

GRACE = timedelta(days=7)

_AMPLIFIED = "amplified:p"

_TOLD = {
    "approved": "pledge_staff.told",
    "published": "pledge_staff.told",
    "verified": "pledge_staff.told",
    "rejected": "pledge_staff.told",
    "returned": "pledge_staff.told",
    "joined": "pledge_team.told_joined",
    "handed-over": "pledge_team.told_focal",
    "left": "pledge_team.told_focal",
    "unreachable": "pledge_team.told_unreachable",
}
"""The text of a piece of news, by the kind of the line of history that it is about."""


def is_note(action_id: str) -> bool:
    """Whether this occurrence is a note."""
    return ":" in action_id and not is_one_off(action_id)


def is_one_off(action_id: str) -> bool:
    """Whether this occurrence is a post or an announcement that staff wrote: its text is stored,
    and stands in no calendar.
    """
    return action_id.rpartition(":")[2].isdecimal() and ":" in action_id


def amplified(number: int) -> str:
    """What the note is called that tells a pledge-maker of an amplification."""
    return f"{_AMPLIFIED}{number}"


def news(event: int) -> str:
    """What the note is called that tells editors of this line of a pledge's history."""
    return f"{NEWS}{event}"


def event(action_id: str) -> int | None:
    """The line of history that a note tells of; None for other notes."""
    number = action_id.removeprefix(NEWS)
    return int(number) if action_id.startswith(NEWS) and number.isdecimal() else None


def kind(action_id: str) -> str:
    """'reminder', 'still' or 'confirm'; '' for what is no note."""
    return action_id.partition(":")[2]


def may_reach(action_id: str, status: int) -> bool:
    """Whether a note may go to somebody who gets nothing else: the request to confirm, the question
    to who fell silent, news of one's own pledge.
    """
    if event(action_id) is not None:
        return status in HEARS
    if action_id == LETTER:  # somebody asked for it with this very address, whoever is there
        return status in HEARS or status == Status.UNCONFIRMED
    wanted = {"confirm": Status.UNCONFIRMED, STILL: Status.SILENT}.get(kind(action_id))
    return wanted is not None and status == wanted


def send(
    services: Services,
    campaign: str,
    action: str,
    audience: Audience,
    slot: int,
    person: int,
    channel: int,
    due: datetime,
) -> bool:
    """Put a note for one person into the outbox; False when it is there already."""
    with services.store.database.transaction():
        occurrence = services.store.plan.add(
            Occurrence(
                campaign=campaign,
                action=action,
                audience=audience,
                slot=slot,
                day=due.date(),
                grace=GRACE,
                nudge=False,
                post=False,
                named=False,
            )
        )
        expires = epoch(due + GRACE)
        return services.store.outbox.add_note(occurrence, channel, person, epoch(due), expires)


def body(
    services: Services,
    campaign_id: str,
    action_id: str,
    network: str,
    audience: Audience,
    day: date,
    language: str,
    *,
    chat: bool = False,
) -> Rendered:
    """A note's text, without what only this person gets.

    `chat` says that they can answer with a command. Raises `RenderError`.
    """
    campaign = services.library.campaigns.get(campaign_id)
    if campaign is None:
        raise RenderError(
            f"campaigns/{campaign_id}: the campaign is no longer in the data; put it back, or"
            " cancel what is planned of it"
        )
    if action_id in (CONFIRM, LETTER):
        # its links are personal: the text is made by `bot.jobs.texts.letters`
        return Rendered(
            text=services.renderer.words(campaign, language).title,
            language=language,
        )
    if action_id.startswith(_AMPLIFIED):
        return _thanks(services, action_id, language)
    if (number := event(action_id)) is not None:
        return _news(services, campaign, number, language, chat=chat)
    prompt, _, what = action_id.partition(":")
    words = services.renderer.words(campaign, language).journey
    key, said = {
        REMINDER: ("reminder", words.reminder),
        STILL: ("still_with_us", words.still_with_us),
    }[what]
    if not said:
        raise RenderError(
            f"content/{language}/{campaign_id}/words.toml: journey.{key}: is missing; write it"
        )
    title = (
        _title(services, campaign, prompt, network, audience, day, language)
        if what == REMINDER
        else None
    )
    text = said.strip()
    return Rendered(
        text=f"{title.text}\n\n{text}" if title else text,
        language=title.language if title else language,
    )


def _title(
    services: Services,
    campaign: Campaign,
    prompt: str,
    network: str,
    audience: Audience,
    day: date,
    language: str,
) -> Rendered | None:
    action = campaign.action(prompt)
    if action is None:
        return None
    return services.renderer.text(
        campaign, action, Role.TITLE, language=language, network=network, audience=audience, day=day
    )


def _thanks(services: Services, action_id: str, language: str) -> Rendered:
    """That we showed somebody's post to our followers."""
    number = int(action_id.removeprefix(_AMPLIFIED))
    review = services.store.amplify.get(number)
    if review is None:
        raise RenderError(
            f"amplification {number} is no longer known; cancel what is planned of it"
        )
    texts = ChatTexts(services.library.roots)
    spoken = texts.spoken(language)
    return Rendered(
        text=texts.text("amplify.told", spoken, {"url": review.url, "way": review.way}),
        language=spoken,
    )


def _news(
    services: Services, campaign: Campaign, number: int, language: str, *, chat: bool
) -> Rendered:
    """What happened to a pledge, to one of its editors."""
    line = services.store.pledges.happening(number)
    pledge = services.store.pledges.get(line.pledge) if line else None
    if line is None or pledge is None or line.kind not in _TOLD:
        raise RenderError(
            f"nothing is known any more of what note {NEWS}{number} tells; cancel what is planned"
            " of it"
        )
    values = {
        "what": line.kind,
        "name": pledge.name,
        "reason": line.detail.get("reason", ""),
        "unverified": not services.store.pledges.may_publish(pledge),
        "approved": pledge.state in (PledgeState.APPROVED, PledgeState.PUBLISHED),
        "chat": chat,
        "contact": campaign.contact,
    }
    texts = ChatTexts(services.library.roots)
    spoken = texts.spoken(language)
    return Rendered(text=texts.text(_TOLD[line.kind], spoken, values), language=spoken)
