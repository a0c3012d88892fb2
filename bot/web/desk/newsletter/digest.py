"""The letter of a month: its text in each language to be changed, and how it reads before somebody
approves it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot.errors import Missing
from bot.gaps import filled
from bot.jobs.newsletter import compose, digests
from bot.jobs.results import view
from bot.jobs.texts import digest as letters
from bot.languages import own_names, said_month
from bot.model import Campaign
from bot.model.newsletter import Digest, MonthText
from bot.web.desk.colleague import Colleague
from bot.web.desk.site import done, field
from bot.web.public.newsletter.archive import parts
from bot.web.public.reader import Elsewhere, Shown

PATH = "digest"


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """Which month of which campaign is looked at."""

    campaign: Campaign
    first: date

    @property
    def query(self) -> dict[str, str]:
        return {"campaign": self.campaign.id, "month": f"{self.first:%Y-%m}"}


def digest(who: Colleague) -> Shown:
    """Show the letter of a month, as it is composed where none is kept yet."""
    asked, title = _asked(who, who.query), str(who.words["menu"]["digest"])
    there = digests.draft(who.services, asked.campaign, asked.first, who.now) if asked else None
    values: dict[str, object] = {
        "asked": asked,
        "months": _months(who, asked.first) if asked else {},
        "digest": there,
        "tags": own_names(there.texts) if there else [],
        "path": who.path(PATH),
        "look": who.path(PATH, "approve"),
        "status": _status(who, there) if there else "",
        "longest": digests.LONGEST,
        "longest_subject": digests.LONGEST_SUBJECT,
    }
    return Shown(template="digest.html", title=title, values=values)


def changed(who: Colleague, form: Mapping[str, str]) -> Elsewhere:
    """Keep what was typed, or compose the letter anew."""
    asked, there = _there(who, form)
    if form.get("do") == "compose":
        digests.compose(who.services, asked.campaign, there, form.get("seen", ""), who.now)
        return done(who, "digest_composed", PATH, **asked.query)
    texts = {
        tag: MonthText(
            subject=" ".join(field(form, f"subject-{tag}").split()),
            text=form.get(f"text-{tag}", "").replace("\r\n", "\n").strip(),
        )
        for tag in there.texts
    }
    digests.change(who.services, there, texts, form.get("seen", ""), who.by, who.now)
    return done(who, "digest_saved", PATH, **asked.query)


def look(who: Colleague) -> Shown:
    """Show how the letter reads, in each language, and to how many it goes."""
    asked, there = _there(who, who.query)
    values = {
        "asked": asked,
        "digest": there,
        "letters": [
            (tag, name, said.subject, list(parts(said.text)), naming)
            for tag, name in own_names(there.texts)
            for said, naming in [letters.stands(who.services, there, tag)]
        ],
        "count": who.number(who.services.store.digests.count()),
        "may": digests.may_approve(who.services, there, who.by),
        "status": _status(who, there),
        "back": who.path(PATH),
        "public": letters.page(who.services, there, who.language) if there.approved else "",
    }
    title = str(who.words["digest"]["look_title"])
    trail = ((str(who.words["menu"]["digest"]), who.path(PATH)),)
    return Shown(template="digest_look.html", title=title, values=values, trail=trail)


def approved(who: Colleague, form: Mapping[str, str]) -> Elsewhere:
    """Approve the letter as it was read."""
    asked, there = _there(who, form)
    digests.approve(who.services, there, form.get("seen", ""), who.by, who.now)
    return done(who, "digest_approved", PATH, **asked.query)


def _there(who: Colleague, form: Mapping[str, str]) -> tuple[_Asked, Digest]:
    """Return the letter that a form is about; raises `Missing` where there is none."""
    asked = _asked(who, form)
    there = digests.draft(who.services, asked.campaign, asked.first, who.now) if asked else None
    if asked is None or there is None:
        raise Missing("the month holds nothing to tell, so it has no letter", "no_digest")
    return asked, there


def _asked(who: Colleague, form: Mapping[str, str]) -> _Asked | None:
    """Return the month that is asked for, the last one where none is; None where no campaign is
    played.
    """
    active = who.services.active
    if not active:
        return None
    named = next((each for each in active if each.id == form.get("campaign")), active[0])
    last = compose.last_month(who.services, who.now)
    try:
        first = date.fromisoformat(f"{form.get('month', '')}-01")
    except ValueError:
        first = last
    return _Asked(campaign=named, first=min(first, last) if first.year in view.YEARS else last)


def _months(who: Colleague, first: date) -> dict[str, tuple[str, str]]:
    """Return the months before and after, by 'before' and 'after': (YYYY-MM, as it is written)."""
    last = compose.last_month(who.services, who.now)
    around = {
        "here": first,
        "before": view.month_before(first),
        "after": (first + timedelta(days=31)).replace(day=1),
    }
    return {
        name: (f"{month:%Y-%m}", said_month(month, who.language, year=True))
        for name, month in around.items()
        if month <= last
    }


def _status(who: Colleague, there: Digest) -> str:
    """Return how far the letter is, in a sentence."""
    said = who.words["digest"]
    if there.approved is not None and there.approved_by is not None:
        name = who.name_of(there.approved_by)
        return filled(said["approved"], name=name, at=who.instant(there.approved))
    if there.by is None:
        return str(said["composed"])
    return filled(said["changed"], name=who.name_of(there.by), at=who.instant(there.at))
