"""What people type in other letters than Latin, with other digits, and without spaces."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.model import PlaceNames
from bot.rules.reading import asking, places, typed
from bot.rules.reading.han import figures
from bot.rules.reading.when import clock, days, instants, lengths

TODAY = date(2027, 1, 15)
NOW = datetime(2027, 1, 15, 8, tzinfo=UTC)
SAID = clock.words(
    [
        {"tomorrow": "明天, غدا, завтра", "pm": "下午, مساء, م, дня", "am": "上午, ص"},
        {"hours": "ч, часа", "fillers": "الساعة, в"},
    ]
)


@pytest.mark.parametrize(
    ("text", "figured"),
    [
        ("下午三点半", "下午3:30 "),
        ("二〇二七年十二月二十五日", "2027年12月25日"),
        ("十点", "10:00 "),
        ("9点5分", "9:05 "),
        ("三个人", "三个人"),
        ("5 May", "5 May"),
    ],
)
def test_numbers_in_chinese_characters_become_figures_where_they_count_time(text, figured):
    assert figures(text) == figured


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("ar", "٣ مايو", date(2027, 5, 3)),
        ("ar", "٣ أيّار ٢٠٢٨", date(2028, 5, 3)),
        ("ar", "٠٣/٠٥/٢٠٢٧", date(2027, 5, 3)),
        ("ar", "٢٠٢٧-٠٥-٠٣", date(2027, 5, 3)),
        ("zh", "5月3日", date(2027, 5, 3)),
        ("zh", "２０２８年５月３号", date(2028, 5, 3)),
        ("zh", "五月三日", date(2027, 5, 3)),
        ("zh", "1月3日", date(2028, 1, 3)),
        ("zh", "13月3日", None),
        ("ru", "3 мая 2027", date(2027, 5, 3)),
        ("pt", "3 de março", date(2027, 3, 3)),
        ("pt", "3 de marco", date(2027, 3, 3)),
    ],
)
def test_a_day_is_read_in_its_languages_own_writing(language, text, day):
    assert days.read(text, language, TODAY) == day


@pytest.mark.parametrize(
    ("language", "text", "hour"),
    [
        ("zh", "明天下午3点", (16, 15, 0)),
        ("zh", "下午三点半", (15, 15, 30)),
        ("zh", "明天15：00", (16, 15, 0)),
        ("zh", "1月20日上午9点", (20, 9, 0)),
        ("zh", "周三9:05", (20, 9, 5)),
        ("ar", "غدًا الساعة ٣ مساءً", (16, 15, 0)),
        ("ar", "٣:٣٠ م", (15, 15, 30)),
        ("ru", "завтра в 15:00", (16, 15, 0)),
        ("ru", "3 часа дня", (15, 15, 0)),
        ("en", "3:30 pm", None),
    ],
)
def test_an_hour_is_read_with_the_half_of_the_day_before_it_or_behind_it(language, text, hour):
    read = instants.read(text, NOW, ZoneInfo("UTC"), 540, SAID, language)
    assert (read and (read.day, read.hour, read.minute)) == hour


def test_a_length_of_time_is_read_in_chinese():
    assert lengths.ahead("2周后", "zh", TODAY) == date(2027, 1, 29)


def test_what_is_polite_in_chinese_needs_no_space():
    known = typed.phrases([{"stop": ["停止", "不要再发了"], "polite": ["请", "谢谢"]}])
    for text in ("停止", "请停止", "请停止。谢谢", "不要再发了！"):
        assert typed.meaning(text, known) == typed.STOP
    assert typed.meaning("停止战争", known) == ""


def test_a_phrase_is_found_in_a_longer_chinese_text():
    known = typed.phrases([{"danger": ["孩子有危险"]}])
    assert typed.tells_of_danger("我的邻居的孩子有危险，怎么办", known)
    assert not typed.tells_of_danger("孩子没有危险", known)


def test_a_place_is_found_behind_what_is_said_before_it_in_chinese():
    known = PlaceNames(before=("我住在", "我在"), cities=(("北京", "Asia/Shanghai"),))
    found = places.find("我住在北京", "zh", NOW, known=known)
    assert [(place.zone, place.city, place.sure) for place in found] == [
        ("Asia/Shanghai", "北京", True)
    ]


@pytest.mark.parametrize(
    ("text", "is_question"),
    [
        ("什么是童工", True),
        ("我们反对童工。", False),
        ("ما هو عمل الأطفال", True),
        ("عمل الأطفال ؟", True),
        ("мы здесь", False),
    ],
)
def test_a_question_begins_as_questions_do_in_each_writing(text, is_question):
    assert asking.asks(text, ["什么", "ما", "что"]) is is_question
