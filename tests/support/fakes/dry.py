"""No server: tells the dry network how to fail.

Follows `bot.networks.dry` itself, which asks nobody. Leaves out: everything that a server knows.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from bot.errors import (
    AccountRefused,
    Blocked,
    NetworkError,
    RateLimited,
    Refused,
    TryLater,
    Unanswered,
)
from bot.model import Message, Secret
from fakes.base import AFTER, Trouble, channel, message

ERRORS: dict[Trouble, NetworkError] = {
    Trouble.BAD_REQUEST: Refused("no"),
    Trouble.UNAUTHORIZED: AccountRefused("no"),
    Trouble.PAYMENT: AccountRefused("no"),
    Trouble.FORBIDDEN: AccountRefused("no"),
    Trouble.TOO_MANY: RateLimited("slower", retry_after=7.0),
    Trouble.GATEWAY_TIMEOUT: Unanswered("?"),
    Trouble.DROPPED_BEFORE: Unanswered("?"),
    Trouble.REDIRECT: Refused("elsewhere"),
} | {trouble: Unanswered("?") for trouble in AFTER}


class Fake:
    network = "dry"
    secrets: ClassVar[dict[str, str]] = {}
    target = None
    person = "4242"
    blocked = "6666"
    probes = False
    unseen: ClassVar[frozenset[Trouble]] = frozenset()
    means: ClassVar[Mapping[Trouble, set[type[Exception]]]] = {}

    def __init__(self) -> None:
        self.trouble: Trouble | None = None
        self.under_test: Any = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return

    @property
    def texts(self) -> list[str]:
        return [message.body.text for message in self.under_test.records]

    @property
    def hits(self) -> int:
        return int(self.under_test.calls)

    def tell(self, trouble: Trouble) -> None:
        self.trouble = trouble

    def message(self, text: str = "Good morning!", **kwargs: Any) -> Message:
        return message(text, **kwargs)

    def build(self, network: Any, *, trouble: Trouble | None = None, patient: bool = False) -> Any:
        """The network under test, which waits for nobody, `patient` or not."""
        self.trouble = trouble
        self.under_test = network(
            channel("dry"),
            {name: Secret(value) for name, value in self.secrets.items()},
            failures=self._fate,
        )
        self.under_test.arrives_unanswered = trouble in AFTER
        return self.under_test

    def _fate(self, message: Message, _: int) -> NetworkError | None:
        if message.address == self.blocked:
            return Blocked("no")
        trouble, self.trouble = self.trouble, None
        return ERRORS.get(trouble, TryLater("later")) if trouble else None
