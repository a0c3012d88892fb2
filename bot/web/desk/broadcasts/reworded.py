"""What stands in the place of an action's words to people, and whether it is approved."""

from dataclasses import dataclass

from bot.errors import Missing
from bot.gaps import filled
from bot.jobs.broadcasts.going import Going
from bot.jobs.campaigns.preview import Preview
from bot.jobs.staff.writing import rewordings
from bot.model.staff import FORMER_STAFF, Rewording, StaffRole
from bot.web.desk.colleague import Colleague

_DIGEST = 12
"""Letters of a digest that people compare."""


@dataclass(frozen=True, kw_only=True)
class Reworded:
    """Other words, with the sentences about them in the reader's language."""

    who: Colleague
    about: Going
    there: Rewording

    @property
    def shown(self) -> Preview:
        """The message or letter with these words."""
        services, there = self.who.services, self.there
        return rewordings.preview(services, self.about, there.language, there.text)

    @property
    def mark(self) -> str:
        """What stands for all that is shown here, as a form carries it."""
        return rewordings.mark(self.who.services, self.about, self.there.language)

    @property
    def said(self) -> list[str]:
        """Who wrote it, who approved it, and how many had other words by then."""
        who, there = self.who, self.there
        written = filled(who.words["post"]["writer"], name=who.name_of(there.by))
        return [written, *(self._approved() if there.is_approved else [self._waits()])]

    def _waits(self) -> str:
        return str(self.who.words["prompt"]["waits"])

    def _approved(self) -> list[str]:
        who, there = self.who, self.there
        by, digest = who.name_of(there.approved_by), there.digest[:_DIGEST]
        told = [filled(who.words["prompt"]["approved"], by=by, digest=digest)]
        had = filled(who.words["prompt"]["had"], count=who.number(there.had))
        return [*told, had] if there.had else told

    @property
    def why_not(self) -> str:
        """Why the reader can't approve it: a key of the words' table [post.why_not]; '' where they
        can.
        """
        if not self.who.may(StaffRole.APPROVER):
            return "role"
        if rewordings.may_approve(self.who.services, self.there, self.who.by):
            return ""
        if self.there.by == FORMER_STAFF:
            return "former"
        return "own" if self.who.team.same(self.there.by, self.who.by) else "unknown"


def reworded(who: Colleague, about: Going, language: str) -> Reworded | None:
    """Return what stands in the place of the action's words in a language; None where these do, or
    are in the data no longer.
    """
    try:
        rewordings.about(who.services, about)
    except Missing:
        return None
    there = rewordings.found(who.services, about, language)
    return Reworded(who=who, about=about, there=there) if there is not None else None
