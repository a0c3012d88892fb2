"""What places are called: by their own names in the reader's language, however they were typed."""

from datetime import UTC, datetime

import pytest
from tree import languages

from bot.files.frozen import read_files
from bot.library import shipped_root
from bot.library.shared import read_shared
from bot.rules.reading import called, places

NOON = datetime(2021, 6, 12, 12, tzinfo=UTC)
KNOWN = read_shared(read_files([shipped_root()]))[0].places


def named(text, language):
    near = called.find(text, language, NOON, also=tuple(languages()), known=KNOWN)
    return [place.name for place in near]


@pytest.mark.parametrize(
    ("language", "typed", "name"),
    [
        ("ru", "я живу в Москве", "Москва (Россия)"),
        ("ru", "из Питера", "Санкт-Петербург (Россия)"),
        ("ru", "Новосибирске", "Новосибирск (Россия)"),
        ("ru", "в Алма-Ате", "Алматы (Казахстан)"),
        ("ru", "Accra", "Аккра (Гана)"),
        ("ru", "Madrid", "Мадрид (Испания)"),
        ("pt", "Madrid", "Madri (Espanha)"),
        ("en", "Москва", "Moscow (Russia)"),
        ("fr", "أعيش في القاهرة", "Le Caire (Égypte)"),
        # nobody says what these are called elsewhere
        ("ru", "Bombay", "Bombay (Индия)"),
        ("en", "Saint-Pétersbourg", "Saint-Pétersbourg (Russia)"),
        ("zh", "France", "法国"),
    ],
)
def test_a_place_is_called_by_its_own_name_in_the_reader_s_language(language, typed, name):
    assert named(typed, language) == [name]


def test_what_two_places_are_called_is_asked_about():
    assert named("Salvador", "pt") == ["Salvador (Brasil)", "El Salvador"]


def test_a_city_that_was_kept_is_called_by_its_name_in_another_language():
    kept = called.city("Мадрид", "Europe/Madrid", "ES", "fr", languages(), KNOWN)
    assert kept == "Madrid"
    assert called.city("Bombay", "Asia/Kolkata", "IN", "fr", languages(), KNOWN) == "Bombay"


def test_each_form_is_that_of_a_city_and_is_found_where_it_is():
    zones = {name: {zone for own, zone in KNOWN.cities if own == name} for name, _ in KNOWN.cities}
    for form, name in KNOWN.forms:
        assert zones[form] == zones[name], name
        assert places.plain(form) != places.plain(name)


def test_a_zone_is_called_by_its_city_or_stays_as_it_is_where_nobody_knows_it():
    assert called.of_zone("Europe/Moscow", "ru") == "Москва"
    for zone in ("UTC", "UTC+02:00", "Europe/Nowhere", "../zone", "Europe", "x" * 300):
        assert called.of_zone(zone, "ru") == zone
