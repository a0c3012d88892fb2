"""The SMART review: what it finds in the source's own examples, and that it never stumbles."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tree import languages

from bot.files.frozen import read_files
from bot.library import read, shipped_root
from bot.render import Renderer
from bot.rules import smart
from bot.rules.smart import Hint

LIBRARY, _ = read([shipped_root()])
RENDERER = Renderer(read_files([shipped_root()]), LIBRARY.campaigns)
CAMPAIGN = LIBRARY.campaigns["endchildlabour2021"]
LANGUAGES = languages()
LISTS = {
    language: smart.words(RENDERER.table("smart", language=language, fallback="en"))
    for language in LANGUAGES
}
START, END, TODAY = date(2021, 2, 1), date(2021, 12, 31), date(2021, 3, 1)


def hints(name, how="", language="en", start=START, end=END):
    return set(smart.review(name, how, LISTS[language], start, end, TODAY).hints)


EXAMPLES = [
    (language, group, text)
    for language in LANGUAGES
    for group, text in RENDERER.words(CAMPAIGN, language).smart.items()
]


@pytest.mark.parametrize(("language", "group", "example"), EXAMPLES)
def test_the_sources_own_examples_become_smart(language, group, example):
    assert hints(example.becomes, language=language) == set()
    assert {Hint.MEASURABLE, Hint.DATED} <= hints(example.draft, language=language)


@pytest.mark.parametrize(
    ("language", "name", "expected"),
    [
        ("en", "Train 40 teachers by June", set()),
        ("en", "Train teachers better by June", set()),  # 'teacher' can be counted
        ("en", "Be kinder to families by June", {Hint.MEASURABLE}),
        ("en", "Train 40 teachers", {Hint.DATED}),
        ("en", "Train 40 teachers by 2025", {Hint.LATER}),
        ("en", "Train 40 teachers by 2019", {Hint.DATED}),
        ("en", "Follow Convention 138 in 2021", {Hint.MEASURABLE}),
        ("en", "Be there on 4 March", {Hint.MEASURABLE}),
        ("en", "Speak of COVID-19 in 2021", {Hint.MEASURABLE}),
        ("en", "Raise awareness of it in 2021 and publish a report", {Hint.ONE_ACTION}),
        ("en", "Design and carry out a survey in 2021", set()),
        ("en", "1. A survey in 2021\n2. A report", {Hint.ONE_ACTION}),
        ("fr", "Former 40 enseignantes avant la fin de l’année", set()),
        ("fr", "Être plus attentifs en août", {Hint.MEASURABLE}),
        ("fr", "Publier un rapport", {Hint.DATED}),
        ("fr", "Sensibiliser les familles en 2021 et publier un rapport", {Hint.ONE_ACTION}),
        ("es", "Formar a 40 docentes en septiembre", set()),
        ("es", "Cuidar mejor a las familias este año", {Hint.MEASURABLE}),
        ("es", "Publicar un informe", {Hint.DATED}),
        ("es", "Sensibilizar a las familias en 2021 y publicar un informe", {Hint.ONE_ACTION}),
        ("pt", "Formar 40 professores em setembro", set()),
        ("pt", "Cuidar melhor das famílias este ano", {Hint.MEASURABLE}),
        ("pt", "Publicar um relatório", {Hint.DATED}),
        ("pt", "Sensibilizar as famílias em 2021 e publicar um relatório", {Hint.ONE_ACTION}),
        ("ar", "تدريب ٤٠ معلمًا قبل سبتمبر", set()),
        ("ar", "العناية بالأسر أكثر هذا العام", {Hint.MEASURABLE}),
        ("ar", "نشر تقرير", {Hint.DATED}),
        ("ar", "رفع وعي الأسر في عام 2021 ونشر تقرير", {Hint.ONE_ACTION}),
        ("ar", "تصميم وتنفيذ دراسة في عام 2021", set()),
    ],
)
def test_hints(language, name, expected):
    assert hints(name, language=language) == expected


def test_the_steps_of_the_how_may_be_many_and_may_hold_measure_and_day():
    how = (
        "First train staff, then write a guide, then publish it and launch a film by May. We reach"
        " 300 families."
    )
    assert hints("A better start", how) == set()


def test_a_campaign_without_dates_looks_as_far_as_next_year_and_nothing_lies_after_it():
    assert hints("Train 40 teachers in 2021", start=None, end=None) == set()
    assert hints("Train 40 teachers in 2022", start=None, end=None) == set()
    assert hints("Train 40 teachers in 2023", start=None, end=None) == {Hint.DATED}
    assert hints("Train 40 teachers in 2020", start=None, end=None) == {Hint.DATED}


def test_it_says_what_it_found():
    found = smart.review("Train 40 teachers by June 2021", "", LISTS["en"], START, END, TODAY)
    assert "40" in found.measures
    assert set(found.dates) == {"2021", "june"}
    assert found.hints == ()


@given(st.text(max_size=300), st.text(max_size=300), st.sampled_from(LANGUAGES))
def test_any_text_gets_a_review(name, how, language):
    found = smart.review(name, how, LISTS[language], START, END, TODAY)
    assert len(found.hints) == len(set(found.hints))
    assert not {Hint.DATED, Hint.LATER} <= set(found.hints)
    assert (Hint.MEASURABLE in found.hints) == (not found.measures)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_list_and_hint(language):
    lists = LISTS[language]
    assert len(lists.months) >= 12
    assert all(lists.hints[hint].strip() for hint in Hint)
    assert len({lists.hints[hint] for hint in Hint}) == len(Hint)
    own = RENDERER.table("smart", language=language, fallback=language)
    assert set(own["hints"]) == {hint.value for hint in Hint}
