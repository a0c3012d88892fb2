"""A picture's bytes and kind, for the networks that upload it."""

from collections.abc import Iterator
from contextlib import contextmanager
from mimetypes import guess_type
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.errors import Refused
from bot.model import Picture


def content(
    picture: Picture, channel: str, *, most: int | None = None, alt: int | None = None
) -> bytes:
    """The picture's bytes.

    Raises `Refused` when it has more than `most` bytes, or its alt text more than
    `alt` characters.
    """
    data = picture.data
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
        path = Path(folder) / picture.path.name
        path.write_bytes(picture.data)
        yield path


def mime(picture: Picture) -> str:
    """The picture's media type, by the end of its name."""
    return guess_type(picture.path.name)[0] or "application/octet-stream"
