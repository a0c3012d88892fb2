"""A pledge from a page in Telegram: the deep link of a person who is new, and of two at once."""

import asyncio

import pytest
from bot_chat import NOON, YES, got, joined, running, until

from bot.jobs.pledges import proposals
from bot.model import Audience
from bot.model.pledge import NewPledge, PledgeState, Proposed

pytestmark = pytest.mark.slow


def written(services):
    """Keep a pledge as the page does, and return the payload of its link."""
    new = NewPledge(
        campaign="endchildlabour2021",
        audience=Audience.INDIVIDUAL,
        stakeholder="individual",
        organisation="",
        country="KE",
        language="en",
        answers={
            "name": "Read labels",
            "how": "Each week",
            "contribution": "Less is bought",
            "communicate": "Posts",
        },
    )
    code = proposals.new_code()
    wording = {"pledge": "en web 2"}
    proposals.keep(services, Proposed(new=new, handles=(), agreed=wording), code, NOON)
    return f"w-{code}"


async def test_the_payload_passes_through_the_two_taps_and_the_button_submits(fake, services):
    async with running(services):
        fake.says(7, f"/start {written(services)}")
        await got(fake, 7, "Which language would you")
        fake.presses(7, "English")
        await got(fake, 7, "Are you 16 or older")
        fake.presses(7, YES)
        await got(fake, 7, "Read labels")
        callback = fake.presses(7, "Submit")
        await got(fake, 7, "your pledge is submitted")
        await until(lambda: fake.toasts[callback] is not None)
    [pledge] = services.store.pledges.of_person(1)
    assert (pledge.state, pledge.answers["how"]) == (PledgeState.SUBMITTED, "Each week")


async def test_of_two_who_open_it_at_once_one_has_it_and_it_is_submitted_once(fake, services):
    start = f"/start {written(services)}"
    async with running(services):
        await asyncio.gather(joined(fake, 7), joined(fake, 8))
        for number in (7, 8, 8, 7):
            fake.says(number, start)
        said = await until(
            lambda: (
                [
                    [m["text"] for m in fake.to(number) if "Read labels" in m.get("text", "")]
                    for number in (7, 8)
                ]
                if sum("no longer opens" in m.get("text", "") for n in (7, 8) for m in fake.to(n))
                == 2
                else None
            )
        )
        first = 7 if said[0] else 8
        assert [len(texts) for texts in said] in ([2, 0], [0, 2])
        for _ in range(2):
            fake.presses(first, "Submit")
        await got(fake, first, "your pledge is submitted")
    pledges = [services.store.pledges.of_person(person) for person in (1, 2)]
    assert sorted(len(each) for each in pledges) == [0, 1]
