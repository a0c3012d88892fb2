"""Clearance by link: somebody without an account reads a post or a pledge as it would go out, and
clears it or sends it back with a reason.

Whoever has the link can type any name, so a clearance never counts as one of the four eyes, not
even under the name of a colleague: staff approve where they are known. What was cleared is one
text, by its digest: for any other the clearance is void, and nobody need say so.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from bot.errors import Overtaken, UsageError
from bot.jobs.people import colleagues
from bot.jobs.services import Services
from bot.jobs.staff import posting, seen
from bot.jobs.texts import letters
from bot.model import Audience
from bot.model.outbox import WRITABLE, Entry, Shown
from bot.model.pledge import Pledge, PledgeState
from bot.model.staff import Actor, Member
from bot.model.staff.audit import Verb
from bot.model.staff.clearance import LONGEST_NAME, Became, Clearance, Stand, Subject
from bot.rules import forms
from bot.rules.reading.handles import email
from bot.times import epoch

LASTS = timedelta(days=7)
"""How long a link works, where a post isn't due before."""

CLEAR = "clear"
"""The first part of the path of a page, behind which the secret of its link stands."""

LETTER = "clear"
"""The kind of a letter with the link, to whom it is sent."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A clearance that was asked for."""

    number: int
    #: where it is read; '' where a letter brings it
    link: str


def ask(
    services: Services,
    subject: Subject,
    to: str,
    by: Actor,
    now: datetime,
    *,
    language: str = "en",
    address: str = "",
    origin: str = "",
) -> Asked:
    """Ask somebody to clear a post or a pledge as it is now: `to` is their name or office. The link
    leaves by e-mail where there is an address, else it is returned, once; `origin` stands before
    its path where config.toml has no [web] public_url.

    Raises `UsageError` where nobody is named, or there is nothing that can be cleared, or where
    the link could be overheard.
    """
    named = typed_name(to)
    if not named:
        raise UsageError("not sent: say to whom, by name or office", "nobody_named")
    written, base = _address(services, address, language), _base(services, origin)
    _check(services, subject, now)
    secret, store, moment = secrets.token_urlsafe(32), services.store, epoch(now)
    with store.transaction():
        shown = mark(services, subject)
        number = store.clearances.ask(
            subject,
            secret,
            shown,
            named,
            by,
            moment,
            epoch(now + LASTS),
            language=language,
            address=written,
        )
        store.audit.note(by, Verb.CLEARANCE_ASKED, moment, number, digest=shown)
        if written is not None:
            store.staff_letters.put("", LETTER, f"{language} {number}", moment)
    return Asked(number=number, link="" if written else link(base, secret))


def typed_name(text: str) -> str:
    """Return the name that somebody typed as one line, cut where it would be too long."""
    return " ".join(text.split())[:LONGEST_NAME].strip()


def _base(services: Services, origin: str) -> str:
    web = services.settings.web
    base = web.public_url if web else origin
    if not base:
        raise UsageError(
            "not sent: the page has no address: config.toml has no [web] with public_url and listen"
        )
    if why := colleagues.unsafe(services.settings):
        raise UsageError(f"not sent: {why}")
    return base


def _address(services: Services, address: str, language: str) -> str | None:
    if not address.strip():
        return None
    written = email(address.strip())
    if written is None:
        raise UsageError("not sent: this is no e-mail address", "no_address")
    if letters.mail_channel(services, language) is None:
        raise UsageError(
            "not sent: no e-mail leaves here; hand the link over by another way", "no_mail"
        )
    return written


def _check(services: Services, subject: Subject, now: datetime) -> None:
    if subject.pledge:
        pledge = services.store.pledges.get(subject.pledge)
        if pledge is None or not may_be_read(pledge):
            raise UsageError(
                "not sent: only the pledge of an organisation, once it was submitted, is shown to"
                " somebody else",
                "not_shown",
            )
    elif ends(services, subject, epoch(now + LASTS)) <= epoch(now):
        raise Overtaken("not sent: there is no such post, or it is due already")
    if not mark(services, subject):
        raise UsageError(
            "not sent: it has no text that could be shown now; look at it first", "unseen"
        )


def may_be_read(pledge: Pledge) -> bool:
    """Return whether somebody without an account may read a pledge: never that of an individual,
    who might be a child.
    """
    unsaid = (PledgeState.DRAFT, PledgeState.REJECTED, PledgeState.WITHDRAWN)
    return pledge.audience is not Audience.INDIVIDUAL and pledge.state not in unsaid


def link(base: str, secret: str) -> str:
    """Return the address of the page of a clearance; `base` is that of all our pages."""
    return f"{base.rstrip('/')}/{CLEAR}/{quote(secret)}"


# how it stands


def mark(services: Services, subject: Subject) -> str:
    """Return what stands for a post or a pledge as it is now: the digest under which it would be
    approved, or was, of a post that is out or over; '' where there is nothing to read.
    """
    return _mark(services, subject, _post(services, _going(_entry(services, subject))))


def _entry(services: Services, subject: Subject) -> Entry | None:
    """Return the post, None for a pledge."""
    return None if subject.pledge else services.store.listing.entry(subject.key)


def _going(entry: Entry | None) -> Entry | None:
    """Return a post that would go out; None for a pledge, and for one that doesn't go out."""
    return entry if entry is not None and entry.state in WRITABLE else None


def _post(services: Services, going: Entry | None) -> Shown | None:
    return posting.shown(services, going) if going is not None else None


def _mark(services: Services, subject: Subject, post: Shown | None) -> str:
    if subject.pledge:
        pledge = services.store.pledges.get(subject.pledge)
        return forms.mark(pledge.answers) if pledge and may_be_read(pledge) else ""
    if post is not None:
        return seen.mark(post)
    approved = services.store.approvals.find(subject.occurrence, subject.channel)
    return approved.digest if approved else ""


def ends(services: Services, subject: Subject, until: int) -> int:
    """Return the epoch second at which a clearance ends that lasts until then at most: when its
    post is due; 0 for a post that doesn't go out.
    """
    return _end(subject, _going(_entry(services, subject)), until)


def _end(subject: Subject, going: Entry | None, until: int) -> int:
    if subject.pledge:
        return until
    return min(until, going.due) if going is not None else 0


def stand(services: Services, clearance: Clearance, now: datetime) -> Stand:
    """Return how a clearance stands."""
    return look(services, clearance, now)[0]


def look(services: Services, clearance: Clearance, now: datetime) -> tuple[Stand, Shown | None]:
    """Return how a clearance stands, and its post, as long as somebody can answer, else None: both
    from one and the same making of its text and picture.
    """
    if clearance.became in (Became.REVOKED, Became.SENT_BACK):
        return Stand.REVOKED if clearance.became is Became.REVOKED else Stand.SENT_BACK, None
    subject = clearance.subject
    going = _going(_entry(services, subject))
    end = _end(subject, going, clearance.until)
    if clearance.became is Became.OPEN and epoch(now) >= end:
        return Stand.OVER, None
    post = _post(services, going)
    there = _mark(services, subject, post)
    # what left without an approval, or is kept no longer, says nothing against what was cleared
    if there != clearance.shown and (there or end):
        return Stand.VOIDED, None
    return (Stand.CLEARED, None) if clearance.became is Became.CLEARED else (Stand.OPEN, post)


_ANSWERS = (Became.CLEARED, Became.SENT_BACK)


def heard(services: Services, subject: Subject, now: datetime) -> list[Clearance]:
    """Return what was answered about a post or pledge as it is now, cleared or sent back, newest
    first; what was said of another text than this is left out.
    """
    answered = [
        each for each in services.store.clearances.about(subject) if each.became in _ANSWERS
    ]
    # its text takes long to make, and most have no answer
    there = mark(services, subject) if answered else ""
    return [
        each
        for each in answered
        if (each.became is Became.CLEARED and stand(services, each, now) is Stand.CLEARED)
        or (each.became is Became.SENT_BACK and each.shown == there)
    ]


def waiting(services: Services, now: datetime, after: int = 0) -> Iterator[Clearance]:
    """Yield those that somebody can still answer, the first to end first; only those behind the
    one with the number `after`. Each has its text made anew, as one asks for it.
    """
    each = services.store.clearances.waiting(epoch(now))
    begins = next((at for at, known in enumerate(each, 1) if known.id == after), 0)
    return (known for known in each[begins:] if stand(services, known, now) is Stand.OPEN)


def title(services: Services, subject: Subject, language: str) -> str:
    """Return what a post or a pledge is called; '' for one that nobody can be asked about."""
    return _title(services, subject, _entry(services, subject), language)


def _title(services: Services, subject: Subject, entry: Entry | None, language: str) -> str:
    if subject.pledge:
        pledge = services.store.pledges.get(subject.pledge)
        return pledge.name if pledge is not None and may_be_read(pledge) else ""
    return posting.title(services, entry, language) if entry else ""


def told(services: Services, clearance: Clearance, language: str) -> tuple[str, int]:
    """Return the `title` of what a clearance is about, and the epoch second at which it `ends`,
    both by one look at its post.
    """
    entry = _entry(services, clearance.subject)
    title = _title(services, clearance.subject, entry, language)
    return title, _end(clearance.subject, _going(entry), clearance.until)


def answers(services: Services, pledge: Pledge, language: str) -> list[tuple[str, str]]:
    """Return what would be public of a pledge, as (question, answer) in this language."""
    campaign = services.library.campaigns.get(pledge.campaign)
    form = campaign.forms.get("pledge") if campaign else None
    if campaign is None or form is None:
        return []
    words = services.renderer.words(campaign, language)
    asks = words.form("pledge")
    return [
        (said.ask, forms.shown(question, pledge.answers[question.id], words, said, {}))
        for question in form.questions
        if question.page is not None and pledge.answers.get(question.id)
        for said in (asks.question(question.id),)
    ]


# what people decide


def revoke(services: Services, number: int, by: Actor, now: datetime) -> bool:
    """Let a link open nothing any more; False where it was answered or revoked before."""
    store = services.store
    with store.transaction():
        done = store.clearances.end(number, Became.REVOKED, epoch(now))
        if done:
            store.audit.note(by, Verb.CLEARANCE_REVOKED, epoch(now), number)
    return done


def erase(services: Services, number: int, by: Actor, now: datetime) -> bool:
    """Forget the names, the address and the reason of a clearance, as whom it is about may wish;
    that it was given stays. False where there is none.
    """
    store = services.store
    with store.transaction():
        done = store.clearances.erase(number)
        if done:
            store.audit.note(by, Verb.CLEARANCE_ERASED, epoch(now), number)
    return done


# letters


def addressee(services: Services, number: int, now: datetime) -> Member | None:
    """Return to whom the letter with the link of a clearance goes; None where it opens nothing."""
    clearance = services.store.clearances.get(number)
    if clearance is None or stand(services, clearance, now) is not Stand.OPEN:
        return None
    return Member(name="", email=clearance.address, roles=frozenset())


def fresh_link(services: Services, number: int) -> str:
    """Return a link that opens this clearance in the place of the one before, so that no secret
    waits in the database.
    """
    base, secret = _base(services, ""), secrets.token_urlsafe(32)
    services.store.clearances.renew(number, secret)
    return link(base, secret)
