"""What people ask: questions from the chat, and posts with the hashtag that ask something.

Of such a post its text and its address are shown, and nothing of who wrote it. It is looked for on
its network before it is shown; what is gone there is forgotten here.
"""

from collections.abc import Mapping
from http import HTTPStatus

from bot.errors import Missing, UsageError
from bot.gaps import filled
from bot.jobs.counting import asked
from bot.jobs.staff.questions import inbox as questions
from bot.jobs.staff.questions import peers
from bot.model import Channel
from bot.model.counting import AskedPost
from bot.model.person import Question
from bot.model.pledges.peers import PEER_DAYS
from bot.model.share import ReviewState
from bot.model.staff import StaffRole
from bot.rules.amplification import questions as checked
from bot.rules.pledges.peers import over
from bot.times import DAY, epoch, from_epoch
from bot.web.desk.colleague import Colleague
from bot.web.desk.others import checklist
from bot.web.desk.refused import Why, why
from bot.web.desk.site import done, field, numbered
from bot.web.public.reader import Answer, Elsewhere, Shown

PATH = "inbox"
POSTS = f"{PATH}/posts"

_LAPSED = PEER_DAYS * DAY
"""Seconds for which staff see that a question was over since nobody had answered it."""

ANSWERS = StaffRole.APPROVER
"""The role that answers a post in public; whoever sees one may drop it."""


async def inbox(who: Colleague) -> Shown:
    """List what waits for an answer, the oldest first."""
    store = who.services.store
    waiting = store.asked.waiting()
    old = [post for post in waiting if not asked.is_fresh(post, who.now)]
    await asked.look(who.services, old[: asked.LOOKS], who.now)
    asked.tell(who.services, who.now)
    posts = [post for post in store.asked.waiting() if asked.is_fresh(post, who.now)]
    values = {
        "questions": [_question(who, each) for each in store.inbox.open_questions()],
        "with_makers": [_question(who, each) for each in store.inbox.with_makers()],
        "lapsed": [_question(who, each) for each in store.inbox.lapsed(epoch(who.now) - _LAPSED)],
        "days": who.number(PEER_DAYS),
        "posts": [_post(who, post) for post in posts],
        "unseen": who.number(count) if (count := store.asked.count() - len(posts)) else "",
        "longest": questions.LONGEST,
    }
    return Shown(template="inbox.html", title=who.words["menu"]["inbox"], values=values)


def _question(who: Colleague, question: Question) -> dict[str, object]:
    peer, ends = question.peer, over(question)
    return {
        "number": question.id,
        "at": who.instant(question.at),
        "text": question.text,
        "language": question.language,
        "peer": peer,
        "until": who.day(who.services.today(from_epoch(ends))) if ends else "",
        "page": peers.page(who.services, peer, who.language) if peer else "",
    }


def answered(who: Colleague, form: Mapping[str, str]) -> Elsewhere:
    """Answer a question, pass on one to the makers of a pledge or what they answer, or say that
    there is no answer. Raises `UsageError` as `questions.answer` and those of `peers`.
    """
    question, act = numbered(form.get("question", "")), form.get("act", "")
    if act == "pass":
        peers.pass_on(who.services, question, who.by, who.now)
        return done(who, "question_passed", PATH)
    if act == "back":
        peers.pass_back(who.services, question, who.by, who.now)
        return done(who, "reply_passed", PATH)
    if act == "refuse":
        peers.refuse(who.services, question, who.by, who.now)
        return done(who, "question_refused", PATH)
    questions.answer(who.services, question, field(form, "text"), who.by, who.now)
    return done(who, "question_answered", PATH)


def post(who: Colleague) -> Shown:
    """Show one post, with the ways to answer it in public or to drop it."""
    there, trail = _there(who), ((str(who.words["menu"]["inbox"]), who.path(PATH)),)
    if there is None or not asked.is_fresh(there, who.now):
        return Shown(
            template="message.html",
            title=who.words["inbox"]["gone"],
            values={"text": who.words["inbox"]["gone_why"], "detail": ""},
            status=HTTPStatus.NOT_FOUND,
            trail=trail,
        )
    return _page(who, there)


def _page(
    who: Colleague,
    there: AskedPost,
    form: Mapping[str, str] | None = None,
    wrong: Why | None = None,
) -> Shown:
    """Return the page of a post; where an answer was not taken, with what was filled in and why."""
    about = {"author": "", "network": who.network(there.network), "organisation": ""}
    written = form or {}
    values = {
        "post": _post(who, there),
        "second": bool(there.answer),
        "answer": written.get("text", there.answer),
        "chosen": dict(written),
        "wrong": wrong,
        "questions": checklist.asked(who, checked(known=True), about),
        "answers": checklist.choices(who),
        "channels": [channel.name for channel in _channels(who)],
        "longest": questions.LONGEST,
    }
    return Shown(
        template="inbox_post.html",
        title=filled(who.words["inbox"]["post_on"], network=about["network"]),
        values=values,
        status=HTTPStatus.CONFLICT if wrong else HTTPStatus.OK,
        trail=((str(who.words["menu"]["inbox"]), who.path(PATH)),),
    )


def decided(who: Colleague, form: Mapping[str, str]) -> Answer:
    """Answer a post in public by the answers to the checklist, or drop it."""
    there, act = _there(who), form.get("act", "")
    if there is None or act not in ("answer", "drop", "child"):
        raise Missing("there is no such post, or no such decision; load the inbox anew")
    if act != "answer":
        questions.drop(who.services, there.id, who.by, who.now, child=act == "child")
        return done(who, "inbox_dropped", PATH)
    if not who.may(ANSWERS):
        raise UsageError("what stands in public is answered by the role approver", "answers_role")
    try:
        return _answered(who, there, form)
    except UsageError as error:
        return _page(who, there, form, why(who, error))


def _answered(who: Colleague, there: AskedPost, form: Mapping[str, str]) -> Elsewhere:
    channels = [channel for channel in _channels(who) if form.get(f"to-{channel.name}")]
    if not channels:
        raise UsageError("choose a channel on which the answer stands", "no_channel")
    state = questions.answer_publicly(
        who.services,
        there.id,
        field(form, "text"),
        channels,
        checklist.answered(form, checked(known=True)),
        who.by,
        who.now,
    )
    if state is ReviewState.APPROVED:
        return done(who, "answered_publicly", PATH)
    return done(who, f"review_{state.word}", POSTS, str(there.id))


def _channels(who: Colleague) -> list[Channel]:
    services = who.services
    known = services.settings.channels.values()
    return [each for each in known if each.posts and each.name in services.channel_ids]


def _post(who: Colleague, there: AskedPost) -> dict[str, object]:
    return {
        "number": there.id,
        "at": who.instant(there.posted),
        "text": there.text,
        "network": who.network(there.network),
        "url": there.url if there.url.startswith(("https://", "http://")) else "",
        "path": who.path("inbox", "posts", str(there.id)),
    }


def _there(who: Colleague) -> AskedPost | None:
    return who.services.store.asked.get(numbered(who.parts["number"]))
