"""A real mail server on 127.0.0.1 that keeps what it takes.

It is aiosmtpd 1.4.6. Follows what was seen of exim 4.96: who refuses a mailbox names it in the
answer, on several lines. Leaves out: TLS and logins (`test_certificates.py` has them), letters that
come back later, and any limit that a test doesn't set.
"""

import email
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

from fakes.base import free_port


class PostOffice:
    """Takes every mail; with `hang_up`, takes the next one and says nothing."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.hang_up = False
        #: mailboxes that are not there
        self.refuses: set[str] = set()
        self.port = free_port()

    @property
    def url(self) -> str:
        """Its address for Apprise; its own recipient never gets what is for one person."""
        return (
            f"mailto://127.0.0.1:{self.port}?from=bot@campaign.example&to=nobody@campaign.example"
        )

    def to(self, address: str) -> list[EmailMessage]:
        """What came for this address, in order."""
        return [mail for mail in self.mails if mail["To"] == address]

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address in self.refuses:
            return (
                f"550-5.1.1 <{address}>: Recipient address rejected:\r\n"
                "550 5.1.1 User unknown in virtual mailbox table"
            )
        envelope.rcpt_tos.append(address)
        return "250 OK"

    # the hook's name
    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append(email.message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
        if self.hang_up:
            self.hang_up = False
            server.transport.abort()
        return "250 OK"


@contextmanager
def post_office() -> Iterator[PostOffice]:
    """The running server."""
    office = PostOffice()
    controller = Controller(office, hostname="127.0.0.1", port=office.port)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()


def text_of(mail: EmailMessage) -> str:
    """The plain text, with plain line ends."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n").strip()
