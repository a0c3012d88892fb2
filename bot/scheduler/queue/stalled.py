"""Jobs that nobody is doing any more: their worker was killed, sleeps or is cut off, or could not
write down that they ended.

Each is taken up as a new one. The old number belongs to a worker that may only sleep: whatever it
writes about that when it wakes up touches nothing.
"""

import logging
from collections.abc import Collection

from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

from bot.text import counted

log = logging.getLogger(__name__)

BEAT = 2.0
"""Seconds between two signs of life of a worker."""

STALLED = 15.0
"""Seconds without one after which a worker counts as dead."""


class Stalled:
    """Takes up what stalled, by and by."""

    def __init__(self, manager: JobManager) -> None:
        self._manager = manager
        #: of our own: jobs that were not being done when last looked
        self._left: set[int] = set()

    async def sweep(self, worker: int | None, doing: Collection[int]) -> None:
        """Take up the jobs of dead workers, and those that `worker`, this one, does not do though
        the database says so at a second look, too: `doing` are the numbers of those it does.
        """
        manager = self._manager
        stalled = list(await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED))
        mine = (
            []
            if worker is None
            else await manager.list_jobs_async(status=Status.DOING.value, worker_id=worker)
        )
        left = {job.id: job for job in mine if job.id is not None and job.id not in doing}
        stalled += [job for number, job in left.items() if number in self._left]
        self._left = set(left)
        taken = [job for job in stalled if await self._take_up(job)]
        if taken:
            jobs = counted(len(taken), "job", "jobs")
            log.warning("taken up: %s of a worker that is no more", jobs)
        await manager.prune_stalled_workers(STALLED)

    async def _take_up(self, job: Job) -> bool:
        """Put a new job in the place of one; return False where another process was first."""
        try:
            await self._manager.finish_job_by_id_async(
                job_id=job.id or 0, status=Status.FAILED, delete_job=True
            )
            await self._manager.defer_job_async(job.evolve(id=None, scheduled_at=None))
        except AlreadyEnqueued:
            return True  # the same was asked for meanwhile
        except ConnectorException as error:
            log.debug("job %s was not taken up: %s", job.id, type(error).__name__)
            return False
        return True
