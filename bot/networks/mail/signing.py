"""Signatures by which other servers know that a letter is ours (DKIM, RFC 6376).

Mostly the mail server signs. Where it doesn't, a key of the operator's does: last of all, over the
bytes as they leave, both List-Unsubscribe fields among them, since one-click unsubscribing is shown
for nothing less (RFC 8058).
"""

import re

import dkim

from bot.model import Secret

_SIGNED = (
    *("from", "to", "cc", "reply-to", "subject", "date", "message-id", "auto-submitted"),
    *("mime-version", "content-type", "content-transfer-encoding", "content-language"),
    *("list-unsubscribe", "list-unsubscribe-post"),
)
_NAME = re.compile(rb"(?m)^([!-9;-~]+):")


class Signer:
    """Signs for one domain. Raises `ValueError` for a key that is none."""

    def __init__(self, key: Secret, selector: str, domain: str) -> None:
        # the library reads no PEM with the line ends of Windows
        self._key = key.reveal().replace("\r\n", "\n").encode()
        self._selector = selector.encode("ascii")
        self._domain = domain.encode("ascii")
        try:
            self.signed(b"From: a@b.example\r\n\r\n")
        except (dkim.DKIMException, ValueError):  # the latter for broken Base64
            wrong = "is no private RSA key in PEM"
        else:
            return
        raise ValueError(wrong)

    def signed(self, content: bytes) -> bytes:
        """The mail with its signature above it.

        What isn't there is not signed for: mailing lists add fields of their own.
        """
        head = content.partition(b"\r\n\r\n")[0]
        names = {name.lower() for name in _NAME.findall(head)}
        fields = [name.encode() for name in _SIGNED if name.encode() in names]
        signature = dkim.sign(
            content,
            self._selector,
            self._domain,
            self._key,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=fields,
        )
        return bytes(signature) + content
