"""Letters as HTML beside their text: over a real mail server, and as a sheet alone."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import orchard
import pytest
from fakes.mail import post_office, text_of
from tree import languages

from bot.config import Privacy
from bot.model.campaign import Colours
from bot.render.letter import Draft, Own, html, page

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*login_data:DeprecationWarning"),
    pytest.mark.slow,
]
PRIVACY = Privacy(
    controller="Tree Trust & Sons",
    contact="data@trees.example",
    retention=365,
    url="https://trees.example/p",
)
LINK = re.compile(rf"{orchard.PUBLIC}/\S+")


@pytest.fixture
def office():
    with post_office() as running:
        yield running


class Reader(HTMLParser):
    """What a reader sees of a letter, and where its links lead."""

    def __init__(self, page):
        super().__init__()
        self.text, self.links, self.tags, self.attributes = "", {}, [], []
        self._hidden, self._link = False, None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes.append((tag, dict(attributes)))
        self._hidden = tag in ("style", "title")
        if tag != "a":
            self.text += "\n"
        if tag == "a":
            self._link = dict(attributes)["href"]

    def handle_endtag(self, tag):
        self._hidden = False
        if tag == "a":
            self._link = None

    def handle_data(self, data):
        if not self._hidden:
            self.text += data
            if self._link:
                self.links[self._link] = self.links.get(self._link, "") + data

    @property
    def words(self):
        return self.text.split()


def html_of(mail):
    return mail.get_body(("html",)).get_content()


async def letters(folder, office, language="en", **campaign):
    """The prompt to a pledge-maker and the request to confirm, as they arrived."""
    services = orchard.services(folder, office)
    trees = replace(services.library.campaigns["trees"], **campaign)
    services = replace(
        services,
        settings=replace(services.settings, privacy=PRIVACY),
        library=replace(services.library, campaigns={"trees": trees}),
    )
    orchard.add_pledge(services, orchard.add_contact(services, language=language))
    orchard.add_contact(services, 2, agreed=False, language=language)
    try:
        await orchard.play(services, "2021-02-03T06:00", "2021-02-03T12:00")
    finally:
        services.store.close()
    return [office.to(f"p{number}@acme.example")[0] for number in (1, 2)]


@pytest.mark.parametrize("language", languages())
async def test_html_and_text_say_the_same(tmp_path, office, language):
    for mail in await letters(tmp_path, office, language):
        seen, text = Reader(html_of(mail)), text_of(mail)
        # the original, where it stands below, has the same ones
        own = list(dict.fromkeys(LINK.findall(text)))
        assert own
        # twice where the original stands below what nobody has accepted
        assert [*dict.fromkeys(own)] == [link for link in seen.links if LINK.fullmatch(link)]
        # what stands before a link of ours has become its words, and needs no colon
        spoken = re.sub(rf"\s*[:：]\s*{LINK.pattern}", " ", text)
        assert seen.words == spoken.split()


async def test_what_a_letter_asks_for_is_a_button_and_how_to_stop_it_a_link(tmp_path, office):
    prompt, request = await letters(tmp_path, office)
    seen = Reader(html_of(prompt)).links.items()
    asked = {url.split("/")[3]: words for url, words in seen if LINK.fullmatch(url)}
    assert asked["report"] == "Tell us here, with a link or without"
    assert asked["leave"] == "Stop these letters here"
    assert re.search(r'class="press"[^>]*><a href="[^"]*/report/', html_of(prompt))
    assert not re.search(r'class="press"[^>]*><a href="[^"]*/leave/', html_of(prompt))
    assert re.search(r'class="press"[^>]*><a href="[^"]*/confirm/', html_of(request))


async def test_a_prompt_leads_to_its_place_on_my_pledge_where_that_can_be_opened(tmp_path, office):
    prompt, request = await letters(tmp_path, office, "fr")
    place = re.search(rf"{orchard.PUBLIC}(/fr/mine/\S+)", text_of(prompt))[1]
    assert re.fullmatch(r"/fr/mine/1#s-[a-z-]+-\d+", place)
    assert not re.search(r'class="press"[^>]*><a href="[^"]*/mine/', html_of(prompt))
    assert re.search(r'<a href="[^"]*/mine/1#s-', html_of(prompt))
    assert "/mine/" not in text_of(request)


async def test_a_letter_comes_from_the_campaign_by_name(tmp_path, office):
    for mail in await letters(tmp_path, office):
        assert mail["From"] == "Trees 2021 <bot@campaign.example>"


async def test_a_letter_has_the_colours_of_its_campaign(tmp_path, office):
    colours = Colours(accent="#7a1fa2", dark="#d79bf0")
    prompt, _ = await letters(tmp_path, office, colours=colours)
    page = html_of(prompt)
    assert 'bgcolor="#7a1fa2"' in page
    assert "background-color: #d79bf0 !important" in page
    assert Colours().accent not in page


def sheet(**values):
    own = Own(buttons=(f"{orchard.PUBLIC}/report/r-1",), quiet=(f"{orchard.PUBLIC}/leave/l-1",))
    usual = {"subject": "S", "language": "en", "body": ["Hello,"], "below": ["We."], "own": own}
    colours, title = values.pop("colours", Colours()), values.pop("title", "T")
    return html(Draft(**{**usual, **values}), title, colours)


def test_every_declaration_for_dark_or_narrow_screens_wins_over_the_style_at_its_element():
    [rules] = re.findall(r"<style[^>]*>(.*?)</style>", sheet(), re.DOTALL)
    assert "prefers-color-scheme: dark" in rules
    assert "max-width" in rules
    declarations = re.findall(r"[\w-]+: [^;{}]+;", rules)
    assert declarations
    assert [each for each in declarations if not each.endswith("!important;")] == []


def test_a_browser_finds_the_charset_where_it_looks():
    assert '<meta charset="utf-8">' in sheet()[:1024]


def test_a_letter_needs_no_style_sheet_and_fetches_nothing():
    page = sheet(body=["See https://example.org/a.png", "- one\n- two"])
    seen = Reader(page)
    for tag, attributes in seen.attributes:
        if tag in ("p", "a", "td", "ul", "table", "body"):
            assert attributes.get("style"), tag
    assert not {"img", "link", "script", "iframe", "object"} & set(seen.tags)
    assert not re.search(r"url\(|@import|src=|background=", page)


def test_whatever_stands_in_a_text_stays_text():
    odd = '<script>alert(1)</script> & "quotes" {{ x }}'
    page = sheet(title=odd, subject=odd, body=[odd, f"- {odd}", f'{odd} https://e.org/?a=1&b="<b>'])
    seen = Reader(page)
    assert "script" not in seen.tags
    assert "b" not in seen.tags
    assert " ".join(seen.words).count('<script>alert(1)</script> & "quotes" {{ x }}') == 4


def test_a_right_to_left_letter_says_so_and_keeps_its_addresses_from_left_to_right():
    page = sheet(
        language="ar",
        body=[
            "انظر \u2068https://example.org/guide\u2069 أو ana@acme.org",
            f"هل تم؟ أخبرونا هنا: {orchard.PUBLIC}/report/r-1",
        ],
    )
    assert '<html lang="ar" dir="rtl">' in page
    links = {a["href"]: a.get("dir") for tag, a in Reader(page).attributes if tag == "a"}
    assert links == {
        "https://example.org/guide": "ltr",
        "mailto:ana@acme.org": "ltr",
        f"{orchard.PUBLIC}/report/r-1": None,
    }


def test_each_piece_of_a_right_to_left_letter_goes_its_own_way():
    page = sheet(
        language="ar",
        body=[
            "شاركوا #EndChildLabour2021",
            "Call 112 first.",
            "تكتب إليكم The Secretariat.",
            "#عمل",
            "Somebody asked for the letters of “أنهوا العمل” here.",
            "ACME Trees تكتب إليكم كل شهر.",
        ],
    )
    assert '<span dir="ltr">#EndChildLabour2021</span>' in page
    ways = [a.get("dir") for tag, a in Reader(page).attributes if tag == "p"]
    assert ways[:4] == [None, "ltr", None, None], "a name alone turns no sentence round"
    assert ways[4:6] == ["ltr", None], "nor does what it names"
    assert "<span" not in sheet(body=["Share #EndChildLabour2021"])
    assert '<p dir="rtl"' in sheet(body=["مرحبًا"])


def test_what_a_list_is_called_is_its_heading():
    page = sheet(body=["What was done\n- one\n- two", "You can:\n- plant", "Dear all\nYou\n- x"])
    assert re.findall(r"<h2[^>]*>(.*?)</h2>", page) == ["What was done"]


def test_lists_and_lines_stay_lists_and_lines():
    page = sheet(body=["You can:\n- plant\n• water\n\nAna\nBeni"])
    seen = Reader(page)
    assert seen.tags.count("li") == 2
    assert seen.tags.count("br") == 1
    assert " ".join(seen.words) == "T You can: plant water Ana Beni We."


def test_a_link_without_a_scheme_leads_to_its_site_though_another_one_stands_in_it():
    links = Reader(sheet(body=["example.org/go?to=https://b.example/x"])).links
    assert links == {
        "https://example.org/go?to=https://b.example/x": "example.org/go?to=https://b.example/x"
    }


def test_a_button_says_its_sentence_where_full_stops_need_no_space():
    url = f"{orchard.PUBLIC}/report/r-1"
    page = sheet(language="ja", body=[f"木を植えました。教えてください。{url}"])
    assert Reader(page).links == {url: "教えてください。"}


def test_letters_of_one_text_are_one_sheet_with_the_links_of_each():
    def letter(yes, no):
        draft = Draft(
            subject="May we?",
            language="en",
            body=(
                f"Shall we write? Yes: {yes}",
                f"- All pages: {yes}-b\n- See https://x.example/a?b=1",
            ),
            below=(f"Never again: {no}",),
            own=Own(buttons=(yes,), quiet=(f"{yes}-b", no)),
        )
        return html(draft, "Trees", Colours())

    yes, no = "https://trees.example/confirm/a-_1?x=1&y='2'", "https://trees.example/stop/b-"
    before = page._sheet.cache_info().misses
    first, again = letter(yes, no), letter(f"{yes}z", f"{no}z")
    assert page._sheet.cache_info().misses == before + 1
    assert Reader(first).links == {
        yes: "Yes",
        f"{yes}-b": "All pages",
        "https://x.example/a?b=1": "https://x.example/a?b=1",
        no: "Never again",
    }
    assert Reader(again).links.keys() == {
        *(f"{yes}z", f"{yes}z-b", f"{no}z", "https://x.example/a?b=1")
    }
    assert ".invalid" not in first + again
