"""The monthly prompt of a pledge-maker: [Done] takes a link, or [No link].

What is sent in is shown to nobody before a person has looked at it.

::

    [Done] (which pledge, where there are several) ──► journey_prompt:link ── a link, or [No link] ──► reported
"""

import re

from bot.conversation.actions.effects import Tick
from bot.conversation.look import View
from bot.conversation.pledges.effects import Report
from bot.conversation.pledges.look import Promise, Stone
from bot.conversation.pledges.meant import awaited, gone
from bot.conversation.topic import Topic
from bot.conversation.words import (
    IDLE,
    Answer,
    Edit,
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

LONGEST = 500
"""Most characters of a link."""

_URL = re.compile(r"https?://[^\s/.<>\"]+(\.[^\s/.<>\"]+)+(/[^\s<>\"]*)?", re.IGNORECASE)


def done(state: State, event: Pressed, view: View) -> Step:
    """Ask for a link; where the person has several pledges, for which first."""
    meant = _meant(event, view)
    if not meant:
        return state, (
            Answer(template="pledge_journey.no_pledge" if view.person else "start.join_first"),
        )
    if len(meant) > 1:
        choices = [
            press(
                mine.name or mine.organisation,
                "journey_prompt",
                "done",
                event.args[0],
                mine.id,
                literal=True,
            )
            for mine, _ in meant
        ]
        return state, (Say(template="pledge_journey.which", buttons=rows(choices, 1)),)
    promise, stone = meant[0]
    if stone.done:
        return state, (Answer(template="pledge_journey.done_already"),)
    buttons: Rows = (
        (press("journey_no_link", "journey_prompt", "nolink", stone.ref, promise.id),),
        (press("danger", "safety", "open"), press("cancel", "help", "cancel")),
    )
    waits = State(
        topic="journey_prompt", step="link", data={"pledge": promise.id, "ref": stone.ref}
    )
    return waits, (
        Say(
            template="pledge_journey.link",
            values={"title": stone.title, "group": not view.private},
            buttons=buttons,
        ),
    )


def no_link(state: State, event: Pressed, view: View) -> Step:
    """Report the milestone without a link."""
    meant = _meant(event, view)
    if len(meant) != 1:
        return stale(state)
    promise, stone = meant[0]
    if stone.done:
        return state, (Answer(template="pledge_journey.done_already"),)
    return _reported(view, promise, stone, None, Edit)


@awaited
def linked(state: State, event: Text, view: View, promise: Promise) -> Step:
    """A link, and nothing but a link."""
    stone = view.pledges.stone(promise, str(state.data.get("ref", "")))
    if stone is None:
        return gone()
    words = event.text.strip()
    if len(words) > LONGEST or not _URL.fullmatch(words):
        buttons: Rows = (
            (press("journey_no_link", "journey_prompt", "nolink", stone.ref, promise.id),),
            (press("danger", "safety", "open"), press("cancel", "help", "cancel")),
        )
        return state, (
            Say(template="pledge_journey.bad_link", values={"longest": LONGEST}, buttons=buttons),
        )
    return _reported(view, promise, stone, words, Say)


TOPIC = Topic(
    name="journey_prompt",
    presses={"done": done, "nolink": no_link},
    texts={"link": linked},
)


def _meant(event: Pressed, view: View) -> list[tuple[Promise, Stone]]:
    """The pledges, with their milestone, that the button may mean."""
    mine = [
        p
        for p in view.pledges.mine
        if p.made and (len(event.args) == 1 or p.id == int(event.args[1]))
    ]
    pairs = [(promise, view.pledges.stone(promise, event.args[0])) for promise in mine]
    return [(promise, stone) for promise, stone in pairs if stone is not None]


def _reported(
    view: View, promise: Promise, stone: Stone, link: str | None, kind: type[Say]
) -> Step:
    road = view.pledges.road(promise)
    # what lay before they joined counts once it is done
    values = {
        "title": stone.title,
        "done": road.done + 1,
        "of": road.of + (not stone.counts),
        "link": link is not None,
    }
    item = view.actions.item(stone.ref)
    ticked = (Tick(item=item, done=True),) if item else ()
    buttons: Rows = ((press("pledge_journey", "journey_year", "open", promise.id),),)
    report = Report(pledge=promise.id, action=stone.action, slot=stone.slot, link=link)
    return IDLE, (
        report,
        *ticked,
        kind(template="pledge_journey.done", values=values, buttons=buttons),
    )
