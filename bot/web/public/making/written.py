"""A pledge that was written on a page and waits: whoever opens their pages goes on with it there.

Who has opened a visit has shown that the address is theirs, as the letter about it does: its button
here submits it, too.
"""

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus

from starlette.exceptions import HTTPException

from bot.jobs.pledges import proposals
from bot.languages import country_name
from bot.model.makers import Form
from bot.model.pledge import NewPledge, Outcome, Proposal, Proposed
from bot.times import epoch, from_epoch
from bot.web.public.making import mine, whose
from bot.web.public.making.fields import parts, to_mend, told
from bot.web.public.making.filled import Filled, read, ready
from bot.web.public.making.offer import Begun
from bot.web.public.pledges.naming import plain
from bot.web.public.reader import Elsewhere, Reader, Shown


def written(reader: Reader) -> Shown | Elsewhere:
    """Show what waits, to change and submit it; lead others to where a visit is opened.

    Raises `HTTPException` 404 for what isn't the visitor's, or waits no longer.
    """
    if reader.visitor is None:
        return Elsewhere(path=reader.path("mine"))
    proposal, proposed = _theirs(reader)
    return _page(reader, proposal, proposed.new, _typed(reader, proposed), {})


async def changed(reader: Reader, sent: Mapping[str, str]) -> Shown | Elsewhere:
    """Keep what was changed, submit it, or delete it. Raises as `written`."""
    if reader.visitor is None:
        return mine.page(reader, "over", status=HTTPStatus.FORBIDDEN)
    proposal, proposed = _theirs(reader)
    if sent.get("do") == "drop":
        reader.services.store.proposals.close(proposal.id, Outcome.REFUSED)
        return mine.left(reader)
    await ready(reader)
    done = _read(reader, proposed.new, sent)
    if done.problems:
        return _page(reader, proposal, proposed.new, sent, done.problems)
    reader.services.store.proposals.change(proposal.id, _changed(reader, proposed, done))
    if sent.get("do") != "submit":
        return Elsewhere(path=f"{_path(reader, proposal)}?saved=yes")
    there = reader.services.store.proposals.get(proposal.id) or proposal
    pledge = proposals.submit(reader.services, there, reader.now)
    if pledge is None:
        return Elsewhere(path=reader.path("mine"))
    return Elsewhere(path=f"{reader.path('mine', str(pledge))}?saved=yes")


def _theirs(reader: Reader) -> tuple[Proposal, Proposed]:
    proposal, campaigns = reader.services.store.proposals.get(whose.number(reader)), _taking(reader)
    there = proposal is not None and proposal.person == reader.visitor
    if proposal is None or not there or not proposal.waits(epoch(reader.now)):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    if proposal.proposed is None or proposal.proposed.new.campaign not in campaigns:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return proposal, proposal.proposed


def _taking(reader: Reader) -> set[str]:
    campaigns = reader.services.library.campaigns
    return {name for name, campaign in campaigns.items() if "pledge" in campaign.forms}


def _form(reader: Reader, new: NewPledge) -> tuple[Reader, Form, Begun]:
    """Return the form as it was begun."""
    inside = whose.within(reader, new.campaign)
    form = inside.of.forms["pledge"].fitting(new.audience)
    # their visit shows that the address is theirs
    return inside, form, Begun(audience=new.audience, way="")


def _typed(reader: Reader, proposed: Proposed) -> dict[str, str]:
    """Return what stands in the fields."""
    new = proposed.new
    _, form, _ = _form(reader, new)
    return told(form, new.answers) | {
        "organisation": new.organisation,
        "group": new.stakeholder,
        "country": country_name(new.country, reader.language) if new.country else "",
        "accounts": "\n".join(handle.url for handle in proposed.handles),
    }


def _read(reader: Reader, new: NewPledge, sent: Mapping[str, str]) -> Filled:
    inside, form, begun = _form(reader, new)
    # they have agreed when they sent it
    return read(inside, form, begun, {**sent, "agree": "yes"})


def _changed(reader: Reader, before: Proposed, done: Filled) -> Proposed:
    """Return what waits from now on: in the language in which it was begun, with what they agreed
    to then.
    """
    new = done.proposed(whose.within(reader, before.new.campaign)).new
    return Proposed(
        new=replace(new, language=before.new.language), handles=done.handles, agreed=before.agreed
    )


def _path(reader: Reader, proposal: Proposal) -> str:
    return reader.path("mine", "written", str(proposal.id))


def _page(
    reader: Reader,
    proposal: Proposal,
    new: NewPledge,
    typed: Mapping[str, str],
    problems: Mapping[str, str],
) -> Shown:
    said, (inside, form, begun) = reader.words["mine"], _form(reader, new)
    made = parts(inside, form, begun, typed, problems)
    fields = (field for part in made for field in part.fields)
    return Shown(
        template="mine_written.html",
        title=plain(new.answers.get("name", "")) or said["title"],
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK,
        indexed=False,
        trail=((said["title"], reader.path("mine")),),
        values={
            "path": _path(reader, proposal),
            "spoken": new.language,
            "parts": made,
            "until": from_epoch(proposal.expires).date(),
            "problems": to_mend(reader, fields, problems),
            "notice": said["saved"] if reader.query.get("saved") and not problems else "",
        },
    )
