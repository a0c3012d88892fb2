"""The outbox: every post with its state, found by what it is about, its channel, state and day; of
messages to people, counts alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.jobs.planning.watched import counted
from bot.jobs.sending import decisions
from bot.jobs.staff import posting, scopes
from bot.jobs.staff.writing import when
from bot.model import State
from bot.model.outbox import Entry, UncertainGroup
from bot.model.outbox.browsing import LAST, Place, Wanted, place
from bot.model.outbox.waves import ToPeople
from bot.times import epoch
from bot.web.desk.colleague import Colleague
from bot.web.desk.noted import noted
from bot.web.desk.refused import Why
from bot.web.desk.sending.acts import ACTS, GROUP, POST
from bot.web.public.reader import Shown

AHEAD = timedelta(days=2)
"""How far ahead the first page begins: what comes later stands in the calendar."""

_TO_COME = (State.PLANNED, State.AWAITING_APPROVAL, State.QUEUED)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A post as the outbox lists it."""

    key: str
    title: str
    channel: str
    at: str
    #: as in a form, and in the reader's words
    state: str
    said: str
    #: how it came to stand so, in the reader's words, and in those of its network
    noted: tuple[str, str]
    url: str
    path: str
    #: what may be decided about it
    acts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the reader looks for, as it stands behind the question mark."""

    words: str = ""
    state: str = ""
    channel: str = ""
    day: str = ""
    #: the id of one post, which a link of its page names
    post: str = ""

    @property
    def link(self) -> dict[str, str]:
        """Return the fields that are not empty."""
        return {name: value for name, value in vars(self).items() if value}


async def outbox(who: Colleague) -> Shown:
    """Show a page of the outbox."""
    return await page(who)


async def page(who: Colleague, became: Sequence[tuple[str, str, Why | None]] = ()) -> Shown:
    """Return a page of the outbox, with what became of what was decided: of each its title, what
    was done, and why not.
    """
    asked = _asked(who)
    day = when.day(asked.day)
    if day is not None:
        await counted(who.services, who.now)
    rows, following = _posts(who, asked, day)
    values = {
        "asked": asked,
        # what leaves later is left out, where nothing asks for it
        "soon": not (asked.post or day or asked.state in {each.word for each in _TO_COME}),
        "states": [(state.word, who.words["states"][state.word]) for state in State],
        "channels": sorted(who.services.channel_ids),
        "rows": [_row(who, entry) for entry in rows],
        "acts": [act for act in ACTS if any(act in _acts(entry) for entry in rows)],
        "following": "-".join(map(str, following)) if following else "",
        "people": _people(who, day) if day else [],
        "uncertain": [_group(who, each) for each in who.services.store.listing.uncertain_people()],
        "became": became,
    }
    return Shown(template="outbox.html", title=who.words["menu"]["outbox"], values=values)


def _asked(who: Colleague) -> Asked:
    query = who.query
    known = {state.word for state in State}
    state, channel = query.get("state", ""), query.get("channel", "")
    return Asked(
        words=query.get("words", "").strip()[:100],
        state=state if state in known else "",
        channel=channel if channel in who.services.channel_ids else "",
        day=query.get("day", "") if when.day(query.get("day", "")) else "",
        post=query.get("post", "") if POST.fullmatch(query.get("post", "")) else "",
    )


def _posts(who: Colleague, asked: Asked, day: date | None) -> tuple[list[Entry], Place | None]:
    store = who.services.store
    if asked.post:
        entry = store.listing.entry(decisions.parse(asked.post))
        return ([entry] if entry is not None else []), None
    state = next((each for each in State if each.word == asked.state), None)
    about = scopes.meant(who.services, asked.words, who.language, who.now) if asked.words else None
    wanted = Wanted(state=state, channel=asked.channel, about=about)
    following: Place | None = None
    if day is not None:
        keys = store.browsing.posts_of(wanted, day)
    else:
        first = LAST if state in _TO_COME else (epoch(who.now + AHEAD), *LAST[1:])
        keys, following = store.browsing.posts(wanted, place(who.query.get("before", "")) or first)
    return store.listing.several(keys), following


def _row(who: Colleague, entry: Entry) -> Row:
    return Row(
        key=str(entry.key),
        title=posting.title(who.services, entry, who.language),
        channel=entry.channel,
        at=who.instant(entry.hour),
        state=entry.state.word,
        said=who.words["states"][entry.state.word],
        noted=noted(who, entry),
        url=entry.url or "",
        path=who.path("posts", str(entry.key)),
        acts=_acts(entry),
    )


def _acts(entry: Entry) -> tuple[str, ...]:
    return tuple(act for act, states in ACTS.items() if entry.state in states)


def _group(who: Colleague, group: UncertainGroup) -> dict[str, str]:
    return {
        "name": f"{GROUP}{group.occurrence}-{group.channel_id}",
        "title": posting.title(who.services, group, who.language),
        "day": who.day(group.day),
        "channel": group.channel,
        "value": str(group.count),
        "count": who.number(group.count),
    }


def _people(who: Colleague, day: date) -> list[dict[str, object]]:
    """Return how what goes to people on a day stands, in counts."""
    names = {number: name for name, number in who.services.store.channels.ids().items()}
    words = who.words["calendar"]["people"]
    return [
        {
            "title": posting.title(who.services, row, who.language),
            "state": words[row.standing(epoch(who.now))],
            "counts": _counts(who, row, names),
        }
        for row in who.services.store.plan.to_people(day, day)
        if row.day == day
    ]


def _counts(who: Colleague, row: ToPeople, names: dict[int, str]) -> list[tuple[str, str, str]]:
    """Return (channel, state, how many): of what is over all states, before what still waits."""
    store, states = who.services.store, who.words["states"]
    over = store.browsing.went_to_people(row.id)
    if over:
        return [
            (names[channel], states[state.word], who.number(n))
            for (channel, state), n in over.items()
        ]
    count = store.counts.now(epoch(who.now))
    waits = {channel: count.broadcast(row.id, channel)[0] for channel in names}
    queued = states[State.QUEUED.word]
    return [(names[channel], queued, who.number(n)) for channel, n in waits.items() if n]
