"""Letters that answer what came to the mailbox: those that a program writes, and what staff say to
a question.

They wait in a table of their own, and each makes its text when it leaves. One that the mail server
doesn't take now is tried again a few times.
"""

from datetime import datetime, timedelta

from bot.jobs.people import safety
from bot.jobs.services import Services
from bot.jobs.texts import letterhead, letters
from bot.model import DeliveryKey, Letter, Message, Rendered
from bot.model.mail import Answering, Reply
from bot.model.shared import ChildHelpline
from bot.networks.mail import tries
from bot.render.letter import Draft, Own
from bot.rules.tokens import Purpose
from bot.times import epoch, from_epoch

_LONGEST_SUBJECT = 150

_FRESH = timedelta(days=3)
"""How long after a message a program still answers it: not after a restore of an old file."""


async def run(services: Services, now: datetime) -> None:
    """Let the letters leave that are due, those about a child first."""
    if services.rehearsal:
        return
    _gather(services, now)
    due = services.store.mail_answers.due(epoch(now))
    for letter in sorted(due, key=lambda each: each.kind is not Reply.DANGER):
        await _send(services, letter, now)


def _gather(services: Services, now: datetime) -> None:
    """Let what staff answered to questions leave by letter, where they came so."""
    store = services.store
    for name, number in services.channel_ids.items():
        channel = services.settings.channels.get(name)
        if channel is None or letters.kind(channel.network) != letters.MAIL:
            continue
        for question in store.inbox.untold_answers(number):
            subject, thread = store.mail_answers.thread(question.id)
            store.mail_answers.put(
                Reply.ANSWERED,
                number,
                question.address,
                question.language,
                epoch(now),
                subject=subject,
                thread=thread,
                person=store.people.spelled(number, question.address),
                question=question.id,
            )


async def _send(services: Services, letter: Answering, now: datetime) -> None:
    async def send() -> None:
        name = services.channel_names.get(letter.channel)
        network = services.networks.get(name or "")
        draft = _draft(services, letter, now)
        ends = name in services.dry or letter.tries >= tries.MOST
        if network is not None and draft is not None and not ends:
            await network.send(_message(services, letter, draft))

    put_off = services.store.mail_answers.put_off
    if await tries.leaves(letter, "an answer to a letter", send, put_off, now):
        _left(services, letter, now)


def _left(services: Services, letter: Answering, now: datetime) -> None:
    with services.store.transaction():
        services.store.mail_answers.left(letter.id)
        if letter.question is not None:
            services.store.inbox.answer_left(letter.question, epoch(now))


def _draft(services: Services, letter: Answering, now: datetime) -> Draft | None:
    """Return what a letter says; None where there is nothing to say any more. Raises
    `RenderError`.
    """
    stale = from_epoch(letter.at) < now - _FRESH and letter.kind is not Reply.ANSWERED
    if stale or not services.active:
        return None
    match letter.kind:
        case Reply.STOP:
            return _of_stop(services, letter, now)
        case Reply.DANGER:
            said = _of_danger(services, letter)
        case Reply.TAKEN:
            said = [_page(services, letter, "taken")]
        case Reply.ANSWERED:
            said = _of_answer(services, letter)
    return _drafted(letter, said) if said else None


def _of_stop(services: Services, letter: Answering, now: datetime) -> Draft | None:
    """Say how letters stop: by a page that asks, since programs follow links."""
    if letter.person is None or services.store.people.address(letter.person) != letter.address:
        return None
    link = letters.link(services, Purpose.UNSUBSCRIBE, letter.person, now=epoch(now))
    return _drafted(
        letter, [_page(services, letter, "stop", leave=link)], Own(buttons=(link,), quiet=())
    )


def _of_danger(services: Services, letter: Answering) -> list[str]:
    said = [_page(services, letter, "danger")]
    for line in _helplines(services, letter):
        block = "danger_line_hours" if line.hours else "danger_line"
        values = {"name": line.name, "number": line.number, "hours": line.hours}
        said.append(_page(services, letter, block, **values))
    said.append(_page(services, letter, "danger_others"))
    contact = safety.contact(services)
    if contact is None:
        return [*said, _page(services, letter, "danger_not_told")]
    name, days = contact
    return [*said, _page(services, letter, "danger_told", contact=name, days=days)]


def _helplines(services: Services, letter: Answering) -> tuple[ChildHelpline, ...]:
    contact = services.store.contacts.get(letter.person) if letter.person is not None else None
    known = services.library.shared.helplines or ()
    return tuple(each for each in known if contact and each.country == contact.country)


def _of_answer(services: Services, letter: Answering) -> list[str]:
    asked = services.store.inbox.of_address(letter.channel, letter.address)
    question = next((each for each in asked if each.id == letter.question), None)
    if question is None or question.answer is None:
        return []
    values = {"question": question.text, "answer": question.answer}
    return [_page(services, letter, f"answered{question.told_as}", **values)]


def _page(services: Services, letter: Answering, block: str, **values: object) -> str:
    return services.renderer.page(
        "mail/answer", block, language=letter.language, fallback="en", variables=values
    ).text


def _drafted(letter: Answering, said: list[str], own: Own | None = None) -> Draft:
    subject = letter.subject[:_LONGEST_SUBJECT]
    if subject and not subject.lower().startswith("re:"):
        subject = f"Re: {subject}"
    return Draft(
        subject=subject,
        language=letter.language,
        body=tuple(said),
        own=own or Own(buttons=(), quiet=()),
    )


def _message(services: Services, letter: Answering, draft: Draft) -> Message:
    campaign = services.active[0]
    head = letterhead.Head(
        campaign=campaign,
        privacy=services.settings.privacy,
        organisation="",
        helplines=_helplines(services, letter),
    )
    whole = letterhead.framed(services.renderer, head, draft)
    return Message(
        # below zero, where letters to staff have no number
        key=DeliveryKey(occurrence=0, channel=letter.channel, recipient=-letter.id),
        address=letter.address,
        body=Rendered(text=whole.text, language=letter.language),
        since=from_epoch(letter.at),
        letter=Letter(
            subject=draft.subject or whole.title,
            reply_to=campaign.contact or None,
            sender=whole.title,
            html=whole.html,
            answers=letter.thread,
        ),
    )
