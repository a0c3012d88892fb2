"""Telegram, through python-telegram-bot: posts in a channel or group, and nudges to single people.

Setting it up, once:

1. In Telegram write to @BotFather: ``/newbot``, choose a name. He gives the token: put it in
   DRUMBEAT_<ACCOUNT>_TOKEN (or …_TOKEN_FILE).
2. Leave privacy mode on, as it is (``/setprivacy``): the bot needs to read nothing in groups but
   commands meant for it.
3. For posts: make the bot an administrator of the channel with the right *Post messages* and no
   other; add *Delete messages* if ``drumbeat outbox retract`` shall work.
4. In config.toml give the channel's table ``target = "@yourchannel"`` (a private one: its number,
   in quotes, as ``target = "-1001234567890"``).
5. For nudges set ``nudges = true``. People write to the bot first; it can't begin. The chat starts
   once ``[privacy]`` in config.toml says who answers for the data: ``controller = "…"`` and
   ``contact = "…"``.

6. For a broadcast that should leave within minutes, Telegram sells a faster pace: up to 1,000
   messages a second, for 0.1 Telegram Stars each. Enable *Paid Broadcasts* in @BotFather, keep
   Stars on the bot's balance, and give the channel's table ``paid_broadcast = true``. Nothing is
   paid without a yes for each broadcast: the bot asks staff from a day before it begins, and
   ``drumbeat broadcasts`` lists what may be paid for. Without an answer a broadcast leaves at the
   free pace.

Paid broadcasts: https://core.telegram.org/bots/api#paid-broadcasts (1,000 messages a second, 0.1
Stars for each above the free 30, charged for what was delivered; 10,000 Stars on the balance) and
https://core.telegram.org/bots/faq (100,000 Stars on the balance and 100,000 monthly users: the two
pages differ), as of September 2026. Telegram tells of no message whether it was charged, so that
each that left at that pace counts as paid: the bill is never higher than what is said here, and
somewhat lower. In US dollars a Star counts as $0.0141, at which Telegram's own apps sell them
(https://core.telegram.org/api/config, ``stars_usd_sell_rate_x1000``). What Telegram answers where
Stars lack is written nowhere: a refusal that speaks of Stars or the balance, or 429 three times
within ten minutes, ends the paid pace of a broadcast, which goes on at the free one. While paid
messages are due, all else that the account sends waits for them: some 17 minutes for a million.

Limits: https://core.telegram.org/bots/faq (30 messages a second over all chats, 1 a second in one
chat, 20 a minute in a group; `retry_after` rules) and https://core.telegram.org/bots/api (lengths),
read in November 2026.

A post with a picture is one message while its text fits a caption (1,024); a longer one is two,
picture first, and either both stand or none: when the text is not taken, the picture is taken back.
Its receipt then names both (``12,13``). The posts of a thread answer one another, and stand or fall
together in the same way. Texts go out plain, without any markup. Telegram has no field for alt
text.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

from typing_extensions import override

from bot.errors import AccountRefused, Moved, NetworkError, TryLater, Unanswered
from bot.model import Channel, Keyboard, Limits, Message, Prices, Receipt, Rendered, Secret
from bot.model.channel import PaidPace
from bot.networks.base import Network as Base
from bot.networks.common.picture import content
from bot.networks.common.posts import delete_all, ids, in_order
from bot.networks.common.redact import conceal
from bot.text import measure

if TYPE_CHECKING:
    from bot.networks.telegram.client import Client

_LOGGERS = (
    "telegram.Bot",
    "telegram.ext.ExtBot",
    "telegram.request.BaseRequest",
    "aiohttp.client",
    "aiohttp.internal",
    "asyncio",
)

T = TypeVar("T")

_Step = Callable[["Client", str | None], Awaitable[tuple[str, str | None]]]


class Network(Base):
    """A bot's account; `channel.target` is where its posts go."""

    SECRETS = ("token",)
    LIMITS = Limits(
        length=4_096, counter="utf16", caption=1_024, picture=10_000_000, per_second=30.0
    )
    PRICES = Prices(
        source="https://core.telegram.org/bots/api#paid-broadcasts",
        as_of=date(2026, 9, 24),
        paid_message=Decimal("0.00141"),
    )
    PAID = PaidPace(per_second=1_000.0, unit="Stars", each=Decimal("0.1"))
    NUDGES = True
    BUTTONS = True
    IN_FLIGHT = 60

    def __init__(self, channel: Channel, secrets: Mapping[str, Secret]) -> None:
        super().__init__(channel, secrets)
        conceal(secrets.values(), loggers=_LOGGERS)  # before the bot is built: it logs its URL
        # Only here: python-telegram-bot is heavy, and limits are asked for without it.
        from bot.networks.telegram import client as library

        base = channel.base_url or "https://api.telegram.org"
        self._client = library.Client(secrets["token"].reveal(), base, self.BOUNDS)
        self._meaning = library.failure
        self._target = channel.target

    @override
    async def send(self, message: Message) -> Receipt:
        """Send to `message.address`, or post to the channel's target."""
        chat, body = self._chat(message.address), message.body
        person = message.address is not None
        if body.picture is None and not body.thread:  # what most are
            id_, name = await self._ask(
                lambda client: client.text(
                    chat, body.text, buttons=message.buttons, paid=message.paid
                ),
                person=person,
            )
            return Receipt(id=id_, url=_public(name, id_, person=person))
        steps = await self._steps(chat, body, message.buttons)
        name = None

        async def post(number: int, out: Sequence[str]) -> str:
            nonlocal name
            sent, name = await self._ask(
                lambda client: steps[number](client, out[-1] if out else None), person=person
            )
            return sent

        async def delete(sent: str) -> None:
            await self._ask(lambda client: client.delete(chat, sent), person=person)

        sent = await in_order(len(steps), post, delete, where=self.channel.name, resumes=False)
        return Receipt(id=",".join(sent), url=_public(name, sent[0], person=person))

    @override
    def follow(self, address: str) -> None:
        self._target = address

    @override
    async def delete(self, receipt: Receipt, address: str | None) -> None:
        """Delete the message or messages.

        Raises `Refused` where Telegram does (too old, no right).
        """
        chat = self._chat(address)

        async def delete(sent: str) -> None:
            await self._ask(lambda client: client.delete(chat, sent), person=address is not None)

        await delete_all(ids(receipt.id), delete)

    @override
    async def probe(self) -> str:
        """Ask `getMe`; gives the bot's @name, and remarks on its Stars where it may pay."""
        try:
            name = await self._ask(lambda client: client.username(), person=False)
            if self.channel.paid_broadcast:
                stars = await self._ask(lambda client: client.stars(), person=False)
                self.remarks = (_balance(stars),)
        except Unanswered as error:
            failure = TryLater(str(error))  # a question: nothing can have been taken
        else:
            return f"@{name}"
        raise failure

    @override
    async def close(self) -> None:
        await self._client.close()

    def _chat(self, address: str | None) -> str:
        chat = address or self._target
        if chat is None:
            raise AccountRefused(
                f"{self.channel.name}: it is not said where posts go: give its table target ="
                ' "@name" in config.toml'
            )
        return chat

    async def _steps(self, chat: str, body: Rendered, buttons: Keyboard) -> list[_Step]:
        """The messages in their order: the picture with the text under it, or before it where it is
        too long, then what answers it.

        Buttons stand below the text.
        """
        steps: list[_Step] = []
        if body.picture is not None:
            data = content(body.picture, self.channel.name, most=self.limits.picture)
            name = body.picture.name
            fits = (
                self.limits.caption is None
                or measure(body.text, self.limits) <= self.limits.caption
            )
            caption = body.text if fits else None
            keys = buttons if fits else ()
            steps.append(
                lambda client, _: client.picture(chat, data, name, caption=caption, buttons=keys)
            )
        if not steps or caption is None:
            steps.append(lambda client, _: client.text(chat, body.text, buttons=buttons))
        return steps + [_answer(chat, text) for text in body.thread]

    async def _ask(self, call: "Callable[[Client], Awaitable[T]]", *, person: bool) -> T:
        """Make one call of the library.

        Every failure becomes one of ours, without the library's exception behind it (it may hold
        the token).
        """
        failure: NetworkError
        try:
            return await call(self._client)
        except Exception as error:  # noqa: BLE001 - what it means is the client's to say
            failure = self._meaning(error, self.channel.name, self._target, person=person)
        if isinstance(failure, Moved) and not person:
            # The group became a supergroup: posts follow it, from the next attempt on.
            self.follow(failure.address)
        raise failure


def _balance(stars: int) -> str:
    """Say for how many messages the Stars on the balance are enough."""
    return (
        f"paid broadcasts: {stars:,} Stars on the balance, enough for"
        f" {int(stars / Network.PAID.each):,} messages; Telegram asks for 10,000 Stars (Bot API) or"
        " 100,000 Stars and 100,000 monthly users (Bots FAQ), and that paid broadcasts are enabled"
        " in @BotFather"
    )


def _public(name: str | None, message: str, *, person: bool) -> str | None:
    """Return the page of a post in a chat with a public name; None for others."""
    return f"https://t.me/{name}/{message}" if name and not person else None


def _answer(chat: str, text: str) -> _Step:
    return lambda client, answers: client.answer(chat, text, answers)
