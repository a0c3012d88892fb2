"""Services over a database of the tests' server, whose one network is far away."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import house

from bot.jobs.services import Services
from bot.model import Channel, Limits, Message, Receipt, YearlyDay
from bot.model.database import Server
from bot.networks.base import Network
from bot.store import Store


class Far(Network):
    """A network that takes a message each 50 ms."""

    LIMITS = Limits(length=4096, counter="characters", per_second=20.0)
    NUDGES = True
    IN_FLIGHT = 1

    def __init__(self, channel: Channel, taken: list[str]) -> None:
        super().__init__(channel, {})
        self.taken = taken
        self.mine = 0

    async def send(self, message: Message) -> Receipt:
        self.mine += 1
        self.taken.append(str(message.key))
        return Receipt(id=f"far-{message.key}")

    async def probe(self) -> str:
        return "far"


def built(folder: Path, database: Server, taken: list[str], people: int = 0) -> Services:
    """Services over the server's database, with so many people for whom something is due."""
    moment = datetime.now(UTC)
    day = YearlyDay(month=moment.month, day=moment.day)
    action = house.action(when=day, grace=timedelta(days=2))
    services = house.services(folder, house.campaign(action))
    services.store.close()
    store = Store(database, keys=folder / "keys")
    ids = store.channels.ensure(services.settings.channels.values())
    services = replace(services, store=store, channel_ids=ids)
    minute = moment.hour * 60 + moment.minute
    services.store.people.add(house.person(n, minute=minute) for n in range(people))
    channel = services.settings.channels["telegram"]
    return replace(services, networks={"telegram": Far(channel, taken)})
