"""A letter to somebody who decides: the action's own words, with the name, place and sentence of
who sends it. They copy and send it themselves; what they said is forgotten once it stands there.
"""

from collections.abc import Mapping

from bot.conversation.actions.look import Item, Recipient
from bot.conversation.look import View
from bot.conversation.people._join import in_private
from bot.conversation.people.ask import unfit
from bot.conversation.topic import Topic
from bot.conversation.words import (
    CANCEL,
    HELP_FOR_CHILD,
    IDLE,
    Part,
    Pressed,
    Rows,
    Say,
    State,
    Step,
    Text,
    line,
    paragraph,
    press,
    stale,
)
from bot.text import visible

LONGEST = {"own": 500, "name": 80, "place": 80}
"""Most characters of each thing that is asked, in the order in which they are asked."""

_STEPS = tuple(LONGEST)


def open_(state: State, event: Pressed, view: View) -> Step:
    """Ask for a sentence of the writer's own, the first of what the letter holds of them."""
    item = view.actions.item(event.about)
    if item is None or not item.letter:
        return stale(state)
    if not view.private:  # a name and where somebody lives are not for a group to read
        return state, (Say(template="help.in_private", buttons=in_private(view.start_link)),)
    return _ask({"ref": item.ref}, view)


def leave_out(state: State, event: Pressed, view: View) -> Step:
    """Go on without what was asked."""
    return _said(state, view, "") if state.topic == "letter" else stale(state)


def lives_here(state: State, event: Pressed, view: View) -> Step:
    """Say the place that is kept of the person."""
    at_place = state.is_at("letter", "place") and view.person is not None
    return _said(state, view, view.people.home) if at_place else stale(state)


def answered(state: State, event: Text, view: View) -> Step:
    """Take what was asked, in one line."""
    words, longest = " ".join(visible(event.text).split()), LONGEST[state.step]
    if not words or len(words) > longest:
        return state, (unfit(words, longest, _ways(state.step, view)),)
    return _said(state, view, words)


TOPIC = Topic(
    name="letter",
    presses={"open": open_, "leave": leave_out, "here": lives_here},
    texts=dict.fromkeys(_STEPS, answered),
    passes=dict.fromkeys(_STEPS, "leave"),
)


def _said(state: State, view: View, words: str) -> Step:
    said = {**state.data, state.step: words}
    return _ask(said, view) if state.step != _STEPS[-1] else _written(said, view)


def _ask(said: Mapping[str, object], view: View) -> Step:
    """Ask the first thing of which nothing was said."""
    step = next(each for each in _STEPS if each not in said)
    question = Say(template=f"letter.{step}", buttons=_ways(step, view))
    return State(topic="letter", step=step, data=dict(said)), (question,)


def _ways(step: str, view: View) -> Rows:
    home = view.people.home if step == "place" and view.person is not None else ""
    here: Rows = ((press(home, "letter", "here", literal=True),),) if home else ()
    return (*here, (press("leave_out", "letter", "leave"),), (HELP_FOR_CHILD, CANCEL))


def _written(said: Mapping[str, object], view: View) -> Step:
    """Give the letter, and say to whom it can go."""
    item = view.actions.item(str(said.get("ref", "")))
    made = (
        view.actions.letter(item, {step: str(said.get(step, "")) for step in _STEPS})
        if item
        else None
    )
    if item is None or made is None:
        return IDLE, (Say(template="letter.none"),)
    known = view.actions.recipients(item)
    whom = [part for each in known for part in _whom(each)] or [line("letter.written_hint")]
    done: Rows = () if item.done else ((press("done", "today", "done", item.ref),),)
    return IDLE, (
        Say(
            template="letter.written",
            parts=(
                line("letter.written_head", subject=made.subject),
                line("letter.written_to") if known else None,
                *whom,
                paragraph("letter.written_gone"),
            ),
            code=made.text,
            buttons=done,
        ),
    )


def _whom(each: Recipient) -> list[Part]:
    parts = [line("letter.written_name", name=each.name)]
    if each.email:
        parts.append(line("letter.written_email", email=each.email))
    return [*parts, line("letter.written_page", page=each.page, read=each.read)]


def offered(item: Item) -> Rows:
    """Return the button that begins the letter of an item; none where it has no letter."""
    return ((press("write_letter", "letter", "open", item.ref),),) if item.letter else ()
