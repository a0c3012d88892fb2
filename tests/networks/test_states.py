"""The table of troubles once more, through planner, outbox and dispatch: each ends in the right
state of the delivery, and nothing is lost.

After every case the database file is searched for the secrets.
"""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import house
import pytest
from fakes.base import Trouble
from fakes.troubles import NAMES, TABLE, fake_of

from bot import networks
from bot.errors import AccountRefused, Blocked, RateLimited, Refused, TryLater, Unanswered
from bot.jobs.planning import plan
from bot.jobs.sending import lookup
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.model import State

pytestmark = pytest.mark.slow

NINE = datetime(2021, 5, 1, 9, tzinfo=UTC)

#: the state of the delivery, and whether its channel is paused, after an error of this class
ENDS = {
    TryLater: ("queued", False),
    RateLimited: ("queued", False),
    AccountRefused: ("queued", True),
    Blocked: ("failed", False),
    Refused: ("failed", False),
    Unanswered: ("uncertain", False),
}


async def dispatched(fake, tmp_path, trouble):
    """Services with one post on the real network (or one nudge, where there are no posts), after
    one attempt.
    """
    network = fake.build(networks.load(fake.network), trouble=trouble)
    own = replace(network.channel, posts=True, zone="UTC", minute=540)
    posts = network.POSTS
    services = house.services(
        tmp_path,
        house.campaign(house.action(nudge=not posts, post=posts)),
        channels=(own,),
        window=60.0,
    )
    services = replace(services, networks={own.name: network})
    if not posts:
        services.store.people.add([replace(house.person(), address=fake.person)])
    plan.run(services, NINE)
    dispatcher = Dispatcher(services, own.account, NINE - timedelta(hours=1))
    for _ in range(3):
        await dispatcher.step(NINE)
        if not dispatcher.in_flight:
            break
        await dispatcher._rest(0, None)
    await dispatcher.close(NINE)
    return services, network


def states(services) -> list[str]:
    return [
        State(state).word for (state,) in services.store.database.rows("SELECT state FROM delivery")
    ]


@pytest.mark.parametrize("trouble", list(TABLE), ids=lambda trouble: trouble.name.lower())
@pytest.mark.parametrize("name", NAMES)
async def test_each_trouble_ends_in_the_right_state(name, trouble, tmp_path):
    async with fake_of(name)() as fake:
        services, network = await dispatched(fake, tmp_path, trouble)
        try:
            found = (states(services)[0], bool(services.store.channels.paused()))
            expected = {ENDS[error] for error in fake.means.get(trouble, TABLE[trouble])} | (
                {("sent", False)} if trouble in fake.unseen else set()
            )
            assert found in expected
            with closing(sqlite3.connect(tmp_path / "test.db")) as connection:
                dump = "\n".join(connection.iterdump())
            assert not [field for field, secret in fake.secrets.items() if secret in dump]
        finally:
            await network.close()
            services.store.close()


@pytest.mark.parametrize(
    "name", [name for name in NAMES if networks.load(name).FINDS or networks.load(name).REPEATABLE]
)
async def test_what_arrived_without_an_answer_ends_sent_once(name, tmp_path):
    async with fake_of(name)() as fake:
        services, network = await dispatched(fake, tmp_path, Trouble.DROPPED_AFTER)
        try:
            assert states(services) == ["uncertain"]
            await lookup.run(services, NINE + timedelta(minutes=1))
            dispatcher = Dispatcher(services, network.channel.account, NINE - timedelta(hours=1))
            await dispatcher.step(NINE + timedelta(minutes=1))
            await dispatcher.close(NINE + timedelta(minutes=1))
            assert (states(services), len(fake.texts)) == (["sent"], 1)
        finally:
            await network.close()
            services.store.close()
