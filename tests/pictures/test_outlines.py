"""Letters as outlines: they cover the pixels that Typst's own drawing has, on whatever ground; and
what is packed is read again as it was.
"""

import io

import pytest
import typst
from PIL import Image, ImageChops, ImageFilter, ImageStat

from bot.pictures.cards import outlines
from bot.pictures.cards.canvas import Canvas, numbered
from bot.pictures.cards.layout import Place
from bot.pictures.cards.packing import packed

pytestmark = pytest.mark.slow
SOURCE = """#set page(width: 400pt, height: 90pt, margin: 12pt, fill: none)
#set text(size: 46pt, font: "Libertinus Serif", fill: rgb("#101820"))
#box(fill: rgb("#ffc845"), radius: 8pt, inset: 6pt)[8@%®] Ågß"""
JOINED = """#set page(width: 400pt, height: 90pt, margin: 12pt, fill: none)
#text(size: 60pt, tracking: -9pt, fill: rgb("#101820"))[nononomm]"""
"""Letters that reach into one another, as those of Arabic do."""
PAIRS = (
    ("#ffffff", "#101820"),
    ("#ffffff", "#ffc845"),
    ("#ffc845", "#101820"),
    ("#0b3a6b", "#101820"),
)


def typeset(kind, source=SOURCE):
    fonts = typst.Fonts(include_system_fonts=False)
    return typst.compile(source.encode(), format=kind, ppi=72, font_paths=fonts)


def opened(data):
    return Image.open(io.BytesIO(data)).convert("RGB")


def drawn(ground, source=SOURCE):
    """The outlines of a source on a picture."""
    canvas = Canvas(numbered(ground, PAIRS), PAIRS, "ltr")
    canvas.ink(outlines.read(typeset("svg", source)), Place(0, 0))
    return opened(canvas.png())


def apart(one, other):
    """How far two pictures are apart: on average, and the share of pixels that clearly are."""
    difference = ImageChops.difference(one, other).convert("L")
    clearly = difference.point(lambda value: 255 if value > 96 else 0)
    return ImageStat.Stat(difference).mean[0], ImageStat.Stat(clearly).mean[0] / 255


@pytest.mark.parametrize("grounds", [("#ffffff",), ("#ffffff", "#0b3a6b")], ids=["one", "two"])
def test_letters_and_boxes_cover_what_typst_draws(grounds):
    ground = Image.new("RGB", (400, 90), grounds[0])
    if len(grounds) > 1:
        # the edge of the two goes through a letter
        ground.paste(grounds[1], (262, 0, 400, 90))
    theirs = Image.open(io.BytesIO(typeset("png"))).convert("RGBA")
    expected = ground.copy()
    expected.paste(theirs, mask=theirs.getchannel("A"))
    mean, clearly = apart(drawn(ground), expected)
    assert mean < 3
    assert clearly < 0.005
    assert apart(ground, expected)[0] > 10, "something stands there"


def test_no_edge_of_a_letter_cuts_through_another():
    theirs = Image.open(io.BytesIO(typeset("png", JOINED))).convert("RGBA")
    within = theirs.getchannel("A").filter(ImageFilter.MinFilter(5))
    ours = drawn(Image.new("RGB", (400, 90), "#ffffff"), JOINED).convert("L")
    seams = ImageChops.darker(ours, within)
    assert within.getextrema()[1] > 250
    assert seams.getextrema()[1] < 150


def test_a_sheet_has_the_size_of_its_page_and_each_letter_its_colour():
    sheet = outlines.read(typeset("svg"))
    assert (sheet.width, sheet.height) == (400, 90)
    assert [shape.colour for shape in sheet.shapes] == ["#ffc845", *["#101820"] * 7]


def test_what_is_turned_is_refused_and_not_drawn_straight():
    turned = (
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><g transform="rotate(9)">'
        b'<path d="M 0 0h 9v 9Z" fill="#000000"/></g></svg>'
    )
    with pytest.raises(ValueError, match=r"rotate\(9\)"):
        outlines.read(turned)


def test_what_is_packed_is_read_as_it_was():
    numbers = Image.frombytes("L", (30, 20), bytes(number % 200 for number in range(600)))
    palette = bytes(number % 256 for number in range(3 * 200))
    read = Image.open(io.BytesIO(packed(numbers, palette)))
    assert (read.mode, read.size, read.format) == ("P", (30, 20), "PNG")
    assert read.tobytes() == numbers.tobytes()
    assert bytes(read.getpalette()[: 3 * 200]) == palette
