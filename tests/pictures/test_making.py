"""What leaves of a picture: nothing but what people see, upright, in the colours of screens, and small
enough; and what is refused before it fills the memory.
"""

import resource
import time

import pytest
from helpers import little_memory
from photos import black, bomb, exif, moving, noise, opened, photo, saved, wide
from PIL import Image, PngImagePlugin

from bot.errors import OutOfResources, PictureUnfit
from bot.pictures import Facts, Wish
from bot.pictures.cards.packing import packed
from bot.pictures.making import SIDE, STILL, WHITE, look, ready

ANY = Wish()
TELLTALE = (b"Exif", b"Ada", b"GPS", b"xmpmeta", b"http://ns.adobe.com", b"ICC_PROFILE", b"iCCP")


def with_texts():
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", "Ada")
    texts.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta exif:GPSLatitude='52'/>", zip=True)
    return saved(noise(), "PNG", pnginfo=texts, exif=exif())


BROUGHT = {
    "photo": photo(),
    "turned photo": photo(orientation=6),
    "PNG with texts": with_texts(),
    "WebP": saved(noise(), "WEBP", exif=exif(), xmp=b"<x:xmpmeta GPSLatitude='1'/>"),
    "AVIF": saved(noise(), "AVIF", exif=exif()),
    "GIF with a comment": saved(noise().quantize(16), "GIF", comment=b"Ada was here"),
    "animation": moving(comment=b"Ada was here"),
    "wide colours": wide(),
    "transparent": saved(Image.new("RGBA", (40, 40), (9, 9, 9, 9)), "PNG", exif=exif()),
    "CMYK": saved(Image.new("CMYK", (40, 40), (0, 255, 255, 0)), exif=exif()),
    "grey": saved(Image.new("L", (40, 40), 90), exif=exif(), comment=b"Ada"),
}


@pytest.mark.parametrize("wish", [ANY, Wish(moving=True), Wish(most=5_000)], ids=str)
@pytest.mark.parametrize("name", BROUGHT)
def test_nothing_leaves_that_a_camera_or_a_program_wrote(name, wish):
    made = ready(BROUGHT[name], wish)
    assert [mark for mark in TELLTALE if mark in made.data] == []
    shown = opened(made.data)
    assert set(shown.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive",
                               "progression", "background", "duration", "loop", "extension",
                               "version", "transparency"}  # fmt: skip
    assert (shown.format, shown.size) == (
        made.mime.removeprefix("image/").upper(),
        (made.width, made.height),
    )
    assert len(made.data) <= wish.most


def test_a_place_is_seen_in_what_cameras_and_what_programs_write():
    assert look(photo()).located
    assert look(with_texts()).located
    bare = {"exif": exif(located=False), "xmp": b"<x/>"}
    assert not look(saved(noise(), **bare)).located


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_leaves_upright(orientation):
    held = Image.new("RGB", (60, 40), "white")
    held.paste("red", (0, 0, 20, 20))
    data = saved(held, quality=95, exif=exif(orientation=orientation))
    made, facts = ready(data, ANY), look(data)
    corner = {
        1: (5, 5), 2: (55, 5), 3: (55, 35), 4: (5, 35), 5: (5, 5), 6: (35, 5), 7: (35, 55),
        8: (5, 55),
    }[orientation]  # fmt: skip
    size = (40, 60) if orientation >= 5 else (60, 40)
    assert (made.width, made.height) == (facts.width, facts.height) == size
    red, green, _ = opened(made.data).getpixel(corner)
    assert red > 200
    assert green < 60


def test_wide_colours_become_those_of_screens():
    # by this profile the numbers of red mean blue
    red, _, blue = opened(ready(wide((250, 0, 0)), ANY).data).getpixel((20, 20))
    assert red < 60
    assert blue > 200


def test_a_broken_profile_leaves_the_colours_as_they_are():
    data = saved(Image.new("RGB", (40, 40), (250, 0, 0)), quality=95, icc_profile=b"nonsense" * 20)
    red, green, blue = opened(ready(data, ANY).data).getpixel((20, 20))
    assert red > 240
    assert max(green, blue) < 10


def test_sixteen_bits_become_eight_of_the_same_grey():
    data = saved(Image.new("I;16", (4, 4), 40_000), "PNG")
    assert opened(ready(data, ANY).data).getpixel((0, 0)) == 40_000 // 256


@pytest.mark.slow
@pytest.mark.parametrize("most", [2_000_000, 1_000_000, 100_000])
def test_a_photo_of_twelve_million_pixels_becomes_as_small_as_asked(most):
    data = photo(4_000, 3_000, quality=92)
    assert len(data) > 2_000_000
    made = ready(data, Wish(most=most))
    assert made.mime == "image/jpeg"
    assert most / 3 < len(made.data) <= most
    assert abs(made.width / made.height - 4 / 3) < 0.01
    assert made.lost == ()


def test_no_side_is_longer_than_networks_show():
    made = ready(saved(Image.new("RGB", (9_000, 300), "red")), ANY)
    assert (made.width, made.height) == (SIDE, 137)


@pytest.mark.slow
def test_a_drawing_stays_sharp_while_it_is_small_enough():
    assert ready(saved(Image.new("RGB", (900, 900), "red"), "PNG"), ANY).mime == "image/png"
    assert ready(saved(noise(900, 900), "PNG"), Wish(most=300_000)).mime == "image/jpeg"


def test_transparent_parts_stay_or_it_is_said_that_they_become_white():
    image = noise(300, 300)
    image.putalpha(Image.new("L", (300, 300), 0))
    data = saved(image, "PNG")
    kept = ready(data, ANY)
    assert (kept.mime, kept.lost) == ("image/png", ())
    assert opened(kept.data).getpixel((5, 5))[3] == 0
    white = ready(data, Wish(most=50_000))
    assert (white.mime, white.lost) == ("image/jpeg", (WHITE,))
    assert min(opened(white.data).getpixel((5, 5))) > 250


def test_an_animation_moves_where_a_network_shows_it_and_else_it_is_said():
    data = moving(loop=0)
    made = ready(data, Wish(moving=True))
    assert (made.mime, made.lost) == ("image/gif", ())
    shown = opened(made.data)
    assert (shown.n_frames, shown.info["duration"], shown.info["loop"]) == (4, 100, 0)
    shown.seek(2)
    assert shown.convert("RGB").getpixel((5, 5))[0] == 100
    assert ready(data, ANY).lost == (STILL,)
    assert ready(data, Wish(moving=True, most=len(made.data) - 1)).lost == (STILL,)
    assert ready(moving(kind="WEBP"), Wish(moving=True)).lost == (STILL,)


@pytest.mark.parametrize(
    ("data", "facts"),
    [
        (photo(), Facts(kind="JPEG", width=60, height=40, located=True)),
        (moving(), Facts(kind="GIF", width=40, height=30, moves=True)),
        (saved(noise(), "PNG"), Facts(kind="PNG", width=60, height=40)),
        (saved(noise(), "WEBP"), Facts(kind="WebP", width=60, height=40)),
    ],
)
def test_a_picture_is_told_by_its_bytes(data, facts):
    assert look(data) == facts
    assert facts.is_misnamed(".png") is (facts.kind != "PNG")


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"\x89PNG\r\n\x1a\n", saved(noise(), "BMP"), b"MM", b"\x00\x00\x00\x18"]
)
def test_what_is_no_picture_that_networks_take_is_refused(data):
    for function in (look, lambda given: ready(given, ANY)):
        with pytest.raises(PictureUnfit, match="it is no picture; a JPEG, PNG, GIF, WebP or AVIF"):
            function(data)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x00\x00\x00\x18ftypheic" + bytes(90), "HEIC, as telephones take them"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (saved(noise(), "TIFF"), "TIFF"),
        (b"%PDF-1.7\n" + bytes(90), "PDF"),
    ],
)
def test_a_picture_of_a_kind_that_no_network_shows_is_refused_by_its_name(data, kind):
    words = f"it is a {kind}, which networks don't show: save it anew as a JPEG, PNG, GIF or WebP"
    for function in (look, lambda given: ready(given, ANY)):
        with pytest.raises(PictureUnfit, match=words):
            function(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_a_picture_that_breaks_off_is_refused(kind):
    data = saved(noise(300, 300), kind)
    with pytest.raises(PictureUnfit, match=r"it is broken|it is no picture"):
        ready(data[: len(data) // 2], ANY)


@pytest.mark.parametrize(
    ("side", "words"),
    [(8_001, "64,016,001 pixels"), (20_000, "pixels, but 64,000,000 is the most"), (60_000, "far more pixels")],
)  # fmt: skip
def test_a_bomb_is_refused_before_it_is_read(side, words):
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    for function in (look, lambda given: ready(given, ANY)):
        with pytest.raises(PictureUnfit, match=words if side != 20_000 else "pixels"):
            function(bomb(side, side))
    assert time.process_time() - begun < 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_a_picture_that_cant_be_made_small_enough_says_so():
    with pytest.raises(PictureUnfit, match="can't be made smaller than 100 bytes"):
        ready(photo(900, 900), Wish(most=100))


@pytest.mark.alone
def test_memory_that_lacks_is_no_fault_of_the_picture():
    data = black(6_000, 5_000)
    with (
        little_memory(),
        pytest.raises(OutOfResources, match=r"no memory is left.*no fault of the"),
    ):
        ready(data, ANY)
    assert ready(data, ANY).mime == "image/png"


def card() -> bytes:
    return packed(noise().convert("L"), bytes(range(256)) * 3)


def test_a_card_of_ours_leaves_as_it_was_drawn():
    drawn = card()
    made = ready(drawn, ANY)
    assert (made.data, made.mime, made.lost) == (drawn, "image/png", ())
    assert (made.width, made.height) == opened(drawn).size == noise().size


@pytest.mark.parametrize(
    "beside",
    [
        lambda card: card + b"Ada",
        lambda card: card[:33] + with_texts()[33:90] + card[33:],
        lambda card: card.replace(b"IDAT", b"tEXt"),
        lambda card: card[:-16] + b"Ada!" + card[-16:],
        lambda card: packed(noise().convert("L"), b"Ada" * 300),
        lambda card: card[:200],
        lambda card: card[:41],
    ],
)
def test_what_stands_beside_a_card_s_pixels_never_leaves_with_it(beside):
    try:
        made = ready(beside(card()), ANY)
    except PictureUnfit:
        return
    assert b"Ada" not in made.data
    assert made.data != beside(card())


def test_a_card_that_a_network_finds_too_large_is_made_smaller():
    large = packed(noise().convert("L").resize((1_200, 800)), bytes(range(256)) * 3)
    assert len(ready(large, Wish(most=len(large) - 1)).data) < len(large)
