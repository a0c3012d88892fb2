"""Settings: for whom somebody speaks, where they live, their hour, days and language."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.conversation.look import View
from bot.conversation.people import away
from bot.conversation.people._join import audiences, joined
from bot.conversation.people.effects import Change
from bot.conversation.topic import Offer, OnPress, Topic
from bot.conversation.words import (
    CANCEL,
    HELP_FOR_CHILD,
    IDLE,
    Edit,
    Effect,
    Event,
    Parts,
    Pressed,
    Rows,
    Say,
    State,
    Step,
    Text,
    line,
    press,
    rows,
)
from bot.model import Audience
from bot.model.person import Status, Subscriber
from bot.rules.reading import typed
from bot.rules.reading.places import Place

_UNASKED = "unasked"
"""Marks in the state that a place was only offered, and not asked for."""

CITY = "city"
"""The field of the profile that holds the city as it is called by who lives there."""

SERVER = "mastodon"
"""The field of the profile that holds the person's Mastodon server."""

_HOUR = ("settings", "hour")
"""Topic and act of the buttons with the hours."""

_AN_EVENING = 19
"""The hour that is given as an example."""

_MANY = 8
"""Most places that are offered."""

_FEW = 6
"""Most words of a text that is taken for a place though nobody has asked for one."""


@joined
def open_(state: State, event: Event, view: View, person: Subscriber) -> Step:
    """Show what is set, with buttons to change it."""
    return state, (_overview(view, person, Say),)


@joined
def who(state: State, event: Pressed, view: View, person: Subscriber) -> Step:
    """Ask for which audience the person speaks, among those to which there is something to say."""
    choices = audiences("settings", "iam", view.people.audiences)
    return state, (Edit(template="settings.who", buttons=choices),)


@joined
def i_am(state: State, event: Pressed, view: View, person: Subscriber) -> Step:
    """Keep the audience; for an organisation, ask for its stakeholder group first."""
    audience = next(audience for audience in Audience if audience.word[0] == event.about)
    if audience is Audience.ORGANIZATION and view.groups and len(event.args) == 1:
        choices = [
            press(name, "settings", "iam", "o", group, literal=True)
            for group, name in view.groups.items()
        ]
        return state, (Edit(template="settings.group", buttons=rows(choices, 1)),)
    group = event.args[1] if len(event.args) > 1 and event.args[1] in view.groups else None
    kind = view.groups.get(group or "", "") if audience is Audience.ORGANIZATION else ""
    said = Edit(
        template="settings.audience_kept_group" if kind else "settings.audience_kept",
        values={"audience": audience.word, "group": kind},
        buttons=_back(),
    )
    return state, (Change(field="audience", value=audience, extra=group), said)


@joined
def place(state: State, event: Pressed, view: View, person: Subscriber) -> Step:
    """Ask for a city or a country."""
    return State(topic="settings", step="place"), (Say(template="settings.place", buttons=_ways()),)


def place_named(state: State, event: Text, view: View) -> Step:
    """Keep the one place that a typed name surely means.

    Where it may mean several, or one only by a similar name, these are offered; where it means
    none, it is asked for again.
    """
    places = view.people.places(event.text)
    if len(places) == 1 and places[0].sure:
        return IDLE, _place_kept(view, places[0])
    if not places:
        return state, (Say(template="settings.no_place", buttons=_ways()),)
    return _which(state, places)


def _which(state: State, places: Sequence[Place]) -> Step:
    shown = places[:_MANY]
    cities = {f"{named.zone} {named.country or ''}": named.city for named in shown}
    if len(shown) == 1:
        return replace(state, data={"cities": cities}), (_is_it(shown[0]),)
    choices = [
        press(named.name, "settings", "in", named.zone, named.country or "", literal=True)
        for named in shown
    ]
    more = len(places) > len(shown)
    return replace(state, data={"cities": cities}), (
        Say(
            template="settings.which_of_many_places" if more else "settings.which_of_places",
            values={"more": more},
            buttons=(*rows(choices, 1), *_ways()),
        ),
    )


def _is_it(named: Place) -> Say:
    yes = press("yes_place", "settings", "in", named.zone, named.country or "")
    return Say(
        template="settings.is_it_place",
        values={"name": named.name},
        buttons=((yes, press("no_place", "settings", "place")), *_ways()),
    )


def place_said(state: State, event: Text, view: View) -> Step | None:
    """Take a text that nobody waited for as the place where the person lives; None for none.

    Where [Where I live] was just offered it is taken as if it had been pressed; else it must be a
    place for sure, and is only offered: "Nice" may be a city, or praise.
    """
    person = view.person
    if person is None or not view.private or person.status is Status.STOPPED:
        return None
    if len(event.text.split()) > _FEW:
        return None
    asked = any((o.pressed.topic, o.pressed.act) == ("settings", "place") for o in view.offered)
    waiting = State(topic="settings", step="place")
    places = view.people.places(event.text, slips=asked)
    if asked and places:
        return place_named(waiting, event, view)
    if not places or not all(place.sure for place in places):
        return None
    after, said = _which(waiting, places)
    return replace(after, data={**after.data, _UNASKED: True}), said


def listens(state: State, event: Text, view: View) -> bool:
    """Whether a text may be what is awaited: where nobody asked for a place, only a place may."""
    return not state.data.get(_UNASKED) or bool(view.people.places(event.text))


@joined
def place_chosen(state: State, event: Pressed, view: View, person: Subscriber) -> Step:
    """Take one of the several places that a typed name may mean."""
    zone, country = event.args
    cities = state.data.get("cities", {}) if state.is_at("settings", "place") else {}
    named = view.people.place(zone, country or None, str(cities.get(f"{zone} {country}", "")))
    return IDLE, _place_kept(view, named)


@joined
def hour(state: State, event: Pressed, view: View, person: Subscriber) -> Step:
    """Offer the hours of the day, or keep the one that was pressed."""
    if event.args:
        chosen = event.number
        if chosen not in view.people.hours:
            raise ValueError(chosen)
        said = Edit(template="settings.hour_kept", values={"minute": chosen * 60}, buttons=_back())
        return state, (Change(field="minute", value=chosen * 60), said)
    return state, (Edit(template="settings.hour", buttons=_hours(view)),)


def hour_said(state: State, event: Text, view: View) -> Step | None:
    """Keep an hour that is written where the hours were just offered, or ask for it again; None
    where they weren't, and for what is a place or only friendly. Where [Hour] itself was just
    offered, what is an hour for sure is taken as if it had been pressed.
    """
    offered = [o.pressed for o in view.offered if o.fresh]
    asked = [pressed for pressed in offered if (pressed.topic, pressed.act) == _HOUR]
    if not view.admin or not asked:
        return None
    unsaid = not any(pressed.args for pressed in asked)
    minute = view.people.minute(event.text, bare=not unsaid)
    if minute is None and unsaid:
        return None
    if minute is None and not _may_be_hour(event.text, view):
        return None
    if minute is None or view.people.is_quiet(minute):
        said = "settings.hour_unread" if minute is None else "settings.hour_quiet"
        values = {"minute": minute, "example": _example(view)}
        return state, (Say(template=said, values=values, buttons=_hours(view)),)
    kept = Say(template="settings.hour_kept", values={"minute": minute}, buttons=_back())
    return state, (Change(field="minute", value=minute), kept)


def _may_be_hour(text: str, view: View) -> bool:
    """Return whether a text that can't be read may have been meant as an hour."""
    return (
        len(text.split()) <= _FEW
        and not typed.friendly(text, view.people.phrases)
        and not view.people.places(text, slips=False)
    )


def _example(view: View) -> int:
    """Return a minute of the day at which messages may come."""
    return min(view.people.hours, key=lambda full: abs(full - _AN_EVENING)) * 60


def _hours(view: View) -> Rows:
    choices = [press(f"{full}:00", *_HOUR, full, literal=True) for full in view.people.hours]
    return rows(choices, 4)


@joined
def days(state: State, event: Pressed, view: View, person: Subscriber) -> Step:
    """Offer all nudges or only those of observances, or keep what was pressed.

    Where the person's audience has no observances, an old button shows what is set.
    """
    if not view.people.named_days:
        return state, (_overview(view, person, Edit),)
    if event.args:
        named = event.about == "named"
        said = Edit(
            template="settings.days_kept_named" if named else "settings.days_kept_all",
            values={"named_only": named},
            buttons=_back(),
        )
        return state, (Change(field="named_only", value=named), said)
    ways = (
        (press("all_days", "settings", "days", "all"),),
        (press("named_days", "settings", "days", "named"),),
    )
    return state, (Edit(template="settings.days", buttons=ways),)


@joined
def language(state: State, event: Pressed, view: View, person: Subscriber) -> Step:
    """Offer the languages, or keep the one that was pressed and answer in it."""
    if event.args:
        chosen = event.about
        said = Edit(
            template="settings.language_kept",
            values={"language": chosen, "name": view.languages[chosen]},
            buttons=_back(),
        )
        other = view.people.written_otherwise(chosen)
        told = {"start.other_language": bool(other), "help.help_waiting": bool(state.topic)}
        also = (
            Say(template=template, values={**other, "language": chosen})
            for template, is_said in told.items()
            if is_said
        )
        return state, (Change(field="language", value=chosen), said, *also)
    choices = [
        press(name, "settings", "language", tag, literal=True)
        for tag, name in view.languages.items()
    ]
    return state, (Edit(template="settings.language", buttons=rows(choices, 1)),)


_PRESSES: Mapping[str, OnPress] = {
    "open": open_,
    "who": who,
    "iam": i_am,
    "place": place,
    "in": place_chosen,
    "hour": hour,
    "days": days,
    "language": language,
    "pause": away.pause,
    "resume": away.resume,
    "stopping": away.stopping,
    "stop": away.stop,
    "stay": away.stay,
}
TOPIC = Topic(
    name="settings",
    commands=(Offer(name="settings", handler=open_, group=True, admin=True),),
    presses=_PRESSES,
    texts={"place": place_named},
    group_admins=frozenset(_PRESSES),
)


def _place_kept(view: View, named: Place) -> tuple[Effect, ...]:
    minute = view.person.minute if view.person else 0
    said = Say(
        template="settings.place_kept",
        values={"name": named.name, "minute": minute},
        buttons=_back(),
    )
    return (
        Change(field="place", value=named.zone, extra=named.country),
        Change(field="profile", value=named.city or None, extra=CITY),
        said,
    )


def _overview(view: View, person: Subscriber, kind: type[Say]) -> Say:
    group = view.groups.get(str(person.profile.get("group", "")), "")
    values = {
        "audience": person.audience.word,
        "group": group,
        "place": view.people.home,
        "minute": person.minute,
        "named_only": person.named_only and view.people.named_days,
        "language_name": view.languages.get(person.language, person.language),
        "status": person.status.word,
        "server": str(person.profile.get(SERVER, "")),
        "until": person.until,
    }
    server = (press("mastodon", "share", "server"),) if values["server"] else ()
    choosing = (press("days", "settings", "days"),) if view.people.named_days else ()
    buttons = (
        (press("who", "settings", "who"), press("where", "settings", "place")),
        (press("hour", "settings", "hour"), *choosing),
        (
            press("language", "settings", "language"),
            (
                press("resume", "settings", "resume")
                if person.status is Status.PAUSED
                else press("pause", "settings", "pause")
            ),
            *server,
        ),
    )
    return kind(
        template="settings.settings",
        values=values,
        parts=_set(view, person, group),
        buttons=buttons,
    )


def _set(view: View, person: Subscriber, group: str) -> Parts:
    """Return the parts of the message that shows what is set, line by line."""
    grouped = person.audience is Audience.ORGANIZATION and group
    gone = "_away" if person.status in (Status.PAUSED, Status.STOPPED) else ""
    days = "named" if person.named_only and view.people.named_days else "all"
    return (
        line("settings.settings_speaks_group" if grouped else "settings.settings_speaks"),
        line("settings.settings_place"),
        line(f"settings.settings_{days}{gone}"),
        line("settings.settings_until") if gone and person.until else None,
        line("settings.settings_mastodon") if person.profile.get(SERVER) else None,
        line("settings.settings_language"),
    )


def _ways() -> Rows:
    return ((CANCEL, HELP_FOR_CHILD),)


def _back() -> Rows:
    return ((press("settings", "settings", "open"),),)
