"""Makes the answers of the API for programs of staff."""

from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus

from bot.jobs.machines import posts, told
from bot.jobs.machines.declined import Declined, Why
from bot.jobs.staff import posting
from bot.model import State
from bot.model.outbox import Entry
from bot.times import epoch
from bot.web.machines import shapes
from bot.web.machines.asked import Asked, Given

PAGE = 50
"""Posts of one answer."""

_STATES = {state.word: state for state in State}
_DAY = timedelta(days=1)


def listed(asked: Asked) -> Given:
    """Give a page of the posts that fit."""
    query = asked.query
    day = _day(query["day"])
    entries = asked.services.store.posts.after(
        _after(asked, day),
        epoch(day + _DAY) if day is not None else 2**62,
        state=_STATES.get(query["state"]),
        campaign=query["campaign"],
        channel=query["channel"],
        most=PAGE + 1,
    )
    page = entries[:PAGE]
    last = page[-1] if len(entries) > PAGE else None
    return Given(
        content=shapes.Posts(
            rehearsal=asked.services.rehearsal,
            posts=tuple(_post(asked, entry) for entry in page),
            next=f"{last.due}-{last.key.occurrence}-{last.key.channel}" if last else None,
        )
    )


def _day(written: str) -> datetime | None:
    if not written:
        return None
    try:
        day = date.fromisoformat(written)
        start = datetime(day.year, day.month, day.day, tzinfo=UTC)
        return start if start + _DAY else None
    except (ValueError, OverflowError):
        raise Declined(Why.ABSENT, "day: there is no such day; give one like 2027-01-31") from None


def _after(asked: Asked, day: datetime | None) -> tuple[int, int, int]:
    begins = (epoch(day if day is not None else asked.now - told.BACK), 0, 0)
    if not asked.query["after"]:
        return begins
    due, occurrence, channel = map(int, asked.query["after"].split("-"))
    return (
        max(begins, (due, occurrence, channel)) if day is not None else (due, occurrence, channel)
    )


def one(asked: Asked) -> Given:
    """Give a post with its text."""
    services = asked.services
    entry = posts.find(services, asked.id)
    shown = posting.shown(services, entry)
    return Given(
        content=shapes.Whole(
            **_post(asked, entry),
            rehearsal=services.rehearsal,
            texts=shown.parts,
            problem=shown.problem or None,
        )
    )


def proposed(asked: Asked) -> Given:
    """Schedule a post that waits for approval; what is sent again is given again."""
    assert asked.sent is not None  # noqa: S101 - the entrance asks for it
    body = asked.body
    wanted = posts.Proposed(
        text=body["text"],
        channels=tuple(body["channels"]),
        due=body["due"],
        language=body.get("language", ""),
    )
    made, new = posts.propose(asked.services, wanted, asked.sent, asked.token, asked.by, asked.now)
    content = shapes.Made(
        rehearsal=asked.services.rehearsal, posts=tuple(_post(asked, each) for each in made)
    )
    return Given(content=content, status=HTTPStatus.CREATED if new else HTTPStatus.OK)


def taken_back(asked: Asked) -> Given:
    """Cancel a post that was proposed and that nobody has approved."""
    posts.take_back(asked.services, asked.id, asked.member, asked.now)
    return Given(status=HTTPStatus.NO_CONTENT)


def status(asked: Asked) -> Given:
    """Give how things are, in numbers."""
    numbers = told.numbers(asked.services, asked.now)
    return Given(
        content=shapes.Status(
            rehearsal=asked.services.rehearsal,
            posts=numbers.posts,
            channels=numbers.channels,
            holds=numbers.holds,
            alarms=numbers.alarms,
        )
    )


def _post(asked: Asked, entry: Entry) -> shapes.Post:
    channel = asked.services.settings.channels.get(entry.channel)
    return shapes.Post(
        id=str(entry.key),
        campaign=entry.campaign,
        action=entry.action,
        day=entry.day,
        channel=entry.channel,
        network=entry.network,
        language=channel.language if channel else None,
        due=posts.due_of(entry),
        state=entry.state.word,
        own=posts.is_own(asked.services, entry, asked.member),
        url=entry.url or None,
    )
