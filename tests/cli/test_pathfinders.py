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
    assert mexico["review"] is False


def test_another_campaign_is_told_by_what_there_is(command):
    code, out, err = command("pathfinders", "--campaign", "endchildlabor")
    assert (code, out) == (2, "")
    assert "did you mean endchildlabour?" in err
