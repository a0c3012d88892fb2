"""Pictures that staff give to posts of their own: taken in only as they may leave, so that nothing
of what a camera wrote into a file is ever kept.
"""

import asyncio
from threading import Lock

from bot.errors import OutOfResources, PictureUnfit
from bot.model.message import ReadyPicture
from bot.networks.common.thread import in_thread
from bot.pictures import Wish

MOST_BYTES = 8_000_000
"""Bytes of a picture that is sent in: more than telephones make of one."""

SECONDS = 20
"""How long a picture may take to be opened."""

_KINDS = ("JPEG", "PNG", "WebP")

_ONE = Lock()
"""One at a time: each may take a few hundred megabytes."""


async def clean(data: bytes) -> ReadyPicture:
    """Return a picture that somebody sent as it may leave: upright, without place, names or notes.

    Raises `PictureUnfit` for what is none, `OutOfResources` where this machine can't open it now.
    """
    if len(data) > MOST_BYTES:
        raise PictureUnfit(f"it has {len(data):,} bytes, but {MOST_BYTES:,} is the most")
    try:
        async with asyncio.timeout(SECONDS):
            return await in_thread(lambda: _clean(data))
    except TimeoutError:
        raise OutOfResources(f"it was not opened within {SECONDS} seconds; try again") from None


def _clean(data: bytes) -> ReadyPicture:
    from bot.pictures.making import look, ready

    with _ONE:
        if (kind := look(data).kind) not in _KINDS:
            raise PictureUnfit(f"it is a {kind}; send it as a JPEG, PNG or WebP")
        return ready(data, Wish())
