"""The shipped campaigns hold all that their sources give, in every language."""

import re
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise, product

import pytest
from tree import languages

from bot import networks
from bot.files.frozen import read_files
from bot.library import read, shipped_root
from bot.model import Audience, Kind, Role, YearlyDay
from bot.render import Renderer
from bot.rules import dates, planner

ROOT = shipped_root()
LIBRARY, PROBLEMS = read([ROOT])
GUIDE = LIBRARY.campaigns["endchildlabour2021"]
PERENNIAL = LIBRARY.campaigns["endchildlabour"]
RENDERER = Renderer(read_files([ROOT]), LIBRARY.campaigns, stand_in=True)
LANGUAGES = languages()
YEAR = (date(2021, 2, 1), date(2021, 12, 31))


def keys(table, prefix=""):
    for name, value in table.items():
        if isinstance(value, dict):
            yield from keys(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


def test_the_shipped_data_are_clean():
    assert PROBLEMS == []


def test_the_named_days_of_the_guide():
    days = {
        (o.when.month, o.when.day)
        for o in GUIDE.observances.values()
        if isinstance(o.when, YearlyDay)
    }
    assert days == {(5, 1), (6, 12), (7, 30), (9, 8), (10, 10), (11, 20), (12, 10)}


def test_the_perennial_campaign_has_the_same_observances_by_rules_and_no_year():
    assert {k: v.when for k, v in PERENNIAL.observances.items()} == {
        k: v.when for k, v in GUIDE.observances.items()
    }
    assert (PERENNIAL.start, PERENNIAL.end, PERENNIAL.hashtag) == (None, None, "#EndChildLabour")
    for language in LANGUAGES:
        for file in (ROOT / "content" / language / "endchildlabour").iterdir():
            # Comments name the heading of the source.
            comment = r"(?s)\{#.*?#\}" if file.suffix == ".j2" else r"(?m)^#.*$"
            text = re.sub(comment, "", file.read_text("utf-8"))
            assert "2021" not in text, file
            assert "2025" not in text, file


def test_texts_of_the_perennial_campaign_lead_to_no_page_and_say_no_figure_that_could_grow_old():
    assert [action.id for action in PERENNIAL.actions if action.links] == []
    assert PERENNIAL.contact == ""
    for language in LANGUAGES:
        for file in (ROOT / "content" / language / "endchildlabour").iterdir():
            assert not re.search(
                r"https?://|www\.|\w@\w|COVID|Accelerator|fact\(", file.read_text("utf-8")
            ), file


def test_official_pages_of_the_perennial_campaign_are_labelled_and_say_what_was_read():
    for link in PERENNIAL.links.values():
        assert link.url.startswith("https://"), link.name
        assert link.read, link.name
        for language in LANGUAGES:
            assert RENDERER.words(PERENNIAL, language).links[link.name], (language, link.name)


def test_the_perennial_campaign_has_the_latest_estimates_each_with_its_page_and_its_end():
    assert PERENNIAL.facts["children"].value == 138_000_000
    for fact in PERENNIAL.facts.values():
        assert fact.url.startswith("https://data.unicef.org/"), fact.name
        assert fact.as_of < fact.read < fact.expires, fact.name
        assert fact.expires - fact.read < timedelta(days=366), "somebody looks again each year"


SUGGESTIONS = {
    "region": 5,
    "country": 11,
    "united-nations": 4,
    "government": 3,
    "business-network": 2,
    "workers": 2,
    "civil-society": 3,
    "academia": 3,
    "company": 6,
    "individual": 6,
}


def test_the_perennial_campaign_suggests_the_same_without_what_belonged_to_one_year():
    mine, theirs = (
        {s.id: g.id for g in c.groups.values() for s in g.suggestions} for c in (PERENNIAL, GUIDE)
    )
    assert set(theirs) - set(mine) == {
        "country-covid-fund",
        "united-nations-covid-research",
        "individual-competition",
    }
    assert set(mine) < set(theirs)
    assert list(PERENNIAL.groups) == list(GUIDE.groups)


def test_the_guide_s_suggestions_are_complete():
    assert {g.id: len(g.suggestions) for g in GUIDE.groups.values()} == SUGGESTIONS


@pytest.mark.parametrize("campaign", [GUIDE, PERENNIAL], ids=lambda c: c.id)
def test_questions_are_complete(campaign):
    forms = campaign.forms
    assert [s.id for s in campaign.smart] == ["region", "country", "organization"]
    assert [s.id for s in campaign.choosing] == ["proud", "steps", "assess"]
    assert [(q.id, q.max_words) for q in forms["pledge"].questions] == [
        ("name", 20),
        ("how", None),
        ("contribution", 100),
        ("communicate", None),
        ("description", 200),
        ("website", None),
        ("topics", None),
        ("progress", None),
        ("person", 5),
        ("full-name", None),
        ("offers", None),
        ("needs", None),
    ]
    # the guide's four are the row; nothing else stands between somebody and a pledge
    assert [q.id for q in forms["pledge"].questions if not q.later] == [
        "name",
        "how",
        "contribution",
        "communicate",
    ]
    assert {q.page.value: q.id for q in forms["pledge"].questions if q.page} == {
        "name": "name",
        "plan": "how",
        "impact": "contribution",
        "description": "description",
        "website": "website",
        "topics": "topics",
        "progress": "progress",
        "person": "person",
        "full-name": "full-name",
    }
    assert ("covid-19" in {topic.id for topic in campaign.topics}) == (campaign is GUIDE)
    asked = [q for q in forms["scale-up"].questions if not q.advice]
    assert Counter(q.id.split("-")[0] for q in asked) == {
        "vertical": 4,
        "horizontal": 2,
        "dissemination": 2,
        # of the guide's advice: evaluate what was done, and share what it cost
        "evidence": 1,
        "cost": 1,
    }
    assert {q.id: q.board.value for q in asked if q.board} == {
        "evidence": "evidence",
        "horizontal-adaptations": "repeat",
        "horizontal-partners": "repeat",
        "cost": "cost",
    }
    assert len(forms["scale-up"].steps) == 4


def test_showcase_countries_and_partners_are_complete():
    names = {entry.id for entry in (*GUIDE.showcase, *GUIDE.stories)}
    assert names == {"ilo", "unicef", "dialogue-works", "rainforest-alliance", "grameen-foundation"}
    assert len(set(GUIDE.countries.codes)) == 21
    assert "written expression" in GUIDE.countries.label.lower()
    partners = GUIDE.partners.members
    numbers = [p.number for p in partners if p.number is not None]
    assert (len(partners), numbers) == (56, list(range(1, 56)))
    assert (partners[0].name, partners[-1].name) == ("World Bank", "Stronger Together")


@pytest.mark.parametrize("campaign", [GUIDE, PERENNIAL], ids=lambda c: c.id)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_posted_and_not_prescribed_has_three_wordings_and_every_picture_its_alt_text(
    campaign, language
):
    for action in campaign.actions:
        if action.post and not action.prescribed:
            assert (
                RENDERER.wordings(campaign, action, Role.POST, language=language, network="x") == 3
            ), action.id
        if action.picture:
            alt = RENDERER.text(
                campaign,
                action,
                Role.ALT,
                language=language,
                network="x",
                audience=action.audiences[0],
                day=date(2021, 5, 1),
            )
            assert 20 <= len(alt.text) <= 300, action.id
            assert alt.language == language, "its own, not a fallback"


def texts_of(campaign, language, renderer):
    """Every text of every action on every network, by what it is."""
    for action, role, network in product(campaign.actions, Role, networks.names()):
        names = renderer.names(campaign, action, role, language=language, network=network)
        for (wording, name), audience in product(enumerate(names), action.audiences):
            day = next(iter(dates.days(action.when, *YEAR)), YEAR[0]) if action.when else YEAR[0]
            yield (
                (action.id, name, network, audience),
                renderer.text(
                    campaign,
                    action,
                    role,
                    language=language,
                    network=network,
                    audience=audience,
                    day=day,
                    wording=wording,
                ).whole,
            )


EMPTY = {name: link for name, link in GUIDE.links.items() if not link.url}


@pytest.mark.parametrize("language", LANGUAGES)
def test_once_a_page_is_there_its_action_leads_to_it_again(language):
    page = "https://pages.example/"
    filled = replace(
        GUIDE,
        links=GUIDE.links | {name: replace(link, url=page + name) for name, link in EMPTY.items()},
    )
    renderer = Renderer(LIBRARY.files, {filled.id: filled})
    led = {
        (key[0], text.partition(page)[2].split()[0])
        for key, text in texts_of(filled, language, renderer)
        if page in text
    }
    needed = {(a.id, slot) for a in GUIDE.actions for slot in a.links if slot in EMPTY}
    assert led == needed
    assert len({slot for _, slot in needed}) == 7
    assert not any("without_link" in key[1] for key, _ in texts_of(filled, language, renderer))


@pytest.mark.parametrize("campaign", [GUIDE, PERENNIAL], ids=lambda c: c.id)
def test_all_strings_stand_in_all_languages(campaign):
    english = set(keys(RENDERER.own_words(campaign, "en")))
    assert len(english) >= 9
    # who holds an event is called in English as the data call them
    held = {f"events.{each.id}.organisers" for each in campaign.events if each.organisers}
    for language in LANGUAGES[1:]:
        assert set(keys(RENDERER.own_words(campaign, language))) == english | held
        # The five quick things and the calendar have files of their own in every language.
        assert set(RENDERER.templates(campaign, language)) == set(
            RENDERER.templates(campaign, "en")
        )


@pytest.mark.parametrize("campaign", [GUIDE, PERENNIAL], ids=lambda c: c.id)
def test_safeguarding_is_a_flag_on_prompts_with_advice_and_a_way_without_a_child(campaign):
    flagged = {a.id for a in campaign.actions if a.safeguarding}
    assert flagged == {
        f"prompt-{m}" for m in ("may", "june", "august", "september", "november", "december")
    } | {"share-art"}
    for action in campaign.actions:
        if not action.safeguarding:
            continue
        for language in LANGUAGES:
            nudge, advice, alternative = (
                RENDERER.text(
                    campaign,
                    action,
                    role,
                    language=language,
                    network="telegram",
                    audience=action.audiences[0],
                    day=date(2021, 5, 1),
                ).text
                for role in (Role.NUDGE, Role.ADVICE, Role.ALTERNATIVE)
            )
            assert advice in nudge, (action.id, language)
            assert alternative in nudge, (action.id, language)


def test_nudges_lie_apart_and_openings_are_no_calendar_entries():
    kinds = Counter(a.kind for a in GUIDE.actions)
    assert (kinds[Kind.PROMPT], kinds[Kind.QUICK], kinds[Kind.OPENING]) == (11, 5, 11)
    pledged = {a.id for a in GUIDE.actions if a.requires == "pledge"}
    assert "share-progress" in pledged


def test_the_perennial_campaign_asks_something_of_everybody_each_month_and_of_pledge_makers_too():
    kinds = Counter(a.kind for a in PERENNIAL.actions)
    assert (kinds[Kind.PROMPT], kinds[Kind.QUICK], kinds[Kind.OPENING]) == (14, 5, 12)
    assert {a.id for a in PERENNIAL.actions if a.requires == "pledge"} == {
        "announce-pledge",
        "share-progress",
    }
    nudged = [
        o for o in planner.occurrences([PERENNIAL], date(2027, 1, 1), date(2028, 1, 31)) if o.nudge
    ]
    for audience in Audience:
        assert {o.day.month for o in nudged if o.audience is audience} == set(range(1, 13))
    mine = [o for o in nudged if o.audience is Audience.INDIVIDUAL]
    assert len([o for o in mine if o.day.year == 2027]) == 22
    for one, then in pairwise(mine):
        assert (then.day - one.day).days >= 5, (one.action, then.action)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_perennial_campaign_gives_to_share_comes_in_three_wordings(language):
    shared = [a for a in PERENNIAL.actions if a.kind not in (Kind.PROMPT, Kind.OPENING)]
    assert len(shared) == 7 + 15 + 5
    for action in shared:
        assert (
            RENDERER.wordings(PERENNIAL, action, Role.SHARE, language=language, network="telegram")
            == 3
        ), action.id
        assert action.prescribed is None


def tables(table, prefix=""):
    words = {key: value for key, value in table.items() if not isinstance(value, dict)}
    return {prefix: words} | {
        name: inner
        for key, value in table.items()
        if isinstance(value, dict)
        for name, inner in tables(value, f"{prefix}[{key}]").items()
    }


def _alike(form):
    return [replace(q, choices=() if q.topics else q.choices) for q in form.questions]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_both_campaigns_say_alike_stands_once(language):
    assert GUIDE.like == (PERENNIAL.id,)
    # the questions are the same; what can be marked as a topic is each campaign's own
    assert [_alike(form) for form in GUIDE.forms.values()] == [
        _alike(form) for form in PERENNIAL.forms.values()
    ]
    own, theirs = (tables(RENDERER.own_words(each, language)) for each in (GUIDE, PERENNIAL))
    assert [name for name, words in own.items() if words and words == theirs.get(name)] == []
