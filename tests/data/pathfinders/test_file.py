"""pathfinders.toml: what is wrong in it is told, and what is shipped is the briefing's own."""

from datetime import date

import pytest

from bot.library import read, shipped_root

HEAD = 'language = "en"\nhashtag = "#Bees"\nsource = "our plan"\n'
CALENDAR = '[[action]]\nid = "hum"\nkind = "quick"\nsource = "our plan"\n'
SOUND = """\
source = "a list"
as_of = 2030-05-19
[[later]]
id = "many"
source = "a speech"
url = "https://example.org/speech"
read = 2030-05-20
[[part]]
id = "cover"
shows = ["cover"]
[[part]]
id = "roadmap"
[[part]]
id = "actions"
within = "roadmap"
texts = ["roadmap"]
[[country]]
code = "CH"
texts = [{ id = "ch-law", part = "roadmap" }]
events = [
    { kind = "interest", by = 2020-05-19 },
    { kind = "workshop", on = 2020-09-24, until = 2020-09-25 },
    { kind = "confirmed", on = 2021-01-01, source = "a letter" },
    { kind = "review", on = 2022-01-01, outcome = "progress", source = "minutes" },
]
"""
FAULTS = [
    ('"CH"', '"XX"', "country[1].code: 'XX' is no ISO 3166 code of a country"),
    ("as_of = 2030-05-19\n", "", "as_of: is missing; add it"),
    ('{ kind = "interest", by = 2020-05-19 },', '{ kind = "interest" },', "country[CH].events[0].by: either `on`"),
    ("by = 2020-05-19", "by = 2020-05-19, on = 2020-05-19", "country[CH].events[0].by: either `on`"),
    ("on = 2020-09-24, until", "by = 2020-09-24, until", "country[CH].events[1].on: a workshop without its day says nothing"),
    ("until = 2020-09-25", "until = 2020-09-23", "country[CH].events[1].until: 2020-09-23 doesn't come after `on`"),
    ('outcome = "progress", ', "", "country[CH].events[3].outcome: a review needs one"),
    ("on = 2021-01-01, ", 'on = 2021-01-01, outcome = "none", ', "country[CH].events[2].outcome: a review needs one"),
    ('outcome = "progress"', 'outcome = "good"', "'good' can't stand here; there are: justified, none, progress"),
    ("on = 2022-01-01", "on = 2031-01-01", "country[CH].events[3]: 2031-01-01 lies after as_of = 2030-05-19; move as_of"),
    (', source = "minutes"', "", "country[CH].events[3].source: is missing; say where it can be read"),
    ("on = 2022-01-01", "on = 2020-12-31", "country[CH].events[review]: 2020-12-31 doesn't come after the confirmation"),
    ('kind = "workshop", on = 2020-09-24, until = 2020-09-25', 'kind = "interest", on = 2022-01-01', "country[CH].events[interest]: 'interest' happens once"),
    ('kind = "interest", by = 2020-05-19', 'kind = "interest", on = 2022-01-01', "country[CH].events[confirmed]: 2021-01-01 lies before the interest"),
    ("[[country]]", '[[country]]\ncode = "CH"\nevents = [{ kind = "interest", by = 2020-01-01 }]\n[[country]]', "country[CH]: 'CH' stands there twice"),
    ('url = "https://example.org/speech"', "", "later[many].read: nobody knows where it was read; add its url"),
    ('source = "a speech"', "", "later[many].source: is missing; add it"),
    ("[[later]]", "hold_after = 0\n[[later]]", "hold_after: "),
    ('within = "roadmap"', 'within = "road"', "part[actions].within: there is no part 'road' of its own; did you mean 'roadmap'?"),
    ('within = "roadmap"', 'within = "actions"', "part[actions].within: there is no part 'actions' of its own"),
    ('texts = ["roadmap"]', 'texts = ["roads"]', "part[actions].texts: there is no part 'roads'"),
    ('part = "roadmap" }', 'part = "map" }', "country[CH].texts[ch-law].part: there is no part 'map'"),
    ('id = "roadmap"', 'id = "cover"', "part[cover]: the id 'cover' stands there twice"),
    ('["cover"]', '["covers"]', "'covers' can't stand here; did you mean 'cover'?"),
    ('kind = "interest"', 'kind = "intrest"', "'intrest' can't stand here; did you mean 'interest'?"),
    ("[[country]]", "[[country]]\nstep = []\n", "there is no such key; did you mean 'steps'?"),
]  # fmt: skip


FORM = """\
[forms.progress]
source = "our plan"
[[forms.progress.question]]
id = "highlights"
kind = "text"
required = true
"""


def look(root, text, **more):
    folder = root / "campaigns" / "bees"
    folder.mkdir(parents=True)
    files = {"campaign": HEAD, "calendar": CALENDAR, "pathfinders": text, **more}
    for name, content in files.items():
        (folder / f"{name}.toml").write_text(content, "utf-8")
    library, problems = read([root], today=date(2030, 6, 1))
    return library, [str(problem) for problem in problems]


def test_a_sound_file_is_read_as_the_model_has_it(tmp_path):
    library, problems = look(tmp_path, SOUND)
    assert problems == []
    of = library.campaigns["bees"].pathfinders
    assert (of.as_of, of.review_months, of.hold_after) == (date(2030, 5, 19), 12, 2)
    assert [each.source for each in of.country("CH").events] == [
        "a list",
        "a list",
        "a letter",
        "minutes",
    ]
    assert of.country("AT") is None
    assert [(each.id, each.within, each.texts) for each in of.parts] == [
        ("cover", "", ("cover",)),
        ("roadmap", "", ("roadmap",)),
        ("actions", "roadmap", ("roadmap",)),
    ]
    assert [(each.id, each.source) for each in of.country("CH").texts] == [("ch-law", "a list")]


@pytest.mark.parametrize(("old", "new", "expected"), FAULTS)
def test_each_thing_that_is_wrong_is_told(tmp_path, old, new, expected):
    assert old in SOUND
    library, problems = look(tmp_path, SOUND.replace(old, new, 1))
    assert any(expected in each for each in problems), problems
    assert all(each.startswith("campaigns/bees/pathfinders.toml: ") for each in problems)
    assert library.campaigns == {}


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ("highlights", []),
        (
            "higlights",
            [
                "campaigns/bees/pathfinders.toml: part[actions].answers: the form `progress` has no"
                " question 'higlights'; did you mean 'highlights'?"
            ],
        ),
    ],
)
def test_a_part_that_waits_for_what_nobody_asks_is_told(tmp_path, answers, expected):
    text = SOUND.replace('within = "roadmap"', f'within = "roadmap"\nanswers = ["{answers}"]')
    _, problems = look(tmp_path, text, forms=FORM)
    assert problems == expected


BRIEFING = {
    "MG": ["2018-10-25"],
    "NG": ["2019-05-09"],
    "UG": ["2019-04-17"],
    "MR": ["2019-03-04"],
    "TN": ["2019-03-28"],
    "ET": ["2019-12-20"],
    "MW": ["postponed 2020-03-26"],
    "CL": ["2019-03-28"],
    "MX": ["2019-09-24 to 2019-09-25"],
    "PE": ["2019-09-12 to 2019-09-13"],
    "NP": ["2019-02-07"],
    "VN": ["2019-05-24"],
    "FJ": ["2019-08-22 to 2019-08-23"],
    "AL": ["2019-04-12"],
}
"""The fourteen workshops of the briefing, one of them postponed."""


def test_the_shipped_lives_are_the_briefings_own():
    library, _ = read([shipped_root()])
    for name in ("endchildlabour", "endchildlabour2021"):
        campaign = library.campaigns[name]
        of = campaign.pathfinders
        assert of.as_of == date(2020, 5, 19)
        assert len(of.countries) == 21
        assert {each.code: workshops(each) for each in of.countries if workshops(each)} == BRIEFING
        # it says no day of a letter, nor that anybody was confirmed or reviewed
        assert {event.kind.value for each in of.countries for event in each.events} == {
            "interest",
            "workshop",
            "postponed",
        }
        assert {each.events[0].by for each in of.countries} == {of.as_of}
    listed = library.campaigns["endchildlabour2021"].countries
    assert [each.code for each in of.countries] == list(listed.codes)


def workshops(country):
    return [
        ("postponed " if event.kind.value == "postponed" else "")
        + str(event.on)
        + (f" to {event.until}" if event.until else "")
        for event in country.events
        if event.on
    ]
