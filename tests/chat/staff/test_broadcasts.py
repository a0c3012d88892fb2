"""Staff decide in the chat whether a broadcast is paid for, leaves at the free pace, or isn't sent."""

from dataclasses import replace

import house
import pytest
from member import NOW, Staff, labels
from tree import TOP

from bot.config import Chat
from bot.errors import UsageError
from bot.files.frozen import read_files
from bot.jobs.broadcasts import offers, skipping
from bot.jobs.planning import plan
from bot.jobs.staff import staff
from bot.model.outbox.broadcasts import Pace
from bot.render import Renderer

pytestmark = pytest.mark.slow

EARLY = NOW.replace(hour=3)


@pytest.fixture
def make(tmp_path):
    opened = []

    def build(**keys):
        channel = replace(house.channel(network="telegram"), paid_broadcast=True, **keys)
        made = house.services(tmp_path, house.campaign(house.action()), channels=(channel,))
        opened.append(made)
        library = replace(made.library, files=read_files((made.library.roots[0], TOP)))
        chat = replace(made.settings, chat=Chat(staff=(7, 8)))
        made.store.people.add(house.person(n, minute=22 * 60) for n in range(1_900))
        services = replace(
            made,
            settings=chat,
            library=library,
            renderer=Renderer(library.files, library.campaigns),
        )
        plan.run(services, EARLY)
        return services

    yield build
    for services in opened:
        services.store.close()


async def told(services, language="en"):
    assert await offers.run(services, EARLY) == 1
    await staff.run(services, EARLY)
    one = Staff(services, "7", language)
    (mine,) = [m for m in one.told() if m.keyboard]
    return one, mine


def pace(services):
    return services.store.broadcasts.find(1, 1).pace


async def test_the_price_is_told_and_paid_only_after_a_second_yes(make):
    services = make()
    one, mine = await told(services)
    assert "1,900 people" in mine.text
    assert "at most 190 Stars, about $2.68" in mine.text
    assert labels(mine) == ["Pay", "At the free pace", "Don’t send"]
    (asked,) = [m for m in one.presses(mine, "Pay") if m.keyboard]
    assert pace(services) is Pace.ASKED
    (paid,) = [m for m in one.presses(asked, "Yes, pay") if m.keyboard]
    assert pace(services) is Pace.PAID
    assert services.store.alerts.current() == []
    one.presses(paid, "At the free pace")
    assert pace(services) is Pace.FREE


async def test_beyond_the_ceiling_nothing_is_paid_and_the_chat_says_so(make):
    services = make(ceiling=1.0)
    one, mine = await told(services, "fr")
    said = one.presses(mine, "Payer")
    assert any("plafond" in m.text for m in said)
    assert pace(services) is Pace.ASKED


async def test_what_is_not_sent_is_asked_about_once_more(make):
    services = make()
    one, mine = await told(services, "es")
    (asked,) = [m for m in one.presses(mine, "No enviar") if m.keyboard]
    assert pace(services) is Pace.ASKED
    one.presses(asked, "Sí, no enviar")
    assert pace(services) is Pace.CANCELLED
    late = one.presses(mine, "Pagar")
    assert "ya está decidido" in late[0].text


@pytest.mark.parametrize(
    ("language", "first", "second", "words"),
    [
        ("en", "Pay", "Yes, pay", "stays as it was"),
        ("fr", "Ne pas envoyer", "Oui, ne pas envoyer", "Rien ne change"),
    ],
)
async def test_what_could_not_be_decided_is_said_instead_of_what_was_meant(
    make, monkeypatch, language, first, second, words
):
    services = make()
    one, mine = await told(services, language)
    (asked,) = [m for m in one.presses(mine, first) if m.keyboard]

    def refuse(*_given, **_named):
        raise UsageError("not changed")

    monkeypatch.setattr(offers, "pay", refuse)
    monkeypatch.setattr(skipping, "cancel", refuse)
    said = one.presses(asked, second)
    assert [words in m.text for m in said if m.text] == [True]
    assert pace(services) is Pace.ASKED
