"""What people write to us: questions with their answers, and messages about a child in danger."""

from typing import Any, ClassVar

from typing_extensions import override

from bot.model.person import Flag, Question, Report
from bot.model.pledges.peers import Peer
from bot.model.staff import Actor
from bot.model.who import Keep, Purpose, Who
from bot.store.topic import Export, Personal, Topic
from bot.times import DAY, iso


class Inbox(Topic):
    """Questions for experts, and messages about a child in danger."""

    PERSONAL: ClassVar[Personal] = {
        Purpose.QUESTIONS: {"question": ("address", "text", "answer", "answered_by")},
        Purpose.DANGER: {"flag": ("address", "country", "text", "taken_by")},
    }

    @override
    def of(self, who: Who) -> Export:
        return {
            "questions": [
                {"at": iso(question.at), "text": question.text, "answer": question.answer}
                for question in self.of_address(who.channel, who.address)
            ],
            "child_in_danger": [
                {"at": iso(flag.at), "text": flag.text}
                for flag in self.flags_of(who.channel, who.address)
            ],
        }

    @override
    def forget(self, who: Who, now: int) -> int:
        # A message that has not reached the safeguarding contact is deleted by `flag_left`.
        here = {"channel": who.channel, "address": who.address}
        where = "WHERE channel = :channel AND address = :address"
        told = " AND told IS NOT NULL" if who.guarded else ""
        wrote = self._database.execute(f"DELETE FROM question {where}", here)
        wrote += self._database.execute(f"DELETE FROM flag {where}{told}", here)
        self._unsign(who, "question", "answered_by")
        self._unsign(who, "flag", "taken_by")
        return wrote + self._database.execute(f"UPDATE flag SET forgotten = 1 {where}", here)

    def ask(self, channel: int, address: str, language: str, text: str, now: int) -> int:
        """Store a question; return its id."""
        [(number,)] = self._database.rows(
            "INSERT INTO question (channel, address, language, at, text) VALUES (:channel,"
            " :address, :language, :now, :text) RETURNING id",
            {
                "channel": channel,
                "address": address,
                "language": language,
                "now": now,
                "text": text,
            },
        )
        return int(number)

    def answer(self, question: int, text: str, by: Actor, now: int) -> bool:
        """Store an answer; return False when there is no such question, or it has an answer."""
        return (
            self._database.execute(
                "UPDATE question SET answer = :text, answered_by = :by, answered = :now WHERE id ="
                " :id AND answer IS NULL",
                {"text": text, "by": by, "now": now, "id": question},
            )
            == 1
        )

    def open_questions(self) -> list[Question]:
        """Return the questions that wait for staff, oldest first; not those that are with the
        makers of a pledge.
        """
        return self._database.select(
            _question, f"{_OPEN} AND (p.passed IS NULL OR p.reply IS NOT NULL) ORDER BY id"
        )

    def with_makers(self) -> list[Question]:
        """Return the questions that the makers of a pledge are asked, oldest first."""
        return self._database.select(
            _question, f"{_OPEN} AND p.passed IS NOT NULL AND p.reply IS NULL ORDER BY id"
        )

    def lapsed(self, since: int) -> list[Question]:
        """Return the questions to makers that were over since then, as nobody had answered them,
        the newest first.
        """
        return self._database.select(
            _question,
            f"{_QUESTION} WHERE p.lapsed > :since ORDER BY p.lapsed DESC",
            {"since": since},
        )

    def question(self, number: int) -> Question | None:
        """Return the question with this number, or None."""
        return self._database.first(_question, f"{_QUESTION} WHERE id = :id", {"id": number})

    def untold_answers(self, channel: int) -> list[Question]:
        """Return questions on this channel whose answer has not left yet, oldest first."""
        return self._database.select(
            _question,
            f"{_QUESTION} WHERE told IS NULL AND answer IS NOT NULL AND channel = :channel ORDER"
            " BY id",
            {"channel": channel},
        )

    def answer_left(self, question: int, now: int) -> None:
        """Record that the answer to a question has left; one that was taken back has not."""
        self._database.execute(
            "UPDATE question SET told = :now WHERE id = :id AND answer IS NOT NULL",
            {"now": now, "id": question},
        )

    def of_address(self, channel: int, address: str) -> list[Question]:
        """Return all questions of one chat."""
        return self._database.select(
            _question,
            f"{_QUESTION} WHERE channel = :channel AND address = :address ORDER BY id",
            {"channel": channel, "address": address},
        )

    # messages about a child in danger

    def flag(
        self, channel: int, address: str, country: str | None, language: str, text: str, now: int
    ) -> int:
        """Store a message about a child in danger for the safeguarding contact; return its id.

        The `address` is '' where it was written on a page: nobody knows by whom.
        """
        [(number,)] = self._database.rows(
            "INSERT INTO flag (channel, address, country, language, at, text) "
            "VALUES (:channel, :address, :country, :language, :now, :text) RETURNING id",
            {
                "channel": channel,
                "address": address,
                "country": country,
                "language": language,
                "now": now,
                "text": text,
            },
        )
        return int(number)

    def flags_since(self, channel: int, address: str, since: int) -> int:
        """Return how many messages came from an address after an epoch second; '' is that of
        pages, whose readers have none.
        """
        return int(
            self._database.value(
                "SELECT count(*) FROM flag WHERE channel = :channel AND address = :address AND at"
                " > :since",
                {"channel": channel, "address": address, "since": since},
            )
        )

    def untold_flags(self) -> list[Flag]:
        """Return messages that the safeguarding contact has not got yet, oldest first."""
        return self._database.select(Flag, f"{_FLAG} WHERE told IS NULL ORDER BY id")

    def flag_left(self, flag: int, now: int) -> None:
        """Record that a message reached the safeguarding contact.

        It is deleted now where its sender wanted to be forgotten.
        """
        self._database.execute("DELETE FROM flag WHERE id = :id AND forgotten = 1", {"id": flag})
        self._database.execute(
            "UPDATE flag SET told = :now WHERE id = :id", {"now": now, "id": flag}
        )

    def reports(self) -> list[Report]:
        """Return all messages about a child that are kept, the newest first."""
        return self._database.select(_report, f"{_REPORT} ORDER BY id DESC")

    def report(self, number: int) -> Report | None:
        """Return the message with this number, or None."""
        return self._database.first(_report, f"{_REPORT} WHERE id = :id", {"id": number})

    def waiting_reports(self) -> list[Report]:
        """Return the messages that nobody has taken, oldest first."""
        return self._database.select(_report, f"{_REPORT} WHERE taken IS NULL ORDER BY id")

    def take(self, number: int, by: Actor, now: int) -> bool:
        """Note that somebody looks after a message; False where somebody does already."""
        taken = self._database.execute(
            "UPDATE flag SET taken = :now, taken_by = :by WHERE id = :id AND taken IS NULL",
            {"now": now, "by": by, "id": number},
        )
        return taken == 1

    def reminded(self, number: int, now: int) -> None:
        """Note that others were reminded of a message."""
        self._database.execute(
            "UPDATE flag SET reminded = :now WHERE id = :id", {"now": now, "id": number}
        )

    def untold_from(self, channel: int, address: str) -> bool:
        """Return whether a message of this chat has not reached the safeguarding contact yet."""
        params = {"channel": channel, "address": address}
        waiting = self._database.value(
            "SELECT 1 FROM flag WHERE channel = :channel AND address = :address AND told IS NULL",
            params,
        )
        return waiting is not None

    def flags_of(self, channel: int, address: str) -> list[Flag]:
        """Return all messages about a child in danger from one chat."""
        return self._database.select(
            Flag,
            f"{_FLAG} WHERE channel = :channel AND address = :address ORDER BY id",
            {"channel": channel, "address": address},
        )

    @override
    def expire(self, now: int, keep: Keep) -> int:
        gone = self._database.execute(
            "DELETE FROM question WHERE told < :before",
            {"before": now - keep.questions * DAY},
        )
        return gone + self._database.execute(
            "DELETE FROM flag WHERE at < :before", {"before": now - keep.flags * DAY}
        )


_QUESTION = (
    "SELECT id, channel, address, language, at, text, answer, answered, p.pledge, p.contact,"
    " p.passed, p.reply, p.replied, p.lapsed FROM question LEFT JOIN peer_question p ON"
    " p.question = id"
)
_OPEN = f"{_QUESTION} WHERE told IS NULL AND answer IS NULL"
_REPORT = "SELECT id, at, country, language, text, told, taken, taken_by, reminded FROM flag"
_FLAG = "SELECT id, address, country, language, at, text FROM flag"


def _question(
    *,
    pledge: int | None,
    contact: str,
    passed: int | None,
    reply: str | None,
    replied: int | None,
    lapsed: int | None,
    **columns: Any,
) -> Question:
    if not pledge:
        return Question(**columns)
    peer = Peer(
        pledge=pledge, contact=contact, passed=passed, reply=reply, replied=replied, lapsed=lapsed
    )
    return Question(peer=peer, **columns)


def _report(*, taken_by: str | None, **columns: Any) -> Report:
    return Report(taken_by=Actor(taken_by) if taken_by else None, **columns)
