"""A picture in which a child can be recognised, from the desk to its network: only with a consent,
and only once somebody else has said yes to it.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import house
import pytest
from fakes.mastodon import Fake

from bot.model.staff import Member, StaffRole
from bot.networks import load
from tests.web.desk.test_compose import photo
from tests.web.desk.test_posts import marks

MORNING = datetime(2021, 5, 1, 7, tzinfo=UTC)
DUE = datetime(2021, 5, 1, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PEOPLE = tuple(Member(name=name, roles=frozenset({StaffRole.APPROVER})) for name in ("anna", "ben"))
ALT = "Two pupils water a young tree"
POST = {
    "text": "Our school has planted. #Tag",
    "on-our-mastodon": "yes",
    "due": "2021-05-01T09:00",
    "alt": ALT,
    "child": "yes",
    "consent": "yes",
    "place": "no",
    "do": "send",
}
ANSWERED = (
    "Can a child be recognised, by face, name, voice or uniform? yes",
    "Is the consent of child and guardian written down? Without a child, “no”. yes",
)


@pytest.fixture
async def played(tmp_path, with_staff):
    """A desk of two people over a server of a network that takes pictures."""
    async with Fake() as fake:
        network = fake.build(load("mastodon"), patient=True)
        campaign = house.campaign(house.action("deed"))
        made = house.services(tmp_path, campaign, channels=(network.channel,))
        made = with_staff(made, members=PEOPLE)
        yield replace(made, networks={network.channel.name: network}), fake
        await network.close()
        made.store.close()


async def test_it_leaves_once_a_second_person_has_said_yes(played, desk, lives):
    services, fake = played
    async with desk(services, MORNING) as sit:
        anna, ben = await sit("anna"), await sit("ben")
        refused = await anna.posts("/desk/compose", {**POST, "consent": "no", "picture": photo()})
        assert "no consent is written down" in refused.words
        await anna.posts("/desk/compose", {**POST, "picture": photo()})
        [entry] = services.store.listing.entries()
        here = f"/desk/posts/{entry.key}"
        await lives(services, MORNING + MINUTE)
        page = await ben.gets(here)
        assert all(said in page.words for said in ANSWERED)
        yes = {**marks(page), "do": "approve"}
        assert (await anna.posts(here, {**yes, "token": anna.token})).status == 409
        await lives(services, DUE + MINUTE)
        assert fake.statuses == [], "its hour has come, and nobody else has looked"
        assert (await ben.posts(here, yes)).where == f"{here}?done=approved"
        await lives(services, DUE + 10 * MINUTE)
        [status] = fake.statuses
        [sent] = status["media"]
        assert (fake.media[sent]["description"], fake.media[sent]["used"]) == (ALT, True)
        after = await ben.gets(here)
        assert "Approved by ben" in after.words
        assert ALT in after.words
        assert all(said in after.words for said in ANSWERED), "what it was let go upon stays"
        assert await ben.picture(f"{here}/picture")
