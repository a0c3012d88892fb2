"""Each decision: what there is before it, how it is made, and the line that it leaves in the log."""

from dataclasses import dataclass
from datetime import timedelta

from bot.conversation.pledges import effects as pledges
from bot.conversation.staff import effects as staff
from bot.conversation.words import Effect, Say
from bot.model import Audience, State
from bot.model.outbox import Scope
from bot.model.pledge import Handle, PledgeState
from bot.model.share import ReviewState
from bot.model.staff import Whom
from bot.rules import forms
from deciding import scene
from deciding.scene import CHILD, MOMENT, NUDGES, PACK, POST, URL

MARK = forms.mark({"name": "Train 40 teachers"})
EDITED = forms.mark({"name": "Train 50 teachers"})
RESULT = forms.mark({"vertical-who": "All", "monitoring": "", "vertical-time": ""})
ANSWERED = forms.mark(scene.COUNTRY)
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
    #: how many lines, of which it is the last
    lines: int = 1


def as_approved(store):
    return store.approvals.find(1, 1).digest


def as_shown(store):
    return store.clearances.get(1).shown


def as_imported(store):
    return forms.mark(store.pledges.get(1).answers)


def pace(way):
    return staff.SetPace(ref=NUDGES, way=way, said=SAID, unchanged=SAID)


def shift(to, reason=""):
    return pledges.Shift(pledge=1, to=to, reason=reason)


AWAITS, UNCERTAIN = scene.nothing, scene.state(State.UNCERTAIN)
EVERYBODY = Whom(audiences=(Audience.INDIVIDUAL,))
SUBMITTED, APPROVED, PUBLISHED = map(
    scene.pledge, (PledgeState.SUBMITTED, PledgeState.APPROVED, PledgeState.PUBLISHED)
)
LATER = "2099-01-01 10:00"
SOON = f"{scene.NOW + timedelta(days=3):%Y-%m-%d} 10:00"

REPLY = ("--channel", "telegram")
LOOKED = tuple(f"--{name}={CHILD[name].value}" for name in CHILD)
"""The answers to the checklist: a child is shown, and all is well."""

CLEAR = tuple(f"--{name}=no" for name in CHILD)
"""The answers where nobody is shown."""

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
    Deed("wave.sent", NUDGES, scene.nothing, staff.Decide(ref=NUDGES, way="send")),
    Deed("wave.given_up", NUDGES, scene.nothing, staff.Decide(ref=NUDGES, way="leave")),
    Deed("broadcast.paid", NUDGES, scene.asked, pace("pay"), ("broadcasts pay", NUDGES)),
    Deed("broadcast.freed", NUDGES, scene.asked, pace("free"), ("broadcasts free", NUDGES)),
    Deed("broadcast.cancelled", NUDGES, scene.asked, pace("cancel"), ("broadcasts cancel", NUDGES)),
    Deed("broadcast.moved", NUDGES, scene.nothing, None, ("broadcasts move", NUDGES, "--to", SOON)),
    Deed("broadcast.resumed", NUDGES, scene.skipped, None, ("broadcasts again", NUDGES)),
    Deed(
        "channel.resumed",
        "1",
        scene.paused,
        staff.Resume(channel="telegram"),
        ("resume", "telegram"),
    ),
    Deed("hold.set", "1", scene.nothing, staff.HoldIt(scope=Scope()), ("hold",)),
    Deed("hold.set", "1", scene.held, staff.ExplainHold(scope=Scope(), reason="A flood")),
    Deed(
        "hold.lifted", "1", scene.held, staff.Release(scope=Scope(), shown=1, send=()), ("release",)
    ),
    Deed(
        "written.scheduled",
        "1",
        scene.nothing,
        staff.Publish(text="Hello", channels=("telegram",), due=MOMENT + 900),
    ),
    Deed(
        "announcement.begun",
        "1",
        scene.nothing,
        staff.Announce(text="Hello", whom=EVERYBODY),
    ),
    Deed("question.answered", "1", scene.question, staff.Reply(question=1, text="So.")),
    Deed(
        "question.passed",
        "1",
        scene.to_makers,
        staff.PassQuestion(question=1),
        ("inbox pass", "1"),
    ),
    Deed(
        "question.answered",
        "1",
        scene.back_from_makers,
        staff.PassQuestion(question=1, reply=True),
        ("inbox pass", "1", "--reply"),
    ),
    Deed(
        "question.refused",
        "1",
        scene.to_makers,
        staff.RefuseQuestion(question=1),
        ("inbox refuse", "1"),
    ),
    Deed(
        "post.by_hand",
        "1",
        scene.nothing,
        staff.Posted(id=PACK, url=URL),
        ("packs posted", PACK, "--link", URL),
    ),
    Deed(
        "post.by_hand",
        POST,
        scene.state(State.FAILED),
        staff.Posted(id=POST, url=URL),
        ("packs posted", POST, "--link", URL),
    ),
    Deed(
        "review.answered",
        "1",
        scene.review(),
        staff.Review(id=1, answers=CHILD, way=""),
        ("amplify approve", "1", *LOOKED),
    ),
    Deed(
        "review.repeated",
        "1",
        scene.review(ReviewState.FAILED),
        staff.Review(id=1, answers={}, way=""),
    ),
    Deed("review.rejected", "1", scene.review(), staff.Refuse(id=1), ("amplify reject", "1")),
    Deed("review.withdrawn", "1", scene.review(ReviewState.SENT), None, ("amplify withdraw", "1")),
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
        scene.pledge(PledgeState.PUBLISHED, pending=True),
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
        scene.pledge(PledgeState.PUBLISHED, task=True),
        staff.Attend(pledge=1),
        ("pledges report", "1", "--attended"),
    ),
    Deed("pledge.message", "1", PUBLISHED, None, ("pledges write", "1", "Shall we talk?")),
    Deed("pledge.step", "1", PUBLISHED, None, ("pledges report", "1", "prompt-march")),
    Deed("pledge.invited", "1", PUBLISHED, pledges.Invite(pledge=1, staff=True)),
    Deed("pledge.handed_over", "1", scene.left, pledges.HandOver(pledge=1, to=2, staff=True)),
    Deed(
        "pledge.result_shown",
        "1",
        scene.pledge(PledgeState.PUBLISHED, result=True),
        pledges.DecideResult(pledge=1, mark=RESULT, show=True),
        ("pledges scale-up", "1", "--approve", RESULT),
        RESULT,
    ),
    Deed(
        "pledge.result_hidden",
        "1",
        scene.pledge(PledgeState.PUBLISHED, result=True),
        pledges.DecideResult(pledge=1, mark=RESULT, show=False),
        ("pledges scale-up", "1", "--hide", RESULT),
        RESULT,
    ),
    Deed("event.called_off", "1", scene.gone_event, None, ("events off", scene.CAMPAIGN, "talk")),
    Deed("call.opened", "1", scene.nothing, None, ("calls open", scene.CAMPAIGN, "art")),
    Deed("call.closed", "2", scene.opened_call, None, ("calls close", scene.CAMPAIGN, "art")),
    Deed("entry.answered", "1", scene.entry, None, ("calls take", "1", *LOOKED)),
    Deed("entry.dropped", "1", scene.entry, None, ("calls decline", "1")),
    Deed("survey.removed", "1", scene.surveyed, None, ("calls remove", "1")),
    Deed(
        "country.asked",
        "1",
        scene.nothing,
        None,
        ("pathfinders ask", "MX", "--to", "Ministry"),
    ),
    Deed(
        "country.shown",
        "1",
        scene.country(finished=True),
        staff.DecideReport(report=1, mark=ANSWERED, way="show"),
        ("pathfinders report", "1", "--show", ANSWERED),
        ANSWERED,
    ),
    Deed(
        "country.hidden",
        "1",
        scene.country(finished=True),
        staff.DecideReport(report=1, mark=ANSWERED, way="hide"),
        ("pathfinders report", "1", "--hide", ANSWERED),
        ANSWERED,
    ),
    Deed(
        "country.returned",
        "1",
        scene.country(finished=True),
        staff.DecideReport(report=1, mark=ANSWERED, way="return", reason="Which law?"),
        ("pathfinders report", "1", "--return", ANSWERED, "--reason", "Which law?"),
        ANSWERED,
    ),
    Deed("country.ended", "1", scene.country(), None, ("pathfinders report", "1", "--end")),
    Deed("pledge.dismissed", "1-2", scene.two, None, ("pledges introduce", "1", "2", "--dismiss")),
    Deed("pledge.introduced", "1-2", scene.two, None, ("pledges introduce", "1", "2")),
    Deed(
        "pledge.imported", "1", scene.nothing, None, ("pledges import", "pledges.csv"), as_imported
    ),
    Deed(
        "contact.imported",
        "2",
        scene.mail,
        None,
        ("contacts import", "contacts.csv", "--channel", "mail"),
    ),
    Deed("contact.unblocked", "2", scene.blocked, None, ("contacts unblock", "--all")),
    Deed(
        "contact.shown",
        "2",
        scene.contact,
        None,
        ("contacts export", "acme@example.org", "--reason", "They ask zelda"),
    ),
    Deed("contact.listed", "", scene.contact, None, ("contacts list", "--reason", "For zelda")),
    Deed("contact.listed", "", scene.blocked, None, ("contacts unblock", "--reason", "For zelda")),
    Deed("contact.listed", "", scene.returned, None, ("mailbox list", "--reason", "For zelda")),
    Deed("contact.removed", "2", scene.contact, None, ("contacts remove", "acme@example.org")),
    Deed("question.answered", "1", scene.question, None, ("inbox answer", "1", "So.")),
    Deed(
        "asked.dropped",
        "1",
        scene.asking,
        staff.DropPost(post=1, child=False),
        ("inbox drop", "1"),
    ),
    Deed(
        "asked.child",
        "1",
        scene.asking,
        staff.DropPost(post=1, child=True),
        ("inbox drop", "1", "--may-be-a-child"),
    ),
    Deed("asked.looked", "1", scene.asking, None, ("inbox reply", "1", "So.", *REPLY, *LOOKED)),
    Deed(
        "asked.answered",
        "1",
        scene.asking,
        None,
        ("inbox reply", "1", "So.", *REPLY, *CLEAR),
        lines=2,
    ),
    Deed("report.taken", "1", scene.report, staff.TakeReport(report=1)),
    Deed("member.added", "1", scene.nothing, None, ("staff add", "carl", "--login", "carl")),
    Deed("member.removed", "1", scene.member, None, ("staff remove", "carl")),
    Deed("member.forgotten", "1", scene.member, None, ("staff forget", "carl")),
    Deed("operator.clock_trusted", "", scene.jumped, None, ("clock trust",)),
    Deed("operator.keys_rotated", "", scene.nothing, None, ("keys rotate",)),
    Deed(
        "clearance.asked",
        "1",
        scene.own,
        None,
        ("outbox clear", "2-1-0", "--to", "The press office"),
        as_shown,
    ),
    Deed(
        "clearance.asked",
        "1",
        SUBMITTED,
        None,
        ("pledges clear", "1", "--to", "The ministry"),
        as_shown,
    ),
    Deed("clearance.revoked", "1", scene.clearance, None, ("clearances revoke", "1")),
    Deed("clearance.erased", "1", scene.clearance, None, ("clearances erase", "1")),
    Deed("token.made", "1", scene.nothing, None, ("staff token", "zelda")),
    Deed("token.ended", "1", scene.token, None, ("staff revoke", "1")),
    Deed("desk.link", "", scene.nothing, staff.OpenDesk(), ("login-link", "zelda")),
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
