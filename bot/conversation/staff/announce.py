"""Announcements: staff write to subscribers, through the outbox like everything else, so that
nobody is nudged twice on one day.

::

    idle ── /announce ► announce:text ── text ► announce:whom
    announce:whom ── [audience] [language] [country] … [Preview] ► announce:preview
    announce:whom ── [A country] ► announce:country ── text ► announce:whom
    announce:whom ── [Which groups] (offers them; each press takes one, or leaves it out again)
    announce:preview ── [Send] ► announce:sure ── [Yes, send it] ► idle
"""

from collections.abc import Sequence

from bot.conversation.look import View
from bot.conversation.staff.common import asking, button, short, staff_only, too_long
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
    rows,
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
    nobody_left_out = {"audience": "", "language": "", "country": "", "groups": []}
    data = {**nobody_left_out, **state.data, "text": event.text.strip()}
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
def groups(state: State, event: Pressed, view: View) -> Step:
    """Offer the stakeholder groups; take the one that was pressed, or leave it out again."""
    chosen = list(state.data["groups"])
    known = [group for group, _ in view.staff.parts("group")]
    for group in known:
        if event.args and short(group) == event.about:
            chosen = [each for each in known if (each in chosen) != (each == group)]
    data = {**state.data, "groups": chosen}
    return State(topic="announce", step="whom", data=data), (
        _asked(data, view, Edit, _groups(data, view)),
    )


@staff_only
@only_at("announce", "whom")
def whom(state: State, event: Pressed, view: View) -> Step:
    """Go back from the groups to all that says whom it is for."""
    return _whom(state.data, view, Edit)


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
        "groups": groups,
        "whom": whom,
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
    return Whom(
        audiences=audiences,
        language=data["language"],
        country=data["country"],
        groups=tuple(data["groups"]),
    )


def _values(data: Values, view: View) -> Values:
    names = {
        "spoken": _spoken(data, view),
        "country": view.staff.country_name(data["country"]) if data["country"] else "",
        "groups": [name for group, name in view.staff.parts("group") if group in data["groups"]],
    }
    return {"audience": data["audience"], **names, "count": view.staff.count(_meant(data))}


def _spoken(data: Values, view: View) -> str:
    return view.staff.language_name(data["language"]) if data["language"] else ""


def _whom(data: Values, view: View, kind: type[Say]) -> Step:
    spoken = _spoken(data, view)
    abroad = view.staff.country_name(data["country"]) if data["country"] else ""
    by_group = ((press("which_groups", "announce", "groups"),),)
    buttons: Rows = (
        (_audience(data),),
        (
            _chosen(spoken, "all_languages", "lang"),
            _chosen(abroad, "all_countries", "country"),
        ),
        *(by_group if view.staff.parts("group") else ()),
        (press("preview", "announce", "preview"),),
        (CANCEL,),
    )
    return State(topic="announce", step="whom", data=data), (_asked(data, view, kind, buttons),)


def _asked(data: Values, view: View, kind: type[Say], buttons: Rows) -> Say:
    """Return the message that says whom it is for and how many they are."""
    values = _values(data, view)
    narrowed = [part for part in ("spoken", "country") if values[part]]
    return kind(
        template="staff.whom",
        values=values,
        parts=(
            line(f"staff.whom_{'_'.join(narrowed) or 'all'}"),
            line("staff.whom_groups") if values["groups"] else None,
            line("staff.whom_count"),
        ),
        buttons=buttons,
    )


def _groups(data: Values, view: View) -> Rows:
    choices = [
        press(
            button(f"{'✓ ' if group in data['groups'] else ''}{name}"),
            "announce",
            "groups",
            short(group),
            literal=True,
        )
        for group, name in view.staff.parts("group")
    ]
    return (*rows(choices, 1), (press("go_on", "announce", "whom"),), (CANCEL,))


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
