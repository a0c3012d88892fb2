"""Campaigns that are like another one: what they share with it, and what stays their own."""

from datetime import date
from pathlib import Path

import pytest

from bot.files import limits
from bot.jobs.campaigns.check_words import words_problems
from bot.library import read, shipped_root
from bot.render import Renderer

TODAY = date(2030, 1, 1)
HEAD = 'language = "en"\nlanguages = ["en", "fr"]\nhashtag = "#Bees"\nsource = "our plan"\n'
CALENDAR = '[[action]]\nid = "hum"\nkind = "quick"\nsource = "our plan"\n'
FORMS = """\
[forms.pledge]
source = "our plan"
[[forms.pledge.question]]
id = "name"
kind = "text"
required = true
[[forms.pledge.question]]
id = "how"
kind = "text"
required = true
"""
GROUPS = """\
[[group]]
id = "keepers"
audience = "organization"
source = "our plan"
[[group]]
id = "towns"
audience = "country"
source = "our plan"
"""
SHOWN = '[[pledge]]\nid = "club"\nname = "Club"\nkind = "{}"\nquote = "We hum."\nsource = "us"\n'
ENGLISH = """\
title = "Bees"
about = "All of us"
[groups.keepers]
name = "Keepers"
about = "They keep bees."
[groups.towns]
name = "Towns"
about = "They sow."
[forms.pledge]
title = "Your pledge"
intro = "Two questions."
[forms.pledge.name]
ask = "What is it called?"
help = "A few words."
[forms.pledge.how]
ask = "How will you do it?"
help = "Step by step."
"""
FRENCH = """\
title = "Abeilles"
about = "Nous tous"
[groups.keepers]
name = "Apiculteurs"
about = "Ils gardent des abeilles."
[groups.towns]
name = "Communes"
about = "Elles sèment."
[forms.pledge]
title = "Votre engagement"
intro = "Deux questions."
[forms.pledge.name]
ask = "Quel est son nom ?"
help = "Quelques mots."
[forms.pledge.how]
ask = "Comment ferez-vous ?"
help = "Pas à pas."
"""
OWN_ENGLISH = 'title = "Wasps"\nabout = "Us too"\n'
OWN_FRENCH = 'title = "Guêpes"\nabout = "Nous aussi"\n'


def put(root: Path, name: str, *, like: str = "", english="", french="", **tables: str) -> Path:
    folder = root / "campaigns" / name
    folder.mkdir(parents=True, exist_ok=True)
    head = HEAD + (f'like = "{like}"\n' if like else "")
    for file, text in ({"campaign": head, "calendar": CALENDAR} | tables).items():
        (folder / f"{file}.toml").write_text(text, "utf-8")
    for language, text in (("en", english), ("fr", french)):
        if text:
            content = root / "content" / language / name
            content.mkdir(parents=True, exist_ok=True)
            (content / "words.toml").write_text(text, "utf-8")
    return root


def bees(root: Path, **tables: str) -> Path:
    tables = {"forms": FORMS, "pledges": GROUPS} | tables
    return put(root, "bees", english=ENGLISH, french=FRENCH, **tables)


def wasps(root: Path, *, english=OWN_ENGLISH, french=OWN_FRENCH, like="bees", **tables) -> Path:
    return put(root, "wasps", like=like, english=english, french=french, **tables)


def sound(*roots: Path):
    library, problems = read(roots, today=TODAY)
    assert problems == []
    return library.campaigns, Renderer(library.files, library.campaigns)


def faults(*roots: Path) -> list[str]:
    return [str(problem) for problem in read(roots, today=TODAY)[1]]


def words_faults(root: Path) -> list[str]:
    campaigns, renderer = sound(root)
    return [str(problem) for problem in words_problems(campaigns["wasps"], renderer)]


def test_files_that_a_campaign_lacks_come_from_the_one_it_is_like(tmp_path):
    campaigns, _ = sound(wasps(bees(tmp_path, showcase=SHOWN.format("keepers"))))
    own, other = campaigns["wasps"], campaigns["bees"]
    assert own.forms == other.forms != {}
    assert own.groups == other.groups != {}
    assert own.showcase == other.showcase != ()


def test_a_file_of_its_own_stands_whole(tmp_path):
    one_question = FORMS.split('[[forms.pledge.question]]\nid = "how"', maxsplit=1)[0]
    root = wasps(bees(tmp_path), forms=one_question, pledges="")
    campaign = sound(root)[0]["wasps"]
    assert [each.id for each in campaign.forms["pledge"].questions] == ["name"]
    assert campaign.groups == {}


def test_what_goes_out_and_when_is_not_shared(tmp_path):
    journey = "[journey]\nreminder_days = 7\nunanswered = 2\ndraft_days = 30\n"
    campaigns, renderer = sound(wasps(bees(tmp_path, journey=journey)))
    assert campaigns["bees"].journey is not None
    assert campaigns["wasps"].journey is None
    assert renderer.words(campaigns["wasps"], "en").journey.survey == ""


def test_tables_of_words_are_shared_in_their_language_and_the_title_is_not(tmp_path):
    campaigns, renderer = sound(wasps(bees(tmp_path)))
    english, french = (renderer.words(campaigns["wasps"], tag) for tag in ("en", "fr"))
    assert (english.title, french.title) == ("Wasps", "Guêpes")
    assert english.form("pledge").question("how").ask == "How will you do it?"
    assert french.form("pledge").question("how").ask == "Comment ferez-vous ?"
    assert words_faults(tmp_path) == []


def test_a_title_is_never_somebody_elses(tmp_path):
    wasps(bees(tmp_path), english="[observances]\n", french=OWN_FRENCH)
    assert words_faults(tmp_path) == [
        "content/en/wasps/words.toml: (whole file): is missing or empty; write it with about, title"
    ]


def test_a_table_of_words_of_its_own_stands_whole_and_in_every_language(tmp_path):
    reworded = '[forms.pledge.how]\nask = "How, and with whom?"\n'
    campaigns, renderer = sound(wasps(bees(tmp_path), english=OWN_ENGLISH + reworded))
    how = renderer.words(campaigns["wasps"], "en").form("pledge").question("how")
    assert (how.ask, how.help) == ("How, and with whom?", "")
    # the French of the other campaign would say something else than the English
    how = renderer.words(campaigns["wasps"], "fr").form("pledge").question("how")
    assert how.ask == "How, and with whom?"
    assert words_faults(tmp_path) == [
        "content/fr/wasps/words.toml: forms.pledge.how.ask: is missing; write it"
    ]


def test_a_table_that_is_copied_word_for_word_needs_no_translation_of_its_own(tmp_path):
    copy = ENGLISH.replace('title = "Bees"', 'title = "Wasps"')
    campaigns, renderer = sound(wasps(bees(tmp_path), english=copy))
    how = renderer.words(campaigns["wasps"], "fr").form("pledge").question("how")
    assert how.ask == "Comment ferez-vous ?"
    assert words_faults(tmp_path) == []


def test_words_for_which_nothing_asks_are_not_shared(tmp_path):
    only_towns = GROUPS[GROUPS.index('[[group]]\nid = "towns"') :]
    campaigns, renderer = sound(wasps(bees(tmp_path), forms="[forms]\n", pledges=only_towns))
    words = renderer.words(campaigns["wasps"], "fr")
    assert (list(words.groups), words.forms) == (["towns"], {})
    assert words_faults(tmp_path) == []


def test_groups_come_in_the_order_of_the_data_whoever_words_them(tmp_path):
    own = '[groups.keepers]\nname = "Nest keepers"\nabout = "They keep nests."\n'
    campaigns, renderer = sound(wasps(bees(tmp_path), english=OWN_ENGLISH + own))
    groups = renderer.words(campaigns["wasps"], "en").groups
    assert [each.name for each in groups.values()] == ["Nest keepers", "Towns"]


def test_words_that_are_shared_in_no_language_of_the_campaign_are_named(tmp_path):
    bees(tmp_path)
    (tmp_path / "content" / "fr" / "bees" / "words.toml").write_text(
        FRENCH.replace("[forms.pledge.how]", "[observances]").replace('ask = "Comment', 'x = "C'),
        "utf-8",
    )
    wasps(tmp_path)
    assert words_faults(tmp_path) == [
        "content/fr/wasps/words.toml: forms.pledge.how.ask: is missing; write it",
        "content/fr/wasps/words.toml: forms.pledge.how.help: is missing; write it",
    ]


def test_an_id_that_lacks_is_told_with_the_file_that_is_shared(tmp_path):
    own = '[groups.wasps]\nname = "W"\nabout = "W"\n'
    wasps(bees(tmp_path), english=OWN_ENGLISH + own, french=OWN_FRENCH + own)
    assert words_faults(tmp_path) == [
        f"content/en/wasps/words.toml: groups.wasps.{part}: there is no such id in"
        " campaigns/bees/pledges.toml"
        for part in ("name", "about")
    ]


def test_a_campaign_may_be_like_one_that_is_like_a_third(tmp_path):
    put(bees(tmp_path), "flies", like="bees", pledges=GROUPS[: GROUPS.rindex("[[group]]")])
    campaigns, renderer = sound(wasps(tmp_path, like="flies"))
    campaign = campaigns["wasps"]
    assert campaign.like == ("flies", "bees")
    assert (list(campaign.groups), list(campaign.forms)) == (["keepers"], ["pledge"])
    assert renderer.words(campaign, "fr").form("pledge").title == "Votre engagement"


@pytest.mark.parametrize(
    ("like", "message"),
    [
        ("beez", "wasps/campaign.toml: like: there is no campaign 'beez'; did you mean 'bees'?"),
        ("wasps", "wasps/campaign.toml: like: a campaign can't be like itself; take this line out"),
    ],
)
def test_a_name_that_can_not_be_is_told_with_file_and_key(tmp_path, like, message):
    assert faults(wasps(bees(tmp_path), like=like)) == [f"campaigns/{message}"]


def test_who_stands_in_a_ring_is_told_and_who_only_leads_to_it_is_not(tmp_path):
    wasps(put(put(tmp_path, "a", like="b"), "b", like="a"), like="a")
    cure = "; take it out of one of them"
    assert faults(tmp_path) == [
        f"campaigns/a/campaign.toml: like: goes in a ring, a → b → a{cure}",
        f"campaigns/b/campaign.toml: like: goes in a ring, b → a → b{cure}",
    ]


def test_a_row_of_campaigns_has_a_bound(tmp_path):
    for number in range(limits.MOST_LIKE + 1):
        put(tmp_path, f"c{number}", like=f"c{number + 1}")
    put(tmp_path, f"c{limits.MOST_LIKE + 1}")
    assert faults(tmp_path) == [
        "campaigns/c0/campaign.toml: like: is a row of more than 8 campaigns; name 'c8' here, or"
        " one that is nearer to it"
    ]


def test_a_broken_file_is_told_by_its_own_campaign_and_once_by_who_shares_it(tmp_path):
    broken = FORMS.replace("required = true", "requird = true")
    told = faults(wasps(bees(tmp_path, forms=broken)))
    assert len([each for each in told if each.startswith("campaigns/bees/forms.toml: ")]) == 4
    assert [each for each in told if "wasps" in each] == [
        "campaigns/wasps/campaign.toml: like: shares campaigns/bees/forms.toml:"
        " forms.pledge.question[name].required: is missing; add it (or write a file of your own)"
    ]


def test_a_shared_file_that_contradicts_one_of_its_own_is_told_here_alone(tmp_path):
    other = GROUPS.replace("keepers", "nests")
    bees(tmp_path, showcase=SHOWN.format("keepers"))
    assert faults(wasps(tmp_path, pledges=other)) == [
        "campaigns/wasps/campaign.toml: like: shares campaigns/bees/showcase.toml:"
        " pledge[club].kind: pledges.toml has no group 'keepers'; there are: nests, towns (or write a"
        " file of your own)"
    ]


def test_a_campaign_of_ones_own_root_may_be_like_a_shipped_one(tmp_path):
    wasps(tmp_path, like="endchildlabour2021")
    campaigns, renderer = sound(tmp_path, shipped_root())
    own, other = campaigns["wasps"], campaigns["endchildlabour2021"]
    assert (own.forms, own.groups) == (other.forms, other.groups)
    assert own.like == ("endchildlabour2021", "endchildlabour")
    for tag in own.languages:
        mine, theirs = renderer.words(own, tag), renderer.words(other, tag)
        assert (mine.forms, mine.groups) == (theirs.forms, theirs.groups)
        assert mine.title != theirs.title


def test_a_shared_file_is_the_one_of_the_first_root_that_has_it(tmp_path):
    wasps(bees(tmp_path / "shipped"))
    folder = tmp_path / "own" / "campaigns" / "bees"
    folder.mkdir(parents=True)
    (folder / "pledges.toml").write_text(GROUPS[: GROUPS.rindex("[[group]]")], "utf-8")
    campaigns, _ = sound(tmp_path / "own", tmp_path / "shipped")
    assert list(campaigns["wasps"].groups) == ["keepers"]


def test_what_is_edited_there_changes_here_with_the_next_reading_and_not_before(tmp_path):
    wasps(bees(tmp_path))
    before, _ = read([tmp_path], today=TODAY)
    bees(tmp_path, forms=FORMS.replace("[forms.pledge]", "[forms.pledge]\n# edited"), pledges="")
    words = tmp_path / "content" / "en" / "bees" / "words.toml"
    words.write_text(ENGLISH.replace("Your pledge", "Our pledge"), "utf-8")
    after, _ = read([tmp_path], today=TODAY)
    assert before.files.version != after.files.version
    titles = [
        Renderer(each.files, each.campaigns)
        .words(each.campaigns["wasps"], "en")
        .form("pledge")
        .title
        for each in (before, after)
    ]
    assert titles == ["Your pledge", "Our pledge"]
    assert [len(each.campaigns["wasps"].groups) for each in (before, after)] == [2, 0]
