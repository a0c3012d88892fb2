"""What is to do today, the calendar, the quick things and the person's progress.

One action can be seen, ticked off, left out, and asked for again later. All but ticking off is open
to people about whom nothing is stored.
"""

import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from bot.conversation.actions import carry, letter
from bot.conversation.actions.effects import Postpone, Tick
from bot.conversation.actions.look import Item
from bot.conversation.look import View
from bot.conversation.people._join import first, joined
from bot.conversation.topic import Offer, Topic
from bot.conversation.words import (
    Answer,
    Command,
    Edit,
    Event,
    Part,
    Parts,
    Pressed,
    Rows,
    Say,
    State,
    Step,
    Text,
    Values,
    below,
    line,
    paragraph,
    press,
    rows,
    sentence,
    stale,
)
from bot.model.person import Subscriber
from bot.times import epoch

_NUMBERS = 5
"""How many buttons with numbers stand in one row."""

EVENING = 18
"""The hour that [This evening] means."""


def today(state: State, event: Event, view: View) -> Step:
    """Say what is to do now, or else what comes next."""
    items = view.actions.open_items
    if len(items) == 1:
        return state, (_card(view, items[0], Say),)
    if items:
        return state, (
            Say(
                template="today.several",
                values={"items": _lines(items)},
                parts=(
                    line("today.several_head"),
                    *_listed("today.several_item", items),
                    line("today.several_more"),
                ),
                buttons=_numbers(items),
            ),
        )
    coming = next((item for item in view.actions.items if item.day and item.day > view.today), None)
    values = {"next": _line(coming) if coming else None, "quick": bool(view.actions.quick)}
    parts = (
        line("today.nothing_now"),
        line("today.nothing_next", **_line(coming)) if coming else None,
        line("today.nothing_quick") if view.actions.quick else None,
    )
    buttons = _elsewhere(view)
    return state, (Say(template="today.nothing", values=values, parts=parts, buttons=buttons),)


def first_thing(state: State, event: Pressed, view: View) -> Step:
    """Show somebody who has just joined one thing to do; nothing where there is none."""
    items = (*view.actions.open_items, *view.actions.quick)
    if not items:
        return state, ()
    card = _card(view, items[0], Say)
    return state, (replace(card, parts=(line("today.first_thing"), *below(card.parts))),)


def calendar(state: State, event: Command | Pressed, view: View) -> Step:
    """Show one month, with buttons to the nearest months before and after that have something."""
    months = sorted({item.day.replace(day=1) for item in view.actions.items if item.day})
    if not months:
        return state, (Say(template="today.no_calendar"),)
    wanted = _month(event, view)
    month = next((m for m in months if m >= wanted), months[-1])
    items = tuple(
        item for item in view.actions.items if item.day and item.day.replace(day=1) == month
    )
    kind = Edit if isinstance(event, Pressed) and event.args else Say
    values = {"month": month, "items": _lines(items)}
    return state, (
        kind(
            template="today.calendar",
            values=values,
            parts=(line("today.calendar_month"), *_listed("today.calendar_item", items)),
            buttons=(*_numbers(items), *_turning(months, month)),
        ),
    )


def quick(state: State, event: Event, view: View) -> Step:
    """Show what can be done at any time in a few minutes."""
    if not view.actions.quick:
        return state, (
            Say(template="today.no_quick", buttons=((press("today", "today", "today"),),)),
        )
    return state, (
        Say(
            template="today.quick",
            values={"items": _lines(view.actions.quick)},
            parts=(line("today.quick_head"), *_listed("today.quick_item", view.actions.quick)),
            buttons=_numbers(view.actions.quick),
        ),
    )


@joined
def progress(state: State, event: Event, view: View, person: Subscriber) -> Step:
    """Say how far the person is, and what comes next."""
    how_far = view.actions.progress
    values = {
        "done": how_far.done,
        "total": how_far.total,
        "next": _line(how_far.next) if how_far.next else None,
    }
    buttons: Rows = ((press("see", "today", "see", how_far.next.ref),),) if how_far.next else ()
    parts = (
        line("today.progress_done"),
        (
            line("today.progress_next", **_line(how_far.next))
            if how_far.next
            else line("today.progress_over")
        ),
    )
    return state, (
        Say(
            template="today.progress",
            values=values,
            parts=parts,
            buttons=(*buttons, *_carry(view)),
        ),
    )


def see(state: State, event: Pressed, view: View) -> Step:
    """Show one action of the calendar with its buttons."""
    item = view.actions.item(event.about)
    return state, (_card(view, item, Say) if item else Answer(template="help.stale"),)


def done(state: State, event: Pressed, view: View) -> Step:
    """Tick an action off; a second press only says that it is."""
    item = view.actions.item(event.about)
    if item is None:
        return stale(state)
    if view.person is None:
        return state, (first(view),)
    if item.done:
        return state, (Answer(template="today.done_already"),)
    how_far = view.actions.progress
    counts = item.day is not None
    values = {
        "title": item.title,
        "done": how_far.done + counts,
        # what was over when they joined is counted from now on
        "total": how_far.total + (counts and item.ref not in how_far.counted),
        "counts": counts,
    }
    thanks = Say(
        template="today.done_counted" if counts else "today.done_uncounted",
        values=values,
        buttons=((press("undo", "today", "undo", item.ref),), *_carry(view, ticked=True)),
    )
    return state, (Tick(item=item, done=True), thanks)


def skip(state: State, event: Pressed, view: View) -> Step:
    """Leave an action out, without a word of blame."""
    item = view.actions.item(event.about)
    if item is None:
        return stale(state)
    if view.person is None:
        return state, (first(view),)
    if item.skipped or item.done:
        return state, (
            Answer(template="today.done_already" if item.done else "today.skipped_already"),
        )
    return state, (
        Tick(item=item, done=False),
        Say(template="today.skipped", values={"title": item.title}),
    )


def undo(state: State, event: Pressed, view: View) -> Step:
    """Take back that an action was done or left out."""
    item = view.actions.item(event.about)
    if item is None or view.person is None or not (item.done or item.skipped):
        return stale(state)
    return state, (
        Tick(item=item, done=None),
        Say(template="today.undone", values={"title": item.title}),
    )


def later(state: State, event: Pressed, view: View) -> Step:
    """Offer instants at which to be nudged again.

    Each lies within the grace; one in quiet hours means their end.
    """
    item = view.actions.item(event.about)
    return stale(state) if item is None else _later(state, item, view, "today.later")


def _later(state: State, item: Item, view: View, question: str) -> Step:
    delivered = view.actions.delivered(item)
    if view.person is None:
        return stale(state)
    if delivered is None:
        return state, (Say(template="today.later_open", values={"title": item.title}),)
    if delivered.waits:
        return state, (Answer(template="today.waits_already"),)
    fits = [
        (name, due)
        for name, due in _instants(view).items()
        if view.now.timestamp() < due < delivered.expires
    ]
    if not fits:
        return state, (
            Say(
                template="today.no_later",
                values={"title": item.title},
                buttons=((press("done", "today", "done", item.ref),),),
            ),
        )
    buttons = rows([press(name, "today", "at", item.ref, name) for name, _ in fits], 1)
    return state, (Say(template=question, values={"title": item.title}, buttons=buttons),)


def day_said(state: State, event: Text, view: View) -> Step | None:
    """Offer instants for a reminder to somebody who answers a nudge, or this offer, with a day;
    None for anything else.
    """
    offered = (each.pressed for each in view.offered)
    asked = next((o.about for o in offered if (o.topic, o.act) == ("today", "at")), "")
    items = view.actions.open_items
    ref = asked or (items[0].ref if len(items) == 1 else "")
    item = view.actions.item(ref) if ref else None
    if item is None or view.actions.delivered(item) is None or not _is_day(event, view):
        return None
    return _later(state, item, view, "today.later_still" if asked else "today.later")


def _is_day(event: Text, view: View) -> bool:
    return view.people.day(event.text, alone=True) is not None


def at(state: State, event: Pressed, view: View) -> Step:
    """Send the nudge again at the instant that was chosen."""
    item = view.actions.item(event.about)
    delivered = view.actions.delivered(item) if item else None
    due = _instants(view).get(event.args[1])
    if item is None or delivered is None or due is None or view.person is None:
        return stale(state)
    if delivered.waits:
        return state, (Answer(template="today.waits_already"),)
    if not view.now.timestamp() < due < delivered.expires:
        return state, (Answer(template="today.too_late"),)
    return state, (
        Postpone(occurrence=delivered.occurrence, due=due),
        Edit(template="today.reminding", values={"title": item.title}),
    )


def join(state: State, event: Pressed, view: View) -> Step:
    """Show somebody about whom nothing is stored how to take part."""
    return state, (first(view) if view.person is None else Answer(template="start.already"),)


TOPIC = Topic(
    name="today",
    commands=(
        Offer(name="today", handler=today),
        Offer(name="calendar", handler=calendar),
        Offer(name="quick", handler=quick),
        Offer(name="progress", handler=progress),
    ),
    presses={
        "today": today,
        "first": first_thing,
        "calendar": calendar,
        "quick": quick,
        "progress": progress,
        "see": see,
        "done": done,
        "skip": skip,
        "undo": undo,
        "later": later,
        "at": at,
        "join": join,
    },
)


def reference(campaign: str, action: str, slot: int) -> str:
    """Return the reference by which buttons name a dated action: a CRC-32 in hex, and the slot."""
    return f"{zlib.crc32(f'{campaign}/{action}'.encode()):08x}-{slot}"


def _card(view: View, item: Item, kind: type[Say]) -> Say:
    words = view.actions.nudge(item)
    if words is None:
        return kind(template="today.no_text", values={"title": item.title})
    values = {"title": item.title, "text": words, "day": item.day, "done": item.done}
    return kind(
        template="today.card",
        values=values,
        parts=(*shown(dated=item.day is not None, done=item.done), *_friends(item, view)),
        buttons=buttons(item, later=False),
    )


def _friends(item: Item, view: View) -> Parts:
    """Return how many friends came, where the action asks to invite some and a link was made."""
    came = view.people.came if item.invites else None
    if came is None:
        return ()
    return (paragraph("friends.invite_wanted", came=came, wanted=item.invites),)


def shown(*, dated: bool, done: bool) -> Parts:
    """Return the parts of an action's card."""
    return (
        line("today.card_title"),
        sentence("today.card_day") if dated else None,
        sentence("today.tick") if done else None,
        paragraph("today.card_text"),
    )


def buttons(item: Item, *, later: bool) -> Rows:
    """Return the buttons of an action: [Done] [Later] [Skip], [Share], and those of its letter and
    of the survey.
    """
    topic = "journey_prompt" if item.prompt else "today"
    first = [press("done", topic, "done", item.ref)] if not item.done else []
    if later:
        first.append(press("later", "today", "later", item.ref))
    if not item.done:
        first.append(press("skip", "today", "skip", item.ref))
    share = [press("share", "share", "open", item.ref)] if item.shares else []
    survey = [press("pledge_survey", "journey_survey", "open")] if item.survey else []
    friends = [press("invite_friends", "friends", "open")] if item.invites else []
    rest = (*letter.offered(item), tuple(share), tuple(friends), tuple(survey))
    return tuple(row for row in (tuple(first), *rest) if row)


def _instants(view: View) -> dict[str, int]:
    person = view.person
    morning = person.minute // 60 if person else 9
    wished = {
        "in_an_hour": epoch(view.now) + 3600,
        "this_evening": view.actions.later(EVENING, 0),
        "tomorrow": view.actions.later(morning, 1),
    }
    return {name: view.actions.awake(due) for name, due in wished.items()}


def _line(item: Item) -> Values:
    return {"title": item.title, "day": item.day, "done": item.done, "skipped": item.skipped}


def _lines(items: tuple[Item, ...]) -> list[Values]:
    return [{**_line(item), "number": number} for number, item in enumerate(items, 1)]


def _listed(template: str, items: tuple[Item, ...]) -> Iterator[Part]:
    """Yield a line for each item, with a tick where it is done."""
    for item, values in zip(items, _lines(items), strict=True):
        yield line(template, **values)
        if item.done:
            yield sentence("today.tick")


def _numbers(items: tuple[Item, ...]) -> Rows:
    return rows(
        [press(str(n), "today", "see", item.ref, literal=True) for n, item in enumerate(items, 1)],
        _NUMBERS,
    )


def _month(event: Command | Pressed, view: View) -> date:
    if isinstance(event, Pressed) and event.args:
        return date(*divmod(event.number, 100), 1)
    return view.today.replace(day=1)


def _turning(months: list[date], month: date) -> Rows:
    here = months.index(month)
    ways = []
    if here > 0:
        ways.append(press("earlier", "today", "calendar", f"{months[here - 1]:%Y%m}"))
    if here + 1 < len(months):
        ways.append(press("next", "today", "calendar", f"{months[here + 1]:%Y%m}"))
    return (tuple(ways),) if ways else ()


def _elsewhere(view: View) -> Rows:
    ways = [press("calendar", "today", "calendar")]
    if view.actions.quick:
        ways.append(press("quick", "today", "quick"))
    return (tuple(ways),)


def _carry(view: View, *, ticked: bool = False) -> Rows:
    """Return [Carry on] where an action was ticked off, just now or before; else nothing."""
    return (
        ((press("carry_on", "carry", "open"),),)
        if view.actions.carry_on and (ticked or carry.ticked(view))
        else ()
    )
