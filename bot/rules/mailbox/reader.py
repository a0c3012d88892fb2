"""What kind of message it is, and all that is in it: structure first, words as support."""

from collections.abc import Iterator

from bot.model.mail import Bounce, Mail, Received, Verdict
from bot.rules.mailbox import fields, machines, prose, quoted
from bot.rules.mailbox.opened import RETURNED, Opened, is_file, opened, said
from bot.rules.mailbox.verdict import judge

MOST = 262_144
"""Bytes of a message that are read: what a report says stands before the letter it returns."""

_WORDS = 300
"""Most characters of a server's words that are told."""

_REPORTED = frozenset({"failed", "delayed"})
_CAME_TO = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-delivered-to")
_ANSWERS = ("in-reply-to", "references", "x-failed-recipients")
_RECEIPT = "message/disposition-notification"
_COMPLAINT = "message/feedback-report"


def read(data: bytes) -> Received:
    """Return what a message is. Whatever it is made of, this ends soon and raises nothing."""
    there = opened(data[:MOST])
    if there is None:
        return Received(kind=Mail.MACHINE)
    bounces = tuple(_bounces(there))
    kind = Mail.REPORT if bounces else _kind(there)
    return Received(
        kind=kind,
        sender=next(iter(there.addresses("from")), ""),
        subject=there.field("subject")[:200],
        to=tuple(each for name in _CAME_TO for each in there.addresses(name)),
        id=there.field("message-id")[:400],
        traces=tuple(_traces(there)),
        bounces=bounces,
        text=_written(there) if kind is Mail.PERSON else "",
        attached=any(is_file(part) for part in there.parts),
    )


def _kind(there: Opened) -> Mail:
    # a receipt that says that it was read, or a report of which nothing can be told
    reports = there.message.get_content_subtype() == "report"
    return Mail.MACHINE if reports or there.statuses else machines.kind(there)


def _bounces(there: Opened) -> Iterator[Bounce]:
    if there.statuses:
        yield from _of_fields(there)
    elif any(True for _ in there.of_type(_COMPLAINT)):
        yield from _refused(there, "called spam")
    elif any(True for _ in there.of_type(_RECEIPT)):
        # mail programs send receipts; a filter rejects by one
        if "reject" in f"{there.field('auto-submitted')} {there.field('subject')}".lower():
            yield from _refused(there, "refused by a filter")
    elif machines.is_daemon(there) and prose.tells_of_failure(
        f"{there.field('subject')}\n{_readable(there)}"
    ):
        yield from _of_prose(there)


def _of_fields(there: Opened) -> Iterator[Bounce]:
    text = _readable(there)
    for part in there.statuses:
        for block in fields.blocks(part):
            names = tuple(filter(None, (block.final, block.original)))
            about = prose.said_of(block.final, text) or prose.said_of(block.original, text)
            # Sendmail keeps the answer to its farewell
            answer = "" if block.diagnostic.lower().startswith("221 ") else block.diagnostic
            if block.action not in _REPORTED and block.action:
                continue
            verdict = judge(answer, block.status, about, names)
            if verdict is Verdict.HARD and not there.is_whole:
                verdict = Verdict.SOFT  # who knows what it went on to say
            yield Bounce(
                address=block.final or block.original,
                original=block.original,
                verdict=verdict,
                final=block.action == "failed",
                words=(answer or about)[:_WORDS],
            )


def _of_prose(there: Opened) -> Iterator[Bounce]:
    text = _readable(there)
    ours = [each for name in _CAME_TO for each in there.addresses(name)]
    named = there.addresses("x-failed-recipients") or prose.failed(text, ours)
    for address in named:
        about = prose.said_of(address, text)
        yield Bounce(
            address=address,
            verdict=judge("", None, about, (address,)),
            final=not prose.tries_on(text),
            words=about[:_WORDS],
        )


def _refused(there: Opened, why: str) -> Iterator[Bounce]:
    """Yield that somebody, or their filter, wants no letters of ours."""
    returned = there.returned
    to = said(returned, "to") if returned is not None else ""
    yield Bounce(address=to.strip("<>").lower(), verdict=Verdict.REFUSES, final=True, words=why)


def _readable(there: Opened) -> str:
    return there.text or quoted.from_html(there.html)


def _written(there: Opened) -> str:
    return quoted.own(there.text) or quoted.own(quoted.from_html(there.html))


def _traces(there: Opened) -> Iterator[str]:
    """Yield all that may say whose letter it is about, the surest first."""
    for name in _CAME_TO:
        yield from there.addresses(name)
    for name in _ANSWERS:
        yield from there.field(name).split(" ")[-20:]
    returned = there.returned if any(True for _ in there.of_type(*RETURNED)) else None
    if returned is not None:
        for name in ("message-id", "list-unsubscribe", "return-path", "to"):
            yield said(returned, name)
    for part in there.statuses:
        yield from fields.envelope_ids(part)
