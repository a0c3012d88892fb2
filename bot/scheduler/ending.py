"""The end of tasks that wait for a database's server."""

import asyncio


async def ended(task: asyncio.Task[None], again: float) -> None:
    """Cancel a task, and once more every `again` seconds until it has ended; raises nothing of it.

    A single cancellation may be lost: until Python 3.12 `asyncio.wait_for`, by which psycopg waits
    for answers, forgets one that comes together with the answer, as it does when the loop has stood
    still.
    """
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=again)
    if not task.cancelled():
        task.exception()  # looked at, so that nobody calls it forgotten
