"""Making sure that a pledge comes from whom it names: a letter goes to an official address, and
whoever answers it confirms the pledge (`bot.web.linked.official`).

::

    the card, or after Submit ── [Confirm by official e-mail] ► pledge_verify:address
                                         └ too many letters: said
    pledge_verify:address ── text ► the letter leaves, idle
         ▲   │ no address, a free mailbox …: said, and asked again
         └───┤
             └ [Leave it to staff], [Cancel] ► idle

The address is kept until it answers, for 14 days at most; then only its domain is kept, in the
pledge's verification. Staff see the domain before anything is public.
"""

from bot.conversation.look import View
from bot.conversation.pledges.buttons import to_card
from bot.conversation.pledges.effects import Write
from bot.conversation.pledges.look import Seen
from bot.conversation.pledges.meant import picked
from bot.conversation.topic import Topic
from bot.conversation.words import (
    HELP_FOR_CHILD,
    IDLE,
    WAYS_OUT,
    Parts,
    Pressed,
    Rows,
    Say,
    State,
    Step,
    Text,
    Values,
    line,
    paragraph,
    press,
)
from bot.times import from_epoch

LONGEST = 200
"""Most characters of a given address that are shown again."""


def offer(view: View, seen: Seen) -> Rows:
    """Return [Confirm by official e-mail], where an answer to a letter would help the pledge."""
    wanted = view.private and seen.needs_check and view.pledges.mails
    return ((press("pledge_official", "pledge_verify", "open", seen.id),),) if wanted else ()


def _pressed(event: Pressed, view: View) -> Seen | None:
    return _meant(event.number, view)


_of_meant = picked(_pressed)


@_of_meant
def open_(state: State, event: Pressed, view: View, seen: Seen) -> Step:
    """Ask for the official address; say what it is for, and that only its domain is kept."""
    if why := view.pledges.hindrance(seen, ""):
        return IDLE, (_no(view, seen, why),)
    waits = State(topic="pledge_verify", step="address", data={"pledge": seen.id})
    return waits, (
        Say(
            template="pledge_verify.ask",
            values=_said(view, seen),
            parts=(line("pledge_verify.ask_address"), *_letter(view, seen)),
            buttons=_ways(seen),
        ),
    )


def given(state: State, event: Text, view: View) -> Step:
    """Send the letter to the address that was written, or say why it can't be."""
    seen = _meant(int(state.data.get("pledge", 0)), view)
    if seen is None:
        return IDLE, (Say(template="pledge_verify.over"),)
    address = event.text.strip()
    if why := view.pledges.hindrance(seen, address or "?"):
        return (state if why in ("shape", "free", "left", "often") else IDLE), (
            _no(view, seen, why, address),
        )
    ways: Rows = ((to_card(seen),),)
    values = {"address": address, "organisation": seen.pledge.organisation}
    return IDLE, (
        Write(pledge=seen.id, address=address),
        Say(template="pledge_verify.sent", values=values, buttons=ways),
    )


@_of_meant
def staff(state: State, event: Pressed, view: View, seen: Seen) -> Step:
    """Leave it to staff to make sure who the pledge-maker is."""
    ways: Rows = ((to_card(seen),),)
    return IDLE, (Say(template="pledge_verify.staff", buttons=ways),)


TOPIC = Topic(
    name="pledge_verify",
    presses={"open": open_, "staff": staff},
    texts={"address": given},
)


def _meant(pledge: int, view: View) -> Seen | None:
    seen = view.pledges.get(pledge) if view.private else None
    return seen if seen and seen.pledge.made and seen.needs_check and view.pledges.mails else None


def _no(view: View, seen: Seen, why: str, address: str = "") -> Say:
    values = {**_said(view, seen), "why": why, "given": address[:LONGEST]}
    again = why in ("shape", "free", "left", "often")
    ways: Rows = (
        _ways(seen)
        if again
        else (
            (
                to_card(seen),
                HELP_FOR_CHILD,
            ),
        )
    )
    kind = f"{why}_{_became(view, seen)}" if why == "today" else why
    return Say(template=f"pledge_verify.no_{kind}", values=values, buttons=ways)


def _became(view: View, seen: Seen) -> str:
    """Return what became of the letter, as in the names of texts."""
    letter = view.pledges.letter(seen)
    return "unknown" if letter is None else "bounced" if letter.bounced else "letter"


def _letter(view: View, seen: Seen) -> Parts:
    letter = _waits(view, seen)
    if letter is None:
        return ()
    kind = "bounced" if letter["bounced"] else "waits"
    return (paragraph(f"pledge_verify.ask_{kind}", **letter),)


def _said(view: View, seen: Seen) -> Values:
    return {
        "organisation": seen.pledge.organisation,
        "audience": seen.pledge.audience.word,
        "letter": _waits(view, seen),
    }


def _waits(view: View, seen: Seen) -> Values | None:
    """Return the letter that waits for its answer, or came back, as values of a text."""
    letter = view.pledges.letter(seen)
    return (
        {
            "domain": letter.domain,
            "sent": from_epoch(letter.at).date(),
            "until": from_epoch(letter.expires).date(),
            "bounced": letter.bounced,
        }
        if letter
        else None
    )


def _ways(seen: Seen) -> Rows:
    return (
        (press("pledge_staff_check", "pledge_verify", "staff", seen.id),),
        WAYS_OUT,
    )
