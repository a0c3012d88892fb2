"""Words that go with a number, in languages with one form and in those with six."""

import tomllib

import pytest
from tree import TOP

from bot.errors import RenderError
from bot.files.frozen import read_files
from bot.gaps import filled, forms_in, gaps, together
from bot.languages import said_number
from bot.render.chat import ChatTexts
from bot.render.languages import plurals
from bot.text import hashtag_spans

ALL = {form: f"# {form}" for form in plurals.FORMS}


@pytest.mark.parametrize(
    ("language", "number", "said"),
    [
        ("en", 0, "0 other"),
        ("en", 1, "1 one"),
        ("en", 2, "2 other"),
        ("en", 1_000_000, "1,000,000 other"),
        ("fr", 0, "0 one"),
        ("fr", 1.5, "1,5 one"),
        ("fr", 2, "2 other"),
        ("fr", 1_000_000, "1\u202f000\u202f000 many"),
        ("es", 0, "0 other"),
        ("ru", 21, "21 one"),
        ("ru", 22, "22 few"),
        ("ru", 25, "25 many"),
        ("ar", 0, "0 zero"),
        ("ar", 2, "2 two"),
        ("ja", 1, "1 other"),
    ],
)
def test_each_language_takes_its_own_form(language, number, said):
    assert plurals.say(number, ALL, language) == said


def test_even_millions_are_said_by_other_where_a_text_has_no_form_for_them():
    forms = {"one": "# personne", "other": "# personnes"}
    assert plurals.say(1_000_000, forms, "fr") == "1\u202f000\u202f000 personnes"


@pytest.mark.parametrize(
    ("language", "needed"),
    [
        ("en", ("one", "other")),
        ("fr", ("one", "other")),
        ("ru", ("one", "few", "many", "other")),
        ("ar", plurals.FORMS),
        ("ja", ("other",)),
    ],
)
def test_what_whole_numbers_take_is_needed(language, needed):
    assert plurals.needed(language) == needed


def chat(root, language, body):
    folder = root / "content" / language / "chat"
    folder.mkdir(parents=True)
    (folder / "words.toml").write_text('name = "x"\n', "utf-8")
    (folder / "days.j2").write_text(f"{{% block left %}}{body}{{% endblock %}}", "utf-8")
    return ChatTexts(read_files([root]))


def test_a_template_says_a_number_by_the_forms_of_its_language(tmp_path):
    texts = chat(tmp_path, "pl", '{{ days | plural(one="# dzień", few="# dni", other="# dnia") }}')
    assert texts.text("days.left", "pl", {"days": 3}) == "3 dni"


def test_a_plural_without_its_last_resort_gives_no_text(tmp_path):
    texts = chat(tmp_path, "en", '{{ days | plural(one="# day") }}')
    with pytest.raises(RenderError, match=r"days\.j2: line 1: block left: .*'other'"):
        texts.text("days.left", "en", {"days": 1})


DAYS = {
    "en": "{days | one=# day | other=# days}",
    "ru": "{days | one=# день | few=# дня | many=# дней | other=# дня}",
    "ar": "{days|zero=لا أيام|one=يوم واحد|two=يومان|few=# أيام|many=# يومًا|other=# يوم}",
    "pt": "{days | one=# dia | other=# dias}",
    "zh": "{days | other=#天}",
}


@pytest.mark.parametrize(
    ("language", "days", "said"),
    [
        ("en", 1, "For 1 day."),
        ("en", 1_000, "For 1,000 days."),
        ("ru", 21, "For 21 день."),
        ("ru", 3, "For 3 дня."),
        ("ru", 11, "For 11 дней."),
        ("ru", 1.5, "For 1,5 дня."),
        ("ar", 0, "For لا أيام."),
        ("ar", 1, "For يوم واحد."),
        ("ar", 2, "For يومان."),
        ("ar", 3, "For 3 أيام."),
        ("ar", 11, "For 11 يومًا."),
        ("ar", 100, "For 100 يوم."),
        ("pt", 1_000_000, "For 1.000.000 dias."),
        ("zh", 1, "For 1天."),
    ],
)
def test_a_gap_of_a_table_says_a_number_by_the_forms_of_its_language(language, days, said):
    text = f"For {DAYS[language]}."
    assert filled(text, days=said_number(days, language)) == said
    assert gaps(text) == {"days"}
    assert not list(plurals.faults(forms_in(text)[0], language))


def test_a_gap_with_forms_takes_the_last_of_what_is_no_number_and_stays_where_nothing_fills_it():
    text = "{days | one=# day | other=# days} {{days | x}}"
    assert filled(text, days="some") == "some days {days | x}"
    assert filled(text) == "{days | one=# day | other=# days} {days | x}"


@pytest.mark.parametrize(
    ("name", "said"),
    [("ACME", "由 ACME 负责。"), ("绿河协会", "由绿河协会负责。"), ("", "由负责。")],
)
def test_a_gap_for_a_name_has_no_blanks_around_chinese_characters(name, said):
    assert filled("由 {name} 负责。", name=name) == said
    assert together(["由 ", name, " 负责。"]) == said


def test_only_blanks_where_pieces_of_chinese_meet_are_left_out():
    typed = "绿 河"
    assert together(["谢谢。", " 由 ", typed, " 填写： ", "https://bees.example"]) == (
        "谢谢。由绿 河填写： https://bees.example"
    )
    assert together(["One. ", "Two. ", "绿"]) == "One. Two. 绿"


def test_a_hashtag_in_chinese_stays_one_where_words_follow():
    said = filled("请用 {tag} 发帖，再看看 {tag} ，谢谢。", tag="#植树")
    assert said == "请用 #植树 发帖，再看看 #植树 ，谢谢。"
    assert [said[start:end] for start, end in hashtag_spans(said)] == ["#植树", "#植树"]


def test_what_a_gap_lacks_or_cant_have_is_told():
    assert list(plurals.faults(["one", "other", "two"], "ru")) == [
        "the plural lacks few=…, which ru needs",
        "the plural lacks many=…, which ru needs",
        "a plural in ru has no two; it has one, few, many, other",
    ]


@pytest.mark.parametrize(
    ("language", "number", "said"),
    [
        ("fr", 1.0, "1 million d’enfants"),
        ("fr", 1.5, "1,5 million d’enfants"),
        ("fr", 138.0, "138 millions d’enfants"),
        ("es", 1.0, "1 millón de niñas"),
        ("es", 1.5, "1,5 millones de niñas"),
        ("pt", 1.5, "1,5 milhão de crianças"),
        ("pt", 2.0, "2 milhões de crianças"),
        ("ru", 1.5, "1,5 млн детей"),
        ("en", 1.5, "1.5 million children"),
    ],
)
def test_millions_in_a_fact_take_the_form_of_their_language_and_stay_with_their_number(
    language, number, said
):
    words = tomllib.loads((TOP / f"content/{language}/endchildlabour/words.toml").read_text())
    sentence = filled(words["facts"]["children"], millions=said_number(number, language))
    assert said.replace(" ", "\u00a0", 1) in sentence
