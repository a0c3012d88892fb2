"""Places: what people call where they live becomes a time zone, and nothing is guessed."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tree import languages

from bot.files.frozen import read_files
from bot.library import shipped_root
from bot.library.shared import read_shared
from bot.model import PlaceNames
from bot.rules.reading import places
from bot.rules.reading.main_zones import MAIN_ZONES

NOON = datetime(2021, 6, 12, 12, tzinfo=UTC)
KNOWN = read_shared(read_files([shipped_root()]))[0].places


def find(text, language="en", known=KNOWN, *, slips=True):
    return places.find(text, language, NOON, also=languages(), known=known, slips=slips)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("UK", "Europe/London"), ("u.k.", "Europe/London"), ("Scotland", "Europe/London"), ("Inglaterra", "Europe/London"),
        ("Holland", "Europe/Amsterdam"), ("The Netherlands", "Europe/Amsterdam"), ("les Pays-Bas", "Europe/Amsterdam"),
        ("Mumbai", "Asia/Kolkata"), ("new delhi", "Asia/Kolkata"), ("दिल्ली", "Asia/Kolkata"), ("北京", "Asia/Shanghai"), ("Pekín", "Asia/Shanghai"),
        ("Lyon", "Europe/Paris"), ("Marseille", "Europe/Paris"), ("Genève", "Europe/Zurich"), ("Barcelona", "Europe/Madrid"),
        ("Abuja", "Africa/Lagos"), ("Río de Janeiro", "America/Sao_Paulo"), ("Los Angeles", "America/Los_Angeles"), ("La Paz", "America/La_Paz"),
        ("أعيش في القاهرة", "Africa/Cairo"), ("انا من مصر", "Africa/Cairo"), ("جده", "Asia/Riyadh"),
        ("🇫🇷", "Europe/Paris"), ("Manaus 🇧🇷", "America/Manaus"), ("Lyon, France", "Europe/Paris"), ("Xyzzy (France)", "Europe/Paris"),
    ],
)  # fmt: skip
def test_a_known_name_is_one_sure_place(text, zone):
    (place,) = find(text)
    assert (place.zone, place.sure) == (zone, True)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("法国巴黎", "巴黎（法国）"),
        ("我住在法国，巴黎", "巴黎（法国）"),
        ("巴黎（法国）", "巴黎（法国）"),
        ("美国纽约市", "纽约（美国）"),
        ("四川成都", "成都（中国）"),
        ("瑞士日内瓦", "日内瓦（瑞士）"),
        ("肯尼亚", "肯尼亚"),
        ("金沙萨", "金沙萨，刚果（金）"),
    ],
)
def test_in_chinese_the_narrower_of_two_names_is_the_place(text, name):
    (place,) = find(text, "zh")
    assert (place.name, place.sure) == (name, True)


def test_a_city_behind_its_country_is_the_place_in_any_language():
    assert [place.name for place in find("Nigeria Lagos")] == ["Lagos (Nigeria)"]
    assert [place.name for place in find("USA, New York")] == ["New York (United States)"]


def test_a_chinese_name_of_two_characters_is_found_within_a_text_and_asked_about():
    assert [(place.name, place.sure) for place in find("北京朝阳区", "zh")] == [
        ("北京（中国）", False)
    ]
    assert not find("非洲", "zh"), "wider than a country"


@pytest.mark.parametrize(
    "text",
    [
        "lyons sur",
        "Marseil",
        "Brazi",
        "Spian",
        "Paris, Texas",
        "London, Ontario",
        "Paris, Xyzzy",
        "🇩🇪 Paris",
    ],
)
def test_what_is_only_near_or_contradicts_itself_is_never_sure(text):
    assert not any(place.sure for place in find(text))


@pytest.mark.parametrize("text", ["Marseil", "Brazi", "Barcelonna", "Lagso Nigeria"])
def test_where_slips_don_t_count_only_a_name_that_is_spelled_right_is_a_place(text):
    assert find(text)
    assert not find(text, slips=False)
    assert [place.sure for place in find("Lagos Nigeria", slips=False)] == [True]
    assert [place.zone for place in find("I live in Lyon", slips=False)] == ["Europe/Paris"]


def test_a_name_of_several_places_gives_them_all():
    assert {place.country for place in find("Congo")} == {"CD", "CG"}
    assert {place.country for place in find("Hyderabad")} == {"IN", "PK"}
    assert {place.country for place in find("Córdoba")} == {"AR", "ES"}
    assert [place.zone for place in find("Paris, Texas")] == ["Europe/Paris", "America/Chicago"]


@pytest.mark.parametrize(
    "text", ["América", "Amérique", "Africa", "Springfield", "Atlantis", "🇽🇽", "🐝", "", " , "]
)
def test_what_is_too_wide_or_unknown_gives_nothing(text):
    assert find(text) == ()


@pytest.mark.parametrize(
    "text", ["USA", "EE. UU.", "U.S.A.", "États-Unis", "los Estados Unidos", "🇺🇸"]
)
def test_the_times_of_a_country_come_under_the_names_people_know(text):
    assert [p.zone.partition("/")[2] for p in find(text)][:4] == [
        "New_York",
        "Chicago",
        "Denver",
        "Los_Angeles",
    ]


def test_the_largest_cities_stand_for_their_time_and_come_first():
    first = {
        country: [p.zone for p in find(country)][:3]
        for country in ("Brazil", "Australia", "Russia", "Canada")
    }
    assert first["Brazil"] == ["America/Sao_Paulo", "America/Manaus", "America/Rio_Branco"]
    assert first["Australia"] == ["Australia/Sydney", "Australia/Brisbane", "Australia/Perth"]
    assert first["Russia"] == ["Europe/Moscow", "Asia/Yekaterinburg", "Asia/Novosibirsk"]
    assert first["Canada"] == ["America/Toronto", "America/Vancouver", "America/Edmonton"]


@pytest.mark.parametrize(
    ("text", "language", "name", "city", "zone"),
    [
        ("mumbai", "en", "Mumbai (India)", "Mumbai", "Asia/Kolkata"),
        ("bombay", "fr", "Bombay (Inde)", "Bombay", "Asia/Kolkata"),
        ("yaounde", "fr", "Yaoundé (Cameroun)", "Yaoundé", "Africa/Douala"),
        ("KOLN", "en", "Köln (Germany)", "Köln", "Europe/Berlin"),
        ("Houston", "en", "Houston (United States)", "Houston", "America/Chicago"),
        ("accra", "es", "Accra (Ghana)", "Accra", "Africa/Accra"),
        ("Ghana", "en", "Ghana", "", "Africa/Accra"),
        ("Deutschland", "en", "Germany", "", "Europe/Berlin"),
    ],
)
def test_a_place_is_told_as_it_was_said(text, language, name, city, zone):
    (place,) = find(text, language)
    assert (place.name, place.city, place.zone) == (name, city, zone)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("I live in Accra", "Africa/Accra"),
        ("i'm from the Netherlands", "Europe/Amsterdam"),
        ("J’habite à Genève", "Europe/Zurich"),
        ("vivo en Ciudad de México", "America/Mexico_City"),
        ("Lagos Nigeria", "Africa/Lagos"),
        ("I live in Lagos Nigeria", "Africa/Lagos"),
        ("Hyderabad Pakistan", "Asia/Karachi"),
        ("New York USA", "America/New_York"),
        ("We live in Lyon, France", "Europe/Paris"),
    ],
)
def test_a_place_within_a_sentence_or_before_its_country_is_sure(text, zone):
    (place,) = find(text)
    assert (place.zone, place.sure) == (zone, True)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Sao Palo", "America/Sao_Paulo"),
        ("Lagoss Nigeria", "Africa/Lagos"),
        ("in a small village near Accra", "Africa/Accra"),
        ("I live in Nairobbi", "Africa/Nairobi"),
    ],
)
def test_a_place_with_a_slip_or_deep_in_a_text_is_offered(text, zone):
    (place,) = find(text)
    assert (place.zone, place.sure) == (zone, False)


@pytest.mark.parametrize("text", ["I live in America", "somewhere nice", "a bee", "en Europe"])
def test_a_sentence_without_a_place_gives_none(text):
    assert not any(place.sure for place in find(text))


def test_no_name_shows_the_path_of_a_zone():
    for zone, _ in places._zones():
        for tag in languages():
            assert not set("/_") & set(places.city(zone, tag)), zone


def test_every_zone_and_country_of_the_file_is_in_the_tables():
    zones, countries = {zone for zone, _ in places._zones()}, {code for _, code in places._zones()}
    assert {zone for _, zone in KNOWN.cities} | set(KNOWN.main) <= zones
    assert {code for _, code in KNOWN.countries} <= countries
    assert len(set(KNOWN.cities)) == len(KNOWN.cities) > 200
    assert len(set(KNOWN.main)) == len(KNOWN.main)


def test_no_name_of_the_file_hides_another_countrys_zone_of_that_name():
    assert {place.country for place in find("Tripoli")} == {"LY", "LB"}
    assert {place.country for place in find("Granada")} == {"GD", "NI", "ES"}
    for zone, country in places._zones():
        assert country in {place.country for place in find(zone.rsplit("/", 1)[-1])}, zone


def test_without_the_file_names_of_zones_and_countries_still_work():
    assert find("Mumbai", known=PlaceNames()) == ()
    assert [p.zone for p in find("Spain", known=PlaceNames())] == [
        "Europe/Madrid",
        "Atlantic/Canary",
    ]


def test_a_wrong_zone_or_country_is_told_and_an_operators_file_comes_first(tmp_path: Path):
    file = tmp_path / "content" / "places.toml"
    file.parent.mkdir()
    file.write_text(
        'main = ["Europe/Atlantis"]\n[countries]\nuk = ["Albion"]\n[cities]\n"Asia/Bombay" ='
        ' ["Mumbai"]\n',
        "utf-8",
    )
    shared, problems = read_shared(read_files([tmp_path, shipped_root()]))
    told = "\n".join(f"{p.file} {p.message}" for p in problems)
    assert len(problems) == 3
    assert "Europe/Atlantis" in told
    assert "Asia/Bombay" in told
    assert "'uk' is no country code" in told
    assert "content/places.toml" in told
    assert shared.places == PlaceNames()
    file.write_text('[countries]\nGB = ["Albion"]\n', "utf-8")
    shared, problems = read_shared(read_files([tmp_path, shipped_root()]))
    assert problems == []
    assert find("Albion", known=shared.places)[0].zone == "Europe/London"


@pytest.mark.parametrize(
    ("text", "language", "zones"),
    [
        ("Paris", "fr", ["Europe/Paris"]),
        ("Allemagne", "fr", ["Europe/Berlin"]),
        ("Deutschland", "en", []),
        ("perú", "es", ["America/Lima"]),
        ("Ciudad de México", "es", ["America/Mexico_City"]),
        ("moro em São Paulo", "pt", ["America/Sao_Paulo"]),
        ("Moçambique", "pt", ["Africa/Maputo"]),
        ("Luanda", "pt", ["Africa/Luanda"]),
        ("القاهرة", "ar", ["Africa/Cairo"]),
        ("londres", "fr", ["Europe/London"]),
        ("Kinshasa, RDC", "fr", ["Africa/Kinshasa"]),
        ("Spain", "en", ["Europe/Madrid", "Atlantic/Canary"]),
        ("<b>nowhere</b>", "en", []),
        ("", "en", []),
        ("🎉" * 2048, "en", []),
    ],
)
def test_a_city_or_a_country_is_a_zone(text, language, zones):
    assert [place.zone for place in places.find(text, language, NOON)] == zones


def test_whose_city_it_is_is_left_to_who_lives_there():
    assert {place.country for place in find("القدس", "ar")} == {"IL", "PS"}


def test_places_are_named_in_the_persons_language():
    assert places.find("Spain", "fr", NOON)[0].name == "Madrid (Espagne)"
    assert places.find("España", "fr", NOON, also=("es",))[0].name == "Madrid (Espagne)"
    assert places.city("America/Bogota", "es") == "Bogotá"


UNNAMED = {"America/Atikokan", "America/Coyhaique"}
"""Zones for whose cities CLDR has no name, or that of a town far away."""


@pytest.mark.parametrize("language", ["ar", "ru", "zh"])
def test_each_city_is_written_in_the_script_of_its_reader(language):
    zones = {zone for code in places.country_codes() for zone in places.zones_of(code)}
    cities = {zone: places.city(zone, language) for zone in zones | set(MAIN_ZONES.values())}
    assert {zone for zone, city in cities.items() if re.search("[A-Za-z]", city)} == UNNAMED


@pytest.mark.parametrize("language", ["ar", "en", "es", "fr", "pt", "ru", "zh"])
def test_no_city_has_a_second_name_or_the_way_of_its_zone(language):
    cities = {places.city(zone, language) for zone in places._OLDER}
    assert not [city for city in cities if re.search(r"[()（）/_]", city)]
    assert len(cities) == len(places._OLDER)


def test_a_city_is_called_as_today_where_the_zone_was_named_anew():
    called = {tag: places.city("Europe/Kyiv", tag) for tag in ("en", "ru", "zh", "ar")}
    assert called == {"en": "Kyiv", "ru": "Киев", "zh": "基辅", "ar": "كييف"}
    assert places.city("Asia/Kolkata", "en") == "Kolkata"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("de", "DE"),
        (" Allemagne ", "DE"),
        ("pérou", "PE"),
        ("Perou", "PE"),
        ("Europe", ""),
        ("", ""),
    ],
)
def test_a_country_is_typed_as_its_code_or_by_its_name(text, code):
    names = {"DE": "Allemagne", "PE": "Pérou", "150": "Europe"}
    assert places.country(text, names) == code


def test_each_country_of_several_zones_has_one_where_most_people_live_and_it_is_one_of_them():
    several = {code for code in places.country_codes() if len(places.zones_of(code)) > 1}
    assert set(MAIN_ZONES) == several
    assert all(zone in places.zones_of(code) for code, zone in MAIN_ZONES.items())
    assert (places.main_zone("CH"), places.main_zone("QQ")) == ("Europe/Zurich", None)
