"""A picture's bytes and kind, for the networks that upload it."""

import asyncio
from mimetypes import guess_type

from bot.errors import Refused
from bot.model import Picture


async def content(
    picture: Picture, channel: str, *, most: int | None = None, alt: int | None = None
) -> bytes:
    """The picture's bytes.

    Raises `Refused` when it can't be read, has more than `most` bytes, or its alt text more than
    `alt` characters.
    """
    try:
        data = await asyncio.to_thread(picture.path.read_bytes)
    except OSError as error:
        raise Refused(
            f"{channel}: the picture {picture.path} can't be read: {error.strerror}"
        ) from None
    if most is not None and len(data) > most:
        raise Refused(
            f"{channel}: the picture {picture.path.name} has {len(data):,} bytes, but {most:,} is"
            " the most: make it smaller"
        )
    if alt is not None and len(picture.alt) > alt:
        raise Refused(
            f"{channel}: the alt text has {len(picture.alt)} characters, but {alt} is the most:"
            " shorten it"
        )
    return data


def mime(picture: Picture) -> str:
    """The picture's media type, by the end of its name."""
    return guess_type(picture.path.name)[0] or "application/octet-stream"
