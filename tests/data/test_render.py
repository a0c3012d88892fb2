"""Texts from templates: blocks, wordings, languages, pictures, and templates that mean no good."""

import linecache
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.errors import FactExpired, LinkEmpty, RenderError
from bot.files.frozen import read_files
from bot.model import Action, Audience, Campaign, Fact, Kind, Link, Role, YearlyDay
from bot.model.words import JourneyWords, Words
from bot.render import Renderer
from bot.render.loader import Loader
from bot.render.sandbox import Sandbox

DAY = date(2030, 5, 1)


def action(**changes):
    plain = {
        "campaign": "bees", "id": "plant", "kind": Kind.SHARE, "audiences": (Audience.INDIVIDUAL,), "observance": None,
        "when": YearlyDay(month=5, day=1), "month": 5, "nudge": True, "post": True, "hashtags": (), "links": (), "prescribed": None, "picture": None,
        "requires": None, "safeguarding": False, "grace": timedelta(days=3), "source": "us",
    }  # fmt: skip
    return Action(**plain | changes)


def campaign(**changes):
    plain = {
        "id": "bees", "language": "en", "languages": ("en",), "hashtag": "#Bees", "hashtags": ("#Bees",), "start": None, "end": None,
        "contact": "", "source": "us", "yields_to": (), "observances": {}, "actions": (action(),),
        "links": {
            "seeds": Link(name="seeds", url="https://bees.example/seeds", source="us", checked=None),
            "empty": Link(name="empty", url="", source="us", checked=None),
        },
        "facts": {"hives": Fact(name="hives", value=1234567.5, source="us", as_of=DAY, expires=date(2030, 5, 1))},
    }  # fmt: skip
    return Campaign(**plain | changes)


def write(root, source, language="en", name="plant.j2"):
    file = root / "content" / language / "bees" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(source, "utf-8")
    return root


def give(
    root,
    role=Role.POST,
    *,
    language="en",
    network="x",
    audience=Audience.INDIVIDUAL,
    day=DAY,
    wording=0,
    stand_in=False,
    act=None,
    camp=None,
):
    camp = camp or campaign()
    roots = root if isinstance(root, list) else [root]
    renderer = Renderer(read_files(roots), {"bees": camp}, stand_in=stand_in)
    return renderer.text(
        camp,
        act or camp.actions[0],
        role,
        language=language,
        network=network,
        audience=audience,
        day=day,
        wording=wording,
    )


def block(source):
    return f"{{% block post %}}{source}{{% endblock %}}"


def test_surrounding_space_is_stripped_and_inner_lines_are_kept(tmp_path):
    write(tmp_path, "{# a heading #}\n{% block post %}\nOne.\n\n  Two.\n{% endblock %}\n")
    rendered = give(tmp_path)
    assert rendered.text == "One.\n\n  Two."
    assert rendered.language == "en"
    assert rendered.picture is None


def test_variables_say_what_the_occurrence_is(tmp_path):
    write(
        tmp_path, block("{{ hashtag }} {{ audience }} {{ year }} {{ network }} {{ link('seeds') }}")
    )
    assert (
        give(tmp_path, audience=Audience.REGION).text
        == "#Bees region 2030 x https://bees.example/seeds"
    )


def test_a_title_is_kept_for_its_language_audience_and_day(tmp_path, monkeypatch):
    for language in ("en", "fr"):
        write(tmp_path, f"{{% block title %}}{language} {{{{ year }}}}{{% endblock %}}", language)
    camp, made = campaign(), list[str]()
    renderer = Renderer(read_files([tmp_path]), {"bees": camp})
    text = renderer.text
    monkeypatch.setattr(renderer, "text", lambda *of, **how: made.append("") or text(*of, **how))
    monkeypatch.setattr("bot.render._TITLES", 3)

    def title(language="en", day=DAY):
        about = {"language": language, "audience": Audience.INDIVIDUAL, "day": day}
        return renderer.title(camp, camp.actions[0], **about)

    later = date(2031, 5, 1)
    asked = [("en", DAY), ("fr", DAY), ("en", later)]
    assert [title(*each) for each in asked * 2] == ["en 2030", "fr 2030", "en 2031"] * 2
    assert len(made) == 3
    assert title("fr", later) == "fr 2031"
    assert (title(), len(made)) == ("en 2030", 5)  # no more are kept than that


def test_numbers_and_dates_are_written_as_the_language_writes_them(tmp_path):
    for language in ("en", "fr", "de"):
        write(tmp_path, block("{{ fact('hives') | number }} / {{ day | date }}"), language)
    assert give(tmp_path).text == "1,234,567.5 / 1 May 2030"
    assert give(tmp_path, language="fr").text == "1\u202f234\u202f567,5 / 1er mai 2030"
    assert give(tmp_path, language="de").text == "1.234.567,5 / 1. Mai 2030"


def test_wordings_are_taken_in_turn_whatever_the_number(tmp_path):
    write(
        tmp_path,
        "{% block post_10 %}ten{% endblock %}{% block post_2 %}two{% endblock %}{% block post"
        " %}one{% endblock %}",
    )
    assert [give(tmp_path, wording=n).text for n in (0, 1, 2, 3, -1, 10**9)] == [
        "one",
        "two",
        "ten",
        "one",
        "ten",
        "two",
    ]
    renderer = Renderer(read_files([tmp_path]), {})
    assert renderer.wordings(campaign(), action(), Role.POST, language="en", network="x") == 3
    assert renderer.wordings(campaign(), action(), Role.SHARE, language="en", network="x") == 0
    assert (
        renderer.wordings(campaign(), action(id="other"), Role.POST, language="en", network="x")
        == 0
    )


def test_a_networks_own_blocks_replace_the_general_ones_there_and_nowhere_else(tmp_path):
    write(
        tmp_path,
        block("general")
        + "{% block post_telegram %}long{% endblock %}{% block post_telegram_2 %}longer{%"
        " endblock %}",
    )
    assert [give(tmp_path, network="telegram", wording=n).text for n in range(3)] == [
        "long",
        "longer",
        "long",
    ]
    assert [give(tmp_path, network="x", wording=n).text for n in range(3)] == ["general"] * 3


def test_a_language_falls_back_to_its_shorter_tag_and_then_to_the_campaigns(tmp_path):
    write(tmp_path, block("english"))
    assert (give(tmp_path, language="pt-BR").text, give(tmp_path, language="pt-BR").language) == (
        "english",
        "en",
    )
    write(tmp_path, block("português"), "pt")
    assert (give(tmp_path, language="pt-BR").text, give(tmp_path, language="pt-BR").language) == (
        "português",
        "pt",
    )
    write(tmp_path, block("brasileiro"), "pt-BR")
    assert give(tmp_path, language="pt-BR").text == "brasileiro"


def test_the_first_root_that_has_a_file_wins(tmp_path):
    mine, shipped = (
        write(tmp_path / "mine", block("mine")),
        write(tmp_path / "shipped", block("shipped")),
    )
    write(shipped, block("shipped too"), name="other.j2")
    assert give([mine, shipped]).text == "mine"
    assert give([shipped, mine]).text == "shipped"
    assert give([mine, shipped], act=action(id="other")).text == "shipped too"


def test_a_post_brings_its_picture_from_the_first_root_that_has_it_and_none_when_the_file_is_missing(
    tmp_path,
):
    write(
        tmp_path,
        block("look")
        + "{% block alt %}A yellow card.{% endblock %}{% block nudge %}hello{% endblock %}",
    )
    act = action(picture="card")
    assert give(tmp_path, act=act).picture is None
    file = tmp_path / "campaigns" / "bees" / "pictures" / "card.png"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"png")
    picture = give(tmp_path, act=act).picture
    assert picture is not None
    assert (picture.path, picture.alt) == (file, "A yellow card.")
    assert give(tmp_path, Role.NUDGE, act=act).picture is None
    write(tmp_path, block("look"))
    with pytest.raises(RenderError, match=r"content/en/bees/plant\.j2: there is no block 'alt'"):
        give(tmp_path, act=act)


def test_latin_runs_are_isolated_in_right_to_left_languages_only(tmp_path):
    source = block("شارك {{ hashtag }} و {{ link('seeds') }}")
    write(tmp_path, source, "ar")
    write(tmp_path, source, "en")
    assert (
        give(tmp_path, language="ar").text == "شارك\u2068 #Bees \u2069و https://bees.example/seeds"
    )
    assert "\u2068" not in give(tmp_path, language="en").text


def test_an_empty_link_slot_holds_the_text_and_a_stand_in_lets_it_through(tmp_path):
    write(tmp_path, block("see {{ link('empty') }}"))
    with pytest.raises(
        LinkEmpty,
        match=(
            r"plant\.j2: line 1: block post: link\('empty'\): the slot is empty; fill in"
            r" \[links\.empty\]"
        ),
    ):
        give(tmp_path)
    assert give(tmp_path, stand_in=True).text == "see https://example.org/empty"


UNLINKED = (
    "{% block post %}see {{ link('empty') }}{% endblock %}"
    "{% block post_2 %}look: {{ link('empty') }}{% endblock %}"
    "{% block post_telegram %}long {{ link('empty') }}{% endblock %}"
    "{% block post_without_link %}come{% endblock %}"
    "{% block post_without_link_2 %}go{% endblock %}"
    "{% block share %}plain{% endblock %}"
)


@pytest.mark.parametrize("stand_in", [True, False])
def test_while_a_slot_is_empty_the_wordings_without_a_link_stand_for_the_others(tmp_path, stand_in):
    write(tmp_path, UNLINKED)
    act = action(links=("seeds", "empty"))

    def said(camp, role=Role.POST, network="x"):
        texts = [
            give(tmp_path, role, act=act, camp=camp, network=network, wording=n, stand_in=stand_in)
            for n in range(3)
        ]
        return [text.text for text in texts]

    assert said(campaign()) == ["come", "go", "come"]
    assert said(campaign(), network="telegram") == ["come", "go", "come"], "it needs the page too"
    assert said(campaign(), Role.SHARE) == ["plain"] * 3
    page = Link(name="empty", url="https://bees.example/page", source="us", checked=None)
    filled = campaign(links=campaign().links | {"empty": page})
    assert said(filled) == [
        "see https://bees.example/page",
        "look: https://bees.example/page",
        "see https://bees.example/page",
    ]
    assert said(filled, network="telegram") == ["long https://bees.example/page"] * 3


def test_a_network_may_have_its_own_wording_without_a_link(tmp_path):
    own = "{% block post_telegram_without_link %}stay{% endblock %}"
    write(tmp_path, UNLINKED + own)
    act = action(links=("empty",))
    assert give(tmp_path, act=act, network="telegram", wording=1).text == "stay"
    assert give(tmp_path, act=act, network="x", wording=1).text == "go"


@pytest.mark.parametrize(
    ("source", "waits"),
    [
        (UNLINKED, ()),
        (UNLINKED.replace("post_without_link", "post_telegram_without_link"), ("post", "post_2")),
        (block("{{ link('empty') }}"), ("post",)),
        (block("{{ link('seeds') }}"), ()),
        (block("{{ self.advice() }}") + "{% block advice %}{{ link('empty') }}{% endblock %}", ("post",)),
        ("{% block post_without_link %}{{ link('empty') }}{% endblock %}", ("post_without_link",)),
        ("{% block oops", ()),
    ],
)  # fmt: skip
def test_it_is_known_which_blocks_wait_for_an_empty_slot(tmp_path, source, waits):
    files = read_files([write(tmp_path, source)])
    act, camp = action(links=("empty",)), campaign()
    renderer = Renderer(files, {"bees": camp})
    assert renderer.waiting(camp, act) == ({"en": waits} if waits else {})
    assert renderer.waiting(camp, action(links=("seeds",))) == {}


def test_where_a_text_fails_is_told_without_opening_what_lies_at_its_name_now(
    tmp_path, monkeypatch
):
    write(tmp_path, block("see {{ link('empty') }}"))
    monkeypatch.chdir(tmp_path)
    linecache.clearcache()
    with pytest.raises(LinkEmpty, match="line 1"):
        give(tmp_path)
    assert [name for name in linecache.cache if name.endswith("plant.j2")] == []


def test_a_fact_is_said_on_its_last_day_and_not_after_it(tmp_path):
    write(tmp_path, block("{{ fact('hives') }}"))
    assert give(tmp_path, day=DAY).text == "1234567.5"
    with pytest.raises(FactExpired, match="expired on 2030-05-01, before 2030-05-02"):
        give(tmp_path, day=DAY + timedelta(days=1))


def test_a_fact_is_not_said_before_it_was_known(tmp_path):
    write(tmp_path, block("{{ fact('hives') }}"))
    with pytest.raises(RenderError, match="nobody knows it before 2030-05-01, which is after 2030"):
        give(tmp_path, day=DAY - timedelta(days=1))


def test_the_facts_of_the_day_come_as_sentences_with_who_says_them(tmp_path):
    write(tmp_path, block("{{ facts() | join(' ') }}."))
    words = tmp_path / "content" / "en" / "bees" / "words.toml"
    words.write_text('[facts]\nhives = "There are {value} hives, {millions} million."\n', "utf-8")
    assert give(tmp_path, day=DAY).text == "There are 1,234,567.5 hives, 1.235 million. (us)."
    words.write_text('[facts]\nhives = "{short} hives"\n', "utf-8")
    assert give(tmp_path, day=DAY).text == "1.23M hives (us)."
    words.write_text('[facts]\nhives = "Hives!"\n[cited]\nhives = "We"\n', "utf-8")
    assert give(tmp_path, day=DAY).text == "Hives! (We, 2030)."
    for day in (DAY - timedelta(days=1), DAY + timedelta(days=1)):
        assert give(tmp_path, day=day).text == "."


def test_prescribed_words_come_exactly_and_are_undefined_where_nothing_is_prescribed(tmp_path):
    write(tmp_path, block("{{ prescribed }}"))
    assert (
        give(tmp_path, act=action(prescribed="Let’s <b>go</b> & go")).text == "Let’s <b>go</b> & go"
    )
    with pytest.raises(RenderError, match="'prescribed' is undefined"):
        give(tmp_path)


def test_blocks_call_each_other_through_self(tmp_path):
    write(
        tmp_path,
        "{% block nudge %}\nDo it.\n{{ self.advice() }}\n{% endblock %}{% block advice %}Ask"
        " first.{% endblock %}",
    )
    assert give(tmp_path, Role.NUDGE).text == "Do it.\nAsk first."


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{{ hashtga }}", "'hashtga' is undefined"),
        ("ok\n{{ oops }}", "line 2: block post: 'oops' is undefined"),
        ("{{ link('seed') }}", "did you mean 'seeds'?"),
        ("{{ fact('hive') }}", "did you mean 'hives'?"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("{{ hashtag.upper() }}", "unsafe"),
        ("{{ link.__globals__ }}", "unsafe"),
        ("{{ link.__self__.renderer }}", "unsafe"),
        ("{{ self._TemplateReference__context }}", "unsafe"),
        ("{{ hashtag | attr('__class__') }}", "No filter named 'attr'"),
        ("{{ cycler }}", "'cycler' is undefined"),
        ("{% for i in range(10**9) %}x{% endfor %}", "Pow can't be used"),
        ("{% for i in range(1000000000) %}x{% endfor %}", "more than 10000 numbers"),
        (
            "{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}",
            "a loop without end",
        ),
        (
            (
                "{% for a in 'abcdefghij' %}{% for b in 'abcdefghij' %}{% for c in range(900) %}{%"
                " endfor %}{% endfor %}{% endfor %}"
            ),
            "without end",
        ),
        ("{% for i in [1] recursive %}{{ loop([1, 2]) }}{% endfor %}", "recursive loop"),
        ("{{ self.post() }}", "calls itself without end"),
        ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "Macro can't be used"),
        ("{% set a = 'x' %}{{ a }}", "Assign can't be used"),
        ("{{ 'x' * 999999999 }}", "Mul can't be used"),
        ("{{ '%999999999d' % 1 }}", "formats no texts"),
        ("{% include '/etc/passwd' %}", "Include can't be used"),
        ("{% import 'os' as os %}", "Import can't be used"),
        ("{{ 1 / 0 }}", "division by zero"),
        ("{{ none }}", "nothing to write"),
        ("{{ hashtag | number }}", "block post"),
        ("   ", "gives no text"),
        ("{% if %}", "line 1: Expected an expression"),
        ("{{ hashtag }", "line 1: unexpected '}'"),
    ],
)
def test_a_template_that_errs_or_means_no_good_gives_one_clear_error(tmp_path, source, message):
    write(tmp_path, block(source))
    with pytest.raises(RenderError) as caught:
        give(tmp_path)
    assert message in str(caught.value)
    assert str(caught.value).startswith("content/en/bees/plant.j2: ")
    assert "\n" not in str(caught.value)


def test_two_blocks_that_double_each_other_end_too(tmp_path):
    parts = [
        f"{{% block b{n} %}}{{{{ self.b{n + 1}() }}}}{{{{ self.b{n + 1}() }}}}{{% endblock %}}"
        for n in range(40)
    ]
    write(tmp_path, block("{{ self.b0() }}") + "".join(parts) + "{% block b40 %}x{% endblock %}")
    with pytest.raises(RenderError, match="more than 10000 steps"):
        give(tmp_path)


def test_extends_can_bring_in_no_other_file(tmp_path):
    write(tmp_path, "{% extends 'other.j2' %}" + block("x"))
    with pytest.raises(RenderError, match="Extends can't be used in texts"):
        give(tmp_path)


def test_a_missing_template_and_a_missing_block_say_where_they_were_looked_for(tmp_path):
    with pytest.raises(
        RenderError,
        match=r"content/fr/bees/plant\.j2: there is no such file in any root, nor in 'en'",
    ):
        give(tmp_path, language="fr")
    write(tmp_path, block("x"))
    with pytest.raises(RenderError, match=r"there is no block 'title'; write \{% block title %\}"):
        give(tmp_path, Role.TITLE)


def test_a_file_that_is_no_utf8_is_reported(tmp_path):
    write(tmp_path, "x")
    (tmp_path / "content/en/bees/plant.j2").write_bytes(b"{% block post %}\xff{% endblock %}")
    with pytest.raises(RenderError, match=r"plant\.j2: is not written in UTF-8 \(line 1\)"):
        give(tmp_path)


def test_files_and_blocks_can_be_listed(tmp_path):
    write(tmp_path, block("x") + "{% block title %}t{% endblock %}")
    write(tmp_path / "two", block("y"), name="more.j2")
    renderer = Renderer(read_files([tmp_path, tmp_path / "two"]), {})
    assert renderer.templates(campaign(), "en") == ("more", "plant")
    assert renderer.templates(campaign(), "fr") == ()
    assert set(renderer.blocks(campaign(), "plant", language="fr")) == {"post", "title"}
    assert renderer.blocks(campaign(), "plant", language="fr", fallback=False) == ()


def test_link_slots_and_wordings_of_a_template_can_be_listed(tmp_path):
    write(
        tmp_path,
        block("{{ link('seeds') }}{% if audience == 'country' %}{{ link('empty') }}{% endif %}")
        + "{% block post_2 %}x{% endblock %}",
    )
    renderer = Renderer(read_files([tmp_path]), {})
    assert renderer.slots(campaign(), "plant", language="fr") == {"seeds", "empty"}
    assert renderer.slots(campaign(), "other", language="en") == frozenset()
    assert renderer.names(campaign(), action(), Role.POST, language="en", network="x") == (
        "post",
        "post_2",
    )


def test_words_fall_back_key_by_key(tmp_path):
    write(
        tmp_path,
        'title = "Bees"\n[journey]\nreminder = "Again"\npause = "Pause"\n',
        name="words.toml",
    )
    write(tmp_path, 'title = "Abelhas"\n[journey]\npause = "Pausa"\n', "pt", "words.toml")
    renderer = Renderer(read_files([tmp_path]), {})
    assert renderer.words(campaign(), "pt-BR") == Words(
        title="Abelhas", language="pt-BR", journey=JourneyWords(reminder="Again", pause="Pausa")
    )
    assert renderer.words(campaign(), "en").title == "Bees"
    assert renderer.own_words(campaign(), "de") == {}
    write(tmp_path, "title = ", "de", "words.toml")
    with pytest.raises(
        RenderError, match=r"content/de/bees/words\.toml: is no valid TOML: invalid value"
    ):
        Renderer(read_files([tmp_path]), {}).words(campaign(), "de")


def test_one_text_that_took_many_steps_leaves_the_next_its_own(tmp_path):
    write(tmp_path, block("{% for i in range(9000) %}.{% endfor %}"))
    camp = campaign()
    renderer = Renderer(read_files([tmp_path]), {"bees": camp})
    for _ in range(3):
        rendered = renderer.text(
            camp,
            replace(camp.actions[0]),
            Role.POST,
            language="en",
            network="x",
            audience=Audience.COUNTRY,
            day=DAY,
        )
        assert len(rendered.text) == 9000


# instants


@pytest.mark.parametrize(
    ("language", "zone", "said"),
    [
        ("en", "UTC", "Saturday, 1 May 2021, 07:00 (UTC)"),
        ("fr", "Europe/Paris", "samedi 1er mai 2021, 09:00 (Paris)"),
        ("es", "America/Bogota", "sábado, 1 de mayo de 2021, 2:00 (Bogotá)"),
        ("fr", "Asia/Tokyo", "samedi 1er mai 2021, 16:00 (Tokyo)"),
        ("pt-BR", "Pacific/Auckland", "sábado, 1º de maio de 2021 às 19:00 (Auckland)"),
    ],
)
def test_an_instant_is_said_in_the_language_by_the_clock_of_a_place_that_is_named(
    language, zone, said
):
    template, _ = Sandbox(zone).compile_text(
        "{% block a %}{{ at | instant }}{% endblock %}", "a.j2"
    )
    assert (
        "".join(
            template.blocks["a"](template.new_context({"at": 1_619_852_400, "language": language}))
        )
        == said
    )


@pytest.mark.parametrize(
    ("last", "said"), [(DAY + timedelta(days=2), "du 1er au 3 mai 2030"), (None, "1er mai 2030")]
)
def test_days_from_one_to_another_are_said_together(last, said):
    template, _ = Sandbox("UTC").compile_text("{{ first | days(last) }}", "a.j2")
    assert template.render(language="fr", first=DAY, last=last) == said


def test_a_text_may_name_another_place_than_the_operators():
    template, _ = Sandbox("Europe/Paris").compile_text(
        "{% block a %}{{ at | instant('Asia/Tokyo') }}{% endblock %}", "a.j2"
    )
    assert "16:00 (Tokyo)" in "".join(
        template.blocks["a"](template.new_context({"at": 1_619_852_400, "language": "en"}))
    )


def test_campaigns_and_chat_read_their_files_by_one_loader(tmp_path):
    for language, text in (("pt", "Oi"), ("en", "Hi")):
        write(tmp_path, block(text), language, "hello.j2")
    write(tmp_path, 'title = "Abelhas"', "pt", "words.toml")
    write(tmp_path, 'title = "Bees"\n[journey]\npause = "Wait"', "en", "words.toml")
    loader = Loader(read_files([tmp_path / "nowhere", tmp_path]))
    assert loader.languages("bees/words.toml") == {"en", "pt"}
    assert loader.languages("bees/nothing.toml") == set()
    source = loader.first(["pt-BR", "pt", "en"], "bees/hello")
    assert (source.language, source.file) == ("pt", "content/pt/bees/hello.j2")
    assert loader.block(source, source.blocks[0], {"language": "pt"}) == "Oi"
    assert loader.first(["de"], "bees/hello") is None
    assert loader.merged(["pt-BR", "pt", "en"], "bees/words.toml") == {
        "title": "Abelhas",
        "journey": {"pause": "Wait"},
    }
    write(tmp_path, 'title = "Changed"', "pt", "words.toml")
    assert loader.table("pt/bees/words.toml") == {"title": "Abelhas"}, "what is read is kept"


def test_what_a_block_says_of_another_leaves_one_empty_line(tmp_path):
    says = "Plant.\n\n{{ self.advice() }}\n \t\n{{ self.advice() }}\n"
    advice = "{% block advice %}\nAsk first.\n{% endblock %}"
    rendered = give(write(tmp_path, block(says) + advice))
    assert rendered.text == "Plant.\n\nAsk first.\n\nAsk first."
