"""A pledge's year: how far it is, what lies ahead, and what is past and may still be done."""

from bot.conversation.actions.today import shown
from bot.conversation.look import View
from bot.conversation.pledges.buttons import to_card, to_year
from bot.conversation.pledges.look import Asked, Seen
from bot.conversation.pledges.meant import mine, of_pledge, personal, picked
from bot.conversation.topic import Offer, Topic
from bot.conversation.words import (
    Command,
    Edit,
    Parts,
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

_NUMBERS = 5


def command(state: State, event: Command, view: View) -> Step:
    """Show the year of the person's pledge; who has several chooses one first, and who has pledged
    for themselves alone hears what there is in its place.
    """
    made = [seen for seen in view.pledges.mine if seen.pledge.travels]
    if not made:
        ways = ((press("pledge_make", "pledge", "open"),),)
        none = Say(template="pledge_journey.no_pledge", buttons=ways)
        return state, (personal(view) or none,)
    if len(made) == 1:
        return state, (_year(view, made[0], Say),)
    choices = [
        press(
            seen.pledge.name or seen.pledge.organisation,
            "journey_year",
            "open",
            seen.id,
            literal=True,
        )
        for seen in made
    ]
    return state, (Say(template="pledge_journey.which", buttons=rows(choices, 1)),)


def _travelling(event: Pressed, view: View) -> Seen | None:
    seen = mine(event, view)
    return seen if seen and seen.pledge.travels else None


_of_journey = picked(_travelling)


@_of_journey
def open_(state: State, event: Pressed, view: View, seen: Seen) -> Step:
    """Show what lies ahead of one pledge."""
    return state, (_year(view, seen, Say),)


@_of_journey
def past(state: State, event: Pressed, view: View, seen: Seen) -> Step:
    """Show the milestones that are past and not done: nobody asks for them, but they stay open."""
    steps = view.pledges.asked(seen, view.pledges.progress(seen).past)
    ways = (
        *_numbers(seen, steps),
        (to_year(seen),),
    )
    return state, (
        Edit(
            template="pledge_journey.past",
            values={"stones": _lines(steps)},
            parts=(
                line("pledge_journey.past_head"),
                *lines("pledge_journey.past_step", _lines(steps)),
            ),
            buttons=ways,
        ),
    )


@of_pledge
def show(state: State, event: Pressed, view: View, seen: Seen) -> Step:
    """Show what one milestone asks, with its buttons."""
    asked = view.pledges.step(seen, event.args[1])
    if asked is None:
        return stale(state)
    words = view.pledges.ask(seen, asked)
    if words is None:
        return state, (Say(template="today.no_text", values={"title": asked.title}),)
    page = view.pledges.year_page(seen) if asked.last else ""
    values = {"title": asked.title, "day": asked.milestone.day, "text": words, "done": asked.done}
    ways: Rows = (
        ((press("done", "journey_prompt", "done", asked.ref, seen.id),),) if not asked.done else ()
    )
    survey: Rows = ((press("pledge_survey", "journey_survey", "open"),),) if asked.survey else ()
    year = (to_year(seen),)
    return state, (
        Say(
            template="today.card",
            values=values,
            parts=(*shown(dated=True, done=asked.done), *_page(page)),
            buttons=(*ways, *survey, year),
        ),
    )


TOPIC = Topic(
    name="journey_year",
    commands=(Offer(name="journey", handler=command, group=True),),
    presses={"open": open_, "past": past, "show": show},
)


def _year(view: View, seen: Seen, kind: type[Say]) -> Say:
    progress = view.pledges.progress(seen)
    ahead = view.pledges.asked(seen, progress.ahead)
    values = {
        "name": seen.pledge.name,
        "done": progress.done,
        "of": progress.of,
        "stones": _lines(ahead),
        "past": len(progress.past),
    }
    before = ((press("journey_past", "journey_year", "past", seen.id),),) if progress.past else ()
    card = ((to_card(seen),),)
    return kind(
        template="pledge_journey.year",
        values=values,
        parts=(
            line("pledge_journey.year_name") if seen.pledge.name else None,
            line("pledge_journey.year_steps"),
            paragraph("pledge_journey.year_ahead" if ahead else "pledge_journey.year_over"),
            *lines("pledge_journey.year_step", _lines(ahead)),
            paragraph("pledge_journey.year_past") if progress.past else None,
            *_page(view.pledges.year_page(seen)),
        ),
        buttons=(*_numbers(seen, ahead), *before, *card),
    )


def _page(page: str) -> Parts:
    """Return the part that says where the page of the pledge's year stands, where it has one."""
    return (paragraph("pledge_journey.year_page", page=page) if page else None,)


def _lines(steps: tuple[Asked, ...]) -> list[Values]:
    return [
        {"number": n, "title": step.title, "day": step.milestone.day}
        for n, step in enumerate(steps, 1)
    ]


def _numbers(seen: Seen, steps: tuple[Asked, ...]) -> Rows:
    return rows(
        [
            press(str(n), "journey_year", "show", seen.id, asked.ref, literal=True)
            for n, asked in enumerate(steps, 1)
        ],
        _NUMBERS,
    )
