"""A right-to-left campaign of another cause, made of the guide's own blocks, that calls its pledges
promises: no page, card, feed, letter or screen of the chat has a word of child labour, nor the noun
that it doesn't use.
"""

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path

import house
import pytest
from player import Player
from pledging.publishing import publish, publishing
from stage import SAFEGUARDING, staged
from tree import TOP, accepted, languages

from bot.config import Chat, Privacy
from bot.errors import UsageError
from bot.files.frozen import read_files
from bot.jobs.campaigns.check_words import words_problems
from bot.jobs.campaigns.languages.beginning import reword
from bot.library import read, shipped_root
from bot.model.counting import Sample
from bot.render import Renderer
from bot.render.cards import card_of
from tests.web.pages import flat

pytestmark = pytest.mark.slow

NOW = datetime(2027, 9, 26, 10, tzinfo=UTC)
CAUSE = re.compile(
    r"child.?labour|travail des enfants|trabajo infantil|endchild|alliance.?8|alliance87|\b8\.7\b"
    r"|pathfinder|secretariat|secr[eé]tari|secretar[ií]a|International Year|\bILO\b|UNICEF|covid",
    re.IGNORECASE,
)
"""Words that belong to the cause of the campaigns that come along."""

PROMISE = {
    "pledge": "promise",
    "pledges": "promises",
    "pledged": "promised",
    "pledging": "promising",
    "pledge-maker": "riverkeeper",
    "pledge-makers": "riverkeepers",
}
GAPS = dict.fromkeys(
    ("campaign", "organisation", "yes", "no", "minutes", "days", "report", "still", "leave",
     "contact", "controller", "notice", "number", "name", "mine", "mine_survey", "mine_scale_up", "done", "share", "settings", "event", "digest",
     "page", "reasons", "hours", "subject", "question", "answer"),
    "x",
) | {"minutes": 9, "days": 9}  # fmt: skip
"""What stands in the gaps of letters."""

NOUN = re.compile(r"(?<![/\w])pledg", re.IGNORECASE)
"""The noun in whose place that campaign says another; commands and addresses keep it."""

GUIDE = TOP / "docs" / "campaigns.md"
BLOCK = re.compile(r"^```sh run[^\n]*\n(.*?)^```$", re.DOTALL | re.MULTILINE)
QUIETLY = (
    'drumbeat() { :; }; rm() { command rm -f "$@"; }\n'
    "mkdir -p campaigns/clean-rivers content/en/clean-rivers content/fr/clean-rivers\n"
)
DATA = {
    "forms.toml": '[forms.pledge]\nsource = "us"\n'
    + "".join(
        f'[[forms.pledge.question]]\nid = "{name}"\nkind = "{kind}"\nrequired = false\n'
        f'page = "{page}"\n{more}'
        for name, kind, page, more in (
            ("name", "text", "name", ""),
            ("how", "text", "plan", ""),
            ("contribution", "text", "impact", ""),
            ("description", "text", "description", ""),
            ("website", "link", "website", ""),
            ("topics", "topics", "topics", ""),
            ("progress", "choice", "progress", 'choices = ["in-progress", "done"]\n'),
        )
    ),
}
WORDS = (
    """
[forms.pledge]
title = "Your vow"
intro = "A few questions."
"""
    + "".join(
        f'[forms.pledge.{name}]\nask = "What?"\n'
        for name in ("name", "how", "contribution", "description", "website", "topics")
    )
    + """
[forms.pledge.progress]
ask = "How far?"
[forms.pledge.progress.choices]
in-progress = "Under way"
done = "Done"
[public.menu]
pledges = "Vows"
[public.pledges]
title = "Vows for the river"
[public.audiences]
individual = "For neighbours"
"""
)


@pytest.fixture(scope="module")
def rivers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root with the campaign of the guide, in a language that is written from right to left, and
    with data for each kind of page.
    """
    root = tmp_path_factory.mktemp("rivers")
    blocks = [body for body in BLOCK.findall(GUIDE.read_text("utf-8")) if "cat >" in body]
    script = "set -e\n" + QUIETLY + "\n".join(blocks)
    subprocess.run(["bash", "-c", script], cwd=root, check=True, capture_output=True)
    own = root / "campaigns" / "clean-rivers"
    for name, table in DATA.items():
        (own / name).write_text(table, encoding="utf-8")
    file = own / "campaign.toml"
    file.write_text(
        file.read_text("utf-8")
        .replace('languages = ["en"]', 'languages = ["fa"]')
        .replace('language = "en"', 'language = "fa"'),
        encoding="utf-8",
    )
    content = root / "content"
    begun = reword(read_files([shipped_root()]), root, "en", PROMISE)
    for name in begun.files:
        text = (root / name).read_text("utf-8")
        text = text.replace("{# untranslated #}", "").replace("# untranslated\n", "")
        (root / name).write_text(text, encoding="utf-8")
    (content / "en").rename(content / "fa")
    accepted(root, "fa")
    words = content / "fa" / "clean-rivers" / "words.toml"
    words.write_text(words.read_text("utf-8") + WORDS, encoding="utf-8")
    return root


@pytest.fixture
def services(tmp_path: Path, rivers: Path):
    library, problems = read([rivers, shipped_root()], today=NOW.date())
    assert problems == []
    with publishing(tmp_path, library, "clean-rivers") as made:
        made.store.samples.add(
            Sample(
                tag="#cleanrivers",
                network="mastodon",
                source="rivers.example",
                query="the tag",
                start=start,
                end=start + timedelta(days=1),
                resolution=86_400,
                reposts=False,
                collected=start + timedelta(days=2),
                uses=25,
            )
            for start in (NOW.replace(hour=0) - timedelta(days=day) for day in range(30))
        )
        publish(made, campaign="clean-rivers", topics="reeds")
        # whoever runs it says who they are
        yield replace(made, settings=replace(made.settings, privacy=None))


async def _site(ask) -> dict[str, str]:
    """All that the site serves as text, by path: what the sitemap has, and what those lead to."""
    whole = (await ask("/sitemap.xml")).text
    paths = set(re.findall(r"https://campaign\.example([^<\"]*)", whole))
    seen = dict[str, str]()
    while paths:
        path = paths.pop()
        answer = await ask(path) if not path.endswith(".png") else None
        seen[path] = unescape(answer.text) if answer else ""
        led = (
            re.findall(
                r'(?:href|src|action)="(?:(?:https|webcal)://campaign\.example)?(/[^"#]*)"',
                answer.text,
            )
            if answer
            else ()
        )
        paths |= {unescape(link) for link in led} - seen.keys()
    return seen


def _said(page: str) -> str:
    """What readers of a page or a feed see or hear of it."""
    heard = re.findall(r'\b(?:alt|title|aria-label|content|placeholder)="([^"]*)"', page)
    text = re.sub(r"(?s)<style.*?</style>|<script.*?</script>|<[^>]*>", " ", page)
    return re.sub(r"\S*(?:https?|webcal)://\S*", " ", " ".join([text, *heard]))


async def test_no_page_of_another_cause_has_a_word_of_child_labour(services, asked):
    async with asked(services, NOW) as ask:
        site = await _site(ask)
        lost = await ask("/fa/clean-rivers/nothing")
    assert (lost.status, CAUSE.search(lost.text)) == (404, None)
    words = {path: hit[0] for path, text in site.items() if (hit := CAUSE.search(f"{path} {text}"))}
    assert words == {}
    own = {path: _said(text) for path, text in site.items() if path.startswith("/fa/")}
    assert [path for path, text in own.items() if NOUN.search(text)] == []
    assert "promise" in own["/fa/clean-rivers/pledges"]
    below = {path.partition("?")[0].removeprefix("/fa/clean-rivers/") for path in site}
    kinds = ("", "calendar", "pledges", "facts", "figures", "review", "stories", "partners",
             "countries", "calendar-individual.ics", "actions/rivers-day")  # fmt: skip
    assert set(kinds) <= below
    assert any(re.fullmatch(r"pledges/\d+", path) for path in below)
    assert {"/fa/", "/fa/about", "/fa/danger"} <= site.keys()
    assert 'dir="rtl"' in site["/fa/clean-rivers/"]


async def test_the_campaign_calls_its_pledges_what_it_likes(services, asked):
    async with asked(services, NOW) as ask:
        home, wall = [(await ask(f"/fa/clean-rivers/{page}")).text for page in ("", "pledges")]
        english = (await ask("/en/clean-rivers/pledges")).text
        feed = (await ask("/fa/clean-rivers/calendar-individual.ics")).text
    assert ">Vows</a>" in flat(home)
    assert "Vows for the river" in wall
    assert "Search for words" in wall, "what it doesn't say stays as it is"
    assert "Vows" not in english, "there it has no words of its own"
    assert "X-WR-CALNAME:Clean rivers · For neighbours" in feed


def test_words_that_no_page_says_are_named(rivers):
    library, _ = read([rivers, shipped_root()], today=NOW.date())
    campaign = library.campaigns["clean-rivers"]
    file = rivers / "content" / "fa" / "clean-rivers" / "words.toml"
    before = file.read_text("utf-8")
    try:
        wrong = '[public.pledges]\ntitel = "x"\ncount = "{number} vows"\ntitle'
        file.write_text(before.replace("[public.pledges]\ntitle", wrong), encoding="utf-8")
        library, _ = read([rivers, shipped_root()], today=NOW.date())
        told = words_problems(campaign, Renderer(library.files, library.campaigns))
    finally:
        file.write_text(before, encoding="utf-8")
    assert [str(problem).partition("words.toml: ")[2] for problem in told] == [
        "public.pledges.titel: no page says it; did you mean 'public.pledges.title'?",
        "public.pledges.count: nothing fills {number} here; in English it is 'Pledges that fit:"
        " {count}'",
    ]


def test_no_card_of_another_cause_has_a_word_of_child_labour(services):
    campaign = services.library.campaigns["clean-rivers"]
    said = [
        " ".join((*card.words, alt))
        for action in campaign.actions
        for card, alt in [
            card_of(services.renderer, campaign, action, language="fa", day=date(2027, 9, 26))
        ]
    ]
    assert len(said) == len(campaign.actions)
    assert [words for words in said if CAUSE.search(words)] == []


CHAT = """
> /start
> [fa]
> [Yes, I am old enough and I agree]
> /help
> /pledge
> [Make a promise]
> [An organisation]
> [Company]
> [I agree, let’s begin]
> Mill
> We open the weir
> By hand
> Fish come back
> The weir is open
> [Leave this out]
> [Leave this out]
> [Leave this out]
> [Leave this out]
> [Submit]
> /pledge
> [History]
> [The promise]
> [Editors]
> [Invite somebody]
> /journey
> /scaleup
> /settings
> /privacy
@as 99
> /start
> [fa]
> [Yes, I am old enough and I agree]
> /help
> /pledges
> [1]
> [Approve]
> [Verify]
> [By official e-mail]
> Their office answered from mill.example
> [Publish]
> /stats
> /amplify
> /inbox
@as 7
> /pledge
> [Look at it and change it]
> [As a document]
> [The promise]
> [Withdraw it]
> [Yes, please]
> /forget
""".strip()


class Talk(Player):
    """A conversation in another language of which all that is said is kept."""

    def __init__(self, stage):
        services, network = stage
        super().__init__(services, network, language="fa", now="2027-09-26T10:00:00Z")
        self.all = list[str]()

    def hear(self, text):
        super().hear(text)
        self.all.append(text)


@pytest.mark.usefixtures("telegram_takes")
async def test_no_screen_of_its_chat_has_a_word_of_another_cause(tmp_path, rivers):
    library, _ = read([rivers, shipped_root()], today=NOW.date())
    stage = staged(
        tmp_path,
        library,
        house.channel("telegram", network="telegram"),
        active=("clean-rivers",),
        chat=Chat(staff=(99,)),
        safeguarding=SAFEGUARDING,
        privacy=Privacy(controller="River Board", contact="a@b.example", retention=365, url=None),
    )
    talk = Talk(stage)
    try:
        for line in CHAT.splitlines():
            await talk.line(line)
            assert "no message has a button" not in talk.said, line
    finally:
        stage[0].store.close()
    whole = "\n".join(talk.all)
    assert "your promise is submitted" in whole.replace("\u2068", "").replace("\u2069", "")
    assert "promise-draft" in whole
    assert [line for line in whole.splitlines() if CAUSE.search(line) or NOUN.search(line)] == []


def test_no_letter_of_it_has_a_word_of_another_cause(services):
    """Each block of each letter, with what stands in its gaps made up."""
    folder, said = shipped_root() / "content" / "en" / "mail", list[str]()
    for file in sorted(folder.glob("*.j2")):
        for block in re.findall(r"\{% block (\w+) %\}", file.read_text("utf-8")):
            made = services.renderer.page(
                f"mail/{file.stem}", block, language="fa", fallback="en", variables=GAPS
            )
            said.append(made.text)
    assert len(said) > 15
    assert any("promise" in text for text in said)
    assert [text for text in said if CAUSE.search(text) or NOUN.search(text)] == []


def test_nothing_that_belongs_to_no_campaign_says_the_noun_that_it_replaced(rivers, tmp_path):
    """Also what no conversation here comes to: all blocks, buttons and words."""
    own = tmp_path / "content"
    shutil.copytree(rivers / "content" / "fa", own / "en")
    files = read_files([tmp_path, shipped_root()])
    with pytest.raises(UsageError, match="no text in content/en"):
        reword(files, tmp_path / "again", "en", PROMISE)


@pytest.mark.parametrize("language", languages())
def test_what_drumbeat_says_by_itself_in_chat_letters_and_pages_is_of_no_cause(language):
    folder = shipped_root() / "content" / language
    files = [
        file
        for file in folder.rglob("*")
        if file.suffix in {".j2", ".toml"} and "endchildlabour" not in file.parent.name
    ]
    assert len(files) > 30
    hits = {
        str(file.relative_to(folder)): hit[0]
        for file in files
        if (
            hit := CAUSE.search(re.sub(r"(?s)\{#.*?#\}|(?m:^\s*#.*$)", "", file.read_text("utf-8")))
        )
    }
    assert hits == {}
