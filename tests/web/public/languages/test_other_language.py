"""A campaign that writes in a language which the bot doesn't speak: people are told so where they
choose the language in the chat, and on the campaign's page.
"""

from datetime import UTC, datetime

import house
import pytest
from member import NOW
from player import Player
from stage import staged
from tree import TOP, accepted, languages

from bot.jobs.campaigns.new import blank
from bot.library import read

DAY = datetime(2027, 3, 1, 12, tzinfo=UTC)
ENGLISH = "What Imkers sends you is in another language than these words of mine: {}."


def bees(root, *tags):
    """A campaign in these languages, the first its own."""
    blank(root, "bienen", tags[0], "#Bienen")
    for name in ("campaign.toml", "calendar.toml"):
        file = root / "campaigns" / "bienen" / name
        text = file.read_text("utf-8").replace('source = ""', 'source = "us"')
        listed = ", ".join(f'"{tag}"' for tag in tags)
        file.write_text(
            text.replace(f'languages = ["{tags[0]}"]', f"languages = [{listed}]"), "utf-8"
        )
    blocks = ("title", "nudge", "share", "post")
    step = "\n".join(f"{{% block {name} %}}{name} #Bienen{{% endblock %}}" for name in blocks)
    for tag in tags:
        folder = root / "content" / tag / "bienen"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "words.toml").write_text('title = "Imkers"\nabout = "Bzz"\n', "utf-8")
        (folder / "first-step.j2").write_text(step, "utf-8")
    accepted(root, *languages())
    library, problems = read([root, TOP])
    assert problems == []
    return library


@pytest.fixture
def talk(tmp_path):
    opened = []

    def begin(*tags):
        channel = house.channel("telegram", network="telegram")
        library = bees(tmp_path / "own", *tags)
        services, network = staged(tmp_path, library, channel, active=("bienen",))
        opened.append(services)
        return services, Player(services, network, language="en", now=f"{NOW:%Y-%m-%dT%H:%M:%SZ}")

    (tmp_path / "own").mkdir()
    yield begin
    for services in opened:
        services.store.close()


async def test_who_chooses_a_language_that_a_campaign_alone_speaks_is_told_what_comes_in_it(talk):
    services, person = talk("en", "de")
    await person.line("> /start")
    assert "[Deutsch]" in person.said
    await person.line("> [Deutsch]")
    assert person.said.startswith(f"{ENGLISH.format('German')}\n\nBefore we begin")
    await person.line("> [Yes, I am old enough and I agree]")
    assert services.store.database.column("SELECT language FROM person") == ["de"]
    await person.line("> /settings")
    assert "Language: Deutsch" in person.said


async def test_who_is_spoken_to_in_a_language_that_no_campaign_has_is_told_in_theirs(talk):
    _, person = talk("de")
    await person.line("> /start")
    await person.line("> [English]")
    assert person.said.startswith(ENGLISH.format("German"))
    await person.line("> [Yes, I am old enough and I agree]")
    for line in ("/settings", "[Language]", "[Français]"):
        await person.line(f"> {line}")
    assert "Ce que vous envoie Imkers est dans une autre langue" in person.said
    assert "allemand." in person.said


async def test_where_both_speak_it_nothing_is_said_of_it(talk):
    _, person = talk("en", "fr")
    await person.line("> /start")
    assert "Deutsch" not in person.said
    await person.line("> [Français]")
    assert "une autre langue" not in person.said


async def test_a_page_says_in_which_other_languages_the_campaign_writes(tmp_path, asked):
    for tags, ways in {
        ("de",): {"fr": ("langue que le reste de cette page : allemand.", "écrit aussi")},
        ("en", "de"): {
            "en": ("pages don’t speak: German.", "rest of this page"),
            "fr": ("pages ne parlent pas : allemand.", "écrit en"),
        },
        ("en", "fr"): {"en": ("Bzz", "another language"), "fr": ("Bzz", "autre langue")},
    }.items():
        root = tmp_path / "-".join(tags)
        root.mkdir()
        services = house.shown(tmp_path, bees(root, *tags), "bienen")
        async with asked(services, DAY) as ask:
            for tag, (said, unsaid) in ways.items():
                page = (await ask(f"/{tag}/bienen/")).text.replace("\xa0", " ")
                assert said in page
                assert unsaid not in page
        services.store.close()
