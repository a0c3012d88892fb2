"""The shapes of calendar.toml and journey.toml, and the observances and actions made of them."""

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from bot.files.shapes import Report, Shape
from bot.library.shapes import AUDIENCES, AudienceWords, Hashtags, Id, Ids, Sourced, Text
from bot.model import (
    Action,
    EasterOffset,
    Kind,
    ListedDates,
    NthWeekday,
    Observance,
    Rule,
    YearlyDay,
)
from bot.model.makers import AfterPledge, JourneyRules
from bot.names import suggest
from bot.times import MOST_DAYS

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LEAP = 2000  # any leap year: it has every day that a month can have
_MOST_WEEKS, _MOST_DAYS = 5, 400
_WEEK = 7  # days
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}


def _grace(word: str) -> str:
    if not re.fullmatch(r"[1-9][0-9]{0,4}[dhm]", word):
        raise ValueError(f'{word!r} is no length of time; write it like "14h", "3d" or "90m"')
    return word


_AFTER = re.compile(r"([1-9][0-9]{0,3}) (day|week|month)s?")
_MOST_AFTER = {"day": 1826, "week": 260, "month": 60}  # five years


def _after(word: str) -> str:
    given = _AFTER.fullmatch(word)
    if given is None:
        raise ValueError(
            f'{word!r} is no length of time; write it like "10 days", "2 weeks" or "6 months"'
        )
    if int(given[1]) > _MOST_AFTER[given[2]]:
        raise ValueError(f"{word!r} is more than five years; give less")
    return word


def _since(value: object) -> object:
    """Pass a month, and a length of time."""
    if isinstance(value, str):
        return _after(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(  # noqa: TRY004 - the shape tells it as a problem
            'must be a month, like 10, or how long after the pledge, like "9 months"'
        )
    return value


def after(word: str) -> AfterPledge:
    """Return how long after a pledge that is, by words like '2 weeks' or '6 months'."""
    given = _AFTER.fullmatch(word)
    assert given is not None  # noqa: S101 - the shape has looked at it
    number = int(given[1])
    if given[2] == "month":
        return AfterPledge(months=number)
    return AfterPledge(days=number * (_WEEK if given[2] == "week" else 1))


class WhenShape(Shape):
    """The value of `when`: {month, day}, {month, nth, weekday}, {dates} or {easter}.

    Which keys may stand together is judged by `rule`.
    """

    month: int | None = None
    day: int | None = None
    nth: int | None = None
    weekday: (
        Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] | None
    ) = None
    dates: list[date] | None = None
    easter: int | None = None


class ObservanceShape(Sourced):
    """The table [observances.ID] of calendar.toml."""

    when: WhenShape


class PromptShape(Sourced):
    """A table [[prompt]] of journey.toml: like an action, but without a kind."""

    id: Id
    audiences: AudienceWords = Field(["region", "country", "organization"])
    observance: Text | None = None
    month: int | None = None
    nudge: int | None = None
    #: how long after the pledge: "10 days", "2 weeks" or "6 months"
    after: Annotated[str, AfterValidator(_after)] | None = None
    to: list[Literal["nudge", "post"]] | None = None
    hashtags: Hashtags = Field([])
    links: Ids = Field([])
    prescribed: Text | None = None
    picture: Id | None = None
    requires: Literal["pledge"] | None = None
    safeguarding: bool = False
    video: bool = False
    grace: Annotated[str, AfterValidator(_grace)] | None = None


class ActionShape(PromptShape):
    """A table [[action]] of calendar.toml."""

    kind: Literal[
        "share",
        "read",
        "watch",
        "follow",
        "ask",
        "enter",
        "learn",
        "announce",
        "join",
        "quick",
        "opening",
    ]
    audiences: AudienceWords = Field(["individual"])
    #: how many friends it asks people to invite by a link of their own
    invites: int = Field(0, ge=0, le=100)


class CalendarShape(Shape):
    """Everything that calendar.toml may hold."""

    observances: dict[Id, ObservanceShape] = Field({})
    action: list[ActionShape] = Field([])


class JourneyTable(Shape):
    """The table [journey] of journey.toml: the numbers that a pledge's journey goes by."""

    #: days until an unanswered prompt is reminded of
    reminder_days: int = 10
    #: unanswered prompts in a row until pledge-makers are asked whether they are still with us
    unanswered: int = 2
    #: days for which an untouched draft is kept
    draft_days: int = 90
    #: month (1 to 12) in which the survey is offered
    survey: int | None = None
    #: month (1 to 12) from which the scale-up questionnaire is offered, or how long after the
    #: pledge
    scale_up: Annotated[object, AfterValidator(_since)] = None
    #: whose twelve months are a pledge's year: the campaign's, or its own
    year: Literal["campaign", "own"] = "campaign"


class JourneyShape(Shape):
    """Everything that journey.toml may hold."""

    journey: JourneyTable = JourneyTable()
    prompt: list[PromptShape] = Field([])


def journey_rules(shape: JourneyTable) -> JourneyRules:
    """Return the numbers that a pledge's journey goes by."""
    since = shape.scale_up
    assert since is None or isinstance(since, int | str)  # noqa: S101 - the shape has looked at it
    return JourneyRules(
        reminder_days=shape.reminder_days,
        unanswered=shape.unanswered,
        draft_days=shape.draft_days,
        survey=shape.survey,
        scale_up=after(since) if isinstance(since, str) else since,
        own_year=shape.year == "own",
    )


def judge_journey(shape: JourneyShape, report: Report) -> None:
    """Report numbers of [journey] that are no month, below 1, or more days than `MOST_DAYS`."""
    for key, value in shape.journey.model_dump(exclude_none=True).items():
        if isinstance(value, str):
            continue
        if key in ("survey", "scale_up"):
            _month(value, f"journey.{key}", report)
        elif value < 1:
            report(f"journey.{key}", f"must be 1 or more, not {value}")
        elif key in ("reminder_days", "draft_days") and value > MOST_DAYS:
            report(f"journey.{key}", f"must be {MOST_DAYS} or less, not {value}")


def rule(when: WhenShape, key: str, report: Report) -> Rule | None:
    """Return the date rule that `when` gives, or None after reporting at `key` what is wrong."""
    given = tuple(sorted(when.model_fields_set))
    if given == ("day", "month") and when.month is not None and when.day is not None:
        return yearly(when.month, when.day, key, report)
    if (
        given == ("month", "nth", "weekday")
        and when.month is not None
        and when.nth is not None
        and when.weekday is not None
    ):
        if _month(when.month, f"{key}.month", report) and _between(
            when.nth, -_MOST_WEEKS, _MOST_WEEKS, f"{key}.nth", report
        ):
            return NthWeekday(month=when.month, nth=when.nth, weekday=WEEKDAYS.index(when.weekday))
        return None
    if given == ("dates",) and when.dates:
        return ListedDates(dates=tuple(sorted(set(when.dates))))
    if given == ("easter",) and when.easter is not None:
        easter_ok = when.easter == 0 or _between(
            when.easter, -_MOST_DAYS, _MOST_DAYS, f"{key}.easter", report
        )
        return EasterOffset(days=when.easter) if easter_ok else None
    report(
        key,
        "must be { month, day }, { month, nth, weekday }, { dates = [one or more days] } or {"
        " easter = days after Easter Sunday }, nothing else",
    )
    return None


def yearly(
    month: int, day: int, key: str, report: Report, *, leap: bool = True
) -> YearlyDay | None:
    """Return the rule for one day of every year, or None after reporting why there is none.

    29 February is accepted only if `leap`.
    """
    if not _month(month, f"{key}.month" if key else "month", report):
        return None
    name, last = date(_LEAP, month, 1).strftime("%B"), monthrange(_LEAP, month)[1]
    if not 1 <= day <= last:
        report(key, f"there is no {day} {name}; its last day is the {last}")
        return None
    if (month, day) == (2, 29) and not leap:
        report(key, "29 February comes in leap years only; choose another day")
        return None
    return YearlyDay(month=month, day=day)


def _month(month: int, key: str, report: Report) -> bool:
    if 1 <= month <= 12:  # noqa: PLR2004 - months
        return True
    report(key, f"there is no month {month}; give 1 to 12")
    return False


def _between(value: int, low: int, high: int, key: str, report: Report) -> bool:
    if value != 0 and low <= value <= high:
        return True
    report(key, f"must be {low} to {high} and not 0, not {value}")
    return False


def observances(shape: CalendarShape, report: Report) -> dict[str, Observance]:
    """Return the observances whose date rule is sound, by name; report the others."""
    known = {}
    for name, observance in shape.observances.items():
        when = rule(observance.when, f"observances.{name}.when", report)
        if when is not None:
            known[name] = Observance(id=name, when=when, source=observance.source)
    return known


def actions(
    campaign: str,
    entries: Sequence[PromptShape],
    named: Mapping[str, Observance],
    known: Sequence[str],
    slots: Mapping[str, object] | None,
    report: Report,
) -> list[Action]:
    """Return an action for each entry, and report what is wrong with it.

    `named` holds the sound observances, `known` the names of all. `slots` are the campaign's link
    slots; None where campaign.toml can't be read, and then links are not checked.
    """
    actions = []
    for entry in entries:
        key = f"{'action' if isinstance(entry, ActionShape) else 'prompt'}[{entry.id}]"
        for slot in entry.links:
            if slots is not None and slot not in slots:
                report(f"{key}.links", f"campaign.toml has no [links.{slot}]{suggest(slot, slots)}")
        when = _when(entry, key, named, known, report)
        actions.append(_action(campaign, entry, when))
    return actions


def _when(
    entry: PromptShape,
    key: str,
    named: Mapping[str, Observance],
    known: Sequence[str],
    report: Report,
) -> Rule | None:
    dated = [
        name
        for name in ("observance", "month", "nudge", "after")
        if getattr(entry, name) is not None
    ]
    if isinstance(entry, ActionShape) and entry.kind == "quick":
        if dated or entry.to:
            report(
                f"{key}.{(dated or ['to'])[0]}",
                "a quick thing is always there: leave out observance, month, nudge, after and to",
            )
        return None
    if dated == ["after"]:
        _judge_after(entry, key, report)
        return after(str(entry.after))
    if dated == ["observance"]:
        if entry.observance not in known:
            report(
                f"{key}.observance",
                "there is no"
                f" [observances.{entry.observance}]{suggest(str(entry.observance), known)}",
            )
        return named[str(entry.observance)].when if entry.observance in named else None
    if entry.month is not None and entry.nudge is not None and dated == ["month", "nudge"]:
        return _monthly(entry.month, entry.nudge, key, report)
    report(
        key,
        "needs either observance (a named day) or month and nudge (the day of the month), not both"
        if isinstance(entry, ActionShape)
        else "needs just one of observance (a named day), month and nudge (the day of the month),"
        " and after (how long after the pledge)",
    )
    return None


def _judge_after(entry: PromptShape, key: str, report: Report) -> None:
    """Report what follows a pledge and is for others than its maker, who has a journey."""
    if isinstance(entry, ActionShape):
        report(f"{key}.after", "only prompts of journey.toml follow a pledge; give it a day")
    if "post" in (entry.to or []):
        report(f"{key}.to", "a post is for everybody and follows nobody's pledge; leave it out")
    if "individual" in entry.audiences:
        report(
            f"{key}.audiences",
            "pledges of individuals have no journey, so that it would never come; leave it out",
        )


def _monthly(month: int, day: int, key: str, report: Report) -> YearlyDay | None:
    if not _month(month, f"{key}.month", report):
        return None
    return yearly(month, day, f"{key}.nudge", report, leap=False)


def _action(campaign: str, entry: PromptShape, when: Rule | None) -> Action:
    kind = Kind(entry.kind) if isinstance(entry, ActionShape) else Kind.PROMPT
    to = entry.to if entry.to is not None else ([] if kind is Kind.QUICK else ["nudge"])
    return Action(
        campaign=campaign,
        id=entry.id,
        kind=kind,
        audiences=tuple(AUDIENCES[word] for word in entry.audiences),
        observance=entry.observance,
        when=when,
        month=entry.month,
        nudge="nudge" in to,
        post="post" in to,
        hashtags=tuple(entry.hashtags),
        links=tuple(entry.links),
        prescribed=entry.prescribed,
        picture=entry.picture,
        requires=entry.requires,
        safeguarding=entry.safeguarding,
        video=entry.video,
        invites=entry.invites if isinstance(entry, ActionShape) else 0,
        grace=_length(entry.grace or _usual_grace(entry, kind)),
        source=entry.source,
    )


def _usual_grace(entry: PromptShape, kind: Kind) -> str:
    """Return the grace of an entry that gives none.

    An observance's post is worthless the next morning; an action of a month may come days late.
    """
    if entry.observance is not None:
        return "14h"
    return "7d" if kind is Kind.PROMPT else "3d"


def _length(word: str) -> timedelta:
    return timedelta(**{_UNITS[word[-1]]: int(word[:-1])})
