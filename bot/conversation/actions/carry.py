"""Carry on: in the last month of a campaign a person chooses one of the actions they did, to go on
with it, and gets it as a document to keep.
"""

from bot.conversation.actions.look import Item
from bot.conversation.look import View
from bot.conversation.people.ask import unfit
from bot.conversation.people.effects import Change
from bot.conversation.topic import Offer, Topic
from bot.conversation.words import (
    HELP_FOR_CHILD,
    IDLE,
    Command,
    Document,
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
from bot.text import visible

LONGEST = 2_000
"""Most characters of what somebody writes about how they go on."""


def open_(state: State, event: Command | Pressed, view: View) -> Step:
    """Offer the actions that the person did, to choose one of them."""
    words = view.actions.carry_on
    if words is None or view.person is None:
        return state, (Say(template="carry.not_yet"),)
    done = ticked(view)
    if not done:
        return state, (
            Say(
                template="carry.nothing_done",
                values=dict(words),
                buttons=((press("today", "today", "today"),),),
            ),
        )
    choices = [press(item.title, "carry", "choose", item.ref, literal=True) for item in done]
    return state, (Say(template="carry.choose", values=dict(words), buttons=rows(choices, 1)),)


def choose(state: State, event: Pressed, view: View) -> Step:
    """Keep the chosen action, and ask what the person wants to develop, which may be left out."""
    item, words = view.actions.item(event.about), view.actions.carry_on
    if item is None or words is None or view.person is None or not item.done:
        return stale(state)
    kept = Change(
        field="profile", value={"action": f"{item.campaign}/{item.action}"}, extra="carry_on"
    )
    buttons: Rows = ((press("leave_out", "carry", "enough"),), (HELP_FOR_CHILD,))
    said = Edit(template="carry.develop", values={**words, "title": item.title}, buttons=buttons)
    return State(topic="carry", step="develop", data={"ref": item.ref}), (kept, said)


def enough(state: State, event: Pressed, view: View) -> Step:
    """Leave the second question out, and give the document."""
    item = view.actions.item(str(state.data.get("ref", "")))
    if state.topic != "carry" or item is None:
        return stale(state)
    return IDLE, (
        Edit(template="carry.kept", values={"title": item.title}),
        _document(item, "", view),
    )


def develop(state: State, event: Text, view: View) -> Step:
    """Keep the answer to the second question, and give the document."""
    words = visible(event.text)
    if not words or len(words) > LONGEST:
        return state, (unfit(words, LONGEST, ((HELP_FOR_CHILD,),)),)
    item = view.actions.item(str(state.data.get("ref", "")))
    if view.person is None or item is None:
        return IDLE, (Say(template="carry.not_yet"),)
    kept = Change(
        field="profile",
        value={"action": f"{item.campaign}/{item.action}", "develop": words},
        extra="carry_on",
    )
    return IDLE, (
        kept,
        Say(template="carry.kept", values={"title": item.title}),
        _document(item, words, view),
    )


TOPIC = Topic(
    name="carry",
    commands=(Offer(name="carryon", handler=open_),),
    presses={"open": open_, "choose": choose, "enough": enough},
    texts={"develop": develop},
    passes={"develop": "enough"},
)


def ticked(view: View) -> list[Item]:
    """Return the actions that the person did, quick things too, each once."""
    items: dict[tuple[str, str], Item] = {}
    for item in (*view.actions.items, *view.actions.quick):
        if item.done:
            items.setdefault((item.campaign, item.action), item)
    return list(items.values())


def _document(item: Item, words: str, view: View) -> Document:
    name, content = view.actions.carried(item, words)
    return Document(template="carry.document", name=name, content=content)
