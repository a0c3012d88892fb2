"""A campaign's year month by month: its observances, the posts that left, pledges that became
public, milestones that were reported, and uses of its hashtag. Or the year of one pledge.

Only what is public is in it: of pledges those that are published, of people no name. Months to come
are left out.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from bot.errors import UsageError
from bot.gaps import filled
from bot.jobs.campaigns import calendar
from bot.jobs.counting import figures, usage
from bot.jobs.services import Services
from bot.kept import Kept
from bot.languages import said_day, said_month, said_number
from bot.model import Audience, Campaign
from bot.model.message import PostOut
from bot.model.pledge import MadePublic, Pledge, PledgeState
from bot.pictures.charts import Bar, Chart, steps
from bot.times import from_epoch


@dataclass(frozen=True, kw_only=True)
class StepDone:
    """A milestone, by how many it was reported in a month, and for one pledge the link to it."""

    action: str
    count: int
    link: str | None = None


@dataclass(frozen=True, kw_only=True)
class Month:
    """What was done in one month."""

    first: date
    #: ids and days, by day
    observances: tuple[tuple[str, date], ...]
    #: by action and day
    posts: tuple[PostOut, ...]
    #: pledges of organisations, countries and regions that became public, by when
    pledges: tuple[MadePublic, ...]
    #: how many of individuals did, who are not named
    individuals: int
    steps: tuple[StepDone, ...]
    #: uses of the campaign's main hashtag by network; None where nothing was seen
    uses: Mapping[str, int | None]


@dataclass(frozen=True, kw_only=True)
class Review:
    """A year, from `start` to `end`, both included."""

    campaign: str
    start: date
    end: date
    months: tuple[Month, ...]
    #: of which it is the year; None for the whole campaign
    pledge: MadePublic | None
    rehearsal: bool

    def as_json(self) -> dict[str, object]:
        """Return the review by the keys of the JSON of `drumbeat review`."""
        return {
            "campaign": self.campaign,
            "from": self.start,
            "to": self.end,
            "pledge": None if self.pledge is None else self.pledge.pledge,
            "rehearsal": self.rehearsal,
            "months": [_month_json(month) for month in self.months],
        }


def _month_json(month: Month) -> dict[str, object]:
    return {
        "month": f"{month.first:%Y-%m}",
        "observances": [{"observance": name, "date": day} for name, day in month.observances],
        "posts": [
            {"action": p.action, "date": p.day, "network": p.network, "url": p.url}
            for p in month.posts
        ],
        "pledges": [{"pledge": p.pledge, "organisation": p.organisation} for p in month.pledges],
        "individuals": month.individuals,
        "steps": [asdict(step) for step in month.steps],
        "uses": dict(month.uses),
    }


def begun(services: Services, campaign: Campaign, now: datetime) -> bool:
    """Return whether anything of a campaign's year can be told, whatever its calendar says."""
    today = services.today(now)
    start, last = calendar.window(campaign, None, today)
    store = services.store
    return start <= today and (
        store.public_pledges.any_in(campaign.id)
        or store.posts.any_out(campaign.id, start, min(last, today))
        or figures.any_counted(services, campaign, today)
    )


def review(
    services: Services, campaign: Campaign, now: datetime, year: int | None = None
) -> Review:
    """Return what was done in a campaign's year: its own, else `year` or that of today.

    Raises `UsageError` when the campaign doesn't run in that year.
    """
    today = services.today(now)
    start, last = calendar.window(campaign, year, today)
    end = min(last, today)
    uses = _uses(services, campaign, start, end, now)
    steps_done = services.store.journeys.steps_done(campaign.id)
    counted: Counter[tuple[date, str]] = Counter()
    for each in steps_done:
        if start <= each.day <= end:
            counted[each.day.replace(day=1), each.action] += each.count
    observed = sorted(figures.marked(campaign, start, end).items())
    public = _by_month(services.store.public_pledges.by_day(campaign.id))
    posts = services.store.posts.out(campaign.id, start, end)
    return Review(
        campaign=campaign.id,
        start=start,
        end=end,
        months=tuple(
            Month(
                first=first,
                observances=tuple(
                    (name, day)
                    for day, names in observed
                    if _is_in(day, first)
                    for name in sorted(names)
                ),
                posts=tuple(post for post in posts if _is_in(post.day, first)),
                pledges=tuple(each for each in public[first] if each.audience is not _PERSON),
                individuals=sum(each.audience is _PERSON for each in public[first]),
                steps=tuple(
                    StepDone(action=action, count=n)
                    for (month, action), n in sorted(counted.items())
                    if month == first
                ),
                uses=uses.get(first, {}),
            )
            for first in _firsts(start, end)
        ),
        pledge=None,
        rehearsal=services.rehearsal,
    )


def review_of(
    services: Services, campaign: Campaign, number: int, now: datetime, year: int | None = None
) -> Review:
    """Return the year of one pledge: what its maker reported, and the campaign's days beside it.

    Raises `UsageError` for a pledge that is not public in this campaign.
    """
    pledge = _public(services, campaign, number)
    whole = review(services, campaign, now, year)
    public = services.store.public_pledges.by_day(campaign.id)
    own = next(each for each in public if each.pledge == pledge.id)
    if pledge.audience is _PERSON:
        own = replace(own, organisation="")
    reports = services.store.journeys.reports(pledge.id)
    # a link is public only once staff have looked at it
    passed = set(services.store.amplify.public_links(pledge.id))
    return replace(
        whole,
        pledge=own,
        months=tuple(
            replace(
                month,
                posts=(),
                pledges=tuple(each for each in month.pledges if each.pledge == pledge.id),
                individuals=0,
                steps=tuple(
                    StepDone(
                        action=report.action,
                        count=1,
                        link=report.link if report.link in passed else None,
                    )
                    for report in reports
                    if _is_in(from_epoch(report.answered).date(), month.first)
                ),
                uses={},
            )
            for month in whole.months
        ),
    )


_PERSON = Audience.INDIVIDUAL

Uses = Mapping[date, Mapping[str, int | None]]
"""Uses of a hashtag by month and network; None where nothing was seen."""


def _public(services: Services, campaign: Campaign, number: int) -> Pledge:
    pledge = services.store.pledges.get(number)
    if pledge is None or pledge.campaign != campaign.id:
        raise UsageError(
            f"{campaign.id} has no pledge {number}; `drumbeat pledges list` names them"
        )
    if pledge.state is not PledgeState.PUBLISHED:
        raise UsageError(
            f"pledge {number} is not public ({pledge.state.word}), and neither is its year; publish"
            " it first"
        )
    return pledge


def _firsts(start: date, end: date) -> list[date]:
    months = range(start.year * 12 + start.month - 1, end.year * 12 + end.month)
    return [date(month // 12, month % 12 + 1, 1) for month in months]


def _is_in(day: date, first: date) -> bool:
    return (day.year, day.month) == (first.year, first.month)


def _by_month(public: Sequence[MadePublic]) -> Mapping[date, list[MadePublic]]:
    months: dict[date, list[MadePublic]] = defaultdict(list)
    for each in public:
        months[from_epoch(each.at).date().replace(day=1)].append(each)
    return months


_USES: Kept[Hashable, Uses] = Kept(8)
"""Uses of whole years, which take a second to be made from all samples of one."""


def _uses(services: Services, campaign: Campaign, start: date, end: date, now: datetime) -> Uses:
    """Return the uses of the main hashtag by month and network, of months with any count."""
    if not figures.any_counted(services, campaign, end):
        return {}
    newest = services.store.samples.newest()
    key = services.store, campaign.id, campaign.hashtag, start, end, newest
    return _USES.made(key, lambda: _made(services, campaign.hashtag, start, end, now))


def _made(services: Services, tag: str, start: date, end: date, now: datetime) -> Uses:
    uses: dict[date, dict[str, int | None]] = {}
    for of in usage.usages(services, tag, start, end, now):
        for day in of.days:
            month = uses.setdefault(day.day.replace(day=1), {})
            before = month.setdefault(of.network, None)
            if day.uses is not None:
                month[of.network] = (before or 0) + day.uses
    return uses


def charts(services: Services, campaign: Campaign, whole: Review, language: str) -> list[Chart]:
    """Return the charts of a review: posts, pledges, and uses on each network; none that is empty.

    Their words stand in the table [review] of content/<language>/public.toml.
    """
    words = services.renderer.page_words(campaign, language, fallback="en")
    said = words["review"]
    networks = sorted({network for month in whole.months for network in month.uses})
    rows: list[tuple[str, str, Sequence[int | None]]] = [
        ("posts", said["posts_by_month"], [len(month.posts) for month in whole.months]),
        (
            "pledges",
            said["pledges_by_month"],
            [len(month.pledges) + month.individuals for month in whole.months],
        ),
        *(
            (
                f"uses-{network}",
                filled(
                    said["uses_by_month"],
                    tag=campaign.hashtag,
                    network=figures.network_name(services, network, language),
                ),
                [month.uses.get(network) for month in whole.months],
            )
            for network in networks
        ),
    ]
    if whole.pledge is not None:
        rows = []
    note = words["figures"]["rehearsal"] if whole.rehearsal else ""
    return [
        _chart(name, title, values, whole, said, language, note)
        for name, title, values in rows
        if any(values)
    ]


def _chart(
    name: str,
    title: str,
    values: Sequence[int | None],
    whole: Review,
    said: Mapping[str, Any],
    language: str,
    note: str,
) -> Chart:
    def number(value: float | None) -> str:
        return said["unseen"] if value is None else said_number(value, language)

    known = [(value, at) for at, value in enumerate(values) if value is not None]
    most, at = max(known, key=lambda each: (each[0], -each[1]))
    return Chart(
        name=name,
        title=title,
        description=filled(
            said["chart"],
            n=said_number(sum(value for value, _ in known), language),
            month=said_day(whole.months[at].first, "LLLL", language),
            most=said_number(most, language),
        ),
        head=(said["month"], said["number"], said["marks"]),
        bars=tuple(
            Bar(
                label=said_month(month.first, language, year=True, short=True),
                value=value,
                said=number(value),
            )
            for month, value in zip(whole.months, values, strict=True)
        ),
        scale=tuple((height, said_number(height, language)) for height in steps(values)),
        note=note,
    )
