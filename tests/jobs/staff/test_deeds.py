"""What people decide leaves a line in the log of who did what, in the chat and at the command line
alike.
"""

import tomllib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import house
import pytest
from stage import staged
from tree import TOP

from bot.chat.perform import perform
from bot.chat.turn import InForce, Turn
from bot.cli.commands import COMMANDS
from bot.config import Chat, Web
from bot.conversation.pledges import effects as pledges
from bot.conversation.staff import effects as staff
from bot.conversation.staff.effects import NEEDS
from bot.conversation.staff.pledges.topic import DECISIONS
from bot.conversation.words import Effect, Say
from bot.jobs.pledges import moderation
from bot.model import Audience, DeliveryKey, Occurrence, State
from bot.model.outbox import Scope
from bot.model.outbox.broadcasts import Pace
from bot.model.person import NewContact, NewPerson, Status
from bot.model.pledge import Handle, NewPledge, PledgeState
from bot.model.share import LINK, Answer, Candidate, ReviewState
from bot.model.staff import MACHINE, REHEARSAL, Member
from bot.model.staff.audit import Verb
from bot.rules import forms
from bot.rules.alerts import ClockJumped, PledgeTask

pytestmark = pytest.mark.slow  # whole commands, each over all that is shipped

NOW = datetime.now(UTC).replace(microsecond=0)
MOMENT = int(NOW.timestamp())
CAMPAIGN = "endchildlabour2021"
POST, NUDGES, PACK = "1-1-0", "1-1", "facebook-1-en"
KEY = DeliveryKey(occurrence=1, channel=1, recipient=0)
URL = "https://example.org/film"
CHILD = dict.fromkeys(("shown", "child", "consent"), Answer.YES) | dict.fromkeys(
    ("risk", "dignity", "place"), Answer.NO
)
WEB = Web(public_url="https://pages.example", listen="127.0.0.1:0")
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
[staff.anna]
telegram = 7
login = "anna.m"
[staff.ben]
telegram = 8
"""

FILES = {
    "config.toml": CONFIG,
    "contacts.csv": "address,organisation,audience\nacme@example.org,ACME,organization\n",
    "pledges.csv": "organisation,group,name,how,contribution,communicate,country\n"
    "ACME,company,Train 40 teachers,Courses,It helps,On our page,KE\n",
}


@pytest.fixture
def services(tmp_path, library):
    channel = replace(
        house.channel("telegram", network="telegram", review=True), paid_broadcast=True
    )
    made, _ = staged(
        tmp_path, library, channel, quiet=house.NO_QUIET, chat=Chat(staff=(7, 8)), web=WEB
    )
    made.store.meta.claim("live")
    made.store.people.add([house.person(1), house.person(2)])
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
    yield made
    made.store.close()


# what there is to decide about


def state(to):
    return lambda store: store.outbox.change(KEY, [State.AWAITING_APPROVAL], to)


def asked(store):
    store.broadcasts.put(1, 1, Pace.ASKED, 2, 2, MOMENT)


def paused(store):
    store.channels.pause("telegram", "refused", MOMENT)


def held(store):
    store.holds.put(Scope(), MOMENT)


def question(store):
    store.inbox.ask(1, "1001", "en", "Why?", MOMENT)


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


def contact(store):
    mail = house.channel("mail", network="apprise")
    number = store.channels.ensure([mail])["mail"]
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


def report(store):
    store.inbox.flag(1, "1001", None, "en", "Help", MOMENT)


def member(store):
    store.members.put(Member(name="carl", login="carl"), MOMENT)


def jumped(store):
    alarm = ClockJumped(subject="system clock", text="jumped", shown=1, counted=1)
    store.alerts.open(alarm, MOMENT)


def nothing(_store):
    pass


def token(store):
    store.tokens.add("anna", "a secret", "tests", (), MOMENT, None)


MARK = forms.mark({"name": "Train 40 teachers"})
EDITED = forms.mark({"name": "Train 50 teachers"})
RESULT = forms.mark({"vertical-who": "All", "monitoring": "", "vertical-time": ""})
SAID = Say(template="staff.nothing")


@dataclass(frozen=True)
class Deed:
    """A decision: what there is before it, how it is made, and the line that it leaves."""

    verb: str
    about: str
    before: object
    effect: Effect | None = None
    #: a command line, the command's name first where it has two words
    line: tuple[str, ...] = ()
    #: or what gives it from the store, once it is decided
    digest: object = ""


def as_approved(store):
    return store.approvals.find(1, 1).digest


def as_imported(store):
    return forms.mark(store.pledges.get(1).answers)


def pace(way):
    return staff.SetPace(ref=NUDGES, way=way, said=SAID, unchanged=SAID)


def shift(to, reason=""):
    return pledges.Shift(pledge=1, to=to, reason=reason)


AWAITS, UNCERTAIN = nothing, state(State.UNCERTAIN)
EVERYBODY = (Audience.INDIVIDUAL,)
SUBMITTED, APPROVED, PUBLISHED = map(
    pledge, (PledgeState.SUBMITTED, PledgeState.APPROVED, PledgeState.PUBLISHED)
)
LATER = "2099-01-01 10:00"

OF_STAFF = (
    Deed(
        "post.approved",
        POST,
        AWAITS,
        staff.Approve(ids=(POST,)),
        ("outbox approve", POST),
        as_approved,
    ),
    Deed("post.cancelled", POST, AWAITS, staff.Reject(id=POST), ("outbox cancel", POST)),
    Deed("post.rewritten", POST, AWAITS, staff.Rewrite(id=POST, text="Better words")),
    Deed(
        "post.moved",
        POST,
        AWAITS,
        staff.Reschedule(id=POST, due=MOMENT + 900),
        ("outbox move", POST, "--to", LATER),
    ),
    Deed(
        "post.arrived",
        POST,
        UNCERTAIN,
        staff.Decide(ref=POST, way="arrived"),
        ("outbox arrived", POST),
    ),
    Deed(
        "post.released",
        POST,
        UNCERTAIN,
        staff.Decide(ref=POST, way="send"),
        ("outbox release", POST),
    ),
    Deed("post.cancelled", POST, UNCERTAIN, staff.Decide(ref=POST, way="leave")),
    Deed("post.retracted", POST, AWAITS, None, ("outbox retract", POST)),
    Deed("wave.sent", NUDGES, nothing, staff.Decide(ref=NUDGES, way="send")),
    Deed("wave.given_up", NUDGES, nothing, staff.Decide(ref=NUDGES, way="leave")),
    Deed("broadcast.paid", NUDGES, asked, pace("pay"), ("broadcasts pay", NUDGES)),
    Deed("broadcast.freed", NUDGES, asked, pace("free"), ("broadcasts free", NUDGES)),
    Deed("broadcast.cancelled", NUDGES, asked, pace("cancel"), ("broadcasts cancel", NUDGES)),
    Deed("channel.resumed", "1", paused, staff.Resume(channel="telegram"), ("resume", "telegram")),
    Deed("hold.set", "1", nothing, staff.HoldIt(scope=Scope()), ("hold",)),
    Deed("hold.lifted", "1", held, staff.Release(scope=Scope(), send=()), ("release",)),
    Deed(
        "written.scheduled",
        "1",
        nothing,
        staff.Publish(text="Hello", channels=("telegram",), due=MOMENT + 900),
    ),
    Deed(
        "announcement.begun",
        "1",
        nothing,
        staff.Announce(text="Hello", audiences=EVERYBODY, language="", country=""),
    ),
    Deed("question.answered", "1", question, staff.Reply(question=1, text="So.")),
    Deed(
        "post.by_hand",
        "1",
        nothing,
        staff.Posted(id=PACK, url=URL),
        ("packs posted", PACK, "--link", URL),
    ),
    Deed(
        "post.by_hand",
        POST,
        state(State.FAILED),
        staff.Posted(id=POST, url=URL),
        ("packs posted", POST, "--link", URL),
    ),
    Deed(
        "review.answered",
        "1",
        review(),
        staff.Review(id=1, answers=CHILD, way=""),
        ("amplify approve", "1", *(f"--{name}={CHILD[name].value}" for name in CHILD)),
    ),
    Deed(
        "review.repeated",
        "1",
        review(ReviewState.FAILED),
        staff.Review(id=1, answers={}, way=""),
    ),
    Deed("review.rejected", "1", review(), staff.Refuse(id=1), ("amplify reject", "1")),
    Deed("review.withdrawn", "1", review(ReviewState.SENT), None, ("amplify withdraw", "1")),
    Deed(
        "pledge.approved",
        "1",
        SUBMITTED,
        shift("approved"),
        ("pledges approve", "1", MARK),
        MARK,
    ),
    Deed(
        "pledge.rejected",
        "1",
        SUBMITTED,
        shift("rejected", "Whose?"),
        ("pledges return", "1", MARK, "--reason", "Whose?"),
        MARK,
    ),
    Deed(
        "pledge.returned",
        "1",
        pledge(PledgeState.PUBLISHED, pending=True),
        pledges.SendBack(pledge=1, reason="Whose?"),
        ("pledges return", "1", EDITED, "--reason", "Whose?"),
        EDITED,
    ),
    Deed("pledge.published", "1", APPROVED, shift("published"), ("pledges publish", "1"), MARK),
    Deed(
        "pledge.verified",
        "1",
        SUBMITTED,
        pledges.Verify(pledge=1, method="staff", note="Their letter"),
        ("pledges verify", "1", "--by", "staff", "--note", "Their letter"),
    ),
    Deed(
        "pledge.attended",
        "1",
        pledge(PledgeState.PUBLISHED, task=True),
        staff.Attend(pledge=1),
        ("pledges report", "1", "--attended"),
    ),
    Deed("pledge.step", "1", PUBLISHED, None, ("pledges report", "1", "prompt-march")),
    Deed("pledge.invited", "1", PUBLISHED, pledges.Invite(pledge=1, staff=True)),
    Deed("pledge.handed_over", "1", left, pledges.HandOver(pledge=1, to=2, staff=True)),
    Deed(
        "pledge.result_shown",
        "1",
        pledge(PledgeState.PUBLISHED, result=True),
        pledges.DecideResult(pledge=1, mark=RESULT, show=True),
        ("pledges scale-up", "1", "--approve", RESULT),
        RESULT,
    ),
    Deed(
        "pledge.result_hidden",
        "1",
        pledge(PledgeState.PUBLISHED, result=True),
        pledges.DecideResult(pledge=1, mark=RESULT, show=False),
        ("pledges scale-up", "1", "--hide", RESULT),
        RESULT,
    ),
    Deed("pledge.dismissed", "1-2", two, None, ("pledges introduce", "1", "2", "--dismiss")),
    Deed("pledge.introduced", "1-2", two, None, ("pledges introduce", "1", "2")),
    Deed("pledge.imported", "1", nothing, None, ("pledges import", "pledges.csv"), as_imported),
    Deed(
        "contact.imported",
        "2",
        nothing,
        None,
        ("contacts import", "contacts.csv", "--channel", "mail"),
    ),
    Deed("contact.unblocked", "2", blocked, None, ("contacts unblock", "--all")),
    Deed("contact.removed", "2", contact, None, ("contacts remove", "acme@example.org")),
    Deed("report.taken", "1", report, staff.TakeReport(report=1)),
    Deed("member.added", "1", nothing, None, ("staff add", "carl", "--login", "carl")),
    Deed("member.removed", "1", member, None, ("staff remove", "carl")),
    Deed("operator.clock_trusted", "", jumped, None, ("clock trust",)),
    Deed("operator.keys_rotated", "", nothing, None, ("keys rotate",)),
    Deed("token.made", "1", nothing, None, ("staff token", "anna")),
    Deed("token.ended", "1", token, None, ("staff revoke", "1")),
    Deed("desk.link", "", nothing, staff.OpenDesk(), ("login-link", "anna")),
)

ACCOUNT = Handle(network="mastodon", name="acme@example.org", url="https://example.org/@acme")
OF_MAKERS = (
    Deed("pledge.withdrawn", "1", PUBLISHED, shift("withdrawn"), digest=MARK),
    Deed(
        "pledge.edited",
        "1",
        PUBLISHED,
        pledges.Fill(pledge=1, answers={"name": "Train 50 teachers"}),
        digest=EDITED,
    ),
    Deed(
        "pledge.accounts",
        "1",
        PUBLISHED,
        pledges.Accounts(pledge=1, handles=(ACCOUNT,)),
        digest=MARK,
    ),
    Deed(
        "pledge.step",
        "1",
        PUBLISHED,
        pledges.Report(pledge=1, action="prompt-march", slot=202103, link=URL),
    ),
)


def named(deeds):
    return [pytest.param(deed, id=f"{n} {deed.verb}") for n, deed in enumerate(deeds)]


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


def only_line(services, deed):
    [line] = services.store.audit.read()
    assert (line.verb, line.object) == (deed.verb, deed.about)
    assert line.digest == (deed.digest(services.store) if callable(deed.digest) else deed.digest)
    assert abs(line.at - MOMENT) < 600
    return line


@pytest.mark.parametrize("deed", named([deed for deed in OF_STAFF if deed.effect]))
def test_what_staff_decide_in_the_chat_leaves_a_line(services, deed):
    deed.before(services.store)
    performed(services, deed.effect, "7")
    assert only_line(services, deed).by.telegram == "7"


@pytest.mark.parametrize("deed", named([deed for deed in OF_STAFF if deed.line]))
def test_what_staff_decide_at_the_command_line_leaves_a_line(
    services, deed, command, tmp_path, monkeypatch
):
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.setenv("LOGNAME", "anna.m")
    deed.before(services.store)
    name, *rest = deed.line
    code, _, err = command(*name.split(), *rest, "--db", "test.db")
    assert code == 0, err
    assert only_line(services, deed).by.login == "anna.m"


@pytest.mark.parametrize("deed", named(OF_MAKERS))
def test_what_makers_change_of_what_everybody_sees_leaves_a_line(services, deed):
    deed.before(services.store)
    performed(services, deed.effect, "1001")
    assert only_line(services, deed).by == "person 1"


LOOKS = {
    "amplify list",
    "audit",
    "backup",
    "broadcasts",
    "calendar",
    "cards",
    "chat",
    "check",
    "contacts export",
    "contacts list",
    "cost",
    "doctor",
    "hashtags",
    "helpline list",
    "keys show",
    "links",
    "monthly",
    "new campaign",
    "new config",
    "new language",
    "new words",
    "outbox",
    "packs",
    "plan",
    "pledges list",
    "pledges matches",
    "preview",
    "rehearse",
    "results",
    "review",
    "run",
    "serve",
    "staff tokens",
    "staff",
    "status",
    "webhooks test",
    "webhooks",
}
"""Commands that decide nothing about what is live."""

ELSEWHERE = {
    "keys new": "tests/jobs/operations/test_keys.py",
    "restore": "tests/jobs/operations/test_backup.py",
    "helpline add": "says in the file itself who looked, and keeps nothing in the database",
    "reload": "asks the process that runs to read its data, about which a person has decided",
    "webhooks again": "sends other programs what they were to be told anyway",
}
"""Commands that decide, and whose lines are not tried here."""

AT_THE_DESK = {"report.read", "desk.entered", "desk.left", "desk.left_everywhere"}
"""Verbs that only the desk writes: `tests/web/desk`."""

OF_OPERATORS = {"operator.keys_renewed", "operator.restored"}


def test_every_effect_that_needs_a_role_is_among_these():
    effects = {type(deed.effect) for deed in OF_STAFF if deed.effect}
    assert effects - {staff.OpenDesk} == set(NEEDS) | set(DECISIONS)


def test_every_command_is_among_these_or_decides_nothing():
    decides = {deed.line[0] for deed in OF_STAFF if deed.line}
    assert decides | LOOKS | set(ELSEWHERE) == {each.name for each in COMMANDS}
    assert not decides & LOOKS


def test_every_verb_is_written_and_has_words_in_each_language():
    written = {deed.verb for deed in (*OF_STAFF, *OF_MAKERS)}
    assert written | AT_THE_DESK | OF_OPERATORS == set(Verb)
    for language in ("en", "fr", "es"):
        words = tomllib.loads((TOP / f"content/{language}/desk.toml").read_text("utf-8"))
        assert set(words["verbs"]) == {verb.replace(".", "_") for verb in Verb}


@pytest.mark.parametrize("by", [MACHINE, REHEARSAL])
def test_what_no_person_decides_leaves_no_line(services, by):
    pledge(PledgeState.APPROVED)(services.store)
    moderation.decide(services, 1, PledgeState.PUBLISHED, by, NOW)
    assert services.store.audit.read() == []
