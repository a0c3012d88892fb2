"""Forms: the next question, what is wrong with an answer, and how people count words."""

import json
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from tree import languages

from bot.files.frozen import read_files
from bot.library import read, shipped_root
from bot.model import Audience
from bot.model.makers import Question
from bot.render import Renderer
from bot.rules import forms
from bot.rules.forms import Answer, Why, Wrong

LIBRARY, _ = read([shipped_root()])
CAMPAIGN = LIBRARY.campaigns["endchildlabour2021"]
DAY = date(2021, 10, 5)
PLEDGE, SCALE_UP, CARRY_ON = (
    CAMPAIGN.forms.get(name) for name in ("pledge", "scale-up", "carry-on")
)


def question(max_words=None, *, required=True, choice=False, choices=(), advice=False, **fields):
    return Question(
        id="q",
        step=None,
        choice=choice,
        choices=choices,
        max_words=max_words,
        required=required,
        advice=advice,
        **fields,
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("Train forty teachers", 3),
        ("  Train \n forty\tteachers  ", 3),
        ("15–17-year-olds", 1),
        ("from 2021 – to 2025", 4),
        ("schools—and homes", 3),
        ("l’école d'abord", 2),
        ("« Plus jamais ça » !", 3),
        ("¿Quién? ¡Todos!", 2),
        ("1,000 and 1.000", 3),
        ("152\u202f000\u202f000 enfants", 2),
        ("and/or", 1),
        ("20 %", 1),
        ("#EndIt – 🎉 !", 1),
        ("https://example.org/a-b?c=d", 1),
        ("終結童工", 4),
        ("Да, мы можем", 3),
        ("नमस्ते दुनिया", 2),
        ("… – !?", 0),
    ],
)
def test_words_are_counted_as_people_count_them(text, words):
    assert forms.count_words(text) == words


@given(
    st.lists(st.text("abcäñ9", min_size=1, max_size=9), max_size=120),
    st.sampled_from([" ", "\n", "  ", "\u00a0", " – "]),
)
def test_words_between_any_kind_of_space_are_that_many(words, between):
    # a no-break space inside a number is a part of it
    if between == "\u00a0":
        words = [f"a{word}" for word in words]
    assert forms.count_words(between.join(words)) == len(words)


def test_the_limits_of_the_pledge_form_hold_to_the_word():
    name, contribution = PLEDGE.question("name"), PLEDGE.question("contribution")
    assert forms.judge(name, "word " * 20) == Answer(text=("word " * 20).strip(), words=20)
    assert forms.judge(name, "word " * 21) == Wrong(why=Why.WORDS, count=21, most=20)
    assert isinstance(forms.judge(contribution, "word " * 100), Answer)
    assert forms.judge(contribution, "word " * 101) == Wrong(why=Why.WORDS, count=101, most=100)


def test_the_live_count_says_how_many_are_left_or_too_many():
    name = PLEDGE.question("name")
    assert (
        forms.count(name, "Train forty teachers").words,
        forms.count(name, "Train forty teachers").left,
    ) == (3, 17)
    assert forms.count(name, "word " * 23).left == -3
    assert forms.count(PLEDGE.question("how"), "any length").left is None


@pytest.mark.parametrize(
    ("asked", "text", "expected"),
    [
        (question(), " \n\u200b ", Wrong(why=Why.EMPTY)),
        (question(), "…!", Wrong(why=Why.EMPTY)),
        (question(required=False), "  ", Answer(text="")),
        (question(), "x" * 4097, Wrong(why=Why.LONG, count=4097, most=4096)),
        (question(20), "x" * 601, Wrong(why=Why.LONG, count=601, most=600)),
        (question(advice=True), "anything", Answer(text="")),
        (question(choice=True, choices=("yes", "no")), "yes", Answer(text="yes")),
        (question(choice=True, choices=("yes", "no")), "perhaps", Wrong(why=Why.CHOICE)),
    ],
)
def test_an_answer_is_taken_or_it_is_said_what_is_wrong(asked, text, expected):
    assert forms.judge(asked, text) == expected


def test_choices_of_the_persons_own_are_given_when_asked():
    action = CARRY_ON.question("action")
    assert forms.judge(action, "labour-day", ["labour-day"]) == Answer(text="labour-day")
    assert forms.judge(action, "labour-day", ["other"]) == Wrong(why=Why.CHOICE)


def test_what_is_kept_is_clean_and_keeps_its_lines():
    assert forms.clean("  one\r\ntwo\x00\x07\n\n\n\nthree\ud800 ") == "one\ntwo\n\nthree"
    assert forms.clean("e\u0301") == "é"
    assert forms.clean("אב\u200f ok <b>") == "אב\u200f ok <b>"


def fill(form, text="an answer"):
    answers = {}
    while (asked := forms.next_question(form, answers)) is not None:
        answers = forms.with_answer(answers, asked.id, "" if asked.advice else text)
    return answers


def test_questions_come_in_their_order_until_the_form_is_complete():
    asked, answers = [], {}
    while (coming := forms.next_question(PLEDGE, answers)) is not None:
        assert not forms.is_complete(PLEDGE, answers)
        asked.append(coming.id)
        answers = forms.with_answer(answers, coming.id, "said")
    assert asked == ["name", "how", "contribution", "communicate"]
    assert forms.is_complete(PLEDGE, answers)


def test_a_form_goes_on_where_it_was_after_any_answer():
    """Answers are plain JSON: whatever process reads them asks the same next question."""
    answers = {}
    for expected in SCALE_UP.questions:
        answers = json.loads(json.dumps(answers))
        assert forms.next_question(SCALE_UP, answers) == expected
        answers = forms.with_answer(answers, expected.id)
    assert forms.next_question(SCALE_UP, answers) is None
    assert forms.is_complete(SCALE_UP, answers)


def test_back_asks_the_one_before_again():
    answers = {"name": "A", "how": "B"}
    before = forms.previous(PLEDGE, answers)
    assert before.id == "how"
    assert forms.next_question(PLEDGE, forms.without(answers, before.id)) == before
    assert forms.previous(PLEDGE, {}) is None
    assert forms.previous(PLEDGE, fill(PLEDGE)).id == "communicate"


def test_a_required_question_that_was_passed_over_keeps_the_form_open():
    assert not forms.is_complete(PLEDGE, {**fill(PLEDGE), "how": ""})


def test_scale_up_has_its_four_steps_in_order_and_two_of_them_are_advice():
    assert SCALE_UP.steps == ("monitoring", "organization", "dissemination", "resources")
    first, last = SCALE_UP.questions[0], SCALE_UP.questions[-1]
    advice = [asked.step for asked in SCALE_UP.questions if asked.advice]
    assert advice == ["monitoring", "resources"]
    assert forms.place(SCALE_UP, first) == forms.Place(number=1, of=12, step=1, steps=4)
    assert forms.place(SCALE_UP, last) == forms.Place(number=12, of=12, step=4, steps=4)
    assert forms.place(PLEDGE, PLEDGE.questions[1]) == forms.Place(number=2, of=4, step=0, steps=0)


def test_no_such_form_is_none():
    assert CAMPAIGN.forms.get("nothing") is None


@pytest.mark.parametrize("language", CAMPAIGN.languages)
def test_every_form_has_its_words_in_every_language(language):
    words = Renderer(read_files([shipped_root()]), LIBRARY.campaigns).words(CAMPAIGN, language)
    for form in (PLEDGE, SCALE_UP, CARRY_ON):
        answers = fill(form) | {q.id: "an answer" for q in form.questions if q.later}
        lines = [line for step in forms.sheet(form, answers, words) for line in step.lines]
        assert [line.id for line in lines] == [q.id for q in form.questions]
        assert all(line.ask for line in lines)
        assert [line.advice for line in lines] == [q.advice for q in form.questions]


def test_what_comes_later_is_in_no_row_and_is_asked_once_each():
    row = [q.id for q in PLEDGE.questions if not q.later]
    assert forms.is_complete(PLEDGE, dict.fromkeys(row, "said"))
    first = forms.untold(PLEDGE, {})
    assert first.id == "description"
    assert forms.untold(PLEDGE, {}, first).id == "website"
    assert forms.untold(PLEDGE, {"website": "https://example.org"}, first).id == "topics"
    assert forms.place(PLEDGE, first).number == 1
    assert forms.previous(PLEDGE, dict.fromkeys(row, "said")).id == "communicate"


def test_who_is_an_organisation_is_not_asked_for_a_name_of_a_person():
    asked = {a: [q.id for q in PLEDGE.fitting(a).questions] for a in Audience}
    assert "person" in asked[Audience.INDIVIDUAL]
    assert {"person", "full-name"}.isdisjoint(asked[Audience.ORGANIZATION])


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("education", "education"),
        ("covid-19, education", "education covid-19"),
        ("education education", "education"),
        ("education; nonsense", None),
        ("Education", None),
    ],
)
def test_topics_are_kept_by_their_ids_in_the_campaigns_order(text, stored):
    topics = question(
        required=False, several=True, topics=True, choices=("education", "data", "covid-19")
    )
    judged = forms.judge(topics, text)
    assert judged == (Answer(text=stored) if stored else Wrong(why=Why.CHOICE))
    names = {"education": "Education, at school", "data": "Data"}
    assert forms.ids_of("DATA, x y", names) == "data x y"


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("example.org/a", "https://example.org/a"),
        ("javascript:alert(1)", None),
        ("https://a.example https://b.example", None),
        ("see example.org", None),
    ],
)
def test_a_link_is_one_that_can_be_opened(text, stored):
    judged = forms.judge(question(required=False, link=True), text)
    assert judged == (Answer(text=stored) if stored else Wrong(why=Why.LINK))


def test_a_choice_stands_in_the_sheet_by_its_words():
    words = Renderer(read_files([shipped_root()]), LIBRARY.campaigns).words(CAMPAIGN, "en")
    [step] = forms.sheet(
        CARRY_ON, {"action": "labour-day", "develop": ""}, words, {"labour-day": "Mark Labour Day"}
    )
    assert [line.answer for line in step.lines] == ["Mark Labour Day", ""]


def test_the_documents_show_what_people_typed_as_they_typed_it():
    renderer = Renderer(read_files([shipped_root()]), {})
    typed = "1. first <b>\n# no heading\n- no list *no stars* [no](link) `code` | _x_"
    variables = {
        "name": typed,
        "maker": "A_B",
        "day": DAY,
        "questions": [{"ask": "Which?", "answer": typed}],
    }
    text = renderer.page(
        "documents/carry-on", "body", language="en", fallback="en", variables=variables
    ).text
    html = MarkdownIt().render(text)
    assert html.count("<h1>") == 1
    assert re.findall("<h2>(.*)</h2>", html) == ["Which?"]
    assert not any(tag in html for tag in ("<b>", "<li>", "<em>", "<a ", "<code>"))
    for piece in (
        "1. first &lt;b&gt;",
        "# no heading",
        "- no list *no stars* [no](link) `code` | _x_",
    ):
        assert piece in html


@pytest.mark.parametrize("language", [*languages(), "de-CH"])
def test_documents_exist_in_every_language_and_fall_back(language):
    renderer = Renderer(read_files([shipped_root()]), LIBRARY.campaigns)
    words = renderer.words(CAMPAIGN, language)
    steps = [
        {
            "title": step.title,
            "entries": [{**vars(x), "spoken": ""} for x in step.lines],
        }
        for step in forms.sheet(SCALE_UP, fill(SCALE_UP), words)
    ]
    page = renderer.page(
        "documents/scale-up",
        "body",
        language=language,
        fallback="en",
        variables={"maker": "M", "day": DAY, "steps": steps},
    )
    assert page.text.count("\n## ") == 4
    assert page.text.count("an answer") == 10
    assert page.language == (language if language != "de-CH" else "en")
    assert Path(shipped_root() / "content" / page.language / "documents" / "scale-up.j2").is_file()


@pytest.mark.parametrize("between", [", ", ";", "\n", "、", "，", "، "])
def test_choices_are_typed_between_the_commas_of_any_language(between):
    names = {"data": "数据与研究", "education": "教育"}
    assert forms.ids_of(between.join(["教育", "数据与研究"]), names) == "education data"
