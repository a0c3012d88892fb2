"""`drumbeat calls`, as a whole command on what is shipped."""

import json
from contextlib import closing
from pathlib import Path

import house
import pytest

from bot.model import Audience
from bot.model.calls.entry import EntryState, Sent
from bot.model.pledge import NewPledge
from bot.model.staff import MACHINE, Actor
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


CLEAR = {
    "shown": "yes",
    "child": "no",
    "consent": "yes",
    "risk": "no",
    "dignity": "no",
    "place": "no",
}


def answers(**changed):
    """The options that answer the checklist."""
    return [word for name, said in (CLEAR | changed).items() for word in (f"--{name}", said)]


def standing():
    with closing(Store(Path("drumbeat.db"))) as store:
        entry = store.entries.get(1)
        return entry.state, str(entry.first or "")


def test_a_second_look_is_by_another_member_of_staff(command, tmp_path, monkeypatch):
    with (tmp_path / "config.toml").open("a", encoding="utf-8") as config:
        for name in ("anna", "bea"):
            config.write(f'[staff.{name}]\nlogin = "{name}"\nroles = ["approver"]\n')

    def take(who, *given):
        monkeypatch.setenv("LOGNAME", who)
        code, out, err = command("calls", "take", "1", *given)
        return code, out or err

    code, said = take("anna", "--shown", "yes", "--child", "no")
    assert (code != 0, "without an answer to consent, risk, dignity, place" in said) == (True, True)
    assert standing() == (EntryState.WAITS, "")
    code, said = take("anna", *answers(child="yes"))
    assert (code, "shows a child: somebody else has to look, too" in said) == (0, True)
    assert standing() == (EntryState.SECOND, "anna")
    # who looked first, and a login that may be anybody's
    for who in ("anna", "somebody"):
        code, said = take(who, *answers(child="yes"))
        assert (code != 0, "a second person has to look at it" in said) == (True, True)
        assert standing() == (EntryState.SECOND, "anna")
    code, said = take("bea", *answers(child="yes"))
    assert (code, "is a favourite" in said) == (0, True)
    assert standing()[0] is EntryState.FAVOURITE
    code, said = take("bea", *answers())
    assert (code != 0, "waits for nothing any more" in said) == (True, True)


@pytest.mark.parametrize("changed", [{"risk": "yes"}, {"consent": "no"}, {"place": "unknown"}])
def test_a_second_look_that_tells_of_a_risk_keeps_it_private(
    command, tmp_path, monkeypatch, changed
):
    with closing(Store(tmp_path / "drumbeat.db")) as store:
        store.entries.decide(1, EntryState.SECOND, Actor("anna"), 6)
    with (tmp_path / "config.toml").open("a", encoding="utf-8") as config:
        config.write('[staff.bea]\nlogin = "bea"\nroles = ["approver"]\n')
    monkeypatch.setenv("LOGNAME", "bea")
    code, out, _ = command("calls", "take", "1", *answers(child="yes", **changed))
    assert (code, "Entry 1 stays private." in out) == (0, True)
    assert standing()[0] is EntryState.PRIVATE
