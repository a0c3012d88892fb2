"""Data files: what is sound becomes a Library, and each thing that isn't becomes a problem that
helps.
"""

import os
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.library import Library, overlaps, read, shipped_root
from bot.library.like import SHARED
from bot.model import Audience, EasterOffset, Kind, ListedDates, NthWeekday, YearlyDay
from bot.model.campaign import Colours
from bot.model.makers import Group, JourneyRules, Suggestion

TODAY = date(2030, 1, 1)
SHIPPED = read([shipped_root()])[0].campaigns
CAMPAIGN = """\
language = "en"
languages = ["en", "pt-BR"]
hashtag = "#Bees"
hashtags = ["#Bees", "#Abelhas"]
start = 2030-02-01
end = 2030-12-31
contact = "bees@example.org"
source = "our plan"
yields_to = []
[links.seeds]
url = "https://bees.example/seeds"
source = "our site"
checked = 2030-01-01
[links.later]
url = ""
source = "our site"
[facts.hives]
value = 1000
source = "our count"
as_of = 2030-01-01
expires = 2030-06-30
"""
CALENDAR = """\
[observances.bee-day]
when = { month = 5, day = 20 }
source = "the United Nations"
[observances.garden-day]
when = { month = 6, nth = -1, weekday = "sunday" }
source = "gardeners"
[observances.fair]
when = { dates = [2030-09-02, 2030-09-01] }
source = "the town"
[observances.friday]
when = { easter = -2 }
source = "the calendar"

[[action]]
id = "plant"
kind = "share"
month = 3
nudge = 9
hashtags = ["#Bees"]
links = ["seeds"]
source = "our plan, March"

[[action]]
id = "bee-day"
kind = "share"
audiences = ["individual", "country"]
observance = "bee-day"
to = ["nudge", "post"]
hashtags = ["#BeeDay", "#Bees"]
prescribed = "Hello #BeeDay #Bees"
picture = "bee"
requires = "pledge"
safeguarding = true
grace = "90m"
source = "our plan, May"

[[action]]
id = "hum"
kind = "quick"
source = "our plan"
"""
JOURNEY = """\
[journey]
reminder_days = 7
unanswered = 2
draft_days = 30
[[prompt]]
id = "prompt-april"
month = 4
nudge = 6
source = "our plan, April"
"""
FORMS = """\
[forms.pledge]
source = "our plan"
[[forms.pledge.question]]
id = "name"
kind = "text"
max_words = 20
required = true
[[forms.pledge.question]]
id = "which"
kind = "choice"
choices = "actions"
required = false
"""
RESULT = """\
[forms.scale-up]
source = "our plan"
[[forms.scale-up.question]]
id = "cost"
kind = "text"
required = false
board = "cost"
"""
PLEDGES = """\
[[group]]
id = "keepers"
audience = "organization"
source = "our plan"
[[suggestion]]
id = "keepers-hive"
group = "keepers"
source = "our plan"
[[smart]]
id = "organization"
audience = "organization"
source = "our plan"
[[choosing]]
id = "proud"
source = "our plan"
"""
SHOWCASE = """\
[[pledge]]
id = "club"
name = "The Club"
kind = "keepers"
country = "CH"
title = "Hives"
quote = "We keep bees."
source = "its page"
[[story]]
id = "school"
name = "The School"
kind = "keepers"
seat = "Bern"
quote = "We learn."
source = "its page"
"""
COUNTRIES = 'label = "Friends"\nsource = "a list"\nas_of = 2030-01-01\ncountries = ["CH", "PT"]\n'
PARTNERS = (
    'source = "a list"\nas_of = 2030-01-01\n[[partner]]\nnumber = 1\nname = "A"\ngroup ='
    ' "B"\ncountry = "C"\nwebsite = "a.example"\n'
)
EVENTS = """\
[[event]]
id = "talk"
start = 2030-06-12T13:30:00
end = 2030-06-12T14:45:00
zone = "Europe/Zurich"
link = "later"
languages = ["en", "fr"]
organisers = ["The Club"]
capacity = 40
signup = true
source = "our plan, June"
[[event]]
id = "fair"
month = "2030-09"
source = "the town"
[[event]]
id = "day"
observance = "bee-day"
source = "the town"
[[roadmap]]
id = "first-talk"
event = "talk"
source = "our plan"
came = { source = "its page", url = "https://bees.example/talk", read = 2030-07-01 }
"""
FILES = {
    "campaign": CAMPAIGN,
    "calendar": CALENDAR,
    "journey": JOURNEY,
    "forms": FORMS,
    "pledges": PLEDGES,
    "showcase": SHOWCASE,
    "countries": COUNTRIES,
    "partners": PARTNERS,
    "events": EVENTS,
}


def write(root, name="bees", /, **changes):
    folder = root / "campaigns" / name
    folder.mkdir(parents=True, exist_ok=True)
    for file, text in (FILES | changes).items():
        if text is not None:
            (folder / f"{file}.toml").write_text(text, "utf-8")
    return root


def look(root, *roots) -> tuple[Library, list[str]]:
    library, problems = read([root, *roots], today=TODAY)
    return library, [str(problem) for problem in problems]


def broken(root, name, old, new):
    """The problems after `old` in file `name` has become `new`."""
    assert old in FILES[name]
    library, problems = look(write(root, **{name: FILES[name].replace(old, new, 1)}))
    assert library.campaigns == {}
    assert library.known == ("bees",)
    return problems


def test_a_sound_campaign_is_read_as_the_model_has_it(tmp_path):
    library, problems = look(write(tmp_path, extra='any = "thing"\n'))
    assert problems == []
    bees = library.campaigns["bees"]
    assert (bees.language, bees.languages, bees.hashtag, bees.hashtags) == (
        "en",
        ("en", "pt-BR"),
        "#Bees",
        ("#Bees", "#Abelhas"),
    )
    assert (bees.start, bees.end) == (
        date(2030, 2, 1),
        date(2030, 12, 31),
    )
    assert (bees.links["seeds"].url, bees.links["seeds"].checked, bees.links["later"].url) == (
        "https://bees.example/seeds",
        TODAY,
        "",
    )
    assert (bees.facts["hives"].value, bees.facts["hives"].expires) == (1000, date(2030, 6, 30))
    assert bees.observances["bee-day"].when == YearlyDay(month=5, day=20)
    assert bees.observances["garden-day"].when == NthWeekday(month=6, nth=-1, weekday=6)
    assert bees.observances["fair"].when == ListedDates(dates=(date(2030, 9, 1), date(2030, 9, 2)))
    assert bees.observances["friday"].when == EasterOffset(days=-2)
    assert [action.id for action in bees.actions] == ["plant", "bee-day", "hum", "prompt-april"]
    assert bees.journey == JourneyRules(reminder_days=7, unanswered=2, draft_days=30)
    assert [(q.id, q.choice, q.choices) for q in bees.forms["pledge"].questions] == [
        ("name", False, ()),
        ("which", True, ()),
    ]
    assert bees.groups == {
        "keepers": Group(
            id="keepers",
            audience=Audience.ORGANIZATION,
            source="our plan",
            suggestions=(Suggestion(id="keepers-hive", source="our plan"),),
        )
    }
    assert [(each.id, each.audience) for each in bees.smart] == [
        ("organization", Audience.ORGANIZATION)
    ]
    assert [each.id for each in bees.choosing] == ["proud"]
    assert [(each.id, each.country) for each in bees.showcase] == [("club", "CH")]
    assert [(each.id, each.seat) for each in bees.stories] == [("school", "Bern")]
    assert (bees.countries.label, bees.countries.codes) == ("Friends", ("CH", "PT"))
    assert [each.website for each in bees.partners.members] == ["a.example"]


@pytest.mark.parametrize(
    ("table", "colours"),
    [
        ("", Colours()),
        ('[colours]\naccent = "#7A1FA2"\n', Colours(accent="#7a1fa2", dark="#af79c7")),
        (
            '[colours]\naccent = "#7a1fa2"\ndark = "#ffffff"\n',
            Colours(accent="#7a1fa2", dark="#ffffff"),
        ),
        ('[colours]\ndark = "#ffffff"\n', Colours(dark="#ffffff")),
    ],
)
def test_letters_have_colours_that_can_be_read_in_the_dark_too(tmp_path, table, colours):
    write(tmp_path, campaign=CAMPAIGN + table)
    library, problems = look(tmp_path)
    assert problems == []
    assert library.campaigns["bees"].colours == colours


def test_what_an_action_leaves_out_has_its_usual_value(tmp_path):
    bees = look(write(tmp_path))[0].campaigns["bees"]
    plant, day, hum, prompt = bees.actions
    assert (plant.kind, plant.audiences, plant.nudge, plant.post) == (
        Kind.SHARE,
        (Audience.INDIVIDUAL,),
        True,
        False,
    )
    assert (plant.when, plant.month, plant.observance, plant.grace) == (
        YearlyDay(month=3, day=9),
        3,
        None,
        timedelta(days=3),
    )
    assert (day.when, day.month, day.observance, day.grace) == (
        YearlyDay(month=5, day=20),
        None,
        "bee-day",
        timedelta(minutes=90),
    )
    assert (day.nudge, day.post, day.requires, day.safeguarding, day.picture) == (
        True,
        True,
        "pledge",
        True,
        "bee",
    )
    assert (hum.kind, hum.when, hum.nudge, hum.post) == (Kind.QUICK, None, False, False)
    assert prompt.kind is Kind.PROMPT
    assert set(prompt.audiences) == set(Audience) - {Audience.INDIVIDUAL}
    assert prompt.grace == timedelta(days=7)


BREAKS = [
    # campaign.toml
    ("campaign", 'hashtag = "#Bees"', 'hashtga = "#Bees"', "campaign.toml: hashtga: there is no such key; did you mean 'hashtag'?"),
    ("campaign", 'hashtag = "#Bees"', 'hashtga = "#Bees"', "campaign.toml: hashtag: is missing; add it"),
    ("campaign", '"#Bees"', '"#Bees and more"', "campaign.toml: hashtag: '#Bees and more' is no hashtag; write '#' and then"),
    ("campaign", '["#Bees", "#Abelhas"]', '["#Abelhas"]', "campaign.toml: hashtags: '#Bees', the campaign's main hashtag, is not among them"),
    ("campaign", 'language = "en"', "language = 5", "campaign.toml: language: must be a text in quotes, not 5"),
    ("campaign", '["en", "pt-BR"]', '["pt-BR"]', "campaign.toml: languages: 'en', the campaign's own language, is not among them; add it"),
    ("campaign", "pt-BR", "pt_br", "campaign.toml: languages[2]: 'pt_br' is no language tag; write it like en, pt-BR or zh-Hant"),
    ("campaign", '["en", "pt-BR"]', '["en", "en"]', "campaign.toml: languages: 'en' stands there twice"),
    ("campaign", "2030-12-31", "2030-01-01", "campaign.toml: end: 2030-01-01 lies before start = 2030-02-01"),
    ("campaign", "2030-02-01", '"soon"', "campaign.toml: start: must be a day without quotes, like 2000-12-31, not 'soon'"),
    ("campaign", "2030-12-31", "2030-02-31", "campaign.toml: (whole file): is no valid TOML: "),
    ("campaign", "yields_to = []", 'yields_to = ["bees"]', "campaign.toml: yields_to: a campaign can't yield to itself"),
    ("campaign", "yields_to = []", 'yields_to = ["bee"]', "campaign.toml: yields_to: there is no campaign 'bee'; did you mean 'bees'?"),
    ("campaign", "https://bees.example/seeds", "bees", "campaign.toml: links.seeds.url: 'bees' is no address of a page"),
    ("campaign", "[links.later]\n", "[links.later]\nchecked_on = 2030-01-01\n", "links.later.checked_on: there is no such key; did you mean 'checked'?"),
    ("campaign", "[links.later]", '[links."La ter"]', "links.La ter: 'La ter' is no id; use small letters a-z, digits and '-'"),
    ("campaign", "[links.later]\n", '[links.later]\npage = "storeis"\n', "campaign.toml: links.later.page: there is no page 'storeis'; did you mean 'stories'?; correct it, or take the line out"),
    ("campaign", "[links.later]\n", '[links.later]\npage = "hive"\n', "links.later.page: there is no page 'hive'; there are: countries, events, partners, pledges, roadmap, stories; correct it"),
    ("campaign", "[links.later]\n", '[links.later]\npage = "/x?y"\n', "campaign.toml: links.later.page: '/x?y' is no id"),
    ("campaign", "[links.later]\n", '[links.later]\ntopic = "honey"\n', 'links.later.topic: only the page "pledges" is looked through by topic; set `page` to it, or take the line out'),
    ("campaign", "[links.later]\n", '[links.later]\npage = "pledges"\ntopic = "honey"\n', "campaign.toml: links.later.topic: pledges.toml has no topic 'honey'; there are: none; correct it, or write a [[topic]] there"),
    ("campaign", "value = 1000", "value = true", "campaign.toml: facts.hives.value: must be a number or a text"),
    ("campaign", "2030-06-30", "2029-06-30", "campaign.toml: facts.hives.expires: 2029-06-30 lies before as_of = 2030-01-01"),
    ("campaign", "expires = 2030-06-30", 'replaced_by = "hvies"', "campaign.toml: facts.hives.replaced_by: there is no fact 'hvies'; did you mean 'hives'?; correct it, or write [facts.hvies]"),
    ("campaign", "expires = 2030-06-30", 'replaced_by = "hives"', "facts.hives.replaced_by: hives is of 2030-01-01, which is no later than 2030-01-01; name a newer fact"),
    ("campaign", "expires = 2030-06-30", "year = 20", "campaign.toml: facts.hives.year:"),
    ("campaign", "expires = 2030-06-30", "read = 2030-02-01", "campaign.toml: facts.hives.read: nobody knows where it was read; add its url"),
    ("campaign", "[links.seeds]", '[colours]\naccent = "blue"\n[links.seeds]', "campaign.toml: colours.accent: 'blue' is no colour; write it like #0b5cad"),
    ("campaign", "[links.seeds]", '[colours]\naccent = "#FFCC00"\n[links.seeds]', "campaign.toml: colours.accent: #ffcc00 can't be read on #ffffff: their contrast is 1.5, and 4.5 is the least; take a darker one"),
    ("campaign", "[links.seeds]", '[colours]\ndark = "#0b5cad"\n[links.seeds]', "campaign.toml: colours.dark: #0b5cad can't be read on #1b212b: their contrast is 2.4, and 4.5 is the least; take a lighter one"),
    # calendar.toml
    ("calendar", "day = 20", "day = 32", "calendar.toml: observances.bee-day.when: there is no 32 May; its last day is the 31"),
    ("calendar", "month = 5, day = 20", "month = 2, day = 31", "calendar.toml: observances.bee-day.when: there is no 31 February; its last day is the 29"),
    ("calendar", "month = 5, day", "month = 13, day", "calendar.toml: observances.bee-day.when.month: there is no month 13; give 1 to 12"),
    ("calendar", "month = 5, day = 20", "month = 5", "observances.bee-day.when: must be { month, day }, { month, nth, weekday }"),
    ("calendar", "nth = -1", "nth = 0", "observances.garden-day.when.nth: must be -5 to 5 and not 0, not 0"),
    ("calendar", '"sunday"', '"sonday"', "observances.garden-day.when.weekday: 'sonday' can't stand here; did you mean 'sunday'?"),
    ("calendar", "2030-09-02", "2030-09-31", "calendar.toml: (whole file): is no valid TOML: "),
    ("calendar", "easter = -2", "easter = 4000", "observances.friday.when.easter: must be -400 to 400"),
    ("calendar", 'kind = "share"', 'kind = "shaer"', "calendar.toml: action[plant].kind: 'shaer' can't stand here; did you mean 'share'?"),
    ("calendar", '"country"]', '"contry"]', "action[bee-day].audiences[2]: 'contry' can't stand here; did you mean 'country'?"),
    ("calendar", 'observance = "bee-day"', 'observance = "bees-day"', "action[bee-day].observance: there is no [observances.bees-day]; did you mean 'bee-day'?"),
    ("calendar", 'observance = "bee-day"\n', "", "action[bee-day]: needs either observance (a named day) or month and nudge"),
    ("calendar", "month = 3\n", 'month = 3\nobservance = "bee-day"\n', "action[plant]: needs either observance (a named day) or month and nudge"),
    ("calendar", "nudge = 9", "nudge = 32", "calendar.toml: action[plant].nudge: there is no 32 March; its last day is the 31"),
    ("calendar", "month = 3\nnudge = 9", "month = 2\nnudge = 29", "action[plant].nudge: 29 February comes in leap years only; choose another day"),
    ("calendar", "month = 3", "month = 1", "action[plant]: it would never go out: no day of it lies in the campaign's dates, 2030-02-01 to 2030-12-31"),
    ("calendar", 'links = ["seeds"]', 'links = ["seed"]', "action[plant].links: campaign.toml has no [links.seed]; did you mean 'seeds'?"),
    ("calendar", '"#BeeDay", "#Bees"', '"BeeDay"', "action[bee-day].hashtags[1]: 'BeeDay' is no hashtag"),
    ("calendar", '"90m"', '"soon"', "action[bee-day].grace: 'soon' is no length of time; write it like"),
    ("calendar", 'id = "bee-day"', 'id = "plant"', "calendar.toml: action[plant]: the id 'plant' stands there twice; ids must differ"),
    ("calendar", 'id = "bee-day"', 'id = "Bee Day"', "calendar.toml: action[Bee Day].id: 'Bee Day' is no id"),
    ("calendar", 'id = "hum"\n', "", "calendar.toml: action[3].id: is missing; add it"),
    ("calendar", 'kind = "quick"', 'kind = "quick"\nmonth = 3\nnudge = 4', "action[hum].month: a quick thing is always there: leave out observance, month"),
    ("calendar", "safeguarding = true", 'safeguarding = "yes"', "action[bee-day].safeguarding: must be true or false, without quotes, not 'yes'"),
    ("calendar", "[[action]]", "[action]", "calendar.toml: (whole file): is no valid TOML: "),
    ("calendar", "month = 3\nnudge = 9", "month = 5\nnudge = 20", "action[bee-day]: on 2030-05-20 it nudges the same people (individual) as 'plant'; choose another day"),
    # journey.toml
    ("journey", "reminder_days = 7", "reminder_day = 7", "journey.toml: journey.reminder_day: there is no such key; did you mean 'reminder_days'?"),
    ("journey", "unanswered = 2", "unanswered = 0", "journey.toml: journey.unanswered: must be 1 or more, not 0"),
    ("journey", "reminder_days = 7", "reminder_days = 999999999999", "journey.toml: journey.reminder_days: must be 36500 or less, not 999999999999"),
    ("journey", "draft_days = 30", "draft_days = 36501", "journey.toml: journey.draft_days: must be 36500 or less, not 36501"),
    ("journey", "nudge = 6", "nudge = 31", "journey.toml: prompt[prompt-april].nudge: there is no 31 April; its last day is the 30"),
    ("journey", "month = 4\nnudge = 6", 'after = "two months"', "journey.toml: prompt[prompt-april].after: 'two months' is no length of time; write it like \"10 days\", \"2 weeks\" or \"6 months\""),
    ("journey", "month = 4\nnudge = 6", 'after = "0 days"', "prompt[prompt-april].after: '0 days' is no length of time"),
    ("journey", "month = 4\nnudge = 6", 'after = "61 months"', "prompt[prompt-april].after: '61 months' is more than five years; give less"),
    ("journey", "nudge = 6", 'after = "2 weeks"', "journey.toml: prompt[prompt-april]: needs just one of observance (a named day), month and nudge (the day of the month), and after (how long after the pledge)"),
    ("journey", "month = 4\nnudge = 6", 'after = "2 weeks"\nto = ["nudge", "post"]', "prompt[prompt-april].to: a post is for everybody and follows nobody's pledge; leave it out"),
    ("journey", "month = 4\nnudge = 6", 'after = "2 weeks"\naudiences = ["individual"]', "prompt[prompt-april].audiences: pledges of individuals have no journey, so that it would never come; leave it out"),
    ("journey", "month = 4\nnudge = 6", 'after = "2 weeks"\nsource = "our plan"\n[[prompt]]\nid = "prompt-soon"\nafter = "14 days"', "prompt[prompt-soon].after: it comes to the same people on the day of 'prompt-april'; choose another"),
    ("journey", "month = 4\nnudge = 6", 'after = "13 months"', "prompt[prompt-april].after: it would never come: even of a pledge of the campaign's first day, 2030-02-01, it lies after its end, 2030-12-31"),
    ("journey", "draft_days = 30", 'draft_days = 30\nyear = "theirs"', "journey.toml: journey.year: "),
    ("journey", "draft_days = 30", 'draft_days = 30\nscale_up = "soon"', "journey.toml: journey.scale_up: 'soon' is no length of time"),
    ("journey", "draft_days = 30", "draft_days = 30\nscale_up = 13", "journey.toml: journey.scale_up: there is no month 13; give 1 to 12"),
    ("journey", "draft_days = 30", "draft_days = 30\nscale_up = true", 'journey.toml: journey.scale_up: must be a month, like 10, or how long after the pledge, like "9 months"'),
    ("calendar", 'kind = "quick"', 'kind = "quick"\nafter = "2 weeks"', "action[hum].after: a quick thing is always there: leave out observance, month, nudge, after and to"),
    ("journey", "prompt-april", "plant", "journey.toml: prompt[plant]: calendar.toml has an action with the id 'plant'; ids must differ"),
    ("journey", "month = 4\nnudge = 6", 'observance = "bee-dya"', "prompt[prompt-april].observance: there is no [observances.bee-dya]; did you mean 'bee-day'?"),
    ("journey", 'id = "prompt-april"', 'kind = "share"\nid = "prompt-april"', "journey.toml: prompt[prompt-april].kind: there is no such key"),
    # forms.toml
    ("forms", "max_words = 20", "max_words = 0", "forms.toml: forms.pledge.question[name].max_words: input should be greater than or equal to 1, not 0"),
    ("forms", "max_words = 20", 'max_words = "20"', "forms.pledge.question[name].max_words: must be a whole number without quotes, not '20'"),
    ("forms", 'id = "which"', 'id = "name"', "forms.toml: forms.pledge.question[name]: the id 'name' stands there twice"),
    ("forms", 'choices = "actions"\n', "", 'forms.pledge.question[which].choices: a question of kind "choice" or "several" needs choices'),
    ("forms", 'kind = "choice"', 'kind = "several"', 'forms.pledge.question[which].choices: of kind "several" they must be a list of ids'),
    ("forms", "max_words = 20", 'match = "offers"', 'forms.pledge.question[name].kind: what pledges are matched by is of kind "several"'),
    ("forms", '"actions"', '"acts"', 'forms.pledge.question[which].choices: must be "actions" (what the person has ticked off) or a list of ids'),
    ("forms", 'kind = "text"', 'kind = "txet"', "forms.pledge.question[name].kind: 'txet' can't stand here; did you mean 'text'?"),
    ("forms", "max_words = 20", 'page = "naem"', "forms.toml: forms.pledge.question[name].page: 'naem' can't stand here; did you mean 'name'?"),
    ("forms", "max_words = 20", 'page = "hive"', "forms.pledge.question[name].page: 'hive' can't stand here; there are: "),
    ("forms", "max_words = 20", 'page = "website"', "forms.pledge.question[name].kind: what is the page's 'website' is of kind \"link\""),
    ("forms", 'choices = "actions"', 'choices = ["a", "b"]\npage = "progress"', 'forms.pledge.question[which].choices: must be ["in-progress", "done"], which the page knows'),
    ("forms", "max_words = 20", 'board = "cost"', "forms.pledge.question[name].board: only answers to the form `scale-up` stand there; leave it out"),
    ("forms", "required = false", f"required = false\n{RESULT}advice = true\n", "forms.scale-up.question[cost].board: advice has no answer; leave it out"),
    ("forms", "required = false", f"required = false\n{RESULT}".replace('"text"', '"choice"\nchoices = "actions"'), "forms.scale-up.question[cost].board: only its own words, or choices of its own, stand there"),
    # pledges.toml
    ("pledges", 'group = "keepers"', 'group = "keeper"', "pledges.toml: suggestion[keepers-hive].group: there is no group 'keeper'; did you mean 'keepers'?"),
    ("pledges", '"organization"', '"organisation"', "pledges.toml: group[keepers].audience: 'organisation' can't stand here; did you mean 'organization'?"),
    ("pledges", "[[choosing]]", "[[chosing]]", "pledges.toml: chosing: there is no such key; did you mean 'choosing'?"),
    # showcase.toml
    ("showcase", 'kind = "keepers"', 'kind = "keeprs"', "showcase.toml: pledge[club].kind: pledges.toml has no group 'keeprs'; did you mean 'keepers'?"),
    ("showcase", '"CH"', '"XX"', "showcase.toml: pledge[club].country: 'XX' is no ISO 3166 code of a country"),
    ("showcase", 'id = "school"', 'id = "club"', "showcase.toml: showcase[club]: the id 'club' stands there twice"),
    # countries.toml, partners.toml
    ("countries", '"PT"', '"CH"', "countries.toml: countries: 'CH' stands there twice"),
    ("countries", '"PT"', '"Portugal"', "countries.toml: countries[2]: 'Portugal' is no ISO 3166 code of a country"),
    ("countries", "as_of = 2030-01-01\n", "", "countries.toml: as_of: is missing; add it"),
    ("partners", 'name = "A"', "name = 1", "partners.toml: partner[1].name: must be a text in quotes, not 1"),
    ("partners", "website", "web_site", "partners.toml: partner[1].web_site: there is no such key; did you mean 'website'?"),
    # events.toml
    ("events", "capacity", "capacitiy", "events.toml: event[talk].capacitiy: there is no such key; did you mean 'capacity'?"),
    ("events", "capacity = 40", "capacity = 0", "events.toml: event[talk].capacity: "),
    ("events", "2030-06-12T13:30:00", '"in June"', "events.toml: event[talk].start: must be a day, like 2000-12-31, or a day with a time"),
    ("events", "2030-06-12T13:30:00", "2030-06-12T13:30:00Z", "event[talk].start: must be the time as clocks show it where it takes place, without Z or +02:00; say where in `zone`"),
    ("events", "2030-06-12T14:45:00", "2030-06-12", "event[talk].end: write start and end alike: both with a time of day, or neither"),
    ("events", "2030-06-12T14:45:00", "2030-06-12T13:00:00", "event[talk].end: 2030-06-12 13:00:00 lies before start = 2030-06-12 13:30:00"),
    ("events", "start = 2030-06-12T13:30:00\n", "", "event[talk].end: nobody knows when it begins; add its start"),
    ("events", "start = 2030-06-12T13:30:00\n", "", "event[talk].signup: nobody can be reminded of an event without a day; add its start"),
    ("events", 'zone = "Europe/Zurich"\n', "", "event[talk].zone: is missing; a time of day says nothing without its zone"),
    ("events", "Europe/Zurich", "Europe/Zurick", "event[talk].zone: there is no time zone 'Europe/Zurick'; write one of the IANA table"),
    ("events", "month =", 'zone = "UTC"\nmonth =', "event[fair].zone: an event without a time of day needs none; leave it out"),
    ("events", "month =", "start = 2030-09-01\nmonth =", "event[fair].month: it has start already; leave one of them out"),
    ("events", "2030-09", "2030-13", "event[fair].month: '2030-13' is no month; write it like 2000-12"),
    ("events", '"later"', '"latter"', "event[talk].link: campaign.toml has no link slot 'latter'; did you mean 'later'?; correct it, or write [links.latter] there"),
    ("events", "capacity = 40", 'recording = "later"', 'event[talk].recording: only what was held has one; set state = "held"'),
    ("events", "capacity = 40", 'state = "canceled"', "event[talk].state: 'canceled' can't stand here; did you mean 'cancelled'?"),
    ("events", "capacity = 40", "read = 2030-01-01", "event[talk].read: nobody knows where it was read; add its url"),
    ("events", "bee-day", "bees-day", "event[day].observance: calendar.toml has no observance 'bees-day'; did you mean 'bee-day'?"),
    ("events", 'id = "fair"', 'id = "talk"', "events.toml: event[talk]: the id 'talk' stands there twice; ids must differ"),
    ("events", 'event = "talk"', 'event = "tolk"', "roadmap[first-talk].event: there is no event 'tolk'; did you mean 'talk'?"),
    ("events", 'url = "https://bees.example/talk", ', "", "roadmap[first-talk].came.read: nobody knows where it was read; add its url"),
]  # fmt: skip


def test_an_event_has_what_is_known_of_it_and_nothing_else(tmp_path):
    bees = look(write(tmp_path))[0].campaigns["bees"]
    talk, fair, day = bees.events
    assert talk.starts == datetime(2030, 6, 12, 11, 30, tzinfo=UTC)
    assert talk.ends == datetime(2030, 6, 12, 12, 45, tzinfo=UTC)
    assert (talk.day, talk.last_day, talk.capacity) == (date(2030, 6, 12), date(2030, 6, 12), 40)
    assert (fair.day, fair.starts, fair.month) == (None, None, date(2030, 9, 1))
    assert day.observance == "bee-day"
    [step] = bees.roadmap
    assert (step.event, step.came.read) == ("talk", date(2030, 7, 1))


def test_a_form_by_a_name_that_nobody_is_asked_by_is_told(tmp_path):
    problems = broken(tmp_path, "forms", FORMS, FORMS.replace("forms.pledge", "forms.plegde"))
    assert (
        "campaigns/bees/forms.toml: forms.plegde: nobody is ever asked this form; rename it, or take"
        " it out; did you mean 'pledge'?"
    ) in problems


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    BREAKS,
    ids=[f"{name}:{new[:30]!r}" for name, _, new, _ in BREAKS],
)
def test_each_mistake_is_named_with_file_key_and_what_to_do(tmp_path, name, old, new, message):
    problems = broken(tmp_path, name, old, new)
    assert any(message in problem for problem in problems), problems
    assert all(problem.startswith("campaigns/bees/") for problem in problems)


@pytest.mark.parametrize("name", FILES)
def test_broken_toml_names_the_line_in_every_file(tmp_path, name):
    lines = FILES[name].count("\n")
    _, problems = look(write(tmp_path, **{name: FILES[name] + "oops oops\n"}))
    assert any(
        p.startswith(f"campaigns/bees/{name}.toml: (whole file): is no valid TOML: ")
        and f"line {lines + 1}" in p
        for p in problems
    ), problems


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_utf8_or_no_file_is_reported(tmp_path, name):
    path = write(tmp_path) / "campaigns" / "bees" / f"{name}.toml"
    path.write_bytes(b'a = "ok"\nb = "\xff"\n')
    assert (
        f"campaigns/bees/{name}.toml: (whole file): is not written in UTF-8 (line 2); save it as"
        " UTF-8" in look(tmp_path)[1]
    )
    path.unlink()
    path.mkdir()
    assert any(
        p.startswith(f"campaigns/bees/{name}.toml: (whole file): can't be read: ")
        for p in look(tmp_path)[1]
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_reported(tmp_path):
    path = write(tmp_path) / "campaigns" / "bees" / "forms.toml"
    path.chmod(0)
    assert look(tmp_path)[1] == [
        "campaigns/bees/forms.toml: (whole file): can't be read: Permission denied; look at the"
        " file and its permissions"
    ]


def test_every_problem_of_every_file_comes_at_once(tmp_path):
    changes = {
        "campaign": CAMPAIGN.replace("#Abelhas", "Abelhas"),
        "calendar": CALENDAR.replace("nudge = 9", "nudge = 99").replace('"seeds"', '"sed"'),
    }
    changes |= {
        "forms": "broken",
        "pledges": PLEDGES.replace('group = "keepers"', 'group = "nobody"'),
        "countries": COUNTRIES.replace("CH", "ZZ"),
    }
    problems = look(write(tmp_path, **changes))[1]
    for part in (
        "campaign.toml: hashtags[2]",
        "nudge: there is no 99 March",
        "no [links.sed]",
        "forms.toml: (whole",
        "no group 'nobody'",
        "'ZZ' is no ISO",
    ):
        assert sum(part in problem for problem in problems) == 1, (part, problems)


def test_a_missing_file_that_every_campaign_needs_is_named(tmp_path):
    problems = look(write(tmp_path, campaign=None))[1]
    assert (
        "campaigns/bees/campaign.toml: (whole file): is missing; every campaign needs it"
        in problems
    )
    assert not look(write(tmp_path / "b", forms=None, journey=None, pledges=None, showcase=None))[1]


def test_a_broken_campaign_hides_no_other(tmp_path):
    write(tmp_path)
    write(tmp_path, "wasps", campaign="what")
    write(tmp_path, "Big Bees")
    library, problems = look(tmp_path)
    assert set(library.campaigns) == {"bees"}
    assert library.known == ("Big Bees", "bees", "wasps")
    assert len(problems) == 2
    assert (
        problems[0]
        == "campaigns/Big Bees: (whole file): the folder's name is no id; use small letters a-z,"
        " digits and '-'"
    )


def test_the_first_root_that_has_a_file_wins_file_by_file(tmp_path):
    write(tmp_path / "shipped")
    mine = tmp_path / "mine" / "campaigns" / "bees"
    mine.mkdir(parents=True)
    (mine / "campaign.toml").write_text(
        CAMPAIGN.replace('url = ""', 'url = "https://bees.example/later"')
    )
    library, problems = look(tmp_path / "mine", tmp_path / "shipped", tmp_path / "mine")
    assert problems == []
    assert library.roots == (tmp_path / "mine", tmp_path / "shipped")
    assert library.campaigns["bees"].links["later"].url == "https://bees.example/later"
    assert len(library.campaigns["bees"].actions) == 4


def test_roots_that_are_none_are_named(tmp_path):
    (tmp_path / "empty").mkdir()
    problems = look(tmp_path / "nowhere", tmp_path / "empty")[1]
    assert (
        f"{tmp_path / 'nowhere'}: roots: there is no such folder; correct `roots` in the settings,"
        " or make it" in problems
    )
    assert any(
        "empty: roots: holds neither campaigns/ nor content/" in problem for problem in problems
    )


def test_content_without_a_campaign_is_named(tmp_path):
    (write(tmp_path) / "content" / "en" / "bee").mkdir(parents=True)
    (tmp_path / "content" / "en" / "chat").mkdir()
    assert look(tmp_path)[1] == [
        "content/en/bee: (whole file): there is no campaign 'bee'; did you mean 'bees'?"
    ]


def test_clashes_of_a_perennial_campaign_are_seen_years_ahead(tmp_path):
    perennial = CAMPAIGN.replace("start = 2030-02-01\nend = 2030-12-31\n", "")
    moving = CALENDAR.replace("month = 3\nnudge = 9", 'observance = "friday"').replace(
        "month = 5, day = 20", "month = 4, day = 7"
    )
    problems = look(write(tmp_path, campaign=perennial, calendar=moving))[1]
    assert problems == [
        "campaigns/bees/calendar.toml: action[bee-day]: on 2034-04-07 it nudges the same people"
        " (individual) as 'plant'; choose another day for one of them"
    ]


def test_listed_dates_outside_the_campaign_are_each_named(tmp_path):
    listed = CALENDAR.replace("month = 3\nnudge = 9", 'observance = "fair"').replace(
        "2030-09-01", "2031-09-01"
    )
    problems = look(write(tmp_path, calendar=listed))[1]
    assert problems == [
        "campaigns/bees/calendar.toml: action[plant]: 2031-09-01 lies outside the campaign's dates,"
        " 2030-02-01 to 2030-12-31; change one of them"
    ]


def test_a_campaign_with_slight_problems_can_still_be_looked_at(tmp_path):
    library, problems = look(
        write(tmp_path, campaign=CAMPAIGN.replace('source = "our plan"', 'source = ""'))
    )
    assert problems == ["campaigns/bees/campaign.toml: source: must not be empty; fill it in"]
    assert library.campaigns == {}
    assert len(library.drafts["bees"].actions) == 4


def two(root, *, yields="[]", back="[]", end="2030-12-31", start="2030-02-01"):
    write(root)
    other = (
        CAMPAIGN.replace("yields_to = []", f"yields_to = {yields}")
        .replace("2030-12-31", end)
        .replace("2030-02-01", start)
    )
    write(root, "wasps", campaign=other)
    if back != "[]":
        write(root, campaign=CAMPAIGN.replace("yields_to = []", f"yields_to = {back}"))
    library, problems = look(root)
    assert problems == []
    return library


def test_two_active_campaigns_that_send_the_same_day_are_a_problem_unless_one_yields(tmp_path):
    library = two(tmp_path / "a")
    (problem,) = overlaps(library, ["bees", "wasps"])
    assert (problem.file, problem.key) == ("config.toml", "active")
    assert (
        "'bees' and 'wasps' both send bee-day, monthly prompts to the same people; write yields_to"
        ' = ["wasps"] into campaigns/bees/campaign.toml' in problem.message
    )
    assert overlaps(library, ["bees"]) == []
    assert overlaps(two(tmp_path / "b", yields='["bees"]'), ["bees", "wasps"]) == []
    (problem,) = overlaps(
        two(tmp_path / "c", yields='["bees"]', back='["wasps"]'), ["wasps", "bees"]
    )
    assert (
        "both send bee-day, monthly prompts, things of a month, and each yields to the other, so"
        " that neither does" in problem.message
    )


def test_two_active_campaigns_may_each_have_something_of_a_month_but_not_prompts_for_the_same_people(
    tmp_path,
):
    others = CALENDAR.replace("bee-day", "wasp-day")
    write(write(tmp_path / "a"), "wasps", calendar=others, journey=None, events=None)
    assert overlaps(look(tmp_path / "a")[0], ["bees", "wasps"]) == []
    write(write(tmp_path / "b"), "wasps", calendar=others, events=None)
    (problem,) = overlaps(look(tmp_path / "b")[0], ["bees", "wasps"])
    assert "both send monthly prompts to the same people" in problem.message
    for_regions = JOURNEY.replace(
        'id = "prompt-april"', 'id = "prompt-april"\naudiences = ["region"]'
    )
    alone = JOURNEY.replace('id = "prompt-april"', 'id = "prompt-april"\naudiences = ["country"]')
    write(write(tmp_path / "c", journey=alone), "wasps", calendar=others, journey=for_regions)
    assert overlaps(look(tmp_path / "c")[0], ["bees", "wasps"]) == []


def test_campaigns_that_never_run_together_do_not_overlap(tmp_path):
    write(tmp_path)
    later = {name: text.replace("2030", "2031") for name, text in FILES.items()}
    write(tmp_path, "wasps", **later)
    library, problems = look(tmp_path)
    assert problems == []
    assert overlaps(library, ["bees", "wasps"]) == []


def test_an_active_campaign_that_does_not_exist_is_named(tmp_path):
    (problem,) = overlaps(look(write(tmp_path))[0], ["bes"], "my.toml")
    assert str(problem) == "my.toml: active: there is no campaign 'bes'; did you mean 'bees'?"


def test_the_shipped_campaigns_are_sound():
    library, problems = read([shipped_root()])
    assert problems == []
    assert library.campaigns


@pytest.mark.parametrize(
    "path",
    sorted((shipped_root() / "campaigns").glob("*/*.toml")),
    ids=lambda p: f"{p.parent.name}/{p.stem}",
)
def test_a_broken_copy_of_every_shipped_table_gives_a_problem_that_names_it(tmp_path, path: Path):
    shutil.copytree(shipped_root() / "campaigns", tmp_path / "campaigns")
    copy = tmp_path / "campaigns" / path.parent.name / path.name
    for breakage, expected in (
        (b"\noops = [\n", "is no valid TOML"),
        (b"\n[oops]\na = 1\n", "oops: there is no such key"),
        (b"\xff", "UTF-8"),
    ):
        copy.write_bytes(path.read_bytes() + breakage)
        library, problems = look(tmp_path)
        assert any(
            p.startswith(f"campaigns/{path.parent.name}/{path.name}: ") and expected in p
            for p in problems
        ), problems
        sharing = {
            each.id
            for each in SHIPPED.values()
            if path.parent.name in each.like
            and path.stem in SHARED
            and not (path.parent.parent / each.id / path.name).exists()
        }
        assert set(library.known) - set(library.campaigns) == {path.parent.name} | sharing
