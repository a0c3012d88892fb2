"""Conversations: (state, event, view) becomes (state, effects).

Everything here is pure: what is to be said and done is returned as effects.

::

               /start           language          yes, old enough
    (nothing) ────────► language ───────► consent ───────────────► subscribed ◄──┐
    is stored                                │ younger               │    ▲      │ any command
                                             ▼                  /pause   /resume │ or button
                                  channel and calendar,              ▼    │      └── stays
                                  nothing is stored                 paused┘
    subscribed, paused ── /stop ► stopped ── /start ► consent

    idle ── /ask ► ask:text ── text ► idle
    a pledge's result ── [Ask its makers] ► peers:ask ── text ► idle
    any ── [A child is in danger] ► safety:text ── text ► safety:text ── [That is all], a day ► idle
    idle ── /pause, [Until a day …] ► away:until ── text ► idle
    idle ── [Where I live] ► settings:place ── text ► idle (or a choice of places)
    idle ── [Mastodon] ► share:server ── text ► idle
    idle ── /forget ► rights:forget ── [Yes] ► nothing is stored
    idle ── /carryon, [action] ► carry:develop ── text ► idle

While a text is awaited every other command still works. Commands that begin something else end the
waiting, and so does /cancel; the others let it stand. Before consent nothing is stored: what was
chosen so far is carried by the buttons themselves.

Buttons and commands can also be typed in words (`typed.py`): a text that is exactly a
button's label is that button, also while another text is awaited; what the awaited one can't be is
looked at once more, with slips; what is nothing of all this gets a friendly word.

A topic is a file of a room with a `Topic`, which is listed in the tables below. A handler takes
(state, event, view) and returns the next state and the effects.
"""

from collections.abc import Iterable, Mapping

from bot.conversation import typed
from bot.conversation.actions import card, carry, events, facts, letter, share, today
from bot.conversation.calls import calls
from bot.conversation.calls import survey as asked_survey
from bot.conversation.look import View
from bot.conversation.pathfinders import report as country
from bot.conversation.people import ask, away, friends, peers, rights, safety, settings, start
from bot.conversation.people import help as help_
from bot.conversation.people._join import in_private
from bot.conversation.people.effects import Change, Move
from bot.conversation.pledges import (
    end,
    form,
    introduction,
    pledge,
    prompt,
    scale_up,
    still,
    survey,
    team,
    verify,
    year,
)
from bot.conversation.pledges.form import written
from bot.conversation.staff import (
    amplify,
    announce,
    desk,
    holding,
    inbox,
    packs,
    posting,
    queue,
    reports,
    sheet,
    stats,
    uncertain,
)
from bot.conversation.staff.alerts import broadcasts
from bot.conversation.staff.alerts import topic as alerts
from bot.conversation.staff.countries import topic as countries_of_staff
from bot.conversation.staff.effects import NEEDS
from bot.conversation.staff.pledges import topic as pledges_of_staff
from bot.conversation.topic import Offer, OnText, Topic
from bot.conversation.words import (
    IDLE,
    Answer,
    Blocked,
    Command,
    Edited,
    Effect,
    Event,
    Media,
    Migrated,
    Pressed,
    Say,
    State,
    Step,
    Text,
    stale,
)
from bot.model.person import Status
from bot.model.staff import StaffRole

__all__ = ["IDLE", "OFFERS", "TOPICS", "State", "step"]


_AWAY = (Status.PAUSED, Status.STOPPED)
_OF_CHILD = ("help", "safety", "settings")
"""Topics whose buttons can be typed where what is written is about a child: this help, leaving it,
and the question whether to stop.
"""

_ANYWHERE = ("help", "rights", "safety")
"""Topics whose buttons work in a group that is no subscriber.

Those of other topics don't, since nobody can agree to anything in the group's name by a button.
"""


_OF_PEOPLE = (
    ask.TOPIC,
    peers.TOPIC,
    away.TOPIC,
    friends.TOPIC,
    help_.TOPIC,
    rights.TOPIC,
    safety.TOPIC,
    settings.TOPIC,
    start.TOPIC,
    carry.TOPIC,
    share.TOPIC,
    today.TOPIC,
    card.TOPIC,
    facts.TOPIC,
    letter.TOPIC,
    events.TOPIC,
    calls.TOPIC,
    prompt.TOPIC,
    still.TOPIC,
    survey.TOPIC,
    year.TOPIC,
    pledge.TOPIC,
    end.TOPIC,
    form.TOPIC,
    written.TOPIC,
    team.TOPIC,
    verify.TOPIC,
    introduction.TOPIC,
    scale_up.TOPIC,
    country.TOPIC,
    asked_survey.TOPIC,
)
_OF_TEAM = (
    alerts.TOPIC,
    amplify.TOPIC,
    announce.TOPIC,
    desk.TOPIC,
    holding.TOPIC,
    inbox.TOPIC,
    packs.TOPIC,
    pledges_of_staff.TOPIC,
    posting.TOPIC,
    queue.TOPIC,
    reports.TOPIC,
    sheet.TOPIC,
    stats.TOPIC,
    uncertain.TOPIC,
    broadcasts.TOPIC,
    countries_of_staff.TOPIC,
)
_OF_STAFF = frozenset(topic.name for topic in _OF_TEAM)

TOPICS: Mapping[str, Topic] = {topic.name: topic for topic in (*_OF_PEOPLE, *_OF_TEAM)}
"""The topics by name; `_NONE` stands for names that are not among them."""

_NONE = Topic(name="")

OFFERS: Mapping[str, Offer] = {
    offer.name: offer for topic in TOPICS.values() for offer in topic.commands
}
"""All commands, by name."""


def step(state: State, event: Event, view: View) -> Step:
    """Take one step: return the next state, and what is to be said and done.

    Any event at any state gets a helpful answer. What a member of staff asks for that their role
    doesn't allow is not done, and nothing is waited for any more.
    """
    after = _stepped(state, event, view)
    lacks = _lacks(state, event, view, after[1])
    return (IDLE, (_role(lacks),)) if lacks is not None else after


def _lacks(state: State, event: Event, view: View, effects: Iterable[Effect]) -> StaffRole | None:
    """Return the role that is needed for one of the effects and that they don't have, or None."""
    topic = event.topic if isinstance(event, Pressed) else state.topic
    of_pledges = topic == pledges_of_staff.TOPIC.name and view.is_staff
    decided = pledges_of_staff.DECISIONS if of_pledges else {}
    needed = (NEEDS.get(type(effect)) or decided.get(type(effect)) for effect in effects)
    return next((role for role in needed if role is not None and not view.may(role)), None)


def _role(role: StaffRole) -> Say:
    return Say(template="staff.role", values={"role": role.value})


def _stepped(state: State, event: Event, view: View) -> Step:
    match event:
        case Command():
            return _command(state, event, view)
        case Pressed():
            return _pressed(state, event, view)
        case Text():
            return _text(state, event, view)
        case Media() | Edited():
            return _seen(state, event, view)
        case Blocked():
            # who has paused or stopped gets nothing in any case, and keeps that status
            return IDLE, (
                (Change(field="status", value=Status.BLOCKED),)
                if view.person and view.person.status not in _AWAY
                else ()
            )
        case Migrated():
            return state, (Move(address=event.address),)


def _seen(state: State, event: Media | Edited, view: View) -> Step:
    """Say that it is not read, but take what stands below a picture where a child is in danger."""
    if isinstance(event, Media) and safety.waits(state):
        if event.caption:
            return safety.captioned(state, Text(text=event.caption), view)
        return safety.unopened(state, view)
    if isinstance(event, Media) and typed.tells_of_danger(event.caption, view):
        return _of_danger(state, view)
    if isinstance(event, Media) and not _waiting(state):
        meant = typed.of_action(event.caption, view)
        if meant:
            return _meant(state, meant, view)
    return state, (Say(template=_unread(state, event)),) if view.private else ()


def _unread(state: State, event: Media | Edited) -> str:
    """Return the text that says why a message is not read."""
    if isinstance(event, Edited):
        return "help.edited"
    return "help.media_in_form" if _waiting(state) else "help.media"


def _command(state: State, event: Command, view: View) -> Step:
    offer = OFFERS.get(event.name)
    if offer is None or (offer.staff and not (view.is_staff or view.may(offer.role))):
        return state, (Say(template="help.unknown"),) if view.private else ()
    if offer.staff and not view.may(offer.role):
        return state, (_role(offer.role),) if view.private else ()
    if not (view.private or offer.group):
        return state, (_in_private(view),)
    if offer.admin and not view.private:
        if view.person is None:
            return state, (Say(template="help.in_private"),)
        if not view.admin:
            return state, (Say(template="help.admins_only"),)
    return _left(state, offer.handler(state, event, view))


def _left(before: State, after: Step) -> Step:
    """Add, where a command leaves a form, that the form is kept and how to go on with it."""
    way_back = TOPICS.get(before.topic, _NONE).way_back
    state, effects = after
    # nothing is said of keeping to somebody who is asked whether everything shall be deleted
    if way_back is None or state.topic in (before.topic, "rights"):
        return after
    return state, (*effects, Say(template="help.left_form", buttons=((way_back(before),),)))


def _pressed(state: State, event: Pressed, view: View) -> Step:
    topic = TOPICS.get(event.topic, _NONE)
    if not view.private and view.person is None and topic.name not in _ANYWHERE:
        return state, (_in_private(view),)
    if not view.admin and event.act in topic.group_admins:
        return state, (Answer(template="help.admins_only"),)
    handler = topic.presses.get(event.act)
    try:
        after = handler(state, event, view) if handler else stale(state)
    # the button's arguments are not ours, or of an older version
    except (ValueError, IndexError, KeyError, StopIteration):
        return stale(state)
    # what is written about a child is no answer in a form, so this button leaves one
    return _left(state, after) if topic is safety.TOPIC else after


def _in_private(view: View) -> Say:
    return Say(
        template="help.in_private",
        buttons=in_private(view.start_link),
    )


def _text(state: State, event: Text, view: View) -> Step:
    if event.reply and (replied := inbox.replied(state, event, view)) is not None:
        return replied
    handler = _waiting(state) if settings.listens(state, event, view) else None
    if handler and state.topic == safety.TOPIC.name:
        return _of_child(state, event, view, handler)
    if meant := typed.at_once(event, view, waiting=handler is not None):
        return _meant(state, meant, view)
    if handler:
        return _answered(handler, state, event, view)
    if meant := typed.otherwise(event, view, _OF_STAFF, waiting=False):
        return _meant(state, meant, view)
    return _unasked(state, event, view)


def _answered(handler: OnText, state: State, event: Text, view: View) -> Step:
    """Take a text that is waited for, or leave out what was asked where it says so."""
    passed = _passed(state, view) if typed.skips(event, view) else None
    return passed or _or_meant(state, _written(handler, state, event, view), event, view)


def _passed(state: State, view: View) -> Step | None:
    """Leave out what is asked for; where that can't be left out, ask for an answer once more. None
    where nothing of that kind is asked.
    """
    topic = TOPICS[state.topic]
    if state.step not in topic.passes:
        return None
    passing = (state.topic, topic.passes[state.step])
    offered = (each.pressed for each in view.offered)
    button = next((it for it in offered if (it.topic, it.act) == passing), None)
    if button is not None:
        return _pressed(state, button, view)
    return _written(topic.texts[state.step], state, Text(text=""), view)


def _written(handler: OnText, state: State, event: Text, view: View) -> Step:
    """Take a text that is waited for, from who may write it."""
    if state.step in TOPICS[state.topic].group_admins and not view.admin:
        return state, (Say(template="help.admins_only"),)
    return handler(state, event, view)


def _unasked(state: State, event: Text, view: View) -> Step:
    """Answer a text that nobody waited for, and that stands for no button and no command."""
    if typed.tells_of_danger(event.text, view):
        return _of_danger(state, view)
    nothing = help_.text(state, event, view) if view.private else (state, ())
    taken = (
        start.asked_again(state, event, view)
        or away.day_said(state, event, view)
        or today.day_said(state, event, view)
        or settings.hour_said(state, event, view)
        or settings.place_said(state, event, view)
    )
    return taken or nothing


def _of_child(state: State, event: Text, view: View, handler: OnText) -> Step:
    """Pass on all that is written of a child in danger, whatever it looks like, but the words of a
    button of this help: "need help" is no answer to what came meanwhile. Who may want to hear no
    more is asked as well.
    """
    if button := typed.button(event, view, _OF_CHILD):
        return _meant(state, button, view)
    after = handler(state, event, view)
    if not typed.wants_to_stop(event, view):
        return after
    return after[0], (*after[1], *away.stopping(after[0], event, view)[1])


def _of_danger(state: State, view: View) -> Step:
    """Say where help is to somebody who wrote of a child in danger in words of their own."""
    return _command(state, Command(name=safety.DANGER), view)


def _or_meant(state: State, after: Step, event: Text, view: View) -> Step:
    """Return what else a text may mean, where the question that waited for one refused it.

    A question to the experts that tells of a child in danger is answered with where help is, too.
    """
    if after[0] == IDLE and typed.tells_of_danger(event.text, view):
        helped, said = _of_danger(IDLE, view)
        return helped, (*after[1], *said)
    refused = after[0] == state and all(isinstance(effect, Say) for effect in after[1])
    if not refused:
        return after
    if meant := typed.otherwise(event, view, _OF_STAFF, waiting=True):
        return _meant(state, meant, view)
    return _of_danger(state, view) if typed.tells_of_danger(event.text, view) else after


def _meant(state: State, event: Command | Pressed, view: View) -> Step:
    """Do what was typed as if it had been pressed, or written as a command."""
    return (
        _pressed(state, event, view) if isinstance(event, Pressed) else _command(state, event, view)
    )


def _waiting(state: State) -> OnText | None:
    return TOPICS.get(state.topic, _NONE).texts.get(state.step)
