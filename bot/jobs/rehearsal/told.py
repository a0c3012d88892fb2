"""What was played, by kind: of the messages how many left, late or twice; of invented people what
they did.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

from bot.jobs.rehearsal.company import guests
from bot.jobs.rehearsal.script import Script
from bot.jobs.services import Services
from bot.model import Kind
from bot.model.outbox import SubjectCount
from bot.model.pledge import MADE, JourneyState
from bot.model.subject import (
    Asked,
    CallFor,
    MonthLetter,
    News,
    OfEvent,
    Own,
    Planned,
    Reminder,
    SignUp,
    Still,
    Subject,
    parse,
)
from bot.networks.dry.network import Network as Dry

LATE = 3_600
"""Seconds after its hour from which on a message is told to be late."""

POSTS = "posts"
"""What goes to everybody, on a channel."""

_WORDS: Mapping[type[Subject], str] = {
    Own: "prompts after a pledge",
    CallFor: "calls to makers",
    Asked: "questions to makers",
    Reminder: "reminders of prompts",
    Still: "still with us?",
    News: "news of pledges",
    SignUp: "letters to sign up",
    MonthLetter: "letters of months",
}

_OF_EVENTS: Mapping[str, str] = {
    "week": "events, a week before",
    "day": "events, a day before",
    "hour": "events, an hour before",
    "place": "events, a place is free",
    "after": "events, were you there?",
    "recording": "events, the recording",
}


@dataclass(frozen=True, kw_only=True)
class Messages:
    """What became of the messages of one kind."""

    sent: int = 0
    unsent: int = 0
    #: of those that were sent, how many left more than `LATE` after they were due
    late: int = 0
    twice: int = 0

    def and_also(self, other: "Messages") -> "Messages":
        """Return the sums of both."""
        mine, theirs = asdict(self), asdict(other)
        return Messages(**{name: mine[name] + theirs[name] for name in mine})


@dataclass(frozen=True, kw_only=True)
class Deeds:
    """What invented people did."""

    #: pledges that they made; others that are made at the end, so that each group has one on the
    #: pages, without any journey; prompts that were reported as done, journeys that fell silent
    pledges: int
    shown: int
    reported: int
    silent: int
    #: events to which they came, people who signed up (more than once, for several), those who
    #: waited for a place to the end, and those who said that they were there
    events: int
    guests: int
    waited: int
    there: int
    #: people who get the letter of each month, and letters that the second of two people approved
    readers: int
    letters: int
    #: answers to the surveys of makers
    answers: int
    #: what was sent to calls and contests, and how many of that everybody sees
    entries: int
    favourites: int
    #: questions to makers, to how many of them an answer of makers went back, and how many are over
    #: since nobody answered
    questions: int
    replies: int
    lapsed: int


def word_of(services: Services, campaign: str, action: str) -> str:
    """Return what messages about a subject are called here."""
    subject = parse(action)
    if isinstance(subject, Planned):
        return _of_data(services, campaign, subject)
    if isinstance(subject, OfEvent):
        return _of_event(services, subject)
    return _WORDS.get(type(subject), "other messages")


def _of_data(services: Services, campaign: str, subject: Planned) -> str:
    known = services.library.campaigns.get(campaign)
    of_data = known.action(subject.action) if known else None
    return "prompts" if of_data and of_data.kind is Kind.PROMPT else "nudges"


def _of_event(services: Services, subject: OfEvent) -> str:
    note = services.store.events.noted(subject.number)
    return _OF_EVENTS.get(note.kind if note else "", "events, news")


def messages(services: Services) -> dict[str, Messages]:
    """Return what became of the messages, by kind."""
    store = services.store
    late, again = store.played.late(LATE), twice(services)
    by_kind: dict[str, Messages] = {}
    for each in store.played.by_subject():
        key = each.campaign, each.action
        for word, count in _split(services, each, late.get(key, 0), again[key]):
            by_kind[word] = by_kind.get(word, Messages()).and_also(count)
    return by_kind


def _split(
    services: Services, each: SubjectCount, late: int, again: int
) -> Iterator[tuple[str, Messages]]:
    """Yield posts of a subject by themselves; what is told of lateness belongs to what remains."""
    if each.posts:
        yield POSTS, Messages(sent=each.posts)
    rest = each.sent - each.posts
    if rest or each.unsent or late or again:
        there = Messages(sent=rest, unsent=each.unsent, late=late, twice=again)
        yield word_of(services, each.campaign, each.action) if rest else POSTS, there


def twice(services: Services) -> Counter[tuple[str, str]]:
    """Return how many messages came twice, by campaign and subject."""
    counts: Counter[tuple[str, str]] = Counter()
    for network in services.networks.values():
        for number, times in network.twice.items() if isinstance(network, Dry) else ():
            occurrence = services.store.plan.occurrence(number)
            counts[occurrence.campaign, occurrence.action] += times
    return counts


def deeds(services: Services, script: Script) -> Deeds:
    """Return what invented people did."""
    store = services.store
    every = store.pledges.all(states=MADE)
    made = [each for each in every if store.editors.focal(each.id) is not None]
    entries, favourites = store.played.entries()
    questions, replies, lapsed = store.played.questions()
    counts = [store.events.counts(key) for key in guests.keys(services, script)]
    return Deeds(
        pledges=len(made),
        shown=len(every) - len(made),
        reported=sum(len(store.journeys.reports(each.id)) for each in made),
        silent=sum(each.journey is JourneyState.SILENT for each in made),
        events=sum(each.comes > 0 for each in counts),
        guests=sum(each.comes + each.waits for each in counts),
        waited=sum(each.waits for each in counts),
        there=sum(each.there for each in counts),
        readers=store.digests.count(),
        letters=sum(len(store.digests.approved(each.id)) for each in services.active),
        answers=sum(count for _, _, count in store.surveys.answered()),
        entries=entries,
        favourites=favourites,
        questions=questions,
        replies=replies,
        lapsed=lapsed,
    )
