"""One call of a webhook, and what its answer means.

A redirect is not followed: what is signed for one address goes to no other.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

import requests

from bot import __version__
from bot.jobs.webhooks import signing
from bot.model.webhooks import Endpoint, HookMessage, Webhook
from bot.networks.common import addresses, certificates
from bot.networks.common.addresses import Reach
from bot.networks.common.bounds import HOOK
from bot.networks.common.requests import Adapter, PrivateAddress
from bot.networks.common.rest import rest, until
from bot.networks.common.thread import in_thread
from bot.times import DAY, iso

_ANYWHERE = ("0.0.0.0/0", "::/0")
_GONE = 410
_LONGEST = DAY
"""Most seconds that a server can ask us to wait."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came of one call."""

    #: why it was not taken; '' where it was
    words: str = ""
    #: the webhook says that it is no more
    gone: bool = False
    #: no wait helps: somebody has to do something
    hopeless: bool = False
    #: seconds that it asks us to wait
    wait: float = 0.0

    @property
    def taken(self) -> bool:
        """Return whether the message has arrived."""
        return not self.words


async def call(endpoint: Endpoint, message: HookMessage, now: datetime) -> Answer:
    """Send one message, signed at this instant, in a thread of its own; raises nothing."""
    body = payload(message)
    signed = signing.headers(message.id, body, endpoint.keys, now)
    return await in_thread(lambda: _call(endpoint.webhook, body, signed))


def payload(message: HookMessage) -> str:
    """Return the body of a message, the same at each try."""
    return json.dumps(
        {"type": message.type, "timestamp": iso(message.at), "data": message.data},
        separators=(",", ":"),
    )


def _call(webhook: Webhook, body: str, signed: Mapping[str, str]) -> Answer:
    own = {"Content-Type": "application/json", "User-Agent": f"drumbeat/{__version__}"}
    try:
        with requests.Session() as session:
            for scheme in ("https://", "http://"):
                session.mount(scheme, Adapter(HOOK, _reach(webhook)))
            answer = session.post(
                webhook.url, data=body, headers={**own, **signed}, allow_redirects=False
            )
    except PrivateAddress:
        return Answer(words=_inside(webhook), hopeless=True)
    except requests.Timeout:
        return Answer(words=f"no answer within {HOOK.total:g} s")
    except (requests.RequestException, ValueError) as error:
        return Answer(
            words=certificates.fault(error) or f"can't be reached: {type(error).__name__}"
        )
    return _meaning(answer)


def _reach(webhook: Webhook) -> Reach:
    return addresses.reach(_ANYWHERE if webhook.private else ())


def _inside(webhook: Webhook) -> str:
    return (
        "leads to a server inside our own network; where that is meant, write private = true under"
        f" [webhooks.{webhook.name}] in config.toml"
    )


def _meaning(answer: requests.Response) -> Answer:
    status = answer.status_code
    if 200 <= status < 300:  # noqa: PLR2004 - all that mean success
        return Answer()
    if status == _GONE:
        return Answer(words="answers 410: it is no more", gone=True, hopeless=True)
    more = ", and redirects are not followed" if answer.is_redirect else ""
    said = answer.headers.get("Retry-After", "")
    wait = rest(
        0.0,
        lambda: float(said),
        lambda: until(parsedate_to_datetime(said).timestamp(), answer.headers),
    )
    return Answer(words=f"answers {status}{more}", wait=min(wait, _LONGEST))
