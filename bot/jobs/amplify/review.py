"""What staff decide about posts and links of pledge-makers: they answer the checklist, refuse, or
note that a consent was withdrawn.

Each decision is one transaction that looks at the state again, beside a running sender or in its
chat. What has to reach a network is done by `bot.jobs.amplify.amplify`.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.errors import Missing, Overtaken, UsageError
from bot.jobs.services import Services
from bot.model.share import OPEN, QUEUE, Answers, Review, ReviewState
from bot.model.staff import Actor, Team
from bot.model.staff.audit import Verb
from bot.rules.alerts import NotPassedOn, ReviewsWait
from bot.rules.amplification import judge, missing, reviewed, second
from bot.store import Store
from bot.text import counted
from bot.times import epoch

WAYS = ("boost", "quote")

_AGAIN = (ReviewState.FAILED, ReviewState.UNCERTAIN)


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What came of a decision: the review as it stands now."""

    state: ReviewState
    #: ids of the questions whose answers block the post
    blocks: tuple[str, ...] = ()


def find(store: Store, number: int) -> Review:
    """Return the review with this number; raises `UsageError` when there is none."""
    review = store.amplify.get(number)
    if review is None:
        raise Missing(
            f"there is no post or link {number} to review; `drumbeat amplify list` lists them"
        )
    return review


def approve(
    services: Services, number: int, answers: Answers, by: Actor, now: datetime, way: str = "boost"
) -> Decision:
    """Take somebody's answers to the checklist: they let it go on, ask for a second look, or block
    it.

    What failed, or may have left, goes out once more without new answers. Raises `UsageError` when
    answers are missing, when it is in no such state, and when the second look would be by the same
    person as the first.
    """
    store, moment = services.store, epoch(now)
    with store.transaction():
        review = find(store, number)
        if review.state in _AGAIN:
            store.amplify.change(number, _AGAIN, ReviewState.APPROVED)
            _decided_about(store, number, Verb.REVIEW_REPEATED, by, moment)
            return Decision(state=ReviewState.APPROVED)
        _check(services.team, review, answers, by)
        decision = _decided(services.team, review, answers, by)
        store.amplify.answer(number, by, answers, moment)
        store.audit.note(by, Verb.REVIEW_ANSWERED, moment, number)
        if "account" in answers and "account" not in decision.blocks:
            store.amplify.verify(review.pledge, review.network, review.author, by, moment)
        if decision.blocks:
            store.amplify.unclear(number)
        else:
            store.amplify.clear(number, _first(services.team, review, by), way)
        store.amplify.change(number, QUEUE, decision.state)
        if decision.state is ReviewState.APPROVED and review.is_link:
            store.amplify.publish(number, None, review.url, moment)
        _tell(store, moment)
    return decision


def _check(team: Team, review: Review, answers: Answers, by: Actor) -> None:
    if review.state not in QUEUE:
        raise Overtaken(f"{review.id} waits for no answers: it is {review.state.word}")
    if lacking := missing(answers, known=review.known):
        raise UsageError(
            f"{review.id}: without an answer to {', '.join(lacking)} nothing goes out; say yes, no"
            " or unknown to each",
            "checklist",
        )
    if review.state is not ReviewState.SECOND or review.first is None:
        return
    if team.same(review.first, by):
        raise UsageError(
            f"{review.id}: a child is shown, so a second person has to look at it; {by} was the"
            " first",
            "second_person",
        )
    if team.unknown(by):
        raise UsageError(
            f"{review.id}: a child is shown, so a second person has to look at it, and the login"
            f" {by} may be anybody's: name it under a [staff.NAME] in config.toml"
        )


def _decided(team: Team, review: Review, answers: Answers, by: Actor) -> Decision:
    if review.state is ReviewState.SECOND and review.first is not None:
        state = second(answers, first=_first(team, review, by), by=by)
    else:
        state = reviewed(answers, first=None, by=by)
    return Decision(state=state, blocks=judge(answers).blocks)


def _first(team: Team, review: Review, by: Actor) -> Actor:
    """Return whose look is the first that counts: this person's own where the one before may be
    anybody's.
    """
    before = review.first if review.first is not None else by
    return before if team.two(before, by) else by


def reject(services: Services, number: int, by: Actor, now: datetime) -> Decision:
    """Decide never to amplify this; raises `UsageError` when it is out already."""
    with services.store.transaction():
        review = find(services.store, number)
        if not services.store.amplify.change(
            number, (*OPEN, *_AGAIN), ReviewState.REJECTED, f"rejected by {by}"
        ):
            raise Overtaken(
                f"{number} is {review.state.word}; what is public is taken back by `drumbeat"
                f" amplify withdraw {number}`"
            )
        _decided_about(services.store, number, Verb.REVIEW_REJECTED, by, epoch(now))
    return Decision(state=ReviewState.REJECTED)


def withdraw(services: Services, number: int, by: Actor, now: datetime) -> Decision:
    """Note that somebody took their consent back: a link is no longer public at once, a boost or
    quote as soon as the network is reached.

    Raises `UsageError` when there is nothing to take back.
    """
    store, words = services.store, f"consent withdrawn, by {by}"
    with store.transaction():
        review = find(store, number)
        to = ReviewState.RETRACTED if review.is_link else ReviewState.RETRACTING
        if store.amplify.change(number, [ReviewState.SENT, ReviewState.UNCERTAIN], to, words):
            _decided_about(store, number, Verb.REVIEW_WITHDRAWN, by, epoch(now))
            return Decision(state=to)
        if store.amplify.change(number, (*OPEN, ReviewState.FAILED), ReviewState.REJECTED, words):
            _decided_about(store, number, Verb.REVIEW_WITHDRAWN, by, epoch(now))
            return Decision(state=ReviewState.REJECTED)
    raise Overtaken(f"{number} is {review.state.word}: nothing of it is public")


def _decided_about(store: Store, number: int, verb: Verb, by: Actor, moment: int) -> None:
    """Add a line to the log of who did what, close the alarm that it was not passed on, and say
    anew how many wait.
    """
    store.audit.note(by, verb, moment, number)
    store.alerts.close(NotPassedOn.kind, str(number), moment)
    _tell(store, moment)


def _tell(store: Store, moment: int) -> None:
    """Open the alarm that says how many wait, or close it where none does any more."""
    waiting = store.amplify.count(QUEUE)
    if waiting:
        alarm = ReviewsWait(subject=ReviewsWait.ABOUT, text=waits(waiting), count=waiting)
        store.alerts.open(alarm, moment)
    else:
        store.alerts.close(ReviewsWait.kind, ReviewsWait.ABOUT, moment)


def waits(count: int) -> str:
    """Return a sentence that says how many wait."""
    what = counted(
        count,
        "post or link of a pledge-maker waits for a look before it can",
        "posts or links of pledge-makers wait for a look before they can",
    )
    return f"{what} be amplified: `drumbeat amplify list`"


def tell(services: Services, now: datetime) -> None:
    """Say anew how many wait, as after each decision."""
    _tell(services.store, epoch(now))
