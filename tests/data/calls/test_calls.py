"""calls.toml, and the form of a survey: what is wrong in them is told."""

from datetime import date

import pytest

from bot.library import read

HEAD = 'language = "en"\nhashtag = "#Bees"\nsource = "our plan"\n'
CALENDAR = '[[action]]\nid = "hum"\nkind = "quick"\nsource = "our plan"\n'
CALLS = """\
[[call]]
id = "songs"
kind = "contest"
opens = 2027-05-01
closes = 2027-05-31
source = "our plan"
[[call]]
id = "hives"
kind = "story"
month = 6
source = "our plan"
"""
SURVEY = """\
[forms.survey]
source = "our plan"
[[forms.survey.question]]
id = "who"
kind = "choice"
choices = ["bee", "friend"]
required = true
[[forms.survey.question]]
id = "missing"
kind = "text"
max_words = 50
required = false
"""
Q = 'month = 6\n[[call.question]]\n{}\nrequired = true\n[[call]]\nid = "more"\nkind = "story"'
"""A question in the place of a call's month."""
FAULTS = [
    (CALLS, "month = 6", "to = {groups = ['bees']}", "call[hives].to.groups: pledges.toml has no"),
    (CALLS, "month = 6", "to = {topics = ['wax']}", "call[hives].to.topics: pledges.toml has no"),
    (CALLS, "month = 6", Q.format('id = "name"\nkind = "text"'), "question[name].id: 'name' means"),
    (CALLS, "month = 6", Q.format('id = "a"\nkind = "topics"'), "question[a].kind: a call asks by"),
    (
        CALLS,
        "month = 6",
        Q.format('id = "a"\nkind = "choice"'),
        "question[a].choices: a question of",
    ),
    (
        CALLS,
        "month = 6",
        Q.format('id = "a"\nkind = "text"\nstep = "b"'),
        "question[a].step: a call asks",
    ),
    (CALLS, "month = 6", "to = {countries = ['XX']}", "'XX' is no ISO 3166 code of a country"),
    (CALLS, "month = 6", "month = 13", "call[hives].month"),
    (CALLS, "month = 6", "opens = 2027-06-01", "call[hives]: say when it is open"),
    (CALLS, "closes = 2027-05-31\n", "closes = 2027-05-31\nmonth = 5\n", ""),
    (CALLS, "2027-05-31", "2027-04-30", "call[songs].closes: it would close before it opens"),
    (CALLS, '"hives"', '"songs"', "the id 'songs' stands there twice"),
    (CALLS, '"story"', '"poll"', "call[hives].kind"),
    (SURVEY, '"text"', '"link"', "question[missing]: a survey asks all alike"),
    (SURVEY, "required = false", "required = false\nlater = true", "question[missing]: a survey"),
    (SURVEY, '["bee", "friend"]', '"actions"', "question[who]: a survey asks all alike"),
    (SURVEY, "forms.survey", "forms.poll", "forms.poll: nobody is ever asked this form"),
]


def look(root, text):
    folder = root / "campaigns" / "bees"
    folder.mkdir(parents=True)
    name = "calls" if text.startswith("[[call") else "forms"
    for file, content in (("campaign", HEAD), ("calendar", CALENDAR), (name, text)):
        (folder / f"{file}.toml").write_text(content, "utf-8")
    library, problems = read([root], today=date(2026, 11, 30))
    return library.campaigns.get("bees"), [str(each) for each in problems]


def test_sound_files_give_calls_with_their_days_and_a_form(tmp_path):
    campaign, problems = look(tmp_path / "calls", CALLS)
    assert problems == []
    songs, hives = campaign.calls
    assert [songs.is_open(date(2027, *day)) for day in ((4, 30), (5, 1), (5, 31), (6, 1))] == [
        False,
        True,
        True,
        False,
    ]
    assert (hives.kind.value, hives.is_open(date(2031, 6, 30))) == ("story", True)
    campaign, problems = look(tmp_path / "forms", SURVEY)
    assert (problems, list(campaign.forms)) == ([], ["survey"])


@pytest.mark.parametrize(("whole", "part", "instead", "told"), FAULTS)
def test_a_fault_is_named_with_its_key(tmp_path, whole, part, instead, told):
    _, problems = look(tmp_path, whole.replace(part, instead))
    assert problems
    assert any(told in each for each in problems), problems
