"""Rooms of organisations on chat services (Slack, Teams, Discord, Matrix, Mattermost and more):
messages to one room each, no posts.

Setting it up, once for the channel:

1. In config.toml give it a table with ``network = "rooms"``, ``posts = false`` and
   ``nudges = true``; it needs ``[web]`` too, as letters do.
2. Write a file with one line for each room, ``acme = slack://…``, and name it in
   DRUMBEAT_<ACCOUNT>_URLS_FILE (or let DRUMBEAT_<ACCOUNT>_URLS hold the lines). That is Apprise's
   own text format: empty lines and lines that begin with ``#`` are left out. Nobody but drumbeat
   should be able to read this file (``chmod 600``).

And for each organisation:

3. Let them make a webhook for the room in which they want to be met (Slack: "Incoming Webhooks";
   Teams: "Workflows"; Discord: the channel's settings, "Integrations") and send it to you in a way
   that is not public: whoever has it can write there.
4. Make Apprise's address of it, as https://github.com/caronc/apprise/wiki says, and give the room a
   name of small letters, digits and '-'.
5. Let drumbeat read the file again (SIGHUP), then
   ``drumbeat contacts import FILE.csv --channel NAME`` with the room's name as ``address``.

Services, by the scheme of their address: cliq, dingtalk, discord, feishu, flock, gchat, groupme,
guilded, humhub, lark, matrix, mmost (Mattermost), nctalk (Nextcloud Talk), ntfy, revolt, ringc,
rocket (Rocket.Chat), ryver, signal, slack, stackfield, synology, tgram, twist, wecombot, workflow
(Teams), wxteams (Webex), zoom, zulip, and json, form or xml for a webhook of the organisation's
own. No other is taken, and none at an address inside your own network, unless ``[servers] private``
in config.toml names its range; nor one with ``template=``, which names a file that this machine
would read for each text. `doctor` says which lines can't be used, and why.

The name alone is the address that is stored; a webhook's address is in no database, log, error or
output. Each room is a service of its own, so what one answers says nothing of the others: who
revokes their webhook is blocked, and nobody else (with a new one in the file, importing the room
again brings it back); "too many requests" is tried again for that room alone; and no number of
failures pauses the account.

Limits: each service's own, as Apprise knows them (Teams 1,000 characters, Discord 2,000); a longer
text comes as up to five messages, broken between paragraphs. `doctor` reads what the rooms take,
and from then on `check` and `preview` measure each letter as it leaves by each service, and
`rehearse` by what all of them take; before, all count with 2,000 characters.
Slack takes one message a second for each webhook, and no service less over all rooms. Read in
November 2026.

As by `bot.networks.apprise.network`, no service can be asked afterwards, and none knows a
repetition.
"""

import asyncio
import logging
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, ClassVar, Literal

from typing_extensions import override

from bot.errors import (
    AccountRefused,
    Blocked,
    NetworkError,
    RateLimited,
    Refused,
    TryLater,
    Unanswered,
)
from bot.model import Channel, Limits, Message, Picture, Prices, Receipt, Secret
from bot.networks.base import Network as Base
from bot.networks.common.addresses import INSIDE, reach
from bot.networks.common.redact import conceal
from bot.networks.common.thread import asked, within
from bot.networks.rooms.services import SERVICES
from bot.text import broken, counted

if TYPE_CHECKING:
    from bot.networks.apprise.client import Client

_LOG = logging.getLogger(__name__)

# 'gone-5' is what the store writes in the place of an address that is forgotten.
_NAME = re.compile(r"(?!gone-\d+(?![a-z0-9-]))[a-z0-9][a-z0-9-]{0,40}")
_LINE = re.compile(rf"({_NAME.pattern})\s*=\s*(\S.*)")

_UNREADABLE = (
    "is not understood; write it as name = address, with a name of small letters, digits and '-'"
)
_UNKNOWN = "is no address that Apprise knows; see its wiki"
_NO_ROOM = "is an address of {service}, where no rooms are; docs/networks.md names those that have"
_MAIL = "is an e-mail address; people are met by e-mail on a channel of the network apprise"
_FILE = (
    "names a file with template=, which would be read on this machine and sent to the room; take"
    " that part out"
)


@dataclass(frozen=True, kw_only=True)
class _Line:
    """A line of the secret that says something."""

    number: int
    #: '' when the line can't be read, or its name stands there before
    name: str
    url: str
    problem: str = ""


class Network(Base):
    """The rooms that one secret names."""

    SECRETS = ("urls",)
    LIMITS = Limits(
        length=2_000, counter="characters", messages=5, title_above=True, per_second=1.0
    )
    PRICES = Prices(source="https://github.com/caronc/apprise/wiki", as_of=date(2026, 11, 1))
    POSTS = False
    NUDGES = True
    LETTERS: ClassVar[Literal["", "mail", "room"]] = "room"
    APART = True

    def __init__(self, channel: Channel, secrets: Mapping[str, Secret]) -> None:
        super().__init__(channel, secrets)
        # Only here: Apprise is heavy, and limits are asked for without it.
        from bot.networks.apprise import client as library

        lines = list(_lines(secrets["urls"].reveal()))
        library.listen()
        hidden = [
            secrets["urls"],
            *(Secret(part) for line in lines for part in (line.url, *library.pieces(line.url))),
        ]
        conceal(
            hidden, loggers=("urllib3.connectionpool", "requests", "asyncio"), silent=("apprise",)
        )
        self._variable = f"DRUMBEAT_{channel.account}_URLS".upper().replace("-", "_")
        self._rooms: dict[str, Client] = {}
        #: number of a line that can't be used -> why
        self._wrong: dict[int, str] = {}
        self._reach = reach(channel.private)
        for line in lines:
            self._take(line)
        if self._rooms:
            self.told_limits = self.limits
            self.told_services = self._by_service()

    def _take(self, line: _Line) -> None:
        """Understand one room, or tell why not, without its address."""
        from bot.networks.apprise.client import Client

        problem, client = line.problem, None
        if not problem:
            try:
                client = Client(line.url, self.BOUNDS, self._reach)
            except ValueError:
                problem = _UNKNOWN
        if client is not None:
            problem = self._no_room(client)
        if client is not None and not problem:
            self._rooms[line.name] = client
            return
        whose = f" ({line.name})" if line.name else ""
        where = f"line {line.number}{whose} of {self._variable}"
        told = self._wrong[line.number] = f"{where} {problem}; this room can't be reached"
        _LOG.warning("%s: %s", self.channel.name, told)

    def _no_room(self, client: "Client") -> str:
        """Why this is no room that may be written to; '' for one that may."""
        if client.account is not None:
            return _MAIL
        if client.schemes.isdisjoint(SERVICES):
            return _NO_ROOM.format(service=client.service)
        if client.names_files:
            return _FILE
        return "" if self._reach.allows_name(client.host) else INSIDE

    @classmethod
    @override
    def address(cls, given: str) -> str | None:
        """An address is the name of a room; None for what is none."""
        name = given.lower()
        return name if _NAME.fullmatch(name) else None

    @classmethod
    @override
    def reaches(cls, secrets: Mapping[str, Secret]) -> Collection[str] | None:
        return [line.name for line in _lines(secrets["urls"].reveal()) if not line.problem]

    @property
    @override
    def limits(self) -> Limits:
        """The limits within which every one of the rooms takes a text."""
        return replace(
            self.LIMITS,
            length=min(
                (client.longest for client in self._rooms.values()), default=self.LIMITS.length
            ),
        )

    def _by_service(self) -> dict[str, Limits]:
        """Return what the rooms of each service take, as `_pieces` breaks a text for them."""
        taken: dict[str, Limits] = {}
        for client in self._rooms.values():
            there = taken.get(client.service)
            taken[client.service] = replace(
                self.LIMITS,
                length=min(client.longest, there.length if there else client.longest),
                title_above=not client.takes_titles,
            )
        return taken

    @override
    async def send(self, message: Message) -> Receipt:
        """Send once, to the room that `message.address` names."""
        client = self._room(message.address)
        picture = message.body.picture if client.takes_pictures else None
        title = message.letter.subject if message.letter else ""
        for number, text in enumerate(self._pieces(client, message, title)):
            if number:
                await asyncio.sleep(1 / self.LIMITS.per_second)
            try:
                await self._say(client, message, text, title, picture)
            except NetworkError as error:
                if not number:
                    raise
                raise Unanswered(
                    f"{self.channel.name}: the room {message.address} has the first"
                    f" {counted(number, 'message', 'messages')} of this text, and not the rest:"
                    f" {error}"
                ) from None
            title, picture = "", None
        return Receipt(id=f"rooms:{message.key}")

    def _pieces(self, client: "Client", message: Message, title: str) -> tuple[str, ...]:
        """Return the text in as many messages as this room takes it; raises `Refused` where they
        would be too many.
        """
        above = 0 if client.takes_titles or not title else len(title) + 2
        text, most = message.body.whole, client.longest
        pieces = broken(text, most, max(1, most - above))
        if len(pieces) > self.LIMITS.messages:
            raise Refused(
                f"{self.channel.name}: the text for the room {message.address} counts"
                f" {len(text) + above}; {client.service} takes {most} in a message, and more than"
                f" {self.LIMITS.messages} messages are too many"
            )
        return pieces

    async def _say(
        self,
        client: "Client",
        message: Message,
        text: str,
        title: str,
        picture: Picture | None,
    ) -> None:
        failure: NetworkError
        try:
            await asked(
                self.channel.name,
                lambda: client.send(text, title=title, picture=picture),
                client.patience(picture),
            )
        except (AccountRefused, RateLimited) as error:
            failure = self._of_one_room(error, message.address)
        else:
            return
        raise failure

    def _of_one_room(self, error: NetworkError, name: str | None) -> NetworkError:
        """What an account's error means where each room is a service of its own."""
        if isinstance(error, RateLimited):
            return TryLater(str(error), wait=error.retry_after)
        return Blocked(
            f"{str(error).rstrip('.')}; the room {name} takes nothing from us any more: ask for a"
            f" new webhook and put it into {self._variable}"
        )

    def _room(self, name: str | None) -> "Client":
        if not self._rooms:
            raise self._empty()
        if name is None:
            raise Refused(
                f"{self.channel.name}: rooms get no posts, only what is for one of them; set posts"
                " = false in config.toml"
            )
        if name not in self._rooms:
            raise Refused(
                f"{self.channel.name}: {self._variable} has no room called {name!r} that can be"
                " used; add its line there, then SIGHUP"
            )
        return self._rooms[name]

    def _empty(self) -> AccountRefused:
        return AccountRefused(
            f"{self.channel.name}: {self._variable} names no room that can be used; write lines"
            " like acme = slack://…"
        )

    @override
    async def close(self) -> None:
        from bot.networks.apprise.client import LEAVE

        clients = list(self._rooms.values())
        self._rooms.clear()
        await asyncio.gather(*(within(LEAVE, client.close) for client in clients))

    @override
    async def probe(self) -> str:
        """Count the rooms that are understood, by service: they can only be tried by sending."""
        self.remarks = tuple(self._wrong.values())
        if not self._rooms:
            raise self._empty()
        services = Counter(client.service for client in self._rooms.values())
        counted = ", ".join(f"{service} {number}" for service, number in sorted(services.items()))
        lines = ", ".join(map(str, self._wrong))
        wrong = f"; line{'s' * (len(self._wrong) > 1)} {lines} can't be used" if lines else ""
        return (
            f"in {len(self._rooms)} room{'s' * (len(self._rooms) > 1)} ({counted}), which can only"
            f" be tried by sending{wrong}"
        )


def _lines(text: str) -> Iterator[_Line]:
    """Return what the lines of the secret say, in order.

    A name that stands there twice is nobody's, since nobody knows which is meant.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
    read = [
        (number, _LINE.fullmatch(line), line)
        for number, line in lines
        if line and not line.startswith("#")
    ]
    count = Counter(match[1] for _, match, _ in read if match)
    for number, match, line in read:
        if match is None:
            yield _Line(number=number, name="", url=line, problem=_UNREADABLE)
        elif count[match[1]] > 1:
            yield _Line(
                number=number,
                name=match[1],
                url=match[2],
                problem=f"has the name {match[1]}, as another has; give each its own",
            )
        else:
            yield _Line(number=number, name=match[1], url=match[2])
