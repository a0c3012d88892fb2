"""Cards that are read from right to left, with a real font where one is installed."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from bot.model.campaign import Card, CardLook, Size
from bot.pictures.cards.keeping import Kept

pytestmark = pytest.mark.slow
FOLDERS = (
    Path("/usr/share/fonts/opentype/fonts-hosny-amiri"),
    Path("/usr/share/fonts/truetype/noto"),
    Path.home() / ".local/share/fonts",
)
CARD = Card(
    campaign="trees",
    language="ar",
    direction="rtl",
    month=6,
    festive=True,
    when="12 يونيو",
    title="اليوم العالمي للشجرة",
    line="اغرسوا شجرة",
    hashtags=("#الأشجار",),
    link="",
    look=CardLook(),
)


@pytest.fixture(scope="module")
def kept():
    for folder in FOLDERS:
        if folder.is_dir() and not Kept(None, (folder,)).lacking(CARD):
            return Kept(None, (folder,))
    pytest.skip(
        "no font with Arabic letters is installed, so no Arabic card was drawn; Debian has them in"
        " the package fonts-hosny-amiri"
    )


def drawn(kept, card, size=Size.WIDE):
    return Image.open(io.BytesIO(kept.png(card, size))).convert("RGB")


def ends(kept, card, other, size=Size.WIDE):
    """Where what differs between two cards ends at the right."""
    return ImageChops.difference(drawn(kept, card, size), drawn(kept, other, size)).getbbox()[2]


@pytest.mark.parametrize("size", Size)
@pytest.mark.parametrize("festive", [True, False])
def test_an_arabic_card_has_exactly_its_pixels_and_weighs_little(kept, size, festive):
    data = kept.png(replace(CARD, festive=festive), size)
    assert Image.open(io.BytesIO(data)).size == size.value
    assert len(data) <= 60_000


def test_words_begin_at_the_right_and_the_code_stands_at_the_left(kept):
    right = ends(kept, CARD, replace(CARD, line=""))
    assert right > Size.WIDE.width * 0.9
    shown = drawn(kept, replace(CARD, link="https://trees.example"))
    lowest = shown.crop((0, Size.WIDE.height - 100, Size.WIDE.width, Size.WIDE.height - 99))
    bright = [x for x in range(lowest.width // 3) if lowest.getpixel((x, 0)) == (255, 255, 255)]
    assert len(bright) > 20, "the white border of the code"


def test_a_hashtag_begins_where_its_own_letters_do(kept):
    """The sign # stands at the right of an Arabic tag, and at the left of a Latin one."""
    without = replace(CARD, hashtags=("الأشجار",))
    assert ends(kept, CARD, without) > Size.WIDE.width * 0.9
    shown = [drawn(kept, replace(CARD, hashtags=(tag,))) for tag in ("#Trees", "#Treess")]
    assert ImageChops.difference(*shown).getbbox()[2] > Size.WIDE.width * 0.9, (
        "a Latin tag ends at the right margin"
    )


def test_each_of_several_lines_begins_at_the_right(kept):
    long = "#EndChildLabour2021"
    card = replace(CARD, hashtags=("#الأشجار", long), link="https://trees.example")
    without = replace(card, hashtags=("الأشجار", long))
    assert ends(kept, card, without, Size.SQUARE) > Size.SQUARE.width * 0.9
