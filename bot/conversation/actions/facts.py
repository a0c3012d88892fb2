"""Facts: what the campaigns say today, each with who says it; on a tap, what it means, what one can
do about it, its card, and where it can be shared.
"""

from bot.conversation.actions.look import FactItem
from bot.conversation.actions.share import composers
from bot.conversation.look import View
from bot.conversation.topic import Offer, Topic
from bot.conversation.words import (
    Command,
    Picture,
    Pressed,
    Say,
    State,
    Step,
    below,
    line,
    lines,
    paragraph,
    press,
    rows,
    stale,
)


def facts(state: State, event: Command | Pressed, view: View) -> Step:
    """List what may be said today."""
    there = view.actions.facts
    if not there:
        return state, (Say(template="facts.none"),)
    said = lines("facts.facts_item", ({"said": item.cited} for item in there))
    told = [item for item in there if item.title]
    choices = [press(item.title, "facts", "show", item.ref, literal=True) for item in told]
    return state, (
        Say(
            template="facts.facts",
            parts=(line("facts.facts_head"), *below(said)),
            buttons=rows(choices, 1),
        ),
    )


def show(state: State, event: Pressed, view: View) -> Step:
    """Say what a fact means, with buttons for passing it on."""
    item = _named(event, view)
    if item is None:
        return stale(state)
    parts = (
        line("facts.fact_said", said=item.cited),
        paragraph("facts.fact_means", means=item.means) if item.means else None,
        paragraph("facts.fact_respond", respond=item.respond) if item.respond else None,
        paragraph("facts.fact_day", day=item.as_of),
        line("facts.fact_page", page=item.page) if item.page else None,
    )
    ways = rows(composers(view, item.text, item.page or None), 2)
    buttons = ((press("picture", "facts", "card", item.ref),), *ways)
    return state, (Say(template="facts.fact", parts=parts, buttons=buttons),)


def card(state: State, event: Pressed, view: View) -> Step:
    """Send a fact's card, with its words below it."""
    item = _named(event, view)
    if item is None:
        return stale(state)
    shown = view.actions.fact_card(item)
    if shown is None:
        return state, (Say(template="facts.no_picture"),)
    values = {"alt": shown.alt}
    return state, (Picture(template="facts.picture", content=shown.data, values=values),)


def _named(event: Pressed, view: View) -> FactItem | None:
    return next((each for each in view.actions.facts if each.ref == event.about), None)


TOPIC = Topic(
    name="facts",
    commands=(Offer(name="facts", handler=facts),),
    presses={"open": facts, "show": show, "card": card},
)
