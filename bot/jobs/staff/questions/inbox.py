"""What staff decide about what people ask: an answer to who wrote to us goes to them; about a post
with the hashtag nothing goes to its author, and what we answer in public stands by itself.

::

    waiting ── drop, or it may be a child's ──► gone, and never taken again
       │ ── an answer, and the checklist: a risk, or somebody does not know ──► waits on
       │                             └─ a child is shown, all clear ──► a second person, same text ┐
       └─ all clear ──► a post of ours, which waits for approval; gone ◄───────────────────────────┘

A post that may be answered in public passes the checklist of what is amplified
(`bot.rules.amplification`): an answer draws looks to who asked.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.errors import Missing, Overtaken, UsageError
from bot.jobs.counting import asked
from bot.jobs.services import Services
from bot.jobs.staff import posting
from bot.jobs.staff.questions import answers
from bot.model import Channel
from bot.model.counting import AskedPost
from bot.model.share import Answers, ReviewState
from bot.model.staff import Actor
from bot.model.staff.audit import Verb
from bot.rules.amplification import judge, missing, reviewed, second
from bot.text import parts, visible
from bot.times import epoch

LONGEST = 4_000
"""Most characters of an answer."""


def answer(services: Services, question: int, text: str, by: Actor, now: datetime) -> None:
    """Answer what somebody asked in the chat; it leaves for them as soon as it can.

    Raises `UsageError` for a question that nobody asked or that has its answer, and for an answer
    that nobody can read.
    """
    _check(text)
    if not answers.give(services, question, text.strip(), by, now):
        raise Overtaken(
            f"question {question} waits for no answer; `drumbeat inbox list` has those that do"
        )


def drop(services: Services, number: int, by: Actor, now: datetime, *, child: bool) -> None:
    """Delete a post and never take it again; raises `UsageError` where there is none.

    Where it may be a `child`'s, the file is written anew soon, so that no trace of it is left.
    """
    verb = Verb.ASKED_CHILD if child else Verb.ASKED_DROPPED
    with services.store.transaction():
        _there(services, number)
        services.store.asked.drop(number, epoch(now))
        services.store.audit.note(by, verb, epoch(now), number)
        if child:
            services.store.forgotten.leave_traces(epoch(now))
        asked.tell(services, now)


def answer_publicly(
    services: Services,
    number: int,
    text: str,
    channels: Sequence[Channel],
    said: Answers,
    by: Actor,
    now: datetime,
) -> ReviewState:
    """Take somebody's answers to the checklist and, where nothing stands in the way, let the text
    wait for approval as a post of ours, of the campaign that was asked; the one that asks is
    deleted here then. Return what the answers mean.

    Where a child is shown, the text is kept until a second person gives the very same; another one
    needs somebody else in its turn.

    Raises `UsageError` where answers are missing, for a text that doesn't fit, and where a second
    person has to look and this is the first.
    """
    _check(text)
    text = text.strip()
    _check_length(services, text, channels)
    if lacking := missing(said, known=True):
        raise UsageError(
            f"post {number}: without an answer to {', '.join(lacking)} nothing goes out; say yes,"
            " no or unknown to each",
            "checklist",
        )
    with services.store.transaction():
        post = _there(services, number)
        state = _state(services, post, text, said, by)
        if state is not ReviewState.APPROVED:
            services.store.audit.note(by, Verb.ASKED_LOOKED, epoch(now), number)
        if state is ReviewState.SECOND:
            services.store.asked.clear(number, by, text)
        elif state is ReviewState.BLOCKED:
            services.store.asked.clear(number, Actor(""), "")
        else:
            # of two people it is the first who wrote the text
            author, campaign = post.first or by, _campaign(services, post)
            posting.publish(
                services, text, channels, now, author, now, campaign=campaign, asks=True
            )
            services.store.asked.drop(number, epoch(now))
            services.store.audit.note(by, Verb.ASKED_ANSWERED, epoch(now), number)
            asked.tell(services, now)
    return state


def blocks(said: Answers) -> tuple[str, ...]:
    """Return the ids of the questions whose answers stand in the way."""
    return judge(said).blocks


def _campaign(services: Services, post: AskedPost) -> str:
    """Return the campaign that was asked; '' where it runs here no more."""
    return post.campaign if post.campaign in {each.id for each in services.active} else ""


def _state(services: Services, post: AskedPost, text: str, said: Answers, by: Actor) -> ReviewState:
    if not post.first:
        return reviewed(said, first=None, by=by)
    if post.answer != text:
        # nobody else has seen it yet, and that a child is shown stands
        return second(said, first=by, by=by)
    if services.team.same(post.first, by) or services.team.unknown(by):
        raise UsageError(
            f"post {post.id}: a child is shown, so a second person has to look at it, whom"
            f" [staff.NAME] in config.toml names; {post.first} was the first"
        )
    return second(said, first=post.first, by=by)


def _there(services: Services, number: int) -> AskedPost:
    post = services.store.asked.get(number)
    if post is None:
        raise Missing(f"no post {number} waits; `drumbeat inbox list` lists those that do")
    return post


def _check(text: str) -> None:
    if not visible(text) or len(text) > LONGEST:
        raise UsageError(
            f"an answer has 1 to {LONGEST:,} characters; this one has {len(text):,}",
            "length",
            most=LONGEST,
            count=len(text),
        )


def _check_length(services: Services, text: str, channels: Sequence[Channel]) -> None:
    for channel in channels:
        if over := posting.too_long_there(services, channel.name, parts(text)):
            raise UsageError(
                f"channel {channel.name}: the text is too long by {over[0].count}",
                "too_long",
                channel=channel.name,
                less=over[0].count,
            )
