"""A draft beside what it needs: where and when it goes out, what keeps it from that, and how it is
sent.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from bot import text as texts
from bot.jobs.services import Services
from bot.jobs.staff import posting
from bot.jobs.staff.writing import when
from bot.jobs.staff.writing.when import Remark
from bot.model import Channel, Picture
from bot.model.channel import Excess
from bot.model.staff import Actor
from bot.model.staff.drafts import Draft


@dataclass(frozen=True)
class Composed:
    """A draft, and what can be known of it now."""

    services: Services
    draft: Draft

    @cached_property
    def posts(self) -> tuple[str, ...]:
        """The posts of its thread, or the only one; none without a text."""
        return texts.parts(self.draft.text)

    @cached_property
    def channels(self) -> list[Channel]:
        """Those of its channels that can post."""
        return list(posting_channels(self.services, self.draft.channels))

    @cached_property
    def dues(self) -> list[datetime]:
        """The instants at which it goes out, in order; the hour stays the same by the clock of
        config.toml, whatever that clock does between.
        """
        first = when.local(self.draft.due)
        wanted = when.days_of(self.draft, first.date()) if first else []
        return sorted({when.on(self.services, day, first) for day in wanted if first})

    @cached_property
    def picture(self) -> Picture | None:
        """Its picture as a post would have it, or None."""
        own = self.draft.picture
        kept = self.services.store.own_pictures.find(own.digest) if own else None
        if own is None or kept is None:
            return None
        data, mime = kept
        return Picture(path=Path("draft"), data=data, alt=own.alt, vouched=own.vouched, mime=mime)

    def excesses(self, channel: Channel) -> tuple[Excess, ...]:
        """Return what is too long on a channel."""
        if not self.posts:
            return ()
        return posting.too_long_there(self.services, channel.name, self.posts, self.picture)

    @property
    def all_excesses(self) -> list[Excess]:
        """What is too long on any of its channels."""
        return [excess for channel in self.channels for excess in self.excesses(channel)]

    def faults(self, now: datetime) -> list[Remark]:
        """Return what keeps it from being sent, but for what is too long."""
        hours = (*when.wrong(self.draft), *self._left_out(), *self._late(now))
        return [*hours, *self._lacks(), *self._descriptions()]

    def _left_out(self) -> Iterator[Remark]:
        first = when.local(self.draft.due)
        if first is not None and when.is_left_out(self.services, first):
            yield Remark(key="left_out", values={"what": f"{first:%Y-%m-%d %H:%M}"})

    def _lacks(self) -> Iterator[Remark]:
        if not self.posts:
            yield Remark(key="empty")
        if not self.channels:
            yield Remark(key="no_channel")

    def _late(self, now: datetime) -> Iterator[Remark]:
        if self.dues and self.dues[0] <= now:
            yield Remark(key="past")

    def _descriptions(self) -> Iterator[Remark]:
        own = self.draft.picture
        for channel in self.channels if own else ():
            limits = posting.limits_of(self.services, channel.name)
            most = limits.alt if limits else None
            if own and most is not None and len(own.alt) > most:
                yield Remark(key="alt_long", values={"channel": channel.name, "most": most})

    def send(self, by: Actor, now: datetime, *, asks: bool) -> None:
        """Put it into the outbox, once for each of its instants, and delete it.

        With `asks` it waits for approval everywhere. It has no faults.
        """
        with self.services.store.transaction():
            for due in self.dues:
                self._publish(due, by, now, asks=asks)
            self.services.store.drafts.drop(self.draft.member, self.draft.id)

    def _publish(self, due: datetime, by: Actor, now: datetime, *, asks: bool) -> None:
        posting.publish(
            self.services,
            texts.joined(self.posts),
            self.channels,
            due,
            by,
            now,
            campaign=self.draft.campaign,
            picture=self.draft.picture,
            asks=asks,
        )


def posting_channels(services: Services, names: Iterable[str]) -> Iterator[Channel]:
    """Yield those of these channels that can post."""
    for name in names:
        channel = services.settings.channels.get(name)
        if channel is not None and channel.posts and name in services.channel_ids:
            yield channel
