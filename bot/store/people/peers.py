"""Questions to the makers of a pledge, beside the questions themselves.

::

    asked ── staff pass it on ──► passed ── makers answer ──────► replied ──┐
      │                             └────── they don't, or no answer ► silent ├─► answered
      ├──────── staff answer, or say that it isn't passed on ──────────────┤
      └──────── nobody has, for so long (`OVER_DAYS`) ──► lapsed ──────────┘

How its makers may reach who asks, and what they answer, goes with the question.
"""

import hashlib
from typing import Any, ClassVar

from typing_extensions import override

from bot.model import State
from bot.model.pledges.peers import OVER_DAYS, PEER_DAYS
from bot.model.subject import Asked
from bot.model.who import Keep, Purpose, Who
from bot.store.topic import Export, Personal, Topic
from bot.times import DAY, iso


class Peers(Topic):
    """What questions to makers have beside their words."""

    PERSONAL: ClassVar[Personal] = {
        Purpose.QUESTIONS: {"peer_question": ("digest", "contact", "person", "reply")}
    }

    @override
    def of(self, who: Who) -> Export:
        here = {"channel": who.channel, "address": who.address}
        asked = self._database.rows(
            "SELECT pledge, contact FROM peer_question WHERE pledge > 0 AND question IN"
            f" ({_ASKED}) ORDER BY question",
            here,
        )
        given = self._database.rows(
            "SELECT pledge, reply, replied FROM peer_question WHERE person = :person ORDER BY"
            " question",
            {"person": who.person},
        )
        return {
            "questions_to_makers": [
                {"pledge": pledge, "contact": contact} for pledge, contact in asked
            ],
            "answers_as_maker": [
                {"pledge": pledge, "text": reply, "at": iso(at)} for pledge, reply, at in given
            ],
        }

    @override
    def forget(self, who: Who, now: int) -> int:
        # the topic of questions forgets them after this one
        here = {"channel": who.channel, "address": who.address}
        gone = self._drop(_ASKED, here)
        mine = {"person": who.person}
        self._unsay("SELECT question FROM peer_question WHERE person = :person", mine)
        # staff have as long for an answer of theirs as if makers had said no now
        return gone + self._database.execute(
            "UPDATE peer_question SET person = NULL, reply = '', replied = :now WHERE person ="
            " :person",
            {**mine, "now": now},
        )

    def forget_pledge(self, pledge: int) -> None:
        """Make plain questions of those about a pledge that is deleted, for staff to answer."""
        about = {"pledge": pledge}
        self._unsay(_OF_PLEDGE, about)
        self._unsend(self._database.column(_OF_PLEDGE, about))
        self._database.execute(
            "DELETE FROM peer_question WHERE pledge = :pledge AND digest IS NULL", about
        )
        # the link of who asked still opens it, about no pledge
        self._database.execute(
            "UPDATE peer_question SET pledge = 0, contact = '', passed = NULL, person = NULL, reply"
            " = NULL, replied = NULL WHERE pledge = :pledge",
            about,
        )

    @override
    def expire(self, now: int, keep: Keep) -> int:
        # before the topic of questions deletes these themselves
        gone = self._drop(
            "SELECT id FROM question WHERE told < :before", {"before": now - keep.questions * DAY}
        )
        self._database.execute(
            "UPDATE peer_question SET reply = '', replied = :now WHERE reply IS NULL AND passed <="
            " :before",
            {"now": now, "before": now - PEER_DAYS * DAY},
        )
        return gone

    def add(self, question: int, pledge: int, contact: str, secret: str) -> None:
        """Keep about which pledge a question is, and the secret of the link to it; '' for none."""
        self._database.execute(
            "INSERT INTO peer_question (question, pledge, digest, contact) VALUES (:question,"
            " :pledge, :digest, :contact)",
            {
                "question": question,
                "pledge": pledge,
                "digest": _digest(secret) if secret else None,
                "contact": contact,
            },
        )

    def opened_by(self, secret: str) -> int | None:
        """Return the number of the question that a link with this secret opens, or None."""
        number = self._database.value(
            "SELECT question FROM peer_question WHERE digest = :digest",
            {"digest": _digest(secret)},
        )
        return None if number is None else int(number)

    def count(self, pledge: int) -> int:
        """Return how many questions about a pledge have no answer yet."""
        return int(
            self._database.value(
                "SELECT count(*) FROM peer_question p JOIN question q ON q.id = p.question WHERE"
                " p.pledge = :pledge AND q.told IS NULL AND q.answer IS NULL",
                {"pledge": pledge},
            )
        )

    def tell(self, question: int, contact: str) -> None:
        """Keep how makers may reach who asks, while they have not been asked."""
        self._database.execute(
            "UPDATE peer_question SET contact = :contact WHERE question = :question AND passed IS"
            " NULL",
            {"contact": contact, "question": question},
        )

    def passed(self, question: int, now: int) -> bool:
        """Record that makers are asked; False where they were before."""
        changed = self._database.execute(
            "UPDATE peer_question SET passed = :now WHERE question = :question AND passed IS NULL",
            {"now": now, "question": question},
        )
        return changed == 1

    def reply(self, question: int, person: int, text: str, now: int) -> bool:
        """Keep what a maker answers, '' for no answer; False where one of them has answered."""
        changed = self._database.execute(
            "UPDATE peer_question SET person = :person, reply = :text, replied = :now WHERE"
            " question = :question AND passed IS NOT NULL AND coalesce(reply, '') = ''",
            {"person": person, "text": text, "now": now, "question": question},
        )
        if changed:
            self._unsend([question])
        return changed == 1

    def overdue(self, now: int, question: int | None = None) -> list[int]:
        """Return the questions that nobody has answered for so long that they are over; with
        `question` that one alone, where it is among them.
        """
        return self._database.column(
            "SELECT q.id FROM question q JOIN peer_question p ON p.question = q.id WHERE q.told IS"
            " NULL AND q.answer IS NULL AND p.pledge > 0 AND coalesce(p.reply, '') = '' AND CASE"
            " WHEN p.replied IS NULL THEN coalesce(p.passed, q.at) <= :before ELSE p.replied <="
            " :back END AND (CAST(:question AS BIGINT) IS NULL OR q.id = :question) ORDER BY q.id",
            {
                "before": now - OVER_DAYS * DAY,
                "back": now - PEER_DAYS * DAY,
                "question": question,
            },
        )

    def lapse(self, question: int, now: int) -> None:
        """Record that a question is over since nobody has answered it; makers are asked no more."""
        self._database.execute(
            "UPDATE peer_question SET lapsed = :now WHERE question = :question",
            {"now": now, "question": question},
        )
        self._unsend([question])

    def remove(self, question: int) -> None:
        """Delete a question with all that belongs to it, at the wish of who asked."""
        number = {"question": question}
        with self._database.transaction():
            self._drop("SELECT id FROM question WHERE id = :question", number)
            for table, column in (
                ("mail_answer", "question"),
                ("mail_thread", "question"),
                ("question", "id"),
            ):
                self._database.execute(f"DELETE FROM {table} WHERE {column} = :question", number)

    def _drop(self, of: str, params: dict[str, Any]) -> int:
        """Delete the rows of these questions, and what asks makers about them."""
        self._unsend(
            self._database.column(
                f"SELECT question FROM peer_question WHERE question IN ({of})", params
            )
        )
        return self._database.execute(f"DELETE FROM peer_question WHERE question IN ({of})", params)

    def _unsay(self, of: str, params: dict[str, Any]) -> None:
        """Delete the answers to these questions into which went what a maker said; staff write
        another where it has not left.
        """
        theirs = f"{of} AND reply <> ''"
        self._database.execute(
            "DELETE FROM mail_answer WHERE question IN (SELECT id FROM question WHERE told IS NULL"
            f" AND id IN ({theirs}))",
            params,
        )
        self._database.execute(
            "UPDATE question SET answer = NULL, answered_by = NULL, answered = NULL WHERE told IS"
            f" NULL AND id IN ({theirs})",
            params,
        )
        self._database.execute(
            f"UPDATE question SET answer = '' WHERE told IS NOT NULL AND id IN ({theirs})", params
        )

    def _unsend(self, questions: list[int]) -> None:
        """Cancel what asks makers and has not left yet."""
        self._database.many(
            "UPDATE delivery SET state = :cancelled WHERE state = :queued AND occurrence IN (SELECT"
            " id FROM occurrence WHERE action = :asks)",
            [
                {
                    "cancelled": State.CANCELLED,
                    "queued": State.QUEUED,
                    "asks": str(Asked(question)),
                }
                for question in questions
            ],
        )


_ASKED = "SELECT id FROM question WHERE channel = :channel AND address = :address"
_OF_PLEDGE = "SELECT question FROM peer_question WHERE pledge = :pledge"


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
