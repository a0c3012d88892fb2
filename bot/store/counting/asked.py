"""Posts of anybody with a campaign's hashtag that ask something, as long as they wait for staff.

Text and link alone are kept, no author. What leaves the list, for whatever reason, is not collected
again: a keyed hash of its address says so, from which nobody can tell what it was.
"""

import hashlib
import hmac
from collections.abc import Iterable
from typing import Any, ClassVar

from typing_extensions import override

from bot.model.counting import REMEMBERED_DAYS, UNDECIDED_DAYS, AskedPost, Asking
from bot.model.staff import Actor
from bot.model.who import Keep, Purpose, Who
from bot.store.db import Database
from bot.store.keys import Keys
from bot.store.topic import Personal, Topic, signatures
from bot.times import DAY, epoch, from_epoch

MOST_WAITING = 500
"""Posts that wait at a time; more are not taken."""


class Asked(Topic):
    """Posts that ask something, and which of them are never taken again."""

    PERSONAL: ClassVar[Personal] = {
        Purpose.POSTS_OF_OTHERS: {
            "asked_post": ("uri", "post", "url", "text", "first", "answer"),
            "asked_once": ("digest",),
        }
    }

    def __init__(self, database: Database, keys: Keys) -> None:
        super().__init__(database)
        self._keys = keys

    @override
    def forget(self, who: Who, now: int) -> int:
        # Who wrote them nobody knows; they are deleted with the post, or after some days.
        # Whose first look it was may be anybody then, even who looks next: it begins anew.
        for name, _ in signatures(who):
            self._database.execute(
                "UPDATE asked_post SET first = '', answer = '' WHERE first = :name", {"name": name}
            )
        return 0

    @override
    def expire(self, now: int, keep: Keep) -> int:
        old = self._database.column(
            "SELECT id FROM asked_post WHERE found <= :before ORDER BY found",
            {"before": now - UNDECIDED_DAYS * DAY},
        )
        for number in old:
            self.drop(number, now)
        return len(old) + self._database.execute(
            "DELETE FROM asked_once WHERE at <= :before", {"before": now - REMEMBERED_DAYS * DAY}
        )

    def add(self, network: str, posts: Iterable[Asking], now: int, campaign: str = "") -> int:
        """Keep posts, with the hashtag of this campaign, that were never there; return how many are
        new.
        """
        with self._database.transaction():
            room = MOST_WAITING - self.count()
            new = [post for post in posts if not self._was_there(post.uri)][: max(room, 0)]
            return sum(
                self._database.execute(_ADD, _columns(post, network, campaign, now)) for post in new
            )

    def count(self) -> int:
        """Return how many wait."""
        return int(self._database.value("SELECT count(*) FROM asked_post"))

    def waiting(self, most: int = MOST_WAITING) -> list[AskedPost]:
        """Return those that wait, the oldest first."""
        return self._database.select(
            _post, f"{_SELECT} ORDER BY found, id LIMIT :most", {"most": most}
        )

    def get(self, number: int) -> AskedPost | None:
        """Return the post with this number, or None."""
        return self._database.first(_post, f"{_SELECT} WHERE id = :id", {"id": number})

    def looked(self, numbers: Iterable[int], now: int) -> None:
        """Record that these posts were still there at `now`."""
        self._database.many(
            "UPDATE asked_post SET seen = :now WHERE id = :id",
            [{"id": number, "now": now} for number in numbers],
        )

    def clear(self, number: int, first: Actor, answer: str) -> None:
        """Record who has answered the checklist first, and the text that they would answer with."""
        self._database.execute(
            "UPDATE asked_post SET first = :first, answer = :answer WHERE id = :id",
            {"id": number, "first": first, "answer": answer},
        )

    def drop(self, number: int, now: int) -> None:
        """Delete a post with all that is kept of it, and never take it again."""
        with self._database.transaction():
            post = self.get(number)
            if post is not None:
                self._database.execute("DELETE FROM asked_post WHERE id = :id", {"id": number})
                self._database.execute(
                    "INSERT INTO asked_once (digest, at) VALUES (:digest, :now) ON CONFLICT"
                    " (digest) DO UPDATE SET at = excluded.at",
                    {"digest": self._digests(post.uri)[0], "now": now},
                )

    def _was_there(self, uri: str) -> bool:
        return any(
            self._database.value(
                "SELECT 1 FROM asked_once WHERE digest = :digest", {"digest": digest}
            )
            for digest in self._digests(uri)
        )

    def _digests(self, uri: str) -> list[str]:
        """Return all hashes by which a post may be known; new ones are the first."""
        return [
            hmac.new(bytes.fromhex(key), f"post {uri}".encode(), hashlib.sha256).hexdigest()
            for key in self._keys.ring().tombstones
        ]


_SELECT = (
    "SELECT id, network, place, uri, post, url, text, language, posted, seen, first, answer,"
    " campaign FROM asked_post"
)

_ADD = (
    "INSERT INTO asked_post (network, place, uri, post, url, text, language, posted, found, seen,"
    " first, answer, campaign) VALUES (:network, :place, :uri, :post, :url, :text, :language,"
    " :posted, :now, :now, '', '', :campaign) ON CONFLICT (uri) DO NOTHING"
)


def _columns(post: Asking, network: str, campaign: str, now: int) -> dict[str, Any]:
    known = {"network": network, "campaign": campaign, "now": now}
    return {**vars(post), "posted": epoch(post.posted), **known}


def _post(*, posted: int, first: str, **columns: Any) -> AskedPost:
    return AskedPost(posted=from_epoch(posted), first=Actor(first), **columns)
