"""Charts: what is drawn, said and hidden, and that nothing of the words becomes markup."""

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from bot.pictures.charts import Bar, Chart, picture, steps, svg

BARS = (
    Bar(label="1 June", value=10, said="10"),
    Bar(label="2 June", value=None, said="not seen"),
    Bar(label="3 June", value=0, said="0"),
    Bar(label="4 June", value=40, said="40", mark="A <day> & more"),
)
CHART = Chart(
    name="tag-x",
    title='Uses of "#a" <b>',
    description="Most on 4 June: 40.",
    head=("Day", "Uses", "Observance"),
    bars=BARS,
    scale=((0, "0"), (25, "25"), (50, "50")),
)


def parts(drawing, kind):
    return [each for each in ET.fromstring(drawing).iter() if each.get("class") == kind]


def test_a_chart_is_an_image_with_title_and_description():
    root = ET.fromstring(svg(CHART))
    ids = {each.get("id"): each.text for each in root.iter() if each.get("id")}
    assert root.get("role") == "img"
    assert [ids[name] for name in root.get("aria-labelledby").split()] == [
        CHART.title,
        CHART.description,
    ]


def test_bars_are_as_high_as_their_values_and_unknown_is_not_zero():
    [bar] = parts(svg(CHART), "chart-bar")
    [marked] = parts(svg(CHART), "chart-marked")
    [blind] = parts(svg(CHART), "chart-blind")
    assert float(marked.get("height")) == 4 * float(bar.get("height"))
    assert float(blind.get("height")) > float(marked.get("height"))


def test_what_is_special_is_numbered_and_named_below():
    words = [each.text for each in ET.fromstring(svg(CHART)).iter() if each.text]
    assert "1" in words
    assert "1 · 4 June · A <day> & more" in words


def below(drawing):
    return [each.text for each in ET.fromstring(drawing).iter() if each.get("text-anchor")]


def test_each_bar_is_named_below_it_where_there_is_room_for_all_and_else_the_ends_are():
    named = [replace(bar, below=("Bluesky", f"Month {at}")) for at, bar in enumerate(BARS)]
    wide = replace(CHART, bars=tuple(named))
    told = below(svg(wide))
    assert told.count("Bluesky") == 4
    assert [word for word in told if word.startswith("Month")] == [f"Month {n}" for n in range(4)]
    assert "1 June" not in told
    narrow = replace(CHART, bars=(*named[:3], replace(named[3], below=("B" * 40,))))
    assert below(svg(narrow)) == below(svg(CHART)), "one has no room, so none is named"


def test_a_page_gets_no_style_and_a_picture_its_own():
    assert "<style" not in svg(CHART)
    assert " style=" not in svg(CHART)
    alone = picture(CHART, "Some Serif")
    assert "font-family:'Some Serif'" in alone
    assert parts(alone, "chart-title")[0].text == CHART.title


def test_a_note_stands_in_both():
    noted = replace(CHART, note="Rehearsal: invented")
    for drawing in (svg(noted), picture(noted, "Serif")):
        words = [each.text for each in ET.fromstring(drawing).iter()]
        assert "Rehearsal: invented" in words


def test_a_chart_of_nothing_is_drawn_all_the_same():
    empty = replace(CHART, bars=(), scale=((0, "0"), (1, "1")))
    assert parts(svg(empty), "chart-bar") == []


@pytest.mark.parametrize(
    ("values", "heights"),
    [
        ([], (0, 1)),
        ([None, 0], (0, 1)),
        ([2], (0, 1, 2)),
        ([3], (0, 5)),
        ([7, None], (0, 5, 10)),
        ([40], (0, 25, 50)),
        ([101], (0, 100, 200)),
        ([1_204], (0, 1_000, 2_000)),
    ],
)
def test_lines_go_across_at_round_numbers_above_all_values(values, heights):
    assert steps(values) == heights


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("Uses of a tag, day by day, " * 3, 2),
        ("活动标签每天在各个网络上的使用次数，" * 3, 3),
    ],
)
def test_a_long_heading_of_a_picture_is_broken_where_its_language_breaks(title, lines):
    drawn = picture(replace(CHART, title=title), "Some Font")
    headings = parts(drawn, "chart-title")
    assert len(headings) == lines
    assert "".join(each.text for each in headings).replace(" ", "") == title.replace(" ", "")


def test_a_chart_for_who_reads_from_the_right_begins_there():
    """Its days came from the left, and its words with “#” at their end and “3” behind June."""
    chart = Chart(
        name="tag-x",
        title="#Bees2030 على Mastodon",
        description="",
        head=("اليوم", "مرات الاستخدام", "المناسبة"),
        bars=(
            Bar(label="3 يونيو", value=1, said="1"),
            Bar(label="4 يونيو", value=2, said="2", mark="عيد"),
        ),
        scale=((0, "0"), (2, "2")),
    )
    root = ET.fromstring(picture(chart, "Amiri"))
    words = {
        each.text: (each.get("x"), each.get("text-anchor"))
        for each in root.iter()
        if each.get("x") and each.text
    }
    assert words == {
        "\u2067\u2066#Bees2030\u2069 على \u2066Mastodon\u2069\u2069": ("470", "end"),
        "\u20673 يونيو\u2069": ("424", "end"),
        "\u20674 يونيو\u2069": ("10", None),
        "\u20671 · 4 يونيو · عيد\u2069": ("424", "end"),
        "0": ("430", None),
        "2": ("430", None),
        "1": (words["1"][0], "middle"),
    }
    assert float(words["1"][0]) < 240, "the second bar stands left of the first"
    assert sum("matrix(-1" in each.get("transform", "") for each in root.iter()) == 5
