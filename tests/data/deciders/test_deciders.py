"""deciders.toml: what is wrong in it is told, and what people of a country get of it."""

from datetime import date

import pytest

from bot.library import read

HEAD = 'language = "en"\nhashtag = "#Bees"\nsource = "our plan"\n'
CALENDAR = '[[action]]\nid = "hum"\nkind = "quick"\nsource = "our plan"\n'
SOUND = """\
[decider.bee-office]
country = "CH"
page = "https://bees.example/who"
read = 2026-11-01
email = "office@bees.example"
"""
FAULTS = [
    ('"CH"', '"XX"', "decider.bee-office.country: 'XX' is no ISO 3166 code of a country"),
    ('page = "https://bees.example/who"\n', "", "decider.bee-office.page: is missing; add it"),
    ('"https://bees.example/who"', '"bees"', "'bees' is no address of a page"),
    ("read = 2026-11-01\n", "", "decider.bee-office.read: is missing; add it"),
    ("office@bees.example", "office", "email: is no e-mail address; write it like office@"),
    ("bee-office", "Bee_Office", "'Bee_Office' is no id"),
    ("email", "mail", "there is no such key; did you mean 'email'?"),
]


def look(root, text):
    folder = root / "campaigns" / "bees"
    folder.mkdir(parents=True)
    for name, content in (("campaign", HEAD), ("calendar", CALENDAR), ("deciders", text)):
        (folder / f"{name}.toml").write_text(content, "utf-8")
    library, problems = read([root], today=date(2026, 11, 30))
    return library.campaigns.get("bees"), [str(each) for each in problems]


def test_a_sound_file_gives_them_by_their_ids(tmp_path):
    campaign, problems = look(tmp_path, SOUND)
    assert problems == []
    office = campaign.deciders["bee-office"]
    assert (office.country, office.email) == ("CH", "office@bees.example")
    assert (office.page, office.read) == ("https://bees.example/who", date(2026, 11, 1))


@pytest.mark.parametrize(("part", "instead", "told"), FAULTS)
def test_a_fault_is_named_with_its_key(tmp_path, part, instead, told):
    _, problems = look(tmp_path, SOUND.replace(part, instead, 1))
    assert any(told in each for each in problems), problems
    assert all(each.startswith("campaigns/bees/deciders.toml: ") for each in problems)
