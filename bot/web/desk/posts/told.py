"""Sentences about a text on a channel: how long it is, what is too long, and what was answered
about its picture.
"""

from collections.abc import Iterable

from bot.gaps import filled
from bot.jobs.staff import posting
from bot.model.channel import Excess, Limits
from bot.text import measure
from bot.web.desk.colleague import Colleague


def parts(who: Colleague, channel: str, posts: Iterable[str]) -> list[tuple[str, str]]:
    """Return each post of a thread, with its length as the channel's network counts it."""
    limits = posting.limits_of(who.services, channel)
    return [(post, _length(who, post, limits) if limits else "") for post in posts]


def _length(who: Colleague, post: str, limits: Limits) -> str:
    count, most = measure(post, limits), limits.length
    return filled(who.words["post"]["length"], count=who.number(count), most=who.number(most))


def excesses(who: Colleague, over: Iterable[Excess]) -> list[str]:
    """Return a sentence for each post that is too long."""
    return [_excess(who, each) for each in over]


def _excess(who: Colleague, excess: Excess) -> str:
    kind = "caption" if excess.caption else "bytes" if excess.bytes else "length"
    numbers = {
        "post": excess.post,
        "count": excess.count,
        "most": excess.most,
        "less": excess.count - excess.most,
    }
    said = {name: who.number(number) for name, number in numbers.items()}
    return filled(who.words["post"]["over"][kind], **said)


def answers(vouched: str) -> dict[str, str]:
    """Return the answers to the safeguarding checklist by the ids of their questions."""
    pairs = (pair.partition("=") for pair in vouched.split())
    return {name: answer for name, _, answer in pairs}


def vouched(who: Colleague, given: str) -> list[tuple[str, str]]:
    """Return question and answer of the safeguarding checklist, as people read them."""
    words = who.words["compose"]
    return [(words[name], words["answers"][answer]) for name, answer in answers(given).items()]
