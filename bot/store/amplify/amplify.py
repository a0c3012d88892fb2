"""Posts and links of pledge-makers on their way to the public: the review queue, the answers given,
and which accounts staff have verified.

The states and their transitions are those of `bot.rules.amplification`. A post has one row for
ever, known by its network and URI; a post that nobody amplifies is deleted again. A link that a
pledge-maker sent in has '' as its network and itself as its URI.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any, ClassVar

from typing_extensions import override

from bot.model.pledge import PledgeState
from bot.model.share import LINK, OPEN, Answer, Candidate, Given, Review, ReviewState
from bot.model.staff import Actor
from bot.model.who import Purpose, Who
from bot.rules.amplification import account
from bot.store.states import listed
from bot.store.topic import Personal, Topic, signatures, unsigned
from bot.times import epoch, from_epoch


class Amplify(Topic):
    """The review queue that every post and link passes before it becomes public."""

    PERSONAL: ClassVar[Personal] = {
        Purpose.POSTS_OF_OTHERS: {
            "amplification": ("author", "post", "url", "text", "first", "error"),
            "amplification_answer": ("by_whom",),
            "account_verified": ("account", "by_whom"),
        }
    }

    @override
    def forget(self, who: Who, now: int) -> int:
        # What somebody cleared who is forgotten has to be cleared again. Posts are deleted with
        # the pledge of their author.
        for name, _ in signatures(who):
            self._database.execute(
                "UPDATE amplification SET first = NULL WHERE first = :name", {"name": name}
            )
        said = self._database.rows("SELECT id, error FROM amplification WHERE error IS NOT NULL")
        self._database.many(
            "UPDATE amplification SET error = :error WHERE id = :id",
            [
                {"id": number, "error": unsigned(error, who)}
                for number, error in said
                if unsigned(error, who) != error
            ],
        )
        self._unsign(who, "amplification_answer")
        self._unsign(who, "account_verified")
        self.forget_gone()
        return 0

    def add(self, posts: Iterable[Candidate], now: int) -> int:
        """Put posts that are not in the queue yet into it; return the number of new rows."""
        with self._database.transaction():
            return sum(
                self._database.execute(
                    _ADD,
                    {
                        **vars(post),
                        "media": int(post.media),
                        "posted": epoch(post.posted),
                        "now": now,
                    },
                )
                for post in posts
            )

    def get(self, number: int) -> Review | None:
        """Return the review with this number, or None."""
        return self._database.first(_review, f"{_REVIEW} WHERE a.id = :id", {"id": number})

    def all(self, states: Iterable[ReviewState] = tuple(ReviewState)) -> list[Review]:
        """Return the reviews in these states, oldest first."""
        wanted = listed(states)
        return self._database.select(
            _review, f"{_REVIEW} WHERE a.state IN ({wanted}) ORDER BY a.id"
        )

    def oldest(self, states: Iterable[ReviewState], most: int) -> list[Review]:
        """Return the reviews in these states, oldest first, so many at most."""
        return self._first(states, most, "a.id")

    def newest(self, states: Iterable[ReviewState], most: int) -> list[Review]:
        """Return the reviews in these states, newest first, so many at most."""
        return self._first(states, most, "a.id DESC")

    def _first(self, states: Iterable[ReviewState], most: int, order: str) -> list[Review]:
        # state by state, since the index has those of one state in this order
        reviews = [
            row
            for state in states
            for row in self._database.select(
                _review,
                f"{_REVIEW} WHERE a.state = :state ORDER BY {order} LIMIT :most",
                {"state": state, "most": most},
            )
        ]
        return sorted(reviews, key=lambda row: row.id, reverse=order != "a.id")[:most]

    def count(self, states: Iterable[ReviewState]) -> int:
        """Return how many reviews are in these states."""
        return int(
            self._database.value(
                f"SELECT count(*) FROM amplification WHERE state IN ({listed(states)})"
            )
        )

    def any(self, state: ReviewState) -> bool:
        """Return whether any review is in this state."""
        return (
            self._database.row(
                "SELECT 1 FROM amplification WHERE state = :state LIMIT 1", {"state": state}
            )
            is not None
        )

    def change(
        self, number: int, frm: Iterable[ReviewState], to: ReviewState, error: str | None = None
    ) -> bool:
        """Move a review to another state; return False when it is in none of the states `frm`.

        Its text is deleted as soon as nobody needs it any more.
        """
        wanted = listed(frm)
        keeps = to in (*OPEN, ReviewState.UNCERTAIN)
        changed = self._database.execute(
            "UPDATE amplification SET state = :to, error = :error, text = CASE WHEN :keeps = 1"
            f" THEN text ELSE '' END WHERE id = :id AND state IN ({wanted})",
            {"to": to, "error": error, "keeps": int(keeps), "id": number},
        )
        return changed == 1

    def clear(self, number: int, first: Actor, way: str) -> None:
        """Record who was the first to clear a post, and how it shall be amplified."""
        self._database.execute(
            "UPDATE amplification SET first = :first, way = :way WHERE id = :id",
            {"first": first, "way": way, "id": number},
        )

    def unclear(self, number: int) -> None:
        """Take back that somebody cleared a post, so that it has to be looked at again."""
        self._database.execute(
            "UPDATE amplification SET first = NULL WHERE id = :id", {"id": number}
        )

    def publish(self, number: int, receipt: str | None, url: str | None, now: int) -> None:
        """Record that a post is amplified, with the network's receipt."""
        self._database.execute(
            "UPDATE amplification SET state = :sent, receipt = :receipt, receipt_url = :url, done ="
            " :now, error = NULL, text = '' WHERE id = :id",
            {"sent": ReviewState.SENT, "receipt": receipt, "url": url, "now": now, "id": number},
        )

    def drop(self, number: int) -> None:
        """Delete a review with everything that is kept of it."""
        with self._database.transaction():
            self._database.execute(
                "DELETE FROM amplification_answer WHERE amplification = :id", {"id": number}
            )
            self._database.execute("DELETE FROM amplification WHERE id = :id", {"id": number})

    def forget_gone(self) -> None:
        """Delete reviews of pledges that no longer exist.

        Of those that must still be taken back from a network, what leads there is kept.
        """
        gone = "pledge NOT IN (SELECT id FROM pledge)"
        # a link is public on our own pages only, so there is nothing to take back from a network
        old = f"{gone} AND (network = '' OR state NOT IN ({listed(_PUBLIC)}))"
        with self._database.transaction():
            self._database.execute(
                "DELETE FROM amplification_answer WHERE amplification IN (SELECT id FROM"
                f" amplification WHERE {old})"
            )
            self._database.execute(f"DELETE FROM amplification WHERE {old}")
            self._database.execute(
                f"UPDATE amplification SET author = '', text = '' WHERE {gone} AND (author <> '' OR"
                " text <> '')"
            )
            # with a receipt it can be taken back without the post's own address
            self._database.execute(
                "UPDATE amplification SET uri = 'gone-' || CAST(id AS TEXT), url ="
                f" coalesce(receipt_url, '') WHERE {gone} AND receipt IS NOT NULL AND uri NOT LIKE"
                " 'gone-%'"
            )
            self._database.execute(f"DELETE FROM account_verified WHERE {gone}")

    def stands(self, number: int, now: int) -> None:
        """Record that an amplified post was looked at and still exists."""
        self._database.execute(
            "UPDATE amplification SET seen = :now WHERE id = :id", {"now": now, "id": number}
        )

    def last(self, pledge: int) -> int | None:
        """Return when a post of this pledge-maker was last amplified, or None.

        Posts that were taken back since count too.
        """
        instant: int | None = self._database.value(
            "SELECT max(done) FROM amplification WHERE pledge = :pledge AND network <> ''",
            {"pledge": pledge},
        )
        return instant

    def done_since(self, channel: str, since: int) -> int:
        """Return how many posts this channel has amplified since this epoch second."""
        return int(
            self._database.value(
                "SELECT count(*) FROM amplification WHERE channel = :channel AND done >= :since",
                {"channel": channel, "since": since},
            )
        )

    # answers

    def answer(self, number: int, by: Actor, answers: Mapping[str, Answer], now: int) -> None:
        """Add somebody's answers to the checklist; earlier answers are never overwritten."""
        plain = json.dumps({name: answer.value for name, answer in answers.items()}, sort_keys=True)
        self._database.execute(
            "INSERT INTO amplification_answer (amplification, by_whom, at, answers) VALUES (:id,"
            " :by, :now, :answers)",
            {"id": number, "by": by, "now": now, "answers": plain},
        )

    def answers(self, number: int) -> list[Given]:
        """Return all answers given to one review, oldest first."""
        return self._database.select(
            _given,
            "SELECT by_whom AS by, at, answers FROM amplification_answer WHERE amplification = :id"
            " ORDER BY id",
            {"id": number},
        )

    # accounts

    def verify(self, pledge: int, network: str, name: str, by: Actor, now: int) -> None:
        """Record that a member of staff verified the account as the pledge-maker's own."""
        self._database.execute(
            "INSERT INTO account_verified (pledge, account, by_whom, at) VALUES (:pledge, :account,"
            " :by, :now) ON CONFLICT DO NOTHING",
            {"pledge": pledge, "account": account(network, name), "by": by, "now": now},
        )

    # links

    def sent_in(self) -> list[Candidate]:
        """Return the links reported with milestones that are not in the queue yet.

        Each counts as posted at the time it was reported.
        """
        return self._database.select(
            _link,
            "SELECT m.pledge, m.link, max(coalesce(m.answered, 0)) AS answered FROM milestone m"
            " WHERE m.link IS NOT NULL AND m.link <> '' AND NOT EXISTS (SELECT 1 FROM amplification"
            " a WHERE a.network = '' AND a.uri = m.link AND a.pledge = m.pledge) GROUP BY m.pledge,"
            " m.link ORDER BY m.pledge, m.link",
        )

    def public_links(self, pledge: int) -> list[str]:
        """Return the links of a pledge that passed the review and so may be public."""
        return self._database.column(
            "SELECT uri FROM amplification WHERE network = '' AND pledge = :pledge AND state ="
            " :sent ORDER BY id",
            {"pledge": pledge, "sent": ReviewState.SENT},
        )

    def public_posts(self, pledge: int) -> list[str]:
        """Return the addresses of a pledge-maker's posts that are amplified, by address."""
        return self._database.column(
            "SELECT url FROM amplification WHERE network <> '' AND pledge = :pledge AND state ="
            " :sent AND url <> '' ORDER BY url",
            {"pledge": pledge, "sent": ReviewState.SENT},
        )

    def shown_between(self, campaign: str, start: int, end: int, most: int) -> list[str]:
        """Return the addresses of posts of makers of public pledges that were amplified from the
        epoch second `start` to before `end`, the first ones first.
        """
        return self._database.column(
            "SELECT a.url FROM amplification a JOIN pledge p ON p.id = a.pledge WHERE p.campaign ="
            " :campaign AND p.state = :published AND a.network <> '' AND a.state = :sent AND a.url"
            " <> '' AND a.done >= :start AND a.done < :end ORDER BY a.done, a.id LIMIT :most",
            {
                "campaign": campaign,
                "published": PledgeState.PUBLISHED,
                "sent": ReviewState.SENT,
                "start": start,
                "end": end,
                "most": most,
            },
        )

    def showing(self, urls: Collection[str]) -> list[str]:
        """Return those of these addresses that are of posts which we show, of makers of public
        pledges.
        """
        return self._database.column(
            "SELECT DISTINCT a.url FROM amplification a JOIN pledge p ON p.id = a.pledge WHERE"
            f" a.url IN ({_marks(urls)}) AND p.state = :published AND a.state = :sent",
            {
                **{f"u{n}": url for n, url in enumerate(urls)},
                "published": PledgeState.PUBLISHED,
                "sent": ReviewState.SENT,
            },
        )


def _marks(urls: Collection[str]) -> str:
    return ", ".join(f":u{n}" for n in range(len(urls))) or "''"


_PUBLIC = (ReviewState.SENT, ReviewState.RETRACTING, ReviewState.UNCERTAIN)
"""What must still be taken back when its pledge is gone."""

_ADD = (
    "INSERT INTO amplification (network, uri, post, url, author, pledge, text, media, posted,"
    " channel, found, seen, state, way) "
    "SELECT :network, :uri, :post, :url, :author, :pledge, :text, :media, :posted, :channel, :now,"
    f" :now, {int(ReviewState.WAITING)}, 'boost' "
    # A post stands once, whoever it belongs to; a link once for each pledge.
    "WHERE :network = '' OR NOT EXISTS (SELECT 1 FROM amplification WHERE network = :network AND"
    " uri = :uri) ON CONFLICT DO NOTHING"
)

_REVIEW = (
    "SELECT a.id, a.network, a.uri, a.post, a.url, a.author, a.pledge, a.text, a.media, a.posted,"
    " a.state, a.network = '' OR EXISTS (SELECT 1 FROM account_verified v WHERE v.pledge = a.pledge"
    " AND v.account = a.network || ' ' || a.author) AS known, a.first, a.way, a.channel, a.receipt,"
    " a.receipt_url, a.done, a.error, a.seen FROM amplification a"
)


def _review(
    *, media: int, posted: int, state: int, known: int, first: str | None, **columns: Any
) -> Review:
    return Review(
        media=bool(media),
        posted=from_epoch(posted),
        state=ReviewState(state),
        known=bool(known),
        first=None if first is None else Actor(first),
        **columns,
    )


def _link(*, pledge: int, link: str, answered: int) -> Candidate:
    return Candidate(
        network=LINK,
        uri=link,
        post="",
        url=link,
        author="",
        pledge=pledge,
        text="",
        media=True,
        posted=from_epoch(answered),
        channel=None,
    )


def _given(*, by: str, at: int, answers: str) -> Given:
    said = {name: Answer(word) for name, word in json.loads(answers).items()}
    return Given(by=Actor(by), at=at, answers=said)
