"""Help for a child in danger, who may be the one who writes.

Helplines come first. Rescue is not promised, nothing is published, and one named person is told.
It works for everyone, also for people about whom nothing else is stored. In a group, where
everybody reads what is written, it leads into a private chat.
"""

from bot.conversation.look import View
from bot.conversation.people._join import in_private
from bot.conversation.people.effects import Flag
from bot.conversation.people.help import text as help_text
from bot.conversation.topic import Offer, Topic, only_at
from bot.conversation.words import (
    CANCEL,
    IDLE,
    Answer,
    Command,
    Parts,
    Pressed,
    Rows,
    Say,
    State,
    Step,
    Text,
    line,
    lines,
    paragraph,
    press,
    stale,
)

DANGER = "danger"
"""The payload of a deep link that leads to this help at once, before anything else is asked."""

LONGEST = 3_000
"""Most characters of a message."""

WAITS = 86_400
"""Seconds for which what is typed after this help, or after a message, goes to the contact."""


def open_(state: State, event: Command | Pressed, view: View) -> Step:
    """Say where help is, and whom we can tell; keep what stands behind the command as a message.

    In a private chat what is typed next is a message too, before [Write a message] is pressed.
    """
    if isinstance(event, Command) and event.name == DANGER and event.argument and view.private:
        return written(_awaits(view), Text(text=event.argument), view)
    helplines, contact = _helplines(view), view.people.safeguarding
    parts = (
        *_numbers(helplines),
        paragraph("safety.danger_call"),
        paragraph("safety.danger_other_lines" if helplines else "safety.danger_no_line"),
        paragraph(f"safety.danger_{_told(view)}"),
    )
    after = _awaits(view) if view.private else state
    return after, (
        Say(
            template="safety.danger",
            values={"helplines": helplines, **_contact(view)},
            parts=parts,
            buttons=_ways(view, contact=contact is not None, sources=bool(helplines)),
        ),
    )


def sources(state: State, event: Pressed, view: View) -> Step:
    """Say on which page each number was read, and when; what is awaited stays awaited."""
    helplines = _helplines(view)
    if not helplines:
        return stale(state)
    parts = lines("safety.source", helplines)
    return state, (Say(template="safety.sources", values={"helplines": helplines}, parts=parts),)


def write(state: State, event: Pressed, view: View) -> Step:
    """Wait for a message to the safeguarding contact."""
    if not view.private:
        return state, (Answer(template="help.in_private"),)
    if view.people.safeguarding is None:
        return open_(state, event, view)
    return _awaits(view), (
        Say(template="safety.write", values=_contact(view), buttons=((CANCEL,),)),
    )


def written(state: State, event: Text, view: View) -> Step:
    """Pass the message on to the safeguarding contact, and go on taking what is added to it.

    Where nobody is named, say at once that it can't be passed on, and whom to call. What comes
    more than a day later is no such message any more.
    """
    words = event.text.strip()
    if view.now.timestamp() - state.data.get("at", view.now.timestamp()) > WAITS:
        return help_text(state, event, view)
    if view.people.safeguarding is None:
        return _awaits(view), (_not_passed(view),)
    if not words or len(words) > LONGEST:
        return state, (
            Say(
                template="safety.text_too_long" if words else "safety.text_empty",
                values={"length": len(words), "longest": LONGEST},
            ),
        )
    told = Say(template="safety.told", values=_contact(view), buttons=((_THAT_IS_ALL,),))
    return _awaits(view), (Flag(text=words), told)


def captioned(state: State, event: Text, view: View) -> Step:
    """Pass on what stands below a picture or file, and say that the file itself is not."""
    after, effects = written(state, event, view)
    if any(isinstance(effect, Flag) for effect in effects):
        return after, (*effects, Say(template="safety.words_alone"))
    return after, effects


def unopened(state: State, view: View) -> Step:
    """Say of a picture, a voice message, a place or the like that it does not reach the contact."""
    if view.people.safeguarding is None:
        return state, (_not_passed(view),)
    return state, (Say(template="safety.not_opened", values=_contact(view), buttons=((CANCEL,),)),)


def that_is_all(state: State, event: Pressed, view: View) -> Step:
    """Take nothing more for the safeguarding contact."""
    return IDLE, (Say(template="safety.that_is_all", values=_contact(view)),)


_THAT_IS_ALL = press("that_is_all", "safety", "all")


TOPIC = Topic(
    name="safety",
    commands=(Offer(name=DANGER, handler=open_, group=True, listed=False),),
    presses={
        "open": open_,
        "write": write,
        "sources": sources,
        "all": only_at("safety", "text")(that_is_all),
    },
    texts={"text": written},
)


def waits(state: State) -> bool:
    """Whether what is typed next is about a child in danger."""
    return state.is_at("safety", "text")


def _awaits(view: View) -> State:
    """The state in which what is typed is about a child; it knows since when."""
    return State(topic="safety", step="text", data={"at": int(view.now.timestamp())})


def _helplines(view: View) -> list[dict[str, object]]:
    return [
        {
            "name": each.name,
            "number": each.number,
            "hours": each.hours,
            "read": each.read,
            "page": each.page,
        }
        for each in view.people.helplines
    ]


def _numbers(helplines: list[dict[str, object]]) -> Parts:
    return tuple(
        line("safety.danger_line_hours" if each["hours"] else "safety.danger_line", **each)
        for each in helplines
    )


def _contact(view: View) -> dict[str, object]:
    name, days = view.people.safeguarding or ("", 0)
    return {"contact": name, "days": days}


def _told(view: View) -> str:
    """Which block says who reads what is written now."""
    if view.people.safeguarding is None:
        return "nobody"
    return "contact" if view.private else "contact_group"


def _not_passed(view: View) -> Say:
    helplines = _helplines(view)
    parts = (
        line("safety.not_passed_numbers" if helplines else "safety.not_passed_call"),
        *_numbers(helplines),
        paragraph("safety.danger_other_lines" if helplines else "safety.danger_no_line"),
    )
    return Say(
        template="safety.not_passed",
        values={"helplines": helplines},
        parts=parts,
        buttons=_ways(view, contact=False, sources=bool(helplines)),
    )


def _ways(view: View, *, contact: bool, sources: bool) -> Rows:
    shown: Rows = ((press("number_sources", "safety", "sources"),),) if sources else ()
    if not view.private:
        return (*(in_private(view.people.danger_link) if contact else ()), *shown)
    writes: Rows = ((press("write", "safety", "write"),),) if contact else ()
    return (*writes, *shown, (CANCEL,))
