"""`drumbeat pathfinders`, as a whole command on what is shipped."""

import json

import house
import pytest

pytestmark = pytest.mark.slow  # whole commands, each over all that is shipped


@pytest.fixture(autouse=True)
def begun(tmp_path):
    (tmp_path / "config.toml").write_text(
        'active = ["endchildlabour"]\ndatabase = "drumbeat.db"\n', "utf-8"
    )
    house.begin(tmp_path / "drumbeat.db")


def test_countries_are_listed_with_how_far_each_is(command):
    code, out, err = command("pathfinders")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert len(lines) == 22
    assert [line.split()[1:5] for line in lines if " MX " in line] == [
        ["MX", "Mexico", "workshop", "2019-09-25"]
    ]
    rows = json.loads(command("pathfinders", "--json")[1])
    assert {row["state"] for row in rows} == {"interest", "workshop"}
    mexico = next(row for row in rows if row["country"] == "MX")
    assert mexico["events"][1]["until"] == "2019-09-25"
    assert (mexico["review"], mexico["report"]) == (False, None)


def test_a_country_is_asked_and_what_it_answers_is_shown_once_it_is_finished(command):
    code, out, err = command("pathfinders", "ask", "MX", "--to", "Ministry")
    assert (code, err) == (0, "")
    assert "no pages and no chat are set up" in out
    assert "1 open" in command("pathfinders")[1]
    code, out, err = command("pathfinders", "report", "1", "--json")
    assert json.loads(out)["mark"] is None
    for wrong in (("--show", "0" * 16), ("--show", "x", "--end"), ("--hide", "")):
        assert command("pathfinders", "report", "1", *wrong)[0] in (1, 2)
    assert command("pathfinders", "report", "99")[0] in (1, 2)
    assert command("pathfinders", "ask", "XX", "--to", "Ministry")[0] == 2
    assert command("pathfinders", "report", "1", "--end")[0] == 0
    assert "1 open" not in command("pathfinders")[1]


def test_another_campaign_is_told_by_what_there_is(command):
    code, out, err = command("pathfinders", "--campaign", "endchildlabor")
    assert (code, out) == (2, "")
    assert "did you mean endchildlabour?" in err
