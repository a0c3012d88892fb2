"""/card: the picture of an action with its words, in the person's language; and where there is none."""

import io
from dataclasses import replace
from datetime import UTC, datetime

import house
import pytest
from PIL import Image
from tree import TOP, drawn

from bot.chat.entry import ChatEntry
from bot.chat.messages import Arrival
from bot.conversation.words import Command
from bot.files.frozen import read_files
from bot.jobs.campaigns.cards import Cards
from bot.jobs.planning import plan
from bot.model import YearlyDay
from bot.model.campaign import Size
from bot.pictures.cards.keeping import Kept
from bot.render import Renderer

pytestmark = pytest.mark.slow
NOW = datetime(2021, 5, 1, 7, tzinfo=UTC)
WORDS = (
    "{% block title %}Plant a tree{% endblock %}{% block nudge %}Plant one.{% endblock %}"
    "{% block card %}CARD{% endblock %}{% block alt %}May. CARD #Tag{% endblock %}"
)


@pytest.fixture
def asked(tmp_path):
    opened = []

    def ask(words, language="en"):
        deed = house.action(nudge=True, when=YearlyDay(month=5, day=1))
        channel = house.channel("telegram")
        texts = {"deed": WORDS.replace("CARD", words)}
        made = house.services(tmp_path, house.campaign(deed), channels=(channel,), texts=texts)
        opened.append(made)
        files = read_files((*made.library.roots, TOP))
        library = replace(made.library, files=files)
        renderer = Renderer(files, library.campaigns, cards=Cards(Kept()))
        made = replace(made, library=library, renderer=renderer)
        plan.run(made, NOW)
        entry = ChatEntry(lambda: made, "telegram")
        arrival = Arrival(address="5", user="5", language=language, event=Command(name="card"))
        [message] = entry.handle([arrival], NOW)[0]
        return message

    yield ask
    for services in opened:
        services.store.close()


@pytest.mark.parametrize("language", drawn())
def test_the_card_of_today_comes_with_its_alt_text(asked, language):
    message = asked("One tree each", language)
    assert Image.open(io.BytesIO(message.picture)).size == Size.WIDE.value
    assert "Plant a tree" in message.text
    assert "May. One tree each #Tag" in message.text


@pytest.mark.parametrize("words", ["ميثاق", "word " * 70])
def test_where_no_card_can_be_made_a_friendly_word_says_so(asked, words):
    message = asked(words)
    assert message.picture is None
    assert "no picture to pass on" in message.text
    assert message.keyboard
