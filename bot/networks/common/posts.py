"""Threads: several posts that are one delivery.

Either all stand in the end, or none; never one of them twice.

What becomes of a thread whose further post fails, where the network can be asked what stands
(`resumes`):

========================  ==========================================================
`TryLater`, `Unanswered`  `Unanswered`: the delivery is uncertain, the look-up sees
                          what stands, sending again goes on from there; what stands
                          past its grace is deleted
any other                 what stands is deleted and the error raised; what can't be
                          deleted makes it `Unanswered`
========================  ==========================================================

Where the network can't be asked, what stands is deleted after every error but `Unanswered`, which
only a person can clear up.

Before each post it is asked whether this process may still send what it has under way: a picture is
uploaded first and the parts of a thread follow one another, and whoever was suspended meanwhile
finds that others have called the delivery uncertain.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from bot.errors import NetworkError, RateLimited, Refused, TryLater, Unanswered

Post = Callable[[int, Sequence[str]], Awaitable[str]]
"""Sends the post of this number (from 0) after those with these ids; gives its id."""

Delete = Callable[[str], Awaitable[None]]

_may_leave: ContextVar[Callable[[], bool]] = ContextVar("may leave", default=lambda: True)


@contextmanager
def asked_before_each(may_leave: Callable[[], bool]) -> Iterator[None]:
    """Let no post leave within the block once `may_leave` says no: where none stands yet, sending
    raises `TryLater`, else `Unanswered`, and what stands is left as it is.
    """
    before = _may_leave.set(may_leave)
    try:
        yield
    finally:
        _may_leave.reset(before)


async def in_order(
    count: int,
    post: Post,
    delete: Delete,
    *,
    where: str,
    standing: Sequence[str] = (),
    resumes: bool = True,
) -> list[str]:
    """Send what is missing of `count` posts; gives all ids in order.

    Raises as the first post does, or as the table above says.
    """
    out = list(standing)
    while len(out) < count:
        failure: NetworkError | None = None
        try:
            _refuse_lapsed(where, out)
            out.append(await post(len(out), out))
        except NetworkError as error:
            failure = (
                await _broken(error, out, count, delete, where, resumes=resumes) if out else error
            )
        # Raised out here: the error before would hang on behind.
        if failure is not None:
            raise failure
    return out


def _refuse_lapsed(where: str, out: Sequence[str]) -> None:
    if not _may_leave.get()():
        kind = Unanswered if out else TryLater
        raise kind(f"{where}: this process stood still for so long that others may have taken over")


async def _broken(
    error: NetworkError, out: list[str], count: int, delete: Delete, where: str, *, resumes: bool
) -> NetworkError:
    said = f"{where}: post {len(out) + 1} of {count} failed, while {', '.join(out)} stands: {error}"
    unknown = isinstance(error, Unanswered)
    later = isinstance(error, TryLater) and not isinstance(error, RateLimited)
    if unknown or (resumes and later):
        return Unanswered(said)
    try:
        await delete_all(out, delete)
    except NetworkError as second:
        return Unanswered(f"{said}; it can't be deleted: {second}")
    return error


async def delete_all(ids: Sequence[str], delete: Delete) -> None:
    """Delete the last first, so that no answer stands without its question.

    Tries all, then raises the last refusal.
    """
    refusal: Refused | None = None
    for part in reversed(ids):
        try:
            await delete(part)
        except Refused as error:
            refusal = error
    if refusal is not None:
        raise refusal


def ids(receipt_id: str) -> list[str]:
    """The ids in a receipt, in order."""
    return receipt_id.split(",")


def standing(parts: Sequence[str], look: Callable[[str], str | None]) -> list[str]:
    """The ids of the first posts of a thread that stand, up to the first that is missing."""
    there: list[str] = []
    for part in parts:
        known = look(part)
        if known is None:
            break
        there.append(known)
    return there
