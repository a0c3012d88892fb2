"""`check`: every problem of texts, words and links, each with file, block and what to do.

Shipped data are clean.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import ClassVar

import pytest

from bot import text
from bot.config import load
from bot.files.frozen import read_files
from bot.jobs.campaigns import check, check_texts
from bot.jobs.operations import outside as links
from bot.jobs.operations.outside import Outside, outside
from bot.jobs.texts.links import Answer
from bot.jobs.texts.links import pages as check_links
from bot.library import read, shipped_root
from bot.model import Kind, Limits
from bot.networks.base import Network
from bot.render import Renderer

pytestmark = pytest.mark.slow

TODAY = date(2030, 1, 1)
CAMPAIGN = """\
language = "en"
languages = ["en"]
hashtag = "#Bees"
start = 2030-01-01
end = 2030-12-31
source = "our plan"
[links.seeds]
url = "https://bees.example/seeds"
source = "our site"
[links.later]
url = ""
source = "our site"
[facts.hives]
value = 1000
source = "our count"
as_of = 2030-01-01
expires = 2030-03-08
"""
ACTION = """\
[[action]]
id = "plant"
kind = "share"
month = 3
nudge = 9
to = ["nudge", "post"]
hashtags = ["#Bees"]
source = "our plan, March"
"""
WORDS = 'title = "Bees"\nabout = "All about bees."\n'
BLOCKS = {
    "title": "Plant a flower",
    "nudge": "Plant a flower today.",
    "share": "I planted one. #Bees",
    "post": "Plant one! #Bees",
    "post_2": "Flowers feed bees. #Bees",
}


class Short(Network):
    LIMITS = Limits(length=50, counter="characters", caption=30, alt=40)
    NUDGES = True


class Wide(Network):
    LIMITS = Limits(length=60, counter="utf16")


NETWORKS = {"short": Short, "wide": Wide}


def template(**changes):
    blocks = BLOCKS | changes
    return "\n".join(
        f"{{% block {name} %}}\n{body}\n{{% endblock %}}"
        for name, body in blocks.items()
        if body is not None
    )


def write(
    root, *, campaign=CAMPAIGN, calendar=ACTION, words=WORDS, language="en", more=None, **blocks
):
    (root / "campaigns" / "bees").mkdir(parents=True, exist_ok=True)
    (root / "campaigns" / "bees" / "campaign.toml").write_text(campaign, "utf-8")
    (root / "campaigns" / "bees" / "calendar.toml").write_text(calendar, "utf-8")
    content = root / "content" / language / "bees"
    content.mkdir(parents=True, exist_ok=True)
    (content / "words.toml").write_text(words, "utf-8")
    (content / "plant.j2").write_text(template(**blocks), "utf-8")
    for name, source in (more or {}).items():
        (content / name).write_text(source, "utf-8")
    return root


def problems(root, *, sound=True):
    library, found = read([root], today=TODAY)
    assert not sound or found == []
    settings, none = load(None)
    assert settings is not None, none
    renderer = Renderer(library.files, library.campaigns, stand_in=True)
    all_found = check.run(settings, library, renderer, NETWORKS, today=TODAY)
    return [str(problem) for problem in all_found if problem.key != "active"]


def only(root, **changes):
    found = problems(write(root, **changes))
    assert len(found) == 1, found
    return found[0]


PLANT = "content/en/bees/plant.j2: "


def test_a_sound_campaign_has_no_problems(tmp_path):
    assert problems(write(tmp_path)) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"title": None}, "title: is missing; write {% block title %}…{% endblock %}"),
        ({"nudge": None}, "nudge: is missing; write"),
        ({"share": None}, "share: is missing; write"),
        ({"post": None, "post_2": None}, "post: is missing; write"),
        ({"title": "x" * 71}, "title: has 71 characters, but 70 is the most: shorten it by 1"),
        ({"nudge": "x" * 51}, "nudge: on short it counts 51, but 50 is the most: shorten it by 1"),
        ({"post_2": "x" * 50 + " #Bees"}, "post_2: on short it counts 56, but 50 is the most: shorten it by 6"),
        ({"post": "No tag."}, "post: lacks #Bees, which the action declares; put it in"),
        ({"share": "It ends in #Beeswax"}, "share: lacks #Bees"),
        ({"post_2": "Plant one! #Bees"}, "post_2: says the same as post; give it words of its own"),
        ({"post": "{{ hashtga }} #Bees"}, "post: line 11: 'hashtga' is undefined"),
        ({"post": "   "}, "post: gives no text"),
        ({"post": "{{ link('sead') }} #Bees"}, "post: line 11: link('sead'): bees has no such link slot; did you mean 'seeds'?"),
        ({"post": "{{ link('seeds') }} #Bees"}, "(whole file): uses link('seeds'), but the action doesn't declare it; add 'seeds' to links of 'plant'"),
        ({"post": "{{ fact('hives') | number }} #Bees"}, "post: line 11: fact('hives'): expired on 2030-03-08, before 2030-03-09"),
        ({"post": "{{ 5 | nummer }} #Bees"}, "(whole file): line 11: No filter named 'nummer'; did you mean 'number'?"),
        ({"post": "{{ link(„seeds“) }} #Bees"}, "(whole file): line 11: unexpected char '„'; between {{ and }} quotes are straight"),
        ({"post": "{% blok x %} #Bees"}, "(whole file): line 11: there is no tag 'blok'; did you mean 'block'?"),
        ({"post": "{% endif %} #Bees"}, "(whole file): line 11: {% endif %} can't stand here; close the block above it first"),
        ({"post": "{% if day %} #Bees"}, "(whole file): line 12: {% endblock %} can't stand here; close the if above it first"),
        ({"post": "{{ hashtga }} #Bees"}, "post: line 11: 'hashtga' is undefined; did you mean 'hashtag'?"),
        ({"post": "{% if %} #Bees"}, "(whole file): line 11: Expected an expression"),
        ({"post": "{{ hashtag.upper() }} #Bees"}, "post: line 11: access to attribute 'upper' of 'str' object is unsafe."),
        ({"pots": "Oops #Bees"}, "pots: no text is called so; did you mean 'post'?"),
        ({"post_telegarm": "Oops #Bees"}, "post_telegarm: no text is called so"),
        ({"post_2": None, "post_3": "Three #Bees"}, "post_3: wordings are numbered post, post_2, post_3 … without a gap; rename it"),
        ({"post_1": "One #Bees"}, "post_1: wordings are numbered"),
        ({"post_short_2": "Two #Bees"}, "post_short_2: wordings are numbered post_short, post_short_2"),
        ({"letter": "Dear bees,\n{own}\n{name}"}, "letter: a letter has a subject: write both blocks, or neither"),
        ({"subject": "Bees"}, "letter: a letter has a subject: write both blocks, or neither"),
        ({"letter": "Dear bees,\n{name}", "subject": "Bees"}, "letter: lacks {own}, where its writer stands"),
        ({"letter": "{own} {name}", "subject": "Bees"}, "letter: has two gaps in the line '{own} {name}'"),
        ({"letter": "{own}\n{name}", "subject": "x" * 71}, "subject: has 71 characters, but 70 is the most"),
    ],
)  # fmt: skip
def test_each_problem_of_a_template_names_file_block_and_what_to_do(tmp_path, changes, message):
    found = problems(write(tmp_path, **changes))
    assert any(problem.startswith(PLANT + message) for problem in found), found
    assert len(found) <= 2


def test_all_problems_come_at_once_and_each_once(tmp_path):
    found = problems(
        write(
            tmp_path,
            title="x" * 80,
            nudge="{{ a }}",
            share="none",
            post="{{ b }}",
            words="title = 1\n",
        )
    )
    keys = [problem.split(": ")[1] for problem in found]
    assert keys == ["title", "nudge", "share", "post", "about", "title"]


def test_text_between_the_blocks_of_a_template_is_told_with_its_line(tmp_path):
    write(tmp_path)
    file = tmp_path / "content" / "en" / "bees" / "plant.j2"
    file.write_text(f"{{# ours #}}\n{template()}\n\nBees are busy.\nVery.\n", "utf-8")
    assert problems(tmp_path) == [
        f"{PLANT}(whole file): line 18: stands in no block, so nobody ever sees it:"
        " 'Bees are busy.'; put it into one, or take it out"
    ]


def test_a_control_character_is_told_with_file_and_line_wherever_it_stands(tmp_path):
    write(tmp_path, post="{{ '\\x1b' }}Plant! #Bees", share="I \u202eplanted. #Bees")
    assert problems(tmp_path) == [
        "content/en/bees/plant.j2: (whole file): line 8: holds U+202E RIGHT-TO-LEFT OVERRIDE, which"
        " nobody sees and which changes what is shown; take it out",
        "content/en/bees/plant.j2: post: line 11: spells U+001B a control character, which no text"
        " may hold; take it out",
    ]


def test_languages_are_laid_side_by_side(tmp_path):
    both = CAMPAIGN.replace('["en"]', '["en", "fr"]')
    calendar = ACTION + 'links = ["seeds"]\n'
    nudge = 'Plant it: {{ link("seeds") }}'
    write(tmp_path, campaign=both, calendar=calendar, nudge=nudge, post_short="Go! #Bees")
    write(
        tmp_path,
        campaign=both,
        calendar=calendar,
        language="fr",
        nudge="Le {{ day | date }} !",
        advice="Demandez.",
    )
    file = "content/fr/bees/plant.j2"
    assert problems(tmp_path) == [
        f"{file}: nudge: lacks \"link('seeds')\", which en says; put it in",
        f"{file}: nudge: says 'day', which en lacks: put it in there, or take it out",
        f"{file}: advice: isn't in en: write it there, or take it out",
    ]


def test_a_networks_own_text_is_measured_there_and_the_general_one_is_not(tmp_path):
    long = "x" * 53 + " #Bees"
    assert problems(write(tmp_path, post=long, post_2=None, post_short="Short. #Bees")) == []
    assert only(tmp_path, post="Ok #Bees", post_2=None, post_wide="Wide").startswith(
        PLANT + "post_wide: lacks #Bees"
    )


def test_each_audience_gets_its_own_look(tmp_path):
    two = ACTION.replace("month = 3", 'audiences = ["individual", "country"]\nmonth = 3')
    nudge = "{% if audience == 'country' %}{{ oops }}{% else %}Hello{% endif %}"
    assert only(tmp_path, calendar=two, nudge=nudge) == f"{PLANT}nudge: line 5: 'oops' is undefined"


def test_prescribed_words_must_stand_unchanged_and_have_one_wording(tmp_path):
    calendar = ACTION + 'prescribed = "Slips includd. #Bees"\n'
    good = {"share": "{{ prescribed }}", "post": "{{ prescribed }}", "post_2": None}
    assert problems(write(tmp_path, calendar=calendar, **good)) == []
    assert only(
        tmp_path, calendar=calendar, **good | {"share": "Now: {{ prescribed }}"}
    ).startswith(PLANT + "share: must be the prescribed words and")
    assert only(tmp_path, calendar=calendar, **good | {"post": "Slips included. #Bees"}).startswith(
        PLANT + "post: must hold the prescribed words unch"
    )
    found = problems(write(tmp_path, calendar=calendar, **good | {"share_2": "{{ prescribed }}"}))
    assert f"{PLANT}share_2: prescribed words have one wording only; take this block out" in found


def test_prescribed_words_need_a_translation_in_other_languages(tmp_path):
    write(
        tmp_path,
        campaign=CAMPAIGN.replace('["en"]', '["en", "fr"]'),
        calendar=ACTION + 'prescribed = "Go #Bees"\n',
        share="{{ prescribed }}",
        post="{{ prescribed }}",
        post_2=None,
    )
    write(
        tmp_path,
        campaign=CAMPAIGN.replace('["en"]', '["en", "fr"]'),
        calendar=ACTION + 'prescribed = "Go #Bees"\n',
        language="fr",
        share="{{ prescribed }}",
        post="{{ prescribed }}\n(Allez)",
        post_2=None,
    )
    assert problems(tmp_path) == [
        "content/fr/bees/plant.j2: translation: is missing; write {% block translation %}…{%"
        " endblock %}"
    ]


def test_safeguarding_needs_advice_and_alternative_and_the_nudge_must_say_them(tmp_path):
    calendar = ACTION + "safeguarding = true\n"
    parts = {"advice": "Ask first.", "alternative": "Or draw."}
    said = "Film. {{ self.advice() }}\n{{ self.alternative() }}"
    assert problems(write(tmp_path, calendar=calendar, nudge=said, **parts)) == []
    found = problems(write(tmp_path, calendar=calendar, nudge="Film. {{ self.advice() }}", **parts))
    assert found == [
        f"{PLANT}nudge: must say the block alternative; end it with {{{{ self.alternative() }}}}"
    ]
    found = problems(write(tmp_path, calendar=calendar))
    assert [problem.split(": ")[1] for problem in found] == ["advice", "alternative"]


def test_who_has_no_pledge_needs_a_text_too(tmp_path):
    calendar = ACTION + 'requires = "pledge"\n'
    assert only(tmp_path, calendar=calendar).startswith(PLANT + "without_pledge: is missing")
    assert only(tmp_path, calendar=calendar, without_pledge="x" * 51).startswith(
        PLANT + "without_pledge: on short it counts 51"
    )


NEEDS_LATER = ACTION + 'links = ["later"]\n'


def test_the_wordings_with_and_without_a_link_are_both_looked_at(tmp_path):
    see = "See {{ link('later') }} #Bees"
    assert (
        problems(write(tmp_path, calendar=NEEDS_LATER, share=see, share_without_link="x #Bees"))
        == []
    )
    assert only(
        tmp_path, calendar=NEEDS_LATER, share=see, share_without_link="x" * 46 + " #Bees"
    ).startswith(f"{PLANT}share_without_link: on ")
    assert only(tmp_path, calendar=NEEDS_LATER, share=see, share_without_link="no tag").startswith(
        f"{PLANT}share_without_link: lacks #Bees"
    )
    assert only(
        tmp_path, calendar=NEEDS_LATER, share="x" * 20 + see, share_without_link="x #Bees"
    ).startswith(f"{PLANT}share: on ")


def test_a_wording_without_a_link_that_never_goes_out_is_told(tmp_path):
    assert only(tmp_path, share_without_link="x #Bees") == (
        f"{PLANT}share_without_link: the action declares no links, so it never goes out; take it"
        " out"
    )
    assert (
        only(tmp_path, calendar=NEEDS_LATER, share_without_links="x #Bees")
        == f"{PLANT}share_without_links: no text is called so; did you mean 'share_without_link'?"
    )


def test_texts_that_would_wait_for_a_link_are_named_in_each_language(tmp_path):
    see = "See {{ link('later') }} #Bees"
    both = CAMPAIGN.replace('["en"]', '["en", "fr"]')
    write(tmp_path, campaign=both, calendar=NEEDS_LATER, share=see, nudge=see)
    write(
        tmp_path,
        campaign=both,
        calendar=NEEDS_LATER,
        language="fr",
        share=see,
        nudge=see,
        nudge_without_link="Plantez.",
    )
    library, _ = read([tmp_path], today=TODAY)
    renderer = Renderer(library.files, library.campaigns)
    where = "(url of later in campaigns/bees/campaign.toml is empty)"
    assert list(check_texts.waiting(library.campaigns["bees"], renderer)) == [
        f"content/en/bees/plant.j2: nudge, share: would wait for a link {where}; fill it in, or"
        " write what goes out until then as nudge_without_link",
        f"content/fr/bees/plant.j2: share: would wait for a link {where}; fill it in, or write"
        " what goes out until then as share_without_link",
    ]


def test_the_command_says_what_would_wait_for_a_link_and_calls_it_no_problem(tmp_path, command):
    write(tmp_path, calendar=NEEDS_LATER, share="See {{ link('later') }} #Bees")
    (tmp_path / "config.toml").write_text('roots = ["."]\n')
    code, out, err = command("check")
    assert (code, "No problems" in out) == (0, True)
    assert "content/en/bees/plant.j2: share: would wait for a link" in err


def test_a_picture_needs_alt_text_of_bearable_length_and_a_post_that_fits_under_it(tmp_path):
    calendar = ACTION + 'picture = "card"\n'
    assert only(tmp_path, calendar=calendar).startswith(PLANT + "alt: is missing")
    assert (
        only(tmp_path, calendar=calendar, alt="x" * 41)
        == f"{PLANT}alt: has 41 characters, but 40 is the most: shorten it by 1"
    )
    assert "post: on short it counts 35, but 30 is the most under a picture" in only(
        tmp_path, calendar=calendar, alt="A card", post="x" * 29 + " #Bees"
    )


def test_missing_and_stray_templates_are_named(tmp_path):
    write(
        tmp_path,
        calendar=ACTION + ACTION.replace("plant", "water").replace("nudge = 9", "nudge = 19"),
        more={"watre.j2": template()},
    )
    assert problems(tmp_path) == [
        "content/en/bees/watre.j2: (whole file): bees has no action 'watre'; did you mean 'water'?",
        (
            "content/en/bees/water.j2: (whole file): is missing or has no blocks; write it with the"
            " blocks title, nudge, share, post"
        ),
    ]


def test_a_language_that_is_not_listed_is_named_and_one_without_content_too(tmp_path):
    write(tmp_path)
    (tmp_path / "content" / "fr" / "bees").mkdir(parents=True)
    assert problems(tmp_path) == [
        "content/fr/bees: (whole file): campaigns/bees/campaign.toml doesn't list this language;"
        " add it to languages; there are: en"
    ]
    (tmp_path / "campaigns" / "bees" / "campaign.toml").write_text(
        CAMPAIGN.replace('["en"]', '["en", "fr"]')
    )
    found = problems(tmp_path)
    assert found[0].startswith("content/fr/bees/plant.j2: (whole file): is missing")
    assert (
        found[1]
        == "content/fr/bees/words.toml: (whole file): is missing or empty; write it with about,"
        " title"
    )


def test_words_are_compared_with_the_campaigns_own_language_and_with_the_data(tmp_path):
    listed = CAMPAIGN.replace('["en"]', '["en", "fr"]')
    calendar = ACTION + '[observances.bee-day]\nwhen = { month = 5, day = 20 }\nsource = "us"\n'
    english = WORDS + 'extra = "More"\n[observances]\nbee-day = "Bee Day"\nbe-day = "Oops"\n'
    write(tmp_path, campaign=listed, calendar=calendar, words=english)
    write(
        tmp_path,
        campaign=listed,
        calendar=calendar,
        language="fr",
        words=(
            'title = "Abeilles"\nabuot = "…"\nextra = ""\n[observances]\nbee-day = 5\nbe-day ='
            ' "x"\n'
        ),
    )
    assert problems(tmp_path) == [
        (
            "content/en/bees/words.toml: observances.be-day: there is no such id in"
            " campaigns/bees/calendar.toml"
        ),
        "content/fr/bees/words.toml: about: is missing; write it",
        (
            "content/fr/bees/words.toml: abuot: nothing in the campaign asks for it; did you mean"
            " 'about'?"
        ),
        "content/fr/bees/words.toml: extra: must be a text in quotes, and not empty",
        "content/fr/bees/words.toml: observances.bee-day: must be a text in quotes, and not empty",
    ]


def test_a_slip_in_the_words_of_the_own_language_is_told_where_something_is_asked(tmp_path):
    write(tmp_path, words=f'{WORDS}[forms.pledge]\ntitle = "You"\nintro = "One question"\n'
        '[forms.pledge.name]\nask = "What?"\nhlep = "Twenty words"\n[forms.later.name]\nnote = "x"\n')  # fmt: skip
    (tmp_path / "campaigns" / "bees" / "forms.toml").write_text(
        '[forms.pledge]\nsource = "us"\n[[forms.pledge.question]]\n'
        'id = "name"\nkind = "text"\nrequired = true\n',
        "utf-8",
    )
    assert problems(tmp_path) == [
        "content/en/bees/words.toml: forms.pledge.name.hlep: nothing in the campaign asks for it;"
        " did you mean 'forms.pledge.name.help'?"
    ]


def test_a_fact_that_is_explained_is_explained_whole_and_is_one_of_the_campaigns(tmp_path):
    begun = '[explained.hives]\ntitle = "Hives"\nmaens = "x"\n[explained.hive]\ntitle = "Oops"\n'
    write(tmp_path, words=WORDS + begun)
    assert problems(tmp_path) == [
        "content/en/bees/words.toml: explained.hive.means: is missing; write it",
        "content/en/bees/words.toml: explained.hive.respond: is missing; write it",
        "content/en/bees/words.toml: explained.hives.means: is missing; write it",
        "content/en/bees/words.toml: explained.hives.respond: is missing; write it",
        "content/en/bees/words.toml: explained.hives.maens: nothing in the campaign asks for it; did"
        " you mean 'explained.hives.means'?",
        "content/en/bees/words.toml: explained.hive.title: there is no such id in"
        " campaigns/bees/campaign.toml",
    ]


@pytest.mark.parametrize("before", ["\ufeff", ""])
@pytest.mark.parametrize("line_end", ["\r\n", "\n"])
def test_files_of_any_editor_are_read_alike(tmp_path, before, line_end):
    write(tmp_path)
    for file in [*tmp_path.rglob("*.j2"), *tmp_path.rglob("*.toml")]:
        text = before + file.read_text("utf-8").replace("\n", line_end)
        file.write_bytes(text.encode())
    assert problems(tmp_path) == []


def test_files_that_are_not_utf8_are_told_with_their_line(tmp_path):
    write(tmp_path, nudge="Übt den Anbau.")
    for file in tmp_path.rglob("*.j2"):
        file.write_bytes(file.read_text("utf-8").encode("cp1252"))
    line = 5
    assert problems(tmp_path) == [
        f"{PLANT}(whole file): is not written in UTF-8 (line {line}); save it as UTF-8"
    ]


def test_of_a_block_without_an_end_the_block_is_told(tmp_path):
    write(tmp_path)
    file = tmp_path / "content" / "en" / "bees" / "plant.j2"
    file.write_text(file.read_text("utf-8").replace("{% endblock %}", "", 1), "utf-8")
    assert problems(tmp_path) == [
        f"{PLANT}(whole file): line 1: the block title has no end; write {{% endblock %}} behind"
        " its text"
    ]


def test_words_that_are_no_toml_name_the_line(tmp_path):
    assert re.match(
        r"content/en/bees/words\.toml: \(whole file\): is no valid TOML: .*line 3",
        only(tmp_path, words=WORDS + "oops\n"),
    )


def test_texts_of_a_campaign_with_slight_problems_are_looked_at_all_the_same(tmp_path):
    write(tmp_path, campaign=CAMPAIGN.replace('source = "our plan"', 'source = ""'), post="No tag.")
    assert problems(tmp_path, sound=False) == [
        f"{PLANT}post: lacks #Bees, which the action declares; put it in"
    ]


def test_active_campaigns_that_overlap_are_reported(tmp_path):
    shutil.copytree(shipped_root() / "campaigns", tmp_path / "campaigns")
    for file in tmp_path.glob("campaigns/*/campaign.toml"):
        file.write_text(
            re.sub(r"(?m)^yields_to.*$", "yields_to = []", file.read_text("utf-8")), "utf-8"
        )
    config = tmp_path / "config.toml"
    library, _ = read([tmp_path], today=TODAY)
    config.write_text(f"active = {json.dumps(sorted(library.campaigns))}")
    settings, none = load(config)
    assert settings is not None, none
    found = check.run(
        settings,
        library,
        Renderer(library.files, library.campaigns, stand_in=True),
        {},
        today=TODAY,
    )
    assert [problem.file for problem in found if problem.key == "active"] == [str(config)]


# shipped data


@pytest.fixture(scope="module")
def shipped():
    library, found = read([shipped_root()])
    assert found == []
    return library


def test_shipped_data_are_clean(shipped):
    settings, none = load(None)
    assert settings is not None, none
    renderer = Renderer(shipped.files, shipped.campaigns, stand_in=True)
    assert [str(problem) for problem in check.run(settings, shipped, renderer, today=TODAY)] == []


def test_shipped_posts_have_three_wordings_where_they_are_not_prescribed_and_share_texts_leave_room(
    shipped,
):
    renderer = Renderer(shipped.files, shipped.campaigns, stand_in=True)
    seen = 0
    for campaign in shipped.campaigns.values():
        for action in campaign.actions:
            for language in campaign.languages:
                blocks = renderer.blocks(campaign, action.id, language=language, fallback=False)
                if action.post:
                    seen += 1
                    numbered = {"post_2", "post_3"} & set(blocks)
                    assert len(numbered) == (0 if action.prescribed else 2), (
                        campaign.id,
                        action.id,
                        language,
                    )
                if action.kind is Kind.SHARE:
                    assert "share" in blocks
    assert seen > 50


@pytest.mark.parametrize("breakage", ["{% block oops %}", "{{ oops }}", "{% set x = 1 %}"])
def test_a_broken_copy_of_any_shipped_template_gives_a_problem_that_names_it(
    tmp_path, shipped, breakage
):
    settings, _ = load(None)
    assert settings is not None
    for campaign in shipped.campaigns.values():
        copies = tmp_path / "content"
        for language in campaign.languages:
            shutil.copytree(
                shipped_root() / "content" / language / campaign.id, copies / language / campaign.id
            )
            for file in (copies / language / campaign.id).glob("*.j2"):
                file.write_text(
                    file.read_text("utf-8").replace(
                        "{% block title %}", "{% block title %}" + breakage, 1
                    ),
                    "utf-8",
                )
        library = type(shipped)(
            files=read_files((tmp_path, *shipped.roots)),
            campaigns={campaign.id: campaign},
            known=shipped.known,
        )
        found = check.run(
            settings,
            library,
            Renderer(library.files, library.campaigns, stand_in=True),
            today=TODAY,
        )
        named = {problem.file for problem in found}
        assert named == {
            f"content/{lang}/{campaign.id}/{action.id}.j2"
            for lang in campaign.languages
            for action in campaign.actions
        }


# links


class _Pages(BaseHTTPRequestHandler):
    """`/to/N` redirects N times and ends well; `/at?ADDRESS` redirects there."""

    asked: ClassVar[list[str]] = []

    def do_GET(self):
        self.asked.append(self.path)
        number = int(self.path.removeprefix("/to/") or 0) if self.path.startswith("/to/") else 0
        target = f"/to/{number - 1}" if number else self.path.partition("?")[2]
        good = self.path in ("/good", "/to/0")
        self.send_response(302 if target else 200 if good else 404)
        if target:
            self.send_header("Location", target)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def pages():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_links_are_asked_once_each_and_empty_slots_named(tmp_path):
    more = '[links.again]\nurl = "https://bees.example/seeds"\nsource = "us"\n'
    library, _ = read([write(tmp_path, campaign=CAMPAIGN + more)], today=TODAY)
    asked, done = [], []

    def visit(url):
        asked.append(url)
        return Answer(wrong="is gone")

    pages = list(outside(library.campaigns["bees"]))
    told = links.run(pages, done.append, visit)
    assert asked == ["https://bees.example/seeds"]
    assert [(each.page.key, each.answer.wrong) for each in told] == [
        ("links.seeds.url", "is gone"),
        (
            "links.later.url",
            "the slot is empty: its texts go out without a link, or wait where they have no"
            " wording without one; fill it in",
        ),
        ("links.again.url", "is gone"),
    ]
    assert done == [1, 1, 1]


def test_a_page_answers_or_says_what_is_wrong(pages):
    ask = check_links.asker(["127.0.0.1"])
    assert ask(f"{pages}/good") is None
    assert (
        ask(f"{pages}/gone")
        == f"{pages}/gone answers 404; open it by hand, correct it or empty the slot"
    )
    wrong = ask("http://127.0.0.1:1/")
    assert wrong is not None
    assert "can't be reached (ConnectionError)" in wrong


def page_at(url):
    return Outside(
        campaign="bees", file="campaign.toml", key="links.a.url", table="", url=url, checked=None
    )


@pytest.mark.parametrize(
    ("target", "wrong"),
    [
        ("https://www.bees.example/new", False),
        ("https://bees.example/", False),
        ("https://casino.example/bees.example", True),
        ("https://bees.example.evil.example/", True),
    ],
)
def test_a_page_that_leads_to_another_site_by_now_is_told(target, wrong):
    url = "http://bees.example/seeds"
    told = links.run([page_at(url)], lambda _: None, lambda _: Answer(wrong=None, ends=target))
    assert told[0].answer.ends == target
    assert (f"leads to another site, {target}" in (told[0].answer.wrong or "")) == wrong
    assert (list(links.lines_to_write(told, TODAY)) == []) == wrong


def test_a_page_may_redirect_five_times(pages):
    ask = check_links.asker(["127.0.0.1"])
    assert ask(f"{pages}/to/5") is None
    assert (
        ask(f"{pages}/to/6")
        == f"{pages}/to/6 redirects more than 5 times; give the address where it ends"
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "[::1]"])
def test_a_page_inside_the_own_network_is_not_asked_unless_the_operator_says_so(pages, host):
    _Pages.asked.clear()
    port = pages.rpartition(":")[2]
    wrong = check_links.asker([])(f"http://{host}:{port}/good")
    assert wrong is not None
    assert "stands inside a private network" in wrong
    assert "[servers] private" in wrong
    assert _Pages.asked == []


@pytest.mark.parametrize("target", ["http://127.0.0.2:{port}/good", "file:///etc/passwd"])
def test_a_redirect_leads_to_no_place_that_a_link_may_not_lead_to(pages, target):
    _Pages.asked.clear()
    url = f"{pages}/at?{target.format(port=pages.rpartition(':')[2])}"
    wrong = check_links.asker(["127.0.0.1"])(url)
    assert wrong is not None
    assert wrong.startswith((f"{url} leads to 127.0.0.2, which", f"{url} can't be reached (Inv"))
    assert [path for path in _Pages.asked if path == "/good"] == []


def test_check_asks_the_pages_of_the_own_network_that_config_names(tmp_path, pages, command):
    write(tmp_path, campaign=CAMPAIGN.replace("https://bees.example", pages))
    config = tmp_path / "config.toml"
    config.write_text('roots = ["."]\n')
    told = command("links")[1]
    assert "leads to 127.0.0.1, which stands inside a private network" in told
    config.write_text('roots = ["."]\n[servers]\nprivate = ["127.0.0.0/8"]\n')
    told = command("links")[1]
    assert re.search(f"{pages}/seeds +answers 404", told)
    config.write_text('roots = ["."]\n[servers]\nprivate = ["our network"]\n')
    told = command("check")[1]
    assert "'our network' is no range of addresses; write it like 10.1.0.0/16" in told


# the command


def drumbeat(*words, cwd):
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env=_environment(),
    )


def _environment():
    return os.environ | {"PYTHONPATH": str(shipped_root()), "COLUMNS": "80"}


def test_the_command_says_that_all_is_well(tmp_path, command):
    done = drumbeat("check", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith("No problems: ")
    assert done.stderr.count("\n") == 6
    assert "nobody who is named has read these languages' texts" in done.stderr
    assert "texts on consent, privacy and danger stand beside the English" in done.stderr
    for tag in ("ar", "zh"):
        assert f"there are no cards in {tag}, since no font here has its letters" in done.stderr
    assert "so the shipped settings stand in" in done.stderr
    assert "nobody has looked within a year at 2 pages of others" in done.stderr
    assert json.loads(command("check", "--json")[1]) == []


def test_the_command_tells_problems_of_settings_campaigns_and_content_at_once(tmp_path, command):
    write(tmp_path, post="No tag.", words="")
    (tmp_path / "config.toml").write_text('roots = ["."]\n')
    code, out, _ = command("check", "--json")
    assert code == 1
    assert {tuple(problem) for problem in json.loads(out)} == {("file", "key", "message")}
    assert [(p["file"], p["key"]) for p in json.loads(out)] == [
        ("content/en/bees/plant.j2", "post"),
        ("content/en/bees/words.toml", ""),
    ]
    (tmp_path / "config.toml").write_text('roots = ["."]\nactve = []\n')
    code, out, _ = command("check")
    assert code == 1
    assert "config.toml: actve: " in out


# nothing in bot/ names a campaign


def test_bot_and_the_texts_of_every_campaign_name_no_campaign_alliance_hashtag_or_year(shipped):
    words = {campaign.id for campaign in shipped.campaigns.values()}
    words |= {
        text.normal(tag)[1:]
        for campaign in shipped.campaigns.values()
        for tag in [*campaign.hashtags, *(t for a in campaign.actions for t in a.hashtags)]
    }
    names = re.compile(
        rf"{'|'.join(sorted(map(re.escape, words)))}|child labou?r|alliance|\b8\.7\b", re.IGNORECASE
    )
    # a year stands alone: the ISO dates of examples are no campaign's
    spoken_of = {2025} | {
        day.year
        for campaign in shipped.campaigns.values()
        for day in (campaign.start, campaign.end)
        if day
    }
    years = re.compile(rf"(?<![\w.\-#])(?:{'|'.join(map(str, sorted(spoken_of)))})(?![\w\-]|\.\d)")
    root = shipped_root()
    code = [
        file
        for kind in ("*.py", "*.html", "*.css", "*.txt")
        for file in (root / "bot").rglob(kind)
        if "_shipped" not in file.parts
    ]
    # what stands in content/ beside the campaigns' own folders is said in all of them
    campaigns = set(shipped.campaigns)
    shared = [
        f for f in (root / "content").rglob("*") if f.is_file() and not campaigns & set(f.parts)
    ]
    assert {f.name for f in shared} >= {"words.toml", "start.j2", "share.toml"}
    # the page on which a helpline was read has an address of its own; the field's words are for
    # who translates, and said to nobody
    shared = [f for f in shared if f.name not in {"language.toml", "safeguarding.toml"}]
    for file in sorted([*code, *shared]):
        said = file.read_text("utf-8")
        if file.name == "smart.toml":
            # the plain noun, in a list of nouns after which a number is a name
            said = said.replace('"alliance"', "")
        for number, line in enumerate(said.splitlines(), 1):
            assert not names.search(line), f"{file}:{number}: {line}"
            assert not years.search(line), f"{file}:{number}: {line}"
