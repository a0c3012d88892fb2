"""Services with something to decide about, and what there is before each decision."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import house
from stage import staged

from bot.chat.perform import perform
from bot.chat.turn import InForce, Turn
from bot.config import Chat, Web
from bot.model import Audience, DeliveryKey, Occurrence, State
from bot.model.calls.entry import Sent
from bot.model.counting import Asking
from bot.model.events import EventKey, Standing
from bot.model.events.said import EventFacts, SaidOfEvent
from bot.model.mail import Verdict
from bot.model.outbox import Scope
from bot.model.outbox.broadcasts import Pace
from bot.model.person import NewContact, NewPerson, Status
from bot.model.pledge import NewPledge, PledgeState
from bot.model.share import LINK, Answer, Candidate, ReviewState
from bot.model.staff import MACHINE, Member
from bot.model.staff import POST as ONE_OFF
from bot.model.staff.clearance import Subject
from bot.rules.alerts import ClockJumped, PledgeTask

NOW = datetime.now(UTC).replace(microsecond=0)
MOMENT = int(NOW.timestamp())
CAMPAIGN = "endchildlabour2021"
POST, NUDGES, PACK = "1-1-0", "1-1", "facebook-1-en"
COUNTRY = {"since": "A law."}
"""What a country answers."""
KEY = DeliveryKey(occurrence=1, channel=1, recipient=0)
URL = "https://example.org/film"
CHILD = dict.fromkeys(("shown", "child", "consent"), Answer.YES) | dict.fromkeys(
    ("risk", "dignity", "place"), Answer.NO
)
WEB = Web(public_url="https://pages.example", listen="127.0.0.1:0")
ZELDA = Member(name="zelda", telegram=990077, login="zelda.m", email="zelda@example.org")
MAKER = "771001"
"""The address of who edits the first pledge."""

CONFIG = f"""
active = ["{CAMPAIGN}"]
[channels.telegram]
network = "telegram"
language = "en"
approve = "review"
nudges = true
paid_broadcast = true
[channels.mail]
network = "apprise"
nudges = true
language = "en"
[web]
public_url = "https://pages.example"
[staff.zelda]
telegram = 990077
login = "zelda.m"
email = "zelda@example.org"
[staff.ben]
telegram = 8
"""

FILES = {
    "config.toml": CONFIG,
    "contacts.csv": "address,organisation,audience\nacme@example.org,ACME,organization\n",
    "pledges.csv": "organisation,group,name,how,contribution,communicate,country\n"
    "ACME,company,Train 40 teachers,Courses,It helps,On our page,KE\n",
}


def services(folder, library):
    """A post of today that awaits approval, and two subscribers; to be closed by the caller."""
    channel = replace(
        house.channel("telegram", network="telegram", review=True), paid_broadcast=True
    )
    given = {"chat": Chat(staff=(990077, 8)), "members": (ZELDA,), "web": WEB}
    made, _ = staged(folder, library, channel, quiet=house.NO_QUIET, **given)
    made.store.meta.claim("live")
    made.store.people.add([house.person(770_001), house.person(770_002)])
    made.store.plan.add(
        Occurrence(
            campaign=CAMPAIGN,
            action="labour-day",
            audience=Audience.INDIVIDUAL,
            slot=202100,
            day=NOW.date(),
            grace=timedelta(days=2),
            nudge=True,
            post=True,
            named=True,
        )
    )
    made.store.intake.add_post(1, 1, State.AWAITING_APPROVAL, MOMENT + 600, MOMENT + 90_000)
    return made


# what there is to decide about


def state(to):
    return lambda store: store.outbox.change(KEY, [State.AWAITING_APPROVAL], to)


def own(store):
    """A post of staff's own words, without a picture."""
    written = store.oneoffs.add(ONE_OFF, CAMPAIGN, "Hello", MACHINE, MOMENT)
    number = store.plan.add(
        Occurrence(
            campaign=CAMPAIGN,
            action=written.action,
            audience=Audience.INDIVIDUAL,
            slot=202100,
            day=NOW.date(),
            grace=timedelta(days=2),
            nudge=False,
            post=True,
            named=True,
        )
    )
    store.intake.add_post(number, 1, State.AWAITING_APPROVAL, MOMENT + 6_000, MOMENT + 90_000)


def asked(store):
    store.broadcasts.put(1, 1, Pace.ASKED, 2, 2, MOMENT)


def skipped(store):
    store.broadcasts.skip(1, 1, MACHINE, MOMENT)


def paused(store):
    store.channels.pause("telegram", "refused", MOMENT)


def held(store):
    store.holds.put(Scope(), MOMENT)


def question(store):
    store.inbox.ask(1, MAKER, "en", "Why?", MOMENT)


def to_makers(store):
    pledge(PledgeState.PUBLISHED)(store)
    question(store)
    store.peers.add(1, 1, "", "")


def back_from_makers(store):
    to_makers(store)
    store.peers.passed(1, MOMENT)
    store.peers.reply(1, 1, "Those of the schools.", MOMENT)


def pledge(to, *, pending=False, result=False, task=False):
    def made(store):
        new = NewPledge(
            campaign=CAMPAIGN,
            audience=Audience.ORGANIZATION,
            stakeholder="company",
            organisation="ACME",
            country="KE",
            language="en",
            answers={"name": "Train 40 teachers"},
        )
        number = store.pledges.begin(new, MACHINE, MOMENT)
        for person in (1, 2):
            store.editors.add(number, person, MOMENT)
        store.pledges.verify(number, "staff", MACHINE, MOMENT)
        for each in (PledgeState.SUBMITTED, PledgeState.APPROVED, PledgeState.PUBLISHED):
            if each <= to:
                store.pledges.move(number, each, MACHINE, MOMENT)
        if pending:
            store.pledges.edit(number, {"name": "Train 50 teachers"}, MACHINE, MOMENT)
        if result:
            answers = {"vertical-who": "All", "monitoring": "", "vertical-time": ""}
            store.journeys.keep_form(
                "pledge", number, CAMPAIGN, "scale-up", answers, MOMENT, finished=True
            )
        if task:
            store.alerts.open(PledgeTask(subject="pledge 1: need help", text="help"), MOMENT)

    return made


def left(store):
    pledge(PledgeState.PUBLISHED)(store)
    store.people.change(1, Status.ACTIVE, Status.BLOCKED)


def review(to=ReviewState.WAITING):
    def made(store):
        pledge(PledgeState.PUBLISHED)(store)
        row = Candidate(
            network=LINK,
            uri=URL,
            post="",
            url=URL,
            author="",
            pledge=1,
            text="",
            media=True,
            posted=NOW,
            channel=None,
        )
        store.amplify.add([row], MOMENT)
        if to is not ReviewState.WAITING:
            store.amplify.change(1, [ReviewState.WAITING], to)

    return made


def two(store):
    for person in (1, 2):
        pledge(PledgeState.PUBLISHED)(store)
        store.editors.remove(person, 3 - person)


def mail(store):
    return store.channels.ensure([house.channel("mail", network="apprise")])["mail"]


def contact(store):
    number = mail(store)
    new = NewContact(
        person=NewPerson(
            channel=number,
            address="acme@example.org",
            audience=Audience.ORGANIZATION,
            language="en",
            country="KE",
            zone="UTC",
            minute=540,
            joined=MOMENT,
        ),
        organisation="ACME",
        stakeholder="company",
        consent_source=None,
        consent_date=None,
    )
    store.contacts.add([new], "mail", MOMENT)


def blocked(store):
    contact(store)
    store.people.change(3, Status.UNCONFIRMED, Status.BLOCKED)


def returned(store):
    contact(store)
    store.mailbox.returns(3, Verdict.SOFT, "mailbox full", MOMENT)


def clearance(store):
    about, until = Subject(occurrence=1, channel=1), MOMENT + 90_000
    to = "The press office"
    store.clearances.ask(
        about, "secret", "", to, MACHINE, MOMENT, until, language="en", address=None
    )


def asking(store):
    post = Asking(uri=URL, post="", place="m", url=URL, text="Why?", language="en", posted=NOW)
    store.asked.add("mastodon", [post], MOMENT)


def report(store):
    store.inbox.flag(1, MAKER, None, "en", "Help", MOMENT)


def country(*, finished=False):
    """A report that a country was asked for, under way or finished."""

    def before(store):
        by = MACHINE
        number = store.country_reports.ask(CAMPAIGN, "MX", "Ministry", "s", by, MOMENT, "en")
        store.country_reports.agree(number, "en 1", MOMENT)
        if finished:
            store.country_reports.keep(number, COUNTRY, "en", MOMENT, finished=True)

    return before


def surveyed(store):
    pledge(PledgeState.PUBLISHED)(store)
    store.surveys.add(1, NOW.year, {"missing": "Trainers"}, MOMENT)


def opened_call(store):
    store.openings.add(CAMPAIGN, "art", NOW.date(), opened=True)


def entry(store):
    sent = Sent(
        campaign=CAMPAIGN,
        call="art",
        language="en",
        name="Ana",
        text="A poem",
        link="",
        contact="",
        shows=True,
    )
    store.entries.add(sent, "secret", MOMENT)


def gone_event(store):
    key = EventKey(CAMPAIGN, "talk", 0)
    facts = EventFacts(
        start="2099-06-12", end="", month="", off=False, link="", titles={}, places={}
    )
    store.events.say(key, SaidOfEvent(digest="", sequence=0, dated=0), facts)
    store.people.add([house.person(1)])
    store.events.join(key, 1, Standing.COMES, 0, MOMENT * 3, MOMENT)


def member(store):
    store.members.put(Member(name="carl", login="carl"), MOMENT)


def jumped(store):
    alarm = ClockJumped(subject="system clock", text="jumped", shown=1, counted=1)
    store.alerts.open(alarm, MOMENT)


def nothing(_store):
    pass


def token(store):
    store.tokens.add("zelda", "a secret", "tests", (), MOMENT, None)


def performed(services, effect, user):
    turn = Turn(
        in_force=InForce.of(services, "telegram"),
        address=user,
        user=user,
        subscriber=services.store.subscribers.find(1, user),
        now=NOW,
        language="en",
        private=True,
        admin=True,
        member=services.team.chats.get(user),
        bot="bot",
    )
    perform(turn, effect)
