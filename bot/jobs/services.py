"""What the jobs share. It is built once in `bot.app` and never changed; a reload builds another."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from bot.config import Settings
from bot.library import Library
from bot.model import Campaign, Channel
from bot.model.staff import StaffRole, Team
from bot.model.webhooks import Endpoint
from bot.networks.base import Network
from bot.networks.counting import Collector
from bot.networks.mail.box import Box
from bot.render import Renderer
from bot.rules import dates
from bot.store import Store


@dataclass(frozen=True, kw_only=True)
class Services:
    """What every job needs, built once and shared by all."""

    settings: Settings
    library: Library
    #: the campaigns that are played
    active: tuple[Campaign, ...]
    renderer: Renderer
    store: Store
    #: the networks, by channel name
    networks: Mapping[str, Network]
    #: ids in the store, by channel name
    channel_ids: Mapping[str, int]
    #: why a channel sends nothing, by its name; empty in a rehearsal
    dry: Mapping[str, str]
    #: changes when planning again could change something
    mark: str
    #: seconds of sending that may be caught up at once (see `bot.rules.pacing`)
    pacing_window: float
    #: whether this is a rehearsal, in which nobody fills a slot or mends a text
    rehearsal: bool = False
    #: collectors of hashtag usage by name
    collectors: Mapping[str, Collector] = field(default_factory=dict)
    #: why a collector that the settings want could not be built, by its name
    uncollected: Mapping[str, str] = field(default_factory=dict)
    #: where reports of letters and answers to them arrive; None where nobody reads them
    mailbox: Box | None = None
    #: by name; none in a rehearsal and in a terminal, from which nothing leaves
    webhooks: Mapping[str, Endpoint] = field(default_factory=dict)
    #: whether what can't be undone may be decided: not while a clock that jumped is not believed
    #: (see `bot.clock`); a simulated clock jumps on purpose
    steady: Callable[[], bool] = lambda: True
    #: by how many seconds the clock has been moved since the start: a pause keeps its length
    leapt: Callable[[], float] = lambda: 0.0

    @property
    def team(self) -> Team:
        """Who works with the bot now: the people of config.toml, and those of `drumbeat staff`."""
        return self.settings.team_with(self.store.members.all())

    @property
    def staff_chats(self) -> tuple[str, ...]:
        """Return the addresses of the chats of staff, who are told there what is new."""
        chats = self.team.chats.items()
        return tuple(chat for chat, member in chats if member.may(StaffRole.READER))

    @cached_property
    def channel_names(self) -> Mapping[int, str]:
        """Return the names of the channels in config.toml, by their ids in the store."""
        known = self.settings.channels
        return {number: name for name, number in self.channel_ids.items() if name in known}

    @property
    def talking(self) -> str | None:
        """Return the name of the Telegram channel on which people talk with the bot; None where
        there is no live one.
        """
        return next((name for name in self.settings.chats if name not in self.dry), None)

    def today(self, now: datetime) -> date:
        """Return the day that it is at `now` in the zone of config.toml, as pages have it."""
        return now.astimezone(dates.zone(self.settings.zone)).date()

    def channel(self, channel_id: int) -> Channel | None:
        """Return the channel with this id in the store; None when config.toml has it no longer."""
        name = self.channel_names.get(channel_id)
        return self.settings.channels[name] if name is not None else None
