"""A file of a secretariat with years behind it, for measurements of its desk: written by SQL, since
one by one it takes an hour.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.jobs.people.history import OVER
from bot.jobs.planning import plan
from bot.jobs.services import Services
from bot.model import Action, Campaign, State
from bot.model.pledge import JourneyState, PledgeState
from bot.model.share import ReviewState
from bot.model.staff import Actor
from bot.model.staff.audit import Verb
from bot.model.staff.clearance import Subject
from bot.times import epoch

NOW = datetime(2021, 5, 1, 9, 30, tzinfo=UTC)
POSTS, NUDGES = "posts", "telegram"
"""Names of the channels that have posts, and messages to people."""

WAVES = 20
"""Occurrences of messages to people: the last is on its way, the one before is not counted yet."""

A_DAY = 10
"""Posts of each past day."""

TO_COME = 300
"""Posts of this month that are planned, beside those that wait for approval."""

_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)"


@dataclass(frozen=True, kw_only=True)
class Load:
    """How much there is."""

    #: messages to people and past posts
    deliveries: int = 0
    #: of these, posts
    posts: int = 0
    pledges: int = 0
    #: of these, in each of the states about which staff decide
    deciding: int = 0
    #: lines of the log
    lines: int = 0
    #: posts that wait for approval
    waiting: int = 0
    #: posts of pledge-makers that were looked at, and those that wait for it
    shared: int = 0
    looks: int = 0
    #: messages about children, and posts that are sent for clearance
    few: int = 0


def fill(made: Services, load: Load) -> None:
    """Write it; what is over has been counted, as the job `history` does."""
    with made.store.transaction():
        if load.deliveries:
            _people(made, (load.deliveries - load.posts) // WAVES)
            _nudges(made)
            _past_posts(made, load.posts)
            _posts_to_come(made, load.waiting)
        if load.pledges:
            _pledges(made, load)
        if load.lines:
            _log(made, load.lines)
        if load.shared:
            _shared(made, load)
        if load.few:
            _few(made, load.few)
    for occurrence in made.store.history.to_count(epoch(NOW - OVER)):
        for _ in made.store.history.count(occurrence):
            pass


def posting(campaign: Campaign) -> list[Action]:
    """Return the actions of a campaign that have posts."""
    return [action for action in campaign.actions if action.post]


def _run(made: Services, sql: str, **params: object) -> None:
    made.store.database.execute(sql, params)


def _people(made: Services, count: int) -> None:
    channel = made.channel_ids[NUDGES]
    place = made.store.people.place(channel, 1, "UTC", 540)
    _run(
        made,
        f"{_NUMBERS} INSERT INTO person (channel, address, language, country, place, joined) SELECT"
        " :channel, CAST(10000000 + i AS TEXT), 'en', 'DE', :place, 0 FROM n",
        channel=channel,
        place=place,
        count=count,
    )
    plan.run(made, NOW)


def _occurrences(made: Services, count: int, first: datetime, *, nudge: bool, a_day: int) -> int:
    """Add so many, from a day on; return the number before the first of them."""
    before = int(made.store.database.value("SELECT coalesce(max(id), 0) FROM occurrence"))
    [campaign] = made.active
    actions = [action.id for action in posting(campaign)]
    slots = 10_000_000 if nudge else 20_000_000
    rows = []
    for number in range(count):
        day = first + timedelta(days=number // a_day)
        rows.append(
            {
                "campaign": campaign.id,
                "action": actions[number % len(actions)],
                "slot": slots + before + number,
                "day": day.date().isoformat(),
                "nudge": int(nudge),
                "opens": epoch(day - timedelta(hours=14)),
                "closes": epoch(day + timedelta(hours=60)),
            }
        )
    made.store.database.many(
        "INSERT INTO occurrence (campaign, action, audience, slot, day, grace, nudge, post, named,"
        " opens, closes) VALUES (:campaign, :action, 1, :slot, :day, 86400, :nudge, 1 - :nudge, 1,"
        " :opens, :closes)",
        rows,
    )
    return before


def _nudges(made: Services) -> None:
    """All people had, or get, one of each wave: one a day, the last is on its way."""
    first = _midnight() - timedelta(days=WAVES - 1)
    before = _occurrences(made, WAVES, first, nudge=True, a_day=1)
    here = {"before": before, "channel": made.channel_ids[NUDGES]}
    state = (
        f"CASE WHEN o.id = {before + WAVES} THEN {int(State.QUEUED)} WHEN o.id ="
        f" {before + WAVES - 1} AND p.id % 20 = 0 THEN {int(State.UNCERTAIN)} ELSE"
        f" {int(State.SENT)} END"
    )
    for table, rest in (
        ("delivery", f"{state}, 1, o.opens + 90000, o.closes, 0"),
        ("result", "o.opens + 90005, 'r' || p.id, NULL, NULL, NULL"),
    ):
        _run(
            made,
            f"INSERT INTO {table} SELECT o.id, :channel, p.id, {rest} FROM occurrence o CROSS JOIN"
            " person p WHERE o.id > :before ORDER BY o.id, p.id",
            **here,
        )


def _past_posts(made: Services, count: int) -> None:
    """Some failed, a few are uncertain; all that left were read a day, a week and a month later."""
    first = _midnight() - timedelta(days=-(-count // A_DAY))
    before = _occurrences(made, count, first, nudge=False, a_day=A_DAY)
    here = {"before": before, "channel": made.channel_ids[POSTS]}
    for insert in (
        "INSERT INTO delivery (occurrence, channel, recipient, state, attempts, due, expires)"
        " SELECT id, :channel, 0, CASE WHEN id % 50 = 0 THEN"
        f" {int(State.FAILED)} WHEN id % 1000 = 1 THEN {int(State.UNCERTAIN)} ELSE"
        f" {int(State.SENT)} END, 1, opens + 82800, closes",
        "INSERT INTO result SELECT id, :channel, 0, opens + 82805, 'r', 'https://post.example/' ||"
        " id, CASE WHEN id % 50 = 0 THEN 'refused' END, 'A post #EndChildLabour2021'",
        *(
            f"INSERT INTO reaction SELECT id, :channel, {age}, opens + 82805 + {age} * 86400, 0,"
            " 1000 + id % 97, id % 31, id % 7, id % 5, 0"
            for age in (1, 7, 30)
        ),
    ):
        _run(made, f"{insert} FROM occurrence WHERE id > :before", **here)


def _posts_to_come(made: Services, waiting: int) -> None:
    count, first = waiting + TO_COME, _midnight() + timedelta(days=1)
    before = _occurrences(made, count, first, nudge=False, a_day=-(-count // 29))
    _run(
        made,
        "INSERT INTO delivery (occurrence, channel, recipient, state, attempts, due, expires)"
        " SELECT id, :channel, 0, CASE WHEN id % :count < :waiting THEN"
        f" {int(State.AWAITING_APPROVAL)} ELSE {int(State.PLANNED)} END, 0, opens + 82800, closes"
        " FROM occurrence WHERE id > :before",
        before=before,
        channel=made.channel_ids[POSTS],
        waiting=waiting,
        count=count,
    )


def _pledges(made: Services, load: Load) -> None:
    """Most are public and travel; some wait for a decision, some are drafts."""
    [campaign] = made.active
    form = campaign.forms["pledge"]
    answers = {question.id: f"What we do about {question.id}" for question in form.questions}
    _run(
        made,
        f"{_NUMBERS} INSERT INTO pledge (campaign, audience, stakeholder, organisation, country,"
        " language, answers, approved, state, joined, changed, journey, since) SELECT :campaign, 2,"
        " 'companies', 'Organisation ' || i, 'DE', 'en', :answers, CASE WHEN i > 3 * :deciding THEN"
        f" :answers END, CASE WHEN i <= :deciding THEN {int(PledgeState.SUBMITTED)} WHEN i <= 2 *"
        f" :deciding THEN {int(PledgeState.APPROVED)} WHEN i <= 3 * :deciding THEN"
        f" {int(PledgeState.DRAFT)} ELSE {int(PledgeState.PUBLISHED)} END, i, i, CASE WHEN i % 9 ="
        f" 0 THEN {int(JourneyState.SILENT)} ELSE {int(JourneyState.ACTIVE)} END, i FROM n",
        campaign=campaign.id,
        answers=json.dumps(answers),
        deciding=load.deciding,
        count=load.pledges,
    )
    for insert in (
        "INSERT INTO pledge_verification (pledge, method, by_whom, note, at) SELECT id, 'staff',"
        " 'staff:ada', '', 0 FROM pledge ORDER BY id",
        "INSERT INTO pledge_event (pledge, at, by_whom, kind, detail) SELECT id, 0, 'staff:ada',"
        " 'submitted', '{}' FROM pledge ORDER BY id",
        "INSERT INTO pledge_event (pledge, at, by_whom, kind, detail) SELECT id, 0, 'staff:ada',"
        " 'published', '{}' FROM pledge ORDER BY id",
        # a third have told what became of it; of ten of these staff have to decide about that
        "INSERT INTO sheet (owner, number, campaign, form, answers, changed, finished) SELECT"
        " 'pledge', id, campaign, 'scale-up', '{}', 5, 5 FROM pledge WHERE id % 3 = 0",
        "INSERT INTO pledge_event (pledge, at, by_whom, kind, detail) SELECT id, 6, 'staff:ada',"
        " 'scale-up-hidden', '{}' FROM pledge p WHERE id % 3 = 0 AND id < (SELECT max(id) - 30 FROM"
        " pledge)",
        "INSERT INTO milestone (pledge, action, slot, reminded, answered, link, by_whom) SELECT id,"
        " 'report', 202100, 1, 2, NULL, 'staff:ada' FROM pledge ORDER BY id",
    ):
        _run(made, insert)


def _log(made: Services, count: int) -> None:
    numbers = [made.store.audit.number(Actor.member(name)) for name in ("ada", "ben", "cyn")]
    verbs = [verb for verb in Verb if verb is not Verb.LET_GO]
    made.store.database.many(
        "INSERT INTO audit (at, actor, verb, object, digest) VALUES (:at, :actor, :verb, :object,"
        " '')",
        (
            {
                "at": epoch(NOW) - count + number,
                "actor": numbers[number % 3],
                "verb": verbs[number % len(verbs)].value,
                "object": f"{number}",
            }
            for number in range(count)
        ),
    )


def _shared(made: Services, load: Load) -> None:
    _run(
        made,
        f"{_NUMBERS} INSERT INTO amplification (network, uri, post, url, author, pledge, text,"
        " media, posted, found, seen, state, way, channel) SELECT 'mastodon',"
        " 'https://m.example/' || i, i, 'https://m.example/@a/' || i, 'a@m.example', 1 + i %"
        f" :pledges, 'We did it', 1, i, i, i, CASE WHEN i <= :looks THEN"
        f" {int(ReviewState.WAITING)} WHEN i % 2 = 0 THEN {int(ReviewState.SENT)} ELSE"
        f" {int(ReviewState.REJECTED)} END, 'boost', :channel FROM n",
        count=load.shared,
        looks=load.looks,
        pledges=max(load.pledges, 1),
        channel=POSTS,
    )


def _few(made: Services, count: int) -> None:
    store, channel = made.store, made.channel_ids[NUDGES]
    for number in range(count):
        store.inbox.flag(channel, f"{number}", "DE", "en", "Help", epoch(NOW) - number)
    posts = store.listing.posts_between(epoch(NOW), epoch(NOW + timedelta(days=30)))
    for number, entry in enumerate(posts[:count]):
        subject = Subject(occurrence=entry.key.occurrence, channel=entry.key.channel)
        ask(made, subject, number)


def ask(made: Services, subject: Subject, number: int) -> None:
    """Send a post for clearance."""
    made.store.database.execute(
        "INSERT INTO clearance (digest, occurrence, channel, pledge, shown, language, sent_to,"
        " by_whom, at, until, became) VALUES (:digest, :occurrence, :channel, 0, '', 'en',"
        " 'The press office', 'staff:ada', :now, :until, 1)",
        {
            "digest": f"{number}",
            "occurrence": subject.occurrence,
            "channel": subject.channel,
            "now": epoch(NOW),
            "until": epoch(NOW + timedelta(days=7)),
        },
    )


def _midnight() -> datetime:
    return NOW.replace(hour=0, minute=0)
