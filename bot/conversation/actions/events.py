"""Events: what people can come to; signing up, which asks for their age first; leaving again; and
that they were there.

Before [Yes, …] nothing is kept, and after [No, …] neither.
"""

from bot.conversation.actions.effects import LeaveEvent, SignUp, WasThere
from bot.conversation.actions.look import EventItem
from bot.conversation.look import View
from bot.conversation.people._join import joined
from bot.conversation.topic import Offer, Topic
from bot.conversation.words import (
    Choice,
    Command,
    Edit,
    Pressed,
    Rows,
    Say,
    State,
    Step,
    below,
    line,
    paragraph,
    press,
    rows,
    stale,
)
from bot.model.events import Standing
from bot.model.person import Subscriber


def events(state: State, event: Command | Pressed, view: View) -> Step:
    """List what is to come, with a button for each."""
    there = view.actions.events
    if not there:
        return state, (Say(template="events.none"),)
    said = (line(f"events.{_item(each)}", title=each.title, when=each.when) for each in there)
    choices = [press(each.title, "events", "show", each.ref, literal=True) for each in there]
    parts = (line("events.events_head"), *below(tuple(said)))
    return state, (Say(template="events.events", parts=parts, buttons=rows(choices, 1)),)


def _item(each: EventItem) -> str:
    if each.over:
        return "events_item_over"
    if each.became:
        return f"events_item_{each.became}"
    return "events_item" if each.when else "events_item_undated"


def show(state: State, event: Pressed, view: View) -> Step:
    """Say what is known of an event, with what the person can do about it."""
    item = view.actions.event(event.about)
    if item is None:
        return stale(state)
    parts = (
        line("events.event_facts", facts=item.facts),
        paragraph("events.event_about") if item.values["about"] else None,
        paragraph("events.event_page", page=item.page) if item.page else None,
        paragraph(f"events.event_{item.became}") if item.became else None,
        paragraph(f"events.event_{item.standing.name.lower()}") if item.standing else None,
    )
    said = Say(template="events.event", values=item.values, parts=parts, buttons=_ways(item))
    return state, (said,)


def _ways(item: EventItem) -> Rows:
    if item.over:
        came = _may_have_come(item)
        return ((press("event_there", "events", "there", item.ref),),) if came else ()
    if item.standing is not None:
        return ((press("event_leave", "events", "leave", item.ref),),)
    label = "event_wait" if item.full else "event_join"
    return ((press(label, "events", "join", item.ref),),) if item.takes else ()


def _may_have_come(item: EventItem) -> bool:
    return item.over and not item.became and item.standing is Standing.COMES


@joined
def join(state: State, event: Pressed, view: View, person: Subscriber) -> Step:
    """Ask for their age and consent, with what is kept and what for."""
    item = view.actions.event(event.about)
    if item is None or not item.takes:
        return stale(state)
    values = {**view.facts, "title": item.title, "days": item.days}
    ways = ((_yes(item),), (press("younger", "events", "no"),))
    return state, (Say(template="events.ask", values=values, buttons=ways),)


def _yes(item: EventItem) -> Choice:
    return press("agree", "events", "yes", item.ref)


@joined
def yes(state: State, event: Pressed, view: View, person: Subscriber) -> Step:
    """Sign up who is old enough and agrees."""
    item = view.actions.event(event.about)
    if item is None or not item.takes:
        return stale(state)
    return state, (SignUp(ref=item.ref),)


def no(state: State, event: Pressed, view: View) -> Step:
    """Say to who is too young that nothing was kept."""
    return state, (Edit(template="events.young", values=view.facts),)


@joined
def leave(state: State, event: Pressed, view: View, person: Subscriber) -> Step:
    """Delete that they signed up, and say so."""
    item = view.actions.event(event.about)
    if item is None or item.standing is None:
        return stale(state)
    left = Say(template="events.left", values={"title": item.title})
    return state, (LeaveEvent(ref=item.ref), left)


@joined
def there(state: State, event: Pressed, view: View, person: Subscriber) -> Step:
    """Keep that they were there, and thank them."""
    item = view.actions.event(event.about)
    if item is None or not _may_have_come(item):
        return stale(state)
    return state, (WasThere(ref=item.ref), Edit(template="events.thanks", values=item.values))


TOPIC = Topic(
    name="events",
    commands=(Offer(name="events", handler=events),),
    presses={"show": show, "join": join, "yes": yes, "no": no, "leave": leave, "there": there},
)
