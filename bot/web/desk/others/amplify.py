"""Posts and links of pledge-makers before they reach the public: the safeguarding checklist.

The questions are those of the chat, in its words. Who looked first at a post that shows a child is
never the second.
"""

from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus

from bot.errors import Missing, UsageError
from bot.gaps import filled
from bot.jobs.amplify import review as reviews
from bot.jobs.amplify.review import WAYS
from bot.model.share import QUEUE, Review, ReviewState
from bot.rules.amplification import questions
from bot.web.desk.colleague import Colleague
from bot.web.desk.others import checklist
from bot.web.desk.site import done, numbered
from bot.web.public.reader import Elsewhere, Shown

PATH = "amplify"

MOST = 50
"""Most posts of a list; who decides about those that wait gets the next."""

_OUT = (ReviewState.SENT, ReviewState.UNCERTAIN, ReviewState.FAILED, ReviewState.APPROVED)
"""States in which what was let through is public, or on its way there."""


def listed(who: Colleague) -> Shown:
    """List what waits for a look, the longest first, and what was let through."""
    amplify = who.services.store.amplify
    more = amplify.count(QUEUE) - MOST
    waits, out = amplify.oldest(QUEUE, MOST), amplify.newest(_OUT, MOST)
    whose = _whose(who, (*waits, *out))
    values = {
        "waits": [_line(who, each, whose) for each in waits],
        "more": who.number(more) if more > 0 else "",
        "out": [_line(who, each, whose) for each in out],
    }
    return Shown(template="amplify.html", title=who.words["menu"]["amplify"], values=values)


def review(who: Colleague) -> Shown:
    """Show one post or link with the questions of the checklist."""
    there, trail = _there(who), ((str(who.words["menu"]["amplify"]), who.path(PATH)),)
    if there is None:
        return Shown(
            template="message.html",
            title=who.words["amplify"]["gone"],
            values={"text": "", "detail": ""},
            status=HTTPStatus.NOT_FOUND,
            trail=trail,
        )
    team, whose = who.team, _whose(who, [there])
    values = {
        "line": _line(who, there, whose),
        "text": there.text,
        "media": there.media,
        "mine": there.first is not None and team.same(there.first, who.by),
        "open": there.state in QUEUE,
        "retractable": there.state in _OUT,
        "again": there.state in (ReviewState.FAILED, ReviewState.UNCERTAIN),
        "questions": checklist.asked(who, questions(known=there.known), _about(who, there, whose)),
        "answers": checklist.choices(who),
        "ways": []
        if there.is_link
        else [(way, checklist.label(who, f"amplify_{way}")) for way in WAYS],
        "reject": checklist.label(who, "amplify_reject"),
    }
    title = _titled(who, there, whose)
    return Shown(template="amplify_one.html", title=title, values=values, trail=trail)


def decided(who: Colleague, form: Mapping[str, str]) -> Elsewhere:
    """Do what a button of the page says. Raises `UsageError` as the functions that decide."""
    there, act = _there(who), _ACTS.get(form.get("act", ""))
    if there is None or act is None:
        raise Missing("there is no such post, or no such decision; load the page anew")
    return done(who, act(who, there, form), PATH, str(there.id))


def _answer(who: Colleague, there: Review, form: Mapping[str, str]) -> str:
    answers = checklist.answered(form, questions(known=there.known))
    way = form.get("way", WAYS[0])
    if way not in WAYS:
        raise UsageError(f"say whether it is a {' or a '.join(WAYS)}", "review_way")
    decision = reviews.approve(who.services, there.id, answers, who.by, who.now, way)
    return f"review_{decision.state.word}"


def _reject(who: Colleague, there: Review, _form: Mapping[str, str]) -> str:
    return f"review_{reviews.reject(who.services, there.id, who.by, who.now).state.word}"


def _withdraw(who: Colleague, there: Review, _form: Mapping[str, str]) -> str:
    return f"review_{reviews.withdraw(who.services, there.id, who.by, who.now).state.word}"


_ACTS: Mapping[str, Callable[[Colleague, Review, Mapping[str, str]], str]] = {
    "answer": _answer,
    "reject": _reject,
    "withdraw": _withdraw,
}


def _there(who: Colleague) -> Review | None:
    return who.services.store.amplify.get(numbered(who.parts["number"]))


Whose = Mapping[int, str]
"""What the makers of pledges are called, by the pledge's number."""


def _whose(who: Colleague, reviews: Iterable[Review]) -> Whose:
    pledges = who.services.store.pledges.several({each.pledge for each in reviews})
    return {pledge.id: pledge.organisation or pledge.name for pledge in pledges}


def _line(who: Colleague, there: Review, whose: Whose) -> dict[str, object]:
    return {
        "title": _titled(who, there, whose),
        "state": who.words["reviews"][there.state.word],
        "url": there.url if there.url.startswith(("https://", "http://")) else "",
        "path": who.path(PATH, str(there.id)),
        "text": there.text,
        "error": there.error or "",
    }


def _about(who: Colleague, there: Review, whose: Whose) -> dict[str, object]:
    network = who.network(there.network) if there.network else ""
    return {
        "author": there.author,
        "network": network,
        "organisation": whose.get(there.pledge, ""),
    }


def _titled(who: Colleague, there: Review, whose: Whose) -> str:
    said = who.words["amplify"]["link_of" if there.is_link else "post_of"]
    network = who.network(there.network)
    return filled(said, whose=whose.get(there.pledge) or there.author, network=network)
