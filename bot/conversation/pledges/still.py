"""The question “Still with us?”, and what a pledge-maker may say of their journey at any time.

They are still here, need help, have another contact, pause or can't continue. Staff are told where
they have something to do.

::

    [Pause until …] ──► journey_still:until ── [One month] …, or a day that was written
                             ▲        │           └► paused until that day, which is said
                             │        │ what is no day, lies behind, or too far ahead
                             └────────┘
"""

from datetime import date, timedelta

from bot.conversation.look import View
from bot.conversation.people.effects import Change
from bot.conversation.pledges.buttons import to_editors
from bot.conversation.pledges.effects import Happen
from bot.conversation.pledges.look import Seen
from bot.conversation.topic import Topic
from bot.conversation.words import (
    IDLE,
    WAYS_OUT,
    Choice,
    Edit,
    Effect,
    Pressed,
    Rows,
    Say,
    State,
    Step,
    Text,
    press,
    rows,
    stale,
)
from bot.model.person import Status
from bot.model.pledge import JourneyState
from bot.rules.journey import Event

SAYS = {
    "here": Event.RESUMED,
    "help": Event.NEED_HELP,
    "contact": Event.CHANGE_CONTACT,
    "end": Event.CANT_CONTINUE,
}
"""What happens to a journey by each answer."""

PAUSES = {"journey_month": 30, "journey_two_months": 61, "journey_three_months": 91}
"""Days of each pause, by the label of its button."""

LONGEST = 366
"""Most days of a pause."""

_EXAMPLE = 45
"""How many days ahead the day lies that is given as an example."""


def buttons(pledge: int | None = None) -> Rows:
    """Return the buttons for an answer about one pledge, or about all that the person has."""
    about = () if pledge is None else (pledge,)
    return (
        (press("journey_here", "journey_still", "say", "here", *about),),
        (
            press("journey_need_help", "journey_still", "say", "help", *about),
            press("journey_change_contact", "journey_still", "say", "contact", *about),
        ),
        (
            press("journey_pause", "journey_still", "pause", *about),
            press("journey_cant_continue", "journey_still", "sure", *about),
        ),
    )


def open_(state: State, event: Pressed, view: View) -> Step:
    """Say how a pledge's journey stands, with buttons for what can be said about it."""
    pledges = _meant(event.args, view)
    if len(pledges) != 1:
        return stale(state)
    pledge = pledges[0].pledge
    pauses = pledge.journey is JourneyState.PAUSED and pledge.until
    comes = "news" if view.person and view.person.status is Status.PAUSED else "active"
    status = "paused" if pauses else "ended" if pledge.journey is JourneyState.ENDED else comes
    values = {"journey": pledge.journey.word, "until": pledge.until or ""}
    said = f"pledge_journey.status_{status}"
    return state, (Say(template=said, values=values, buttons=buttons(pledge.id)),)


def say(state: State, event: Pressed, view: View) -> Step:
    """Keep what the pledge-maker says; staff get a task where somebody has to do something."""
    what, pledges = event.about, _meant(event.args[1:], view)
    if not pledges or what not in SAYS:
        return stale(state)
    back: tuple[Effect, ...] = ()
    if what == "here" and view.person and view.person.status is Status.PAUSED:
        back = (Change(field="status", value=Status.ACTIVE),)
    happened = tuple(Happen(pledge=seen.id, event=SAYS[what]) for seen in pledges)
    return state, (
        *happened,
        *back,
        Edit(template=f"pledge_journey.said_{what}", buttons=_after(what, pledges)),
    )


def pause(state: State, event: Pressed, view: View) -> Step:
    """Ask until when to pause: for some months, or until a day that is written."""
    if not _meant(event.args, view):
        return stale(state)
    waits = State(topic="journey_still", step="until", data={"about": list(event.args)})
    values = {"example": _example(view), "group": not view.private}
    template = "pledge_journey.pause_private" if view.private else "pledge_journey.pause_group"
    return waits, (Say(template=template, values=values, buttons=_pauses(event.args)),)


def until(state: State, event: Pressed, view: View) -> Step:
    """Begin a pause of the length on the button."""
    days, pledges = event.number, _meant(event.args[1:], view)
    if not pledges or days not in PAUSES.values():
        return stale(state)
    waits = state.is_at("journey_still", "until")
    return IDLE if waits else state, _paused(
        pledges, event.args[1:], view.today + timedelta(days=days), Edit
    )


def until_day(state: State, event: Text, view: View) -> Step:
    """Begin a pause until a day that was written, or say what is wrong with it."""
    about = tuple(str(number) for number in state.data.get("about", ()))
    pledges = _meant(about, view)
    if not pledges:
        return IDLE, (Say(template="pledge.gone"),)
    day = view.people.day(event.text)
    ahead = (day - view.today).days if day else 0
    if day is not None and 0 < ahead <= LONGEST:
        return IDLE, _paused(pledges, about, day, Say)
    why = "unread" if day is None else "far" if ahead > 0 else "past"
    values = {
        "why": why,
        "example": _example(view),
        "day": day or "",
        "last": view.today + timedelta(days=LONGEST),
    }
    said = f"pledge_journey.no_day_{why}"
    return state, (Say(template=said, values=values, buttons=_pauses(about)),)


def sure(state: State, event: Pressed, view: View) -> Step:
    """Ask whether the journey shall really end."""
    if not _meant(event.args, view):
        return stale(state)
    ways: Rows = (
        (press("journey_yes_end", "journey_still", "say", "end", *event.args),),
        (press("journey_pause", "journey_still", "pause", *event.args),),
    )
    return state, (Say(template="pledge_journey.sure_end", buttons=ways),)


TOPIC = Topic(
    name="journey_still",
    presses={"open": open_, "say": say, "pause": pause, "until": until, "sure": sure},
    texts={"until": until_day},
    group_admins=frozenset({"say", "pause", "until", "sure"}),
)


def _meant(args: tuple[str, ...], view: View) -> list[Seen]:
    """Return the pledge that is named, else all journeys of which the person is the focal point."""
    if args:
        seen = view.pledges.get(int(args[0]))
        return [seen] if seen and seen.pledge.travels else []
    return [seen for seen in view.pledges.mine if seen.pledge.travels and seen.focal]


def _pauses(about: tuple[str, ...]) -> Rows:
    choices = [
        press(label, "journey_still", "until", days, *about) for label, days in PAUSES.items()
    ]
    return (*rows(choices, 1), WAYS_OUT)


def _example(view: View) -> date:
    return view.today + timedelta(days=_EXAMPLE)


def _paused(
    pledges: list[Seen], about: tuple[str, ...], day: date, kind: type[Say]
) -> tuple[Effect, ...]:
    happened = tuple(Happen(pledge=seen.id, event=Event.PAUSE, until=day) for seen in pledges)
    ways: Rows = ((_resume(*about),),)
    return *happened, kind(template="pledge_journey.paused", values={"until": day}, buttons=ways)


def _after(what: str, pledges: list[Seen]) -> Rows:
    if what == "contact":
        return rows([to_editors(seen) for seen in pledges], 1)
    if what == "end":
        return rows([_resume(seen.id) for seen in pledges], 1)
    return ()


def _resume(*about: object) -> Choice:
    """Return [We go on], for the pledges with these numbers; for all where there is none."""
    return press("journey_resume", "journey_still", "say", "here", *about)
