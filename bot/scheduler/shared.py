"""What the parts of a running process share: services that a reload exchanges, and one clock."""

import asyncio
import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.clock import Clock
from bot.jobs.monitoring.failures import Failures
from bot.jobs.monitoring.life import Life
from bot.jobs.operations import reload, startup, surroundings
from bot.jobs.operations.alarms import Alarms
from bot.jobs.operations.clock import Compared, common
from bot.jobs.operations.turns import Turns
from bot.jobs.services import Services
from bot.jobs.ticks import TICKS, Tick

PATIENCE = 3.5
"""Seconds, of the five that a stop has, that it waits for what is in flight; then its rows stay
*sending*.
"""


class Shared:
    """The services in force, and what lasts as long as the process.

    `clock` is watched by the counter `passed` (see `bot.clock`). `ticks` are the jobs of
    the table that must come to their ends. With `many`, other processes work on the same database.
    """

    def __init__(
        self,
        services: Services,
        clock: Callable[[], datetime],
        passed: Callable[[], float],
        *,
        ticks: Sequence[Tick] = TICKS,
        many: bool = False,
    ) -> None:
        self.many = many
        #: what names this process to others
        self.name = f"{platform.node()} {os.getpid()}"
        self.passed = passed
        #: the clock of this machine
        self.machine = Clock(clock, passed)
        borrowed = common(services.store, passed) if many else None
        #: asks the database's server for its clock, where all processes go by that
        self.compared = Compared(clock, borrowed) if borrowed else None
        self.clock = Clock(borrowed, passed) if borrowed else self.machine
        self.services = replace(services, steady=self.clock.steady, leapt=self.clock.leapt)
        #: of the settings that connections and pages were made by
        self.used: dict[str, Any] = reload.fingerprint(services.settings)
        self.alarms = Alarms()
        self.failures = Failures(lambda: self.services, self.alarms, self.clock, many=many)
        self.guard = self.failures.guard
        self.turns = Turns(
            lambda: self.services, self.clock, self.guard, self.failures.well, many=many
        )
        self.life = Life(self.failures, ticks=ticks)
        #: set when the process is to end
        self.stopped = asyncio.Event()
        #: jobs of the table that are under way, each of which ends in a result
        self.at_work: set[asyncio.Future[None]] = set()

    def adopt(self, services: Services) -> None:
        """Use new services from now on."""
        self.services = services
        self.turns.adopt(services)

    def tell_playing(self) -> None:
        """Say which campaigns play, and let commands know by which settings."""
        surroundings.remember(self.services.store, self.used)
        startup.tell_playing(self.services, self.clock())

    def tell_places(self) -> None:
        """Say what each channel does, and what of the machine is not as it should be."""
        startup.tell_channels(self.services, self.clock())
        startup.tell_surroundings(self.services, self.clock())

    async def tell_outlook(self) -> None:
        """Say what comes next, and when it ends."""
        startup.tell_outlook(self.services, self.clock())
