"""The people behind a pledge: one to five editors, one of them its focal point.

Others come by a one-time link, through /start.

::

    [Invite somebody] ──► a link for one person ── /start e-… ──► editor (consent first, where
                          they are new)
    [Into a group]    ──► a link for a group chat ── /start e-… by an admin ──► the group is an
                          editor, and gets the prompts
    focal point: [Hand over to 2] ── [Yes] ──► 2 is the focal point
    anybody else: [Leave] ── [Yes] ──► out
    where the focal point can't be reached: [Take over] ──► the person is the focal point

Whoever is concerned and isn't in this chat is told by a message of its own (`bot.jobs.texts.news`).
"""

from collections.abc import Mapping

from bot.conversation.look import View
from bot.conversation.pledges.buttons import to_card
from bot.conversation.pledges.effects import HandOver, Invite, Leave, TakeOver
from bot.conversation.pledges.look import Member, Seen
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
    Values,
    line,
    lines,
    paragraph,
    press,
    rows,
    stale,
)
from bot.model.pledge import MOST_EDITORS
from bot.times import from_epoch


@of_pledge
def open_(state: State, event: Pressed, view: View, seen: Seen) -> Step:
    """Show who edits the pledge."""
    team = view.pledges.team(seen)
    return state, (
        Say(
            template="pledge_team.editors",
            values={"mates": listed(team), "most": MOST_EDITORS},
            parts=(
                line("pledge_team.editors_head"),
                *lines("pledge_team.editor", listed(team)),
                paragraph("pledge_team.editors_focal"),
            ),
            buttons=_buttons(view, seen, team),
        ),
    )


@of_pledge
def invite(state: State, event: Pressed, view: View, seen: Seen) -> Step:
    """Make a new link, which lets one in."""
    if not view.private:
        return stale(state)
    if len(view.pledges.team(seen)) >= MOST_EDITORS:
        return state, (Answer(template="pledge_team.full"),)
    return state, (Invite(pledge=seen.id, group=event.args[1:] == ("group",)),)


@of_pledge
def hand_over(state: State, event: Pressed, view: View, seen: Seen) -> Step:
    """Ask whether another editor shall be the focal point; on [Yes] make them so."""
    member = _member(event, view, seen)
    if member is None or not seen.focal or member.me or member.editor.away:
        return stale(state)
    if _is_missed(seen, member):
        return state, (Answer(template="pledge_team.no_steps"),)
    if event.args[2:] == ("yes",):
        told: tuple[Effect, ...] = (Edit(template="pledge_team.handed_over", buttons=_back(seen)),)
        return state, (HandOver(pledge=seen.id, to=member.person), *told)
    number = [editor.editor.person for editor in view.pledges.team(seen)].index(member.person) + 1
    sure = press("pledge_yes_hand_over", "pledge_team", "hand", seen.id, member.person, "yes")
    return state, (
        Say(
            template="pledge_team.sure_hand_over",
            values={"number": number},
            buttons=((sure,), *_back(seen)),
        ),
    )


@of_pledge
def take_over(state: State, event: Pressed, view: View, seen: Seen) -> Step:
    """Make the person the focal point in the place of one who can't be reached."""
    if seen.focal or not seen.lost:
        return state, (Answer(template="pledge_team.not_lost"),)
    if any(member.me and _is_missed(seen, member) for member in view.pledges.team(seen)):
        return state, (Answer(template="pledge_team.no_steps_me"),)
    return state, (
        TakeOver(pledge=seen.id),
        Edit(
            template=f"pledge_team.taken_over_{'named' if seen.pledge.name else 'unnamed'}",
            values={"name": seen.pledge.name},
            buttons=_back(seen),
        ),
    )


@of_pledge
def leave(state: State, event: Pressed, view: View, seen: Seen) -> Step:
    """Ask whether the person shall edit the pledge no more; a focal point hands over first."""
    if seen.focal:
        return stale(state)
    if event.args[1:] == ("yes",):
        return state, (Leave(pledge=seen.id), Edit(template="pledge_team.left"))
    sure = press("pledge_yes_leave", "pledge_team", "leave", seen.id, "yes")
    return state, (Say(template="pledge_team.sure_leave", buttons=((sure,), *_back(seen))),)


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


def _member(event: Pressed, view: View, seen: Seen) -> Member | None:
    """Return the editor whose number the button carries; None when they are none any more."""
    team = view.pledges.team(seen)
    return next((member for member in team if member.person == int(event.args[1])), None)


def _is_missed(seen: Seen, member: Member) -> bool:
    """Return whether the pledge has steps that would not reach this editor as its focal point."""
    return seen.pledge.travels and not member.editor.gets_steps


def listed(team: tuple[Member, ...], *, me: bool = True) -> list[Values]:
    """Return the editors as values of a text, numbered from 1.

    Without `me`, none of them is marked as the reader.
    """
    return [
        {
            "number": n,
            "focal": member.editor.focal,
            "me": member.me,
            "group": member.group,
            "met": member.met,
            "away": member.editor.away,
            "since": from_epoch(member.editor.since).date(),
            "marks": [mark for mark in _marks(member) if me or mark != "me"],
        }
        for n, member in enumerate(team, 1)
    ]


def _marks(member: Member) -> list[str]:
    """Return what is said of an editor, as keys of [editor_marks] in words.toml."""
    met = "group" if member.group else member.met
    marks = {
        met: met in ("group", "mail", "room"),
        "focal": member.editor.focal,
        "away": member.editor.away,
        "news": member.editor.hears and not member.editor.gets_steps,
        "me": member.me,
    }
    return [mark for mark, holds in marks.items() if holds]


def _buttons(view: View, seen: Seen, team: tuple[Member, ...]) -> Rows:
    room = len(team) < MOST_EDITORS and view.private
    ways: Rows = (
        (
            press("pledge_invite", "pledge_team", "invite", seen.id),
            press("pledge_invite_group", "pledge_team", "invite", seen.id, "group"),
        ),
    )
    if seen.focal:
        others = [
            (n, member) for n, member in enumerate(team, 1) if not (member.me or member.editor.away)
        ]
        # the message says what they do; an arrow and a number are the same in every language
        last = rows(
            [
                press(
                    f"→ {n}",
                    "pledge_team",
                    "hand",
                    seen.id,
                    member.person,
                    literal=True,
                )
                for n, member in others
            ],
            MOST_EDITORS,
        )
    else:
        last = ((press("pledge_leave", "pledge_team", "leave", seen.id),),)
    take: Rows = (
        ((press("pledge_take_over", "pledge_team", "take", seen.id),),)
        if seen.lost and not seen.focal
        else ()
    )
    return (*take, *(ways if room else ()), *last, *_back(seen))


def _back(seen: Seen) -> Rows:
    return ((to_card(seen),),)
