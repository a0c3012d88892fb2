"""How long a server may take, and how much it may say: the one table of bounds on everything that
is asked of others.

A time-out for each piece alone is none: a server that sends a byte every few seconds never lets
it pass. So each exchange has an end, and an answer a largest size, after unpacking.

=======  =======  =======  =======  =======================================================
what     connect  piece    in all   why
=======  =======  =======  =======  =======================================================
`API`    5 s      30 s     60 s     a server that is well answers within a second or two,
                                    a busy one that processes a post within half a minute;
                                    8 MiB: the largest answers are pages of a timeline,
                                    some 2 MiB where an instance takes long posts
`PAGE`   5 s      10 s     10 s     somebody waits for `check`; all redirects together;
                                    nothing of a page is read but its status
`HOOK`   5 s      15 s     20 s     whoever is told says that they have it before they do
                                    anything with it; nothing is read but status and headers
=======  =======  =======  =======  =======================================================

An answer of Telegram that is a small object in JSON comes in one piece: such a call ends after
connect and piece (`AiohttpRequest.call`).

What we send ourselves gets time of its own: a second for each 100,000 bytes, so that a picture
gets through a slow line.
"""

from dataclasses import dataclass

PIECE = 4_096
"""Bytes of an answer that are unpacked at a time: packed ones grow a thousandfold."""

_PACE = 100_000
"""Bytes a second that a slow line takes."""


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """The bounds of one exchange with a server."""

    #: seconds to wait for a connection
    connect: float
    #: seconds to wait for each piece of the answer
    answer: float
    #: seconds for the whole of it
    total: float
    #: bytes of an answer, unpacked; 0: nothing of it is read
    most: int

    def seconds(self, size: int = 0) -> float:
        """Seconds for the whole of an exchange in which we send so many bytes."""
        return self.total + size / _PACE

    def until_answer(self, size: int) -> float:
        """Seconds to wait for an answer after so many bytes of ours were begun to be sent."""
        return self.answer + size / _PACE

    def patience(self, size: int = 0, exchanges: int = 1) -> float:
        """Seconds after which a call has hung that asks so many times, one after the other, and may
        pause for as long as an answer takes.
        """
        return self.seconds(size) * exchanges + self.answer


API = Bounds(connect=5.0, answer=30.0, total=60.0, most=8 * 2**20)
PAGE = Bounds(connect=5.0, answer=10.0, total=10.0, most=0)
HOOK = Bounds(connect=5.0, answer=15.0, total=20.0, most=0)
