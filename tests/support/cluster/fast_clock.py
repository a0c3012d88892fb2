"""`python -m cluster.fast_clock worker`: drumbeat on a machine whose clock is an hour fast."""

from datetime import datetime, timedelta
from functools import partialmethod

from bot.cli import main
from bot.scheduler import Scheduler
from bot.scheduler.timers import utc_now


def clock() -> datetime:
    """Return what such a clock shows."""
    return utc_now() + timedelta(hours=1)


if __name__ == "__main__":
    Scheduler.__init__ = partialmethod(Scheduler.__init__, clock=clock)  # type: ignore[assignment, method-assign]
    main()
