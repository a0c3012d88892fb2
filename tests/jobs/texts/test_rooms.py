"""Organisations met in a room of a chat service: from the CSV file to the last link, over real
sockets; and the webhooks stay unseen.
"""

import asyncio
import json
import os
import re
import sqlite3
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from fakes.base import IMPATIENT, Trouble
from fakes.rooms import OLD, TOKEN, Fake
from helpers import at

from bot import app
from bot.app import connections
from bot.cli.common import open_library, open_settings
from bot.jobs.planning import plan
from bot.jobs.pledges import journeys
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.model import State
from bot.model.person import Status
from bot.web import build
from bot.web.server import Server

pytestmark = pytest.mark.slow

PUBLIC = "https://pages.example"
CONFIG = """
active = ["endchildlabour2021"]
database = "drumbeat.db"

[quiet]
from = "00:00"
to = "00:00"

[web]
public_url = "https://pages.example"

[servers]
private = ["127.0.0.1"]

[channels.rooms]
network = "rooms"
language = "en"
posts = false
nudges = true
"""
HEAD = (
    "address,organisation,audience,group,language,country,zone,hour,consent_source,consent_date\n"
)
PLEDGES = "organisation,group,name,how,contribution,communicate,contact\n"
MAY = at("2021-05-01T06:00")


@pytest.fixture
async def fake():
    async with Fake() as fake:
        yield fake


@pytest.fixture
def folder(tmp_path, monkeypatch, fake, command):
    """An operator's folder whose secret is a file."""
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    (tmp_path / "rooms.txt").write_text(fake.secrets["urls"], "utf-8")
    monkeypatch.setenv("DRUMBEAT_ROOMS_URLS_FILE", str(tmp_path / "rooms.txt"))
    return tmp_path


def csv(folder, text, name="people.csv"):
    (folder / name).write_text(text, "utf-8")
    return name


class House:
    """The live services of the folder, and its pages; the clock is told."""

    def __init__(self, services, ask):
        self.services, self.ask, self.now = services, ask, MAY

    async def play(self, until, step=timedelta(hours=1)):
        dispatcher = Dispatcher(self.services, "rooms", self.now)
        while self.now <= until:
            plan.run(self.services, self.now)
            journeys.run(self.services, self.now)
            while (
                dispatcher.has_work(self.now)
                and (again := await dispatcher.step(self.now))
                and again <= self.now + timedelta(seconds=30)
            ):
                self.now = max(self.now, again)
            await dispatcher.close(self.now)
            self.now += step


@asynccontextmanager
async def live(folder, fake):
    settings = open_settings(folder / "config.toml")
    services = app.open_live(
        settings, open_library(settings, settings.active), environ=dict(os.environ)
    )
    assert services.dry == {}
    network = services.networks["rooms"]
    type(network).BOUNDS = IMPATIENT
    server = Server(build(lambda: services, lambda: house.now), "127.0.0.1:0")
    await server.start()
    async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}") as session:

        async def ask(url, method="GET", **data):
            async with session.request(
                method, url.removeprefix(PUBLIC), data=data or None
            ) as answer:
                assert answer.status == 200, url
                return await answer.text()

        house = House(services, ask)
        try:
            yield house
        finally:
            await server.stop()
            services.store.close()


def link(text, page):
    return re.search(rf"{re.escape(PUBLIC)}/{page}/\S+", text)[0]


async def test_from_the_csv_file_to_the_last_link(folder, fake, command):
    code, out, _ = command(
        "contacts",
        "import",
        csv(folder, HEAD + "ACME,ACME Ltd.,organization,company,en,,UTC,09:00,,\n"),
    )
    assert code == 0
    assert "1 new on rooms, 0 there already." in out
    assert "1 gets one request to confirm" in out
    assert "not set here" not in out
    pledge = (
        PLEDGES + "ACME Ltd.,company,Train 40 teachers,With courses,It helps,On our page,acme\n"
    )
    assert command("pledges", "import", csv(folder, pledge, "pledges.csv"))[0] == 0
    async with live(folder, fake) as house:
        await house.play(at("2021-05-05T12:00"))
        [request] = fake.bodies
        assert "this room was given to us" in request["message"]
        assert "may we write to you?" in request["title"]
        page = await house.ask(link(request["message"], "confirm"))
        assert "the room “acme”" in page
        assert "Yes, write to this room" in page
        assert house.services.store.contacts.find("acme")[0].status is Status.UNCONFIRMED
        await house.ask(link(request["message"], "confirm"), "POST", answer="yes")
        assert house.services.store.contacts.find("acme")[0].status is Status.ACTIVE
        assert house.services.store.pledges.verification(1) is None, (
            "a room says nothing of who an organisation is"
        )
        await house.play(at("2021-06-05T12:00"))
        prompt = fake.bodies[1]
        assert "/leave/" in prompt["message"]
        assert "We don’t see answers in this room" in prompt["message"]
        assert prompt["title"]
        report = link(prompt["message"], "report")
        assert "Done" in await house.ask(report)
        await house.ask(report, "POST", field="https://acme.example/film", answer="done")
        [reported] = house.services.store.journeys.reports(1)
        assert (reported.link, reported.by) == ("https://acme.example/film", "person 1")
        gone = await house.ask(link(prompt["message"], "leave"))
        assert "We take the room “acme” off our list" in gone
        await house.ask(link(prompt["message"], "leave"), "POST", answer="yes")
        await house.play(at("2021-08-05T12:00"), timedelta(hours=6))
        assert len(fake.bodies) == 2, "nobody writes there again"
    assert "1 had unsubscribed" in command("contacts", "import", "people.csv")[1]
    assert json.loads(command("contacts", "list", "--json", "--reason", "A look")[1]) == []


async def test_a_revoked_room_blocks_only_itself_and_comes_back_with_a_new_webhook(
    folder, fake, command
):
    rows = "gone-away,Gone,organization,company,en,,UTC,09:00,,\nacme,ACME,organization,company,en,,UTC,09:00,,\n"
    command("contacts", "import", csv(folder, HEAD + rows))
    async with live(folder, fake) as house:
        await house.play(at("2021-05-02T12:00"))
        store = house.services.store
        assert [store.contacts.find(name)[0].status for name in ("gone-away", "acme")] == [
            Status.BLOCKED,
            Status.UNCONFIRMED,
        ]
        assert len(fake.bodies) == 1
        assert store.channels.paused() == []
        [failed] = store.listing.entries(State.FAILED)
        assert "ask for a new webhook and put it into DRUMBEAT_ROOMS_URLS" in failed.error
        hits = fake.hits
        await house.play(at("2021-05-04T12:00"))
        assert fake.hits == hits, "nothing is tried again"
    listed = json.loads(command("contacts", "list", "--json", "--reason", "A look")[1])
    assert {row["address"]: row["status"] for row in listed} == {
        "gone-away": "blocked",
        "acme": "unconfirmed",
    }
    (folder / "rooms.txt").write_text(fake.secrets["urls"].replace(OLD, TOKEN), "utf-8")
    gone = "gone-away,Gone,organization,company,en,,UTC,09:00,,\n"
    out = command("contacts", "import", csv(folder, HEAD + gone))[1]
    assert "1 had been blocked, since nothing reached them: they get messages again." in out
    async with live(folder, fake) as house:
        house.now = at("2026-01-01")  # the command's clock is the world's
        store = house.services.store
        assert store.contacts.find("gone-away")[0].status is Status.UNCONFIRMED
        [again] = [entry for entry in store.listing.of_person(1) if entry.state is State.QUEUED]
        house.now = at("2021-05-04T12:00") + timedelta(
            seconds=max(0, again.due - at("2021-05-04T12:00").timestamp())
        )
        await house.play(house.now)
        assert "this room was given to us" in fake.bodies[-1]["message"]
        assert len(fake.bodies) == 2


async def test_who_did_not_confirm_is_asked_once_more_by_a_new_import_when_the_link_has_ended(
    folder, fake, command
):
    file = csv(folder, HEAD + "acme,ACME,organization,company,en,,UTC,09:00,,\n")
    command("contacts", "import", file)
    async with live(folder, fake) as house:
        await house.play(at("2021-05-02T12:00"))
        assert len(fake.bodies) == 1
        [sent] = house.services.store.listing.of_person(1)
        assert sent.state is State.SENT
    # the command's clock is the world's, years later
    assert "1 gets the request to confirm once more." in command("contacts", "import", file)[1]
    async with live(folder, fake) as house:
        [again] = house.services.store.listing.of_person(1)
        assert again.state is State.QUEUED
    assert "once more" not in command("contacts", "import", file)[1], "not twice at once"


@pytest.mark.parametrize("lost", [State.FAILED, State.SKIPPED, State.CANCELLED])
async def test_a_request_to_confirm_that_was_lost_is_sent_once_more_by_a_new_import(
    folder, fake, command, lost
):
    file = csv(folder, HEAD + "acme,ACME,organization,company,en,,UTC,09:00,,\n")
    command("contacts", "import", file)
    async with live(folder, fake) as house:
        await house.play(at("2021-05-02T12:00"))
        store = house.services.store
        [entry] = store.listing.of_person(1)
        store.outbox.change(entry.key, [State.SENT], lost)
        store.contacts.asked(1, int(datetime.now(UTC).timestamp()))
    assert "1 gets the request to confirm once more." in command("contacts", "import", file)[1]
    async with live(folder, fake) as house:
        [entry] = house.services.store.listing.of_person(1)
        assert entry.state is State.QUEUED


async def test_failures_of_one_room_never_pause_the_others(folder, fake, command):
    rows = "acme,ACME,organization,company,en,,UTC,09:00,,\n"
    command("contacts", "import", csv(folder, HEAD + rows))
    async with live(folder, fake) as house:
        for _ in range(10):
            fake.tell(Trouble.UNAVAILABLE)
        await house.play(at("2021-05-02T08:00"), timedelta(minutes=5))
        assert fake.hits >= 9
        assert house.services.store.channels.paused() == []
        await house.play(at("2021-05-02T12:00"), timedelta(minutes=5))
        assert len(fake.bodies) == 1


async def test_no_webhook_is_in_the_database_or_in_what_commands_say(folder, fake, command):
    command(
        "contacts",
        "import",
        csv(folder, HEAD + "acme,ACME,organization,,,,,,,\ngone-away,Gone,organization,,,,,,,\n"),
    )
    async with live(folder, fake) as house:
        fake.tell(Trouble.BROKEN)
        await house.play(at("2021-05-02T12:00"))
    said = []
    for words in ("contacts list", "outbox", "status", "doctor"):
        # a loop of its own for the command that needs one
        said += await asyncio.to_thread(command, *words.split())
        said += await asyncio.to_thread(command, *words.split(), "--json")
    connection = sqlite3.connect(folder / "drumbeat.db")
    said += list(connection.iterdump())
    connection.close()
    whole = "\n".join(map(str, said))
    assert "gone-away" in whole
    for secret in (TOKEN, OLD, "json://", "/hooks/"):
        assert secret not in whole


def test_doctor_names_the_secret_and_says_how_many_rooms_there_are(folder, command):
    found = json.loads(command("doctor", "--json")[1])["findings"]
    assert [f["message"] for f in found if f["check"] == "secrets"] == [
        "set, from the file that DRUMBEAT_ROOMS_URLS_FILE names"
    ]
    assert [f["message"] for f in found if f["check"] == "tokens"] == [
        "accepted; we are in 2 rooms (JSON 2), which can only be tried by sending"
    ]


def test_a_channel_that_would_post_is_told_by_check(folder, command):
    (folder / "config.toml").write_text(CONFIG.replace("posts = false\n", ""), "utf-8")
    code, out, _ = command("check")
    assert code == 1
    assert "config.toml: channels.rooms.posts: rooms carries no posts to everyone" in out


def test_rooms_that_are_not_there_are_told_with_what_is(folder, command):
    text = (
        HEAD
        + "acmee,A,organization,,,,,,,\nana@acme.example,B,organization,,,,,,,\nunion,C,organization,,,,,,,\n"
    )
    code, out, err = command("contacts", "import", csv(folder, text))
    assert (code, out) == (1, "")
    assert "people.csv: 2: address: rooms has no room called 'acmee'; did you mean 'acme'?" in err
    assert (
        "people.csv: 3: address: 'ana@acme.example' is no name of a room: small letters, digits and"
        " '-', like acme" in err
    )
    assert (
        "people.csv: 4: address: rooms has no room called 'union'; there are: acme, gone-away"
        in err
    )


def test_where_the_secret_is_not_known_that_is_said(folder, command, monkeypatch):
    monkeypatch.delenv("DRUMBEAT_ROOMS_URLS_FILE")
    code, out, _ = command(
        "contacts", "import", csv(folder, HEAD + "union,C,organization,,,,,,,\n")
    )
    assert code == 0
    assert (
        "Whether these rooms exist was not looked at: DRUMBEAT_ROOMS_URLS is not set here." in out
    )


def test_without_a_public_address_rooms_stay_dry_and_say_why(folder, command):
    (folder / "config.toml").write_text(
        CONFIG.replace('[web]\npublic_url = "https://pages.example"\n', ""), "utf-8"
    )
    out = command("contacts", "import", csv(folder, HEAD + "acme,ACME,organization,,,,,,,\n"))[1]
    assert "Nothing leaves on rooms yet: config.toml has no [web] public_url" in out
    dry = connections.dry_channels(open_settings(), {"DRUMBEAT_ROOMS_URLS": "acme = slack://a/b/c"})
    assert dry == {
        "rooms": (
            "channel rooms is dry: its people confirm and unsubscribe on a page, and config.toml"
            " has no [web] public_url"
        )
    }


TWO = (
    CONFIG + '\n[channels.rooms-fr]\nnetwork = "rooms"\naccount = "rooms"\nlanguage = "fr"\nposts ='
    " false\nnudges = true\n"
)


def test_one_name_on_two_channels_is_asked_about(folder, command):
    (folder / "config.toml").write_text(TWO, "utf-8")
    file = csv(folder, HEAD + "acme,ACME,organization,,,,,,,\n")
    assert (
        "name a channel with --channel; there are: rooms, rooms-fr"
        in command("contacts", "import", file)[2]
    )
    for name in ("rooms", "rooms-fr"):
        assert command("contacts", "import", file, "--channel", name)[0] == 0
    assert [
        row["channel"]
        for row in json.loads(command("contacts", "list", "--json", "--reason", "A look")[1])
    ] == [
        "rooms",
        "rooms-fr",
    ]
    row = "ACME,company,Train 40 teachers,With courses,It helps,On our page,"
    err = command("pledges", "import", csv(folder, f"{PLEDGES}{row}acme\n", "pledges.csv"))[2]
    assert "contact: 'acme' is a contact on 2 channels; write rooms/acme or rooms-fr/acme" in err
    assert (
        command("pledges", "import", csv(folder, f"{PLEDGES}{row}rooms-fr/acme\n", "pledges.csv"))[
            0
        ]
        == 0
    )
    code, _, err = command("contacts", "remove", "acme")
    assert code == 2
    assert (
        "there is more than one acme; name the channel with --channel, one of: rooms, rooms-fr"
        in err
    )
    assert command("contacts", "remove", "acme", "--channel", "rooms")[:2] == (
        0,
        "The contact of ACME is forgotten.\n",
    )
    assert (
        "no contact has this address on rooms"
        in command("contacts", "remove", "acme", "--channel", "rooms")[2]
    )
    assert command("contacts", "remove", "acme")[0] == 0
