"""What staff write (texts in place of a post's own, one-off posts, announcements), and what they
are told in their chats.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from typing_extensions import override

from bot.model import State
from bot.model.outbox import Instance
from bot.model.outbox.broadcasts import Pace
from bot.model.person import Status
from bot.model.staff import ANNOUNCEMENT, Actor, Notice, OneOff, Whom, Wording
from bot.model.subject import Subject, Written
from bot.model.who import Keep, Purpose, Who
from bot.store.sending.scopes import in_groups
from bot.store.sequences import settled
from bot.store.states import listed
from bot.store.tally import reopen
from bot.store.topic import Export, Personal, Topic, signed
from bot.times import DAY, iso

STEP_ROWS = 10_000
"""People in one transaction when an announcement fans out."""


class Edits(Topic):
    """Texts that staff wrote for posts, by the occurrence's own key and the channel."""

    PERSONAL: ClassVar[Personal] = {
        Purpose.STAFF: {
            "edit": ("by_whom",),
        }
    }

    @override
    def forget(self, who: Who, now: int) -> int:
        # The text stays, since it is the secretariat's.
        self._unsign(who, "edit")
        return 0

    def put(self, about: Instance, channel: int, text: str, by: Actor, now: int) -> None:
        """Replace the text of one post."""
        self._database.execute(
            "INSERT INTO edit (campaign, action, audience, slot, channel, text, by_whom, at) VALUES"
            " (:campaign, :action, :audience, :slot, :channel, :text, :by, :now) ON CONFLICT"
            " (campaign, action, audience, slot, channel) DO UPDATE SET text = excluded.text,"
            " by_whom = excluded.by_whom, at = excluded.at",
            {**_key(about, channel), "text": text, "by": by, "now": now},
        )

    def find(self, about: Instance, channel: int) -> Wording | None:
        """Return what was written in the place of this post's text, or None."""
        return self._database.first(
            signed(Wording),
            "SELECT text, by_whom AS by FROM edit WHERE campaign = :campaign AND action = :action"
            " AND audience = :audience AND slot = :slot AND channel = :channel",
            _key(about, channel),
        )


def _key(about: Instance, channel: int) -> dict[str, object]:
    return {
        "campaign": about.campaign,
        "action": about.action,
        "audience": int(about.audience),
        "slot": about.slot,
        "channel": channel,
    }


class OneOffs(Topic):
    """Posts and announcements that stand in no calendar."""

    PERSONAL: ClassVar[Personal] = {
        Purpose.STAFF: {
            "oneoff": ("by_whom",),
        }
    }

    @override
    def forget(self, who: Who, now: int) -> int:
        # The text stays, since it is the secretariat's.
        self._unsign(who, "oneoff")
        return 0

    def add(
        self,
        kind: str,
        campaign: str,
        text: str,
        by: Actor,
        now: int,
        *,
        language: str = "",
        country: str = "",
        groups: Sequence[str] = (),
        channel: int = 0,
    ) -> OneOff:
        """Store a post or an announcement; an announcement then waits for its fan-out."""
        ((number,),) = self._database.rows(
            "INSERT INTO oneoff (kind, campaign, text, by_whom, at, language, country,"
            " stakeholders, channel, after, done) VALUES (:kind, :campaign, :text, :by, :now,"
            " :language, :country, :groups, :channel, 0, :done) RETURNING id",
            {
                "kind": kind,
                "campaign": campaign,
                "text": text,
                "by": by,
                "now": now,
                "language": language,
                "country": country,
                "groups": " ".join(groups),
                "channel": channel,
                "done": int(kind != ANNOUNCEMENT),
            },
        )
        oneoff = self.get(int(number))
        assert oneoff is not None  # noqa: S101 - written above
        return oneoff

    def get(self, number: int) -> OneOff | None:
        """Return the post or announcement with this number, or None."""
        return self._database.first(_oneoff, f"{_ONEOFF} WHERE id = :id", {"id": number})

    def about(self, subject: Subject) -> OneOff | None:
        """Return what staff wrote where this is about it; None for every other subject."""
        return self.get(subject.number) if isinstance(subject, Written) else None

    def texts(self, kind: str, most: int) -> list[tuple[str, str]]:
        """Return of those of a kind among the newest `most` the action that their occurrences have,
        and the text.
        """
        return [
            (str(Written(kind, number)), text)
            for number, text in self._database.rows(
                "SELECT id, text FROM oneoff WHERE id > (SELECT max(id) FROM oneoff) - :most AND"
                " kind = :kind ORDER BY id DESC",
                {"kind": kind, "most": most},
            )
        ]

    def to_fan_out(self) -> list[OneOff]:
        """Return the announcements whose fan-out has not come to its end."""
        return self._database.select(_oneoff, f"{_ONEOFF} WHERE done = 0 ORDER BY id")

    def fan_out(self, oneoff: OneOff, expires: int) -> int | None:
        """Make one step of the fan-out: deliveries for those of the next 10,000 people it is for.

        Returns their number, or None when the fan-out is at its end.
        """
        with self._database.transaction():
            last = settled(self._database, "person")
            after = self._database.value(
                "SELECT after FROM oneoff WHERE id = :id AND done = 0", {"id": oneoff.id}
            )
            if after is None:
                return None
            upto = min(last, int(after) + STEP_ROWS)
            params = {
                "campaign": oneoff.campaign,
                "action": oneoff.action,
                "due": oneoff.at,
                "expires": expires,
                "upto": upto,
                "after": after,
                **_filter(oneoff.channel, oneoff),
            }
            made = self._database.execute(_FAN_OUT.format(meant=_meant(oneoff)), params)
            reopen(self._database, self._database.column(_COUNTED, params))
            self._database.execute(
                "UPDATE oneoff SET after = :upto, done = :done WHERE id = :id",
                {"upto": upto, "done": int(upto >= last), "id": oneoff.id},
            )
        return made

    def fan_out_again(self, number: int) -> None:
        """Let an announcement fan out from its first person: who has their row already gets no
        other.
        """
        self._database.execute(
            "UPDATE oneoff SET after = 0, done = 0 WHERE id = :id AND kind = :kind",
            {"id": number, "kind": ANNOUNCEMENT},
        )

    def count(self, channel: int, whom: Whom) -> int:
        """Return how many people an announcement would go to now."""
        chosen = listed(whom.audiences)
        return int(
            self._database.value(
                "SELECT count(*) FROM person p JOIN place l ON l.id = p.place WHERE"
                f" {_meant(whom)} AND l.audience IN ({chosen})",
                _filter(channel, whom),
            )
        )


_ONEOFF = (
    "SELECT id, kind, campaign, text, by_whom AS by, at, language, country, stakeholders, channel"
    " FROM oneoff"
)

_MEANT = (
    f"p.channel = :channel AND p.status = {int(Status.ACTIVE)} AND (:language = '' OR p.language"
    " = :language) AND (:country = '' OR p.country = :country)"
)


def _meant(whom: Whom | OneOff) -> str:
    """Return the condition that a person `p` is one of those whom an announcement is for."""
    if not whom.groups:
        return _MEANT
    names = [f":group{number}" for number, _ in enumerate(whom.groups)]
    return f"{_MEANT} AND {in_groups('p.id', names)}"


_FAN_OUT = (
    "INSERT INTO delivery (occurrence, channel, recipient, state, attempts, due, expires) SELECT"
    f" o.id, p.channel, p.id, {int(State.QUEUED)}, 0, :due, :expires FROM person p JOIN place l ON"
    " l.id = p.place JOIN occurrence o ON o.campaign = :campaign AND o.action = :action AND"
    " o.audience = l.audience WHERE p.id > :after AND p.id <= :upto AND p.joined <= :due AND"
    " o.cancelled = 0 AND {meant} AND NOT EXISTS (SELECT 1 FROM broadcast b WHERE b.occurrence ="
    f" o.id AND b.channel = p.channel AND b.pace = {int(Pace.CANCELLED)}) ORDER BY p.id ON CONFLICT"
    " DO NOTHING"
)


_COUNTED = "SELECT id FROM occurrence WHERE campaign = :campaign AND action = :action AND stage > 0"


def _filter(channel: int, whom: Whom | OneOff) -> dict[str, object]:
    groups = {f"group{number}": group for number, group in enumerate(whom.groups)}
    return {"channel": channel, "language": whom.language, "country": whom.country, **groups}


def _oneoff(*, by: str, stakeholders: str, **columns: Any) -> OneOff:
    return OneOff(by=Actor(by), groups=tuple(stakeholders.split()), **columns)


class Notices(Topic):
    """Messages for staff: one row for each member and each thing to be told.

    The unique name of what is told makes sure that each member gets it once.
    """

    PERSONAL: ClassVar[Personal] = {
        Purpose.STAFF: {
            "notice": ("address", "fields"),
        }
    }

    @override
    def of(self, who: Who) -> Export:
        told = self._database.rows(
            "SELECT at, template FROM notice WHERE address = :address ORDER BY id",
            {"address": who.address},
        )
        notices = [{"at": iso(at), "about": template} for at, template in told]
        return {"staff_notices": notices} if notices else {}

    @override
    def forget(self, who: Who, now: int) -> int:
        # what a member of staff was told, or will be told
        self._database.execute(
            "DELETE FROM notice WHERE address = :address", {"address": who.address}
        )
        # A waiting notice may be about somebody who is gone; what still holds is told anew.
        self._database.execute(
            "DELETE FROM notice WHERE name LIKE 'alert %' AND name NOT IN (SELECT 'alert ' ||"
            " CAST(id AS TEXT) FROM alert)"
        )
        return 0

    def put(
        self,
        addresses: tuple[str, ...],
        name: str,
        template: str,
        values: Mapping[str, object],
        now: int,
    ) -> None:
        """Store a notice for each of these chats; who was told under this name already is
        left out.
        """
        self._database.many(
            "INSERT INTO notice (address, name, at, template, fields) VALUES (:address, :name,"
            " :now, :template, :fields) ON CONFLICT DO NOTHING",
            [
                {
                    "address": address,
                    "name": name,
                    "now": now,
                    "template": template,
                    "fields": json.dumps(values, ensure_ascii=False),
                }
                for address in addresses
            ],
        )

    def known(self, name: str) -> bool:
        """Return whether anybody was told under this name."""
        return (
            self._database.row("SELECT 1 FROM notice WHERE name = :name LIMIT 1", {"name": name})
            is not None
        )

    def waiting(self) -> list[Notice]:
        """Return the notices that have not left, oldest first."""
        return self._database.select(
            _notice,
            "SELECT id, address, at, template, fields FROM notice WHERE gone IS NULL ORDER BY id",
        )

    def left(self, notice: int, now: int) -> None:
        """Record that a notice left, or that its member of staff can't be reached; its content is
        deleted.
        """
        self._database.execute(
            "UPDATE notice SET gone = :now, fields = '{}' WHERE id = :id",
            {"now": now, "id": notice},
        )

    @override
    def expire(self, now: int, keep: Keep) -> int:
        return self._database.execute(
            # Old notices that never left are deleted too: they would be no news.
            "DELETE FROM notice WHERE coalesce(gone, at) < :before",
            {"before": now - keep.notices * DAY},
        )


def _notice(*, fields: str, **columns: Any) -> Notice:
    return Notice(values=json.loads(fields), **columns)
