"""The page behind the link in a letter about a pledge that was written on a page: it shows the
pledge, and its one button submits it.
"""

from bot.gaps import filled
from bot.jobs.pledges import proposals
from bot.model.pledge import Outcome, Proposal
from bot.model.words.web import ProposalWords
from bot.times import epoch
from bot.web.asked import Asked
from bot.web.public.pledges.naming import plain
from bot.web.view import Choice, Page


def submit(asked: Asked) -> Page | None:
    """Show what was written; on POST submit it, or delete it where it isn't theirs.

    None where this address was never given with a pledge.
    """
    store, said = asked.services.store, asked.words.proposal
    proposal = store.proposals.get(asked.grant.subject)
    if proposal is None or proposal.person != asked.grant.person:
        return None
    if not proposal.waits(epoch(asked.now)):
        return _over_with(proposal, said)
    if asked.posted and asked.form.get("answer") == "no":
        store.proposals.close(proposal.id, Outcome.REFUSED)
        return Page(title=said.done_title, text=said.refused)
    if asked.posted and asked.form.get("answer") == "yes":
        done = proposals.submit(asked.services, proposal, asked.now)
        return Page(title=said.done_title, text=said.done) if done else None
    return _ask(asked, proposal, said)


def _ask(asked: Asked, proposal: Proposal, said: ProposalWords) -> Page | None:
    if proposal.proposed is None:
        return None
    new = proposal.proposed.new
    name, organisation = plain(new.answers.get("name", "")), plain(new.organisation)
    text = said.text_of if organisation else said.text
    choices = [
        Choice(label=said.button, value="yes", first=True),
        Choice(label=said.not_mine, value="no"),
    ]
    return Page(
        title=said.title,
        text=filled(text, name=name, organisation=organisation),
        choices=choices,
        over=asked.over(new.campaign),
    )


def _over_with(proposal: Proposal, said: ProposalWords) -> Page:
    """Return the page for a pledge that was answered before, or whose time is over."""
    match proposal.outcome:
        case Outcome.CONFIRMED:
            return Page(title=said.done_title, text=said.already)
        case Outcome.REFUSED:
            return Page(title=said.done_title, text=said.refused)
        case _:
            return Page(title=said.old_title, text=said.old)
