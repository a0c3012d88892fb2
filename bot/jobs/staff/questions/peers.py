"""Questions to the makers of a pledge with a public result: staff read each before it is passed on,
and what comes back before it reaches who asked.

::

    asked on a page, or in the chat ──► staff ── pass it on ──► the pledge's editors, in the chat or
                                        │ ▲                     by letter, as any other news
                                        │ └── an answer, a no, or 14 days of silence ──┘
                                        └── pass the answer on, write one, or refuse ──► who asked

Makers learn how to reach who asks only where these wish it, and who asks learns nothing of them but
their answer.
"""

from datetime import datetime

from bot.errors import Missing, Overtaken, UsageError
from bot.jobs.services import Services
from bot.jobs.staff.questions import answers
from bot.jobs.texts import letters, news, notes
from bot.jobs.texts.asking import peers as texts
from bot.model.person import Question
from bot.model.pledge import PledgeState
from bot.model.pledges.peers import MOST_A_DAY, MOST_WAITING, Peer
from bot.model.public import PublicPledge
from bot.model.staff import Actor
from bot.model.staff.audit import Verb
from bot.model.subject import Asked
from bot.rules.reading import typed
from bot.times import DAY, epoch


def is_asked(services: Services, pledge: PublicPledge) -> bool:
    """Return whether something can be asked of the makers of a public pledge: its result is public,
    its campaign is active, somebody answers for what is kept, and news reach its editors.
    """
    return (
        bool(pledge.scale_up)
        and services.settings.privacy is not None
        and not services.rehearsal
        and pledge.campaign in {campaign.id for campaign in services.active}
        and bool(news.hearers(services, pledge.number))
    )


def tells_of_danger(services: Services, text: str, language: str) -> bool:
    """Return whether a text says, among other things or not, that a child is in danger."""
    return typed.tells_of_danger(text, services.renderer.chat.phrases(language))


def home(services: Services, channel: int, address: str) -> tuple[int, str]:
    """Return the channel and the address by which somebody is known who writes to this address, so
    that what they ask is told and forgotten with them; those given for a stranger.
    """
    known = letters.known(services, address)
    if known is None:
        return channel, address
    return known[0], services.store.people.address(known[1]) or address


def is_full(services: Services, pledge: int, channel: int, address: str, now: datetime) -> bool:
    """Return whether so many questions about a pledge wait, or so many came from this address
    today, that no other is taken.
    """
    if services.store.peers.count(pledge) >= MOST_WAITING:
        return True
    mine = services.store.inbox.of_address(channel, address)
    asked = [each for each in mine if each.peer is not None and each.at > epoch(now) - DAY]
    return len(asked) >= MOST_A_DAY


def ask(
    services: Services,
    pledge: int,
    channel: int,
    address: str,
    language: str,
    text: str,
    now: datetime,
    *,
    contact: str = "",
    secret: str = "",
) -> int:
    """Keep a question to the makers of a pledge; return its number. `contact` is how these may
    reach who asks, '' for not at all; who has a `secret` can look at it, and take it back.
    """
    with services.store.transaction():
        number = services.store.inbox.ask(channel, address, language, text, epoch(now))
        services.store.peers.add(number, pledge, contact, secret)
    return number


def take_back(services: Services, question: int, now: datetime) -> None:
    """Delete a question at the wish of who asked."""
    services.store.peers.remove(question)
    services.store.forgotten.leave_traces(epoch(now))


def pass_on(services: Services, number: int, by: Actor, now: datetime) -> None:
    """Pass a question on to the makers. Raises `Overtaken` where it was before, `UsageError` where
    nobody would be reached.
    """
    store = services.store
    with store.transaction():
        question, peer = _open(services, number)
        if peer.passed is not None:
            raise Overtaken(
                f"question {number} was passed on to its makers already; `drumbeat inbox list` says"
                " whether they have answered, and `drumbeat inbox pass --reply` passes that on"
            )
        _send(services, question, peer, now)
        store.audit.note(by, Verb.QUESTION_PASSED, epoch(now), number)


def pass_back(services: Services, number: int, by: Actor, now: datetime) -> None:
    """Pass the makers' answer on to who asked. Raises `UsageError` where there is none, or their
    pledge is not public any more.
    """
    with services.store.transaction():
        _, peer = _open(services, number)
        if not peer.reply or not stands(services, peer):
            raise UsageError(
                f"question {number}: its makers have given no answer that could be passed on;"
                " `drumbeat inbox answer` writes one, `drumbeat inbox refuse` says that there is"
                " none",
                "no_reply",
            )
        answers.give(services, number, peer.reply, by, now)


def refuse(services: Services, number: int, by: Actor, now: datetime) -> None:
    """Let who asked know that their question can't be answered, in words of ours. Raises
    `UsageError` where no such question waits.
    """
    with services.store.transaction():
        _open(services, number)
        services.store.inbox.answer(number, "", by, epoch(now))
        services.store.audit.note(by, Verb.QUESTION_REFUSED, epoch(now), number)


def waiting(services: Services, number: int, person: int) -> Question | None:
    """Return a question that somebody is asked as the maker of a pledge; None where they aren't, or
    it has its answer.
    """
    return texts.waiting(services, number, person)


def reply(services: Services, number: int, person: int, text: str, now: datetime) -> bool:
    """Keep what a maker answers, '' for no answer, for staff to pass on; False where it waits for
    none of theirs.
    """
    with services.store.transaction():
        asked = waiting(services, number, person)
        return asked is not None and services.store.peers.reply(number, person, text, epoch(now))


def stands(services: Services, peer: Peer) -> bool:
    """Return whether the pledge that something is asked about is published."""
    pledge = services.store.pledges.get(peer.pledge)
    return pledge is not None and pledge.state is PledgeState.PUBLISHED


def page(services: Services, peer: Peer, language: str) -> str:
    """Return the address of the pledge's public page, '' for none."""
    pledge = services.store.pledges.get(peer.pledge)
    return notes.page(services, pledge, language) if pledge else ""


def _open(services: Services, number: int) -> tuple[Question, Peer]:
    question = services.store.inbox.question(number)
    if question is None or question.peer is None:
        raise Missing(
            f"there is no question {number} to the makers of a pledge; `drumbeat inbox list` has"
            " those that wait"
        )
    if question.answer is not None:
        raise Overtaken(f"question {number} has its answer already")
    return question, question.peer


def _send(services: Services, question: Question, peer: Peer, now: datetime) -> None:
    store = services.store
    pledge = store.pledges.get(peer.pledge)
    reached = set(news.hearers(services, peer.pledge))
    if pledge is None or not reached or not stands(services, peer):
        raise UsageError(
            f"question {question.id}: nothing reaches the makers of pledge {peer.pledge} now;"
            " `drumbeat inbox answer` answers it, `drumbeat inbox refuse` says that it can't be"
            " passed on",
            "unreachable",
        )
    store.peers.passed(question.id, epoch(now))
    news.bring(services, pledge, Asked(question.id), now, reached)
