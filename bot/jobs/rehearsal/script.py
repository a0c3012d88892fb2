"""What a rehearsal plays: which campaigns, on which days, before how many people."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from bot.library import Library
from bot.model import Campaign
from bot.store import Store
from bot.store.meta import REHEARSAL


@dataclass(frozen=True, kw_only=True)
class Script:
    """What is rehearsed. It is kept in the file, so that only the same can go on there."""

    campaigns: tuple[str, ...]
    #: first and last day, in UTC
    start: date
    end: date
    subscribers: int
    seed: int
    #: how many of them pledge, one after the other; none in a file of an earlier version
    pledges: int = 0

    @property
    def opens(self) -> datetime:
        """Return an instant before the first day begins in the first zone, so that its waves
        open.
        """
        return datetime.combine(self.start, time(), UTC) - timedelta(days=2)

    @classmethod
    def loads(cls, text: str) -> "Script":
        """Return the script that `dumps` wrote."""
        values = json.loads(text)
        return cls(
            campaigns=tuple(values["campaign"].split(", ")),
            start=date.fromisoformat(values["from"]),
            end=date.fromisoformat(values["to"]),
            subscribers=values["subscribers"],
            seed=values["seed"],
            pledges=values.get("pledges", 0),
        )

    def dumps(self) -> str:
        """Return the script as JSON text, to compare it with the file's."""
        return json.dumps(
            {
                "campaign": ", ".join(self.campaigns),
                "from": self.start.isoformat(),
                "to": self.end.isoformat(),
                "subscribers": self.subscribers,
                "seed": self.seed,
                "pledges": self.pledges,
            }
        )


def script_of(store: Store) -> Script | None:
    """Return what the file rehearses, or None where it is no rehearsal's, or is not begun."""
    text = store.meta.get("script") if store.meta.get("kind") == REHEARSAL else None
    return Script.loads(text) if text else None


def within(library: Library, script: Script) -> Library:
    """Return the library in which the campaigns that are rehearsed last for its days only."""
    campaigns = {
        name: between(campaign, script.start, script.end) if name in script.campaigns else campaign
        for name, campaign in library.campaigns.items()
    }
    return replace(library, campaigns=campaigns)


def between(campaign: Campaign, start: date, end: date) -> Campaign:
    """Return the campaign as it lasts within these days, both included."""
    return replace(
        campaign, start=max(start, campaign.start or start), end=min(end, campaign.end or end)
    )
