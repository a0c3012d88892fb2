"""The charts of /stats: pictures with their figures in words, which stand alone when refused."""

from dataclasses import replace
from datetime import timedelta

import pytest
from bot_chat import NOON, got, joined, running, until
from fakes.base import Trouble
from tree import drawn

from bot.model.counting import Sample

pytestmark = pytest.mark.slow
TAG = "#endchildlabour2021"


@pytest.fixture
def counted(services):
    begins = NOON.replace(hour=0) - timedelta(days=3)
    for network, uses in (("mastodon", 1_204), ("x", 30), ("bluesky", 0)):
        services.store.samples.add(
            [
                Sample(
                    tag=TAG,
                    network=network,
                    source="one.example",
                    query="tag",
                    start=begins,
                    end=begins + timedelta(days=1),
                    resolution=86_400,
                    reposts=False,
                    collected=NOON,
                    uses=uses,
                )
            ]
        )
    return services


def pictures(fake):
    return [message for message in fake.to(99) if "photo" in message]


async def test_staff_see_a_chart_for_each_network_with_its_figures_in_words(fake, counted):
    async with running(counted):
        fake.says(99, "/stats")
        await until(lambda: len(pictures(fake)) == 2)
    captions = [message["caption"] for message in pictures(fake)]
    assert any("on Mastodon" in caption and "Uses: 1,204" in caption for caption in captions)
    assert any("on X" in caption and "Most on 28 April: 30." in caption for caption in captions)


async def test_a_picture_that_telegram_refuses_leaves_its_words(fake, counted):
    async with running(counted):
        fake.tell(Trouble.BAD_REQUEST, on="sendPhoto")
        fake.says(99, "/stats")
        await got(fake, 99, "Uses: 1,204")
        await until(lambda: len(pictures(fake)) == 1)


@pytest.mark.parametrize("language", drawn())
async def test_a_rehearsal_s_chart_says_so_in_its_words(fake, counted, language):
    said = counted.renderer.table("public", language=language, fallback="en")["figures"]
    counted = replace(counted, rehearsal=True)
    async with running(counted):
        await joined(fake, 99)
        counted.store.subscribers.set_language(1, language)
        fake.says(99, "/stats")
        await until(lambda: len(pictures(fake)) == 2)
    assert all(said["rehearsal"] in message["caption"] for message in pictures(fake))
