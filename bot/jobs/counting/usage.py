"""What is known of the use of hashtags, for the command line, the chat, the web and the weekly
digest. Nothing is changed here.

Networks stand side by side and are never summed up. Every table that is given to somebody says how
its numbers were made (`methodology`).
"""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files

from bot.jobs.services import Services
from bot.model import Campaign
from bot.rules import dates, hashtags, planner
from bot.rules.hashtags import DAY, Lift, Trend, Usage
from bot.text import hashtags as tags_in
from bot.text import normal
from bot.times import epoch, from_epoch

BACK = hashtags.BASELINE_WEEKS * 7 * DAY
"""How far before the first day samples are read, for comparisons."""

COLUMNS = (
    "day", "tag", "network", "uses", "own", "boosts", "authors", "by_pledge_makers", "coverage",
    "source", "query", "reposts", "blind_spots",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class TagReport:
    """What is known of the use of one hashtag."""

    #: the hashtag as the campaign writes it
    tag: str
    networks: tuple[Usage, ...]
    lifts: tuple[Lift, ...]
    #: the trend on each network, by its name
    trends: Mapping[str, Trend]
    #: other hashtags in posts with this one, by network
    companions: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, kw_only=True)
class Report:
    """Some hashtags over some days, both ends included."""

    start: date
    end: date
    tags: tuple[TagReport, ...]

    def as_json(self) -> dict[str, object]:
        """Return the report by the keys of the JSON of `drumbeat hashtags`."""
        return {"from": self.start, "to": self.end, "tags": [_tag_json(tag) for tag in self.tags]}


def _tag_json(tag: TagReport) -> dict[str, object]:
    return {
        "tag": tag.tag,
        "by_network": [
            {
                "network": each.network,
                "total": each.total,
                "by_day": [
                    {
                        "day": d.day,
                        "uses": d.uses,
                        "own": d.own,
                        "boosts": d.boosts,
                        "coverage": round(d.coverage, 3),
                    }
                    for d in each.days
                ],
                "gaps": [{"from": gap.start, "to": gap.end} for gap in each.gaps],
                "coverage": each.coverage,
            }
            for each in tag.networks
        ],
        "lift": [
            {
                "observance": each.observance,
                "network": each.network,
                "ratio": each.ratio,
                "n": each.n,
                "blind_days": each.blind_days,
            }
            for each in tag.lifts
        ],
    }


def tracked(campaigns: Iterable[Campaign]) -> list[str]:
    """Return the hashtags of these campaigns as they write them, each once."""
    tags: dict[str, str] = {}
    for campaign in campaigns:
        for tag in (campaign.hashtag, *campaign.hashtags):
            tags.setdefault(normal(tag), tag)
    return list(tags.values())


def asked_for(campaigns: Iterable[Campaign], day: date) -> list[str]:
    """Return the hashtags that are collected on `day`: of campaigns that run, soon will
    (comparisons need the weeks before), or have just ended.
    """
    return tracked(_collected(campaigns, day))


def campaign_of(campaigns: Iterable[Campaign], day: date, tag: str) -> str:
    """Return the id of the first campaign for which this hashtag is collected on `day`; '' for a
    hashtag of none.
    """
    known = normal(tag)
    theirs = (each for each in _collected(campaigns, day) if known in map(normal, tracked([each])))
    return next((each.id for each in theirs), "")


def _collected(campaigns: Iterable[Campaign], day: date) -> Iterator[Campaign]:
    for campaign in campaigns:
        if (campaign.start is None or day >= campaign.start - BACK - 7 * DAY) and (
            campaign.end is None or day <= campaign.end + BACK
        ):
            yield campaign


def report(
    services: Services,
    now: datetime,
    *,
    start: date,
    end: date,
    campaigns: Sequence[Campaign] | None = None,
    tags: Sequence[str] | None = None,
) -> Report:
    """Return everything from `start` to `end` about these hashtags, or those of the campaigns (the
    active ones by default).
    """
    campaigns = services.active if campaigns is None else campaigns
    own = _own(services, start - BACK, end)
    return Report(
        start=start,
        end=end,
        tags=tuple(
            _tag(services, tag, start, end, now=now, campaigns=campaigns, own=own)
            for tag in (tracked(campaigns) if tags is None else tags)
        ),
    )


def usages(services: Services, tag: str, start: date, end: date, now: datetime) -> list[Usage]:
    """Return what each network has of a hashtag, by its name."""
    return _usages(services, tag, start, end, now, _own(services, start, end))


Own = Mapping[tuple[str, str], Mapping[date, int]]
"""Numbers of our own posts: by (network, hashtag), then by day."""


def _own(services: Services, start: date, end: date) -> Own:
    counts: dict[tuple[str, str], Counter[date]] = defaultdict(Counter)
    since, until = (epoch(hashtags.midnight(day)) for day in (start, end + DAY))
    for post in services.store.posts.sent(since, until):
        for tag in {normal(tag) for tag in tags_in(post.text)}:
            counts[post.network, tag][from_epoch(post.at).date()] += 1
    return counts


def _usages(
    services: Services, tag: str, start: date, end: date, now: datetime, own: Own
) -> list[Usage]:
    by_network = defaultdict(list)
    for sample in services.store.samples.within(
        normal(tag), hashtags.midnight(start), hashtags.midnight(end + DAY)
    ):
        by_network[sample.network].append(sample)
    patience = 2 * max(services.settings.usage.interval, services.settings.usage.x_interval)
    usages = [
        hashtags.usage(
            samples, start, end, now=now, own=own.get((network, normal(tag))), patience=patience
        )
        for network, samples in sorted(by_network.items())
    ]
    return [each for each in usages if each is not None]


def _tag(
    services: Services,
    tag: str,
    start: date,
    end: date,
    *,
    now: datetime,
    campaigns: Sequence[Campaign],
    own: Own,
) -> TagReport:
    today = now.astimezone(UTC).date()
    long = _usages(services, tag, start - BACK, end, now, own)
    after = min(today, end + DAY)
    return TagReport(
        tag=tag,
        networks=tuple(hashtags.within(each, start, end) for each in long),
        lifts=tuple(
            _lifts(long, _observances(campaigns, start, end), start, min(end, today), today)
        ),
        trends={each.network: hashtags.trend(each, today=after) for each in long},
        companions={each.network: _companions(services, tag, each, start, end) for each in long},
    )


def _observances(campaigns: Sequence[Campaign], start: date, end: date) -> list[tuple[str, date]]:
    """Return (observance, day) for each that these campaigns mark, from the days that comparisons
    need before `start` to the day after `end`.
    """
    first, last = start - BACK - DAY, end + DAY
    days = {
        (action.observance, day)
        for campaign in campaigns
        for action in campaign.actions
        if action.observance and action.when
        for day in dates.days(action.when, first, last)
        if planner.within(campaign, day)
    }
    return sorted(days, key=lambda each: (each[1], each[0]))


def _lifts(
    usages: Sequence[Usage],
    observances: Sequence[tuple[str, date]],
    start: date,
    end: date,
    today: date,
) -> Iterable[Lift]:
    for name, day in observances:
        if start <= day <= end:
            others = {other for other_name, other in observances if other_name != name}
            yield from (hashtags.lift(each, name, day, others, today=today) for each in usages)


def _companions(
    services: Services, tag: str, usage_of: Usage, start: date, end: date
) -> dict[str, int]:
    samples = services.store.samples.beside(
        normal(tag), hashtags.midnight(start), hashtags.midnight(end + DAY)
    )
    series = (usage_of.source, usage_of.query, usage_of.reposts)
    return hashtags.companions(
        s for s in samples if s.network == usage_of.network and s.series == series
    )


def methodology() -> str:
    """Return what the numbers mean and what they can't say; it goes with every table."""
    return files("bot.jobs.counting").joinpath("methodology.txt").read_text("utf-8").strip()


def as_csv(report: Report) -> str:
    """Return one row per hashtag, network and day, after the methodology as lines that begin with
    '#'.

    Every cell stands in quotes, hashtags too.
    """
    out = io.StringIO()
    out.writelines(f"# {line}".rstrip() + "\n" for line in methodology().splitlines())
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(
        row for tag in report.tags for each in tag.networks for row in _rows(tag.tag, each)
    )
    return out.getvalue()


def _rows(tag: str, usage_of: Usage) -> Iterable[tuple[object, ...]]:
    for day in usage_of.days:
        counts = (day.uses, day.own, day.boosts, day.authors, day.pledgers, round(day.coverage, 3))
        words = (
            usage_of.source,
            usage_of.query,
            "in" if usage_of.reposts else "out",
            "; ".join(usage_of.blind),
        )
        yield (
            day.day.isoformat(),
            tag,
            usage_of.network,
            *("" if count is None else count for count in counts),
            *words,
        )


@dataclass(frozen=True, kw_only=True)
class Digest:
    """What was counted in a week, to be told to staff."""

    text: str
    #: the values from which the text is made
    detail: Mapping[str, object]


def digest(services: Services, now: datetime, week: date) -> Digest | None:
    """Return what staff are told of the week that begins on `week`; None when nothing was collected
    in it.
    """
    week_of = report(services, now, start=week, end=week + 6 * DAY)
    lines = [line for tag in week_of.tags for line in _digest_lines(tag)]
    if not lines:
        return None
    text = "\n".join(
        [
            f"hashtags from {week} to {week_of.end} (days in UTC; networks are never summed up):",
            *lines,
        ]
    )
    return Digest(
        text=text,
        detail={
            "start": str(week),
            "end": str(week_of.end),
            "tags": [row for tag in week_of.tags for row in _plain(tag)],
        },
    )


def _plain(tag: TagReport) -> Iterable[dict[str, object]]:
    for each in tag.networks:
        yield {
            "tag": tag.tag,
            "network": each.network,
            "uses": each.total,
            "own": each.own,
            "boosts": each.boosts,
            "share": None if each.share is None else round(each.share * 100),
            "ratio": tag.trends[each.network].ratio,
            "seen": int(each.coverage * 100),
            "lifts": [
                {"observance": lift.observance, "date": str(lift.day), "ratio": lift.ratio}
                for lift in tag.lifts
                if lift.network == each.network and lift.ratio is not None
            ],
        }


def _digest_lines(tag: TagReport) -> Iterable[str]:
    for each in tag.networks:
        if each.total is None:
            yield f"{tag.tag} on {each.network}: nothing was seen"
            continue
        yield (
            f"{tag.tag} on {each.network}: {each.total} uses, {each.own} of them our own"
            f" posts{_extras(each, tag.trends[each.network])}"
        )
    for lift in tag.lifts:
        words = (
            f"{lift.ratio:g} times the usual"
            if lift.ratio is not None
            else f"no comparison ({lift.why})"
        )
        yield f"{tag.tag} on {lift.network}, {lift.observance} ({lift.day}): {words}"


def _extras(each: Usage, trend: Trend) -> str:
    words = [] if each.boosts is None else [f"{each.boosts} reposts"]
    words += [] if each.share is None else [f"{each.share:.0%} by pledge-makers"]
    words.append(
        f"{trend.ratio:g} times the week before"
        if trend.ratio is not None
        else f"no trend: {trend.why}"
    )
    words += [] if each.coverage == 1 else [f"only {each.coverage:.0%} of the time was seen"]
    return "".join(f"; {word}" for word in words)


def default_days(today: date) -> tuple[date, date]:
    """Return the days that are shown when nobody says which: the last four weeks."""
    return today - timedelta(days=27), today
