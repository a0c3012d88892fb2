"""Amplification: what stands between a post or link of a pledge-maker and the public.

Pure: answers and instants in, the next state out.

::

                 ┌─────────────────────── answers anew ──────────────────────┐
                 ▼                                                           │
    found ──► waiting ── a risk, or somebody does not know ──────────────► blocked
                 │ └── a child is shown, all clear ──► second ── a risk ─────┘ │
                 │ all clear                             │ another person,     │
                 ▼                                       ▼ all clear           │
              approved ◄─────────────────────────────────┘                     │
                 │ not within a week of the pledge-maker's last one            │
                 ▼                                                             │
               sent ── consent withdrawn ──► retracting ──► retracted          │
                 │ nobody knows whether a quote left: uncertain                │
                 │ the network refuses for good: failed                        │
    waiting, second, blocked, approved ── staff say no ──► rejected ◄──────────┘
    anything not sent ── deleted by its author, or never looked at ──► forgotten, nothing is kept

Nothing goes on by itself before a person has answered every question. A link has the same gate;
where a post is boosted, a link becomes public.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model import Channel
from bot.model.outbox import Scope
from bot.model.pledge import Pledge
from bot.model.share import Answer, Answers, ReviewState

APART = timedelta(days=7)
"""A pledge-maker is amplified at most once in this time, over all networks."""

OLDEST = timedelta(days=14)
"""A post older than this is not amplified any more."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question of the checklist; its words are in content/<language>/chat/amplify.j2."""

    id: str
    #: asked once per account, for posts only
    once: bool = False


CHECKLIST = (
    #: the account is the pledge-maker's own
    Question(id="account", once=True),
    #: pictures or sound show a child, recognisable or not
    Question(id="shown"),
    #: a child can be identified: face, name, voice, uniform
    Question(id="child"),
    #: child and guardian have both agreed; 'no' also where there is no child
    Question(id="consent"),
    #: it could put a child at risk, even obscured
    Question(id="risk"),
    #: it hurts anybody's dignity
    Question(id="dignity"),
    #: a place or school can be seen by which a child could be found
    Question(id="place"),
)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a complete set of answers to the checklist means for a post."""

    #: ids of the questions whose answer stands in the way
    blocks: tuple[str, ...]
    #: a second person has to answer too
    second: bool


def questions(*, known: bool) -> tuple[str, ...]:
    """Return the ids of the questions that must be answered.

    `known` is true when the account was verified before, or there is none.
    """
    return tuple(question.id for question in CHECKLIST if not (question.once and known))


def missing(answers: Answers, *, known: bool) -> tuple[str, ...]:
    """Return the ids of the questions that have no answer yet."""
    return tuple(name for name in questions(known=known) if name not in answers)


def judge(answers: Answers) -> Verdict:
    """Return what complete answers mean.

    'yes' or 'unknown' to a risk blocks the post, and so does a child without a certain consent.
    """
    blocks = [name for name in ("risk", "dignity", "place") if answers[name] is not Answer.NO]
    if answers.get("account", Answer.YES) is not Answer.YES:
        blocks.append("account")
    if answers["child"] is Answer.UNKNOWN:
        blocks.append("child")
    child = answers["child"] is not Answer.NO or answers["shown"] is not Answer.NO
    if child and answers["consent"] is not Answer.YES:
        blocks.append("consent")
    return Verdict(blocks=tuple(blocks), second=child)


def reviewed(answers: Answers, *, first: str | None, by: str) -> ReviewState:
    """Return the state to which complete answers of `by` lead.

    `first` is who cleared the post before, None where nobody has. Nobody can be their own second
    approver.
    """
    verdict = judge(answers)
    if verdict.blocks:
        return ReviewState.BLOCKED
    return ReviewState.SECOND if verdict.second and first in (None, by) else ReviewState.APPROVED


def second(answers: Answers, *, first: str, by: str) -> ReviewState:
    """Return the state to which answers lead where a second approver is awaited.

    A second approver who sees no child counts too, so that two people have looked. Nobody can be
    their own second approver.
    """
    if judge(answers).blocks:
        return ReviewState.BLOCKED
    return ReviewState.SECOND if first == by else ReviewState.APPROVED


OWN_PICTURE = ("child", "consent", "place")
"""Ids of the questions about a picture that staff give to a post of their own."""


def stands_in_the_way(answers: Answers) -> tuple[str, ...]:
    """Return the ids of `OWN_PICTURE` whose answer, or lack of one, keeps such a picture from being
    taken: a child that can be recognised needs a consent that is written down, and no place may
    show where a child could be found.
    """
    child, consent, place = (answers.get(name, Answer.UNKNOWN) for name in OWN_PICTURE)
    faults = {
        "child": child is Answer.UNKNOWN,
        "consent": child is Answer.YES and consent is not Answer.YES,
        "place": place is not Answer.NO,
    }
    return tuple(name for name, wrong in faults.items() if wrong)


def vouched(answers: Answers) -> str:
    """Return the answers about a picture as they are part of what is approved."""
    return " ".join(f"{name}={answers.get(name, Answer.UNKNOWN).value}" for name in OWN_PICTURE)


def may_go(last: datetime | None, now: datetime) -> bool:
    """Return whether a post of the pledge-maker may be amplified now.

    `last` is when one of theirs was amplified last.
    """
    return last is None or now - last >= APART


def holds_maker(scope: Scope, pledge: Pledge) -> bool:
    """Return whether a hold is about all that names this pledge-maker, wherever it goes: by their
    country or their stakeholder group.
    """
    about = {"country": pledge.country or "", "group": pledge.stakeholder}
    elsewhere = (scope.channel, scope.language, scope.action)
    return (
        not any(elsewhere)
        and scope.campaign in ("", pledge.campaign)
        and any(getattr(scope, part) for part in about)
        and all(getattr(scope, part) in ("", value) for part, value in about.items())
    )


def is_held(held: Iterable[Scope], pledge: Pledge, channel: Channel) -> bool:
    """Return whether one of the scopes that are held is about passing on what this pledge-maker
    posted: by the pledge's campaign, our channel and its language, or the maker's country and
    stakeholder group. A hold of an action is not.
    """
    about = {
        "campaign": pledge.campaign,
        "channel": channel.name,
        "country": pledge.country or "",
        "group": pledge.stakeholder,
        "action": "",
    }
    return any(
        f"{channel.language}-".startswith(f"{scope.language}-" if scope.language else "")
        and all(getattr(scope, part) in ("", value) for part, value in about.items())
        for scope in held
    )


def too_old(posted: datetime, now: datetime) -> bool:
    """Return whether a post is so old that nobody needs to review it any more."""
    return now - posted > OLDEST


def account(network: str, name: str) -> str:
    """Return the form in which accounts are compared: without capitals and a leading '@'."""
    return f"{network} {name.removeprefix('@').casefold()}"
