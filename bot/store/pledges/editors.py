"""Who may edit a pledge: one to five people, one of them its focal point.

The first editor invites others by one-time links. A focal point who has stopped or blocked us is
*away*: prompts don't reach them, and another editor may take over. A pledge without any editor is
lost, as is one whose focal point is away; `to_look_at` returns both.
"""

import hashlib
import secrets
from typing import Any, ClassVar

from typing_extensions import override

from bot.errors import UsageError
from bot.model import Audience
from bot.model.person import AWAY, Status
from bot.model.pledge import INVITE_DAYS, MADE, MOST_EDITORS, STAFF, Editor
from bot.model.staff import Actor
from bot.model.who import Purpose, Who
from bot.store.pledges.invitations import Invitations
from bot.store.pledges.pledges import Pledges
from bot.store.topic import Personal, Topic
from bot.times import DAY


class Editors(Topic):
    """The people who may edit pledges, and their invitations."""

    PERSONAL: ClassVar[Personal] = {
        Purpose.PLEDGES: {
            "pledge_editor": ("person",),
            "pledge_invite": ("by_person",),
        }
    }

    @override
    def forget(self, who: Who, now: int) -> int:
        # An individual's own pledge is deleted; an organisation's stays with its other editors, or
        # with staff.
        if who.person is None:
            return 0
        self._database.execute(
            "DELETE FROM pledge_invite WHERE by_person = :person AND used IS NULL",
            {"person": who.person},
        )
        self._database.execute(
            "UPDATE pledge_invite SET by_person = :nobody WHERE by_person = :person",
            {"nobody": STAFF, "person": who.person},
        )
        pledges = Pledges(self._database)
        for number in self.leave_all(who.person, now):
            pledge = pledges.get(number)
            if pledge is not None and pledge.audience is Audience.INDIVIDUAL:
                pledges.delete(number)
        return 0

    def team(self, pledge: int) -> list[Editor]:
        """Return the editors of a pledge, its focal point first."""
        return self._database.select(
            _editor,
            "SELECT e.person, e.focal, e.since, p.channel, p.status FROM pledge_editor e LEFT JOIN"
            " person p ON p.id = e.person WHERE e.pledge = :pledge ORDER BY e.focal DESC, e.since,"
            " e.person",
            {"pledge": pledge},
        )

    def focal(self, pledge: int) -> int | None:
        """Return the id of a pledge's focal point.

        None where staff look after the pledge for somebody who is on no channel.
        """
        person: int | None = self._database.value(
            "SELECT person FROM pledge_editor WHERE pledge = :pledge AND focal = 1",
            {"pledge": pledge},
        )
        return person

    def led_by(self, person: int) -> list[int]:
        """Return the pledges whose focal point this person is, by id."""
        return self._database.column(
            "SELECT pledge FROM pledge_editor WHERE person = :person AND focal = 1 ORDER BY pledge",
            {"person": person},
        )

    def may_edit(self, pledge: int, person: int) -> bool:
        """Return whether this person is among the pledge's editors."""
        return any(editor.person == person for editor in self.team(pledge))

    def is_missed(self, pledge: int, person: int) -> bool:
        """Return whether the steps of a pledge that has some don't reach this editor, who gets news
        of it at most.
        """
        there = Pledges(self._database).get(pledge)
        return (there is not None and there.travels) and any(
            editor.person == person and not editor.gets_steps for editor in self.team(pledge)
        )

    def add(self, pledge: int, person: int, now: int) -> bool:
        """Make somebody an editor; the first one becomes the focal point.

        Returns False when they are one already; raises `UsageError` when there are five.
        """
        with self._database.transaction():
            there = self.team(pledge)
            if any(editor.person == person for editor in there):
                return False
            if len(there) >= MOST_EDITORS:
                raise UsageError(
                    f"pledge {pledge} has {MOST_EDITORS} editors already; one of them has to"
                    " leave first",
                    "editors_full",
                    most=MOST_EDITORS,
                )
            self._database.execute(
                "INSERT INTO pledge_editor (pledge, person, focal, since) VALUES (:pledge, :person,"
                " :focal, :now)",
                {"pledge": pledge, "person": person, "focal": int(not there), "now": now},
            )
        return True

    def remove(self, pledge: int, person: int) -> bool:
        """Remove an editor; return False when they weren't one. Whom they have invited and who has
        not joined yet doesn't any more.

        A focal point is followed by whoever has been an editor longest and gets the steps; where
        nobody does, by who isn't away.
        """
        with self._database.transaction():
            was_focal = self.focal(pledge) == person
            gone = self._database.execute(
                "DELETE FROM pledge_editor WHERE pledge = :pledge AND person = :person",
                {"pledge": pledge, "person": person},
            )
            self._database.execute(
                "DELETE FROM pledge_invite WHERE pledge = :pledge AND by_person = :person AND used"
                " IS NULL",
                {"pledge": pledge, "person": person},
            )
            Invitations(self._database).withdraw(pledge, person)
            left = self.team(pledge)
            if was_focal and left:
                self._set_focal(pledge, min(left, key=_rank).person)
        return gone == 1

    def hand_over(self, pledge: int, frm: int, to: int) -> None:
        """Make another editor the focal point.

        Raises `UsageError` when `frm` isn't it, or `to` no editor.
        """
        with self._database.transaction():
            if self.focal(pledge) != frm:
                raise UsageError("only the focal point can hand a pledge over")
            if not self.may_edit(pledge, to):
                raise UsageError(
                    "the new focal point has to be an editor first: send them an invitation"
                )
            self._set_focal(pledge, to)

    def take_over(self, pledge: int, to: int) -> None:
        """Make another editor the focal point in the place of one who is away.

        Raises `UsageError` when they are not, or `to` is no editor.
        """
        with self._database.transaction():
            there = self.team(pledge)
            if any(editor.focal and not editor.away for editor in there):
                raise UsageError(
                    f"the focal point of pledge {pledge} can be reached: only they hand it over",
                    "not_theirs",
                )
            if not any(editor.person == to for editor in there):
                raise UsageError(
                    "the new focal point has to be an editor first: send them an invitation"
                )
            self._set_focal(pledge, to)

    def to_look_at(self, campaign: str) -> list[int]:
        """Return the pledges whose focal point is away or that are lost already, by id.

        Only pledges with a year of steps count, since others ask nobody anything.
        """
        made = ", ".join(str(int(state)) for state in MADE)
        away = ", ".join(str(int(status)) for status in sorted(AWAY))
        return self._database.column(
            "SELECT p.id FROM pledge p LEFT JOIN pledge_editor e ON e.pledge = p.id AND e.focal ="
            " 1 LEFT JOIN person q ON q.id = e.person WHERE p.campaign = :campaign AND (p.lost IS"
            f" NOT NULL OR (q.status IN ({away}) AND p.state IN ({made}) AND p.audience <> :alone))"
            " ORDER BY p.id",
            {"campaign": campaign, "alone": int(Audience.INDIVIDUAL)},
        )

    def _set_focal(self, pledge: int, person: int) -> None:
        self._database.execute(
            "UPDATE pledge_editor SET focal = CASE WHEN person = :person THEN 1 ELSE 0 END WHERE"
            " pledge = :pledge",
            {"person": person, "pledge": pledge},
        )

    def invite(self, pledge: int, by: int, now: int) -> str:
        """Return a token that makes one person an editor, once, within 14 days.

        It has 22 letters that fit into a deep link, and only its digest is stored. `by` is an
        editor, or `STAFF`. Raises `UsageError` when it is neither, or when there are five editors.
        """
        with self._database.transaction():
            if by != STAFF and not self.may_edit(pledge, by):
                raise UsageError("only an editor can invite somebody")
            if len(self.team(pledge)) >= MOST_EDITORS:
                raise UsageError(
                    f"pledge {pledge} has {MOST_EDITORS} editors already; one of them has to"
                    " leave first",
                    "editors_full",
                    most=MOST_EDITORS,
                )
            token = secrets.token_urlsafe(16)
            self._database.execute(
                "INSERT INTO pledge_invite (digest, pledge, by_person, expires) VALUES (:digest,"
                " :pledge, :by, :expires)",
                {
                    "digest": _digest(token),
                    "pledge": pledge,
                    "by": by,
                    "expires": now + INVITE_DAYS * DAY,
                },
            )
        return token

    def invited(self, token: str, now: int) -> int | None:
        """Return the pledge of this token, or None when it is unknown, used or too old."""
        pledge: int | None = self._database.value(
            "SELECT pledge FROM pledge_invite WHERE digest = :digest AND used IS NULL AND expires >"
            " :now",
            {"digest": _digest(token), "now": now},
        )
        return pledge

    def accept(self, token: str, person: int, now: int) -> int | None:
        """Make the bearer of this token an editor; return the pledge.

        None when the token is unknown, used or too old. Somebody who is an editor already doesn't
        use it up. Raises `UsageError` when there are five editors.
        """
        with self._database.transaction():
            pledge: int | None = self._database.value(
                "SELECT pledge FROM pledge_invite WHERE digest = :digest AND used IS NULL AND"
                " expires > :now",
                {"digest": _digest(token), "now": now},
            )
            if pledge is not None and self.add(pledge, person, now):
                self._database.execute(
                    "UPDATE pledge_invite SET used = :now WHERE digest = :digest",
                    {"digest": _digest(token), "now": now},
                )
        return pledge

    def leave_all(self, person: int, now: int) -> list[int]:
        """Remove somebody from all pledges.

        Returns the pledges that have no editor any more, which are lost from now on.
        """
        pledges = Pledges(self._database)
        with self._database.transaction():
            theirs = self._database.column(
                "SELECT pledge FROM pledge_editor WHERE person = :person ORDER BY pledge",
                {"person": person},
            )
            for pledge in theirs:
                self.remove(pledge, person)
                pledges.note(pledge, "left", Actor.person(person), now)
            self._database.execute(
                "DELETE FROM pledge_invite WHERE by_person = :person AND used IS NULL",
                {"person": person},
            )
            alone = [pledge for pledge in theirs if not self.team(pledge)]
            for pledge in alone:
                pledges.set_lost(pledge, now)
        return alone


def _rank(editor: Editor) -> tuple[bool, bool, int, int]:
    return editor.away, not editor.gets_steps, editor.since, editor.person


def _editor(*, focal: int, status: int | None, **columns: Any) -> Editor:
    return Editor(focal=bool(focal), status=None if status is None else Status(status), **columns)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
