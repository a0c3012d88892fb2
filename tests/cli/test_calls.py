"""`drumbeat calls`, as a whole command on what is shipped."""

import json

import house
import pytest

from bot.model import Audience
from bot.model.calls.entry import Sent
from bot.model.pledge import NewPledge
from bot.model.staff import MACHINE
from bot.store import Store

pytestmark = pytest.mark.slow  # whole commands, each over all that is shipped
CAMPAIGN = "endchildlabour"


@pytest.fixture(autouse=True)
def begun(tmp_path):
    (tmp_path / "config.toml").write_text(
        f'active = ["{CAMPAIGN}"]\ndatabase = "drumbeat.db"\n', "utf-8"
    )
    house.begin(tmp_path / "drumbeat.db")
    store = Store(tmp_path / "drumbeat.db")
    new = NewPledge(
        campaign=CAMPAIGN,
        audience=Audience.ORGANIZATION,
        stakeholder="company",
        organisation="ACME",
        country=None,
        language="en",
        answers={"name": "Train"},
    )
    store.pledges.begin(new, MACHINE, 5)
    for text in ("More \x1b[31mtrainers", "Less paper"):
        store.surveys.add(1, 2026, {"who": "partner", "missing": text}, 5)
    sent = Sent(
        campaign=CAMPAIGN,
        call="art",
        language="en",
        name="Ana",
        text="A poem",
        link="",
        contact="ana@example.org",
        shows=True,
    )
    store.entries.add(sent, "secret", 5)
    store.close()


def test_calls_are_counted_without_anybodys_name_and_surveys_are_read(command):
    code, out, err = command("calls", "--json")
    assert (code, err) == (0, "")
    assert "Ana" not in out
    call, survey = json.loads(out)
    assert (call["kind"], call["call"], call["waiting"], call["favourites"]) == (
        "contest",
        "art",
        1,
        0,
    )
    assert (survey["kind"], survey["pledge"], survey["year"], survey["answers"]) == (
        "survey",
        1,
        2026,
        2,
    )
    table = command("calls")[1]
    assert "  no  " in table
    assert "False" not in table
    told = json.loads(command("calls", "survey", "1", "--json")[1])
    assert told["questions"][0]["counts"]["I work with them"] == 2
    assert told["each"][0]["answer"] == 2
    shown = command("calls", "survey", "1")[1]
    assert "answer 1" in shown
    assert "\x1b" not in shown
    assert command("calls", "remove", "2")[0] == 0
    assert command("calls", "remove", "2")[0] != 0
    assert json.loads(command("calls", "survey", "1", "--json")[1])["answers"] == 1
    code, _, err = command("calls", "survey", "9")
    assert code != 0
    assert "nobody answered a survey of pledge 9" in err
