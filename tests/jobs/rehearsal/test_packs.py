"""Packs: what people post by hand where a channel can't, and on networks that have none."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import house
import pytest
from helpers import live, write_operator
from photos import opened, photo
from tree import TOP, languages

from bot.chat.entry import ChatEntry
from bot.chat.messages import Arrival
from bot.cli.sending.packs import _show
from bot.conversation.words import Command, Text
from bot.errors import UsageError
from bot.files.frozen import read_files
from bot.jobs.campaigns.cards import Cards
from bot.jobs.planning import plan
from bot.jobs.sending import packs
from bot.languages import language_name
from bot.model import Kind, State, YearlyDay
from bot.model.campaign import Size
from bot.pictures.cards.keeping import Kept
from bot.render import Renderer

pytestmark = pytest.mark.slow

NOW = datetime(2021, 5, 1, 7, tzinfo=UTC)
DAY = timedelta(days=1)
POST = (
    "{% block title %}T{% endblock %}{% block post %}A post #Tag{% endblock %}{% block"
    " post_instagram %}A picture #Tag https://a.example{% endblock %}"
)


@pytest.fixture
def make(tmp_path):
    opened = []

    def build(*channels, dry=None, text=POST):
        deed = house.action(post=True, nudge=False, when=YearlyDay(month=5, day=1))
        services = house.services(
            tmp_path, house.campaign(deed), channels=channels, texts={"deed": text}, dry=dry
        )
        opened.append(services)
        plan.run(services, NOW)
        return services

    yield build
    for services in opened:
        services.store.close()


def state(services):
    return next(services.store.listing.entries()).state


def test_a_pack_says_that_people_are_asked_for_a_video_in_the_month_it_opens(tmp_path, capsys):
    deed = house.action(post=True, nudge=False)
    opening = replace(deed, id="opening", kind=Kind.OPENING, month=5)
    asks = replace(house.action("selfie"), month=5, video=True)
    later = replace(asks, id="later", month=6)
    texts = {"opening": POST, "deed": POST, "selfie": POST, "later": POST}
    services = house.services(
        tmp_path, house.campaign(opening, asks, later, deed), channels=(), texts=texts
    )
    plan.run(services, NOW)
    told = {pack.action: pack for pack in packs.packs(services, NOW, "facebook")}
    assert {name: pack.as_json()["video"] for name, pack in told.items()} == {
        "opening": ("selfie",),
        "deed": (),
    }
    _show(list(told.values()), as_read=False)
    assert capsys.readouterr().out.count("video: people are asked for one (selfie)") == 1
    services.store.close()


def test_a_paused_channel_gives_its_posts_to_staff(make):
    services = make(house.channel("our-x", network="x"))
    assert [pack.network for pack in packs.packs(services, NOW, "x")] == []
    services.store.channels.pause("our-x", "401: the token is refused", 1)
    [pack] = packs.packs(services, NOW, "x")
    assert (pack.id, pack.channel, pack.text, pack.problems) == (
        "1-1-0",
        "our-x",
        "A post #Tag",
        (),
    )
    assert "401" in pack.reason
    assert pack.due == NOW + timedelta(hours=2)
    assert (
        packs.posted(services, pack.id, "https://x.com/ours/status/1", "anna", NOW)
        == "sent: deed is on our-x"
    )
    entry = next(services.store.listing.entries())
    assert (entry.state, entry.url) == (State.SENT, "https://x.com/ours/status/1")
    assert packs.packs(services, NOW, "x") == []
    with pytest.raises(UsageError, match="nothing is left"):
        packs.posted(services, pack.id, "https://x.com/ours/status/1", "anna", NOW)


def test_a_dry_channel_does_too_and_what_it_skipped_can_still_be_posted(make):
    services = make(
        house.channel("our-x", network="x"),
        dry={"our-x": "channel our-x is dry: DRUMBEAT_OUR_X_API_KEY not set"},
    )
    entry = next(services.store.listing.entries())
    services.store.outbox.change(entry.key, [State.PLANNED], State.SKIPPED)
    [pack] = packs.packs(services, NOW + timedelta(hours=3), "x")
    assert "API_KEY" in pack.reason
    assert packs.packs(services, NOW + DAY, "x") == []  # past its grace


def test_what_awaits_approval_makes_no_pack(make):
    services = make(house.channel("our-x", network="x", review=True))
    services.store.channels.pause("our-x", "why", 1)
    assert packs.packs(services, NOW, "x") == []


def test_networks_without_a_channel_have_packs_as_they_want_them(make):
    services = make(house.channel("our-x", network="x"))
    found = {pack.network: pack for pack in packs.packs(services, NOW)}
    assert set(found) == {"facebook", "instagram", "linkedin"}
    assert (found["facebook"].text, found["facebook"].problems) == ("A post #Tag", ())
    assert found["instagram"].text == "A picture #Tag https://a.example"
    assert [words.split(" ")[0] for words in found["instagram"].problems] == [
        "Instagram",
        "a",
    ]  # no picture; a link nobody can tap
    assert found["facebook"].id == "facebook-1-en"
    assert (
        packs.posted(services, "facebook-1-en", "https://facebook.com/ours/1", "anna", NOW)
        == "sent: deed is on Facebook"
    )
    assert {pack.network for pack in packs.packs(services, NOW)} == {"instagram", "linkedin"}
    for wrong, words in (
        ("facebook-1-en", "before"),
        ("facebook-9-en", "no such pack"),
        ("facebook-1-fr", "no such pack"),
    ):
        with pytest.raises(UsageError, match=words):
            packs.posted(services, wrong, "https://facebook.com/ours/1", "anna", NOW)
    with pytest.raises(UsageError, match="no link"):
        packs.posted(services, "linkedin-1-en", "done", "anna", NOW)
    with pytest.raises(UsageError, match="no packs are made for 'myspace'"):
        packs.packs(services, NOW, "myspace")


def with_cards(services):
    library = services.library
    renderer = Renderer(library.files, library.campaigns, cards=Cards(Kept()))
    return replace(services, renderer=renderer)


def test_packs_by_hand_carry_the_square_card_so_that_instagram_s_is_complete(make, tmp_path):
    text = POST.replace(" https://a.example", "")
    services = with_cards(make(house.channel("our-x", network="x"), text=text))
    found = {pack.network: pack for pack in packs.packs(services, NOW, folder=tmp_path / "taken")}
    assert found["instagram"].problems == ()
    assert found["instagram"].alt.startswith("May")
    for pack in found.values():
        assert opened(pack.picture.read_bytes()).size == Size.SQUARE.value


def test_a_pack_whose_words_no_card_can_have_says_that_the_picture_lacks(make):
    text = POST.replace("%}T{%", "%}ميثاق{%")
    services = with_cards(make(house.channel("our-x", network="x"), text=text))
    [pack] = packs.packs(services, NOW, "instagram")
    assert (pack.picture, [flaw.kind for flaw in pack.flaws]) == (None, ["picture", "link"])


def test_too_long_a_text_is_told_and_never_cut(make):
    services = make(
        house.channel("our-x", network="x"), text=POST.replace("A picture", "word " * 500)
    )
    [pack] = packs.packs(services, NOW, "instagram")
    assert len(pack.text) > 2_500
    assert any("2,200" in words or "2200" in words for words in pack.problems)


def test_a_text_that_can_not_be_made_says_why(make):
    services = make(house.channel("our-x", network="x"), text="{% block title %}T{% endblock %}")
    [pack] = packs.packs(services, NOW, "facebook")
    assert pack.text == ""
    assert "post" in pack.problems[0]


def test_packs_on_the_command_line(tmp_path, command):
    now = datetime.now(UTC)
    config = write_operator(tmp_path, (now + DAY).date())
    with live(config) as services:
        plan.run(services, now)
    code, out, _ = command("packs", "--network", "facebook", "--json")
    [pack] = json.loads(out)
    assert (code, pack["network"], pack["text"]) == (0, "facebook", "Today we plant trees. #Trees")
    assert "drumbeat packs posted" in command("packs")[1]
    assert command("packs", "posted", pack["id"], "--link", "https://facebook.com/1")[0] == 0
    assert command("packs", "posted", pack["id"], "--link", "https://facebook.com/1")[0] == 2
    assert command("packs", "--network", "facebook")[1] == "nothing is to be posted by hand\n"


def test_a_picture_that_people_post_by_hand_can_be_had_without_what_its_camera_wrote(
    tmp_path, command
):
    now = datetime.now(UTC)
    config = write_operator(tmp_path, (now + DAY).date())
    pack = tmp_path / "pack"
    calendar = pack / "campaigns/trees/calendar.toml"
    text = calendar.read_text("utf-8").replace("to = [", 'picture = "tree"\nto = [')
    calendar.write_text(text, "utf-8")
    with (pack / "content/en/trees/tree-day.j2").open("a", encoding="utf-8") as template:
        template.write("{% block alt %}A tree.{% endblock %}")
    (pack / "campaigns/trees/pictures").mkdir()
    (pack / "campaigns/trees/pictures/tree.png").write_bytes(photo(orientation=6))
    with live(config) as services:
        plan.run(services, now)
    _, out, _ = command("packs", "--network", "facebook")
    assert "with all that a camera wrote into it: `drumbeat packs --pictures FOLDER`" in out
    code, out, _ = command("packs", "--network", "facebook", "--pictures", "taken", "--json")
    [shown] = json.loads(out)
    written = tmp_path / shown["picture"]
    assert (code, written.parent.name, written.suffix) == (0, "taken", ".jpg")
    assert b"Ada" not in written.read_bytes()
    assert opened(written.read_bytes()).size == (40, 60)


# the chat


@pytest.mark.parametrize("language", languages())
def test_staff_take_a_pack_and_say_where_it_stands(make, language):
    services = make(house.channel("our-x", network="x"))
    services = replace(
        services,
        library=replace(services.library, files=read_files((*services.library.roots, TOP))),
    )
    entry = ChatEntry(lambda: services, "our-x", staff=True)

    def turn(**event):
        return entry.handle([Arrival(address="7", user="7", language=language, **event)], NOW)[0][0]

    def press(shown, number=0):
        return turn(
            data=[b for row in shown.keyboard for b in row][number].data, callback="1", message=1
        )

    listed = turn(event=Command(name="packs"))
    told = re.sub("[\u2066-\u2069]", "", listed.text)
    assert re.search("\n\nT(?:, |، |，)", told)
    mark = ("（{}）" if language == "zh" else " ({})").format(language_name("en", language))
    assert f"1. Facebook{mark}\n2. Instagram{mark}" in told
    card = press(listed)
    assert (card.code, "Facebook" in card.text) == ("A post #Tag", True)
    press(card)
    assert "https://" in turn(event=Text(text="I did it")).text
    assert "Facebook" in turn(event=Text(text="https://facebook.com/ours/1")).text
    assert services.store.packs.made([1]) == {(1, "facebook", "en")}
    assert {pack.network for pack in packs.packs(services, NOW)} == {"instagram", "linkedin"}
