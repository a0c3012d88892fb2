"""What follows from a report of a mail server.

==========  ============================================================================
hard        the person is blocked, as where the server said so at once
soft        noted; the next letter goes out as ever
us          an alarm, since it will be said of other letters too; nobody is stopped
refuses     noted; staff see it and decide
==========  ============================================================================

It counts only where it proves which letter of the last weeks it is about, and *hard* only of the
very address to which that went: who forwards their mail has a mailbox, whatever became of another.
"""

import logging
from datetime import datetime, timedelta

from bot.jobs.mailbox import whose
from bot.jobs.mailbox.whose import Sent
from bot.jobs.services import Services
from bot.model.mail import Bounce, Received, Verdict
from bot.model.person import AWAY, Status
from bot.networks.mail.answers import told
from bot.rules.alerts import LettersFailed
from bot.times import epoch

log = logging.getLogger(__name__)

LATELY = timedelta(days=14)
"""How long after a letter a report about it may come: servers give up within a week."""


def take(services: Services, received: Received, now: datetime) -> bool:
    """Do what follows from a report, within the caller's transaction; return whether it is about
    a letter of ours.
    """
    sent = whose.of(services, received, now)
    if sent is None or sent.at is None or sent.at < epoch(now - LATELY):
        return False
    # a report about several has a verdict for each
    about = [b for b in received.bounces if b.is_about(sent.address)] or received.bounces[:1]
    for bounce in about:
        _take(services, sent, bounce, epoch(now))
    return True


def _take(services: Services, sent: Sent, bounce: Bounce, moment: int) -> None:
    words = told(bounce.words, sent.address)
    if bounce.verdict is Verdict.US:
        _tell(services, sent.channel, words, moment)
    elif bounce.final:
        gone = bounce.dead and bounce.is_about(sent.address)
        verdict = bounce.verdict if gone or bounce.verdict is not Verdict.HARD else Verdict.SOFT
        services.store.mailbox.returns(sent.person, verdict, words, moment)
        if gone:
            _block(services, sent.person)


def _block(services: Services, person: int) -> None:
    """Write to somebody no more, who may have left meanwhile."""
    for status in Status:
        if status not in AWAY and services.store.people.change(person, status, Status.BLOCKED):
            log.info("the mailbox of person %d is not there: nothing more is sent to it", person)


def _tell(services: Services, channel: str, words: str, moment: int) -> None:
    """Alarm staff that letters are refused for what is ours."""
    text = (
        f"letters on {channel} come back for a reason that is ours: {words}. Their people stay in"
        " the list; look at the mail server, its SPF, DKIM and DMARC, and at block lists"
    )
    alarm = LettersFailed(subject=channel, text=text, words=words)
    if services.store.alerts.open(alarm, moment):
        log.warning("%s", text)
