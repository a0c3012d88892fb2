"""What every network is to the rest of the house: a few coroutines and its declared limits.

A network is called once per attempt and never waits to retry: that belongs to the outbox. It raises
the `NetworkError` that tells what is known:

=====================  ==========================================  =========================
what happened          raise                                       the outbox then
=====================  ==========================================  =========================
not connected, 5xx     `TryLater`                                  tries again within grace
the mailbox is full    `Busy`                                      lets this delivery wait
the chat has moved     `Moved`                                     tries again at its new address
429                    `RateLimited`                               rests the account
400, duplicate, long   `Refused`                                   gives up this delivery
the user blocked us    `Blocked`                                   marks the subscriber
401, 402, revoked      `AccountRefused`                            pauses the channel
a pace isn't paid for  `NotPaid`                                   goes on at the free pace
request left, silence  `Unanswered`                                marks it uncertain
=====================  ==========================================  =========================
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import ClassVar, Literal

from bot.errors import Refused
from bot.model import Channel, Limits, Message, Prices, Receipt, Secret
from bot.model.channel import PaidPace
from bot.model.counting import Reactions
from bot.model.share import Sighting
from bot.networks.common.bounds import API, Bounds


@dataclass(frozen=True, kw_only=True)
class Option:
    """A key of `[channels.NAME.options]` that only one network knows."""

    #: what it does, in a sentence
    help: str
    #: the words it may be; None for any text
    values: tuple[str, ...] | None = None
    #: says of a text why it is none that it may be; '' for one that is
    wrong: Callable[[str], str] = lambda _: ""


class Network(ABC):
    """One account on one network; built once, used from one event loop, closed at the end."""

    #: fields of the secret, as in DRUMBEAT_<ACCOUNT>_<FIELD>
    SECRETS: ClassVar[tuple[str, ...]] = ()
    #: fields of the secret that a channel can do without
    SPARE: ClassVar[tuple[str, ...]] = ()
    #: limits as documented; `limits` may know better
    LIMITS: ClassVar[Limits]
    #: what its calls cost
    PRICES: ClassVar[Prices]
    #: keys of a channel's table that it can't do without
    NEEDS: ClassVar[tuple[str, ...]] = ()
    #: what may stand in a channel's options
    OPTIONS: ClassVar[Mapping[str, Option]] = MappingProxyType({})
    #: carries posts to everyone
    POSTS: ClassVar[bool] = True
    #: can reach single people (nudges)
    NUDGES: ClassVar[bool] = False
    #: messages to single people may have buttons
    BUTTONS: ClassVar[bool] = False
    #: what is for one person is a letter: it ends with links to pages of ours, on which they
    #: confirm, report and unsubscribe. Says what an address is
    LETTERS: ClassVar[Literal["", "mail", "room"]] = ""
    #: can look whether an uncertain delivery arrived
    FINDS: ClassVar[bool] = False
    #: an uncertain delivery may simply be sent again: the network folds both into one
    REPEATABLE: ClassVar[bool] = False

    #: shows pictures that move
    MOVING_PICTURES: ClassVar[bool] = False
    #: can find, boost and quote posts of others
    AMPLIFIES: ClassVar[bool] = False
    #: what it tells of posts of ours, of `bot.model.counting.REACTIONS`; nothing where it can't be
    #: asked
    TELLS: ClassVar[frozenset[str]] = frozenset()
    #: posts of ours about which it is asked at once
    AT_ONCE: ClassVar[int] = 1
    #: forbids the same text through several accounts
    ONE_ACCOUNT_PER_TEXT: ClassVar[bool] = False
    #: each recipient is a service of their own: what fails for one says nothing of the account
    APART: ClassVar[bool] = False
    #: how long its server may take, and how much it may say
    BOUNDS: ClassVar[Bounds] = API
    #: each server has limits of its own, which `probe` reads
    TELLS_LIMITS: ClassVar[bool] = False
    #: an account may be granted a faster pace than everybody's: by a server of one's own, or a
    #: contract
    GRANTS: ClassVar[bool] = False
    #: the faster pace that it sells for messages to many people; None where it sells none
    PAID: ClassVar[PaidPace | None] = None
    #: calls of `send` that may be under way at the same time, and more at a pace that needs them; 1
    #: where they go one after the other
    IN_FLIGHT: ClassVar[int] = 1

    def __init__(self, channel: Channel, secrets: Mapping[str, Secret]) -> None:
        self.channel = channel
        self.secrets = secrets
        #: posts read since somebody last wrote that on the bill, where reading costs
        self.reads = 0
        #: what the server said that it takes; None before it was asked
        self.told_limits: Limits | None = None
        #: what each service behind the account takes, by its name, where there are several
        self.told_services: Mapping[str, Limits] = {}
        #: what the last probe saw that the operator should know, though nothing is wrong
        self.remarks: tuple[str, ...] = ()

    @classmethod
    # a secret may say more
    def needs_pages(cls, secrets: Mapping[str, Secret]) -> bool:  # noqa: ARG003
        """Whether nudges may leave only where people can unsubscribe on a page of ours."""
        return bool(cls.LETTERS)

    @classmethod
    def address(cls, given: str) -> str | None:
        """How the address of a letter is kept; None for what is none."""
        return given or None

    @classmethod
    # most secrets name nobody
    def reaches(cls, secrets: Mapping[str, Secret]) -> Collection[str] | None:  # noqa: ARG003
        """All addresses there are, where the secret lists them; None where it doesn't."""
        return None

    @classmethod
    # on most networks no option counts
    def measured(cls, limits: Limits, options: Mapping[str, str]) -> Limits:  # noqa: ARG003
        """A server's limits, with what the options of a channel put beside each text."""
        return limits

    @property
    def limits(self) -> Limits:
        """The limits in force, as the server told them where it does, at the pace that the account
        is granted.
        """
        limits = self.measured(self.told_limits or self.LIMITS, self.channel.options)
        granted = self.channel.granted_per_second
        return limits if granted is None else replace(limits, per_second=granted)

    @abstractmethod
    async def send(self, message: Message) -> Receipt:
        """Send once; raise a `NetworkError` as the table above says.

        A thread's posts answer one another, each the one before it.
        """

    def follow(self, address: str) -> None:  # noqa: B027 - on most networks nothing moves
        """Post to this address from now on: there is now what the channel's `target` names."""

    async def find(self, message: Message) -> Receipt | None:
        """Look on the own timeline for a message that may have arrived.

        None when it is certainly not there. Raises `Unanswered` when something is there that may
        be it: then a person has to look.

        Of a thread that broke off, the receipt of what stands, not `complete`: sending again goes
        on from there. Raises `NetworkError` when it can't tell. Only asked of networks with
        `FINDS`.
        """
        raise Refused(
            f"{self.channel.name}: {self.channel.network} can't be asked whether {message.key}"
            " arrived"
        )

    async def delete(self, receipt: Receipt, address: str | None) -> None:
        """Take back what was sent; what is gone already is no error.

        Raises `Refused` where the network can't.
        """
        where = f" from {address}" if address else ""
        raise Refused(
            f"{self.channel.name}: {self.channel.network} can't delete"
            f" {receipt.url or receipt.id}{where}; remove it by hand"
        )

    @abstractmethod
    async def probe(self) -> str:
        """Ask the network who we are, at the least cost; gives the account's name.

        Raises as `send` does.
        """

    async def reactions(self, posts: Sequence[str]) -> Mapping[str, Reactions]:
        """Ask what people did with posts of ours, at most `AT_ONCE`, by their ids; of a thread, by
        that of the first post.

        A post that was deleted, or is shown to nobody, is `gone`. Each id that is asked for is in
        the answer. Raises `NetworkError`. Only asked of networks that tell something.
        """
        raise Refused(
            f"{self.channel.name}: {self.channel.network} tells nothing of {len(posts)} posts"
        )

    # posts of others; only asked of networks with `AMPLIFIES`

    async def seen(
        self,
        tags: Collection[str],  # noqa: ARG002
        authors: Collection[str],  # noqa: ARG002
        since: datetime,  # noqa: ARG002
    ) -> list[Sighting]:
        """Posts since then by one of these authors (in small letters) with one of these hashtags
        ('#' in front), oldest first.
        """
        raise self._amplifies_not()

    async def boost(self, post: Sighting, at: datetime) -> Receipt:  # noqa: ARG002
        """Show the post to our followers; doing it again changes nothing.

        `at` is the same at every attempt. Raises `Refused` when it is gone.
        """
        raise self._amplifies_not()

    async def unboost(self, receipt: Receipt) -> None:  # noqa: ARG002
        """Take a boost back; no error when it is gone already."""
        raise self._amplifies_not()

    async def quote(self, message: Message, post: Sighting) -> Receipt:  # noqa: ARG002
        """Post `message` with the post below it; `delete` takes it back.

        Raises `Refused` when the post is gone.
        """
        raise self._amplifies_not()

    async def stands(self, post: Sighting) -> bool:  # noqa: ARG002
        """Whether the post is still there."""
        raise self._amplifies_not()

    def _amplifies_not(self) -> Refused:
        return Refused(f"{self.channel.name}: {self.channel.network} can't boost posts of others")

    async def idle(self) -> None:  # noqa: B027 - most networks hold nothing open for a message
        """Let go of a connection that was held for several messages: for now there is no other."""

    async def close(self) -> None:  # noqa: B027 - most networks have nothing to let go of
        """Let go of all connections; nothing is sent afterwards."""
