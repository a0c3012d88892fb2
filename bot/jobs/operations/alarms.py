"""The alarms' second way, by `[alerts] url`, and the heartbeat: a page that is asked for each
minute, because the bot itself may be what died.

Both addresses are secrets and never stand in a log line. Apprise is imported when there is
something to tell.
"""

import asyncio
import logging
import re
from datetime import datetime, timedelta
from urllib.parse import unquote, urlsplit

import aiohttp

from bot.errors import StoreError
from bot.jobs.sending import decisions
from bot.jobs.services import Services
from bot.model import Secret, State
from bot.model.staff import Alert
from bot.networks.common import certificates
from bot.networks.common.bounds import API
from bot.networks.common.thread import in_thread
from bot.rules import alerts
from bot.rules.alerts import (
    AccountRests,
    ApprovalLapsed,
    ApprovalWaits,
    ChannelPaused,
    ClockJumped,
    DiffersFromApproved,
    JobFails,
    LettersFailed,
    PostFailed,
    PostMissed,
    TargetMoved,
    TextHeld,
    TokenRefused,
    WeekOfHashtags,
    ZoneUnknown,
)
from bot.rules.alerts.alarm import Alarm
from bot.times import epoch

log = logging.getLogger(__name__)

AT_ONCE = 40
"""Most alerts of one message; the others follow a minute later."""

NEWS = timedelta(days=3)
"""How long an alert stays open about which nobody can do anything any more."""

PATIENCE = 20
"""Seconds to wait for the heartbeat's page."""

LONGEST = API.patience()
"""Seconds for an alarm to leave: one exchange by Apprise, with the pauses that it makes."""

_SPEAK_THEMSELVES = (
    AccountRests,
    ChannelPaused,
    ClockJumped,
    TokenRefused,
    TextHeld,
    JobFails,
    LettersFailed,
    PostFailed,
    PostMissed,
    WeekOfHashtags,
)
"""Alarms that are not logged here, since their jobs write a log line of their own."""

_SHORT = 3


class Alarms:
    """The second way, with what it must remember while the database can't: on a full disk an alarm
    matters most.
    """

    def __init__(self) -> None:
        self._told: set[int] = set()
        self._logged: set[int] = set()
        #: texts of alarms that the database did not take, by (kind, subject)
        self._unstored: dict[tuple[str, str], str] = {}
        self._told_unstored: set[tuple[str, str]] = set()
        self._trouble: dict[str, str | None] = {}

    def open(self, services: Services, alarm: Alarm, now: datetime) -> None:
        """Open an alarm: in the database where that can be written, else in memory."""
        try:
            services.store.alerts.open(alarm, epoch(now))
        except StoreError:
            self._unstored[alarm.kind, alarm.subject] = alarm.text

    def close(self, services: Services, kind: str, subject: str, now: datetime) -> None:
        """Close an alarm whose cause is gone; raises `StoreError` when that can't be written."""
        self._unstored.pop((kind, subject), None)
        self._told_unstored.discard((kind, subject))
        services.store.alerts.close(kind, subject, epoch(now))

    async def tell(self, services: Services, now: datetime) -> None:
        """Send every open alarm that was not sent yet, in one message; what does not leave is tried
        again next time.
        """
        tidy(services, now)
        rows = [
            alert
            for alert in services.store.alerts.current()
            if not alert.told and alert.id not in self._told
        ]
        self._log(rows)
        rows = rows[:AT_ONCE]
        unstored = {
            key: text for key, text in self._unstored.items() if key not in self._told_unstored
        }
        way = services.settings.alerts.url
        if way is None or not (rows or unstored):
            return
        texts = [
            *unstored.values(),
            *(
                f"{datetime.fromtimestamp(a.at, now.tzinfo):%Y-%m-%d %H:%M} UTC: {a.text}"
                for a in rows
            ),
        ]
        problem = await _sent(way, texts)
        self._say("alarms can't leave by [alerts] url", problem)
        if problem is None:
            self._told_unstored |= unstored.keys()
            # Remembered before it is written: nobody wants the same alarm each minute because the
            # disk is full.
            self._told |= {alert.id for alert in rows}
            for alert in rows:
                services.store.alerts.tell(alert.id, epoch(now))

    async def tell_at_once(self, services: Services, text: str) -> None:
        """Send, once, what the database can't keep."""
        road = services.settings.alerts.url
        if road is not None:
            problem = await _sent(road, [text])
            self._say("alarms can't leave by [alerts] url", problem)

    async def beat(self, services: Services) -> None:
        """Ask once for the heartbeat's page; to be called only while all is well."""
        url = services.settings.alerts.heartbeat
        if url is not None:
            self._say("the [alerts] heartbeat fails", await _get(url))

    def _log(self, rows: list[Alert]) -> None:
        for alert in rows:
            if alert.id not in self._logged:
                self._logged.add(alert.id)
                if not isinstance(alerts.of(alert), _SPEAK_THEMSELVES):
                    log.warning("%s", alert.text)

    def _say(self, what: str, problem: str | None) -> None:
        """Log a trouble when it begins, when it changes and when it is over, not each minute."""
        if problem != self._trouble.get(what):
            if problem is None:
                log.info("no longer: %s", what)
            else:
                log.warning("%s: %s", what, problem)
        self._trouble[what] = problem


def tidy(services: Services, now: datetime) -> None:
    """Close alarms whose cause is gone and that no job closes itself."""
    moment, kept = epoch(now), services.store.alerts
    for alert in kept.current():
        if _is_over(services, alert, moment):
            kept.close(alert.kind, alert.subject, moment)


def _is_over(services: Services, alert: Alert, moment: int) -> bool:
    match alarm := alerts.of(alert):
        case ApprovalWaits() | DiffersFromApproved():
            return _state(services, alert.subject) is not State.AWAITING_APPROVAL
        case ZoneUnknown():
            return alert.subject not in {
                bad.zone for bad in services.store.people.problems() if bad.people
            }
        case TextHeld():
            return not services.store.listing.has_queued(alarm.campaign, alarm.action, moment)
        case LettersFailed() | PostFailed() | PostMissed() | ApprovalLapsed():
            past = alert.at + NEWS.total_seconds() < moment
            return (past and services.steady()) or (
                not isinstance(alarm, LettersFailed)
                and _state(services, alert.subject) in (State.SENT, State.CANCELLED)
            )
        case TargetMoved():
            channel = services.settings.channels.get(alert.subject)
            return channel is None or channel.target == alarm.target
    return False


def _state(services: Services, subject: str) -> State | None:
    """Return the state of the delivery with this key; None where there is none."""
    entry = services.store.listing.entry(decisions.parse(subject))
    return entry.state if entry is not None else None


async def _sent(way: Secret, texts: list[str]) -> str | None:
    """Send the texts in a thread; return None when the message left, else why not. What hangs is
    left behind.
    """
    try:
        async with asyncio.timeout(LONGEST):
            return await in_thread(lambda: _send(way, texts))
    except TimeoutError:
        return f"no answer within {LONGEST:g} s"


def _send(way: Secret, texts: list[str]) -> str | None:
    """Send the texts, blocking; return None when the message left, else why not."""
    from bot.networks.apprise import bounded, literal
    from bot.networks.apprise.client import hearing

    # What Apprise logs may hold parts of the URL, so it is caught here and goes nowhere else.
    with hearing() as said:
        sender = bounded.plugin(way.reveal(), API)
        if sender is None:
            return "it is no URL that Apprise knows; see https://github.com/caronc/apprise/wiki"
        literal.prepare(sender)
        given = literal.written(sender, "\n\n".join(texts), f"drumbeat: {len(texts)} to look at")
        try:
            with bounded.exchange(API):
                taken = sender.notify(title=given.title, body=given.body, body_format=given.format)
                bounded.log_out(sender)
        # A service's plugin may raise anything, and the error's words may hold the URL.
        except Exception as error:  # noqa: BLE001
            return f"unexpected {type(error).__name__} in Apprise"
    if taken:
        return None
    why = certificates.told("\n".join(words for _, words in said))
    warnings = "\n".join(words for level, words in said if level >= logging.WARNING).splitlines()
    return without(way, why or (warnings or ["Apprise gives no reason"])[-1])


async def _get(url: Secret) -> str | None:
    """Ask for a page; return None when it answered with success, else why not."""
    timeout = aiohttp.ClientTimeout(total=PATIENCE)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=True) as session,
            session.get(url.reveal(), allow_redirects=False) as page,
        ):
            status = page.status
    except (aiohttp.ClientError, OSError, ValueError) as error:
        # the words of this error hold the URL
        return without(url, certificates.fault(error) or type(error).__name__)
    # any 2xx status is a success
    return None if 200 <= status < 300 else f"its page answered {status}"  # noqa: PLR2004


def without(url: Secret, text: str) -> str:
    """Return `text` without any part of the URL that could be a secret: everything in it but its
    scheme.
    """
    parts = urlsplit(url.reveal())
    secret_parts = re.split(
        r"[/:@?&=+,#]+",
        "/".join([unquote(parts.netloc), unquote(parts.path), unquote(parts.query)]),
    )
    for part in sorted({*secret_parts, parts.netloc, url.reveal()}, key=len, reverse=True):
        if len(part) > _SHORT:
            text = re.sub(re.escape(part), "(hidden)", text, flags=re.IGNORECASE)
    return text
