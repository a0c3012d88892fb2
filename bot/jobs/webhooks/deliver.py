"""The job that tells webhooks what happened: each message at least once, in the order of its time
while all goes well.

What is not taken is tried again after as long as a delivery of the outbox would be. Its webhook is
left alone for as long as it has failed in a row, by the same measure, so that one that is down gets
one try however much waits. After three days a message is given up, and staff are alarmed.
"""

import asyncio
import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING

from bot.jobs.sending.dispatch.meaning import retry_delay
from bot.jobs.services import Services
from bot.model.webhooks import Endpoint, HookDelivery
from bot.rules.alerts import WebhookFails
from bot.times import DAY, epoch

if TYPE_CHECKING:
    from bot.jobs.webhooks.calling import Answer

log = logging.getLogger(__name__)

GIVE_UP = 3 * DAY
"""Seconds after which a message that nobody takes is given up."""

LOOK = 10.0
"""Seconds of one look after which no other message of it leaves: what is signed is of now."""


async def run(services: Services, now: datetime) -> None:
    """Send what is due to each webhook, all at the same time."""
    live = [endpoint for endpoint in services.webhooks.values() if endpoint.keys]
    _adopt(services, live, epoch(now))
    ended = await asyncio.gather(
        *(_tell(services, endpoint, now) for endpoint in live), return_exceptions=True
    )
    for trouble in ended:
        if trouble is not None:
            raise trouble


def _adopt(services: Services, live: Iterable[Endpoint], moment: int) -> None:
    """Let the database know who wants what, and close the alarms of webhooks that went."""
    store = services.store
    wanting = [endpoint.webhook for endpoint in live]
    for name in store.webhooks.adopt(wanting, services.webhooks):
        store.alerts.close(WebhookFails.kind, name, moment)


async def _tell(services: Services, endpoint: Endpoint, now: datetime) -> None:
    """Send a webhook one message after the other, while it takes them and there is time."""
    began, store = monotonic(), services.store.webhooks
    taken = True
    while taken and (passed := monotonic() - began) < LOOK:
        at = now + timedelta(seconds=passed)
        row = store.claim(endpoint.webhook.name, epoch(at))
        if row is None:
            store.give_up(endpoint.webhook.name, epoch(at))
            return
        # it brings a client library along, for who is told something
        from bot.jobs.webhooks.calling import call

        answer = await call(endpoint, row.message, at)
        _settle(services, row, answer, epoch(now + timedelta(seconds=monotonic() - began)))
        taken = answer.taken


def _settle(services: Services, row: HookDelivery, answer: "Answer", moment: int) -> None:
    store = services.store
    if answer.taken:
        with store.transaction():
            store.webhooks.delivered(row, moment)
            store.alerts.close(WebhookFails.kind, row.webhook, moment)
        return
    delay = retry_delay(row.message.id, row.attempts)
    rests = retry_delay(row.webhook, row.failures + 1)
    over = services.steady() and moment - row.since >= GIVE_UP
    log.info(
        "webhook %s, try %d of %s: %s", row.webhook, row.attempts, row.message.id, answer.words
    )
    with store.transaction():
        store.webhooks.failed(
            row,
            answer.words,
            moment,
            due=int(moment + max(answer.wait, delay)) + 1,
            rests=int(moment + max(answer.wait, rests)) + 1,
            over=over,
            gone=answer.gone,
        )
        if over or answer.hopeless:
            _alarm(services, row.webhook, answer.words, moment)


def _alarm(services: Services, name: str, words: str, moment: int) -> None:
    text = (
        f"webhook {name} is not told what happens: {words}. Once the cause is mended, `drumbeat"
        f" webhooks test {name}` says whether it takes messages, and `drumbeat webhooks again"
        f" {name}` sends those that were given up"
    )
    alarm = WebhookFails(subject=name, text=text, words=words)
    if services.store.alerts.open(alarm, moment):
        log.warning("%s", text)
