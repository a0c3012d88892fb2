"""A chart as a picture: its size, its bytes, and no boxes in the place of letters."""

import io
import subprocess
import sys
from dataclasses import replace

import pytest
from PIL import Image
from tree import TOP

from bot.pictures.chart_png import png
from bot.pictures.charts import Bar, Chart

CHART = Chart(
    name="tag-x",
    title="#Arbres sur Mastodon – l’été, Київ",
    description="Most on 4 June: 40.",
    head=("Day", "Uses", "Observance"),
    bars=(
        Bar(label="3 juin", value=None, said="?"),
        Bar(label="4 juin", value=40, said="40", mark="Fête"),
    ),
    scale=((0, "0"), (50, "50")),
)


def test_a_chart_becomes_a_picture_as_wide_as_a_chat_shows():
    image = Image.open(io.BytesIO(png(CHART, "fr")))
    assert (image.format, image.width) == ("PNG", 1200)
    assert 500 < image.height < 900
    colours = {colour[:3] for _, colour in image.convert("RGB").getcolors(100_000)}
    assert {(0xA3, 0x38, 0x0C), (0xE2, 0xE6, 0xEC), (255, 255, 255)} <= colours


def test_the_same_chart_gives_the_same_bytes_and_another_one_others():
    assert png(CHART, "fr") == png(CHART, "fr")
    assert png(CHART, "fr") != png(replace(CHART, note="Rehearsal"), "fr")


@pytest.mark.parametrize("title", ["الوسم", "标签", "हैशटैग"])
def test_letters_that_the_font_lacks_give_no_picture(title):
    assert png(replace(CHART, title=title), "fr") is None


def test_emoji_that_no_font_has_are_left_out_and_the_picture_comes_all_the_same():
    plain = replace(CHART, title="Plant a tree", note="Dry run")
    marked = replace(plain, title="Plant 🌳 a tree 👩‍🌾", note="Dry run ❤️")
    assert png(marked, "en") == png(plain, "en")
    alone = replace(CHART, bars=(CHART.bars[0], replace(CHART.bars[1], mark="🌳")))
    assert png(alone, "en") != png(replace(CHART, bars=CHART.bars[:1]), "en"), "it stays special"


@pytest.mark.slow
def test_what_draws_is_not_read_in_before_the_first_picture():
    seen = (
        "import sys, bot.chat.entry, bot.web; print('typst' in sys.modules, 'PIL' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", seen], cwd=TOP, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "False"]
