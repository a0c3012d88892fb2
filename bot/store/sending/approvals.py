"""What staff approved, frozen: text, picture and alt text per network with a digest, by whom and
when.
"""

import hashlib
from dataclasses import replace
from typing import Any, ClassVar

from typing_extensions import override

from bot.model import DeliveryKey, Rendered
from bot.model.outbox import Approval
from bot.model.staff import Actor
from bot.model.who import Purpose, Who
from bot.store.topic import Personal, Topic


def digest(body: Rendered) -> str:
    """Return a digest of a post: of its text or thread, its picture's bytes, its alt text and the
    answers to the safeguarding checklist that were given for it.
    """
    parts = [body.text.encode(), *(f"thread: {text}".encode() for text in body.thread)]
    if body.picture is not None:
        parts += [body.picture.data, body.picture.alt.encode()]
        if body.picture.vouched:
            parts.append(body.picture.vouched.encode())
    return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def digests(body: Rendered) -> tuple[str, ...]:
    """Return the digests under which a post may have been approved: its own, and that of its
    picture's file, which versions before pictures were made ready kept.
    """
    if body.picture is None or not body.picture.original:
        return (digest(body),)
    as_read = replace(body.picture, data=body.picture.original)
    return digest(body), digest(replace(body, picture=as_read))


class Approvals(Topic):
    """The posts that staff approved, as they were then."""

    PERSONAL: ClassVar[Personal] = {
        Purpose.STAFF: {
            "approval": ("approved_by",),
        }
    }

    @override
    def forget(self, who: Who, now: int) -> int:
        # what was approved stays approved
        self._unsign(who, "approval", "approved_by")
        return 0

    def freeze(self, key: DeliveryKey, body: Rendered, approved_by: Actor, now: int) -> str:
        """Store what was approved, in place of an earlier approval of the same post; return its
        digest.
        """
        frozen = digest(body)
        self._database.execute(
            "INSERT INTO approval (occurrence, channel, text, picture, alt, digest, approved_by,"
            " at) VALUES (:occurrence, :channel, :text, :picture, :alt, :digest, :by, :at) ON"
            " CONFLICT (occurrence, channel) DO UPDATE SET text = excluded.text, picture ="
            " excluded.picture, alt = excluded.alt, digest = excluded.digest, approved_by ="
            " excluded.approved_by, at = excluded.at",
            {
                "occurrence": key.occurrence,
                "channel": key.channel,
                "text": body.whole,
                "picture": str(body.picture.path.name) if body.picture else None,
                "alt": body.picture.alt if body.picture else None,
                "digest": frozen,
                "by": approved_by,
                "at": now,
            },
        )
        return frozen

    def find(self, occurrence: int, channel: int) -> Approval | None:
        """Return the approval of this post, or None."""
        return self._database.first(
            _approval,
            "SELECT text, picture, alt, digest, approved_by, at FROM approval WHERE occurrence ="
            " :occurrence AND channel = :channel",
            {"occurrence": occurrence, "channel": channel},
        )

    def drop(self, key: DeliveryKey) -> None:
        """Delete an approval, because what would go out is not what was approved."""
        self._database.execute(
            "DELETE FROM approval WHERE occurrence = :occurrence AND channel = :channel",
            {"occurrence": key.occurrence, "channel": key.channel},
        )


def _approval(*, approved_by: str, **columns: Any) -> Approval:
    return Approval(approved_by=Actor(approved_by), **columns)
