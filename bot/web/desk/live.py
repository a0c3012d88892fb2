"""Pages that go on by themselves: server-sent events, each stream of a short life.

A connection to our pages lasts half a minute at most (`bot.gate`), and how many there may be is
bounded. So a stream ends before, and the browser asks anew by itself; where too many watch, one is
told what there is and to ask again later.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import timedelta

LASTS = 20.0
"""Seconds that a stream goes on."""

EVERY = 5.0
"""Seconds between two looks."""

MOST = 10
"""Streams at a time; whoever comes after them is answered once and asks again `LATER`."""

AGAIN = 2
LATER = 15
"""Seconds after which a browser asks anew, and where too many watch."""

Look = Callable[[timedelta], Awaitable[Mapping[str, str]]]
"""Gives what there is to show, so long after the stream began."""


class Streams:
    """The streams of one kind that are open."""

    def __init__(self) -> None:
        self._open = 0

    async def of(self, event: str, look: Look) -> AsyncIterator[str]:
        """Yield an event whenever `look` gives something else than before."""
        loop, full = asyncio.get_running_loop(), self._open >= MOST
        began, last = loop.time(), ""
        self._open += 1
        try:
            yield f"retry: {(LATER if full else AGAIN) * 1000}\n\n"
            while True:
                passed = loop.time() - began
                said = json.dumps(await look(timedelta(seconds=passed)))
                yield ": nothing new\n\n" if said == last else f"event: {event}\ndata: {said}\n\n"
                last = said
                if full or passed + EVERY > LASTS:
                    return
                await asyncio.sleep(EVERY)
        finally:
            self._open -= 1
