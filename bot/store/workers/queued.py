"""Queued: how many jobs wait in the queue that several processes share (`bot.scheduler.queue`)."""

from bot.model.outbox.depths import Jobs
from bot.store.topic import Topic

_TABLE = "procrastinate_jobs"


class Queued(Topic):
    """The jobs of the queue, for whoever watches; few, since each is deleted when it has ended."""

    def jobs(self) -> Jobs | None:
        """Return how many there are; None where no queue was ever made, as in a file."""
        if not self._database.has_table(_TABLE):
            return None
        return self._database.first(
            Jobs,
            "SELECT count(*) FILTER (WHERE status = 'todo' AND scheduled_at > CURRENT_TIMESTAMP) AS"
            " later, count(*) FILTER (WHERE status = 'todo' AND (scheduled_at IS NULL OR"
            " scheduled_at <= CURRENT_TIMESTAMP)) AS due, count(*) FILTER (WHERE status = 'doing')"
            f" AS doing FROM {_TABLE}",
        )
