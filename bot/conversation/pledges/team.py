"""The people behind a pledge: one to five editors, one of them its focal point.

Others come by a one-time link, through /start.

::

    [Invite somebody] ──► a link for one person   ── /start e-… ──► editor (consent first, where they are new)
    [Into a group]    ──► a link for a group chat ── /start e-… by an admin ──► the group is an editor, and gets the prompts
    focal point: [Hand over to 2] ── [Yes] ──► 2 is the focal point          anybody else: [Leave] ── [Yes] ──► out
    where the focal point can't be reached: [Take over] ──► the person is the focal point

Whoever is concerned and not here hears of it by a note (`bot.jobs.texts.news`).
"""

from collections.abc import Mapping

from bot.conversation.look import View
from bot.conversation.pledges.effects import HandOver, Invite, Leave, TakeOver
from bot.conversation.pledges.look import Mate, Promise
from bot.conversation.pledges.meant import of_pledge
from bot.conversation.topic import OnPress, Topic
from bot.conversation.words import (
    Answer,
    Edit,
    Effect,
    Pressed,
    Rows,
    Say,
    State,
    Step,
    press,
    rows,
    stale,
)
from bot.model.pledge import MOST_EDITORS


@of_pledge
def open_(state: State, event: Pressed, view: View, promise: Promise) -> Step:
    """Show who edits the pledge."""
    mates = view.pledges.mates(promise)
    return state, (
        Say(
            template="pledge_team.editors",
            values={"mates": lines(mates), "most": MOST_EDITORS},
            buttons=_buttons(view, promise, mates),
        ),
    )


@of_pledge
def invite(state: State, event: Pressed, view: View, promise: Promise) -> Step:
    """A new link; each lets in one."""
    if not view.private:
        return stale(state)
    if len(view.pledges.mates(promise)) >= MOST_EDITORS:
        return state, (Answer(template="pledge_team.full"),)
    return state, (Invite(pledge=promise.id, group=event.args[1:] == ("group",)),)


@of_pledge
def hand_over(state: State, event: Pressed, view: View, promise: Promise) -> Step:
    """Ask once, then another one is the focal point."""
    mate = _mate(event, view, promise)
    if mate is None or not promise.focal or mate.me or mate.away:
        return stale(state)
    if event.args[2:] == ("yes",):
        told: tuple[Effect, ...] = (
            Edit(template="pledge_team.handed_over", buttons=_back(promise)),
        )
        return state, (HandOver(pledge=promise.id, to=mate.person), *told)
    number = [editor.person for editor in view.pledges.mates(promise)].index(mate.person) + 1
    sure = press("pledge_yes_hand_over", "pledge_team", "hand", promise.id, mate.person, "yes")
    return state, (
        Say(
            template="pledge_team.sure_hand_over",
            values={"number": number},
            buttons=((sure,), *_back(promise)),
        ),
    )


@of_pledge
def take_over(state: State, event: Pressed, view: View, promise: Promise) -> Step:
    """Be the focal point in the place of one who can't be reached."""
    if promise.focal or not promise.lost:
        return state, (Answer(template="pledge_team.not_lost"),)
    return state, (
        TakeOver(pledge=promise.id),
        Edit(
            template="pledge_team.taken_over", values={"name": promise.name}, buttons=_back(promise)
        ),
    )


@of_pledge
def leave(state: State, event: Pressed, view: View, promise: Promise) -> Step:
    """Ask once, then the person is out; a focal point hands over first."""
    if promise.focal:
        return stale(state)
    if event.args[1:] == ("yes",):
        return state, (Leave(pledge=promise.id), Edit(template="pledge_team.left"))
    sure = press("pledge_yes_leave", "pledge_team", "leave", promise.id, "yes")
    return state, (Say(template="pledge_team.sure_leave", buttons=((sure,), *_back(promise))),)


_PRESSES: Mapping[str, OnPress] = {
    "open": open_,
    "invite": invite,
    "hand": hand_over,
    "take": take_over,
    "leave": leave,
}
TOPIC = Topic(
    name="pledge_team",
    presses=_PRESSES,
    group_admins=frozenset(_PRESSES),
)


def _mate(event: Pressed, view: View, promise: Promise) -> Mate | None:
    """The editor whose number the button carries."""
    mates = view.pledges.mates(promise)
    return next((mate for mate in mates if mate.person == int(event.args[1])), None)


def lines(mates: tuple[Mate, ...]) -> list[dict[str, object]]:
    """The editors for a template, numbered from 1."""
    return [
        {
            "number": n,
            "focal": mate.focal,
            "me": mate.me,
            "group": mate.group,
            "met": mate.met,
            "away": mate.away,
            "since": mate.since,
        }
        for n, mate in enumerate(mates, 1)
    ]


def _buttons(view: View, promise: Promise, mates: tuple[Mate, ...]) -> Rows:
    room = len(mates) < MOST_EDITORS and view.private
    ways: Rows = (
        (
            press("pledge_invite", "pledge_team", "invite", promise.id),
            press("pledge_invite_group", "pledge_team", "invite", promise.id, "group"),
        ),
    )
    if promise.focal:
        others = [(n, mate) for n, mate in enumerate(mates, 1) if not (mate.me or mate.away)]
        # the words stand in the message; a number is the same in every language
        last = rows(
            [
                press(f"→ {n}", "pledge_team", "hand", promise.id, mate.person, literal=True)
                for n, mate in others
            ],
            MOST_EDITORS,
        )
    else:
        last = ((press("pledge_leave", "pledge_team", "leave", promise.id),),)
    take: Rows = (
        ((press("pledge_take_over", "pledge_team", "take", promise.id),),)
        if promise.lost and not promise.focal
        else ()
    )
    return (*take, *(ways if room else ()), *last, *_back(promise))


def _back(promise: Promise) -> Rows:
    return ((press("pledge_card", "pledge", "card", promise.id),),)
