"""What fails in a running process: told once, tried again, and told to be well again.

An error's words go to `/healthz`, the log, staff and the alarms' second way, and so are told only
where they speak of the program and its files (`bot.tracebacks`); of all others the class is.
"""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.errors import DrumbeatError, StoreError
from bot.jobs.operations.alarms import Alarms
from bot.jobs.services import Services
from bot.networks.common.redact import redacted
from bot.rules.alerts import JobFails
from bot.tracebacks import is_discreet

log = logging.getLogger(__name__)


class Failures:
    """The jobs that fail now, over the `services` in force; they are told by `alarms`.

    With `many`, a job may have failed in another process before it is well here.
    """

    def __init__(
        self,
        services: Callable[[], Services],
        alarms: Alarms,
        clock: Callable[[], datetime],
        *,
        many: bool = False,
    ) -> None:
        self._many = many
        self._services = services
        self._alarms = alarms
        self._clock = clock
        #: job -> what its failure is about: the job itself, or the database that several share
        self.current: dict[str, str] = {}
        #: what of these is wrong and what to do, by what it is about
        self._texts: dict[str, str] = {}

    def texts(self) -> list[str]:
        """Return what is wrong now and what to do, in sentences."""
        texts = dict(self._texts)
        subjects = dict.fromkeys([*self.current.values()])
        return [texts.get(subject, subject) for subject in subjects]

    async def guard(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Do the work; a failure is told once, and again in other words, and tried again when the
        job comes round.
        """
        try:
            await work()
        except StoreError as error:
            words = redacted(str(error))
            self._ill(name, JobFails(subject="the database", text=words, words=words))
        except Exception as error:
            if isinstance(error, DrumbeatError) and is_discreet(error):
                words = text = redacted(str(error))  # what is wrong and what to do
            else:
                words = type(error).__name__
                text = (
                    f"the job {name!r} fails: {words}; the log says more. Everything else goes on,"
                    " and it is tried again"
                )
                if name not in self.current:
                    log.exception("the job %r failed", name)
            self._ill(name, JobFails(subject=name, text=text, job=name, words=words))
        else:
            self.well(name)

    def _ill(self, name: str, alarm: JobFails) -> None:
        # another address in the settings fails for reasons of its own, as it is told then
        other = alarm.subject == name and self._texts.get(name) != alarm.text
        if other or alarm.subject not in self.current.values():
            log.error("%s", alarm.text)
            self._alarms.open(self._services(), alarm, self._clock())
        self._texts[alarm.subject] = alarm.text
        self.current[name] = alarm.subject

    def well(self, name: str) -> None:
        """Record that a job is well; its alarm is closed where no other shares its cause."""
        subject = self.current.pop(name, None)
        if subject is None and self._many and self._is_told(name):
            subject = name
        if subject is None or subject in self.current.values():
            return
        try:
            self._alarms.close(self._services(), JobFails.kind, subject, self._clock())
        except StoreError:
            self.current[name] = subject  # not so well yet
            return
        log.info("well again: %s", subject)

    def _is_told(self, name: str) -> bool:
        """Return whether another process has told that this job fails."""
        try:
            return self._services().store.alerts.is_open(JobFails.kind, name)
        except StoreError:
            return False
