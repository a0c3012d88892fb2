"""Whether the database is there, and whether this process still hears of new jobs.

A listener that died with its connection says nothing of it: jobs then come by asking alone, later
than they could. So a process calls itself by the way on which jobs are told, and where it hears
nothing of that it ends, for its supervisor to start it anew.
"""

import asyncio
import json
import logging
import time
from collections.abc import Iterable
from uuid import uuid4

from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Notification, Status
from procrastinate.manager import JobManager, NotificationCallback
from typing_extensions import override

from bot.errors import DatabaseGone

log = logging.getLogger(__name__)

EVERY = 5.0
"""Seconds between two calls to ourselves."""

ANSWER = 10.0
"""Seconds within which the database must take one."""

DEAF = 20.0
"""Seconds without hearing a call that was taken, after which the process ends."""

GONE = 60.0
"""Seconds for which a process waits for a database that doesn't answer; then it ends."""

_CALL_TYPE = "drumbeat calls"

_CALL = "SELECT pg_notify(%(channel)s, %(payload)s)"


class Ears(JobManager):
    """Procrastinate's own hand on its tables, which notes the calls to this process on their way.

    All other notifications go on to the worker.
    """

    name = ""
    #: when this process last heard itself, in seconds of `time.monotonic`
    heard = 0.0

    @override
    async def listen_for_jobs(
        self, *, on_notification: NotificationCallback, queues: Iterable[str] | None = None
    ) -> None:
        async def heard(*, channel: str, notification: Notification) -> None:
            if _CALL_TYPE in notification.values():
                if self.name in notification.values():
                    self.heard = time.monotonic()
            else:
                await on_notification(channel=channel, notification=notification)

        await super().listen_for_jobs(on_notification=heard, queues=queues)

    @override
    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        """Write down that a job has ended; one for which that fails is found again by the sweep,
        and would otherwise be an error that nobody hears of.
        """
        try:
            await super().finish_job(job, status, delete_job)
        except ConnectorException as error:
            cause = type(error.__cause__ or error).__name__
            log.debug("that job %s has ended could not be written (%s)", job.id, cause)


class Hearing:
    """Watches over the connection of `ears`, which listen on `channel`."""

    def __init__(self, ears: Ears, channel: str) -> None:
        self._ears = ears
        self._channel = channel
        ears.name = uuid4().hex
        self._payload = json.dumps({"type": _CALL_TYPE, "name": ears.name})

    async def watch(self) -> None:
        """Call ourselves again and again, until cancelled.

        Raises `DatabaseGone` where the database doesn't answer for `GONE` seconds, or nothing is
        heard for `DEAF` seconds though it does.
        """
        answered = looked = self._ears.heard = time.monotonic()
        missed = False
        while True:
            if time.monotonic() - looked > EVERY + ANSWER + 1:
                # this process was suspended, and could not have heard anything
                answered = self._ears.heard = time.monotonic()
            looked = time.monotonic()
            if await self._call():
                answered = time.monotonic()
                if missed:
                    log.info("the database answers again")
                    missed = False
                    # what was missed meanwhile says nothing of the listener
                    self._ears.heard = answered
                self._judge(answered)
            elif not missed:
                log.warning("the database doesn't answer; waiting up to %g s for it", GONE)
                missed = True
            if time.monotonic() - answered > GONE:
                raise DatabaseGone(
                    f"the database has not answered for {GONE:.0f} s; once it is there again, start"
                    " drumbeat anew"
                )
            await asyncio.sleep(EVERY)

    def _judge(self, now: float) -> None:
        if now - self._ears.heard > DEAF:
            raise DatabaseGone(
                f"the database answers, but for {DEAF:.0f} s its notices have not come through, as"
                " after a restart of it; start drumbeat anew"
            )

    async def _call(self) -> bool:
        try:
            async with asyncio.timeout(ANSWER):
                await self._ears.connector.execute_query_async(
                    _CALL, channel=self._channel, payload=self._payload
                )
        except (ConnectorException, TimeoutError):
            return False
        return True
