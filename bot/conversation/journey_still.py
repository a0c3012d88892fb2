"""Still with us? What a pledge-maker can say to it, or at any time: here, need help, change of contact, a pause, the end. Staff hear of what is theirs."""

from datetime import timedelta

from bot.conversation._pledges import Happen, Promise
from bot.conversation._view import View
from bot.conversation.base import Answer, Change, Edit, Pressed, Rows, Say, State, Turn, press
from bot.journey import Event

_SAYS = {
    "here": Event.RESUMED,
    "help": Event.NEED_HELP,
    "contact": Event.CHANGE_CONTACT,
    "end": Event.CANT_CONTINUE,
}

PAUSES = {"journey_month": 30, "journey_two_months": 61, "journey_three_months": 91}
"""Days of each pause, by the label of its button."""


def buttons(pledge: int | None = None) -> Rows:
    """What can be answered; without a pledge, for all that the person has."""
    about = () if pledge is None else (pledge,)
    return (
        (press("journey_here", "journey_still", "say", "here", *about),),
        (
            press("journey_need_help", "journey_still", "say", "help", *about),
            press("journey_change_contact", "journey_still", "say", "contact", *about),
        ),
        (press("journey_pause", "journey_still", "pause", *about), press("journey_cant_continue", "journey_still", "sure", *about)),
    )


def open_(state: State, event: Pressed, view: View) -> Turn:
    """How it is with a pledge, and what can be said about it."""
    found = _meant(event.args, view)
    if len(found) != 1:
        return state, (Answer(template="help.stale"),)
    values = {"journey": found[0].journey, "until": found[0].until or ""}
    return state, (Say(template="pledge_journey.status", values=values, buttons=buttons(found[0].id)),)


def say(state: State, event: Pressed, view: View) -> Turn:
    """It is written down; staff get a task where somebody has to do something."""
    what, found = event.args[0], _meant(event.args[1:], view)
    if not found or what not in _SAYS:
        return state, (Answer(template="help.stale"),)
    back: tuple[object, ...] = ()
    if what == "here" and view.person and view.person.status == "paused":
        back = (Change(field="status", value="active"),)
    happened = tuple(Happen(pledge=one.id, event=_SAYS[what]) for one in found)
    return state, (*happened, *back, Edit(template=f"pledge_journey.said_{what}", buttons=_after(what, found)))


def pause(state: State, event: Pressed, view: View) -> Turn:
    """Ask until when."""
    if not _meant(event.args, view):
        return state, (Answer(template="help.stale"),)
    choices = tuple((press(label, "journey_still", "until", days, *event.args),) for label, days in PAUSES.items())
    return state, (Say(template="pledge_journey.pause", buttons=choices),)


def until(state: State, event: Pressed, view: View) -> Turn:
    """The pause begins."""
    days, found = int(event.args[0]), _meant(event.args[1:], view)
    if not found or days not in PAUSES.values():
        return state, (Answer(template="help.stale"),)
    day = view.today + timedelta(days=days)
    happened = tuple(Happen(pledge=one.id, event=Event.PAUSE, until=day) for one in found)
    ways: Rows = ((press("journey_resume", "journey_still", "say", "here", *event.args[1:]),),)
    return state, (*happened, Edit(template="pledge_journey.paused", values={"until": day}, buttons=ways))


def sure(state: State, event: Pressed, view: View) -> Turn:
    """The end is asked once."""
    if not _meant(event.args, view):
        return state, (Answer(template="help.stale"),)
    ways: Rows = (
        (press("journey_yes_end", "journey_still", "say", "end", *event.args),),
        (press("journey_pause", "journey_still", "pause", *event.args),),
    )
    return state, (Say(template="pledge_journey.sure_end", buttons=ways),)


PRESSES = {"open": open_, "say": say, "pause": pause, "until": until, "sure": sure}
GROUP_ADMINS = frozenset({"say", "pause", "until", "sure"})


def _meant(args: tuple[str, ...], view: View) -> list[Promise]:
    """The pledge that is named; else all that stand and of which the person is the focal point."""
    if args:
        one = view.pledges.get(int(args[0]))
        return [one] if one and one.travels else []
    return [one for one in view.pledges.mine if one.travels and one.focal]


def _after(what: str, found: list[Promise]) -> Rows:
    if what == "contact":
        return tuple((press("pledge_editors", "pledge_team", "open", one.id),) for one in found)
    if what == "end":
        return tuple((press("journey_resume", "journey_still", "say", "here", one.id),) for one in found)
    return ()
