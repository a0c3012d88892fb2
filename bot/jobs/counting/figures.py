"""What the public is shown of the use of a campaign's hashtags: each network by itself, day by day,
with what was not seen, what was corrected later, and a chart.

The words stand in the table [figures] of content/<language>/public.toml, for page and chat alike.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.gaps import filled
from bot.jobs.counting import usage
from bot.jobs.services import Services
from bot.languages import said_day, said_list, said_month_day, said_number, said_time, sentences
from bot.model import Campaign
from bot.model.counting import Sample
from bot.networks.counting import UNREAD
from bot.pictures.charts import Bar, Chart, steps
from bot.rules import dates, hashtags, planner
from bot.rules.hashtags import DAY, Day, Lift, Trend, Usage
from bot.text import normal

COLUMNS = (
    "rehearsal", "hashtag", "network", "day", "observances", "uses", "own", "reposts", "authors",
    "by_pledge_makers", "coverage", "source", "query", "reposts_counted", "blind_spots",
)  # fmt: skip

_YEAR = timedelta(days=365)


@dataclass(frozen=True, kw_only=True)
class Correction:
    """A day whose count was another one before; nothing that was said is changed in silence."""

    day: date
    before: int
    now: int
    #: when the newer count was collected; aware
    corrected: datetime


@dataclass(frozen=True, kw_only=True)
class Counted:
    """One hashtag on one network over some days."""

    #: as the campaign writes it
    tag: str
    usage: Usage
    lifts: tuple[Lift, ...]
    trend: Trend
    #: ids of the observances on each day that has any
    marked: Mapping[date, tuple[str, ...]]
    corrections: tuple[Correction, ...]


@dataclass(frozen=True, kw_only=True)
class Figures:
    """All that was counted for a campaign from `start` to `end`, both included, days in UTC."""

    campaign: str
    start: date
    end: date
    counted: tuple[Counted, ...]
    rehearsal: bool


def span(campaign: Campaign, today: date) -> tuple[date, date]:
    """Return the days of which figures are shown: the campaign's, else those of the last year."""
    end = min(today, campaign.end or today)
    return campaign.start or end - _YEAR, end


def months(services: Services, campaign: Campaign, today: date) -> list[date]:
    """Return the first day of each month in which anything was counted, oldest first."""
    start, end = span(campaign, today)
    if end < start:
        return []
    firsts = {
        day.replace(day=1)
        for tag in usage.tracked([campaign])
        for day in services.store.samples.days(
            normal(tag), hashtags.midnight(start), hashtags.midnight(end + DAY)
        )
    }
    return sorted(firsts)


def any_counted(services: Services, campaign: Campaign, today: date) -> bool:
    """Return whether anything was counted for a campaign in the days that are shown."""
    start, end = span(campaign, today)
    return start <= end and any(
        services.store.samples.any_within(
            normal(tag), hashtags.midnight(start), hashtags.midnight(end + DAY)
        )
        for tag in usage.tracked([campaign])
    )


def figures(
    services: Services, campaign: Campaign, start: date, end: date, now: datetime
) -> Figures:
    """Return what was counted of the campaign's hashtags from `start` to `end`."""
    report = usage.report(services, now, start=start, end=end, campaigns=[campaign])
    observed = marked(campaign, start, end)
    return Figures(
        campaign=campaign.id,
        start=start,
        end=end,
        counted=tuple(
            Counted(
                tag=tag.tag,
                usage=each,
                lifts=tuple(lift for lift in tag.lifts if lift.network == each.network),
                trend=tag.trends[each.network],
                marked=observed,
                corrections=_corrections(services, tag.tag, each, start, end),
            )
            for tag in report.tags
            for each in tag.networks
        ),
        rehearsal=services.rehearsal,
    )


def marked(campaign: Campaign, start: date, end: date) -> dict[date, tuple[str, ...]]:
    """Return the ids of the observances on each day that has any."""
    named: dict[date, list[str]] = defaultdict(list)
    for action in campaign.actions:
        if action.observance and action.when:
            for day in dates.days(action.when, start, end):
                if planner.within(campaign, day) and action.observance not in named[day]:
                    named[day].append(action.observance)
    return {day: tuple(names) for day, names in named.items()}


def _corrections(
    services: Services, tag: str, of: Usage, start: date, end: date
) -> tuple[Correction, ...]:
    samples = services.store.samples.within(
        normal(tag), hashtags.midnight(start), hashtags.midnight(end + DAY)
    )
    series = (of.source, of.query, of.reposts)
    return corrected(s for s in samples if s.network == of.network and s.series == series)


def corrected(samples: Iterable[Sample]) -> tuple[Correction, ...]:
    """Return the days whose count changed after it was first told, oldest first.

    All `samples` are of one series, oldest first. What was told while its window was still going on
    is no figure yet, and its growth no correction.
    """
    told: dict[tuple[datetime, datetime], list[Sample]] = defaultdict(list)
    for sample in samples:
        if sample.collected >= sample.end:
            told[sample.start, sample.end].append(sample)
    days = defaultdict(list)
    for (start, _), counts in told.items():
        days[start.astimezone(UTC).date()].append(counts)
    return tuple(
        Correction(day=day, before=before, now=now, corrected=max(c[-1].collected for c in windows))
        for day, windows in sorted(days.items())
        if (before := sum(counts[0].uses for counts in windows))
        != (now := sum(counts[-1].uses for counts in windows))
    )


def words(services: Services, campaign: Campaign, language: str) -> Mapping[str, Any]:
    """Return what the campaign's figures say in a language."""
    table = services.renderer.page_words(campaign, language, fallback="en")
    said: Mapping[str, Any] = table["figures"]
    return said


def chart(services: Services, campaign: Campaign, counted: Counted, language: str) -> Chart:
    """Return the chart of one hashtag on one network, with its words in a language."""
    said = words(services, campaign, language)
    names = services.renderer.words(campaign, language).observances
    of = counted.usage
    bars = tuple(
        Bar(
            label=said_month_day(day.day, language, short=True),
            value=day.uses,
            said=_said(day, said, language),
            mark=said_list(
                (names.get(name, name) for name in counted.marked.get(day.day, ())), language
            ),
        )
        for day in of.days
    )
    values = [day.uses for day in of.days]
    return Chart(
        name=f"{normal(counted.tag).strip('#')}-{of.network}",
        title=filled(
            said["chart"], tag=counted.tag, network=network_name(services, of.network, language)
        ),
        description=in_words(counted, said, names, language),
        head=(said["day"], said["uses"], said["marks"]),
        bars=bars,
        scale=tuple((height, said_number(height, language)) for height in steps(values)),
        note=said["rehearsal"] if services.rehearsal else "",
    )


def network_name(services: Services, network: str, language: str) -> str:
    """Return what a network is called within a sentence, in this language; its id where the chat's
    words have no name for it.
    """
    accounts = [each for each in services.settings.channels.values() if each.network == network]
    # only by e-mail does that network write to single people; else it may be a chat service, too
    mails = network == "apprise" and accounts and all(each.nudges for each in accounts)
    return services.renderer.chat.said("networks", "mail" if mails else network, language)


def capital(name: str) -> str:
    """Return a name as it stands at the beginning of a line."""
    return name[:1].upper() + name[1:]


def _said(day: Day, said: Mapping[str, Any], language: str) -> str:
    if day.uses is None:
        return str(said["unseen"])
    number = said_number(day.uses, language)
    return number if day.whole else filled(said["partly"], n=number)


def in_words(
    counted: Counted, said: Mapping[str, Any], names: Mapping[str, str], language: str
) -> str:
    """Return the figures of one hashtag on one network as sentences, for who sees no chart."""
    of = counted.usage
    seen = [day for day in of.days if day.uses is not None]
    if not seen:
        return str(said["nothing"])
    most = max(seen, key=lambda day: day.uses or 0)
    parts = [
        filled(
            said["total"],
            n=said_number(of.total or 0, language),
            days=said_number(len(seen), language),
        ),
        filled(
            said["most"],
            day=said_month_day(most.day, language),
            n=said_number(most.uses or 0, language),
        )
        if most.uses
        else "",
        filled(said["own"], n=said_number(of.own, language)) if of.own else "",
        filled(said["blind_days"], n=len(of.days) - len(seen)) if len(seen) < len(of.days) else "",
        *(lift_in_words(lift, said, names, language) for lift in counted.lifts if lift.ratio),
    ]
    return sentences(parts, language)


def lift_in_words(
    lift: Lift, said: Mapping[str, Any], names: Mapping[str, str], language: str
) -> str:
    """Return how an observance differs from other days, or why that can't be said."""
    name = names.get(lift.observance, lift.observance)
    day = said_month_day(lift.day, language)
    if lift.ratio is not None:
        return filled(said["lift"], name=name, day=day, ratio=said_number(lift.ratio, language))
    why = "lift_unseen" if lift.n is None else "lift_few"
    if lift.n is not None and lift.n >= hashtags.LEAST:
        why = "lift_alone"
    return filled(said[why], name=name, day=day)


def blind_in_words(spot: str, said: Mapping[str, Any], language: str) -> str | None:
    """Return what a source could not see, as a collector named it, in the words of a page; None
    where they have none for it.
    """
    if unread := UNREAD.match(spot):
        before = datetime.strptime(unread[1], "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
        return filled(
            said["unread"],
            day=said_day(before.date(), "long", language),
            time=said_time(before.time(), language),
        )
    words: str | None = said["blind"].get(spot)
    return words


def as_csv(of: Figures) -> str:
    """Return one row for each hashtag, network and day (RFC 4180, with a header)."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(_row(of, counted, day) for counted in of.counted for day in counted.usage.days)
    return out.getvalue()


def _row(of: Figures, counted: Counted, day: Day) -> Sequence[object]:
    each = counted.usage
    counts = (day.uses, day.own, day.boosts, day.authors, day.pledgers, round(day.coverage, 3))
    return (
        "rehearsal" if of.rehearsal else "",
        counted.tag,
        each.network,
        day.day.isoformat(),
        "; ".join(counted.marked.get(day.day, ())),
        *("" if count is None else count for count in counts),
        each.source,
        each.query,
        "in" if each.reposts else "out",
        "; ".join(each.blind),
    )
