"""A picture's bytes and kind, for the networks that upload it.

It comes here ready (`bot.pictures`): nothing is in it but what people see, and it is small enough.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.errors import Refused
from bot.model import Picture


def content(
    picture: Picture, channel: str, *, most: int | None = None, alt: int | None = None
) -> bytes:
    """The picture's bytes.

    Raises `Refused` when it isn't ready, has more than `most` bytes, or its alt text more than
    `alt` characters.
    """
    data = picture.data
    if not picture.is_ready:
        raise Refused(
            f"{channel}: the picture {picture.path.name} still holds what its camera wrote into it,"
            " so it may not leave"
        )
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


@contextmanager
def lent(picture: Picture | None) -> Iterator[Path | None]:
    """A file of these bytes with the picture's name, for libraries that take nothing but a path;
    gone afterwards.
    """
    if picture is None:
        yield None
        return
    with TemporaryDirectory(prefix="drumbeat-") as folder:
        path = Path(folder) / picture.name
        path.write_bytes(content(picture, "a room"))
        yield path


def mime(picture: Picture) -> str:
    """The picture's media type, as its bytes tell it."""
    return picture.mime or "application/octet-stream"
