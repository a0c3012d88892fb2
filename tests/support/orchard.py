"""A house for tests of pledge-makers: a campaign with a journey, contacts by e-mail over a real
mail server, pages with a public address.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import house
from fakes.base import IMPATIENT

from bot.chat.terminal import Network as Terminal
from bot.config import Web
from bot.files.frozen import read_files
from bot.jobs.planning import plan
from bot.jobs.pledges import journeys, lost
from bot.jobs.sending import lookup
from bot.jobs.sending.dispatch.allowance import accounts
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.library import shipped_root
from bot.model import Audience, Kind, Secret, YearlyDay
from bot.model.makers import Group, JourneyRules
from bot.model.person import NewContact, NewPerson
from bot.model.pledge import NewPledge, PledgeState
from bot.networks.apprise.network import Network as Apprise
from bot.render import Renderer

PUBLIC = "https://pages.example"
MAKERS = (Audience.REGION, Audience.COUNTRY, Audience.ORGANIZATION)
MONTHS = (
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
WORDS = """
title = "Trees 2021"
[journey]
survey = "How are we doing?"
reminder = "A gentle reminder."
still_with_us = "Are you still with us?"
need_help = "We need help"
change_contact = "Somebody else is in charge"
pause = "Pause"
cant_continue = "We cannot continue"
"""


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def campaign():
    prompts = [
        replace(
            house.action(
                f"prompt-{name}",
                when=YearlyDay(month=month, day=3),
                audiences=MAKERS,
                grace=timedelta(days=7),
            ),
            kind=Kind.PROMPT,
        )
        for month, name in enumerate(MONTHS, 2)
    ]
    journey = JourneyRules(reminder_days=10, unanswered=2, draft_days=90, survey=7, scale_up=10)
    company = Group(id="company", audience=Audience.ORGANIZATION, source="a test")
    shipped = replace(house.campaign(*prompts), contact="office@campaign.example")
    return replace(shipped, journey=journey, groups={company.id: company})


def services(folder, office=None, *, web=True, chat=False, **kwargs):
    """Services whose channel 'mail' sends through `office`, where there is one.

    With `chat` there is a Telegram channel, too, which keeps what came.
    """
    channel = house.channel("mail", network="apprise" if office else "dry", posts=False)
    telegram = house.channel("chat", network="telegram", posts=False)
    texts = {
        f"prompt-{name}": (
            f"{{% block title %}}Step of {name}{{% endblock %}}{{% block nudge %}}Do the step of"
            f" {name}.{{% endblock %}}"
        )
        for name in MONTHS
    }
    built = house.services(
        folder,
        campaign(),
        channels=(channel, telegram) if chat else (channel,),
        texts=texts,
        **kwargs,
    )
    (folder / "content" / "en" / "trees" / "words.toml").write_text(WORDS, "utf-8")
    roots = (folder, shipped_root())
    network = (
        type("Network", (Apprise,), {"BOUNDS": replace(IMPATIENT, answer=1.0)})(
            channel, {"url": Secret(office.url)}
        )
        if office
        else None
    )
    networks = {
        **({"mail": network} if network else built.networks),
        **({"chat": Terminal(telegram, {})} if chat else {}),
    }
    return replace(
        built,
        library=replace(built.library, files=read_files(roots)),
        renderer=Renderer(read_files(roots), built.library.campaigns),
        settings=replace(
            built.settings, web=Web(public_url=PUBLIC, listen="127.0.0.1:0") if web else None
        ),
        networks=networks,
    )


def add_contact(services, number=1, *, agreed=True, joined="2021-01-10", zone="UTC", language="en"):
    """A contact; gives the person's id."""
    person = NewPerson(
        channel=services.channel_ids["mail"],
        address=f"p{number}@acme.example",
        audience=Audience.ORGANIZATION,
        language=language,
        country=None,
        zone=zone,
        minute=9 * 60,
        joined=int(at(joined).timestamp()),
    )
    consent = ("a form", "2021-01-01") if agreed else (None, None)
    new = NewContact(
        person=person,
        organisation="ACME",
        stakeholder="company",
        consent_source=consent[0],
        consent_date=consent[1],
    )
    services.store.contacts.add([new], "mail", person.joined)
    return services.store.people.find(person.channel, person.address)


def add_chat(services, number=1, *, language="en", zone="UTC"):
    """Somebody who speaks for an organisation in the chat; gives the person's id."""
    channel = services.channel_ids["chat"]
    person = house.person(
        number,
        audience=Audience.ORGANIZATION,
        zone=zone,
        joined=int(at("2021-01-10").timestamp()),
        channel_id=channel,
    )
    services.store.people.add([replace(person, language=language)])
    return services.store.people.find(channel, person.address)


def add_pledge(services, *editors, joined="2021-01-10", name="Plant 40 trees"):
    """A submitted pledge of these people; gives its id."""
    moment = int(at(joined).timestamp())
    new = NewPledge(
        campaign="trees",
        audience=Audience.ORGANIZATION,
        stakeholder="company",
        organisation="ACME",
        country="CH",
        language="en",
        answers={"name": name, "how": "With spades"},
    )
    pledge = services.store.pledges.begin(new, "staff anna", moment)
    for editor in editors:
        services.store.editors.add(pledge, editor, moment)
    services.store.pledges.move(pledge, PledgeState.SUBMITTED, "staff anna", moment)
    return pledge


async def play(services, start: str, end: str, step: timedelta = timedelta(hours=1)) -> None:
    """Everything that the scheduler would do, on a clock of its own."""
    now = at(start)
    dispatchers = [Dispatcher(services, account, now) for account in accounts(services)]
    while now <= at(end):
        plan.run(services, now)
        journeys.run(services, now)
        lost.run(services, now)
        for dispatcher in dispatchers:
            while (
                dispatcher.has_work(now)
                and (again := await dispatcher.step(now)) is not None
                and again <= now + timedelta(seconds=30)
            ):
                now = max(now, again)
            await dispatcher.close(now)
        await lookup.run(services, now)
        now += step


def deliveries(services):
    """(action, recipient, state) of everything, oldest first."""
    return services.store.database.rows(
        "SELECT o.action, d.recipient, d.state FROM delivery d JOIN occurrence o ON o.id ="
        " d.occurrence ORDER BY d.due, o.action"
    )
