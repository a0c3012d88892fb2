"""What staff wrote in the place of an action's words to people."""

from collections.abc import Iterator
from typing import Any, ClassVar

from typing_extensions import override

from bot.model import State
from bot.model.outbox import Instance
from bot.model.staff import Actor, Rewording
from bot.model.who import Keep, Purpose, Who
from bot.store.sending.scopes import tag
from bot.store.topic import Personal, Topic

STEP = 5_000
"""Most rows that one step of a count reads."""


class Rewordings(Topic):
    """The texts, by the occurrence's own key, the channel and the language."""

    PERSONAL: ClassVar[Personal] = {Purpose.STAFF: {"rewording": ("by_whom", "approved_by")}}

    @override
    def forget(self, who: Who, now: int) -> int:
        # The text stays, since it is the secretariat's.
        self._unsign(who, "rewording")
        self._unsign(who, "rewording", "approved_by")
        return 0

    @override
    def expire(self, now: int, keep: Keep) -> int:
        # what nobody approved in time says nothing of what left
        return self._database.execute(
            "DELETE FROM rewording AS r WHERE r.digest = '' AND NOT EXISTS (SELECT 1 FROM"
            f" occurrence o WHERE {_OF} AND o.closes > :now)",
            {"now": now},
        )

    def put(
        self, about: Instance, channel: int, language: str, text: str, by: Actor, now: int
    ) -> None:
        """Write a text in the place of what stood there; it waits for approval."""
        self._database.execute(
            "INSERT INTO rewording (channel, campaign, action, audience, slot, language, text,"
            " by_whom, at, digest, approved_by, had) VALUES (:channel, :campaign, :action,"
            " :audience, :slot, :language, :text, :by, :now, '', '', 0) ON CONFLICT (channel,"
            " campaign, action, audience, slot, language) DO UPDATE SET text = excluded.text,"
            " by_whom = excluded.by_whom, at = excluded.at, digest = '', approved_by = '', had = 0",
            {**_key(about, channel, language), "text": text, "by": by, "now": now},
        )

    def find(self, about: Instance, channel: int, language: str) -> Rewording | None:
        """Return what stands in the place of the action's words; None where nothing does."""
        return self._database.first(
            _rewording, f"{_SELECT} WHERE {_JUST}", _key(about, channel, language)
        )

    def approve(
        self, about: Instance, channel: int, language: str, digest: str, by: Actor, had: int
    ) -> None:
        """Let the text with this digest stand for the action's words, which `had` people have got
        by now.
        """
        self._database.execute(
            f"UPDATE rewording SET digest = :digest, approved_by = :by, had = :had WHERE {_JUST}",
            {**_key(about, channel, language), "digest": digest, "by": by, "had": had},
        )

    def drop(self, about: Instance, channel: int, language: str) -> bool:
        """Let the action's own words stand again; return False where they do already."""
        return (
            self._database.execute(
                f"DELETE FROM rewording WHERE {_JUST}", _key(about, channel, language)
            )
            == 1
        )

    def of_channel(self, channel: int) -> dict[tuple[int, str], Rewording]:
        """Return what stands in the place of words on a channel, by occurrence and language."""
        return {
            (occurrence, each.language): each
            for occurrence, each in self._database.select(
                lambda *, occurrence, **columns: (int(occurrence), _rewording(**columns)),
                f"SELECT o.id AS occurrence, {_COLUMNS} FROM rewording r JOIN occurrence o ON"
                f" {_OF} WHERE r.channel = :channel",
                {"channel": channel},
            )
        }

    def waiting(self, now: int) -> list[tuple[int, int, str, str]]:
        """Return (occurrence, channel, the channel's name, language) of those that wait for
        approval and whose occurrence is planned still and isn't over at `now`, by occurrence.
        """
        return [
            (int(occurrence), int(channel), str(name), str(language))
            for occurrence, channel, name, language in self._database.rows(
                "SELECT o.id, r.channel, c.name, r.language FROM rewording r JOIN occurrence o ON"
                f" {_OF} JOIN channel c ON c.id = r.channel WHERE r.digest = '' AND o.closes > :now"
                " AND o.cancelled = 0 ORDER BY o.id, c.name, r.language",
                {"now": now},
            )
        ]

    def had(self, occurrence: int, channel: int, language: str) -> Iterator[int]:
        """Count in steps who of this language, or a variant of it, has got a message; yield how
        many so far.
        """
        total = after = 0
        while True:
            n, last, sent = self._database.rows(
                _HAD,
                {
                    "occurrence": occurrence,
                    "channel": channel,
                    "language": language,
                    "after": after,
                    "step": STEP,
                },
            )[0]
            total += sent
            yield total
            if n < STEP:
                return
            after = last


_COLUMNS = "r.language, r.text, r.by_whom, r.at, r.digest, r.approved_by, r.had"

_SELECT = f"SELECT {_COLUMNS} FROM rewording r"

_JUST = (
    "channel = :channel AND campaign = :campaign AND action = :action AND audience = :audience AND"
    " slot = :slot AND language = :language"
)

_OWN_KEY = ("campaign", "action", "audience", "slot")

_OF = " AND ".join(f"o.{column} = r.{column}" for column in _OWN_KEY)

_HAD = (
    "SELECT count(*), max(d.recipient), count(*) FILTER (WHERE d.state ="
    f" {int(State.SENT)} AND {tag('p.language', ':language')}) FROM (SELECT recipient, state FROM"
    " delivery WHERE occurrence = :occurrence AND channel = :channel AND recipient > :after ORDER"
    " BY recipient LIMIT :step) d LEFT JOIN person p ON p.id = d.recipient"
)


def _key(about: Instance, channel: int, language: str) -> dict[str, object]:
    return {
        "campaign": about.campaign,
        "action": about.action,
        "audience": int(about.audience),
        "slot": about.slot,
        "channel": channel,
        "language": language,
    }


def _rewording(*, by_whom: str, approved_by: str, **columns: Any) -> Rewording:
    return Rewording(by=Actor(by_whom), approved_by=Actor(approved_by), **columns)
