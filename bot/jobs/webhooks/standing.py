"""How it stands with each webhook, for commands beside a process."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.model.webhooks import PING, Endpoint, HookMessage, HookStanding
from bot.store import Store
from bot.times import epoch, from_epoch, iso


class Works(StrEnum):
    """Whether a webhook takes what it is told."""

    OK = "ok"
    FAILED = "failed"
    GONE = "gone"
    DRY = "dry"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A webhook as commands show it."""

    endpoint: Endpoint
    standing: HookStanding

    @property
    def state(self) -> Works:
        """Return whether it takes what it is told."""
        if self.endpoint.why:
            return Works.DRY
        if self.standing.gone is not None:
            return Works.GONE
        return Works.FAILED if self.standing.failures else Works.OK

    @property
    def finding(self) -> str:
        """Return in a sentence how it is, and what to do."""
        known = self.standing
        last = f"last took one {_day(known.delivered)}" if known.delivered else "took none yet"
        match self.state:
            case Works.DRY:
                return self.endpoint.why
            case Works.GONE:
                return f"says that it is no more; take it out of config.toml{self._again}"
            case Works.FAILED:
                return f"{known.words}; {last}; tried again {_day(known.rests)}{self._again}"
        return f"{last}{self._again}"

    @property
    def _again(self) -> str:
        """Return how to send what was given up; an empty text where nothing was."""
        name, count = self.endpoint.webhook.name, self.standing.given_up
        return f"; {count} given up: `drumbeat webhooks again {name}` sends them" if count else ""

    def as_json(self) -> dict[str, object]:
        """Return it by the keys of `drumbeat webhooks --json`."""
        webhook, known = self.endpoint.webhook, self.standing
        return {
            "name": webhook.name,
            "events": webhook.events,
            "state": self.state,
            "delivered": _instant(known.delivered),
            "waiting": known.waiting,
            "given_up": known.given_up,
            "failures": known.failures,
            "error": self.endpoint.why or (known.words if known.failures else "") or None,
            "rests": _instant(known.rests or None),
        }


def shown(endpoints: Mapping[str, Endpoint], store: Store | None) -> Sequence[Shown]:
    """Return all webhooks of config.toml, in its order; without a store nothing has left yet."""
    known = {each.name: each for each in store.webhooks.standing()} if store else {}
    return [
        Shown(endpoint=endpoint, standing=known.get(name, HookStanding(name=name)))
        for name, endpoint in endpoints.items()
    ]


def _day(moment: int) -> str:
    return f"{from_epoch(moment):%Y-%m-%d %H:%M} UTC"


def _instant(moment: int | None) -> str | None:
    return None if moment is None else iso(moment)


def ping(now: datetime) -> HookMessage:
    """Return a message about nothing, by which an operator sees whether one arrives."""
    return HookMessage(id=f"msg_{secrets.token_urlsafe(18)}", type=PING, at=epoch(now))
