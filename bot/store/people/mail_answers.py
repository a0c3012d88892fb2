"""Letters that answer what came to the mailbox, and which letter asked a question."""

from typing import Any, ClassVar

from typing_extensions import override

from bot.model.mail import ANSWERS_DAYS, Answering, Reply
from bot.model.who import Keep, Purpose, Who
from bot.store.topic import Personal, Topic
from bot.times import DAY


class MailAnswers(Topic):
    """What is written to whom; one that has left keeps others of its kind from leaving."""

    PERSONAL: ClassVar[Personal] = {
        Purpose.QUESTIONS: {
            "mail_answer": ("address", "person", "subject", "thread"),
            "mail_thread": ("subject", "thread"),
        }
    }

    @override
    def forget(self, who: Who, now: int) -> int:
        # the topic of questions forgets them after this one
        here = {"channel": who.channel, "address": who.address}
        self._database.execute(
            "DELETE FROM mail_thread WHERE question IN (SELECT id FROM question WHERE channel ="
            " :channel AND address = :address)",
            here,
        )
        return self._database.execute(
            "DELETE FROM mail_answer WHERE channel = :channel AND address = :address", here
        )

    @override
    def expire(self, now: int, keep: Keep) -> int:
        # before the topic of questions deletes these themselves
        self._database.execute(
            "DELETE FROM mail_thread WHERE question IN (SELECT id FROM question WHERE told <"
            " :before)",
            {"before": now - keep.questions * DAY},
        )
        return self._database.execute(
            "DELETE FROM mail_answer WHERE at < :before", {"before": now - ANSWERS_DAYS * DAY}
        )

    def asks(self, question: int, subject: str, thread: str) -> None:
        """Record which letter, by its subject and its id, asked a question."""
        self._database.execute(
            "INSERT INTO mail_thread (question, subject, thread) VALUES (:question, :subject,"
            " :thread) ON CONFLICT DO NOTHING",
            {"question": question, "subject": subject, "thread": thread},
        )

    def thread(self, question: int) -> tuple[str, str]:
        """Return subject and id of the letter that asked a question; empty where none did."""
        row = self._database.row(
            "SELECT subject, thread FROM mail_thread WHERE question = :question",
            {"question": question},
        )
        return (str(row[0]), str(row[1])) if row else ("", "")

    def put(
        self,
        kind: Reply,
        channel: int,
        address: str,
        language: str,
        now: int,
        *,
        subject: str,
        thread: str,
        person: int | None = None,
        question: int | None = None,
    ) -> None:
        """Let a letter leave as soon as it can; the answer to a question once alone."""
        self._database.execute(
            "INSERT INTO mail_answer (kind, channel, address, language, person, subject, thread,"
            " question, at, due) VALUES (:kind, :channel, :address, :language, :person, :subject,"
            " :thread, :question, :now, :now) ON CONFLICT DO NOTHING",
            {
                "kind": kind.value,
                "channel": channel,
                "address": address,
                "language": language,
                "person": person,
                "subject": subject,
                "thread": thread,
                "question": question,
                "now": now,
            },
        )

    def count(self, since: int) -> int:
        """Return how many letters were written since then."""
        return int(
            self._database.value(
                "SELECT count(*) FROM mail_answer WHERE at > :since", {"since": since}
            )
        )

    def has(self, kind: Reply, channel: int, address: str, since: int) -> bool:
        """Return whether such a letter was written to an address since then."""
        return bool(
            self._database.value(
                "SELECT count(*) FROM mail_answer WHERE channel = :channel AND address = :address"
                " AND kind = :kind AND at > :since",
                {"kind": kind.value, "channel": channel, "address": address, "since": since},
            )
        )

    def due(self, now: int) -> list[Answering]:
        """Return the letters that are to leave now, oldest first."""
        return self._database.select(
            _answering,
            "SELECT id, kind, channel, address, language, person, subject, thread, question, at,"
            " tries FROM mail_answer WHERE due IS NOT NULL AND due <= :now ORDER BY id",
            {"now": now},
        )

    def put_off(self, letter: int, due: int) -> None:
        """Try a letter again at the epoch second `due`."""
        self._database.execute(
            "UPDATE mail_answer SET due = :due, tries = tries + 1 WHERE id = :id",
            {"due": due, "id": letter},
        )

    def left(self, letter: int) -> None:
        """Record that a letter has left, or can't."""
        self._database.execute("UPDATE mail_answer SET due = NULL WHERE id = :id", {"id": letter})


def _answering(*, kind: str, **columns: Any) -> Answering:
    return Answering(kind=Reply(kind), **columns)
