"""`drumbeat events`: what people can come to, and how many do; whole commands, on what is shipped."""

import json

import house
import pytest

from bot.model.events import EventKey, Standing
from bot.model.events.said import EventFacts, SaidOfEvent
from bot.store import Store

pytestmark = pytest.mark.slow  # whole commands, each over all that is shipped


@pytest.fixture(autouse=True)
def config(tmp_path):
    (tmp_path / "config.toml").write_text('active = ["endchildlabour2021"]\n', "utf-8")


def test_each_event_is_listed_with_how_many_come_and_with_what_is_not_known_left_open(
    command, tmp_path
):
    store = Store(tmp_path / "drumbeat.db")
    key = EventKey("endchildlabour2021", "world-day-webinar", 0)
    store.channels.ensure([house.channel()])
    store.people.add(house.person(number) for number in (1, 2, 3))
    for person in (1, 2, 3):
        standing = Standing.WAITS if person == 3 else Standing.COMES
        store.events.join(key, person, standing, heard=0, until=2**40, now=5)
    store.events.was_there(key, 1, 6)
    store.close()
    code, out, _ = command("events", "--json", "--db", str(tmp_path / "drumbeat.db"))
    assert code == 0
    told = {each["event"]: each for each in json.loads(out)}
    webinar = told["world-day-webinar"]
    assert (webinar["comes"], webinar["waits"], webinar["there"]) == (2, 1, 1)
    assert (webinar["start"], webinar["capacity"], webinar["zone"]) == ("2021-06-12", None, None)
    assembly = told["general-assembly"]
    assert (assembly["start"], assembly["month"]) == (None, "2021-09")
    meeting = told["coordinating-7"]
    assert (meeting["zone"], meeting["state"]) == ("Europe/Paris", "held")
    code, out, _ = command("events", "--db", str(tmp_path / "drumbeat.db"))
    assert code == 0
    assert "world-day-webinar" in out
    code, _, err = command(
        "events", "--campaign", "endchildlabor2021", "--db", str(tmp_path / "drumbeat.db")
    )
    assert code != 0
    assert "did you mean" in err


def test_what_is_gone_from_a_campaign_that_is_over_is_listed_by_its_campaign_too(command, tmp_path):
    at = ("--db", str(tmp_path / "drumbeat.db"))
    store = Store(tmp_path / "drumbeat.db")
    key = EventKey("trees2020", "talk", 0)
    facts = EventFacts(
        start="2020-06-12T15:30:00+02:00", end="", month="", off=False, link="", titles={},
        places={}, zone="Europe/Paris",
    )  # fmt: skip
    store.events.say(key, SaidOfEvent(digest="", sequence=0, dated=0), facts)
    store.channels.ensure([house.channel()])
    store.people.add([house.person(1)])
    store.events.join(key, 1, Standing.COMES, heard=0, until=2**40, now=5)
    store.close()
    code, out, _ = command("events", "--campaign", "trees2020", "--json", *at)
    assert code == 0
    [told] = json.loads(out)
    assert (told["event"], told["state"], told["zone"]) == ("talk", "gone", "Europe/Paris")
    code, _, err = command("events", "--campaign", "trees2021", *at)
    assert code != 0
    assert "did you mean trees2020?" in err


def test_what_cant_be_called_off_is_said_with_what_is_known(command, tmp_path):
    Store(tmp_path / "drumbeat.db").close()
    at = ("--db", str(tmp_path / "drumbeat.db"))
    code, _, err = command("events", "off", "endchildlabor2021", "world-day-webinar", *at)
    assert code != 0
    assert "no campaign is called 'endchildlabor2021'; did you mean endchildlabour2021?" in err
    code, _, err = command("events", "off", "endchildlabour2021", "world-day-webinr", *at)
    assert code != 0
    assert "has left campaigns/endchildlabour2021/events.toml; did you mean 'world-day-w" in err
    code, _, err = command("events", "off", "endchildlabour2021", "world-day-webinar", *at)
    assert code != 0
    assert 'is called off there, by its state = "cancelled"' in err
