"""One turn of a chat: who writes where, and which data and texts are in force for the answer."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from bot.chat.almanac import Almanac
from bot.conversation.words import Effect, Offered
from bot.jobs.services import Services
from bot.model import Audience, Channel
from bot.model.person import Subscriber
from bot.model.staff import Member, StaffRole
from bot.render.chat import ChatTexts
from bot.rules import dates
from bot.store import Store
from bot.times import epoch

log = logging.getLogger(__name__)

DEFAULT_MINUTE = 9 * 60
"""Minute of the day at which somebody is nudged who has chosen no hour."""


@dataclass(frozen=True, kw_only=True)
class InForce:
    """The data and texts that a channel's chat goes by; a reload of the data makes another."""

    services: Services
    channel: Channel
    almanac: Almanac
    texts: ChatTexts

    @classmethod
    def of(cls, services: Services, name: str) -> "InForce":
        """Return what is in force for the channel of this name; log problems of shared data."""
        channel, files = services.settings.channels[name], services.library.files
        for problem in services.library.shared_problems:
            log.error("%s", problem)
        return cls(
            services=services,
            channel=channel,
            almanac=Almanac(services),
            texts=ChatTexts(
                files,
                fallback=services.renderer.chat.spoken(channel.language),
                zone=services.settings.zone,
                begun=services.renderer.chat.begun,
            ),
        )

    @property
    def store(self) -> Store:
        """The database behind the services."""
        return self.services.store

    @property
    def channel_id(self) -> int:
        """The channel's number in the store."""
        return self.services.channel_ids[self.channel.name]


@dataclass(frozen=True, kw_only=True)
class Turn:
    """The facts by which something that came in is answered.

    An effect may change who the person is; `again` gives the turn for what comes after it.
    """

    in_force: InForce
    #: the network's own address of the chat
    address: str
    #: the network's own id of who wrote or pressed; in a group it isn't the address
    user: str
    #: who is known at the address; None before consent
    subscriber: Subscriber | None
    now: datetime
    #: tag of the language in which they are answered, which is one that we speak
    language: str
    #: whether it is a chat with one person, not a group
    private: bool
    #: whether they may change settings: everybody in a private chat, admins in a group
    admin: bool
    #: whom of the staff they are; None for everybody else
    member: Member | None
    #: the bot's own name, where it is known
    bot: str | None
    #: the buttons below what was last said to them
    offered: tuple[Offered, ...] = ()

    @property
    def staff(self) -> bool:
        """Whether they work with the bot."""
        return self.may(StaffRole.READER)

    def may(self, role: StaffRole) -> bool:
        """Return whether they may do what this role of staff allows."""
        return self.member is not None and self.member.may(role)

    @property
    def services(self) -> Services:
        """The services that are in force in this turn."""
        return self.in_force.services

    @property
    def store(self) -> Store:
        """The database behind the services."""
        return self.in_force.store

    @property
    def texts(self) -> ChatTexts:
        """The chat's texts in force."""
        return self.in_force.texts

    @property
    def channel(self) -> Channel:
        """The channel on which they talk with us."""
        return self.in_force.channel

    @property
    def channel_id(self) -> int:
        """The channel's number in the store."""
        return self.in_force.channel_id

    @property
    def moment(self) -> int:
        """The instant of this turn in epoch seconds."""
        return epoch(self.now)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The person's time zone, or else the operator's; UTC where it is unknown."""
        try:
            return dates.zone(
                self.subscriber.zone if self.subscriber else self.services.settings.zone
            )
        except (KeyError, ValueError, OSError):
            return dates.zone("UTC")

    @cached_property
    def today(self) -> date:
        """The day that it is where the person lives."""
        return self.now.astimezone(self.zone).date()

    @property
    def audience(self) -> Audience:
        """The person's audience; that of individuals for somebody who has not joined."""
        return self.subscriber.audience if self.subscriber else Audience.INDIVIDUAL

    def again(self, address: str | None = None) -> "Turn":
        """Return the turn with the person read anew, at another address where one is given."""
        address = address or self.address
        subscriber = self.store.subscribers.find(self.channel_id, address)
        language = self.texts.spoken(subscriber.language) if subscriber else self.language
        return replace(self, address=address, subscriber=subscriber, language=language)


Performer = Callable[[Turn, Any], Sequence[Effect] | None]
"""A function that performs an effect and may return further effects, such as what to say of it."""
