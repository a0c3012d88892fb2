"""Cards: their exact size, their weight, their words; and what is told in place of boxes."""

import io
import json
import subprocess
import sys
from dataclasses import replace
from datetime import date

import pytest
from PIL import Image
from tree import drawn, languages

from bot.errors import PictureUnfit
from bot.jobs.campaigns.cards import Cards, all_of, day_of, picture_of
from bot.model import Role
from bot.model.campaign import Card, CardLook, Size
from bot.pictures.cards import fonts
from bot.pictures.cards.keeping import Kept
from bot.render import Renderer
from bot.render.cards import card_of

pytestmark = pytest.mark.slow
TODAY = date(2026, 11, 29)
CARD = Card(
    campaign="trees",
    language="en",
    direction="ltr",
    month=6,
    festive=True,
    when="12 June",
    title="World Tree Day",
    line="Plant one",
    hashtags=("#Trees",),
    link="",
    look=CardLook(),
)


@pytest.fixture(scope="module")
def renderer(library):
    return Renderer(library.files, library.campaigns, cards=Cards(Kept()))


def opened(data):
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("size", Size)
@pytest.mark.parametrize("festive", [True, False])
def test_a_card_has_exactly_its_pixels_and_weighs_little(size, festive):
    data = Kept().png(replace(CARD, festive=festive), size)
    assert opened(data).size == size.value
    assert len(data) <= 60_000


def test_the_same_words_give_the_same_bytes_in_another_process(tmp_path):
    ours = Kept().png(CARD, Size.WIDE)
    script = (
        "import sys; from bot.model.campaign import Card, CardLook, Size;"
        f"from bot.pictures.cards.keeping import Kept; card = {CARD!r};"
        "sys.stdout.buffer.write(Kept().png(card, Size.WIDE))"
    )
    theirs = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert theirs.stdout == ours


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("title", "a" * 80),
        ("title", "word " * 55),
        ("line", "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen" * 2),
        ("hashtags", ("#" + "InternationalYear" * 6,)),
        ("title", "word " * 80),
    ],
)
@pytest.mark.parametrize("festive", [True, False])
def test_words_that_dont_fit_are_refused_and_never_cut(part, words, festive):
    with pytest.raises(PictureUnfit, match="no room"):
        Kept().png(replace(CARD, festive=festive, **{part: words}), Size.WIDE)


@pytest.mark.parametrize("words", ["ميثاق", "童工", "🌳"])
def test_letters_that_no_font_has_are_named_in_place_of_boxes(words):
    kept = Kept()
    assert kept.lacking(replace(CARD, title=words)) == "".join(dict.fromkeys(words))
    with pytest.raises(PictureUnfit, match=r"U\+.*\[pictures\] fonts"):
        kept.png(replace(CARD, title=words), Size.WIDE)


def test_the_usual_font_has_the_letters_of_latin_greek_and_cyrillic():
    embedded = [font for font in fonts.bundle(()).fonts() if font.family == fonts.USUAL]
    assert embedded
    assert all(font.path is None for font in embedded)
    assert fonts.lacking(["Àéîõü ČŁž ŒŸ Ελλάδα Россия “”«»–—…"], ()) == ""


def test_a_card_is_made_once_and_kept_in_its_folder(tmp_path):
    first = Kept(tmp_path / "cards")
    data = first.png(CARD, Size.WIDE)
    [file] = (tmp_path / "cards").iterdir()
    assert file.read_bytes() == data
    file.write_bytes(data[:-12] + b"x" + data[-12:])  # what is kept is taken as it is
    assert Kept(tmp_path / "cards").png(CARD, Size.WIDE) == file.read_bytes()
    file.write_bytes(data[:1000])
    assert Kept(tmp_path / "cards").png(CARD, Size.WIDE) == data, (
        "what a full disk cut is made anew"
    )
    assert file.read_bytes() == data


def test_where_nothing_can_be_kept_a_card_is_made_all_the_same(tmp_path):
    (tmp_path / "file").write_text("in the way")
    assert opened(Kept(tmp_path / "file").png(CARD, Size.SQUARE)).size == Size.SQUARE.value


def test_what_nobody_wants_any_more_is_tidied_away(tmp_path):
    kept = Kept(tmp_path)
    kept.png(CARD, Size.WIDE)
    kept.tidy(age=3600)
    assert len(list(tmp_path.iterdir())) == 1
    kept.tidy(age=-1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("campaign", ["endchildlabour2021", "endchildlabour"])
def test_the_alt_text_of_a_card_says_all_that_stands_on_it(library, renderer, campaign):
    of, silent, count = library.campaigns[campaign], [], 0
    for action in all_of(of):
        for language in languages():
            if Role.CARD.value in renderer.blocks(of, action.id, language=language):
                day = day_of(of, action, TODAY)
                card, alt = card_of(renderer, of, action, language=language, day=day)
                silent += [
                    (action.id, language, word)
                    for word in card.words
                    if word.casefold() not in alt.casefold()
                ]
                count += 1
    assert silent == []
    assert count >= 15


@pytest.mark.parametrize("language", drawn())
def test_every_action_has_a_card_that_fits_in_each_size(library, renderer, language):
    kept = renderer.cards.kept
    for of in library.campaigns.values():
        for action in all_of(of):
            card, _ = card_of(
                renderer, of, action, language=language, day=day_of(of, action, TODAY)
            )
            assert kept.lacking(card) == "", (of.id, action.id)
            for size in Size:
                most = 40_000 if size is Size.WIDE else 100_000  # pages show the wide one
                assert len(kept.png(card, size)) <= most, (of.id, action.id, size)


def test_a_post_has_its_card_with_its_alt_text(library, renderer):
    of = library.campaigns["endchildlabour2021"]
    post = renderer.text(
        of,
        of.action("world-day"),
        Role.POST,
        language="fr",
        network="mastodon",
        audience=of.action("world-day").audiences[0],
        day=date(2021, 6, 12),
    )
    assert opened(post.picture.data).size == Size.WIDE.value
    assert "12 juin" in post.picture.alt
    assert of.hashtag in post.picture.alt


def test_a_file_of_the_campaign_s_own_goes_before_its_card(tmp_path, library, renderer):
    of = library.campaigns["endchildlabour2021"]
    action = of.action("world-day")
    own = picture_of(renderer, of, action, "en", Size.WIDE, date(2021, 6, 12))
    assert own.file is None
    assert own.size is Size.WIDE


def test_nothing_heavy_is_loaded_before_the_first_picture():
    script = (
        "import sys, json; import bot.app, bot.scheduler, bot.jobs.campaigns.cards;"
        "print(json.dumps([m for m in ('typst', 'PIL', 'segno', 'fontTools') if m in sys.modules]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == []


def test_the_command_writes_each_card_and_says_what_it_did(command, tmp_path):
    code, out, _ = command(
        "cards", "--campaign", "endchildlabour", "--lang", "es", "--out", str(tmp_path), "--json"
    )
    told = json.loads(out)
    assert (code, told["failed"]) == (0, [])
    files = {card["file"] for card in told["cards"]}
    assert len(files) == len(told["cards"]) == len(list(tmp_path.rglob("*.png")))
    wide = next(c for c in told["cards"] if c["action"] == "world-day" and c["size"] == "wide")
    assert wide["alt"].startswith("12 de junio")
    assert command("cards", "--campaign", "nothing")[0] == 2
    (tmp_path / "file").write_text("in the way")
    code, _, err = command("cards", "--campaign", "endchildlabour", "--out", str(tmp_path / "file"))
    assert code != 0
    assert "can't be written" in err


def test_no_line_of_a_card_ends_within_a_short_word_with_a_hyphen():
    title = "Узнайте о детском труде что-то новое и расскажите другим"
    # the hyphen at which no line may end looks like the other in the usual font
    glued = title.replace("что-то", "что\u2011то")
    cards = [replace(CARD, festive=False, title=each) for each in (title, glued)]
    shown = [opened(Kept().png(card, Size.TALL)) for card in cards]
    assert shown[0].tobytes() == shown[1].tobytes()
