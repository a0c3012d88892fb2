"""Cards and charts in Chinese, which has no blanks, with a real font where one is installed."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from bot.model.campaign import Card, CardLook, Size
from bot.pictures.cards import fonts
from bot.pictures.cards.keeping import Kept
from bot.pictures.chart_png import png
from bot.pictures.charts import Bar, Chart

pytestmark = pytest.mark.slow
NOTO = Path("/usr/share/fonts/opentype/noto")
CARD = Card(
    campaign="trees",
    language="zh",
    direction="ltr",
    month=6,
    festive=True,
    when="6月12日",
    title="世界植树日",
    line="种一棵树",
    hashtags=("#Trees", "#植树"),
    link="",
    look=CardLook(),
)
CHART = Chart(
    name="tag-x",
    title="Mastodon 上的 #植树",
    description="6月4日最多：40次。",
    head=("日期", "次数", "纪念日"),
    bars=(Bar(label="6月3日", value=None, said="?"), Bar(label="6月4日", value=40, said="40")),
    scale=((0, "0"), (50, "50")),
)


@pytest.fixture(scope="module")
def kept():
    if not NOTO.is_dir() or Kept(None, (NOTO,)).lacking(CARD):
        pytest.skip(
            "no font with Chinese characters is installed, so no Chinese card was drawn; Debian has"
            " them in the package fonts-noto-cjk"
        )
    return Kept(None, (NOTO,))


def drawn(kept, card, size=Size.WIDE):
    return Image.open(io.BytesIO(kept.png(card, size))).convert("RGB")


def ends(kept, card, size=Size.WIDE):
    """Where the line of a card ends at the right, and at the bottom."""
    without = drawn(kept, replace(card, line="种"), size)
    return ImageChops.difference(drawn(kept, card, size), without).getbbox()[2:]


@pytest.mark.parametrize("size", Size)
@pytest.mark.parametrize("festive", [True, False])
@pytest.mark.parametrize(
    "title", ["世界植树日", "读一读援助工作者为消除童工所做的事，然后分享给更多的人"]
)
def test_a_chinese_card_has_exactly_its_pixels_however_long_a_row_of_characters_is(
    kept, size, festive, title
):
    """A line may end behind any of them: they were taken for one word, for which there is no room."""
    data = kept.png(replace(CARD, festive=festive, title=title), size)
    assert Image.open(io.BytesIO(data)).size == size.value
    assert len(data) <= 80_000


@pytest.mark.parametrize("line", ["种“好”树", "种一……树", "种——好树"])
def test_quotes_points_and_dashes_are_as_wide_as_characters(kept, line):
    """Those of a Latin font are half as wide."""
    same = replace(CARD, line="种一棵好树"[: len(line) - 1] + "树")
    assert abs(ends(kept, replace(CARD, line=line))[0] - ends(kept, same)[0]) <= 4


def test_a_line_ends_behind_a_sign_where_there_are_several(kept):
    card = replace(CARD, title="分享一张自拍，写写您今年做了什么吧", line="")
    first = drawn(kept, replace(card, title="分享一张自拍，")), drawn(kept, card)
    assert ImageChops.difference(*first).getbbox()


def test_each_language_has_the_characters_of_its_country_first(kept):
    named = [fonts.ordered((NOTO,), tag)[0] for tag in ("zh", "zh-Hant", "ja", "ko")]
    assert [name[-2:] for name in named] == ["SC", "TC", "JP", "KR"]
    assert sorted(fonts.ordered((NOTO,), "zh")) == sorted(fonts.families((NOTO,)))


def test_a_chart_in_chinese_is_a_picture_with_the_one_font_that_has_all_of_it(kept):
    assert fonts.family_of("Mastodon 上的植树", (NOTO,), "zh") == "Noto Sans CJK SC"
    assert fonts.family_of("الوسم", (NOTO,), "zh") is None
    assert fonts.family_of("上的植树 e\u0301", (NOTO,), "zh") == "Noto Sans CJK SC", "composed"
    picture = Image.open(io.BytesIO(png(CHART, "zh", (NOTO,)))).convert("L")
    other = png(replace(CHART, title="Mastodon 下的 #植树"), "zh", (NOTO,))
    changed = ImageChops.difference(picture, Image.open(io.BytesIO(other)).convert("L")).getbbox()
    assert changed[2] - changed[0] < 100, "one character is another one, and no box"
    assert png(CHART, "zh") is None


def test_a_chart_of_several_scripts_takes_each_from_a_font_that_has_it(kept):
    amiri = Path("/usr/share/fonts/opentype/fonts-hosny-amiri")
    if not amiri.is_dir():
        pytest.skip("no Arabic font is installed (fonts-hosny-amiri)")
    folders, title = (amiri, NOTO), "#الوسم → 植树"
    assert fonts.family_of(title, folders, "ar") == "Amiri"
    assert fonts.family_of(title, folders, "zh") == "Noto Sans CJK SC"
    pictures = [
        png(replace(CHART, title=each, note="🌳"), "ar", folders)
        for each in (title, title.replace("树", "花"), title.replace("وسم", "وصم"))
    ]
    assert len(set(pictures)) == 3, "letters, and no boxes that are all the same"
