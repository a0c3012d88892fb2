"""Other words for what goes to people of an occurrence, in one language on one channel.

They stand in the place of all wordings that the action has in that language, and wait until
somebody else approves them; until then nobody who speaks it gets anything of the occurrence there.
What has left is as it was.
"""

import asyncio
import hashlib
from datetime import datetime

from bot import networks
from bot import text as texts
from bot.errors import Missing, Overtaken, RenderError, UsageError
from bot.jobs.broadcasts.going import OPEN, Going, standing
from bot.jobs.campaigns.check_texts import unsaid
from bot.jobs.campaigns.preview import Preview
from bot.jobs.services import Services
from bot.jobs.staff.seen import Changed
from bot.jobs.staff.strayed import strayed
from bot.jobs.texts import posts, samples
from bot.jobs.texts.wanted import Wanted
from bot.model import Action, Campaign, Role
from bot.model.outbox import Occurrence
from bot.model.staff import Actor, Rewording
from bot.model.staff.audit import Verb
from bot.model.subject import Planned
from bot.times import epoch


def about(services: Services, going: Going) -> tuple[Campaign, Action]:
    """Return campaign and action of what goes to people; raises `Missing` for what staff wrote
    themselves, and where the data have it no longer.
    """
    campaign = services.library.campaigns.get(going.row.campaign)
    planned = isinstance(going.row.subject, Planned)
    action = campaign.action(going.row.subject.about) if campaign and planned else None
    if campaign is None or action is None:
        raise Missing("its text is in the data no longer")
    return campaign, action


def shipped(services: Services, going: Going, language: str) -> str:
    """Return the first of the action's own wordings; '' where it can't be made."""
    campaign, action = about(services, going)
    wanted = Wanted(
        campaign=campaign.id,
        subject=going.row.subject,
        network=going.channel.network,
        audience=going.row.audience,
        day=going.row.day,
        language=language,
        pledge=True,
        recipient=0,
        buttons=True,
    )
    try:
        return posts.nudge_of(services.renderer, campaign, action, wanted).text
    except RenderError:
        return ""


def found(services: Services, going: Going, language: str) -> Rewording | None:
    """Return what stands in the place of the action's words; None where these stand."""
    return services.store.rewordings.find(_key(services, going), going.number, language)


def _key(services: Services, going: Going) -> Occurrence:
    return services.store.plan.occurrence(going.row.id)


def mark(services: Services, going: Going, language: str) -> str:
    """Return what stands for the words as they are now, and whether they are approved."""
    there = found(services, going, language)
    text = there.text if there else shipped(services, going, language)
    by = f"{there.by} {there.is_approved}" if there else ""
    return hashlib.sha256(f"{by}\n{text}".encode()).hexdigest()


def preview(services: Services, going: Going, language: str, text: str) -> Preview:
    """Return what people get where this text stands in the place of the action's words."""
    return samples.in_place(
        services.settings,
        services.renderer,
        about(services, going),
        going.channel.network,
        audience=going.row.audience,
        day=going.row.day,
        language=language,
        instead=text,
    )


def over(going: Going, shown: Preview) -> tuple[int, int]:
    """Return how much there is of what is too long, and how much there may be, in characters or in
    messages; (0, 0) where it fits.
    """
    most = networks.load(going.channel.network).LIMITS.messages
    if shown.messages > 1:
        return (shown.messages, most) if shown.messages > most else (0, 0)
    if shown.length is None or shown.limit is None or shown.length <= shown.limit:
        return 0, 0
    return shown.length, shown.limit


def lost(services: Services, going: Going, language: str, text: str) -> dict[str, tuple[str, ...]]:
    """Return as `strayed` what a text lacks that the action's own words have, and where it leads
    that these don't.
    """
    own = shipped(services, going, language)
    before = strayed(services, going.row, own) if own else {}
    return {
        kind: tuple(what for what in whats if what not in before.get(kind, ()))
        for kind, whats in strayed(services, going.row, text).items()
    }


def unsafe(services: Services, going: Going, language: str, text: str) -> list[str]:
    """Return the words that keep children safe, which a nudge of this action has to say, and which
    this text doesn't.
    """
    campaign, action = about(services, going)
    if not action.safeguarding:
        return []

    def give(role: Role) -> str:
        made = services.renderer.text(
            campaign,
            action,
            role,
            language=language,
            network=going.channel.network,
            audience=going.row.audience,
            day=going.row.day,
        )
        return made.whole

    return list(unsaid(text, give).values())


def may_approve(services: Services, rewording: Rewording, by: Actor) -> bool:
    """Return whether this person may approve the words: not their own, unless they are the only
    member of staff.
    """
    return services.team.alone or services.team.two(rewording.by, by)


# what is decided


def rewrite(
    services: Services,
    going: Going,
    language: str,
    text: str,
    seen: str,
    by: Actor,
    now: datetime,
) -> None:
    """Write other words, which then wait for approval.

    Raises `Changed` where something else stood there than was seen, `Overtaken` where nothing more
    leaves, `UsageError` where there is no text, too much, or nothing of what keeps children safe.
    """
    store, moment = services.store, epoch(now)
    words = texts.visible(texts.without_controls(text))
    campaign, _ = about(services, going)
    if not words or language not in campaign.languages:
        raise UsageError("not changed: there is no text, or nobody is written to in this language")
    if over(going, preview(services, going, language, words)) != (0, 0):
        raise UsageError("not changed: it is too long for its network")
    if lacks := unsafe(services, going, language, words):
        raise UsageError(f"not changed: it has to say {' '.join(lacks)!r}")
    with store.transaction():
        _refuse(services, going, language, seen, now)
        store.rewordings.put(_key(services, going), going.number, language, words, by, moment)
        store.audit.note(by, Verb.BROADCAST_REWORDED, moment, going.ref)


def take_back(
    services: Services, going: Going, language: str, seen: str, by: Actor, now: datetime
) -> None:
    """Let the action's own words stand again, which leave at once. Raises as `rewrite`."""
    store = services.store
    with store.transaction():
        _refuse(services, going, language, seen, now)
        if not store.rewordings.drop(_key(services, going), going.number, language):
            raise Overtaken("not changed: its own words stand already")
        store.audit.note(by, Verb.BROADCAST_UNWORDED, epoch(now), going.ref)


async def approve(
    services: Services, going: Going, language: str, seen: str, by: Actor, now: datetime
) -> None:
    """Let the words leave that were seen, from the next message on.

    Raises as `rewrite`, and `UsageError` for the approver's own words.
    """
    store, had = services.store, 0
    for counted in store.rewordings.had(going.row.id, going.number, language):
        had = counted
        await asyncio.sleep(0)
    with store.transaction():
        _refuse(services, going, language, seen, now)
        there = found(services, going, language)
        if there is None or there.is_approved:
            raise Overtaken("not changed: it doesn't wait for approval")
        if not may_approve(services, there, by):
            raise UsageError("not approved: somebody else approves it", "own_words")
        key, digest = _key(services, going), there.digest_now
        store.rewordings.approve(key, going.number, language, digest, by, had)
        store.audit.note(by, Verb.BROADCAST_APPROVED, epoch(now), going.ref, digest=digest)


def _refuse(services: Services, going: Going, language: str, seen: str, now: datetime) -> None:
    """Raise `Overtaken` where nothing more leaves, `Changed` where something else was seen."""
    if standing(services, going, now) not in (*OPEN, "skipped"):
        raise Overtaken("not changed: its time is over, and nothing more of it leaves")
    if mark(services, going, language) != seen:
        raise Changed(f"{going.ref}: somebody changed it since you looked at it; look again")
