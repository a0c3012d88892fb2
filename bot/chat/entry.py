"""The entry of the chat, for Telegram and the terminal alike: it takes what comes in, and returns
what goes out.

All arrivals that are there are handled in one transaction, each in a savepoint of its own, so that
a failure of one undoes that one alone. What goes out is returned after the commit, so that nobody
is told what did not happen.
"""

import logging
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from bot import conversation
from bot.chat.look import View
from bot.chat.messages import Arrival, Outgoing, event_of
from bot.chat.offered import Shown
from bot.chat.perform import perform
from bot.chat.pledges.effects import heard
from bot.chat.staff.look import StaffLook
from bot.chat.turn import InForce, Turn
from bot.conversation.people import safety
from bot.conversation.staff.alerts.notices import news
from bot.conversation.words import (
    IDLE,
    Answer,
    Blocked,
    Document,
    Edit,
    Effect,
    Media,
    Migrated,
    Offered,
    Picture,
    Say,
    State,
    Text,
    Then,
    press,
    stale,
)
from bot.errors import RenderError, StoreError
from bot.jobs.services import Services
from bot.jobs.staff.scopes import said_language
from bot.jobs.texts.keys import keyboard
from bot.languages import country_name
from bot.model.person import NUDGES, Flag, Status, Subscriber
from bot.model.staff import Member, Notice
from bot.render.chat import ChatTexts
from bot.times import epoch, from_epoch

log = logging.getLogger(__name__)

_AS_TEXT = 80_000
"""Most characters of a file that is sent as messages instead, which are some twenty then."""

_STRANGERS = 10_000
"""Most conversations that are remembered in memory, with people who are not stored."""


class ChatEntry:
    """Handles arrivals for one channel.

    `services` gives those in force, since a reload makes new ones. `bot` is the bot's own name.
    With `staff`, everybody counts as staff, for trying things out.
    """

    def __init__(
        self,
        services: Callable[[], Services],
        channel: str,
        *,
        bot: str | None = None,
        staff: bool = False,
    ) -> None:
        self._services = services
        self._channel = channel
        self.bot = bot
        self._staff = staff
        self._strangers: OrderedDict[str, State] = OrderedDict()
        self._once: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._shown = Shown()
        self._known: InForce | None = None

    def _in_force(self) -> InForce:
        """Return what is in force for this call: after a reload, new texts and titles."""
        services = self._services()
        if self._known is None or self._known.services is not services:
            self._known = InForce.of(services, self._channel)
        return self._known

    def handle(self, arrivals: Sequence[Arrival], now: datetime) -> list[list[Outgoing]]:
        """Handle arrivals in their order; return what goes out for each, once all is committed.

        Raises `StoreError`.
        """
        here = self._in_force()
        with here.store.transaction():
            return [self._handle(here, arrival, now) for arrival in arrivals]

    def waiting(self) -> list[Outgoing]:
        """Return what nobody has asked for just now and has not left yet, the most urgent first.

        These are messages for the safeguarding contact, answers of the experts, and notices for
        staff.
        """
        here = self._in_force()
        return [
            *_flags(here),
            *_answers(here),
            *(self._notice(here, notice) for notice in here.store.notices.waiting()),
        ]

    def _notice(self, here: InForce, notice: Notice) -> Outgoing:
        """Return a notice for a member of staff, in their own language."""
        turn = self._told(here, notice)
        try:
            say = news(notice.template, notice.values, StaffLook(turn))
            return replace(_say(turn, say, turn.language), receipt=("notice", notice.id))
        # a text of a root of one's own may lack something: better plain than not at all
        except (RenderError, LookupError, ValueError, TypeError):
            log.exception("what staff are told could not be said in their words")
            plain = str(notice.values.get("text") or notice.template)
            return Outgoing(address=notice.address, text=plain, receipt=("notice", notice.id))

    def _told(self, here: InForce, notice: Notice) -> Turn:
        """Return the turn in which a member of staff is told what they have not asked for."""
        person = here.store.subscribers.find(here.channel_id, notice.address)
        spoken = person.language if person else here.store.meta.staff_language(notice.address)
        return Turn(
            in_force=here,
            address=notice.address,
            user=notice.address,
            subscriber=person,
            now=from_epoch(notice.at),
            language=here.texts.spoken(spoken or here.channel.language),
            private=True,
            admin=True,
            member=here.services.team.chats.get(notice.address) or Member(name=notice.address),
            bot=self.bot,
        )

    def left(self, outgoing: Outgoing, now: datetime) -> None:
        """Keep that a message of `waiting` has left."""
        here = self._in_force()
        store, moment = here.store, epoch(now)
        self._offered(here, outgoing.address, moment)
        self._shown.add(outgoing, tuple(here.texts.languages()), moment)
        self._keep_shown(here, outgoing.address)
        if outgoing.receipt is not None:
            kind, number = outgoing.receipt
            {
                "answer": store.inbox.answer_left,
                "flag": store.inbox.flag_left,
                "notice": store.notices.left,
            }[kind](number, moment)

    def trouble(self, arrival: Arrival, template: str = "help.trouble") -> Outgoing:
        """Return the message that what somebody wrote could not be handled."""
        here = self._in_force()
        text = here.texts.text(template, _spoken(here, arrival), {})
        return Outgoing(address=arrival.address, text=text, thread=arrival.thread)

    def without_file(self, message: Outgoing, words: str) -> list[Outgoing]:
        """Return what is sent in the place of a file that did not leave.

        That is the file as text, where it isn't too long, or else another way to it. `words` is
        what the network says; '' where nobody knows whether the file has arrived.
        """
        here = self._in_force()
        assert message.document is not None  # noqa: S101 - only asked of files
        name, content = message.document
        privacy = here.services.settings.privacy
        way = _way(content) if words else "file_unanswered"
        text = here.texts.text(
            f"help.{way}",
            here.texts.spoken(message.language),
            {"name": name, "words": words, "contact": privacy.contact if privacy else ""},
        )
        said = replace(message, text=text, document=None)
        return [replace(said, code=content) if way == "file_as_text" else said]

    def words(self) -> ChatTexts:
        """Return the chat's texts that are in force."""
        return self._in_force().texts

    # one arrival

    def _handle(self, here: InForce, arrival: Arrival, now: datetime) -> list[Outgoing]:
        """Answer an arrival in a savepoint of its own; one that came before gets no answer."""
        conversations, number = here.store.conversations, arrival.number
        if number is not None and not conversations.first_time(here.channel_id, number, epoch(now)):
            return []
        for piece in arrival.pieces:
            conversations.first_time(here.channel_id, piece, epoch(now))
        if arrival.once and not self._first(arrival) and not _has_words(arrival):
            return []
        try:
            with here.store.database.savepoint():
                return self._answer(here, arrival, now)
        except StoreError:
            raise
        except OverflowError:  # a button's number that is no integer of 64 bits, so none of ours
            log.debug("a button was pressed whose number is too large")
            text = here.texts.text("help.stale", _spoken(here, arrival), {})
            return [Outgoing(address=arrival.address, text=text, callback=arrival.callback or "")]
        except Exception:
            log.exception("a message could not be handled")
            return [self.trouble(arrival, self._given_up(here, arrival))]

    def _first(self, arrival: Arrival) -> bool:
        """Return whether it is the first part of an album, or the first change of a message."""
        key = arrival.address, arrival.once
        first = key not in self._once
        self._once[key] = None
        while len(self._once) > _STRANGERS:
            self._once.popitem(last=False)
        return first

    def _answer(self, here: InForce, arrival: Arrival, now: datetime) -> list[Outgoing]:
        event, turn = event_of(arrival), self._turn(here, arrival, now)
        before = self._state(turn)
        if event is None:
            log.debug("a button was pressed that was not made for this chat, or never by us")
            after, effects = stale(before)
        else:
            after, effects = conversation.step(before, event, View(turn))
        if turn.staff and turn.private and turn.subscriber is None:
            turn.store.meta.keep_staff_language(turn.address, turn.language)
        if event is not None and not isinstance(event, Blocked | Migrated):
            turn = heard(turn)
        turn, out = _do(turn, effects, arrival)
        self._keep(turn, before, after)
        if self._shown.keep(turn.address, out, tuple(here.texts.languages()), turn.moment):
            self._keep_shown(here, turn.address)
        if arrival.callback and not any(each.callback for each in out):
            out.append(Outgoing(address=arrival.address, callback=arrival.callback))
        return out if arrival.thread is None else [_inside(each, arrival) for each in out]

    def _turn(self, here: InForce, arrival: Arrival, now: datetime) -> Turn:
        subscriber = _subscriber(here, arrival)
        wanted = subscriber.language if subscriber else arrival.language or here.channel.language
        return Turn(
            in_force=here,
            address=arrival.address,
            user=arrival.user,
            subscriber=subscriber,
            now=now,
            language=here.texts.spoken(wanted),
            private=arrival.private,
            admin=arrival.private or arrival.admin,
            member=self._member(here, arrival.user),
            bot=self.bot,
            offered=self._offered(here, arrival.address, epoch(now)),
        )

    # what stands before people's eyes

    def _member(self, here: InForce, user: str) -> Member | None:
        return here.services.team.chats.get(user) or (Member(name=user) if self._staff else None)

    def _offered(self, here: InForce, address: str, now: int) -> tuple[Offered, ...]:
        if not self._shown.knows(address):
            kept = here.store.conversations.shown(here.channel_id, address)
            self._shown.restore(address, kept)
        return self._shown.at(address, now)

    def _keep_shown(self, here: InForce, address: str) -> None:
        """Keep what a chat shows in the store too, where that knows the chat: people who have
        joined, and staff.
        """
        store, shown = here.store, self._shown.dumps(address)
        if (
            store.people.find(here.channel_id, address) is None
            and store.meta.staff_language(address) is None
        ):
            return
        if shown is None:
            store.conversations.hide(here.channel_id, address)
        else:
            store.conversations.show(here.channel_id, address, shown[1], shown[0])

    # states

    def _state(self, turn: Turn) -> State:
        text = turn.store.conversations.state(turn.channel_id, turn.address)
        return State.loads(text) if text else self._strangers.get(turn.address, IDLE)

    def _keep(self, turn: Turn, before: State, after: State) -> None:
        """Remember where the conversation stands.

        That of subscribers and staff is kept in the store, that of others in memory only. What is
        awaited about a child is kept in the store for everybody, for a day.
        """
        conversations, address = turn.store.conversations, turn.address
        was_stored = self._strangers.pop(address, None) is None and before != IDLE
        if after == IDLE:
            if was_stored:
                conversations.drop(turn.channel_id, address)
        elif _is_kept(turn) or safety.waits(after) or was_stored:
            if after != before or not was_stored:
                conversations.keep(
                    turn.channel_id, address, after.dumps(), turn.moment, _ends(turn, after)
                )
        else:
            self._strangers[address] = after
            while len(self._strangers) > _STRANGERS:
                self._strangers.popitem(last=False)

    def _given_up(self, here: InForce, arrival: Arrival) -> str:
        """Wait no longer for a text that could not be handled, since the next would fail in the
        same way; return what is said of it.

        What comes next about a child must not go astray, so that is still waited for.
        """
        conversations = here.store.conversations
        text = conversations.state(here.channel_id, arrival.address)
        if text and safety.waits(State.loads(text)):
            return "help.trouble_danger"
        if isinstance(arrival.event, Text):
            conversations.drop(here.channel_id, arrival.address)
        return "help.trouble"


def _has_words(arrival: Arrival) -> bool:
    """Return whether words stand below a picture, which may be about a child in danger."""
    return isinstance(arrival.event, Media) and bool(arrival.event.caption)


def _is_kept(turn: Turn) -> bool:
    """Return whether the store remembers where a conversation with them stands."""
    return turn.subscriber is not None or turn.staff


def _ends(turn: Turn, state: State) -> int | None:
    """Return the epoch second after which a state is deleted; None for one kept as a form is."""
    return turn.moment + safety.WAITS if safety.waits(state) or not _is_kept(turn) else None


def _subscriber(here: InForce, arrival: Arrival) -> Subscriber | None:
    """Return who has this address; None for somebody who has not joined.

    Who had blocked us and writes again is back, with all their history.
    """
    person = here.store.subscribers.find(here.channel_id, arrival.address)
    if (
        person is None
        or person.status is not Status.BLOCKED
        or isinstance(arrival.event, Blocked | Migrated)
    ):
        return person
    withdrawn = any(
        consent["purpose"] == NUDGES and consent["withdrawn"]
        for consent in here.store.subscribers.consents(person.id)
    )
    status = Status.STOPPED if withdrawn else Status.ACTIVE
    here.store.people.mark([person.id], status)
    return replace(person, status=status)


def _spoken(here: InForce, arrival: Arrival) -> str:
    """Return the language of who wrote, also where the store can't be read."""
    try:
        person = here.store.subscribers.find(here.channel_id, arrival.address)
    except StoreError:
        person = None
    return here.texts.spoken(person.language if person else arrival.language)


# what waits to be told


def _flags(here: InForce) -> Iterator[Outgoing]:
    contact = here.services.settings.safeguarding
    if contact is None or contact.contact is None:
        return
    # those of letters come by another channel
    for flag in here.store.inbox.untold_flags():
        language = here.texts.spoken(here.channel.language)
        values = {
            "address": flag.address,
            "country": country_name(flag.country, language) if flag.country else "",
            "language_of": said_language(flag.language, language),
            "at": flag.at,
            "text": flag.text,
        }
        text = here.texts.text(_flag_block(flag), language, values)
        take = press("take_report", "reports", "take", flag.id)
        yield Outgoing(
            address=str(contact.contact),
            text=text,
            keyboard=keyboard(((take,),), here.texts, language, str(contact.contact)),
            receipt=("flag", flag.id),
        )


def _flag_block(flag: Flag) -> str:
    if not flag.address:
        return "safety.flag_page"
    if "@" in flag.address:
        return "safety.flag_mail"
    return "safety.flag_country" if flag.country else "safety.flag_anywhere"


def _answers(here: InForce) -> Iterator[Outgoing]:
    for question in here.store.inbox.untold_answers(here.channel_id):
        values = {"question": question.text, "answer": question.answer or ""}
        text = here.texts.text(f"ask.answer{question.told_as}", question.language, values)
        yield Outgoing(address=question.address, text=text, receipt=("answer", question.id))


# what goes out


def _do(turn: Turn, effects: Sequence[Effect], arrival: Arrival) -> tuple[Turn, list[Outgoing]]:
    """Perform the effects in their order; return the turn as it is then, and what goes out."""
    out: list[Outgoing] = []
    for effect in effects:
        match effect:
            case Say():
                language = str(effect.values.get("language", turn.language))
                edits = arrival.message if isinstance(effect, Edit) else None
                out.append(replace(_say(turn, effect, language), edits=edits))
            case Answer():
                text = turn.texts.text(effect.template, turn.language, effect.values)
                out.append(Outgoing(address=arrival.address, text=text, callback=arrival.callback))
            case Document():
                text = turn.texts.text(effect.template, turn.language, effect.values)
                file = (effect.name, effect.content)
                out.append(
                    Outgoing(address=turn.address, text=text, document=file, language=turn.language)
                )
            case Picture():
                text = turn.texts.text(effect.template, turn.language, effect.values)
                out.append(Outgoing(address=turn.address, text=text, picture=effect.content))
            case Then():
                _, next_ = conversation.step(IDLE, effect.pressed, View(turn))
                turn, said = _do(turn, next_, arrival)
                out += said
            case _:
                turn, more = perform(turn, effect)
                turn, said = _do(turn, more, arrival)
                out += said
    return turn, out


def _say(turn: Turn, effect: Say, language: str) -> Outgoing:
    return Outgoing(
        address=turn.address,
        text=turn.texts.text(effect.template, language, effect.values, effect.parts),
        keyboard=keyboard(effect.buttons, turn.texts, language, turn.address),
        code=effect.code,
    )


def _way(content: str) -> str:
    return "file_as_text" if len(content) <= _AS_TEXT else "file_too_long"


def _inside(message: Outgoing, arrival: Arrival) -> Outgoing:
    return (
        replace(message, thread=arrival.thread) if message.address == arrival.address else message
    )
