"""A pledge's year: how far it is, what lies ahead, and what is past and open to whoever came
later.
"""

from bot.conversation.look import View
from bot.conversation.pledges.look import Promise, Stone
from bot.conversation.pledges.meant import mine, of_pledge, picked
from bot.conversation.topic import Offer, Topic
from bot.conversation.words import (
    Command,
    Edit,
    Pressed,
    Rows,
    Say,
    State,
    Step,
    press,
    rows,
    stale,
)

_NUMBERS = 5


def command(state: State, event: Command, view: View) -> Step:
    """The year of one's pledge; who has several chooses."""
    made = [promise for promise in view.pledges.mine if promise.travels]
    if not made:
        return state, (
            Say(
                template="pledge_journey.no_pledge",
                buttons=((press("pledge_make", "pledge", "open"),),),
            ),
        )
    if len(made) == 1:
        return state, (_year(view, made[0], Say),)
    choices = [
        press(
            promise.name or promise.organisation, "journey_year", "open", promise.id, literal=True
        )
        for promise in made
    ]
    return state, (Say(template="pledge_journey.which", buttons=rows(choices, 1)),)


def _travelling(event: Pressed, view: View) -> Promise | None:
    promise = mine(event, view)
    return promise if promise and promise.travels else None


_of_journey = picked(_travelling)


@_of_journey
def open_(state: State, event: Pressed, view: View, promise: Promise) -> Step:
    """Show what lies ahead of one pledge."""
    return state, (_year(view, promise, Say),)


@_of_journey
def past(state: State, event: Pressed, view: View, promise: Promise) -> Step:
    """What is past and not done: nobody asks for it, and it is open."""
    stones = view.pledges.road(promise).past
    ways = (
        *_numbers(promise, stones),
        (press("pledge_journey", "journey_year", "open", promise.id),),
    )
    return state, (
        Edit(template="pledge_journey.past", values={"stones": _lines(stones)}, buttons=ways),
    )


@of_pledge
def show(state: State, event: Pressed, view: View, promise: Promise) -> Step:
    """One milestone: what it asks."""
    stone = view.pledges.stone(promise, event.args[1])
    if stone is None:
        return stale(state)
    words = view.pledges.ask(promise, stone)
    if words is None:
        return state, (Say(template="today.no_text", values={"title": stone.title}),)
    values = {"title": stone.title, "day": stone.day, "text": words, "done": stone.done}
    ways: Rows = (
        ((press("done", "journey_prompt", "done", stone.ref, promise.id),),)
        if not stone.done
        else ()
    )
    survey: Rows = ((press("pledge_survey", "journey_survey", "open"),),) if stone.survey else ()
    year = (press("pledge_journey", "journey_year", "open", promise.id),)
    return state, (Say(template="today.card", values=values, buttons=(*ways, *survey, year)),)


TOPIC = Topic(
    name="journey_year",
    commands=(Offer(name="journey", handler=command, group=True),),
    presses={"open": open_, "past": past, "show": show},
)


def _year(view: View, promise: Promise, kind: type[Say]) -> Say:
    road = view.pledges.road(promise)
    values = {
        "name": promise.name,
        "done": road.done,
        "of": road.of,
        "stones": _lines(road.ahead),
        "past": len(road.past),
    }
    before = ((press("journey_past", "journey_year", "past", promise.id),),) if road.past else ()
    card = ((press("pledge_card", "pledge", "card", promise.id),),)
    return kind(
        template="pledge_journey.year",
        values=values,
        buttons=(*_numbers(promise, road.ahead), *before, *card),
    )


def _lines(stones: tuple[Stone, ...]) -> list[dict[str, object]]:
    return [
        {"number": n, "title": entry.title, "day": entry.day} for n, entry in enumerate(stones, 1)
    ]


def _numbers(promise: Promise, stones: tuple[Stone, ...]) -> Rows:
    return rows(
        [
            press(str(n), "journey_year", "show", promise.id, stone.ref, literal=True)
            for n, stone in enumerate(stones, 1)
        ],
        _NUMBERS,
    )
