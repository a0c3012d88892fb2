"""Making sure that a pledge comes from whom it names: a letter goes to an official address, and
whoever answers it confirms the pledge (`bot.web.official`).

::

    the card, or after Submit ── [Confirm by official e-mail] ► pledge_verify:address ── text ► the letter leaves, idle
                                         │                              ▲   │ no address, a free mailbox …: said, and asked again
                                         └ too many letters: said       └───┤
                                                                            └ [Leave it to staff], [Cancel] ► idle

The address is kept until it answers, for 14 days at most; then only its domain, in the pledge's
verification. Staff see it before anything is public.
"""

from bot.conversation.look import View
from bot.conversation.pledges.effects import Write
from bot.conversation.pledges.look import Promise
from bot.conversation.pledges.meant import picked
from bot.conversation.topic import Topic
from bot.conversation.words import IDLE, Pressed, Rows, Say, State, Step, Text, press

LONGEST = 200
"""Most characters of what was given that are shown again."""


def offer(view: View, promise: Promise) -> Rows:
    """The button below what shows the pledge, where an answer to a letter would help."""
    wanted = view.private and promise.needs_check and view.pledges.mails
    return ((press("pledge_official", "pledge_verify", "open", promise.id),),) if wanted else ()


def _pressed(event: Pressed, view: View) -> Promise | None:
    return _meant(int(event.args[0]), view)


_of_meant = picked(_pressed)


@_of_meant
def open_(state: State, event: Pressed, view: View, promise: Promise) -> Step:
    """Ask for the address; say what it is for, and that only its domain is kept."""
    if why := view.pledges.hindrance(promise, ""):
        return IDLE, (_no(view, promise, why),)
    waits = State(topic="pledge_verify", step="address", data={"pledge": promise.id})
    return waits, (
        Say(template="pledge_verify.ask", values=_said(view, promise), buttons=_ways(promise)),
    )


def given(state: State, event: Text, view: View) -> Step:
    """The letter leaves, or it is said why not."""
    promise = _meant(int(state.data.get("pledge", 0)), view)
    if promise is None:
        return IDLE, (Say(template="pledge_verify.over"),)
    address = event.text.strip()
    if why := view.pledges.hindrance(promise, address or "?"):
        return (state if why in ("shape", "free", "left", "often") else IDLE), (
            _no(view, promise, why, address),
        )
    ways: Rows = ((press("pledge_card", "pledge", "card", promise.id),),)
    values = {"address": address, "organisation": promise.organisation}
    return IDLE, (
        Write(pledge=promise.id, address=address),
        Say(template="pledge_verify.sent", values=values, buttons=ways),
    )


@_of_meant
def staff(state: State, event: Pressed, view: View, promise: Promise) -> Step:
    """They make sure by another way."""
    ways: Rows = ((press("pledge_card", "pledge", "card", promise.id),),)
    return IDLE, (Say(template="pledge_verify.staff", buttons=ways),)


TOPIC = Topic(
    name="pledge_verify",
    presses={"open": open_, "staff": staff},
    texts={"address": given},
)


def _meant(pledge: int, view: View) -> Promise | None:
    promise = view.pledges.get(pledge) if view.private else None
    return (
        promise if promise and promise.made and promise.needs_check and view.pledges.mails else None
    )


def _no(view: View, promise: Promise, why: str, address: str = "") -> Say:
    values = {**_said(view, promise), "why": why, "given": address[:LONGEST]}
    again = why in ("shape", "free", "left", "often")
    ways: Rows = (
        _ways(promise)
        if again
        else (
            (press("pledge_card", "pledge", "card", promise.id), press("danger", "safety", "open")),
        )
    )
    return Say(template="pledge_verify.no", values=values, buttons=ways)


def _said(view: View, promise: Promise) -> dict[str, object]:
    letter = view.pledges.letter(promise)
    waits = (
        {
            "domain": letter.domain,
            "sent": letter.sent,
            "until": letter.until,
            "bounced": letter.bounced,
        }
        if letter
        else None
    )
    return {
        "organisation": promise.organisation,
        "audience": promise.audience.word,
        "letter": waits,
    }


def _ways(promise: Promise) -> Rows:
    return (
        (press("pledge_staff_check", "pledge_verify", "staff", promise.id),),
        (press("danger", "safety", "open"), press("cancel", "help", "cancel")),
    )
