"""The table [usage]: where hashtag usage is collected, and what can't be read there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from bot.config import shapes
from bot.model import Problem
from bot.names import suggest


@dataclass(frozen=True, kw_only=True)
class Usage:
    """Where hashtag usage is collected; nowhere by default."""

    #: time between two collections of one collector
    interval: timedelta = timedelta(hours=1)
    #: time between two collections on X, where each call costs money
    x_interval: timedelta = timedelta(hours=1)
    #: addresses of Mastodon instances
    mastodon: tuple[str, ...] = ()
    #: the address of a server that searches Bluesky without a login, or the name of a channel whose
    #: login is used
    bluesky: str | None = None
    #: the name of the channel whose account counts on X
    x: str | None = None
    #: whether posts that ask something are kept for staff, with their text
    questions: bool = False


def misread(config: shapes.Config, file: str) -> Iterator[Problem]:
    """Report what [usage] can't read."""
    for key, channel_name in _channels(config.usage):
        kinds = [each for each, shape in config.channels.items() if shape.network == key]
        if channel_name not in kinds:
            message = (
                f"'{channel_name}' is no channel of the network"
                f" '{key}'{suggest(channel_name, kinds)}"
            )
            yield Problem(file=file, key=f"usage.{key}", message=message)
    if config.usage.questions and not (config.usage.mastodon or config.usage.bluesky):
        message = "posts are read on Mastodon and Bluesky alone: name an instance or a server, too"
        yield Problem(file=file, key="usage.questions", message=message)


def _channels(shape: shapes.UsageShape) -> list[tuple[str, str]]:
    """Return (network, channel) for each collector that uses a channel's account."""
    named = {"x": shape.x, "bluesky": shape.bluesky}
    return [(network, name) for network, name in named.items() if name and "://" not in name]


def usage(shape: shapes.UsageShape) -> Usage:
    """Return the table as it is used."""
    return Usage(
        interval=timedelta(minutes=shape.interval),
        x_interval=timedelta(minutes=shape.x_interval or shape.interval),
        mastodon=tuple(shape.mastodon),
        bluesky=shape.bluesky.rstrip("/") if shape.bluesky else None,
        x=shape.x,
        questions=shape.questions,
    )
