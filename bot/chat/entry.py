"""The door: arrivals in, outgoing messages out.

Independent of any network: Telegram and the terminal both stand before it.

All arrivals that are there are handled in one transaction, each in a savepoint of its own: a
mistake in one undoes that one only. What goes out is returned after the commit, so that nobody is
told what did not happen.
"""

import logging
import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot import conversation
from bot.chat.almanac import Almanac
from bot.chat.desk import Desk
from bot.chat.effects import Context, perform
from bot.chat.effects.pledges import heard
from bot.chat.view import View
from bot.conversation.staff.alerts import news
from bot.conversation.words import (
    DATA,
    IDLE,
    Answer,
    Blocked,
    Command,
    Document,
    Edit,
    Effect,
    Event,
    Migrated,
    Pressed,
    Say,
    State,
    Text,
    unbind,
)
from bot.errors import RenderError, StoreError
from bot.jobs.services import Services
from bot.jobs.texts.keys import keyboard
from bot.library.shared import read_shared
from bot.model import Channel, Keyboard
from bot.model.person import NUDGES, Status, Subscriber
from bot.render.chat import ChatTexts
from bot.store.staff.staff import Notice
from bot.times import epoch, from_epoch

log = logging.getLogger(__name__)

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")

_STRANGERS = 10_000
"""So many conversations with people about whom nothing is stored are remembered, in memory only."""


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """Something that came in. A press carries the button's data in `data` and no event."""

    #: of the chat
    address: str
    #: who wrote or pressed
    user: str
    event: Event | None = None
    data: str | None = None
    private: bool = True
    #: in a group: one of its admins
    admin: bool = False
    #: what the person's app says
    language: str | None = None
    #: the network's own number of the update; None where updates don't come twice
    number: int | None = None
    #: to be answered after a press
    callback: str | None = None
    #: the message whose button was pressed
    message: int | None = None
    #: the part of a group in which this was said, where it has parts
    thread: int | None = None


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """Something that goes out."""

    address: str
    text: str = ""
    keyboard: Keyboard = ()
    #: a text of its own below, in a block that a tap copies
    code: str | None = None
    #: put it in the place of this message
    edits: int | None = None
    #: a short word at a pressed button, not a message
    callback: str | None = None
    #: a file: its name and content
    document: tuple[str, str] | None = None
    #: what the door wants to hear of when it has left: ('answer', id), ('flag', id) or ('notice',
    #: id)
    receipt: tuple[str, int] | None = None
    #: into this part of a group
    thread: int | None = None


class Door:
    """Handles arrivals for one channel.

    `services` gives those in force, since a reload makes new ones, `bot` the bot's own name.
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
        #: everybody is staff: for trying things out
        self._staff = staff
        self._strangers: OrderedDict[str, State] = OrderedDict()
        self._almanac: Almanac | None = None

    def handle(self, arrivals: Sequence[Arrival], now: datetime) -> list[list[Outgoing]]:
        """Handle arrivals in their order; gives what goes out for each, once everything is written.

        Raises `StoreError`.
        """
        self._freshen()
        with self._almanac_now.services.store.database.transaction():
            return [self._one(arrival, now) for arrival in arrivals]

    def waiting(self) -> list[Outgoing]:
        """Messages for the safeguarding contact, answers of the experts, and what staff are told,
        as far as it has not left yet: the most urgent first.
        """
        self._freshen()
        services = self._almanac_now.services
        inbox, channel_id = services.store.inbox, services.channel_ids[self._channel]
        contact = services.settings.safeguarding
        found: list[Outgoing] = []
        for flag in inbox.untold_flags(channel_id) if contact else ():
            values = {
                "address": flag.address,
                "country": flag.country or "",
                "language_of": flag.language,
                "at": flag.at,
                "text": flag.text,
            }
            language = self._texts.spoken(services.settings.channels[self._channel].language)
            text = self._texts.text("safety.flag", language, values)
            found.append(
                Outgoing(
                    address=str(contact.contact) if contact else "",
                    text=text,
                    receipt=("flag", flag.id),
                )
            )
        found += [
            Outgoing(
                address=q.address,
                text=self._texts.text(
                    "ask.answer", q.language, {"question": q.text, "answer": q.answer or ""}
                ),
                receipt=("answer", q.id),
            )
            for q in inbox.untold_answers(channel_id)
        ]
        return [*found, *(self._notice(one) for one in services.store.notices.waiting())]

    def _notice(self, notice: Notice) -> Outgoing:
        """Something that a member of staff is told, in their own language."""
        person = self._store.subscribers.find(self._channel_id, notice.address)
        spoken = person.language if person else self._store.meta.staff_language(notice.address)
        language = self._texts.spoken(spoken or self._channel_now.language)
        at = from_epoch(notice.at)
        desk = Desk(
            self._almanac_now.services, self._channel_now, notice.address, language, at, self._texts
        )
        try:
            say = news(notice.template, notice.values, desk)
            text, buttons = (
                self._texts.text(say.template, language, say.values),
                keyboard(say.buttons, self._texts, language, notice.address),
            )
        except (
            RenderError,
            LookupError,
            ValueError,
            TypeError,
        ):  # a text of somebody's own that lacks something: better plain than not at all
            log.exception("what staff are told could not be said in their words")
            text, buttons = str(notice.values.get("text") or notice.template), ()
        return Outgoing(
            address=notice.address, text=text, keyboard=buttons, receipt=("notice", notice.id)
        )

    def left(self, outgoing: Outgoing, now: datetime) -> None:
        """Something of `waiting` has left."""
        store, moment = self._almanac_now.services.store, epoch(now)
        if outgoing.receipt is not None:
            kind, number = outgoing.receipt
            {
                "answer": store.inbox.answer_left,
                "flag": store.inbox.flag_left,
                "notice": store.notices.left,
            }[kind](number, moment)

    def trouble(self, arrival: Arrival, template: str = "help.trouble") -> Outgoing:
        """What is said when something could not be done."""
        self._freshen()
        language = self._texts.spoken(self._language_of(arrival))
        return Outgoing(
            address=arrival.address,
            text=self._texts.text(template, language, {}),
            thread=arrival.thread,
        )

    def _language_of(self, arrival: Arrival) -> str | None:
        try:
            person = self._store.subscribers.find(self._channel_id, arrival.address)
        except StoreError:
            person = None
        return person.language if person else arrival.language

    def words(self) -> ChatTexts:
        """The chat's texts as they are now."""
        self._freshen()
        return self._texts

    # one arrival

    def _stale(self, arrival: Arrival) -> Outgoing:
        text = self._texts.text("help.stale", self._texts.spoken(self._language_of(arrival)), {})
        return Outgoing(address=arrival.address, text=text, callback=arrival.callback or "")

    def _one(self, arrival: Arrival, now: datetime) -> list[Outgoing]:
        services = self._almanac_now.services
        channel_id = services.channel_ids[self._channel]
        if arrival.number is not None and not services.store.conversations.first_time(
            channel_id, arrival.number, epoch(now)
        ):
            return []
        try:
            with services.store.database.savepoint():
                return self._turn(arrival, now)
        except StoreError:
            raise
        except OverflowError:  # a number that no button of ours carries, and no database takes
            log.debug("a button was pressed whose number is too large")
            return [self._stale(arrival)]
        except Exception:
            log.exception("a message could not be handled")
            if isinstance(arrival.event, Text):  # or every other text would fail in the same way
                self._store.conversations.drop(self._channel_id, arrival.address)
            return [self.trouble(arrival)]

    def _turn(self, arrival: Arrival, now: datetime) -> list[Outgoing]:
        event = _event(arrival)
        subscriber = self._subscriber(arrival)
        view = self._view(arrival, subscriber, now)
        before = self._state(arrival.address, known=subscriber is not None or view.staff)
        effects: tuple[Effect, ...]
        if event is None:
            log.debug("a button was pressed that was not made for this chat, or never by us")
            after, effects = before, (Answer(template="help.stale"),)
        else:
            after, effects = conversation.step(before, event, view)
        if view.staff and view.private and subscriber is None:
            self._remember_language(arrival.address, view.language)
        context = self._context(arrival, view, now)
        if event is not None and not isinstance(event, Blocked | Migrated):
            heard(context)
        out = [one for effect in effects for one in self._do(context, effect, arrival)]
        self._keep(context, before, after, known=context.subscriber is not None or view.staff)
        if arrival.callback and not any(one.callback for one in out):
            out.append(Outgoing(address=arrival.address, callback=arrival.callback))
        return out if arrival.thread is None else [_inside(one, arrival) for one in out]

    def _subscriber(self, arrival: Arrival) -> Subscriber | None:
        """Who has this address.

        Who had blocked us and writes again is back, with all their history.
        """
        found = self._store.subscribers.find(self._channel_id, arrival.address)
        if (
            found is None
            or found.status is not Status.BLOCKED
            or isinstance(arrival.event, Blocked | Migrated)
        ):
            return found
        withdrawn = any(
            one["purpose"] == NUDGES and one["withdrawn"]
            for one in self._store.subscribers.consents(found.id)
        )
        status = Status.STOPPED if withdrawn else Status.ACTIVE
        self._store.people.mark([found.id], status)
        return replace(found, status=status)

    def _view(self, arrival: Arrival, subscriber: Subscriber | None, now: datetime) -> View:
        staff = self._staff or arrival.user in {
            str(one) for one in self._almanac_now.services.settings.chat.staff
        }
        return View(
            almanac=self._almanac_now,
            texts=self._texts,
            shared=self._shared,
            channel=self._channel_now,
            address=arrival.address,
            subscriber=subscriber,
            now=now,
            language=arrival.language,
            private=arrival.private,
            admin=arrival.private or arrival.admin,
            staff=staff,
            bot=self.bot,
        )

    def _context(self, arrival: Arrival, view: View, now: datetime) -> Context:
        return Context(
            services=self._almanac_now.services,
            texts=self._texts,
            channel=self._channel_now,
            channel_id=self._channel_id,
            address=arrival.address,
            user=arrival.user,
            now=now,
            subscriber=view.subscriber,
            language=view.language,
            bot=self.bot,
        )

    def _remember_language(self, address: str, language: str) -> None:
        """Of staff who are no subscribers: in which language to tell them what they haven't asked
        for.
        """
        self._store.meta.keep_staff_language(address, language)

    # states

    def _state(self, address: str, *, known: bool) -> State:
        if not known:
            return self._strangers.get(address, IDLE)
        text = self._store.conversations.state(self._channel_id, address)
        return State.loads(text) if text else IDLE

    def _keep(self, context: Context, before: State, after: State, *, known: bool) -> None:
        """Remember where the conversation stands: of subscribers and staff in the store, of others
        in memory only.
        """
        conversations = self._store.conversations
        if not known:
            self._strangers.pop(context.address, None)
            if after != IDLE:
                self._strangers[context.address] = after
                while len(self._strangers) > _STRANGERS:
                    self._strangers.popitem(last=False)
        elif after == IDLE and before != IDLE:
            conversations.drop(self._channel_id, context.address)
            self._strangers.pop(context.address, None)
        elif after not in (IDLE, before):
            conversations.keep(self._channel_id, context.address, after.dumps(), context.moment)

    # what goes out

    def _do(self, context: Context, effect: Effect, arrival: Arrival) -> list[Outgoing]:
        match effect:
            case Say():
                return [self._say(context, effect, arrival)]
            case Answer():
                text = self._texts.text(effect.template, context.language, effect.values)
                return [
                    Outgoing(address=arrival.address, text=text, callback=arrival.callback or "")
                ]
            case Document():
                text = self._texts.text(effect.template, context.language, effect.values)
                return [
                    Outgoing(
                        address=context.address, text=text, document=(effect.name, effect.content)
                    )
                ]
            case _:
                return [
                    one
                    for more in perform(context, effect)
                    for one in self._do(context, more, arrival)
                ]

    def _say(self, context: Context, effect: Say, arrival: Arrival) -> Outgoing:
        language = str(effect.values.get("language", context.language))
        return Outgoing(
            address=context.address,
            text=self._texts.text(effect.template, language, effect.values),
            keyboard=keyboard(effect.buttons, self._texts, language, context.address),
            code=effect.code,
            edits=arrival.message if isinstance(effect, Edit) else None,
        )

    # what is in force

    def _freshen(self) -> None:
        """After a reload of the data: new texts, new titles."""
        services = self._services()
        if self._almanac is not None and self._almanac.services is services:
            return
        self._almanac = self._almanac_now = Almanac(services)
        self._store = services.store
        self._channel_now: Channel = services.settings.channels[self._channel]
        self._channel_id = services.channel_ids[self._channel]
        self._texts = ChatTexts(
            services.library.roots,
            fallback=_fallback(services, self._channel_now),
            zone=services.settings.zone,
        )
        self._shared, problems = read_shared(services.library.roots)
        for problem in problems:
            log.error("%s", problem)


def _event(arrival: Arrival) -> Event | None:
    """What happened, in texts that can be stored.

    None for a button that was not made for this chat, or never by us.
    """
    match arrival.event:
        case None:
            return _press(arrival.data or "", arrival.address)
        case Text(text=text, reply=reply) if _UNSTORABLE.search(text + reply):
            return Text(text=_storable(text), reply=_storable(reply))
        case Command(name=name, argument=argument) if _UNSTORABLE.search(argument):
            return Command(name=name, argument=_storable(argument))
    return arrival.event


def _storable(text: str) -> str:
    return _UNSTORABLE.sub("\ufffd", text)


def _press(data: str, address: str) -> Pressed | None:
    ours = len(data) <= DATA and data.isascii() and data.isprintable()
    return unbind(data, address) if ours else None


def _inside(one: Outgoing, arrival: Arrival) -> Outgoing:
    return replace(one, thread=arrival.thread) if one.address == arrival.address else one


def _fallback(services: Services, channel: Channel) -> str:
    return ChatTexts(services.library.roots).spoken(channel.language)
