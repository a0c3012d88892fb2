"""Joining by two taps: a language, then consent.

Nothing is stored before [Yes]; until then the buttons carry what was chosen.

An invitation to a pledge (``e-<token>``) goes through the same two taps; in a group, an admin uses
it for the group. So do a pledge that was written on a page (``w-<code>``), a report that staff
ask of a country (``f-<secret>``), the survey of a pledge (``v-<code>``) and its result
(``q-<pledge>``), but in private alone. A friend's link (``i-<code>``) only counts who joins by it.
``pledge`` leads on to making one. A deep link's payload joins ``a-<audience>``,
``p-<pledge>`` and ``r-<partner>`` with '_': ``t.me/ourbot?start=a-organization_r-unicef``.
``danger`` leads to help for a child at once.
"""

import re

from bot.conversation.look import View
from bot.conversation.people._join import in_private, languages
from bot.conversation.people.effects import FRIEND, INVITE, Join, Subscribe
from bot.conversation.people.safety import DANGER
from bot.conversation.people.safety import open_ as danger
from bot.conversation.topic import Offer, Topic
from bot.conversation.words import (
    IDLE,
    Answer,
    Command,
    Edit,
    Effect,
    Pressed,
    Rows,
    Say,
    State,
    Step,
    Text,
    Then,
    line,
    link,
    paragraph,
    press,
    sentence,
)
from bot.model import Audience
from bot.model.person import Status, Subscriber

PLEDGE = "pledge"
"""The payload of a deep link to making a pledge."""

WRITTEN = "w-"
"""How the payload of a deep link to a pledge from a page begins; its code follows."""

SURVEYED = "v-"
"""How the payload of a deep link to a pledge's survey begins; its code follows."""

RESULT = "q-"
"""How the payload of a deep link to the result of a pledge begins; its number follows."""

REPORT = "f-"
"""How the payload of a deep link to a country's report begins; its secret follows."""

_LETTERS = {audience.word[0]: audience for audience in Audience}
_TO_PLEDGE = Then(pressed=Pressed(topic="pledge", act="open"))
_REFERRER = 28
"""Longest referrer that a button can carry through the two taps."""


def start(state: State, event: Command, view: View) -> Step:
    """Greet: show strangers the way in, ask those who stopped for consent, help others go on."""
    if event.argument.strip() == DANGER:
        return danger(state, event, view)
    token = _token(event.argument)
    if not view.private:
        return state, (_in_group(token, view),)
    person, payload = view.person, _payload(event.argument)
    if person is None or person.status is Status.STOPPED:
        asked = _consent(Say, view, person.language, payload) if person else _welcome(view, payload)
        return IDLE, (asked,)
    if onward := _onward(payload[1:]):
        return IDLE if isinstance(onward, Then) else state, (onward,)
    return IDLE, (_again(event, view, person),)


def _again(event: Command, view: View, person: Subscriber) -> Say:
    other = _named(event.argument, person.audience)
    ways: Rows = ((press(other.word, "settings", "iam", other.word[0]),),) if other else ()
    values = {
        **view.facts,
        "paused": person.status is Status.PAUSED,
        "other": other.word if other else "",
    }
    parts = (
        line("start.again_hello"),
        sentence("start.again_paused") if values["paused"] else None,
        line("start.again_link") if other else None,
    )
    buttons = (*ways, *_first(view))
    return Say(template="start.again", values=values, parts=parts, buttons=buttons)


def _welcome(view: View, payload: str) -> Say:
    return Say(
        template="start.welcome",
        values=view.facts,
        parts=(
            line("start.welcome_to" if view.facts["title"] else "start.welcome_hello"),
            line("start.welcome_about") if view.facts["about"] else None,
            paragraph("start.welcome_language"),
        ),
        buttons=languages(view, payload),
    )


def _in_group(token: str, view: View) -> Join | Say:
    """Return what /start does in a group: an admin uses an invitation, others are told of us."""
    if token:
        return Join(token=token) if view.admin else Say(template="help.admins_only")
    return Say(template="start.group", values=view.facts, buttons=in_private(view.start_link))


def language(state: State, event: Pressed, view: View) -> Step:
    """Take the language, which is the first of the two taps, and ask for consent."""
    chosen, payload = event.about, event.args[1]
    if chosen not in view.languages:
        raise ValueError(chosen)
    if view.person and view.person.status is not Status.STOPPED:
        return state, (Answer(template="start.already"),)
    return IDLE, (_consent(Edit, view, chosen, payload),)


def agreed(state: State, event: Pressed, view: View) -> Step:
    """Take the consent, which is the second tap; from here on something is stored."""
    chosen, payload = event.about, event.args[1]
    if chosen not in view.languages:
        raise ValueError(chosen)
    if view.person and view.person.status in (Status.ACTIVE, Status.PAUSED):
        return state, (Answer(template="start.already"),)
    audience, referrer = _read(payload)
    joined = _joined(view, chosen)
    onward = _onward(referrer)
    after = onward or Then(pressed=Pressed(topic="today", act="first"))
    friend = _secret(FRIEND, referrer)
    known = "" if onward or friend else referrer
    subscribe = Subscribe(language=chosen, audience=audience, referrer=known, friend=friend)
    return IDLE, (subscribe, joined, after)


def _onward(came: str) -> Effect | None:
    """Return what somebody comes for who has joined: to a pledge of others, to one that they wrote
    on a page, to a report of their country, to a result, to a survey, or to make one; None where
    the link says nothing of it.
    """
    if token := _token(came):
        return Join(token=token)
    if code := _code(came):
        return _to_written(code)
    if secret := _secret(REPORT, came):
        return Then(pressed=Pressed(topic="country", act="open", args=(secret,)))
    if number := _result(came):
        return Then(pressed=Pressed(topic="peers", act="open", args=(number,)))
    if code := _survey(came):
        return Then(pressed=Pressed(topic="survey", act="open", args=(code,)))
    return _TO_PLEDGE if came == PLEDGE else None


def _to_written(code: str) -> Then:
    return Then(pressed=Pressed(topic="pledge_written", act="open", args=(code,)))


def _joined(view: View, chosen: str) -> Edit:
    """Return the word of welcome; who comes back finds hour and place as they were."""
    facts, person = view.people.facts_in(chosen), view.person
    if person is None:
        return Edit(template="start.joined", values=facts, buttons=_first(view))
    values = {**facts, "minute": person.minute, "place": view.people.home}
    return Edit(template="start.joined_again", values=values, buttons=_first(view))


def asked_again(state: State, event: Text, view: View) -> Step | None:
    """Ask once more for the language, or for a yes or no, where a text was no answer to it."""
    asked = {
        offered.pressed.act: offered.pressed.args
        for offered in view.offered
        if offered.pressed.topic == "start"
    }
    if view.person is not None or not view.private:
        return None
    if "lang" in asked:
        payload = asked["lang"][1]
        return state, (Say(template="start.which_language", buttons=languages(view, payload)),)
    if "yes" in asked:
        return _answered(state, event, view, *asked["yes"])
    return None


def _answered(state: State, event: Text, view: View, chosen: str, payload: str) -> Step:
    """Take an age below ours as a no. One above it says nothing of whether somebody agrees."""
    age = view.people.age(event.text)
    if age is not None and age < int(str(view.facts["age"])):
        return younger(state, Pressed(topic="start", act="young"), view)
    said = "start.yes_or_no" if age is None else "start.old_enough"
    ways = _agreeing(chosen, payload)
    return state, (Say(template=said, values={"language": chosen}, buttons=ways),)


def younger(state: State, event: Pressed, view: View) -> Step:
    """Show somebody who is too young what is open to everyone; nothing is stored."""
    if view.person and view.person.status is not Status.STOPPED:
        return state, (Answer(template="start.already"),)
    channel = view.facts["channel"]
    buttons: Rows = ((link("channel", str(channel)),),) if channel else ()
    return IDLE, (
        Edit(
            template="start.younger_channel" if channel else "start.younger_calendar",
            values=view.facts,
            buttons=(*buttons, (press("calendar", "today", "calendar"),)),
        ),
    )


TOPIC = Topic(
    name="start",
    commands=(Offer(name="start", handler=start, group=True, listed=False),),
    presses={"lang": language, "yes": agreed, "young": younger},
)


def _consent(kind: type[Say], view: View, chosen: str, payload: str) -> Say:
    other = view.people.written_otherwise(chosen)
    values = {**view.people.facts_in(chosen), **other, "language": chosen}
    parts = (
        line("start.other_language") if other else None,
        paragraph("start.consent_kept"),
        line("start.consent_controller") if values["controller"] else None,
        line("start.consent_rights"),
    )
    ways = _agreeing(chosen, payload)
    return kind(template="start.consent", values=values, parts=parts, buttons=ways)


def _agreeing(chosen: str, payload: str) -> Rows:
    return (
        (press("agree", "start", "yes", chosen, payload),),
        (press("younger", "start", "young"),),
        (press("privacy", "rights", "privacy"),),
    )


def _first(view: View) -> Rows:
    return (
        (press("today", "today", "today"), press("where", "settings", "place")),
        (press("settings", "settings", "open"),),
    )


def _payload(argument: str) -> str:
    """Return a deep link's payload in short: the audience's first letter and a referrer.

    Parts that are not ours are left out.
    """
    audience, referrer = "i", ""
    if token := _token(argument):
        return f"{audience}{INVITE}{token}"
    for kind in (WRITTEN, REPORT, FRIEND):
        if secret := _secret(kind, argument):
            return f"{audience}{kind}{secret}"
    if code := _survey(argument):
        return f"{audience}{SURVEYED}{code}"
    if number := _result(argument):
        return f"{audience}{RESULT}{number}"
    if argument.strip() == PLEDGE:
        return f"{audience}{PLEDGE}"
    for part in argument.split("_"):
        kind, _, value = part.partition("-")
        if kind == "a":
            audience = next(
                (letter for letter, known in _LETTERS.items() if known.word == value), audience
            )
        elif (
            kind in ("p", "r")
            and value
            and len(part) <= _REFERRER
            and value.replace("-", "").isalnum()
            and value.isascii()
        ):
            referrer = part
    return audience + referrer


def _named(argument: str, mine: Audience) -> Audience | None:
    """Return the audience that a deep link is for; None where it is one's own, or not named."""
    words = [
        part.removeprefix("a-") for part in argument.strip().split("_") if part.startswith("a-")
    ]
    return next((known for known in Audience if known.word in words and known is not mine), None)


def _token(argument: str) -> str:
    """Return the token of an invitation; '' where the argument holds none."""
    return _secret(INVITE, argument)


def _code(argument: str) -> str:
    """Return the code of a pledge from a page; '' where the argument holds none."""
    return _secret(WRITTEN, argument)


def _secret(kind: str, argument: str) -> str:
    match = re.fullmatch(rf"{kind}([A-Za-z0-9_-]{{22}})", argument.strip())
    return match[1] if match else ""


def _survey(argument: str) -> str:
    """Return the code of a survey; '' where the argument holds none."""
    match = re.fullmatch(
        rf"{SURVEYED}(\d{{1,9}}-\d{{4}}-[a-z2-7]{{16}})", argument.strip(), re.ASCII
    )
    return match[1] if match else ""


def _result(argument: str) -> str:
    """Return the number of the pledge of a result; '' where the argument holds none."""
    match = re.fullmatch(rf"{RESULT}([1-9]\d{{0,8}})", argument.strip(), re.ASCII)
    return match[1] if match else ""


def _read(payload: str) -> tuple[Audience, str]:
    return _LETTERS[payload[0]], payload[1:]
