"""Checking posts and links of pledge-makers before they reach the public.

Staff answer the checklist of `bot.rules.amplification`, question by question. The buttons carry the
answers so far, a letter each, so that nothing is kept of a checklist that nobody finished.

::

    /amplify ► card ── [Check] ► question … question ── a risk ► blocked
                 │                              └─ all clear ► (a post: boost or quote?)
                 │                                              ► approved, or a second person looks
                 └── [Reject] ► rejected
"""

from bot.conversation.look import View
from bot.conversation.staff.common import staff_only
from bot.conversation.staff.effects import Refuse, Review
from bot.conversation.staff.look import ReviewItem
from bot.conversation.topic import Offer, Topic
from bot.conversation.words import (
    Answer,
    Command,
    Edit,
    Parts,
    Pressed,
    Rows,
    Say,
    State,
    Step,
    Values,
    below,
    line,
    link,
    press,
    stale,
)
from bot.model.share import Answer as Said
from bot.model.share import Answers, ReviewState
from bot.model.staff import StaffRole
from bot.rules.amplification import judge, questions, reviewed, second
from bot.text import shortened

_LETTERS = {"y": Said.YES, "n": Said.NO, "u": Said.UNKNOWN}
_WAYS = {"b": "boost", "q": "quote"}
_SHOWN = 1_500
"""Most characters of a post that a card shows; below it stands where the whole is."""


@staff_only
def open_(state: State, event: Command | Pressed, view: View) -> Step:
    """Show what has waited longest, or what comes after the one that the button names."""
    after = event.number if isinstance(event, Pressed) and event.args else 0
    waiting = sorted(view.staff.reviews, key=lambda item: (item.review.id <= after, item.review.id))
    if not waiting:
        return state, (Say(template="amplify.nothing"),)
    return state, (_card(waiting[0], len(waiting), Say),)


@staff_only
def ask(state: State, event: Pressed, view: View) -> Step:
    """Ask the next question of the checklist; after the last one, act by the answers."""
    item, letters = _item(view, event.about), event.args[1] if len(event.args) > 1 else ""
    if item is None or item.mine:
        return state, (Answer(template="amplify.not_yours" if item else "help.stale"),)
    wanted = questions(known=item.review.known)
    if len(letters) < len(wanted):
        choices = tuple(
            press(label, "amplify", "q", item.review.id, letters + letter)
            for label, letter in _CHOICES
        )
        values = {"number": len(letters) + 1, "of": len(wanted), **_values(item)}
        return state, (
            Edit(template=f"amplify.{wanted[len(letters)]}", values=values, buttons=(choices,)),
        )
    answers = _answers(item, letters)
    if judge(answers).blocks or item.review.network == "":
        return _done(state, item, answers, "boost")
    ways = tuple(
        press(f"amplify_{way}", "amplify", "go", item.review.id, letters, letter)
        for letter, way in _WAYS.items()
    )
    return state, (Edit(template="amplify.way", values=_values(item), buttons=(ways,)),)


@staff_only
def go(state: State, event: Pressed, view: View) -> Step:
    """Amplify the post, by the boost or quote that was chosen."""
    item = _item(view, event.about)
    if item is None or item.mine:
        return state, (Answer(template="amplify.not_yours" if item else "help.stale"),)
    return _done(state, item, _answers(item, event.args[1]), _WAYS[event.args[2]])


@staff_only
def refuse(state: State, event: Pressed, view: View) -> Step:
    """Refuse the post for good."""
    item = _item(view, event.about)
    if item is None:
        return stale(state)
    return state, (
        Refuse(id=item.review.id),
        Edit(template="amplify.rejected", values=_values(item), buttons=_next(item)),
    )


TOPIC = Topic(
    name="amplify",
    commands=(Offer(name="amplify", handler=open_, staff=True, role=StaffRole.APPROVER),),
    presses={"open": open_, "q": ask, "go": go, "no": refuse},
)

_CHOICES = (("amplify_yes", "y"), ("amplify_no", "n"), ("amplify_unknown", "u"))


def _done(state: State, item: ReviewItem, answers: Answers, way: str) -> Step:
    # Who answers now is not the person who cleared it first, since `mine` was checked. So any other
    # name will do here.
    first = "first" if item.review.state is ReviewState.SECOND else None
    standing = (
        second(answers, first="first", by="") if first else reviewed(answers, first=None, by="")
    )
    values = {**_values(item), "blocks": list(judge(answers).blocks)}
    template = {ReviewState.BLOCKED: "blocked", ReviewState.SECOND: "second"}.get(
        standing, _approved(item)
    )
    return state, (
        Review(id=item.review.id, answers=answers, way=way),
        Edit(template=f"amplify.{template}", values=values, buttons=_next(item)),
    )


def _approved(item: ReviewItem) -> str:
    if not item.review.network:
        return "approved_link"
    return "approved_post_dry" if item.dry else "approved_post"


def _answers(item: ReviewItem, letters: str) -> Answers:
    return {
        name: _LETTERS[letter]
        for name, letter in zip(questions(known=item.review.known), letters, strict=True)
    }


def _item(view: View, number: str) -> ReviewItem | None:
    return next((item for item in view.staff.reviews if item.review.id == int(number)), None)


def _card(item: ReviewItem, count: int, kind: type[Say]) -> Say:
    look = (
        link("amplify_look", item.review.url)
        if item.review.url.startswith(("https://", "http://"))
        else None
    )
    check = None if item.mine else press("amplify_check", "amplify", "q", item.review.id)
    buttons = (
        *(c for c in (look, check) if c),
        press("amplify_reject", "amplify", "no", item.review.id),
    )
    values = {
        **_values(item),
        "count": count,
        "second": item.review.state is ReviewState.SECOND,
        "was_blocked": item.review.state is ReviewState.BLOCKED,
    }
    return kind(
        template="amplify.card",
        values=values,
        parts=_shown(item, count),
        buttons=(buttons, *(_next(item) if count > 1 else ())),
    )


def _shown(item: ReviewItem, count: int) -> Parts:
    waits = item.review.state is ReviewState.SECOND
    blocked = item.review.state is ReviewState.BLOCKED
    second = "amplify.card_second_mine" if item.mine else "amplify.card_second"
    told = (
        line("amplify.card_whole") if len(item.review.text) > _SHOWN else None,
        line("amplify.card_media") if item.review.media and item.review.network else None,
        None if item.review.network else line("amplify.card_unseen"),
        line(second) if waits else None,
        line("amplify.card_was_blocked") if blocked else None,
        line("amplify.card_count") if count > 1 else None,
    )
    head = line("amplify.card_post" if item.review.network else "amplify.card_link")
    return (head, *below(told))


def _values(item: ReviewItem) -> Values:
    return {
        "network": item.review.network,
        "author": item.review.author,
        "organisation": item.organisation,
        "url": item.review.url,
        "text": shortened(item.review.text, _SHOWN),
        "media": item.review.media,
        "mine": item.mine,
    }


def _next(item: ReviewItem) -> Rows:
    return ((press("amplify_next", "amplify", "open", item.review.id),),)
