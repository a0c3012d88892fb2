"""The journey of a pledge through a year: what is due now, given its milestones. Pure.

The monthly prompts themselves go out as nudges, at the pledge-maker's hour, like everything else
(`bot.rules.planner`). Here is what follows from the answers, or from their absence; the numbers are
journey.toml's::

                     ┌────────────── answered, or any word of theirs ─────────────┐
                     ▼                                                             │
      joined ──► ACTIVE ── a prompt unanswered for 10 days ──► one reminder        │
                  │  ▲ │                                                           │
                  │  │ └── 2 prompts in a row unanswered, each 10 days past its    │
                  │  │     reminder ──► ASKED: one "Still with us?", no prompts ───┤
                  │  │                    │ 10 days without a word                 │
                  │  │                    └──► SILENT: nothing goes out; staff ────┘
                  │  │                         get a task with the contact history
                  │  └── the day has come, or resumed ── PAUSED ◄── pause until (from any state)
                  └───── can't continue (from any state) ──► ENDED ── resumed ──► ACTIVE

[Need help] and [Change contact] are words of theirs and a task for staff. A prompt sent before they
were last heard from, or before they came back, is not held against them. What lies before the day
somebody joined is open to them and never asked for.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from bot.model import Action, Audience, Campaign, Kind, QuietHours
from bot.model.makers import AfterPledge, JourneyRules
from bot.model.pledge import (
    Begun,
    JourneyState,
    Milestone,
    Pledge,
    Prompt,
    Report,
    Standing,
)
from bot.model.public import SCALE_UP
from bot.rules import dates, planner
from bot.times import from_epoch

LATE = timedelta(days=7)
"""A reminder or question that is later than this, because nothing ran, is left out."""


class Event(Enum):
    """Something that can happen on a pledge's journey."""

    #: a milestone was reported
    ANSWERED = "answered"
    #: any other word of theirs
    HEARD = "heard"
    NEED_HELP = "need_help"
    CHANGE_CONTACT = "change_contact"
    PAUSE = "pause"
    CANT_CONTINUE = "cant_continue"
    RESUMED = "resumed"
    #: the three that the clock makes
    ASKED = "asked"
    SILENT = "hushed"
    WOKEN = "woken"


class Step(Enum):
    """What is due on a pledge-maker's journey."""

    REMIND = "remind"
    #: "Still with us?"
    ASK = "ask"
    #: fall silent, and give staff a task
    HUSH = "hush"
    #: the pause is over
    WAKE = "wake"


@dataclass(frozen=True, kw_only=True)
class Met:
    """When and where the pledge-maker wants to be met."""

    zone: ZoneInfo
    #: of the local day
    minute: int
    quiet: QuietHours

    def at(self, day: date) -> datetime:
        """Return the wished instant on this day, outside quiet hours."""
        return dates.instant(day, dates.waking_minute(self.minute, self.quiet), self.zone)

    def days_after(self, moment: datetime, days: int) -> datetime:
        """Return the wished hour so many local days after `moment`."""
        return self.at(moment.astimezone(self.zone).date() + timedelta(days=days))

    def day(self, now: datetime) -> date:
        """Return the last local day whose wished hour has come."""
        day = now.astimezone(self.zone).date()
        while self.at(day) > now:
            day -= timedelta(days=1)
        return day

    def ripe(self, now: datetime, days: int) -> datetime:
        """Return the instant before which something must have come for its wait to be over at
        `now`.

        The wait is that of `days_after`; what came at the instant or later still waits.
        """
        return dates.instant(self.day(now) - timedelta(days=days - 1), 0, self.zone)


@dataclass(frozen=True, kw_only=True)
class Due:
    """A step that is due, and the prompt that it is about."""

    step: Step
    #: the prompt to remind of; the newest unanswered one else, None for WAKE
    prompt: Prompt | None = None


def standing_of(pledge: Pledge) -> Standing:
    """Return how it stands with a pledge's journey now."""
    return Standing(
        state=pledge.journey,
        since=from_epoch(pledge.since),
        until=pledge.until,
        heard=None if pledge.heard is None else from_epoch(pledge.heard),
    )


def rules(campaign: Campaign) -> JourneyRules:
    """Return the campaign's numbers, or the usual ones where it has no journey of its own."""
    return campaign.journey or JourneyRules()


def milestones(
    campaign: Campaign, audience: Audience, start: date, end: date, begun: Begun | None = None
) -> tuple[Milestone, ...]:
    """Return the audience's prompts from `start` to `end`, both included, by day; those that follow
    a pledge only where it is said when that was made.

    Only days within the campaign count.
    """
    dated = (
        Milestone(action=action.id, slot=slot, day=day)
        for action in _prompts(campaign, audience)
        for day, slot in planner.instances(action, start, end)
        if planner.within(campaign, day)
    )
    theirs = own(campaign, audience, begun) if begun else ()
    here = (*dated, *(milestone for milestone in theirs if start <= milestone.day <= end))
    return tuple(sorted(here, key=lambda m: (m.day, m.action)))


def _prompts(campaign: Campaign, audience: Audience) -> Iterator[Action]:
    return (a for a in campaign.actions if a.kind is Kind.PROMPT and audience in a.audiences)


def own(campaign: Campaign, audience: Audience, begun: Begun) -> tuple[Milestone, ...]:
    """Return the milestones that follow a pledge, each once, on days within the campaign."""
    days = (
        (action.id, dates.after(begun.day, action.after))
        for action in _prompts(campaign, audience)
        if action.after is not None
    )
    return tuple(
        Milestone(action=action, slot=begun.slot, day=day)
        for action, day in days
        if planner.within(campaign, day)
    )


def made_between(wait: AfterPledge, grace: timedelta, now: datetime) -> tuple[datetime, datetime]:
    """Return the first and last instant at which a pledge may have been made that such a prompt
    follows now, wherever its maker is: a few days too many, never too few.
    """
    days = timedelta(days=wait.days)
    most, least = timedelta(days=31 * wait.months) + days, timedelta(days=28 * wait.months) + days
    around = timedelta(days=3)  # the hour, and zones
    return now - most - grace - around, now - least + around


def named(action: str, slot: int) -> str:
    """Return the name of a milestone on its maker's pages: of its field, and behind '#'."""
    return f"s-{action}-{slot}"


def year(
    campaign: Campaign, audience: Audience, day: date, begun: Begun | None = None
) -> tuple[Milestone, ...]:
    """Return the milestones of the whole journey in which `day` lies.

    That is the campaign's time, or the calendar year where it has no dates; twelve months from the
    pledge, and then from each day on which that comes round, where the campaign says so.
    """
    if begun is not None and rules(campaign).own_year:
        return milestones(campaign, audience, *own_year(begun.day, day), begun)
    start = campaign.start or date((campaign.end or day).year, 1, 1)
    return milestones(campaign, audience, start, campaign.end or date(day.year, 12, 31), begun)


def own_year(begun: date, day: date) -> tuple[date, date]:
    """Return the first and last day of the twelve months from a pledge in which `day` lies.

    The day on which it comes round ends them, so that what comes a year after it belongs to them.
    """
    years = max(0, day.year - begun.year)
    while years and dates.after(begun, AfterPledge(months=12 * years)) >= day:
        years -= 1
    first, last = (dates.after(begun, AfterPledge(months=12 * n)) for n in (years, years + 1))
    return first + timedelta(days=bool(years)), last


def by_step(
    campaign: Campaign | None, reports: Iterable[Report], begun: Begun | None
) -> dict[tuple[str, int], Report]:
    """Return what was reported, by (action, slot).

    What follows a pledge comes once for it, so that a report of its action in a former slot, from a
    time when it had days of its own, is the report of this one.
    """
    follow = {a.id for a in campaign.actions if a.after is not None} if campaign else set()
    return {
        (each.action, begun.slot if begun and each.action in follow else each.slot): each
        for each in reports
    }


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a journey is: `done` of `of`, what lies ahead, and what was missed."""

    done: int
    of: int
    #: the next one that is not done, today's included
    coming: Milestone | None
    ahead: tuple[Milestone, ...]
    #: not done; before they joined, or missed
    past: tuple[Milestone, ...]


def progress(
    all_of: Sequence[Milestone], done: Collection[tuple[str, int]], joined: date, today: date
) -> Progress:
    """Return how far the journey is; `done` holds the (action, slot) of each reported milestone.

    What lies before `joined` counts only where it was reported all the same.
    """
    counted = [m for m in all_of if m.day >= joined or (m.action, m.slot) in done]
    missing = [m for m in all_of if (m.action, m.slot) not in done]
    ahead = tuple(m for m in missing if m.day >= today)
    return Progress(
        done=len(counted) - sum((m.action, m.slot) not in done for m in counted),
        of=len(counted),
        coming=ahead[0] if ahead else None,
        ahead=ahead,
        past=tuple(m for m in missing if m.day < today),
    )


def surveys(campaign: Campaign, kind: Kind, day: date) -> bool:
    """Return whether the survey for followers belongs to the prompt of this day."""
    return kind is Kind.PROMPT and rules(campaign).survey == day.month


def offers(of: JourneyRules, day: date, begun: Begun | None = None) -> frozenset[str]:
    """Return what else is open on this day, to somebody whose pledge was `begun`, or to anybody.

    'survey' is so in its month, 'scale-up' from its month to the end of the year, or from so long
    after the pledge.
    """
    names = {"survey"} if of.survey == day.month else set()
    return frozenset(names | ({"scale-up"} if _scales_up(of.scale_up, day, begun) else set()))


def _scales_up(since: int | AfterPledge | None, day: date, begun: Begun | None) -> bool:
    if isinstance(since, AfterPledge):
        return begun is None or day >= dates.after(begun.day, since)
    return since is not None and day.month >= since


def open_to(
    campaign: Campaign, pledge: Pledge, day: date, begun: Begun | None = None
) -> frozenset[str]:
    """Return what else is open to a pledge on this day: 'survey' and 'scale-up', each in its time
    of the campaign's year or of its own, for who has a journey.
    """
    if not pledge.travels or not planner.within(campaign, day):
        return frozenset()
    here = offers(rules(campaign), day, begun)
    return here if SCALE_UP in campaign.forms else here - {SCALE_UP}


def asked(
    campaign: Campaign, pledge: Pledge, day: date, begun: Begun | None, *, scaled_up: bool
) -> frozenset[str]:
    """Return what of `open_to` waits for its maker: the questionnaire no longer once it is finished
    (`scaled_up`).
    """
    here = open_to(campaign, pledge, day, begun)
    return here - {SCALE_UP} if scaled_up else here


def decide(
    of: JourneyRules, standing: Standing, prompts: Iterable[Prompt], met: Met, now: datetime
) -> Due | None:
    """Return the one thing that is due at `now`, or None.

    Once that is done and stored, the same call returns the next thing, and at last None.
    """
    match standing.state:
        case JourneyState.PAUSED:
            over = standing.until is not None and now >= met.at(standing.until)
            return Due(step=Step.WAKE) if over else None
        case JourneyState.ASKED:
            newest = max(prompts, key=lambda p: p.sent, default=None)
            return (
                Due(step=Step.HUSH, prompt=newest)
                if now >= met.days_after(standing.since, of.reminder_days)
                else None
            )
        case JourneyState.ACTIVE:
            ordered = sorted(prompts, key=lambda p: (p.sent, p.milestone.action))
            return _question(of, standing, ordered, met, now) or _reminder(
                of, standing, ordered, met, now
            )
    return None


def coming(
    of: JourneyRules, standing: Standing, prompts: Iterable[Prompt], met: Met
) -> datetime | None:
    """Return the first instant at which `decide` may find something, where nothing happens before;
    None where it never does.
    """
    match standing.state:
        case JourneyState.PAUSED:
            return met.at(standing.until) if standing.until else None
        case JourneyState.ASKED:
            return met.days_after(standing.since, of.reminder_days)
        case JourneyState.ACTIVE:
            ordered = sorted(prompts, key=lambda p: (p.sent, p.milestone.action))
            question, reminder = (
                _to_ask(of, standing, ordered, met),
                _to_remind(of, standing, ordered, met),
            )
            return min((each[1] for each in (question, reminder) if each), default=None)
    return None


def _question(
    of: JourneyRules, standing: Standing, prompts: Sequence[Prompt], met: Met, now: datetime
) -> Due | None:
    there = _to_ask(of, standing, prompts, met)
    return Due(step=Step.ASK, prompt=there[0]) if there and now >= there[1] else None


def _to_ask(
    of: JourneyRules, standing: Standing, prompts: Sequence[Prompt], met: Met
) -> tuple[Prompt, datetime] | None:
    """Return the prompt after which it is asked whether they are still with us, and from when on;
    None while not enough in a row are unanswered.
    """
    last = [p for p in prompts if p.sent > standing.counts_from][-of.unanswered :]
    if len(last) < of.unanswered or any(p.answered is not None for p in last):
        return None
    return last[-1], met.days_after(last[-1].sent, 2 * of.reminder_days)


def _reminder(
    of: JourneyRules, standing: Standing, prompts: Sequence[Prompt], met: Met, now: datetime
) -> Due | None:
    there = _to_remind(of, standing, prompts, met)
    if there is None or not there[1] <= now < there[1] + LATE:
        return None
    return Due(step=Step.REMIND, prompt=there[0])


def _to_remind(
    of: JourneyRules, standing: Standing, prompts: Sequence[Prompt], met: Met
) -> tuple[Prompt, datetime] | None:
    """Return the newest prompt, unless that was sent before a pause, and when they are reminded of
    it.
    """
    newest = prompts[-1] if prompts else None
    if newest is None or newest.answered or newest.reminded or newest.sent < standing.since:
        return None
    return newest, met.days_after(newest.sent, of.reminder_days)


_ARROWS: Mapping[Event, tuple[JourneyState | None, JourneyState]] = {
    Event.PAUSE: (None, JourneyState.PAUSED),
    Event.CANT_CONTINUE: (None, JourneyState.ENDED),
    Event.RESUMED: (None, JourneyState.ACTIVE),
    Event.ASKED: (JourneyState.ACTIVE, JourneyState.ASKED),
    Event.SILENT: (JourneyState.ASKED, JourneyState.SILENT),
    Event.WOKEN: (JourneyState.PAUSED, JourneyState.ACTIVE),
}
"""For each event the state from which it leads (None: any) and the state to which."""

_WORDS = (Event.ANSWERED, Event.HEARD, Event.NEED_HELP, Event.CHANGE_CONTACT)


def after(standing: Standing, event: Event, now: datetime, until: date | None = None) -> Standing:
    """Return how the journey stands once this event has happened.

    An event that can't happen in a state changes nothing. `until` belongs to PAUSE.
    """
    heard = (
        standing
        if event in (Event.ASKED, Event.SILENT, Event.WOKEN)
        else replace(standing, heard=now)
    )
    target = _target(standing.state, event)
    if target is None or (target is standing.state and event is not Event.PAUSE):
        return heard
    return replace(
        heard, state=target, since=now, until=until if target is JourneyState.PAUSED else None
    )


def _target(state: JourneyState, event: Event) -> JourneyState | None:
    if event in _WORDS:
        # Somebody who paused or ended may report a milestone and still get no prompts.
        return JourneyState.ACTIVE if state in (JourneyState.ASKED, JourneyState.SILENT) else None
    only_from, to = _ARROWS[event]
    return to if only_from in (None, state) else None


def needs_staff(event: Event) -> bool:
    """Return whether a member of staff has to look at this event."""
    return event in (Event.NEED_HELP, Event.CHANGE_CONTACT, Event.CANT_CONTINUE, Event.SILENT)
