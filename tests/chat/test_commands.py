"""Which commands stand in /help and in the menus: those that have something behind them on the day,
in the order of a day.
"""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime

import house
import pytest
from tree import TOP, languages

from bot.chat.entry import ChatEntry
from bot.chat.messages import Arrival
from bot.chat.people import commands
from bot.chat.telegram import menus
from bot.config import Chat
from bot.conversation import OFFERS
from bot.conversation.words import Command
from bot.files.frozen import read_files
from bot.library import read, shipped_root
from bot.model import Audience
from bot.model.pledge import NewPledge
from bot.render import Renderer
from bot.render.chat import ChatTexts

PEOPLE = [
    "today",
    "calendar",
    "quick",
    "card",
    "facts",
    "events",
    "calls",
    "ask",
    "progress",
    "invite",
    "pledge",
    "journey",
    "scaleup",
    "carryon",
    "settings",
    "pause",
    "resume",
    "stop",
    "privacy",
    "export",
    "forget",
    "help",
]
STAFF = [
    "sheet",
    "queue",
    "pledges",
    "countries",
    "inbox",
    "uncertain",
    "packs",
    "amplify",
    "post",
    "announce",
    "hold",
    "release",
    "reports",
    "desk",
    "stats",
]


@pytest.fixture(scope="module")
def campaign():
    library, problems = read([shipped_root()])
    assert not problems
    return next(one for one in library.campaigns.values() if one.end and one.forms)


@pytest.fixture
def make(tmp_path):
    opened = []

    def build(*active):
        made = house.services(
            tmp_path,
            *(active or (house.campaign(house.action()),)),
            channels=(house.channel("telegram"),),
        )
        opened.append(made)
        settings = replace(made.settings, chat=Chat(staff=(7,)))
        library = replace(made.library, files=read_files((*made.library.roots, TOP)))
        return replace(
            made,
            settings=settings,
            library=library,
            renderer=Renderer(library.files, library.campaigns),
        )

    yield build
    for services in opened:
        services.store.close()


def test_where_no_campaign_takes_pledges_none_of_their_commands_stands(make):
    assert commands.idle(make(), date(2021, 12, 15)) == {
        "pledge",
        "journey",
        "scaleup",
        "carryon",
        "quick",
        "facts",
        "events",
        "calls",
    }


def test_scaling_up_and_carrying_on_have_their_months(make, campaign):
    services = replace(make(), active=(campaign,))
    year = campaign.end.year
    found = {month: commands.idle(services, date(year, month, 15)) for month in (3, 9, 10, 11, 12)}
    assert {month: "scaleup" in idle for month, idle in found.items()} == {
        3: True,
        9: True,
        10: False,
        11: False,
        12: False,
    }
    assert {month: "carryon" in idle for month, idle in found.items()} == {
        3: True,
        9: True,
        10: True,
        11: True,
        12: False,
    }
    assert not any({"pledge", "journey", "quick"} & idle for idle in found.values())
    assert commands.idle(services, date(year + 1, 3, 1)) >= {
        "pledge",
        "journey",
        "scaleup",
        "carryon",
    }


def helped(services, user, now):
    entry = ChatEntry(lambda: services, "telegram")
    (said,) = entry.handle(
        [Arrival(address=user, user=user, language="en", event=Command(name="help"))], now
    )[0]
    return [
        line.split(" ")[0].lstrip("/") for line in said.text.splitlines() if line.startswith("/")
    ]


def test_who_has_a_pledge_keeps_its_commands_when_no_campaign_takes_any(make):
    services = make()
    services.store.people.add([house.person(5, audience=Audience.ORGANIZATION)])
    new = NewPledge(
        campaign="trees",
        audience=Audience.ORGANIZATION,
        stakeholder="ngo",
        organisation="Ngo",
        country=None,
        language="en",
        answers={},
    )
    services.store.editors.add(services.store.pledges.begin(new, "person 1", 1), 1, 1)
    now = datetime(2021, 5, 1, 9, tzinfo=UTC)
    assert {"pledge", "journey"} <= set(helped(services, "1005", now))
    assert {"pledge", "journey", "scaleup"}.isdisjoint(helped(services, "1006", now))


async def test_the_menus_are_set_anew_when_other_commands_have_something_behind_them(monkeypatch):
    monkeypatch.setattr(menus, "EVERY", 0.01)
    texts, idle, seen = ChatTexts(read_files([TOP])), [frozenset({"carryon"})], []

    class Bot:
        async def set_my_commands(self, commands, *, scope, language_code):
            if scope.type == "all_private_chats" and language_code == "fr":
                seen.append("carryon" in [command.command for command in commands])

    task = asyncio.create_task(menus.Menus().keep(Bot(), lambda: texts, dict, lambda: idle[0]))
    await asyncio.sleep(0.1)
    assert seen == [False]
    idle[0] = frozenset()
    await asyncio.sleep(0.1)
    task.cancel()
    assert seen == [False, True]


def test_a_menus_language_is_named_by_two_letters_and_one_with_a_country_stands_for_them():
    assert menus.by_two_letters(["en", "fil", "pt-BR", "pt-PT", "zh-Hant", "zh"]) == {
        "en": "en",
        "pt": "pt-BR",
        "zh": "zh",
    }


def test_help_lists_what_there_is_in_the_order_of_a_day(make):
    services = make()
    idle = commands.idle(services, date(2021, 5, 1))
    now = datetime(2021, 5, 1, 9, tzinfo=UTC)
    assert helped(services, "5", now) == [name for name in PEOPLE if name not in idle]
    assert helped(services, "7", now) == [
        *(name for name in PEOPLE if name not in idle),
        *(name for name in STAFF if name != "reports"),  # for colleagues with that role alone
    ]


@pytest.mark.parametrize("language", languages())
def test_the_order_is_the_same_in_all_languages_and_leaves_out_none(language):
    listed = list(ChatTexts(read_files([TOP])).own_words(language)["commands"])
    assert listed == PEOPLE + STAFF
    assert set(listed) == {name for name, offer in OFFERS.items() if offer.listed} - {"start"}


def test_a_command_that_stands_in_no_menu_gives_a_friendly_word_all_the_same(make):
    services = make()
    entry = ChatEntry(lambda: services, "telegram")
    for name in sorted(commands.idle(services, date(2021, 5, 1))):
        out = entry.handle(
            [Arrival(address="5", user="5", language="en", event=Command(name=name))],
            datetime(2021, 5, 1, tzinfo=UTC),
        )[0]
        assert len(out) == 1
        assert "don’t know" not in out[0].text
        assert "went wrong" not in out[0].text
