"""The page behind the link in a letter that invites somebody to edit a pledge: its buttons make
them an editor, or delete their address.
"""

from bot.errors import UsageError
from bot.gaps import filled
from bot.jobs.pledges import invitations
from bot.model.pledge import Invitation, Outcome, Pledge
from bot.model.words.web import InvitedWords
from bot.times import epoch
from bot.web.asked import Asked
from bot.web.public.pledges.naming import plain
from bot.web.view import Choice, Page


def join(asked: Asked) -> Page | None:
    """Show which pledge it is; on POST make them an editor, or delete the address.

    None where this address was never invited.
    """
    store, said = asked.services.store, asked.words.invited
    invitation, answer = store.invitations.get(asked.grant.subject), asked.form.get("answer")
    if invitation is None or invitation.person != asked.grant.person:
        return None
    if not invitation.waits(epoch(asked.now)):
        return _over_with(asked, invitation, said)
    if asked.posted and answer == "no":
        invitations.refuse(asked.services, invitation.person, asked.now)
        return _refused(asked, invitation, said)
    if asked.posted and answer in ("yes", "steps"):
        return _joined(asked, invitation, said, steps=answer == "steps")
    return _ask(asked, invitation, said)


def _joined(asked: Asked, invitation: Invitation, said: InvitedWords, *, steps: bool) -> Page:
    wording = f"{asked.spoken} invited {said.version}" if steps else ""
    try:
        done = invitations.accept(asked.services, invitation, asked.now, steps=wording)
    except UsageError:
        return Page(title=said.title, text=said.full)
    if not done:
        return Page(title=said.old_title, text=said.old)
    return Page(title=said.done_title, text=said.done)


def _ask(asked: Asked, invitation: Invitation, said: InvitedWords) -> Page | None:
    pledge = asked.services.store.pledges.get(invitation.pledge)
    if pledge is None:
        return None
    organisation, age = plain(pledge.organisation), str(asked.services.settings.chat.age)
    text = said.text_of if organisation else said.text
    values = {"name": plain(pledge.name), "organisation": organisation, "age": age}
    joins = [(said.button, "yes"), (said.steps, "steps")]
    if _needs_steps(asked, pledge):
        joins.reverse()
    choices = [
        Choice(label=filled(label, age=age), value=value, first=number == 0)
        for number, (label, value) in enumerate(joins)
    ]
    choices.append(Choice(label=said.not_me, value="no"))
    return Page(
        title=said.title,
        text=filled(text, **values),
        choices=choices,
        over=asked.over(pledge.campaign),
    )


def _needs_steps(asked: Asked, pledge: Pledge) -> bool:
    """Return whether the steps of the pledge reach nobody, for whom somebody is invited then."""
    team = asked.services.store.editors.team(pledge.id)
    return pledge.travels and all(editor.away for editor in team if editor.focal)


def _over_with(asked: Asked, invitation: Invitation, said: InvitedWords) -> Page:
    """Return the page for an invitation that was answered before, or whose time is over."""
    editors = asked.services.store.editors
    if invitation.outcome is Outcome.REFUSED:
        return _refused(asked, invitation, said)
    if invitation.outcome is Outcome.CONFIRMED and editors.may_edit(
        invitation.pledge, invitation.person
    ):
        return Page(title=said.done_title, text=said.done)
    return Page(title=said.old_title, text=said.old)


def _refused(asked: Asked, invitation: Invitation, said: InvitedWords) -> Page:
    kept = asked.services.store.invitations.keeps(invitation.person)
    return Page(title=said.done_title, text=said.refused_known if kept else said.refused)
