"""An announcement as it is read before it is sent: how it goes out on each channel, to how many
people, and a mark of that, so that nobody sends what they never saw, nor the same twice by pressing
twice.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256

from bot.errors import RenderError
from bot.jobs.services import Services
from bot.jobs.staff import posting
from bot.jobs.staff.seen import Changed
from bot.jobs.texts import letters, samples
from bot.model import Channel, Rendered
from bot.model.channel import Excess
from bot.model.staff import ANNOUNCEMENT, Actor, OneOff, Whom
from bot.model.subject import parse

RECENT = 200
"""Posts and announcements of staff, the newest, among which the last announcements are looked
for.
"""


@dataclass(frozen=True, kw_only=True)
class Outlet:
    """An announcement on one channel."""

    channel: str
    #: people whom it would reach there now
    count: int
    #: of a letter; '' where it goes out without one
    subject: str
    #: all that people get; of a letter as somebody gets it who speaks the language asked for, or
    #: that of the channel, with a link that leads nowhere
    text: str
    #: what is too long for the channel, so that it would reach nobody there
    over: tuple[Excess, ...]


@dataclass(frozen=True)
class Announcement:
    """What is to be announced, and to whom."""

    services: Services
    text: str
    whom: Whom

    @cached_property
    def outlets(self) -> list[Outlet]:
        """How it goes out on each channel that reaches people.

        Raises `RenderError` where a letter can't be made.
        """
        return [self._on(channel) for channel in posting.reached(self.services)]

    def _on(self, channel: Channel) -> Outlet:
        services = self.services
        subject, text = self._letter(channel) or ("", self.text)
        number = services.channel_ids[channel.name]
        return Outlet(
            channel=channel.name,
            count=services.store.oneoffs.count(number, self.whom),
            subject=subject,
            text=text,
            over=() if subject else posting.too_long_there(services, channel.name, (text,)),
        )

    def _letter(self, channel: Channel) -> tuple[str, str] | None:
        """Return subject and text of its letter; None where it goes out without one."""
        services, to = self.services, letters.kind(channel.network)
        if not to or services.settings.web is None:
            return None
        if not services.active:
            raise RenderError(
                "no campaign is active, in whose name letters go; name one under `active` in"
                " config.toml"
            )
        body = Rendered(text=self.text, language=self.whom.language or channel.language)
        return samples.written(
            services.settings,
            services.renderer,
            services.active[0],
            body,
            room=to == letters.ROOM,
        )

    @property
    def count(self) -> int:
        """How many people it would reach now."""
        return sum(outlet.count for outlet in self.outlets)

    def mark(self) -> str:
        """Return what stands for all that is to be read of it, 64 hex digits: another one as soon
        as a text, whom it is for, or a channel is another, or something was announced. People who
        come and go change nothing of it.
        """
        shown = [(each.channel, each.subject, each.text) for each in self.outlets]
        audiences = [each.word for each in self.whom.audiences]
        whom = [audiences, self.whom.language, self.whom.country, self.whom.groups]
        newest = [action for action, _ in self._recent()][:1]
        read = [self.text, whom, shown, newest]
        return sha256(json.dumps(read).encode()).hexdigest()

    def before(self) -> OneOff | None:
        """Return the last of the newest announcements that says the very same, or None."""
        same = (action for action, text in self._recent() if text == self.text)
        action = next(same, None)
        return self.services.store.oneoffs.about(parse(action)) if action else None

    def _recent(self) -> Iterator[tuple[str, str]]:
        yield from self.services.store.oneoffs.texts(ANNOUNCEMENT, RECENT)

    def send(self, seen: str, by: Actor, now: datetime) -> None:
        """Begin it on each channel, as it was read under the mark `seen`.

        Raises `Changed` where its mark is another one by now; then nothing is begun.
        """
        services = self.services
        with services.store.transaction():
            if self.mark() != seen:
                raise Changed("the announcement isn't what you have seen; look at it again")
            posting.announce(services, self.text, self.whom, by, now)
