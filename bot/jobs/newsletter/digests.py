"""The letter of a month from its draft to the outbox: composed, changed by staff, approved by
somebody else than who changed it, and put into the outbox for each who agreed to it, at their hour.
"""

import logging
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.errors import Missing, Overtaken, UsageError
from bot.jobs.newsletter.compose import Composing
from bot.jobs.services import Services
from bot.jobs.texts import digest as void
from bot.jobs.texts import notes
from bot.links import links
from bot.model import Campaign
from bot.model.newsletter import Digest, MonthText
from bot.model.person import Place
from bot.model.staff import Actor
from bot.model.staff.audit import Verb
from bot.model.subject import MonthLetter
from bot.rules import dates
from bot.times import epoch

log = logging.getLogger(__name__)

LONGEST = 10_000
"""Most characters of a letter in one language."""

LONGEST_SUBJECT = 120
"""Most characters of its subject."""

UNKEPT = 0
"""The number of a draft of which nothing is kept yet."""


def draft(services: Services, campaign: Campaign, first: date, now: datetime) -> Digest | None:
    """Return the letter of a month; where none is kept yet, as it is composed now, and nothing is
    kept. None where the month holds nothing to tell. Raises `RenderError`.
    """
    there = services.store.digests.of_month(campaign.id, first)
    return there or _composed(services, campaign, first, now)


def _composed(services: Services, campaign: Campaign, first: date, now: datetime) -> Digest | None:
    composing = Composing(services, campaign, first, now)
    if composing.is_empty:
        return None
    return Digest(
        id=UNKEPT,
        campaign=campaign.id,
        first=first,
        texts=composing.texts(),
        by=None,
        at=epoch(now),
        approved_by=None,
        approved=None,
        frozen="",
    )


def compose(
    services: Services, campaign: Campaign, digest: Digest, seen: str, now: datetime
) -> None:
    """Compose a draft anew, which was read under the mark `seen`, in place of what staff changed.

    Raises `RenderError`, `Overtaken` where it is another one by now or was approved, and `Missing`
    where the month holds nothing to tell any more.
    """
    composed = _composed(services, campaign, digest.first, now)
    if composed is None:
        raise Missing("the month holds nothing to tell, so nothing is composed", "no_digest")
    with services.store.transaction():
        _put(services, _same(services, digest, seen), composed.texts, None, now)


def change(
    services: Services,
    digest: Digest,
    texts: Mapping[str, MonthText],
    seen: str,
    by: Actor,
    now: datetime,
) -> Digest:
    """Keep other texts of a draft, which was read under the mark `seen`.

    Raises `Overtaken` where it is another one by now, or was approved; `UsageError` for a text that
    is empty or too long.
    """
    _check(texts)
    with services.store.transaction():
        return _put(services, _same(services, digest, seen), texts, by, now)


def _check(texts: Mapping[str, MonthText]) -> None:
    for tag, each in texts.items():
        if not each.subject.strip() or not each.text.strip():
            raise UsageError(
                f"{tag}: the letter has no subject or no text; write both", "digest_empty"
            )
        if len(each.subject) > LONGEST_SUBJECT or len(each.text) > LONGEST:
            raise UsageError(
                f"{tag}: a letter has at most {LONGEST} characters and its subject"
                f" {LONGEST_SUBJECT}; shorten it",
                "digest_long",
            )


def _put(
    services: Services,
    digest: Digest,
    texts: Mapping[str, MonthText],
    by: Actor | None,
    now: datetime,
) -> Digest:
    store = services.store.digests
    if not store.put(digest.campaign, digest.first, texts, by, epoch(now)):
        raise Overtaken("the letter of this month was approved, so nothing of it changes any more")
    there = store.of_month(digest.campaign, digest.first)
    assert there is not None  # it was put there just now  # noqa: S101
    return there


def may_approve(services: Services, digest: Digest, by: Actor) -> bool:
    """Return whether this person may approve it: not what they changed last, unless they are the
    only one who could.
    """
    team = services.team
    return team.alone or digest.by is None or team.two(digest.by, by)


def approve(services: Services, digest: Digest, seen: str, by: Actor, now: datetime) -> None:
    """Freeze a draft as it was read under the mark `seen`, and let it go out.

    Raises `Overtaken` where it is another one by now or was approved, `UsageError` where somebody
    else has to.
    """
    with services.store.transaction():
        there = _same(services, digest, seen)
        if not may_approve(services, there, by):
            raise UsageError(
                "you changed it last, so somebody else has to approve it", "own_digest"
            )
        if there.id == UNKEPT:
            there = _put(services, there, there.texts, None, now)
        if void.is_void(services, there):
            raise UsageError(
                "it names what is withdrawn or deleted; take that out of its texts", "digest_gone"
            )
        posts = services.store.amplify.showing(_links(there))
        if not services.store.digests.approve(there, posts, by, epoch(now)):
            raise Overtaken("the letter of this month was approved already")
        services.store.audit.note(by, Verb.DIGEST_APPROVED, epoch(now), there.id, digest=there.mark)


def _links(digest: Digest) -> list[str]:
    return sorted({link for each in digest.texts.values() for link in links(each.text)})


def _same(services: Services, digest: Digest, seen: str) -> Digest:
    """Return the letter as it is now, which was read under the mark `seen`."""
    there = services.store.digests.of_month(digest.campaign, digest.first) or digest
    if there.approved is not None or there.mark != seen:
        raise Overtaken("the letter isn't what you have seen, or was approved; look at it again")
    return there


def run(services: Services, now: datetime) -> int:
    """Put approved letters into the outbox for the next people; return for how many.

    One that names somebody who is public no more, where no line of a list can be left out for it,
    waits for staff again: whom it hasn't reached yet gets it as they approve it then. One that
    reached everybody stays what was sent, and its page stands.
    """
    for digest in services.store.digests.approved_since(epoch(now - notes.GRACE)):
        if void.is_void(services, digest) and services.store.digests.is_leaving(digest):
            services.store.digests.reopen(digest.id)
            log.warning(
                "the letter of %s of %s names what is no longer public; it waits for its approval"
                " again",
                f"{digest.first:%Y-%m}",
                digest.campaign,
            )
    return sum(_step(services, digest, now) for digest in services.store.digests.leaving())


def _step(services: Services, digest: Digest, now: datetime) -> int:
    store = services.store.digests
    readers = store.readers(digest.id)
    with services.store.transaction():
        for each in readers:
            notes.send(
                services,
                digest.campaign,
                MonthLetter(digest.id),
                each.place.audience,
                digest.id,
                each.person,
                each.place.channel,
                _due(services, each.place, now),
            )
        last = readers[-1].person if readers else 0
        store.went_on(digest.id, last, done=not readers)
    return len(readers)


def _due(services: Services, place: Place, now: datetime) -> datetime:
    """Return the next instant at which it is their hour."""
    zone = _zone(place.zone) or dates.zone(services.settings.zone)
    today = now.astimezone(zone).date()
    there = dates.instant(today, place.minute, zone)
    if there < now.astimezone(UTC):
        there = dates.instant(today + timedelta(days=1), place.minute, zone)
    return there


def _zone(name: str) -> ZoneInfo | None:
    try:
        return dates.zone(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None  # planning tells of it
