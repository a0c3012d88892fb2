"""Members of staff that `drumbeat staff add` names, beside those of config.toml."""

from typing import Any, ClassVar

from typing_extensions import override

from bot.model.staff import Member, StaffRole
from bot.model.who import Purpose, Who
from bot.store.db import Database
from bot.store.topic import Export, Personal, Topic


class Members(Topic):
    """People who work with the bot, by name."""

    PERSONAL: ClassVar[Personal] = {
        Purpose.STAFF: {"member": ("name", "telegram", "login", "email")}
    }

    @override
    def of(self, who: Who) -> Export:
        member = self._own(who)
        if member is None:
            return {}
        roles = sorted(member.roles)
        told = {"name": member.name, "login": member.login, "email": member.email, "roles": roles}
        return {"staff": told}

    @override
    def forget(self, who: Who, now: int) -> int:
        member = self._own(who)
        return int(member is not None and self.remove(member.name))

    def _own(self, who: Who) -> Member | None:
        return next((member for member in self.all() if who.is_member(member)), None)

    def all(self) -> tuple[Member, ...]:
        """Return all of them, by name."""
        return tuple(
            self._database.select(
                _member, "SELECT name, telegram, login, email, roles FROM member ORDER BY name"
            )
        )

    def put(self, member: Member, now: int) -> None:
        """Add a member, or change the one of this name."""
        self._database.execute(
            "INSERT INTO member (name, telegram, login, email, roles, at) VALUES (:name, :telegram,"
            " :login, :email, :roles, :now) ON CONFLICT (name) DO UPDATE SET telegram ="
            " excluded.telegram, login = excluded.login, email = excluded.email, roles ="
            " excluded.roles, at = excluded.at",
            {**vars(member), "roles": " ".join(sorted(member.roles)), "now": now},
        )

    def take(self, other: Database, now: int) -> None:
        """Have those of another file instead of one's own; change nothing where it is too old to
        have any.
        """
        if not other.has_table("member"):
            return
        self._database.execute("DELETE FROM member")
        for member in Members(other).all():
            self.put(member, now)

    def remove(self, name: str) -> bool:
        """Remove the member of this name; return whether there was one."""
        return bool(self._database.execute("DELETE FROM member WHERE name = :name", {"name": name}))


def _member(*, roles: str, **columns: Any) -> Member:
    return Member(roles=frozenset(map(StaffRole, roles.split())), **columns)
