"""Which pledges everybody may see, and since when."""

from typing import Any

from bot.model import Audience
from bot.model.pledge import MadePublic, Pledge, PledgeState
from bot.store.pledges.pledges import Pledges
from bot.store.topic import Topic


class PublicPledges(Topic):
    """The pledges that are published; what of them is shown says `bot.jobs.pledges.public`."""

    def is_public(self, pledge: Pledge) -> bool:
        """Return whether everybody may see it: it is published, and whoever has to be verified
        was.
        """
        published = pledge.state is PledgeState.PUBLISHED
        return published and Pledges(self._database).may_publish(pledge)

    def by_day(self, campaign: str) -> list[MadePublic]:
        """Return the public pledges of a campaign by when they became so."""
        return self._database.select(
            _made_public,
            "SELECT p.id AS pledge, p.audience, p.organisation, coalesce((SELECT"
            " min(e.at) FROM pledge_event e WHERE e.pledge = p.id AND e.kind = :word), p.joined) AS"
            " at FROM pledge p WHERE p.campaign = :campaign AND p.state = :published ORDER BY at,"
            " p.id",
            {
                "campaign": campaign,
                "published": PledgeState.PUBLISHED,
                "word": PledgeState.PUBLISHED.word,
            },
        )

    def between(self, campaign: str, start: int, end: int) -> list[int]:
        """Return the numbers of the campaign's public pledges that became so for the first time
        from the epoch second `start` to before `end`, the newest first.
        """
        return self._database.column(
            _MADE_PUBLIC,
            {
                "campaign": campaign,
                "published": PledgeState.PUBLISHED,
                "start": start,
                "end": end,
            },
        )

    def newest(self, campaign: str, most: int) -> list[MadePublic]:
        """Return the public pledges of a campaign that became so last, the newest first."""
        return self._database.select(
            _made_public,
            _NEWLY_PUBLIC,
            {"campaign": campaign, "published": PledgeState.PUBLISHED, "most": most},
        )

    def any_in(self, campaign: str) -> bool:
        """Return whether a pledge of the campaign is public."""
        known = self._database.row(
            "SELECT 1 FROM pledge WHERE campaign = :campaign AND state = :published LIMIT 1",
            {"campaign": campaign, "published": int(PledgeState.PUBLISHED)},
        )
        return known is not None

    def hidden(self, campaign: str, form: str, most: int, after: int = 0) -> list[int]:
        """Return published pledges that can't be found as this form shows them, by number, from
        behind the number `after` on.
        """
        return self._database.column(
            "SELECT p.id FROM pledge p LEFT JOIN public_pledge s ON s.pledge = p.id WHERE"
            " p.campaign = :campaign AND p.state = :published AND p.id > :after AND"
            " (s.pledge IS NULL OR s.shown = 0 OR s.form <> :form) ORDER BY p.id LIMIT :most",
            {
                "campaign": campaign,
                "published": PledgeState.PUBLISHED,
                "form": form,
                "after": after,
                "most": most,
            },
        )


# the word stands there itself, as in the index of these lines
_BECAME = f"kind = '{PledgeState.PUBLISHED.word}'"

_FIRST = (
    "p.id = e.pledge AND p.campaign = :campaign AND p.state = :published AND NOT EXISTS (SELECT 1"
    f" FROM pledge_event b WHERE b.pledge = e.pledge AND b.{_BECAME} AND b.id < e.id)"
)

_MADE_PUBLIC = (
    f"SELECT p.id FROM pledge_event e CROSS JOIN pledge p WHERE e.{_BECAME} AND e.at >= :start AND"
    f" e.at < :end AND {_FIRST} ORDER BY e.at DESC, p.id DESC"
)

# from the end of the index
_NEWLY_PUBLIC = (
    "SELECT p.id AS pledge, p.audience, p.organisation, e.at FROM pledge_event e CROSS JOIN pledge"
    f" p WHERE e.{_BECAME} AND {_FIRST} ORDER BY e.at DESC, e.id DESC LIMIT :most"
)


def _made_public(*, audience: int, **columns: Any) -> MadePublic:
    return MadePublic(audience=Audience(audience), **columns)
