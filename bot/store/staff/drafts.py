"""Posts that members of staff have begun, and the pictures that they give to posts of their own.

A picture is kept once, by the hash of its bytes, for as long as a draft or a post that has not
ended long ago needs it.
"""

import json
from hashlib import sha256
from typing import Any, ClassVar

from typing_extensions import override

from bot.model.message import ReadyPicture
from bot.model.staff import POST
from bot.model.staff.drafts import MOST, Draft, KeptPicture, OwnPicture
from bot.model.subject import MARK
from bot.model.who import Keep, Purpose, Who
from bot.store.topic import Export, Personal, Topic
from bot.times import DAY, iso

LASTS = 90
"""Days for which a draft is kept after its author's last change."""

_PICTURES = 30
"""Days for which the picture of a post is kept after the end of its grace."""


class Drafts(Topic):
    """Drafts, each its author's own."""

    PERSONAL: ClassVar[Personal] = {Purpose.STAFF: {"draft": ("member",)}}

    @override
    def of(self, who: Who) -> Export:
        told = [
            {"campaign": each.campaign, "text": each.text, "at": iso(each.at)}
            for each in (self.all(who.member.name) if who.member is not None else ())
        ]
        return {"drafts": told} if told else {}

    @override
    def forget(self, who: Who, now: int) -> int:
        if who.member is None:
            return 0
        return self._database.execute(
            "DELETE FROM draft WHERE member = :name", {"name": who.member.name}
        )

    def all(self, member: str) -> list[Draft]:
        """Return a member's drafts, by campaign, the one that was changed last first."""
        return self._database.select(
            _draft,
            f"{_DRAFT} WHERE member = :member ORDER BY campaign, at DESC, id DESC LIMIT {MOST}",
            {"member": member},
        )

    def find(self, member: str, number: int) -> Draft | None:
        """Return a member's draft by its number; None where they have none of this number."""
        return self._database.first(
            _draft,
            f"{_DRAFT} WHERE id = :id AND member = :member",
            {"id": number, "member": member},
        )

    def put(self, draft: Draft, now: int) -> int:
        """Keep a draft, with number 0 as a new one; return its number."""
        values = {
            "member": draft.member,
            "campaign": draft.campaign,
            "text": draft.text,
            "channels": " ".join(draft.channels),
            "due": draft.due,
            "again": json.dumps(dict(draft.again), ensure_ascii=False),
            "picture": draft.picture.digest if draft.picture else "",
            "alt": draft.picture.alt if draft.picture else "",
            "vouched": draft.picture.vouched if draft.picture else "",
            "now": now,
        }
        if draft.id:
            self._database.execute(_PUT, {**values, "id": draft.id})
            return draft.id
        return int(self._database.value(_NEW, values))

    def drop(self, member: str, number: int) -> None:
        """Delete a draft that was sent, or that its author doesn't want any more."""
        self._database.execute(
            "DELETE FROM draft WHERE id = :id AND member = :member",
            {"id": number, "member": member},
        )

    @override
    def expire(self, now: int, keep: Keep) -> int:
        return self._database.execute(
            "DELETE FROM draft WHERE at <= :before", {"before": now - LASTS * DAY}
        )


_DRAFT = (
    "SELECT id, member, campaign, text, channels, due, again, picture, alt, vouched, at FROM draft"
)

_COLUMNS = "member, campaign, text, channels, due, again, picture, alt, vouched, at"
_VALUES = ":member, :campaign, :text, :channels, :due, :again, :picture, :alt, :vouched, :now"

_NEW = f"INSERT INTO draft ({_COLUMNS}) VALUES ({_VALUES}) RETURNING id"

_PUT = (
    f"INSERT INTO draft (id, {_COLUMNS}) VALUES (:id, {_VALUES}) ON CONFLICT (id) DO UPDATE SET"
    " campaign = excluded.campaign, text = excluded.text, channels = excluded.channels, due ="
    " excluded.due, again = excluded.again, picture = excluded.picture, alt = excluded.alt, vouched"
    " = excluded.vouched, at = excluded.at"
)


def _draft(
    *, channels: str, again: str, picture: str, alt: str, vouched: str, **columns: Any
) -> Draft:
    own = OwnPicture(digest=picture, alt=alt, vouched=vouched) if picture else None
    return Draft(channels=tuple(channels.split()), again=json.loads(again), picture=own, **columns)


class OwnPictures(Topic):
    """Pictures that staff gave to posts of their own, without anything that a camera wrote."""

    def keep(self, picture: ReadyPicture) -> str:
        """Keep a picture, and return the hash by which it is found."""
        digest = sha256(picture.data).hexdigest()
        self._database.execute(
            "INSERT INTO own_picture (digest, mime, data) VALUES (:digest, :mime, :data) ON"
            " CONFLICT (digest) DO NOTHING",
            {"digest": digest, "mime": picture.mime, "data": picture.data},
        )
        return digest

    def find(self, digest: str) -> tuple[bytes, str] | None:
        """Return a picture's bytes and media type, or None."""
        row = self._database.row(
            "SELECT data, mime FROM own_picture WHERE digest = :digest", {"digest": digest}
        )
        return (row[0], row[1]) if row else None

    def any(self) -> bool:
        """Return whether there is one at all."""
        return self._database.row("SELECT 1 FROM own_picture LIMIT 1") is not None

    def give(self, oneoff: int, picture: OwnPicture) -> None:
        """Give a picture to a post of this number."""
        self._database.execute(
            "INSERT INTO oneoff_picture (oneoff, digest, alt, vouched) VALUES (:oneoff, :digest,"
            " :alt, :vouched)",
            {"oneoff": oneoff, **vars(picture)},
        )

    def given(self, oneoff: int) -> bool:
        """Return whether the post of this number was given a picture."""
        given = {"oneoff": oneoff}
        sql = "SELECT 1 FROM oneoff_picture WHERE oneoff = :oneoff"
        return self._database.row(sql, given) is not None

    def of_post(self, oneoff: int) -> KeptPicture | None:
        """Return the picture of the post of this number; None where it has none."""
        return self._database.first(
            KeptPicture,
            "SELECT p.digest, p.alt, p.vouched, o.data, coalesce(o.mime, '') AS mime FROM"
            " oneoff_picture p LEFT JOIN own_picture o ON o.digest = p.digest WHERE p.oneoff ="
            " :oneoff",
            {"oneoff": oneoff},
        )

    @override
    def expire(self, now: int, keep: Keep) -> int:
        return self.tidy(now)

    def tidy(self, now: int) -> int:
        """Delete the pictures that neither a draft nor a post needs; return how many."""
        return self._database.execute(_TIDY, {"before": now - _PICTURES * DAY})


_TIDY = (
    "DELETE FROM own_picture WHERE NOT EXISTS (SELECT 1 FROM draft d WHERE d.picture ="
    " own_picture.digest AND d.picture <> '') AND NOT EXISTS (SELECT 1 FROM oneoff_picture p CROSS"
    " JOIN occurrence o CROSS JOIN channel c CROSS JOIN delivery d WHERE p.digest ="
    f" own_picture.digest AND o.action = '{POST}{MARK}' || CAST(p.oneoff AS TEXT) AND d.occurrence"
    " = o.id AND d.channel = c.id AND d.recipient = 0 AND d.expires > :before)"
)
