"""`python -m cluster.impatient worker`: drumbeat whose watchdog ends it after a tenth of the time."""

from functools import partialmethod

from bot.cli import main
from bot.scheduler.outage import STUCK, Watchdog

PATIENCE = STUCK / 10

if __name__ == "__main__":
    Watchdog.__init__ = partialmethod(Watchdog.__init__, patience=PATIENCE)  # type: ignore[assignment, method-assign]
    main()
