"""What a mail server answers, in the words of real servers, is about one recipient, this mail or us."""

import pytest

from bot.errors import AccountRefused, Blocked, Busy, RateLimited, Refused, TryLater
from bot.networks.mail.answers import Answer, Step, failure

ANN = "ann.lee@example.net"

US = [
    "550 5.7.1 Service unavailable, client host [192.0.2.1] blocked using zen.example.org",
    "550 5.7.26 This mail has been blocked because the sender is unauthenticated (DMARC)",
    "554 5.7.1 <ann.lee@example.net>: Relay access denied",
    "550 relay not permitted",
    "554 Your message looks like spam",
    "571 Delivery not authorized",
    "550 5.1.8 Sender's domain has no MX",
    "550 5.7.1 User unknown to our policy server",
    "550 5.1.1 Blocked: unsolicited mail of unknown users",
    "553 sorry, that domain isn't in my list of allowed rcpthosts; relaying denied",
]
GONE = [
    "550 5.1.1 <ann.lee@example.net>: Recipient address rejected: User unknown",
    "550-5.1.1 The account that you tried to reach does not exist.\n550 5.1.1 Try double-checking",
    "550 No such user here",
    "550 Requested action not taken: mailbox unknown",
    "550 5.2.1 The account is disabled",
    "550 5.1.10 RESOLVER.ADR.RecipientNotFound",
    "550 #5.1.1 unknown user",
    "550 5.1.1 <spam.block@example.net>: User unknown in relay recipient table",
]
WAITS = [
    "552 5.2.2 Over quota",
    "452 4.2.2 The email account that you tried to reach is over quota",
    "550 Mailbox quota exceeded",
    "552 Requested mail action aborted: exceeded storage allocation",
    "451 4.7.1 Greylisted, please try again in 300 seconds",
    "450 4.2.0 <ann.lee@example.net>: Recipient address rejected: Greylisted",
    "452 try again later",
    "450 4.2.1 The user you are trying to contact is receiving mail at a rate that prevents it",
    "550-5.2.1 The user you are trying to contact is receiving mail at a rate that\n550 prevents it",
]
TOO_MUCH = [
    "450 4.7.1 Error: rate limit exceeded",
    "450 rate limit exceeded",
    "421 4.7.28 Our system has detected an unusual rate of mail",
    "452 4.5.3 Too many messages in this session",
    "550 5.4.5 Daily sending quota exceeded",
]
THIS_MAIL = [
    "552 5.3.4 Message size exceeds fixed limit",
    "552 message too large",
    "554 5.6.0 Message headers malformed",
    "554 5.4.6 Too many hops",
    "550 5.1.0 Address rejected",
    "554 Transaction failed",
]


def failed(said, *, step=Step.RECIPIENT, person=ANN):
    return failure(Answer(code=int(said[:3]), words=said[4:], step=step, person=person))


@pytest.mark.parametrize("step", [Step.RECIPIENT, Step.CONTENT])
@pytest.mark.parametrize(
    ("said", "kind"),
    [
        *((said, AccountRefused) for said in US),
        *((said, Blocked) for said in GONE),
        *((said, Busy) for said in WAITS),
        *((said, RateLimited) for said in TOO_MUCH),
        *((said, Refused) for said in THIS_MAIL),
        ("421 4.3.2 System shutting down", TryLater),
        ("452 4.3.1 Insufficient system storage", TryLater),
        ("451 4.3.0 Temporary lookup failure", TryLater),
        ("535 5.7.8 Authentication credentials invalid", AccountRefused),
        ("530 5.7.0 Must issue a STARTTLS command first", AccountRefused),
    ],
)
def test_an_answer_means_one_recipient_this_mail_or_us(said, kind, step):
    error = failed(said, step=step)
    assert type(error) is kind, repr(error)


@pytest.mark.parametrize("said", [*US, *GONE])
def test_of_a_post_nobody_is_taken_for_gone(said):
    assert type(failed(said, person=None)) in (Refused, AccountRefused)
    assert type(failed(said, step=Step.CONTENT, person=None)) is Refused


@pytest.mark.parametrize("step", [Step.CONNECT, Step.SENDER])
def test_what_is_refused_before_a_recipient_is_named_is_about_us_or_passes(step):
    assert type(failed("554 5.7.1 No SMTP service here", step=step)) is AccountRefused
    assert type(failed("550 5.1.1 unknown user or mailbox", step=step)) is AccountRefused
    assert type(failed("450 4.2.2 busy", step=step)) is TryLater
    assert type(failed("552 5.3.4 too big", step=step)) is Refused


def test_a_full_mailbox_is_asked_hours_later_and_a_grey_list_minutes_later():
    assert failed("552 5.2.2 full").wait >= 3_600
    assert 60 <= failed("451 4.7.1 Greylisted").wait <= 900


def test_who_counts_by_days_is_left_alone_for_longer():
    day, minute = failed("550 5.4.5 Daily sending quota exceeded"), failed("450 rate limit")
    assert day.retry_after > minute.retry_after


def test_the_servers_own_words_are_told_without_any_address():
    said = (
        "550 5.7.1 <Ann.Lee@example.net>, ann.lee and us@campaign.example:\n  blocked using a.list"
    )
    told = str(failed(said))
    assert told.startswith("the mail server answered 550 5.7.1 <(the address)>")
    assert "blocked using a.list" in told
    assert "ann" not in told.lower()
    assert "@" not in told
    assert len(str(failed("550 " + "x" * 5_000))) < 400


def test_what_a_server_says_in_letters_of_its_own_system_can_be_told_and_kept():
    said = b"552 5.2.2 bo\xeete aux lettres pleine\x1b[31m".decode("utf-8", "surrogateescape")
    told = str(failed(said))
    assert "bo\ufffdte aux lettres pleine [31m" in told
    assert told.encode("utf-8")
