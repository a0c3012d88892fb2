"""What needs a person, as plain values. Nothing is changed here.

`bot.jobs.operations.status` writes them as sentences, the chat says them in its own languages.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.config import Settings
from bot.jobs.amplify import review
from bot.jobs.counting import asked
from bot.jobs.mailbox.looking import looked
from bot.jobs.newsletter import waiting as unapproved
from bot.jobs.results import view
from bot.jobs.sending import packs
from bot.library import Library
from bot.model import Campaign, Fact, Occurrence, State
from bot.model.mail import Verdict
from bot.model.share import QUEUE
from bot.model.staff import Alert
from bot.render import Renderer, unlinked
from bot.rules import alerts, dates, planner
from bot.rules.alerts import (
    ApprovalWaits,
    ChannelPaused,
    DeliveriesUncertain,
    PostsAsk,
    ReviewsWait,
    ZoneUnknown,
)
from bot.rules.pathfinders import is_due, standing
from bot.store import Store
from bot.text import counted
from bot.times import epoch, from_epoch

APPROVE_WITHIN = timedelta(days=2)
"""Posts that wait for approval are a need when they fall due within this time."""

UNREAD = timedelta(hours=1)
"""After how long a mailbox that can't be read is a need."""

WEEKS = timedelta(days=21)
"""After how long somebody whose letters come back, as from a full mailbox, is a need."""

AGEING = timedelta(days=14)
"""How long before a fact's last day a newer one is asked for."""

_NAMED = 10
"""Most of several that a sentence names."""

_SAID_OTHERWISE = (
    ChannelPaused,
    ZoneUnknown,
    ApprovalWaits,
    DeliveriesUncertain,
    PostsAsk,
    ReviewsWait,
)
"""Alarms whose cause is a need of its own."""


@dataclass(frozen=True, kw_only=True)
class Need:
    """Something that a person should do."""

    #: paused, late, problem, zone, slot, fact, approval, uncertain, pledges, country,
    #: country_review, entries, questions, suggestions, letter, returned, packs, review, idle; else
    #: the kind of an alert
    kind: str
    #: what it is about: a channel, "campaign/action", a zone, or an alert's subject; '' for what is
    #: only counted
    subject: str = ""
    count: int = 1
    #: epoch seconds when the first falls due, or since when it waits; None where that says nothing
    first: int | None = None
    detail: Mapping[str, object] = field(default_factory=dict)
    #: for logs and the command line
    text: str


def rows(settings: Settings, store: Store, dry: Mapping[str, str], now: datetime) -> Iterator[Need]:
    """Yield what waits in the database: posts, uncertain deliveries, pledges, questions,
    suggestions, posts to be made by hand, and open alarms.
    """
    yield from _approvals(store, now)
    yield from _uncertain(store)
    yield from _pledges(settings, store)
    yield from _country_reports(settings, store)
    yield from _entries(settings, store)
    yield from _questions(settings, store)
    yield from _suggestions(settings, store)
    yield from _returned(store, now)
    yield from _unread(settings, store, now)
    yield from _packs(settings, store, dry, now)
    if waiting := store.amplify.count(QUEUE):
        yield Need(kind=ReviewsWait.kind, count=waiting, text=review.waits(waiting))
    if waiting := store.asked.count():
        yield Need(kind=PostsAsk.kind, count=waiting, text=asked.waits(waiting))
    yield from (
        _alert(alert)
        for alert in store.alerts.current()
        if not isinstance(alerts.of(alert), _SAID_OTHERWISE)
    )


def _approvals(store: Store, now: datetime) -> Iterator[Need]:
    waiting = store.listing.waiting(State.AWAITING_APPROVAL, epoch(now + APPROVE_WITHIN))
    if not waiting:
        return
    first = waiting[0].due
    what = counted(
        len(waiting),
        f"post that falls due within two days waits for approval, at {said(first)}",
        f"posts that fall due within two days wait for approval, the first at {said(first)}",
    )
    text = f"{what}: `drumbeat outbox --state awaiting_approval`, then `drumbeat outbox approve ID`"
    yield Need(kind=ApprovalWaits.kind, count=len(waiting), first=first, text=text)


def _uncertain(store: Store) -> Iterator[Need]:
    count = store.listing.count_uncertain()
    if count:
        what = counted(
            count,
            "delivery is uncertain, nobody knows whether it arrived",
            "deliveries are uncertain, nobody knows whether they arrived",
        )
        yield Need(
            kind=DeliveriesUncertain.kind,
            count=count,
            text=f"{what}: `drumbeat outbox --state uncertain`",
        )


def _ways(settings: Settings, command: str, asked: str) -> str:
    """Return where staff decide about something in this set-up, in words."""
    ways = [
        *(["at the desk"] if settings.web is not None else []),
        f"by `{command}`",
        *([f"by {asked} in the chat"] if settings.chats else []),
    ]
    *first, last = ways
    return f"{', '.join(first)}, or {last}" if first else last


def _pledges(settings: Settings, store: Store) -> Iterator[Need]:
    waiting = store.deciding.waiting(store.deciding.results())
    if not waiting:
        return
    first, what = min(waiting.values()), counted(len(waiting), "pledge waits", "pledges wait")
    ways = _ways(settings, "drumbeat pledges list", "/pledges")
    text = f"{what} for a decision or for a check of who made it, since {said(first)}: {ways}"
    yield Need(kind="pledges", count=len(waiting), first=first, text=text)


def _country_reports(settings: Settings, store: Store) -> Iterator[Need]:
    waiting = store.country_reports.waiting()
    if waiting:
        first = min(report.finished or 0 for report in waiting)
        what = counted(len(waiting), "report of a country waits", "reports of countries wait")
        way = "at the desk, or by " if settings.web is not None else "by "
        numbers = ", ".join(str(report.id) for report in waiting[:_NAMED])
        text = f"{what} for a decision: {way}`drumbeat pathfinders report NUMBER` ({numbers})"
        yield Need(kind="country", count=len(waiting), first=first, text=text)


def _entries(settings: Settings, store: Store) -> Iterator[Need]:
    """Yield that what people sent to calls waits for a look."""
    count, first = store.entries.all_waiting()
    if count:
        what = counted(count, "thing sent to a call waits", "things sent to calls wait")
        way = "at the desk, or by " if settings.web is not None else "by "
        text = f"{what} for a look: {way}`drumbeat calls show`"
        yield Need(kind="entries", count=count, first=first, text=text)


def _questions(settings: Settings, store: Store) -> Iterator[Need]:
    questions = store.inbox.open_questions()
    if questions:
        what = counted(len(questions), "question waits", "questions wait")
        ways = _ways(settings, "drumbeat inbox list", "/inbox")
        text = f"{what} for an answer, since {said(questions[0].at)}: {ways}"
        yield Need(kind="questions", count=len(questions), first=questions[0].at, text=text)


def _suggestions(settings: Settings, store: Store) -> Iterator[Need]:
    count, first = store.suggestions.waiting()
    if count:
        what = counted(count, "suggestion of a program waits", "suggestions of programs wait")
        needs = "" if settings.web is not None else ", which needs [web] in config.toml"
        text = f"{what} for a look at the desk{needs}"
        yield Need(kind="suggestions", count=count, first=first, text=text)


def letters(
    settings: Settings, store: Store, active: Sequence[Campaign], now: datetime
) -> Iterator[Need]:
    """Yield a need for each campaign whose letter of the last month nobody has approved, where
    there is something to tell and somebody to tell it to.
    """
    today = now.astimezone(dates.zone(settings.zone)).date()
    first = view.month_before(today.replace(day=1))
    for campaign in unapproved.waiting(store, active, first):
        way = "at the desk, or by " if settings.web is not None else "by "
        text = (
            f"{campaign.id}: the letter of {first:%Y-%m} waits for its approval: {way}`drumbeat"
            " digest show`"
        )
        yield Need(kind="letter", subject=campaign.id, text=text)


def _returned(store: Store, now: datetime) -> Iterator[Need]:
    """Yield that letters to people have come back for weeks, though nobody can say that their
    mailbox is gone.
    """
    lasting = [
        each
        for each in store.mailbox.since(epoch(now - 2 * WEEKS))
        if each.verdict is Verdict.SOFT and each.at - each.since >= WEEKS.total_seconds()
    ]
    if lasting:
        what = counted(len(lasting), "person have", "people have")
        first = min(each.since for each in lasting)
        text = (
            f"letters to {what} come back for weeks, the first since {said(first)}: `drumbeat"
            " mailbox list --reason TEXT` says to whom; ask for another address"
        )
        yield Need(kind="returned", count=len(lasting), first=first, text=text)


def _unread(settings: Settings, store: Store, now: datetime) -> Iterator[Need]:
    """Yield that the mailbox can't be read; an hour without it is no need yet."""
    last = looked(store) if settings.mailbox else None
    if last is None or not last.wrong:
        return
    if last.read is None or now - last.read >= UNREAD:
        since = f" since {said(epoch(last.read))}" if last.read else ""
        text = f"the mailbox can't be read{since}: {last.wrong}; `drumbeat doctor` tries it"
        yield Need(kind="problem", subject="mailbox", text=text)


def _packs(
    settings: Settings, store: Store, dry: Mapping[str, str], now: datetime
) -> Iterator[Need]:
    """Yield a need for each post that a channel of ours should make and can't.

    For networks where nobody has set a channel up, posting by hand is an offer (`drumbeat packs`,
    the sheet) and no duty.
    """
    waiting = [
        blank for blank in packs.stuck(settings, store, dry, now) if blank.channel not in dry
    ]
    if waiting:
        first = epoch(waiting[0].due)
        what = counted(len(waiting), "post is", "posts are")
        yield Need(
            kind="packs",
            count=len(waiting),
            first=first,
            text=(
                f"{what} to be made by hand within two days, the first for {said(first)}: `drumbeat"
                " packs`"
            ),
        )


def _alert(alert: Alert) -> Need:
    return Need(
        kind=alert.kind, subject=alert.subject, first=alert.at, detail=alert.detail, text=alert.text
    )


def data(
    settings: Settings, library: Library, active: Sequence[Campaign], now: datetime
) -> Iterator[Need]:
    """Yield what lacks in the data of campaigns: links, figures that grow old, and reviews that are
    due on the day that pages have.
    """
    today = now.astimezone(dates.zone(settings.zone)).date()
    yield from slots(active, now, Renderer(library.files, library.campaigns))
    yield from facts(active, today)
    yield from reviews(active, today)


def reviews(active: Sequence[Campaign], today: date) -> Iterator[Need]:
    """Yield a need for each campaign with countries whose review is to be held now."""
    for campaign in active:
        of = campaign.pathfinders
        due = [
            each.code
            for each in (of.countries if of else ())
            if of and is_due(standing(of, each, today), today)
        ]
        if due:
            what = counted(len(due), "review of a country is", "reviews of countries are")
            named = ", ".join(due[:_NAMED])
            text = f"{what} due ({named}): hold it, then write it into pathfinders.toml"
            yield Need(
                kind="country_review",
                subject=campaign.id,
                count=len(due),
                text=f"{campaign.id}: {text}",
            )


def slots(active: Sequence[Campaign], now: datetime, renderer: Renderer) -> Iterator[Need]:
    """Yield a need for each empty link slot that something within the horizon of planning leads
    to: what waits for it, or goes out without a link.
    """
    first: dict[tuple[str, str], Occurrence] = {}
    by_id = {campaign.id: campaign for campaign in active}
    for occurrence in planner.occurrences(
        active, (now - planner.LAST_ZONE).date(), (now + planner.HORIZON).date()
    ):
        campaign = by_id[occurrence.campaign]
        action = campaign.action(occurrence.action)
        for slot in unlinked.empty_slots(campaign, action) if action else ():
            first.setdefault((campaign.id, slot), occurrence)
    for (campaign_id, slot), occurrence in first.items():
        campaign = by_id[campaign_id]
        action = campaign.action(occurrence.action)
        waits = action is not None and bool(renderer.waiting(campaign, action))
        yield Need(
            kind="slot",
            subject=f"{campaign_id}/{occurrence.action}",
            detail={"slot": slot, "day": occurrence.day.isoformat()},
            text=(
                f"campaigns/{campaign_id}/campaign.toml: links.{slot}.url is empty, and"
                f" {occurrence.action} {'needs it' if waits else 'goes out without the link'} on"
                f" {occurrence.day}; fill it{_or_web(campaign, slot)}, then `drumbeat reload`"
            ),
        )


def facts(active: Sequence[Campaign], today: date) -> Iterator[Need]:
    """Yield a need for each fact that nobody may say any more, or soon, and that no newer one
    replaces.
    """
    for campaign in active:
        for fact in campaign.facts.values():
            if fact.expires is None or fact.replaced_by or not fact.is_known(today):
                continue
            if fact.is_expired(today + AGEING):
                yield _aged(campaign, fact, fact.expires, today)


def _aged(campaign: Campaign, fact: Fact, expires: date, today: date) -> Need:
    said = "expired on" if fact.is_expired(today) else "may be said until"
    return Need(
        kind="fact",
        subject=f"{campaign.id}/{fact.name}",
        detail={"fact": fact.name, "day": expires.isoformat()},
        text=(
            f"campaigns/{campaign.id}/campaign.toml: facts.{fact.name} {said} {expires}; look for"
            " the newer figure, write it there with its source and days (or as a fact of its own,"
            " which replaced_by names here), then `drumbeat reload`"
        ),
    )


def _or_web(campaign: Campaign, slot: str) -> str:
    """Return the other way to fill a slot, where a page of ours would serve it."""
    return " or set public_url of [web]" if campaign.links[slot].page else ""


def said(moment: int) -> str:
    """Return an instant, in epoch seconds, as logs and the command line write it."""
    return f"{from_epoch(moment):%Y-%m-%d %H:%M} UTC"
