"""One subscriber as the chat sees them: settings, profile, consents, and what they ticked off."""

import json
from datetime import date
from typing import Any, ClassVar

from typing_extensions import override

from bot.model import Audience, State
from bot.model.outbox import Delivered
from bot.model.person import Pause, Status, Subscriber, Ticked
from bot.model.who import Purpose, Who
from bot.store.topic import Export, Personal, Topic
from bot.times import iso


class Subscribers(Topic):
    """Reads and changes the settings of one person at a time."""

    PERSONAL: ClassVar[Personal] = {
        Purpose.MESSAGES: {
            "consent": ("person",),
            "pause": ("person",),
            "profile": ("person", "fields"),
            "tick": ("person",),
        }
    }

    @override
    def of(self, who: Who) -> Export:
        subscriber = self.find(who.channel, who.address)
        if subscriber is None:
            return {}
        return {
            "joined": iso(subscriber.joined),
            "status": subscriber.status.word,
            "paused_until": subscriber.until.isoformat() if subscriber.until else None,
            "language": subscriber.language,
            "country": subscriber.country,
            "zone": subscriber.zone,
            "hour": f"{subscriber.minute // 60:02}:{subscriber.minute % 60:02}",
            "audience": subscriber.audience.word,
            "named_days_only": subscriber.named_only,
            "pledge": subscriber.pledge,
            "profile": dict(subscriber.profile),
            "consent": [
                {
                    **consent,
                    "at": iso(consent["at"]),
                    "withdrawn": iso(consent["withdrawn"]) if consent["withdrawn"] else None,
                }
                for consent in self.consents(subscriber.id)
            ],
            "actions": [{**vars(tick), "at": iso(tick.at)} for tick in self.ticks(subscriber.id)],
        }

    @override
    def forget(self, who: Who, now: int) -> int:
        # settings, consents and what they ticked off are theirs alone
        for table in ("consent", "pause", "profile", "tick"):
            self._database.execute(
                f"DELETE FROM {table} WHERE person = :person", {"person": who.person}
            )
        return 0

    def find(self, channel: int, address: str) -> Subscriber | None:
        """Return the subscriber with this address, or None."""
        return self._database.first(_subscriber, _FIND, {"channel": channel, "address": address})

    def set_language(self, person: int, language: str) -> None:
        """Set the language in which the person is written to."""
        self._set("language", person, language)

    def set_country(self, person: int, country: str | None) -> None:
        """Set the person's country, an ISO 3166 alpha-2 code or None."""
        self._set("country", person, country)

    def set_named_only(self, person: int, named_only: bool) -> None:
        """Set whether the person gets nudges of named days only, or all."""
        self._set("named_only", person, int(named_only))

    def set_pledge(self, person: int, pledge: bool) -> None:
        """Set whether the person has a standing pledge, which some actions presuppose."""
        self._set("pledge", person, int(pledge))

    def _set(self, column: str, person: int, value: object) -> None:
        self._database.execute(
            f"UPDATE person SET {column} = :value WHERE id = :person",
            {"value": value, "person": person},
        )

    def set_profile(self, person: int, field: str, value: object) -> None:
        """Set one field of the profile; None removes it."""
        text = self._database.value(
            "SELECT fields FROM profile WHERE person = :person", {"person": person}
        )
        fields = {**(json.loads(text) if text else {}), field: value}
        kept = {name: content for name, content in fields.items() if content is not None}
        self._database.execute(
            "INSERT INTO profile (person, fields) VALUES (:person, :fields) ON CONFLICT (person) DO"
            " UPDATE SET fields = excluded.fields",
            {"person": person, "fields": json.dumps(kept, ensure_ascii=False)},
        )

    # pauses

    def pause(self, person: int, until: date | None) -> None:
        """Set the day on which the person's pause ends by itself; None: it doesn't."""
        self._database.execute("DELETE FROM pause WHERE person = :person", {"person": person})
        if until is not None:
            self._database.execute(
                "INSERT INTO pause (person, until) VALUES (:person, :until)",
                {"person": person, "until": until.isoformat()},
            )

    def pauses(self, until: date) -> list[Pause]:
        """Return the pauses that end on this day or before, by person."""
        return self._database.select(
            _pause,
            "SELECT u.person, u.until, l.zone FROM pause u JOIN person p ON p.id = u.person JOIN"
            " place l ON l.id = p.place WHERE u.until <= :until ORDER BY +u.person",
            {"until": until.isoformat()},
        )

    # consent

    def agree(self, person: int, purpose: str, wording: str, now: int) -> None:
        """Record that the person agreed to a purpose, in which wording and when."""
        self._database.execute(
            "INSERT INTO consent (person, purpose, wording, at) VALUES (:person, :purpose,"
            " :wording, :now) ON CONFLICT (person, purpose) DO UPDATE SET wording ="
            " excluded.wording, at = excluded.at, withdrawn = NULL",
            {"person": person, "purpose": purpose, "wording": wording, "now": now},
        )

    def withdraw(self, person: int, purpose: str, now: int) -> None:
        """Record that the person withdrew their consent for a purpose."""
        self._database.execute(
            "UPDATE consent SET withdrawn = :now WHERE person = :person AND purpose = :purpose AND"
            " withdrawn IS NULL",
            {"person": person, "purpose": purpose, "now": now},
        )

    def consents(self, person: int) -> list[dict[str, Any]]:
        """Return all consents as dicts: purpose, wording, and the epoch seconds at and
        withdrawn.
        """
        return self._database.select(
            dict,
            "SELECT purpose, wording, at, withdrawn FROM consent WHERE person = :person ORDER BY"
            " purpose",
            {"person": person},
        )

    # what was done

    def tick(self, person: int, key: tuple[str, str, int], done: bool | None, now: int) -> None:
        """Record that an action was done (True), left out (False), or neither (None).

        `key` is campaign, action and slot.
        """
        campaign, action, slot = key
        params = {"person": person, "campaign": campaign, "action": action, "slot": slot}
        if done is None:
            self._database.execute(
                "DELETE FROM tick WHERE person = :person AND campaign = :campaign AND action ="
                " :action AND slot = :slot",
                params,
            )
            return
        self._database.execute(
            "INSERT INTO tick (person, campaign, action, slot, done, at) VALUES (:person,"
            " :campaign, :action, :slot, :done, :now) ON CONFLICT (person, campaign, action, slot)"
            " DO UPDATE SET done = excluded.done, at = excluded.at",
            {**params, "done": int(done), "now": now},
        )

    def ticks(self, person: int) -> list[Ticked]:
        """Return what the person ticked off, by campaign, action and slot."""
        return self._database.select(
            _ticked,
            "SELECT campaign, action, slot, done, at FROM tick WHERE person = :person ORDER BY"
            " campaign, action, slot",
            {"person": person},
        )

    def delivered(
        self, person: int, channel: int, key: tuple[str, str, int], audience: Audience
    ) -> Delivered | None:
        """Return the nudge of this campaign, action and slot that the person has, or None.

        Where the nudges of that day are kept as counts alone, it is one that was sent long ago.
        """
        campaign, action, slot = key
        return self._database.first(
            _delivered,
            "SELECT o.id AS occurrence, coalesce(d.expires, o.closes) AS expires, coalesce(d.state,"
            " :sent) AS state FROM occurrence o LEFT JOIN delivery d ON d.occurrence = o.id AND"
            " d.channel = :channel AND d.recipient = :person WHERE o.campaign = :campaign AND"
            " o.action = :action AND o.audience = :audience AND o.slot = :slot AND (o.decided = 1"
            " OR d.occurrence IS NOT NULL)",
            {
                "sent": int(State.SENT),
                "campaign": campaign,
                "action": action,
                "slot": slot,
                "audience": int(audience),
                "channel": channel,
                "person": person,
            },
        )


_FIND = (
    "SELECT p.id, p.address, p.language, p.country, l.zone, l.minute, l.audience, p.named_only,"
    " p.pledge, p.status, p.joined, f.fields AS profile, u.until FROM person p JOIN place"
    " l ON l.id = p.place LEFT JOIN profile f ON f.person = p.id LEFT JOIN pause u ON u.person ="
    " p.id WHERE p.channel ="
    " :channel AND p.address = :address"
)


def _pause(*, until: str, **columns: Any) -> Pause:
    return Pause(until=date.fromisoformat(until), **columns)


def _ticked(*, done: int, **columns: Any) -> Ticked:
    return Ticked(done=bool(done), **columns)


def _delivered(*, state: int, **columns: Any) -> Delivered:
    return Delivered(state=State(state), **columns)


def _subscriber(
    *,
    audience: int,
    status: int,
    named_only: int,
    pledge: int,
    profile: str | None,
    until: str | None,
    **columns: Any,
) -> Subscriber:
    return Subscriber(
        audience=Audience(audience),
        status=Status(status),
        named_only=bool(named_only),
        pledge=bool(pledge),
        profile=json.loads(profile) if profile else {},
        until=date.fromisoformat(until) if until else None,
        **columns,
    )
