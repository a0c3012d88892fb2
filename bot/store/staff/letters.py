"""Letters to members of staff that have not left yet."""

from typing import ClassVar

from typing_extensions import override

from bot.model.staff import StaffLetter
from bot.model.who import Keep, Purpose, Who
from bot.store.topic import Personal, Topic
from bot.times import DAY


class StaffLetters(Topic):
    """What is to be written to whom; a letter that has left is no row any more."""

    PERSONAL: ClassVar[Personal] = {Purpose.STAFF: {"staff_letter": ("member",)}}

    @override
    def forget(self, who: Who, now: int) -> int:
        if who.member is not None:
            self._database.execute(
                "DELETE FROM staff_letter WHERE member = :name", {"name": who.member.name}
            )
        return 0

    def put(self, member: str, kind: str, about: str, now: int) -> None:
        """Let a letter of this kind go to a member as soon as it can."""
        self._database.execute(
            "INSERT INTO staff_letter (member, kind, about, at, due) VALUES (:member, :kind,"
            " :about, :now, :now)",
            {"member": member, "kind": kind, "about": about, "now": now},
        )

    def due(self, now: int) -> list[StaffLetter]:
        """Return the letters that are to leave now, oldest first."""
        return self._database.select(
            StaffLetter,
            "SELECT id, member, kind, about, at, tries FROM staff_letter WHERE due <= :now ORDER"
            " BY id",
            {"now": now},
        )

    def put_off(self, letter: int, due: int) -> None:
        """Try a letter again at the epoch second `due`."""
        self._database.execute(
            "UPDATE staff_letter SET due = :due, tries = tries + 1 WHERE id = :id",
            {"due": due, "id": letter},
        )

    def done(self, letter: int) -> None:
        """Forget a letter that has left, or that can't."""
        self._database.execute("DELETE FROM staff_letter WHERE id = :id", {"id": letter})

    @override
    def expire(self, now: int, keep: Keep) -> int:
        return self._database.execute(
            "DELETE FROM staff_letter WHERE at <= :before", {"before": now - 3 * DAY}
        )
