"""Announcements: staff write to subscribers, through the outbox like everything else, so that
nobody is nudged twice on one day.

::

    idle ── /announce ► announce:text ── text ► announce:whom
    announce:whom ── [audience] [language] [country] … [Preview] ► announce:preview
    announce:whom ── [A country] ► announce:country ── text ► announce:whom
    announce:preview ── [Send] ► announce:sure ── [Yes, send it] ► idle
"""

from collections.abc import Sequence

from bot.conversation.look import View
from bot.conversation.staff.common import asking, staff_only, too_long
from bot.conversation.staff.effects import Announce
from bot.conversation.topic import Offer, Topic, only_at
from bot.conversation.words import (
    CANCEL,
    IDLE,
    Answer,
    Choice,
    Command,
    Edit,
    Pressed,
    Rows,
    Say,
    State,
    Step,
    Text,
    Values,
    line,
    press,
)
from bot.model import Audience
from bot.model.staff import StaffRole, Whom

_AUDIENCES = ("", *(known.word for known in Audience))
"""Whom [audience] chooses, one after the other; '' stands for all."""


@staff_only
def announce(state: State, event: Command, view: View) -> Step:
    """Wait for the text, which may follow the command at once."""
    if event.argument.strip():
        return written(state, Text(text=event.argument), view)
    return State(topic="announce", step="text"), (asking("staff.announce"),)


@staff_only
def written(state: State, event: Text, view: View) -> Step:
    """Take the text, and ask whom it is for."""
    if wrong := too_long(event):
        return State(topic="announce", step="text"), (wrong,)
    data = {"audience": "", "language": "", "country": "", **state.data, "text": event.text.strip()}
    return _whom(data, view, Say)


@staff_only
@only_at("announce", "whom")
def audience(state: State, event: Pressed, view: View) -> Step:
    """Choose the next audience in their order; after the last one all of them."""
    following = _following(state.data["audience"], _AUDIENCES)
    return _whom({**state.data, "audience": following}, view, Edit)


@staff_only
@only_at("announce", "whom")
def language(state: State, event: Pressed, view: View) -> Step:
    """Choose the next language in their order; after the last one all of them."""
    return _whom(
        {**state.data, "language": _following(state.data["language"], ["", *view.languages])},
        view,
        Edit,
    )


@staff_only
@only_at("announce", "whom")
def country(state: State, event: Pressed, view: View) -> Step:
    """Ask for a country; where one is chosen, choose all again."""
    if state.data["country"]:
        return _whom({**state.data, "country": ""}, view, Edit)
    return State(topic="announce", step="country", data=state.data), (
        asking("staff.which_country"),
    )


@staff_only
def named(state: State, event: Text, view: View) -> Step:
    """Take the country, which may be written as a code or a name."""
    code = view.staff.country(event.text)
    if not code:
        return state, (asking("staff.no_country"),)
    return _whom({**state.data, "country": code}, view, Say)


@staff_only
@only_at("announce", "whom")
def preview(state: State, event: Pressed, view: View) -> Step:
    """Show the announcement as people will see it, and how many they are."""
    if not view.staff.count(_meant(state.data)):
        return state, (Answer(template="staff.nobody"),)
    buttons = ((press("send_on", "announce", "send"),), (CANCEL,))
    values = {**_values(state.data, view), "text": state.data["text"]}
    return State(topic="announce", step="preview", data=state.data), (
        Say(template="staff.announce_preview", values=values, buttons=buttons),
    )


@staff_only
@only_at("announce", "preview")
def send(state: State, event: Pressed, view: View) -> Step:
    """Ask once more before an announcement leaves."""
    buttons = ((press("send_yes", "announce", "yes"),), (CANCEL,))
    return State(topic="announce", step="sure", data=state.data), (
        Say(template="staff.announce_sure", values=_values(state.data, view), buttons=buttons),
    )


@staff_only
@only_at("announce", "sure")
def yes(state: State, event: Pressed, view: View) -> Step:
    """Put the announcement into the outbox."""
    data = state.data
    effect = Announce(text=data["text"], whom=_meant(data))
    return IDLE, (effect, Edit(template="staff.announced", values=_values(data, view)))


@staff_only
def other_text(state: State, event: Text, view: View) -> Step:
    """Take another text in place of the first, and ask again whom it is for."""
    return written(state, event, view)


TOPIC = Topic(
    name="announce",
    commands=(Offer(name="announce", handler=announce, staff=True, role=StaffRole.APPROVER),),
    presses={
        "aud": audience,
        "lang": language,
        "country": country,
        "preview": preview,
        "send": send,
        "yes": yes,
    },
    texts={
        "text": written,
        "country": named,
        "whom": other_text,
        "preview": other_text,
        "sure": other_text,
    },
)


def _following(now: str, known: Sequence[str]) -> str:
    return known[(known.index(now) + 1) % len(known)] if now in known else known[0]


def _meant(data: Values) -> Whom:
    word = data["audience"]
    audiences = (Audience[word.upper()],) if word else tuple(Audience)
    return Whom(audiences=audiences, language=data["language"], country=data["country"])


def _values(data: Values, view: View) -> Values:
    names = {
        "spoken": (
            view.languages.get(data["language"], data["language"]) if data["language"] else ""
        ),
        "country": view.staff.country_name(data["country"]) if data["country"] else "",
    }
    return {"audience": data["audience"], **names, "count": view.staff.count(_meant(data))}


def _whom(data: Values, view: View, kind: type[Say]) -> Step:
    values = _values(data, view)
    narrowed = [part for part in ("spoken", "country") if values[part]]
    whom = "_".join(narrowed) or "all"
    buttons: Rows = (
        (_audience(data),),
        (
            _chosen(str(values["spoken"]), "all_languages", "lang"),
            _chosen(str(values["country"]), "all_countries", "country"),
        ),
        (press("preview", "announce", "preview"),),
        (CANCEL,),
    )
    return State(topic="announce", step="whom", data=data), (
        kind(
            template="staff.whom",
            values=values,
            parts=(line(f"staff.whom_{whom}"), line("staff.whom_count")),
            buttons=buttons,
        ),
    )


def _audience(data: Values) -> Choice:
    words = {
        "": "all_audiences",
        "individual": "individuals",
        "organization": "organizations",
        "country": "countries",
        "region": "regions",
    }
    return press(words[data["audience"]], "announce", "aud")


def _chosen(name: str, everything: str, act: str) -> Choice:
    return (
        press(name, "announce", act, literal=True) if name else press(everything, "announce", act)
    )
